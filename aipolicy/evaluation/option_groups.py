"""Options that do not differ in what is asked for, as groups with their masks."""

from __future__ import annotations

from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostBasis, Speeds
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
