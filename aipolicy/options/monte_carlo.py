"""Costs of options under many draws of what is uncertain; imports numpy, so it is imported when a range is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from aipolicy.economics.arithmetic import ONE_DRAW, Arithmetic
from aipolicy.economics.fleet import RentedMachines
from aipolicy.economics.uncertainty import (
    DRAWS,
    Influence,
    Quantiles,
    Range,
    draw,
    influences,
    probability_less,
    quantile,
    quantiles,
)
from aipolicy.options.cost_inputs import (
    ROLES,
    CostInputs,
    HostedInputs,
    LegInputs,
    OneStepInputs,
    OwnInputs,
    Role,
    legs_of,
)
from aipolicy.options.costs import role_curve, running_cost
from aipolicy.options.fixed_costs import fixed_cost
from aipolicy.options.memo import Memo
from aipolicy.options.uncertain_inputs import BY_SELLER, applied, drivers_of
from aipolicy.options.workload import Workload
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.assumptions import Assumption, HeadCount
    from aipolicy.economics.uncertainty import Draws
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.costs import LegCurve

_NUMPY = cast("Arithmetic", np)
_LEAST_VOLUME, _MOST_VOLUME = 1.0, 1e10
"""Requests a day between which a break-even is looked for."""
_BISECTIONS = 18
"""Enough for two digits between the two."""


class DrawnCosts:
    """Monthly costs under the draws of one workload; every leg is drawn once, whatever options share it."""

    def __init__(self, workload: Workload, assumptions: CostAssumptions, constants: Mapping[str, Assumption],
                 people: tuple[HeadCount, ...], *, draws: int = DRAWS) -> None:  # fmt: skip
        self.drivers: Mapping[str, Range] = drivers_of(workload, constants, people)
        """What is uncertain, with its range."""
        self._likely = workload
        self._constants = assumptions
        drawn = {name: draw(name, range_, seed=workload.seed, count=draws) for name, range_ in self.drivers.items()}
        self._workload, assumptions = applied(cast("Mapping[str, float]", drawn), workload, assumptions)
        self._assumptions, self._draws = assumptions, draws
        by_seller = _PricesBySeller(self.drivers, assumptions, workload.seed, draws)
        self._curves = {role: Memo(partial(_leg_curve, role, self._workload, workload, by_seller)) for role in ROLES}
        legs = {role: Memo(partial(_leg_usd, self._curves[role].of, self._workload.requests_per_day)) for role in ROLES}
        self._monthly = Memo(partial(_monthly_usd, legs, self._workload, assumptions, draws))

    def monthly_usd(self, inputs: CostInputs) -> Draws | None:
        """Return the monthly cost of an option in every draw, None when it is unknown."""
        return self._monthly.of(inputs)

    def usd_per_request(self, inputs: CostInputs) -> Draws | None:
        """Return the cost of a request in every draw, None when it is unknown."""
        monthly, requests = self.monthly_usd(inputs), self._workload.requests_per_day
        if monthly is None or requests is None:
            return None
        return monthly / (requests * self._constants.days_per_month)

    def quantiles(self, inputs: CostInputs) -> Quantiles | None:
        """Return the 10th, 50th and 90th percentile of the monthly cost."""
        monthly = self.monthly_usd(inputs)
        return None if monthly is None else quantiles(monthly)

    def at_share(self, inputs: CostInputs, share: float, *, per_request: bool = False) -> float | None:
        """Return the cost of a month, or of a request, that a share of the draws stays below."""
        usd = self.usd_per_request(inputs) if per_request else self.monthly_usd(inputs)
        return None if usd is None else quantile(usd, share)

    def times(self, inputs: CostInputs, rival: CostInputs, share: float) -> float | None:
        """Return the ratio of the costs of two options that a share of the draws stays below."""
        ours, theirs = self.monthly_usd(inputs), self.monthly_usd(rival)
        return None if ours is None or theirs is None else quantile(ours / np.maximum(theirs, 1e-9), share)

    def probability_cheaper(self, inputs: CostInputs, rival: CostInputs) -> float | None:
        """Return the probability that an option costs less than another."""
        ours, theirs = self.monthly_usd(inputs), self.monthly_usd(rival)
        return None if ours is None or theirs is None else probability_less(ours, theirs)

    def break_even(self, inputs: CostInputs, rival: CostInputs, share: float) -> float | None:
        """Return the requests a day from which on the rival costs less in a share of the draws; None where none is found."""
        low, high = _LEAST_VOLUME, _MOST_VOLUME
        if not self._share_cheaper(rival, inputs, high) >= share:
            return None
        for _ in range(_BISECTIONS):
            middle = float((low * high) ** 0.5)
            if self._share_cheaper(rival, inputs, middle) >= share:
                high = middle
            else:
                low = middle
        return high

    def _share_cheaper(self, inputs: CostInputs, rival: CostInputs, requests_per_day: float) -> float:
        """Return the share of the draws in which an option costs less at a volume, 0 where a cost is unknown."""
        ours, theirs = (self._monthly_usd_at(of_option, requests_per_day) for of_option in (inputs, rival))
        return 0.0 if ours is None or theirs is None else float(np.mean(ours < theirs))

    def _monthly_usd_at(self, inputs: CostInputs, requests_per_day: float) -> Draws | None:
        legs = {role: partial(_leg_usd, self._curves[role].of, requests_per_day) for role in ROLES}
        return _monthly_usd_of(legs, self._workload, self._assumptions, self._draws, inputs)

    def tornado(self, inputs: CostInputs, rival: CostInputs | None = None) -> tuple[Influence, ...]:
        """Return what moves the cost of an option, or its distance from a rival, the strongest first."""

        def result(values: Mapping[str, float]) -> float:
            workload, assumptions = applied(values, self._likely, self._constants)
            requests = workload.requests_per_day or 0.0
            usd = [
                running_cost(of_option, workload, assumptions, likely=self._likely, arithmetic=ONE_DRAW)
                for of_option in (inputs, *(() if rival is None else (rival,)))
            ]
            mine, *theirs = (0.0 if cost is None else cost.monthly_usd(requests) for cost in usd)
            return mine - sum(theirs)

        if self.monthly_usd(inputs) is None or (rival is not None and self.monthly_usd(rival) is None):
            return ()
        return tuple(influence for influence in influences(result, self.drivers) if influence.swing > 0.0)


def _monthly_usd(legs: Mapping[Role, Memo[LegInputs | None, Draws | None]], workload: Workload,
                 assumptions: CostAssumptions, draws: int, inputs: CostInputs) -> Draws | None:  # fmt: skip
    if workload.requests_per_day is None:
        return None
    return _monthly_usd_of({role: leg.of for role, leg in legs.items()}, workload, assumptions, draws, inputs)


def _monthly_usd_of(legs: Mapping[Role, Callable[[LegInputs | None], Draws | None]], workload: Workload,
                    assumptions: CostAssumptions, draws: int, inputs: CostInputs) -> Draws | None:  # fmt: skip
    fixed = fixed_cost(inputs, workload, assumptions)
    if fixed is None:
        return None
    total: Draws = np.zeros(draws) + sum(usd for _, usd in fixed)
    for _, leg, role in legs_of(inputs):
        usd = legs[role](leg)
        if usd is None:
            return None
        total = total + usd
    return total


class _PricesBySeller:
    """The constants with what one seller asks drawn by itself: that one is dearer than its list says nothing of another."""

    def __init__(self, drivers: Mapping[str, Range], assumptions: CostAssumptions, seed: str, draws: int) -> None:
        self._ranges = [(name, drivers[name]) for name in BY_SELLER if name in drivers]
        self._assumptions, self._seed, self._draws = assumptions, seed, draws
        self._known: dict[str, CostAssumptions] = {"": assumptions}

    def of(self, seller: str) -> CostAssumptions:
        """Return the constants for a leg that a seller is paid for; without one those for whom no seller is named."""
        if seller not in self._known:
            drawn = {
                BY_SELLER[name]: draw(f"{name} of {seller}", range_, seed=self._seed, count=self._draws)
                for name, range_ in self._ranges
            }
            self._known[seller] = replace(self._assumptions, **drawn)  # type: ignore[arg-type]
        return self._known[seller]


def _leg_curve(role: Role, workload: Workload, likely: Workload, by_seller: _PricesBySeller,
               leg: LegInputs | None) -> LegCurve | None:  # fmt: skip
    return role_curve(leg, role, workload, by_seller.of(_seller_of(leg)), likely=likely, arithmetic=_NUMPY)


def _seller_of(leg: LegInputs | None) -> str:
    """Return who is paid for a leg, empty where its price is certain or nobody is."""
    match leg:
        case HostedInputs(seller=seller):
            return seller
        case OwnInputs(cost=RentedMachines(seller=seller)) | OneStepInputs(cost=RentedMachines(seller=seller)):
            return seller
        case _:
            return ""


def _leg_usd(curve_of: Callable[[LegInputs | None], LegCurve | None], requests_per_day: float | None,
             leg: LegInputs | None) -> Draws | None:  # fmt: skip
    curve = curve_of(leg)
    if curve is None or requests_per_day is None:
        return None
    return cast("Draws | None", curve.monthly_usd(requests_per_day, _NUMPY))
