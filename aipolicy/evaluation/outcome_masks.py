"""What became of a rule over options, as masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aipolicy.evaluation.option_groups import Group
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.prepared_rule import PreparedRule, undeclared_of
from aipolicy.facts.facts import Facts
from aipolicy.findings.finding import Outcome
from aipolicy.options.workload import Workload
from aipolicy.policy.cel.expressions import Condition, Truth, cel_value
from aipolicy.policy.rule import Line
from aipolicy.value import NamedTuple

OUTCOMES_BY_WEIGHT = (
    Outcome.VIOLATED, Outcome.UNDECLARED, Outcome.UNDETERMINED, Outcome.SATISFIED, Outcome.NOT_APPLICABLE,
)  # fmt: skip
"""A rule on every leg comes to the first of these to which one of the legs comes: not applicable only if it is to both."""


class OutcomeMasks(NamedTuple):
    """What became of a rule over the options of a set, as masks that do not overlap."""

    not_applicable: int
    satisfied: int
    violated: int
    undetermined: int
    failed: bool = False
    """Whether a line could not be evaluated for some option, for another reason than a missing fact."""
    undeclared: int = 0
    """Where the rule applies and is not violated, and a fact that it demands is not declared."""
    close: int = 0
    """Where it is undetermined only because it comes out otherwise at the two ends of an estimate."""
    kept: int = 0
    """Where it is close, and kept at what is usual."""

    @property
    def unknown(self) -> int:
        """Return where it is undetermined for another reason than the width of an estimate."""
        return self.undetermined & ~self.close

    @property
    def unlikely(self) -> int:
        """Return where it is undetermined, and no estimate says that it is likely kept."""
        return self.undetermined & ~self.kept

    @property
    def is_estimated(self) -> bool:
        """Return whether looking at fewer options would save something."""
        return False

    def within(self, _: int) -> OutcomeMasks:
        """Return what became of the rule for some of the options; of others it may say anything."""
        return self

    def is_some(self, way: str) -> bool:
        """Return whether it comes to an outcome on any option."""
        return bool(getattr(self, way))

    def is_violated_throughout(self) -> bool:
        """Return whether every option violates it."""
        return bool(self.violated) and not (self.not_applicable | self.satisfied | self.undetermined | self.undeclared)

    def applies(self, full: int) -> int:
        """Return where the rule applies, or may apply."""
        return full & ~self.not_applicable

    def outcome_of(self, number: int) -> Outcome:
        """Return what became of the rule for one option."""
        bit = 1 << number
        if self.violated & bit:
            return Outcome.VIOLATED
        if self.undeclared & bit:
            return Outcome.UNDECLARED
        if self.undetermined & bit:
            return Outcome.UNDETERMINED
        return Outcome.SATISFIED if self.satisfied & bit else Outcome.NOT_APPLICABLE


NOTHING = OutcomeMasks(0, 0, 0, 0)
"""What becomes of a rule over no options."""


def between(fast: OutcomeMasks, usual: OutcomeMasks, slow: OutcomeMasks) -> OutcomeMasks:
    """Return what becomes of a rule that comes to this at both ends of its estimates and at what is usual.

    What holds at both ends is known. Where it is broken at the favourable end and does not apply at the other, another
    rule speaks of the latter.
    """
    violated = fast.violated & (slow.violated | slow.not_applicable)
    undeclared = (fast.undeclared | slow.undeclared) & ~violated
    close = (fast.violated ^ slow.violated) & ~(violated | undeclared | fast.undetermined | slow.undetermined)
    undetermined = (fast.undetermined | slow.undetermined | close) & ~(violated | undeclared)
    satisfied = (fast.satisfied | slow.satisfied) & ~(violated | undetermined | undeclared)
    not_applicable = fast.not_applicable & slow.not_applicable
    failed = fast.failed or slow.failed
    close_kept = close & (usual.satisfied | usual.not_applicable)
    return OutcomeMasks(not_applicable, satisfied, violated, undetermined, failed, undeclared, close, close_kept)


def at_ends(ends: Sequence[Workload], within: int | None,
            evaluated: Callable[[Workload, int | None], OutcomeMasks]) -> OutcomeMasks:  # fmt: skip
    """Return what becomes of a rule at the ends of its estimates; what is usual is asked only where these differ."""
    if len(ends) == 1:
        return evaluated(ends[0], within)
    fast, slow = (evaluated(end, within) for end in (ends[0], ends[-1]))
    differing = fast.violated ^ slow.violated
    usual = evaluated(ends[1], differing) if differing else NOTHING
    return between(fast, usual, slow)


def outcome_of_lines(prepared: PreparedRule, facts: Facts, full: int, when: Iterable[LineMasks],
                     require: Iterable[LineMasks]) -> OutcomeMasks:  # fmt: skip
    """Return what a rule comes to over options, from what its lines come to; these are asked for as long as it matters."""
    not_applicable = unclear = 0
    failed = False
    for masks in when:
        not_applicable |= masks.false & full
        unclear |= masks.unknown
        failed |= masks.failed
        if not_applicable == full:
            return OutcomeMasks(full, 0, 0, 0)
    failing = unsure = 0
    applicable = full & ~not_applicable
    for masks in require:
        failing |= masks.false
        unsure |= masks.unknown
        failed |= masks.failed
    violated = failing & applicable & ~unclear
    satisfied = applicable & ~failing & ~unsure
    undeclared = 0
    if undeclared_of(prepared.rule, facts):
        satisfied, undeclared = 0, applicable & ~unclear & ~violated
    undetermined = applicable & ~violated & ~satisfied & ~undeclared
    return OutcomeMasks(not_applicable, satisfied, violated, undetermined, failed, undeclared)


class LineMasks(NamedTuple):
    false: int
    unknown: int
    failed: bool


def throughout(option_set: OptionSet, truth: Truth, error: str) -> LineMasks:
    full = option_set.full
    return LineMasks(full if truth is Truth.FALSE else 0, full if truth is Truth.UNKNOWN else 0, bool(error))


def scan(line: Line, condition: Condition, values: dict[str, Any], groups: tuple[Group, ...]) -> LineMasks:
    """Evaluate a line for every group of options."""
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
    """Evaluate a line whose truth turns at most once along one number, nobody knows where, by looking for the turn."""
    name = line.option_reads[0]
    numbers = sorted((value, mask) for (value,), mask in groups if isinstance(value, float))
    without = sum(mask for (value,), mask in groups if value is None)
    masks = {Truth.TRUE: 0, Truth.FALSE: 0, Truth.UNKNOWN: 0}
    errors = []

    def truth_at(value: float | None) -> Truth:
        truth, error = condition.evaluate(values if value is None else {**values, name: value})
        errors.append(error)
        return truth

    if without:
        masks[truth_at(None)] |= without
    if numbers:
        first, last = truth_at(numbers[0][0]), truth_at(numbers[-1][0])
        low, high = 0, len(numbers) - 1
        while first is not last and high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if truth_at(numbers[middle][0]) is first else (low, middle)
        turn = high if first is not last else len(numbers)
        masks[first] |= sum(mask for _, mask in numbers[:turn])
        masks[last] |= sum(mask for _, mask in numbers[turn:])
    return LineMasks(masks[Truth.FALSE], masks[Truth.UNKNOWN], any(errors))
