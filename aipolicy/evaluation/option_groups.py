"""Options that do not differ in what is asked for, as groups with their masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.facts.all_facts import of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostBasis, Speeds
from aipolicy.options.estimates import (
    AT_LEAST,
    ESTIMATED_FACTS,
    PARTNER_LATENCIES,
    Estimator,
)
from aipolicy.value import Frozen, NamedTuple

Values = tuple[FactValue | None, ...]


Group = tuple[Values, int]
"""The values of the facts asked for (None is unknown), and the mask of the options that have them."""


class StaticGroup(Frozen):
    """Options with equal values that share everything an estimate depends on."""

    values: Values
    mask: int
    speeds: Speeds | None
    cost: CostBasis | None
    partner: Speeds | None = None
    """What the latency of the partner depends on, as if it were the main leg."""


class PricedGroup(NamedTuple):
    """Options with equal values, and their parts by what their cost depends on."""

    values: Values
    mask: int
    parts: tuple[tuple[CostBasis, int], ...]


GroupKey = tuple[tuple[str, ...], bool]
"""The facts asked for, and whether the costs of cascades are told apart."""


class Split(NamedTuple):
    """Options by a number: below a value, equal to it, above it, and unknown, as masks that do not overlap."""

    below: int
    equal: int
    above: int
    unknown: int


def estimated(name: str, estimator: Estimator, speeds: Speeds | None, cost: CostBasis | None,
              partner: Speeds | None) -> FactValue | None:  # fmt: skip
    """Return the value of an estimated fact, of the option or of its partner, None when it is unknown."""
    if name in PARTNER_LATENCIES:
        return estimator.value(of_leg(name), partner, None)
    return estimator.value(name, speeds, cost)


class OptionFacts(Mapping[str, FactValue]):
    """The known facts of one option, estimates on demand: some take long, and nobody reads them all."""

    def __init__(self, known: Mapping[str, FactValue], estimator: Estimator, speeds: Speeds, cost: CostBasis,
                 partner: Speeds | None = None) -> None:  # fmt: skip
        self._known = known
        self._estimator = estimator
        self._speeds = speeds
        self._cost = cost
        self._partner = partner

    def __getitem__(self, name: str) -> FactValue:
        if name.endswith(AT_LEAST):
            least = self._estimator.at_least(name.removesuffix(AT_LEAST), self._cost)
            if least is None:
                raise KeyError(name)
            return least
        value = self._known.get(name)
        if value is None and name in ESTIMATED_FACTS:
            value = estimated(name, self._estimator, self._speeds, self._cost, self._partner)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in (*self._known, *sorted(ESTIMATED_FACTS - self._known.keys())) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class NumberLine:
    """Masks of options with their number, None where it is unknown, and what it is then at least."""

    def __init__(self, numbers: Sequence[float | None], masks: Sequence[int], at_least: Sequence[float] = ()) -> None:
        self._known: list[tuple[float, int]] = []
        self._at_least: list[tuple[float, int]] = []
        self._unknown = 0
        for place, (number, mask) in enumerate(zip(numbers, masks, strict=True)):
            if number is not None:
                self._known.append((number, mask))
                continue
            self._unknown |= mask
            # NOTE: at least 0 says nothing.
            if at_least and at_least[place]:
                self._at_least.append((at_least[place], mask))

    def split(self, value: float) -> Split:
        """Return the options by how their number compares with a value; one that is at least more is above it."""
        below = equal = above = least_above = 0
        for number, mask in self._known:
            if number < value:
                below |= mask
            elif number > value:
                above |= mask
            else:
                equal |= mask
        for least, mask in self._at_least:
            if least > value:
                least_above |= mask
        return Split(below, equal, above | least_above, self._unknown & ~least_above)
