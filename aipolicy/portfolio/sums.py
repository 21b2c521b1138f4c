"""What features add to the measures of a group, as bounds: each feature on its own, so that nothing known is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain

from aipolicy.facts.spec import FactType
from aipolicy.policy.cel.interval import ANY, ZERO, Interval, hull, plus, scaled
from aipolicy.policy.portfolio_rule import Aggregate, GroupMeasure
from aipolicy.portfolio.feature_records import Membership, Words, least
from aipolicy.value import Frozen, NamedTuple

Factors = tuple[Fraction, ...]
"""How often each measure counts."""


class Contribution(Frozen):
    """What a feature adds to one measure, and whether it certainly does."""

    added: Interval | Words
    certain: bool


class _Sum:
    """A sum of amounts from which single ones can be taken away again."""

    def __init__(self, amounts: Iterable[Interval]) -> None:
        self.ends = [Fraction(0), Fraction(0)]
        self.unbounded = [0, 0]
        for amount in amounts:
            self.add(amount)

    def copy(self) -> _Sum:
        """Return a sum that can be changed on its own."""
        other = _Sum(())
        other.ends, other.unbounded = [*self.ends], [*self.unbounded]
        return other

    def add(self, amount: Interval, times: int = 1) -> None:
        """Add an amount, or take it away."""
        for place, end in enumerate(amount):
            if end is None:
                self.unbounded[place] += times
            else:
                self.ends[place] += times * end

    def amount(self) -> Interval:
        """Return the sum."""
        low, high = (None if open_ else end for open_, end in zip(self.unbounded, self.ends, strict=True))
        return Interval(low, high)


class Contributions:
    """What every feature adds to sums over a group and over all; those in `anywhere` may belong to any group."""

    def __init__(self, entries: Sequence[Membership], measures: Sequence[GroupMeasure], anywhere: Sequence[int],
                 unread: int) -> None:  # fmt: skip
        self.entries = entries
        self.measures = measures
        self.anywhere = anywhere
        self.unread = unread
        self._positions = {measure.name: position for position, measure in enumerate(measures)}
        self._shared: dict[tuple[Factors, Factors], tuple[list[Interval], _Sum]] = {}

    def position(self, name: str) -> int:
        """Return which measure a name such as `group.requests` means."""
        return self._positions[name.partition(".")[2]]

    def bounds(self, group: Factors, total: Factors, named: Iterable[int], certain: frozenset[int]) -> Interval:
        """Return the sum of measures of a group and of all, each times a factor.

        `named` are the features that may belong to this group and not to any, `certain` those that do if they take part.
        """
        outside, shared = self._shared_by_groups(group, total)
        both = tuple(g + t for g, t in zip(group, total, strict=True))
        whole = shared.copy()
        for number in named:
            whole.add(outside[number], -1)
            whole.add(self._added_inside(number, both, total, certain=number in certain))
        return whole.amount()

    def _shared_by_groups(self, group: Factors, total: Factors) -> tuple[list[Interval], _Sum]:
        """Return what each feature adds outside of the group, and the sum that is the same for every group.

        NOTE: with as many groups as features, whatever does not depend on the group must be added up once.
        """
        known = self._shared.get((group, total))
        if known is None:
            outside = [self._added_inside(n, total, total, certain=True) for n in range(len(self.entries))]
            both = tuple(g + t for g, t in zip(group, total, strict=True))
            everything = _Sum(outside)
            for number in self.anywhere:
                everything.add(outside[number], -1)
                everything.add(self._added_inside(number, both, total, certain=False))
            if self.unread:
                # NOTE: a manifest that cannot be read may hold features of this group and of others.
                everything.add(plus(self._unknown(both), self._unknown(total)))
            known = self._shared[group, total] = outside, everything
        return known

    def _added_inside(self, number: int, both: Factors, total: Factors, *, certain: bool) -> Interval:
        """Return what a feature adds that belongs to the group, or may."""
        entry = self.entries[number]
        added = self._added(entry, both)
        if not certain:
            added = hull(added, self._added(entry, total))
        return added if entry.certain else hull(added, ZERO)

    def _added(self, entry: Membership, factors: Factors) -> Interval:
        interval = ZERO
        for added, factor in zip(entry.amounts, factors, strict=True):
            if factor:
                assert isinstance(added, Interval)
                interval = plus(interval, scaled(added, factor))
        return interval

    def _unknown(self, factors: Factors) -> Interval:
        interval = ZERO
        for measure, factor in zip(self.measures, factors, strict=True):
            low, high = hull(least(measure), ZERO)
            many = Interval(None if low is None or low < 0 else low, None if high is None or high > 0 else high)
            interval = plus(interval, scaled(many, factor))
        return interval


class Unsure(NamedTuple):
    """What a number of features add to one measure of a group that any of them may belong to, as if they were one."""

    amount: Interval | None = None
    """Holds what each of them adds; None where none adds an amount."""
    words: frozenset[str] = frozenset()
    unnamed: int = 0
    """How many of them add words of which nothing is known."""


def unsure(added: Iterable[Interval | Words]) -> Unsure:
    """Return what features add that may belong to a group."""
    amount: Interval | None = None
    words: set[str] = set()
    unnamed = 0
    for addition in added:
        if isinstance(addition, Interval):
            amount = addition if amount is None else hull(amount, addition)
        elif addition.possible is None:
            unnamed += 1
        else:
            words |= addition.possible
    return Unsure(amount, frozenset(words), unnamed)


def aggregated(measure: GroupMeasure, known: Sequence[Contribution], others: Unsure, unread: int) -> Interval:
    """Return the largest, the smallest or the number of different values of those features that belong to a group.

    `others` are the features that may belong to any group.
    """
    if measure.aggregate is Aggregate.DISTINCT:
        words = [
            (contribution.added, contribution.certain)
            for contribution in known
            if isinstance(contribution.added, Words)
        ]
        return _distinct(measure, words, others, unread)
    amounts = [
        (contribution.added, contribution.certain) for contribution in known if isinstance(contribution.added, Interval)
    ]
    amounts += [(others.amount, False)] if others.amount is not None else []
    amounts += [(least(measure), False)] if unread else []
    if not amounts:
        return ANY
    if measure.aggregate is Aggregate.MAX:
        return _largest(amounts)
    low, high = _largest([(scaled(amount, Fraction(-1)), certain) for amount, certain in amounts])
    return scaled(Interval(low, high), Fraction(-1))


def _largest(amounts: Sequence[tuple[Interval, bool]]) -> Interval:
    sure = [amount.low for amount, certain in amounts if certain and amount.low is not None]
    lows = [amount.low for amount, _ in amounts]
    highs = [amount.high for amount, _ in amounts]
    # NOTE: without a feature that certainly belongs there, any single one may be the only one.
    low = max(sure) if sure else None if None in lows else min(end for end in lows if end is not None)
    return Interval(low, None if None in highs else max(end for end in highs if end is not None))


def _distinct(measure: GroupMeasure, known: Sequence[tuple[Words, bool]], others: Unsure, unread: int) -> Interval:
    sure = frozenset(chain.from_iterable(words.certain for words, certain in known if certain))
    single = measure.formula is not None and measure.formula.type is FactType.TEXT
    low = max(len(sure), int(single and any(certain for _, certain in known)))
    unnamed = others.unnamed + sum(words.possible is None for words, _ in known)
    if unread or (unnamed and not single):
        return Interval(Fraction(low), None)
    possible = frozenset(chain.from_iterable(words.possible or () for words, _ in known))
    return Interval(Fraction(low), Fraction(len(others.words) + len(possible - others.words) + unnamed))
