"""The answer to a feature: plain data from which every page is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.spec import FactValue
from aipolicy.options.horizon_costs import HorizonCost
from aipolicy.options.option import Option
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.evaluation.settling import Close


class Certainty(StrEnum):
    """How sure an answer, or a need, is."""

    CERTAIN = "certain"
    """It holds whatever is left out."""
    EXPECTED = "expected"
    """It follows where what is left out is as expected."""
    GAP = "expected-with-gap"
    """It follows so, and hangs on something that the catalog does not know."""


class Effect(IntEnum):
    """What another value of a fact changes, the weightiest first."""

    GATE = 0
    HOSTING = 1
    ADAPTATION = 2
    NEED = 3
    DOLLARS = 4


class Way(Frozen, kw_only=True):
    """One way of building the feature, with what it costs and what speaks against it; None is unknown."""

    option_set: OptionSet
    number: int
    hosting: str
    adaptation: str | None
    provider: str | None
    model: str | None
    region: str | None
    fallback: str
    routing: str
    cost: HorizonCost
    against: tuple[str, ...] = ()
    """The warnings and notes that count against it, by rule id."""
    breaks: tuple[str, ...] = ()
    """The rules of severity error that it is expected to break."""
    open_for: tuple[str, ...] = ()
    """The rules of severity error that the catalog leaves undecided for it."""
    late_fallback_ms: float | None = None
    """What 95 % of answers of its fallback take, where that is more than the budget; no rule asks that of a fallback."""

    @property
    def option(self) -> Option:
        """Return the option itself, with its legs; making it makes all of its option_set."""
        return self.option_set.options[self.number]


class StatedNeed(Frozen):
    """A property that every way has that remains."""

    id: str
    title: str
    certainty: Certainty


class Then(Frozen):
    """What follows under other facts; no hosting and adaptation where nothing remains."""

    hosting: str | None
    adaptation: str | None
    needs: tuple[str, ...]
    violates: tuple[str, ...]
    """The rules of severity error that the plan, or the feature without one, breaks; or that clash where nothing remains."""
    monthly_usd: float | None
    total_usd: float | None


class Change(Frozen):
    """Facts with other values, and what follows; a number may stand for all from it on, or up to it."""

    facts: Mapping[str, FactValue]
    then: Then
    effect: Effect
    bounds: Mapping[str, str]
    """For numbers that were searched: `from` or `to`."""
    gates: bool = False
    """Whether leaving a fact out gates, from pilot on."""


class ToDo(Frozen):
    """Something to be done or agreed, the rule that asks, and before which stage."""

    rule: str
    fact: str
    before: str
    """`now`, or a later lifecycle."""
    of_plan: bool
    """Whether the plan owes it; else the way that is recommended would, and it gates nothing."""
    how: str = ""
    """What is enough, and what it costs; empty where there is nothing to say."""


class Gap(Frozen):
    """Something that the catalog or the configuration does not say."""

    about: str
    fact: str
    """What to write: the key in that file."""
    file: str
    rules: tuple[str, ...]
    """The rules that cannot be decided without it; none where only a cost is unknown."""
    of_plan: bool


class Figures(Frozen):
    """What a way costs in USD; of a cost that is known in part, the known parts."""

    running_usd: float
    """A month without people."""
    people_usd: float
    monthly_usd: float
    low_usd: float | None
    """The month that one draw in ten stays below; None where nothing can be drawn."""
    high_usd: float | None
    upfront_usd: float
    total_usd: float
    """Over the horizon."""
    is_whole: bool


class Measure(Frozen):
    """An estimate between whose ends a limit lies: measured, it says whether a way can be built."""

    way: Way
    close: Close
    of_plan: bool
    saves_usd: float | None
    """What a month of it costs less than what is recommended; None where it is that itself, or the plan."""


class Opening(Frozen):
    """An axis that the plan leaves open: what is taken, and which words would break a rule."""

    fact: str
    takes: str | None
    fails: tuple[tuple[str, tuple[str, ...]], ...]
    """Words of the axis with which every way breaks a rule of severity error, and those rules."""


class PlanStanding(Frozen):
    """How the plan stands: its best way, the rules that it certainly breaks, and what it leaves open."""

    way: Way
    is_offered: bool
    """Whether the catalog offers what the plan names; else nothing is known of its way, nor worth looking up."""
    violates: tuple[str, ...]
    """Rules of severity error that every way of the plan certainly breaks."""
    ways: int
    passing: int
    """Ways of the plan that no error rule is expected to break, and none leaves open."""
    openings: tuple[Opening, ...]


class Conflict(Frozen):
    """Rules that together leave nothing, and the smallest changes of facts that end it."""

    rules: tuple[str, ...]
    changes: tuple[Change, ...]


class PricedRule(Frozen):
    """A rule, and the cheapest way that it alone removes, where that costs less than what is recommended."""

    rule: str
    way: Way


class WaysLeft(Frozen):
    """What is left of one hosting, in ways."""

    hosting: str
    ways: int
    admissible: int
    open: int
    removed_by: str
    """The rule that removes most of it; empty where none removes any."""


class Answer(Frozen, kw_only=True):
    """What to build, how sure that is, and what it rests on; nothing is recommended in a conflict, nor when retired."""

    certainty: Certainty
    needs: tuple[StatedNeed, ...]
    recommended: Way | None
    runner_up: Way | None
    because: str
    plan: PlanStanding | None
    assumed: Mapping[str, FactValue]
    """The expected values that played a part, by fact."""
    to_do: tuple[ToDo, ...]
    gaps: tuple[Gap, ...]
    measures: tuple[Measure, ...]
    clash: tuple[str, ...]
    """A smallest set of rules that leave nothing; empty where something remains."""
    rule_prices: tuple[PricedRule, ...]
    ways_left: tuple[WaysLeft, ...]
