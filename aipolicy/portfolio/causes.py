"""What became of a rule over all features in; which features add the most to it, or lack what would settle it, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.cel.interval import ZERO, Interval
from aipolicy.policy.portfolio_rule import GROUP, KEY, TOTAL, PortfolioRule
from aipolicy.portfolio.groups import GroupResult, Member, Portfolio
from aipolicy.value import NamedTuple

_Rank = tuple[float, bool, int]
"""What members are ordered by: what each adds at least, negated, whether it may take no part, and its number."""


class Contributors(NamedTuple):
    """The features of a group, those that add the most first."""

    position: int
    """The measure that they add to."""
    first: Member
    largest: tuple[tuple[Member, float], ...]
    """The first few of those that add anything, with what each adds at least."""
    adding: int
    """How many add anything."""
    whole: float
    """What these add at least, together."""


class _Ranking(NamedTuple):
    first: tuple[_Rank, ...]
    largest: tuple[_Rank, ...]
    adding: int
    whole: float


class RankedFeatures:
    """Ranks the features of groups by what they add; those that may belong to any group are ranked once."""

    def __init__(self, portfolio: Portfolio, limit: int) -> None:
        self._portfolio = portfolio
        self._limit = limit
        self._anywhere: dict[int, _Ranking] = {}

    def contributors(self, result: GroupResult) -> Contributors:
        """Return the features of a group by what they add to the measure that it breaks the rule by."""
        position = broken_measure(self._portfolio.rule, result)
        if position not in self._anywhere:
            self._anywhere[position] = self._ranking(position, self._portfolio.anywhere)
        sides = (self._ranking(position, result.group.named), self._anywhere[position])
        members = self._portfolio.members
        largest = sorted(rank for side in sides for rank in side.largest)[: self._limit]
        return Contributors(
            position=position,
            first=members[min(rank for side in sides for rank in side.first)[-1]],
            largest=tuple((members[number], -least) for least, _, number in largest),
            adding=sum(side.adding for side in sides),
            whole=sum(side.whole for side in sides),
        )

    def _ranking(self, position: int, numbers: Iterable[int]) -> _Ranking:
        ranks: list[_Rank] = []
        adding: list[_Rank] = []
        for number in numbers:
            entry = self._portfolio.members[number].entry
            added = entry.amounts[position]
            least = float(added.low or 0) if isinstance(added, Interval) else 0.0
            ranks.append((-least, not entry.certain, number))
            if added != ZERO:
                adding.append(ranks[-1])
        adding.sort()
        whole = sum(-negated for negated, _, _ in adding)
        return _Ranking((min(ranks),) if ranks else (), tuple(adding[: self._limit]), len(adding), whole)


def missing_facts(portfolio: Portfolio, results: Iterable[GroupResult]) -> dict[str, set[Member]]:
    """Return the facts that would settle what becomes of groups, each with the features that lack it."""
    missing: dict[str, set[int]] = defaultdict(set)
    everywhere: set[frozenset[int]] = set()
    anywhere: set[frozenset[int]] = set()
    for result in results:
        positions, everybody = _undecided_measures(portfolio.rule, result)
        (everywhere if everybody else anywhere).add(positions)
        _add_missing(missing, portfolio, () if everybody else result.group.named, positions)
        for number in result.group.named:
            if number not in result.group.certain:
                _add(missing, portfolio.members[number].entry.group_missing, number)
    # NOTE: what is the same for every group is looked at once: there may be as many groups as features.
    for positions in everywhere:
        _add_missing(missing, portfolio, range(len(portfolio.members)), positions)
    for positions in anywhere - everywhere:
        _add_missing(missing, portfolio, portfolio.anywhere, positions)
    for number in portfolio.anywhere if everywhere or anywhere else ():
        _add(missing, portfolio.members[number].entry.group_missing, number)
    return {fact: {portfolio.members[number] for number in numbers} for fact, numbers in missing.items()}


def broken_measure(rule: PortfolioRule, result: GroupResult) -> int:
    """Return the measure that a group breaks a rule by: of the group rather than of all."""
    names = [name for name in result.reads(Truth.FALSE) if name != KEY]
    names.sort(key=lambda name: not name.startswith(GROUP))
    return next(
        (n for n, measure in enumerate(rule.measures) for name in names[:1] if name.endswith(f".{measure.name}")), 0
    )


def _undecided_measures(rule: PortfolioRule, result: GroupResult) -> tuple[frozenset[int], bool]:
    """Return the measures that leave a group undecided, and whether they are of all features."""
    reads = [name for name in result.reads(Truth.UNKNOWN) if name != KEY] or list(result.reads(Truth.FALSE))
    positions = (n for n, measure in enumerate(rule.measures) for name in reads if name.endswith(f".{measure.name}"))
    return frozenset(positions), any(name.startswith(TOTAL) for name in reads)


def _add_missing(missing: dict[str, set[int]], portfolio: Portfolio, numbers: Iterable[int],
                 positions: Collection[int]) -> None:  # fmt: skip
    for number in numbers:
        entry = portfolio.members[number].entry
        _add(missing, entry.over_missing, number)
        for position in positions:
            _add(missing, entry.missing[position], number)


def _add(missing: dict[str, set[int]], facts: Iterable[str], number: int) -> None:
    for fact in facts:
        missing[fact].add(number)
