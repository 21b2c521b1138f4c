"""What options cost over a horizon: building, running under growth, and people; what is not known leaves a lower bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.options.costs import legs_of
from aipolicy.options.fixed_costs import PEOPLE, fixed_parts
from aipolicy.options.upfront_costs import upfront_parts
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.options.cost_inputs import CostBasis, LegBasis
    from aipolicy.options.costs import LegCurve, Role
    from aipolicy.options.estimates import Estimator
    from aipolicy.options.workload import Workload

_MONTHS_OF_GROWTH = 12.0
"""For how long a manifest says that requests grow; after that nobody declared anything, and they stay."""
_STEPS = 4
"""Parts of the time of growth, each costed at the volume of its middle."""


class HorizonCost(Frozen):
    """Costs in USD of which every part is known, or their known parts alone: then they are lower bounds."""

    total_usd: float
    """Building it, and running it over the horizon."""
    monthly_usd: float
    """A month at the volume of today, people included."""
    people_usd: float
    """People in it."""
    upfront_usd: float
    is_whole: bool


class HorizonCosts:
    """Costs over a horizon under one workload; legs that options share are costed once."""

    def __init__(self, estimator: Estimator, workload: Workload, horizon_months: float) -> None:
        self._estimator = estimator
        self._months = horizon_months
        self._workload = workload
        self._volumes = _volumes(workload, horizon_months)
        self._legs: dict[tuple[int, Role], float] = {}
        self._costs: dict[int, HorizonCost] = {}
        self._kept: list[object] = []

    def of(self, basis: CostBasis) -> HorizonCost:
        """Return what an option with this basis costs."""
        key = id(basis)
        if key not in self._costs:
            self._kept.append(basis)
            self._costs[key] = self._cost(basis)
        return self._costs[key]

    def _cost(self, basis: CostBasis) -> HorizonCost:
        assumptions = self._estimator.assumptions
        fixed = fixed_parts(basis, self._workload, assumptions)
        upfront = upfront_parts(basis, self._workload, assumptions)
        is_whole = all(usd is not None for _, usd in (*fixed, *upfront))
        monthly = sum(usd or 0.0 for _, usd in fixed)
        total = sum(usd or 0.0 for _, usd in upfront) + monthly * self._months
        for _, leg, role in legs_of(basis):
            curve = self._estimator.curve_of(leg, role) if self._volumes else None
            if curve is None:
                is_whole = False
            else:
                monthly += curve.monthly_usd(self._workload.requests_per_day or 0.0)
                total += self._leg_total(leg, role, curve)
        people = sum(usd or 0.0 for name, usd in fixed if name == PEOPLE)
        return HorizonCost(total, monthly, people, sum(usd or 0.0 for _, usd in upfront), is_whole)

    def _leg_total(self, leg: LegBasis | None, role: Role, curve: LegCurve) -> float:
        key = (id(leg), role)
        if key not in self._legs:
            self._kept.append(leg)
            self._legs[key] = sum(months * curve.monthly_usd(volume) for months, volume in self._volumes)
        return self._legs[key]


def _volumes(workload: Workload, horizon_months: float) -> tuple[tuple[float, float], ...]:
    """Return months with their requests a day; nothing where nobody says how many there are."""
    now = workload.requests_per_day
    if now is None:
        return ()
    growth = workload.growth_12_months or 1.0
    growing = min(_MONTHS_OF_GROWTH, horizon_months)
    step = growing / _STEPS
    volumes = [(step, now * growth ** ((number + 0.5) * step / _MONTHS_OF_GROWTH)) for number in range(_STEPS)]
    rest = horizon_months - growing
    return (*volumes, (rest, now * growth)) if rest > 0.0 else tuple(volumes)
