"""Monthly costs of options under one workload as sums of parts, each of which is estimated once however many share it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from aipolicy.options.cost_inputs import ROLES, legs_of
from aipolicy.options.costs import role_curve
from aipolicy.options.fixed_costs import fixed_parts, people_monthly_usd
from aipolicy.options.memo import Memo, Numbers

if TYPE_CHECKING:
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.cost_inputs import CostInputs, LegInputs, Role
    from aipolicy.options.costs import LegCurve
    from aipolicy.options.workload import Workload


Monthly = tuple[float, float]
"""USD of a month at today's volume, and at none."""


class CostTable:
    """Running costs of many options as sums of a few parts, which are the same under every workload."""

    def __init__(self, all_inputs: Iterable[CostInputs | None]) -> None:
        self.fixed: list[CostInputs] = []
        """Cost inputs for each cost that stays whatever the volume."""
        self.legs: list[tuple[Role, LegInputs | None]] = []
        self.rows: list[tuple[int, tuple[int, ...]] | None] = []
        """For all cost inputs: which fixed cost and which legs add up to the cost; None where there are none."""
        keys = FixedKeys()
        fixed: dict[FixedKey, int] = {}
        legs = {role: Memo(partial(self._number, role)) for role in ROLES}
        for inputs in all_inputs:
            if inputs is None:
                self.rows.append(None)
                continue
            number = fixed.setdefault(keys.of(inputs), len(self.fixed))
            if number == len(self.fixed):
                self.fixed.append(inputs)
            self.rows.append((number, tuple([legs[role].of(leg) for _, leg, role in legs_of(inputs)])))

    def _number(self, role: Role, leg: LegInputs | None) -> int:
        self.legs.append((role, leg))
        return len(self.legs) - 1


class RunningCosts:
    """Monthly costs under one workload and the constants of one catalog; None is unknown."""

    def __init__(self, workload: Workload, assumptions: CostAssumptions) -> None:
        self._workload = workload
        self._assumptions = assumptions
        self._curves = {role: Memo(partial(_curve, role, workload, assumptions)) for role in ROLES}
        self._legs = {role: Memo(partial(_leg_monthly, self._curves[role], workload)) for role in ROLES}
        self._keys = FixedKeys()
        self._fixed: dict[FixedKey, tuple[float | None, float]] = {}
        self._people: dict[int, float | None] = {}

    def of(self, inputs: CostInputs) -> Monthly | None:
        """Return the monthly cost of an option."""
        if self._workload.requests_per_day is None:
            return None
        return _sum(self.fixed_of(inputs)[0], [self._legs[role].of(leg) for _, leg, role in legs_of(inputs)])

    def at_least(self, inputs: CostInputs) -> Monthly:
        """Return the known part of the monthly cost of an option, 0 where nothing of it is known."""
        if self._workload.requests_per_day is None:
            return 0.0, 0.0
        return _known_sum(self.fixed_of(inputs)[1], [self._legs[role].of(leg) for _, leg, role in legs_of(inputs)])

    def of_judged(self, inputs: CostInputs) -> tuple[bool, Monthly]:
        """Return the monthly cost of a main leg that sorts out hard cases: whether it is known, and its known part."""
        fixed, known_usd = self.fixed_of(inputs)
        today = idle = known_usd
        is_whole = fixed is not None
        roles: list[tuple[LegInputs | None, Role]] = [(inputs.main, "judged")]
        roles += [(None, "questions")] if inputs.retrieves else []
        for leg, role in roles:
            cost = self._legs[role].of(leg)
            is_whole &= cost is not None
            if cost is not None:
                today, idle = today + cost[0], idle + cost[1]
        return is_whole, (today, idle)

    @property
    def is_known(self) -> bool:
        """Return whether the volume is known that costs hang on."""
        return self._workload.requests_per_day is not None

    def of_partner(self, leg: LegInputs | None, role: Role) -> Monthly | None:
        """Return what a partner adds to the monthly cost in its role."""
        return self._legs[role].of(leg)

    def curve_of(self, leg: LegInputs | None, role: Role) -> LegCurve | None:
        """Return what a leg costs over volume in its role, None when it is not known."""
        return self._curves[role].of(leg)

    def fixed_of(self, inputs: CostInputs) -> tuple[float | None, float]:
        """Return what stays whatever the volume, None where a part of it is not known, and its known parts."""
        key = self._keys.of(inputs)
        if key not in self._fixed:
            parts = fixed_parts(inputs, self._workload, self._assumptions, self._people_usd)
            known_usd = sum(usd for _, usd in parts if usd is not None)
            self._fixed[key] = (None if any(usd is None for _, usd in parts) else known_usd), known_usd
        return self._fixed[key]

    def _people_usd(self, inputs: CostInputs) -> float | None:
        key = self._keys.of_people(inputs)
        if key not in self._people:
            self._people[key] = people_monthly_usd(inputs, self._workload, self._assumptions)
        return self._people[key]


class TableCosts:
    """Monthly costs of all cost inputs of a table under one workload, each added up when it is asked for."""

    def __init__(self, running: RunningCosts, table: CostTable) -> None:
        self._running = running
        self._table = table
        self._fixed: dict[int, tuple[float | None, float]] = {}
        self._legs: dict[int, Monthly | None] = {}
        self._costs: dict[int, Monthly | None] = {}

    def of(self, place: int) -> Monthly | None:
        """Return the monthly cost of the inputs at a place, None where it is not known."""
        if place not in self._costs:
            row = self._table.rows[place] if self._running.is_known else None
            self._costs[place] = None if row is None else _sum(self._fixed_part(row[0])[0], map(self._leg, row[1]))
        return self._costs[place]

    def at_least(self, place: int) -> Monthly:
        """Return the known part of the monthly cost of the inputs at a place, 0 where nothing of it is known."""
        row = self._table.rows[place]
        if row is None or not self._running.is_known:
            return 0.0, 0.0
        return _known_sum(self._fixed_part(row[0])[1], map(self._leg, row[1]))

    def _fixed_part(self, number: int) -> tuple[float | None, float]:
        if number not in self._fixed:
            self._fixed[number] = self._running.fixed_of(self._table.fixed[number])
        return self._fixed[number]

    def _leg(self, number: int) -> Monthly | None:
        if number not in self._legs:
            role, leg = self._table.legs[number]
            self._legs[number] = self._running.of_partner(leg, role)
        return self._legs[number]


FixedKey = tuple[int, bool, bool, int, int]
"""What a fixed cost depends on besides the workload: people, watching, an index and training of both legs."""


class FixedKeys:
    """Keys of fixed costs; people and training are objects that cost inputs share, and are told apart by their identity."""

    def __init__(self) -> None:
        self._numbers = Numbers()

    def of(self, inputs: CostInputs) -> FixedKey:
        number = self._numbers.of
        training = number(inputs.training), number(inputs.partner_training)
        return number(inputs.people), inputs.watched, inputs.retrieves, *training

    def of_people(self, inputs: CostInputs) -> int:
        return self._numbers.of(inputs.people)


def _curve(role: Role, workload: Workload, assumptions: CostAssumptions, leg: LegInputs | None) -> LegCurve | None:
    return role_curve(leg, role, workload, assumptions)


def _leg_monthly(curves: Memo[LegInputs | None, LegCurve | None], workload: Workload,
                 leg: LegInputs | None) -> Monthly | None:  # fmt: skip
    curve = curves.of(leg)
    today = workload.requests_per_day or 0.0
    return None if curve is None else (curve.monthly_usd(today), curve.monthly_usd(0.0))


def _sum(fixed: float | None, legs: Iterable[Monthly | None]) -> Monthly | None:
    if fixed is None:
        return None
    today = idle = fixed
    for cost in legs:
        if cost is None:
            return None
        today += cost[0]
        idle += cost[1]
    return today, idle


def _known_sum(fixed: float, legs: Iterable[Monthly | None]) -> Monthly:
    today = idle = fixed
    for cost in legs:
        if cost is not None:
            today += cost[0]
            idle += cost[1]
    return today, idle
