"""One way of building a feature: axes, and the legs on which data travels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import KIND_TIERS, TIERS
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.measured import Measured
    from aipolicy.catalog.offerings import Model, Offering


class Window(Frozen):
    """How many tokens a leg takes in and writes for one request; None is unknown, infinity is no limit."""

    context_tokens: float | None
    """Input and answer together."""
    input_tokens: float | None
    output_tokens: float | None
    """An answer, reasoning included."""
    reasons: bool | None
    """Whether the model writes reasoning tokens before its answer."""
    audio_tokens_per_s: float | None = None
    """Tokens of the input that a second of a recording takes up; None where it is not known."""

    def fits(self, prompt: float | None, answer: float | None, thinking: float) -> bool | None:
        """Return whether a prompt and an answer of so many tokens fit; what is unknown never fits.

        Lengths that are unknown are at least nothing; reasoning counts where the model reasons.
        """
        least_answer = (answer or 0.0) + (thinking if self.reasons is True else 0.0)
        most_answer = inf if answer is None else answer + (0.0 if self.reasons is False else thinking)
        least_prompt, most_prompt = (0.0, inf) if prompt is None else (prompt, prompt)
        compared = (
            (least_prompt, most_prompt, self.input_tokens),
            (least_answer, most_answer, self.output_tokens),
            (least_prompt + least_answer, most_prompt + most_answer, self.context_tokens),
        )
        if any(limit is not None and least > limit for least, _, limit in compared):
            return False
        return None if any(limit is None or most > limit for _, most, limit in compared) else True


ANSWERS = ""
"""The kind of work of models that answer, instead of the one kind that others do."""
UNKNOWN_WINDOW = Window(None, None, None, None)
"""The window of a leg of which the catalog knows nothing."""


def window_of(model: Model, offering: Offering | None) -> Window:
    """Return the window of a model at a provider, or on machines of one's own, which write until the window is full."""
    if model.tier == "classical":
        return Window(inf, inf, inf, reasons=False)
    if model.tier in KIND_TIERS:
        # NOTE: only a text that is embedded must fit; documents are ordered one by one, and long ones in pieces.
        return Window(inf, model.context_tokens if model.tier == "embedding" else inf, inf, reasons=False)
    context, inputs, outputs = model.context_tokens, model.max_input_tokens, model.max_output_tokens
    if offering is None or model.tier == "encoder":
        return Window(context, context, context if model.tier != "encoder" else inf, model.reasoning)
    context = context if offering.context_tokens is None else offering.context_tokens
    inputs = inputs if offering.max_input_tokens is None else offering.max_input_tokens
    outputs = outputs if offering.max_output_tokens is None else offering.max_output_tokens
    inputs = context if inputs is None else inputs
    return Window(context, inputs, outputs, model.reasoning, model.audio_tokens_per_s)


class Leg(Frozen, kw_only=True):
    """A place where a model runs and data is processed; None is unknown."""

    hosting: str
    provider: str
    region: str
    countries: tuple[str, ...] | None
    boundary: str
    model: Model
    accelerator: str
    retires_on: date | None
    terms: Mapping[str, bool | float]
    window: Window = UNKNOWN_WINDOW
    measured: Measured | None = None
    """What the team measured of this leg, in the place of what is computed or published."""

    @property
    def name(self) -> str:
        """Return the leg in a few words for people."""
        where = f" {self.region}" if self.region else ""
        on = f" on {self.accelerator}" if self.accelerator else ""
        return f"{self.provider}{where} / {self.model.id}{on}"


class Option(Frozen, kw_only=True):
    """A point in the product space of adaptation, hosting, fallback, routing and offering."""

    adaptation: str
    fallback: str
    routing: str
    leg: Leg
    other: Leg | None
    """The leg of the partner: the fallback, which in a cascade is also the far side."""
    other_adaptation: str = ""
    """What is done to the model of the partner; empty without one."""

    @property
    def hosting(self) -> str:
        """Return where the main model runs."""
        return self.leg.hosting

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Return every leg on which data travels."""
        return (self.leg,) if self.other is None else (self.leg, self.other)

    @property
    def id(self) -> str:
        """Return the identity of the option, stable as long as the catalog names it so."""
        adapted = f"{self.other_adaptation}@" if self.other_adaptation not in ("", "prompting") else ""
        other = f"+{adapted}{self.fallback}:{self.other.name}" if self.other is not None else "+none"
        return f"{self.adaptation}@{self.hosting}:{self.leg.name}{other}/{self.routing}"


class PlanProblem(Frozen):
    """A declaration of a plan that the catalog does not know or does not offer."""

    message: str
    fact: str


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
