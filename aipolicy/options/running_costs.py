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
    from aipolicy.options.cost_inputs import CostBasis, LegBasis, Role
    from aipolicy.options.costs import LegCurve
    from aipolicy.options.workload import Workload


Monthly = tuple[float, float]
"""USD of a month at today's volume, and at none."""


class CostTable:
    """Running costs of many bases as sums of a few parts, which are the same under every workload."""

    def __init__(self, bases: Iterable[CostBasis | None]) -> None:
        self.fixed: list[CostBasis] = []
        """One basis for each cost that stays whatever the volume."""
        self.legs: list[tuple[Role, LegBasis | None]] = []
        self.rows: list[tuple[int, tuple[int, ...]] | None] = []
        """For every basis: which fixed cost and which legs add up to its cost; None where there is no basis."""
        keys = FixedKeys()
        fixed: dict[FixedKey, int] = {}
        legs = {role: Memo(partial(self._number, role)) for role in ROLES}
        for basis in bases:
            if basis is None:
                self.rows.append(None)
                continue
            number = fixed.setdefault(keys.of(basis), len(self.fixed))
            if number == len(self.fixed):
                self.fixed.append(basis)
            self.rows.append((number, tuple([legs[role].of(leg) for _, leg, role in legs_of(basis)])))

    def _number(self, role: Role, leg: LegBasis | None) -> int:
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

    def of(self, basis: CostBasis) -> Monthly | None:
        """Return the monthly cost of an option."""
        if self._workload.requests_per_day is None:
            return None
        return _sum(self.fixed_of(basis)[0], [self._legs[role].of(leg) for _, leg, role in legs_of(basis)])

    def at_least(self, basis: CostBasis) -> Monthly:
        """Return the known part of the monthly cost of an option, 0 where nothing of it is known."""
        if self._workload.requests_per_day is None:
            return 0.0, 0.0
        return _known_sum(self.fixed_of(basis)[1], [self._legs[role].of(leg) for _, leg, role in legs_of(basis)])

    def of_judged(self, basis: CostBasis) -> tuple[bool, Monthly]:
        """Return the monthly cost of a main leg that sorts out hard cases: whether it is known, and its known part."""
        fixed, known_usd = self.fixed_of(basis)
        today = idle = known_usd
        is_whole = fixed is not None
        roles: list[tuple[LegBasis | None, Role]] = [(basis.main, "judged")]
        roles += [(None, "questions")] if basis.retrieves else []
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

    def of_partner(self, leg: LegBasis | None, role: Role) -> Monthly | None:
        """Return what a partner adds to the monthly cost in its role."""
        return self._legs[role].of(leg)

    def curve_of(self, leg: LegBasis | None, role: Role) -> LegCurve | None:
        """Return what a leg costs over volume in its role, None when it is not known."""
        return self._curves[role].of(leg)

    def fixed_of(self, basis: CostBasis) -> tuple[float | None, float]:
        """Return what stays whatever the volume, None where a part of it is not known, and its known parts."""
        key = self._keys.of(basis)
        if key not in self._fixed:
            parts = fixed_parts(basis, self._workload, self._assumptions, self._people_usd)
            known_usd = sum(usd for _, usd in parts if usd is not None)
            self._fixed[key] = (None if any(usd is None for _, usd in parts) else known_usd), known_usd
        return self._fixed[key]

    def _people_usd(self, basis: CostBasis) -> float | None:
        key = self._keys.of_people(basis)
        if key not in self._people:
            self._people[key] = people_monthly_usd(basis, self._workload, self._assumptions)
        return self._people[key]


class TableCosts:
    """Monthly costs of the bases of a table under one workload, each added up when it is asked for."""

    def __init__(self, running: RunningCosts, table: CostTable) -> None:
        self._running = running
        self._table = table
        self._fixed: dict[int, tuple[float | None, float]] = {}
        self._legs: dict[int, Monthly | None] = {}
        self._costs: dict[int, Monthly | None] = {}

    def of(self, place: int) -> Monthly | None:
        """Return the monthly cost of the basis at a place, None where it is not known."""
        if place not in self._costs:
            row = self._table.rows[place] if self._running.is_known else None
            self._costs[place] = None if row is None else _sum(self._fixed_part(row[0])[0], map(self._leg, row[1]))
        return self._costs[place]

    def at_least(self, place: int) -> Monthly:
        """Return the known part of the monthly cost of the basis at a place, 0 where nothing of it is known."""
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
    """Keys of fixed costs; people and training are objects that bases share, and are told apart by their identity."""

    def __init__(self) -> None:
        self._numbers = Numbers()

    def of(self, basis: CostBasis) -> FixedKey:
        number = self._numbers.of
        training = number(basis.training), number(basis.partner_training)
        return number(basis.people), basis.watched, basis.retrieves, *training

    def of_people(self, basis: CostBasis) -> int:
        return self._numbers.of(basis.people)


def _curve(role: Role, workload: Workload, assumptions: CostAssumptions, leg: LegBasis | None) -> LegCurve | None:
    return role_curve(leg, role, workload, assumptions)


def _leg_monthly(curves: Memo[LegBasis | None, LegCurve | None], workload: Workload,
                 leg: LegBasis | None) -> Monthly | None:  # fmt: skip
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
