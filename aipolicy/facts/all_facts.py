"""The one list of facts: declared, derived and option facts by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from aipolicy.facts.declared import DECLARED_FACTS, EVIDENCE_PARTS, LEG_FACTS
from aipolicy.facts.derived import DERIVED_FACTS
from aipolicy.facts.option_facts import OPTION_FACTS, PARTNER_FACTS, PARTNER_PREFIX
from aipolicy.facts.spec import FactSpec, FactType, Kind, Origin

OPTION_PREFIX = "option."
PLACES_PREFIX = "places."
"""Names of groups in conditions: `places.EU` is the list of its countries on the day."""
_PARAMETER_PREFIXES = ("params.", PLACES_PREFIX)
"""Names in conditions to which a policy gives their value."""

OFFERED_TERMS = "option.terms."
"""How the fact of a leg begins that its provider offers a term which a pack adds to plans."""
_OF_PARTNER = PARTNER_PREFIX + OFFERED_TERMS.removeprefix(OPTION_PREFIX)


class _Registry(dict[str, FactSpec]):
    """The facts by name; what providers offer of terms of packs is of a leg, whatever the packs of a run add."""

    def __missing__(self, name: str) -> FactSpec:
        if not name.startswith((OFFERED_TERMS, _OF_PARTNER)):
            raise KeyError(name)
        return offered_term(name, FactType.BOOL, "")


def offered_term(name: str, type_: FactType, meaning: str) -> FactSpec:
    """Return the fact of a leg, or of the partner, that its provider offers a term which a pack adds to plans."""
    return FactSpec(name, type_, meaning, Origin.OPTION, kind=Kind.CATALOG, of_whole=name.startswith(_OF_PARTNER))


REGISTRY: Mapping[str, FactSpec] = _Registry(
    (spec.name, spec)
    for spec in (
        *DECLARED_FACTS,
        *LEG_FACTS,
        *EVIDENCE_PARTS,
        *(fact.spec for fact in DERIVED_FACTS),
        *OPTION_FACTS,
        *PARTNER_FACTS,
    )
)


def is_option_fact(name: str) -> bool:
    """Return whether a fact belongs to an option rather than to the feature."""
    return name.startswith((OPTION_PREFIX, PARTNER_PREFIX))


def is_partner_fact(name: str) -> bool:
    """Return whether a fact belongs to the partner of an option's main leg."""
    return name.startswith(PARTNER_PREFIX)


@cache
def is_of_leg(name: str) -> bool:
    """Return whether a fact of an option is what its main leg has by itself."""
    spec = REGISTRY[name] if name.startswith(OFFERED_TERMS) else REGISTRY.get(name)
    return spec is not None and not spec.of_whole and not spec.joins_legs


def of_partner(name: str) -> str:
    """Return the name under which a fact of a leg is read of the partner."""
    return PARTNER_PREFIX + name.removeprefix(OPTION_PREFIX)


def of_leg(name: str) -> str:
    """Return the name under which a leg has a fact by itself, whether it is asked of it as of a partner or not."""
    return OPTION_PREFIX + name.removeprefix(PARTNER_PREFIX) if is_partner_fact(name) else name


def is_parameter(name: str) -> bool:
    """Return whether a name in a condition is a value of the policy rather than a fact."""
    return name.startswith(_PARAMETER_PREFIXES)
