"""What ways of building cost, as they are compared: an option with its costs, beside the baseline, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aipolicy.catalog.prices import Price
from aipolicy.economics.break_even import BreakEven, CostCurve
from aipolicy.economics.uncertainty import Influence, Quantiles, Range
from aipolicy.options.fixed_costs import PEOPLE
from aipolicy.options.option import Option
from aipolicy.options.upfront_costs import Lines
from aipolicy.options.workload import Workload
from aipolicy.value import Frozen


class Against(Frozen):
    """An option beside the baseline: how sure it is the cheaper one, and from which volume on it is."""

    probability_cheaper: float | None
    requests_per_day: float | None
    """Today's volume."""
    break_even: BreakEven | None
    day: date | None
    """When growth reaches the first volume at which it costs less; None when never, or nobody knows the growth."""
    payback_months: float | None
    """After how long, at today's volume, it has saved what building and buying it takes more; None when never."""


class CostedOption(Frozen):
    """An option with its costs in USD; None is unknown, and `unknown` says why."""

    option: Option
    state: str
    """`plan`, `admissible` or `open`."""
    breaks: tuple[str, ...]
    """The error constraints that a plan breaks, by rule id."""
    likely_monthly_usd: float | None
    monthly_usd: Quantiles | None
    usd_per_request: float | None
    lines: Lines
    """The parts of a month at likely values."""
    people: Lines
    """Full-time equivalents that stay, by kind of work; empty where nobody knows them."""
    upfront: Lines | None
    curve: CostCurve | None
    unknown: tuple[str, ...]
    against: Against | None
    """None for the baseline itself."""

    @property
    def people_usd(self) -> float | None:
        """Return what people cost a month, at likely values."""
        return dict(self.lines).get(PEOPLE)

    @property
    def upfront_usd(self) -> float | None:
        """Return what it costs before it serves."""
        return None if self.upfront is None else sum(usd for _, usd in self.upfront)


class Decision(Frozen):
    """Whether the cheapest option is certainly cheaper than the baseline, and what to measure where it is not."""

    cheapest: CostedOption
    probability: float | None
    conclusive: bool
    measure: str


class CostComparison(Frozen):
    """What the ways of building a feature cost, the cheapest first."""

    workload: Workload
    baseline: CostedOption | None
    options: tuple[CostedOption, ...]
    hidden: int
    """Remaining options that are dearer than those shown of their way."""
    decision: Decision | None
    tornado: tuple[Influence, ...]
    """What moves the distance between the cheapest option and the baseline, or the baseline's cost alone."""
    drivers: Mapping[str, Range]
    prices: tuple[Price, ...]
