"""Two legs put together: which may be the partner of which, and the option that they make."""

from __future__ import annotations

from aipolicy.catalog.axes import TIERS
from aipolicy.options.option import Leg, Option

FALLBACK_WORDS = {"provider-api": "provider-api"}
"""The word for a partner by its hosting; every other hosting is one's own."""
_OWN = "self-hosted"
CASCADE_TIERS = frozenset({"small", "encoder", "classical"})
"""What answers first in a cascade."""


def fallback_word(hosting: str) -> str:
    """Return what a partner of a hosting is called as a fallback."""
    return FALLBACK_WORDS.get(hosting, _OWN)


def pair_of(main: Option, partner: Option, routing: str) -> Option:
    """Return the option of a main leg and a partner, each given as a leg alone."""
    return Option(
        adaptation=main.adaptation, fallback=fallback_word(partner.hosting), routing=routing, leg=main.leg,
        other=partner.leg, other_adaptation=partner.adaptation,
    )  # fmt: skip


def may_follow(first: str, far: str) -> bool:
    """Return whether a model of one tier can take the hard cases of another one."""
    return first in CASCADE_TIERS and far in TIERS and TIERS.index(far) > TIERS.index(first)


def stands_apart(main: Leg, partner: Leg, *, is_named: bool) -> bool:
    """Return whether a partner is something else than the main leg: another model, or the same one in another place.

    At a provider only another place or another provider is chosen, which does not fail with the main leg; a plan may name
    another model in the same place.
    """
    if main.hosting == partner.hosting == "provider-api" and not is_named:
        return (main.provider, main.countries) != (partner.provider, partner.countries)
    return (main.hosting, main.provider, main.region, main.model.id) != (
        partner.hosting, partner.provider, partner.region, partner.model.id,
    )  # fmt: skip
