"""What options cost over a horizon: building, running under growth, and people; what is not known leaves a lower bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from aipolicy.options.costs import ROLES, legs_of
from aipolicy.options.fixed_costs import PEOPLE, fixed_parts
from aipolicy.options.memo import Memo
from aipolicy.options.upfront_costs import upfront_parts
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.options.cost_inputs import CostBasis, LegBasis
    from aipolicy.options.costs import Role
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
        volumes = _volumes(workload, horizon_months)
        totals = {role: Memo(partial(_leg_total, estimator, role, volumes)) for role in ROLES}
        self._costs = Memo(partial(_cost, estimator, workload, horizon_months, totals if volumes else None))

    def of(self, basis: CostBasis) -> HorizonCost:
        """Return what an option with this basis costs."""
        return self._costs.of(basis)


def _cost(estimator: Estimator, workload: Workload, months: float,
          totals: Mapping[Role, Memo[LegBasis | None, float]] | None, basis: CostBasis) -> HorizonCost:  # fmt: skip
    """Return what an option costs; without totals of legs nobody says how much it is asked."""
    fixed = fixed_parts(basis, workload, estimator.assumptions)
    upfront = upfront_parts(basis, workload, estimator.assumptions)
    is_whole = all(usd is not None for _, usd in (*fixed, *upfront))
    monthly = sum(usd or 0.0 for _, usd in fixed)
    total = sum(usd or 0.0 for _, usd in upfront) + monthly * months
    for _, leg, role in legs_of(basis):
        curve = None if totals is None else estimator.curve_of(leg, role)
        if curve is None or totals is None:
            is_whole = False
        else:
            monthly += curve.monthly_usd(workload.requests_per_day or 0.0)
            total += totals[role].of(leg)
    people = sum(usd or 0.0 for name, usd in fixed if name == PEOPLE)
    return HorizonCost(total, monthly, people, sum(usd or 0.0 for _, usd in upfront), is_whole)


def _leg_total(estimator: Estimator, role: Role, volumes: Sequence[tuple[float, float]],
               leg: LegBasis | None) -> float:  # fmt: skip
    """Return what a leg of known cost costs over months with their requests a day."""
    curve = estimator.curve_of(leg, role)
    return 0.0 if curve is None else sum(months * curve.monthly_usd(volume) for months, volume in volumes)


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
