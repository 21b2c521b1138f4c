"""Which of two maps or tables of a parameter is the stricter one: by the entries that they have, and by their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.policy.entries import Cell, cells, nested
from aipolicy.policy.layers.tightening import Direction, is_as_tight, tightest
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.facts.spec import FactValue
    from aipolicy.policy.rule import Parameter

_MAY = {Direction.FEWER: "may only be left out", Direction.MORE: "may only be added", Direction.NONE: "may not change"}


def is_tight(parameter: Parameter, value: FactValue, than: FactValue) -> bool:
    """Return whether a value of a parameter is the same as another, or stricter."""
    if parameter.entries is None:
        return is_as_tight(value, than, parameter.tightens)
    return not loosened(parameter, value, than)


def tightest_of(parameter: Parameter, values: Sequence[FactValue]) -> FactValue | None:
    """Return what is as strict as every one of the values; None where no direction says which is stricter."""
    if parameter.entries is None:
        return tightest(values, parameter.tightens)
    if all(value == values[0] for value in values):
        return values[0]
    maps = [dict(cells(value, parameter.entries.depth)) for value in values]
    names = [set(entries) for entries in maps]
    kept_names = set.union(*names)
    if kept_names != set.intersection(*names):
        if parameter.tightens_entries is Direction.NONE:
            return None
        kept_names = kept_names if parameter.tightens_entries is Direction.MORE else set.intersection(*names)
    strictest_values: dict[Cell, FactValue] = {}
    for name in kept_names:
        strictest = tightest([entries[name] for entries in maps if name in entries], parameter.tightens)
        if strictest is None:
            return None
        strictest_values[name] = strictest
    return nested(strictest_values)


def loosened(parameter: Parameter, value: FactValue, than: FactValue) -> str:
    """Return which entries of a map or a table are looser than those of another, in words; empty for none."""
    assert parameter.entries is not None
    mine, theirs = (dict(cells(side, parameter.entries.depth)) for side in (value, than))
    wrong = []
    if parameter.tightens_entries is not Direction.FEWER and (missing := sorted(theirs.keys() - mine.keys())):
        wrong.append(f"entries {_MAY[parameter.tightens_entries]}, and {_listed(missing)} is missing here")
    if parameter.tightens_entries is not Direction.MORE and (added := sorted(mine.keys() - theirs.keys())):
        wrong.append(f"entries {_MAY[parameter.tightens_entries]}, and {_listed(added)} is added here")
    for name in sorted(mine.keys() & theirs.keys()):
        if not is_as_tight(mine[name], theirs[name], parameter.tightens):
            wrong.append(_other_value(parameter, name, mine, theirs))
    return "; ".join(wrong)


def _other_value(
    parameter: Parameter, name: Cell, mine: Mapping[Cell, FactValue], theirs: Mapping[Cell, FactValue]
) -> str:
    from aipolicy.facts.value_text import exact_value

    may = {Direction.NONE: "may not change"}.get(parameter.tightens, f"may only become {parameter.tightens.value}")
    if parameter.tightens in (Direction.FEWER, Direction.MORE):
        may = f"may only have {parameter.tightens.value} words"
    return f"{_listed([name])} {may}: here it is `{exact_value(mine[name])}`, there `{exact_value(theirs[name])}`"


def _listed(names: Sequence[Cell]) -> str:
    return ", ".join(f"`{shown(' / '.join(name))}`" for name in names)
