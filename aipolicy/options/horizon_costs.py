"""What options cost over a horizon: building, running under growth, and people; what is not known leaves a lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from aipolicy.options.cost_inputs import ROLES, legs_of
from aipolicy.options.fixed_costs import PEOPLE, fixed_parts
from aipolicy.options.memo import Memo
from aipolicy.options.running_costs import FixedKey, FixedKeys
from aipolicy.options.upfront_costs import upfront_parts
from aipolicy.value import Frozen, NamedTuple

if TYPE_CHECKING:
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.cost_inputs import CostInputs, LegInputs, Role
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


class _Standing(NamedTuple):
    """What an option costs whatever it is asked; what is not known counts as nothing, and it is not whole."""

    monthly_usd: float
    people_usd: float
    upfront_usd: float
    is_whole: bool


class HorizonCosts:
    """Costs over a horizon under one workload; legs that options share, and what stands whatever is asked, cost once."""

    def __init__(self, estimator: Estimator, workload: Workload, horizon_months: float) -> None:
        self._costs = Memo(_Costing(estimator, workload, horizon_months).cost)

    def of(self, inputs: CostInputs) -> HorizonCost:
        """Return what an option with these inputs costs."""
        return self._costs.of(inputs)


class _Costing:
    def __init__(self, estimator: Estimator, workload: Workload, horizon_months: float) -> None:
        volumes = _volumes(workload, horizon_months)
        self._estimator = estimator
        self._workload = workload
        self._months = horizon_months
        self._legs = {role: Memo(partial(_leg_cost, estimator, role, workload, volumes)) for role in ROLES}
        self._keys = FixedKeys()
        self._standing: dict[tuple[FixedKey, float | None], _Standing] = {}

    def cost(self, inputs: CostInputs) -> HorizonCost:
        """Return what an option with these inputs costs."""
        monthly, people, upfront, is_whole = self._standing_of(inputs)
        total = upfront + monthly * self._months
        for _, leg, role in legs_of(inputs):
            cost = self._legs[role].of(leg)
            if cost is None:
                is_whole = False
            else:
                monthly += cost[0]
                total += cost[1]
        return HorizonCost(total, monthly, people, upfront, is_whole)

    def _standing_of(self, inputs: CostInputs) -> _Standing:
        key = self._keys.of(inputs), inputs.build_weeks
        known = self._standing.get(key)
        if known is None:
            known = self._standing[key] = _standing(inputs, self._workload, self._estimator.assumptions)
        return known


def _standing(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> _Standing:
    fixed, upfront = fixed_parts(inputs, workload, assumptions), upfront_parts(inputs, workload, assumptions)
    return _Standing(
        monthly_usd=sum(usd or 0.0 for _, usd in fixed),
        people_usd=sum(usd or 0.0 for name, usd in fixed if name == PEOPLE),
        upfront_usd=sum(usd or 0.0 for _, usd in upfront),
        is_whole=all(usd is not None for _, usd in (*fixed, *upfront)),
    )


def _leg_cost(estimator: Estimator, role: Role, workload: Workload, volumes: Sequence[tuple[float, float]],
              leg: LegInputs | None) -> tuple[float, float] | None:  # fmt: skip
    """Return what a leg costs a month today and over months with their requests a day, None where it is not known.

    Without volumes nobody says how much it is asked.
    """
    curve = estimator.curve_of(leg, role) if volumes else None
    if curve is None:
        return None
    today = curve.monthly_usd(workload.requests_per_day or 0.0)
    return today, sum(months * curve.monthly_usd(volume) for months, volume in volumes)


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
