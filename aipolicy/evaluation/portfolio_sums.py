"""What features add to the measures of a group, as bounds: each feature on its own, so that nothing known is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain

from aipolicy.evaluation.portfolio_records import Entry, Words, least
from aipolicy.facts.spec import FactType
from aipolicy.policy.amounts import ANY, ZERO, Amount, hull, plus, scaled
from aipolicy.policy.portfolio_rule import Aggregate, Measure
from aipolicy.value import Frozen

Factors = tuple[Fraction, ...]
"""How often each measure counts."""


class Known(Frozen):
    """What a feature adds to one measure, and whether it certainly does."""

    added: Amount | Words
    certain: bool


class _Sum:
    """A sum of amounts from which single ones can be taken away again."""

    def __init__(self, amounts: Iterable[Amount]) -> None:
        self.ends = [Fraction(0), Fraction(0)]
        self.unbounded = [0, 0]
        for amount in amounts:
            self.add(amount)

    def copy(self) -> _Sum:
        """Return a sum that can be changed on its own."""
        other = _Sum(())
        other.ends, other.unbounded = [*self.ends], [*self.unbounded]
        return other

    def add(self, amount: Amount, times: int = 1) -> None:
        """Add an amount, or take it away."""
        for place, end in enumerate(amount):
            if end is None:
                self.unbounded[place] += times
            else:
                self.ends[place] += times * end

    def amount(self) -> Amount:
        """Return the sum."""
        low, high = (None if open_ else end for open_, end in zip(self.unbounded, self.ends, strict=True))
        return Amount(low, high)


class Contributions:
    """What every feature adds to sums over a group and over all."""

    def __init__(self, entries: Sequence[Entry], measures: Sequence[Measure], unread: int) -> None:
        self.entries = entries
        self.measures = measures
        self.unread = unread
        self._positions = {measure.name: position for position, measure in enumerate(measures)}
        self._outside: dict[Factors, tuple[list[Amount], _Sum]] = {}

    def position(self, name: str) -> int:
        """Return which measure a name such as `group.requests` means."""
        return self._positions[name.partition(".")[2]]

    def bounds(self, group: Factors, total: Factors, inside: Iterable[int], certain: frozenset[int]) -> Amount:
        """Return the sum of measures of a group and of all, each times a factor.

        `inside` are the features that may belong to the group, `certain` those that do if they take part.
        """
        outside, everything = self._without_group(total)
        both = tuple(g + t for g, t in zip(group, total, strict=True))
        found = everything.copy()
        for number in inside:
            entry = self.entries[number]
            added = self._added(entry, both)
            if number not in certain:
                added = hull(added, self._added(entry, total))
            found.add(outside[number], -1)
            found.add(added if entry.certain else hull(added, ZERO))
        if self.unread:
            # NOTE: a manifest that cannot be read may hold features of this group and of others.
            found.add(plus(self._unknown(both), self._unknown(total)))
        return found.amount()

    def _without_group(self, total: Factors) -> tuple[list[Amount], _Sum]:
        if total not in self._outside:
            amounts = [self._added(entry, total) for entry in self.entries]
            amounts = [a if e.certain else hull(a, ZERO) for a, e in zip(amounts, self.entries, strict=True)]
            self._outside[total] = amounts, _Sum(amounts)
        return self._outside[total]

    def _added(self, entry: Entry, factors: Factors) -> Amount:
        found = ZERO
        for added, factor in zip(entry.amounts, factors, strict=True):
            if factor:
                assert isinstance(added, Amount)
                found = plus(found, scaled(added, factor))
        return found

    def _unknown(self, factors: Factors) -> Amount:
        found = ZERO
        for measure, factor in zip(self.measures, factors, strict=True):
            low, high = hull(least(measure), ZERO)
            many = Amount(None if low is None or low < 0 else low, None if high is None or high > 0 else high)
            found = plus(found, scaled(many, factor))
        return found


def aggregated(measure: Measure, known: Sequence[Known], unread: int) -> Amount:
    """Return the largest, the smallest or the number of different values of those features that belong to a group."""
    if measure.aggregate is Aggregate.DISTINCT:
        return _distinct(
            measure, [(each.added, each.certain) for each in known if isinstance(each.added, Words)], unread
        )
    amounts = [(each.added, each.certain) for each in known if isinstance(each.added, Amount)]
    amounts += [(least(measure), False)] if unread else []
    if not amounts:
        return ANY
    if measure.aggregate is Aggregate.MAX:
        return _largest(amounts)
    low, high = _largest([(scaled(amount, Fraction(-1)), certain) for amount, certain in amounts])
    return scaled(Amount(low, high), Fraction(-1))


def _largest(amounts: Sequence[tuple[Amount, bool]]) -> Amount:
    sure = [amount.low for amount, certain in amounts if certain and amount.low is not None]
    lows = [amount.low for amount, _ in amounts]
    highs = [amount.high for amount, _ in amounts]
    # NOTE: without a feature that certainly belongs there, any single one may be the only one.
    low = max(sure) if sure else None if None in lows else min(each for each in lows if each is not None)
    return Amount(low, None if None in highs else max(each for each in highs if each is not None))


def _distinct(measure: Measure, known: Sequence[tuple[Words, bool]], unread: int) -> Amount:
    sure = frozenset(chain.from_iterable(words.certain for words, certain in known if certain))
    single = measure.formula is not None and measure.formula.type is FactType.TEXT
    low = max(len(sure), int(single and any(certain for _, certain in known)))
    unknown = sum(words.possible is None for words, _ in known)
    if unread or (unknown and not single):
        return Amount(Fraction(low), None)
    possible = frozenset(chain.from_iterable(words.possible or () for words, _ in known))
    return Amount(Fraction(low), Fraction(len(possible) + unknown))
