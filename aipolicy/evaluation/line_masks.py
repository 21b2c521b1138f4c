"""One line of a rule over many options, as masks of the options on which it is false or unknown."""

from __future__ import annotations

from typing import Any

from aipolicy.evaluation.option_groups import Group
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.policy.cel.expressions import Condition, Truth, cel_value
from aipolicy.policy.rule import Line
from aipolicy.value import NamedTuple


class LineMasks(NamedTuple):
    false: int
    unknown: int
    failed: bool


def throughout(option_set: OptionSet, truth: Truth, error: str) -> LineMasks:
    full = option_set.full
    return LineMasks(full if truth is Truth.FALSE else 0, full if truth is Truth.UNKNOWN else 0, bool(error))


def scan(line: Line, condition: Condition, values: dict[str, Any], groups: tuple[Group, ...]) -> LineMasks:
    """RuleEvaluator a line for every group of options."""
    false = unknown = 0
    failed = False
    for group_values, mask in groups:
        for name, value in zip(line.option_reads, group_values, strict=True):
            if value is None:
                values.pop(name, None)
            else:
                values[name] = cel_value(value)
        truth, error = condition.evaluate(values)
        failed |= bool(error)
        if truth is Truth.FALSE:
            false |= mask
        elif truth is Truth.UNKNOWN:
            unknown |= mask
    return LineMasks(false, unknown, failed)


def search(line: Line, condition: Condition, values: dict[str, Any], groups: tuple[Group, ...]) -> LineMasks:
    """RuleEvaluator a line whose truth turns at most once along one number, nobody knows where, by looking for the turn."""
    name = line.option_reads[0]
    known = sorted((value, mask) for (value,), mask in groups if isinstance(value, float))
    without = sum(mask for (value,), mask in groups if value is None)
    masks = {Truth.TRUE: 0, Truth.FALSE: 0, Truth.UNKNOWN: 0}
    errors = []

    def truth_at(value: float | None) -> Truth:
        truth, error = condition.evaluate(values if value is None else {**values, name: value})
        errors.append(error)
        return truth

    if without:
        masks[truth_at(None)] |= without
    if known:
        first, last = truth_at(known[0][0]), truth_at(known[-1][0])
        low, high = 0, len(known) - 1
        while first is not last and high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if truth_at(known[middle][0]) is first else (low, middle)
        turn = high if first is not last else len(known)
        masks[first] |= sum(mask for _, mask in known[:turn])
        masks[last] |= sum(mask for _, mask in known[turn:])
    return LineMasks(masks[Truth.FALSE], masks[Truth.UNKNOWN], any(errors))
