"""One rule over all options of a universe: which options violate it, and for which it cannot be decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from aipolicy.evaluation.universe import Group, Universe
from aipolicy.facts.facts import Facts
from aipolicy.facts.option_facts import PLAN_PATHS
from aipolicy.facts.registry import REGISTRY, is_option_fact
from aipolicy.facts.spec import FactValue
from aipolicy.findings import Outcome
from aipolicy.options.estimates import COMPARED_FACTS, COST_FACTS, DRAWN_FACTS, LATENCY_FACTS_SET
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.policy.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.rule import Line, Rule

_ESCALATING = "task.hard_case_share"


class Judgement(NamedTuple):
    """What became of a rule over the options of a universe, as masks that do not overlap."""

    not_applicable: int
    satisfied: int
    violated: int
    undetermined: int

    def outcome_of(self, number: int) -> Outcome:
        """Return what became of the rule for one option."""
        bit = 1 << number
        if self.violated & bit:
            return Outcome.VIOLATED
        if self.undetermined & bit:
            return Outcome.UNDETERMINED
        return Outcome.SATISFIED if self.satisfied & bit else Outcome.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class LineTrace:
    """One line of a rule for one option: its truth, the values it read (None is unknown), and an evaluation error."""

    section: str
    text: str
    truth: Truth
    values: tuple[tuple[str, FactValue | None], ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class _LineMasks:
    false: int
    unknown: int


class Judge:
    """Evaluates rules; results are remembered by the values of the facts that a line reads."""

    def __init__(self) -> None:
        self._conditions: dict[Checked, Condition] = {}
        self._lines: dict[object, _LineMasks] = {}
        self._judgements: dict[object, Judgement] = {}
        self._failing: set[Checked] = set()

    def judge(self, rule: Rule, facts: Facts, workload: Workload, universe: Universe) -> Judgement:
        """Return what becomes of a rule for a feature over a universe."""
        values = facts.values
        workload = needed_workload(rule, workload)
        key = (universe.id, rule.id, tuple([_hashable(values.get(name)) for name in rule.feature_reads]), workload)
        known = self._judgements.get(key)
        if known is None:
            known = self._judgements[key] = self._judge(rule, facts, workload, universe)
        return known

    def trace(self, rule: Rule, facts: Facts, option: dict[str, FactValue]) -> tuple[LineTrace, ...]:
        """Return each line of a rule with its truth and the values of the facts it read, for one option."""
        traces = []
        for section, lines in (("when", rule.when), ("require", rule.require)):
            for line in lines:
                values = self._values(line, rule, facts)
                values.update({name: option[name] for name in line.option_reads if name in option})
                truth, error = self._evaluate(line, values)
                names = (*line.feature_reads, *line.option_reads, *line.parameter_reads)
                read = tuple((name, values.get(name)) for name in names)
                traces.append(LineTrace(section, line.text, truth, read, error))
        return tuple(traces)

    def _judge(self, rule: Rule, facts: Facts, workload: Workload, universe: Universe) -> Judgement:
        not_applicable = unclear = 0
        # NOTE: lines about the feature alone come first: when they do not hold, no estimate is made for the others.
        for line in sorted(rule.when, key=lambda line: bool(line.option_reads)):
            masks = self._line(line, rule, facts, workload, universe)
            not_applicable |= masks.false
            unclear |= masks.unknown
            if not_applicable == universe.full:
                return Judgement(universe.full, 0, 0, 0)
        failing = unsure = 0
        for line in rule.require:
            masks = self._line(line, rule, facts, workload, universe)
            failing |= masks.false
            unsure |= masks.unknown
        applicable = universe.full & ~not_applicable
        violated = failing & applicable & ~unclear
        satisfied = applicable & ~failing & ~unsure
        return Judgement(not_applicable, satisfied, violated, applicable & ~violated & ~satisfied)

    def _line(self, line: Line, rule: Rule, facts: Facts, workload: Workload, universe: Universe) -> _LineMasks:
        values = self._values(line, rule, facts)
        if not line.option_reads:
            truth, _ = self._evaluate(line, values)
            return _LineMasks(
                universe.full if truth is Truth.FALSE else 0, universe.full if truth is Truth.UNKNOWN else 0
            )
        key = (
            universe.id, line.checked, tuple([_hashable(facts.values.get(name)) for name in line.feature_reads]),
            tuple([_hashable(rule.parameters[name]) for name in line.parameter_reads]), workload,
        )  # fmt: skip
        known = self._lines.get(key)
        if known is not None:
            return known
        if line.ordered_by is None:
            masks = self._scan(line, values, universe.groups(line.option_reads, workload))
        elif self._is_unknown_throughout(line, values, line.ordered_by):
            masks = _LineMasks(0, universe.full)
        else:
            masks = self._search(line, values, universe.groups(line.option_reads, workload))
        self._lines[key] = masks
        return masks

    def _is_unknown_throughout(self, line: Line, values: dict[str, FactValue], name: str) -> bool:
        """Return whether no value of the ordered fact decides a line, so that no estimate need be made."""
        ends = (float("-inf"), float("inf"))
        return all(self._evaluate(line, {**values, name: end})[0] is Truth.UNKNOWN for end in ends)

    def _scan(self, line: Line, values: dict[str, FactValue], groups: tuple[Group, ...]) -> _LineMasks:
        false = unknown = 0
        for group_values, mask in groups:
            for name, value in zip(line.option_reads, group_values, strict=True):
                if value is None:
                    values.pop(name, None)
                else:
                    values[name] = value
            truth, _ = self._evaluate(line, values)
            if truth is Truth.FALSE:
                false |= mask
            elif truth is Truth.UNKNOWN:
                unknown |= mask
        return _LineMasks(false, unknown)

    def _search(self, line: Line, values: dict[str, FactValue], groups: tuple[Group, ...]) -> _LineMasks:
        """Judge a line whose truth turns at most once along one number by looking for the turn."""
        known = sorted((value, mask) for (value,), mask in groups if isinstance(value, float))
        without = sum(mask for (value,), mask in groups if value is None)
        name = line.option_reads[0]
        masks = {Truth.TRUE: 0, Truth.FALSE: 0, Truth.UNKNOWN: 0}
        if without:
            masks[self._evaluate(line, values)[0]] |= without
        if known:
            first, last = (self._evaluate(line, {**values, name: known[end][0]})[0] for end in (0, -1))
            low, high = 0, len(known) - 1
            while first is not last and high - low > 1:
                middle = (low + high) // 2
                same = self._evaluate(line, {**values, name: known[middle][0]})[0] is first
                low, high = (middle, high) if same else (low, middle)
            turn = high if first is not last else len(known)
            masks[first] |= sum(mask for _, mask in known[:turn])
            masks[last] |= sum(mask for _, mask in known[turn:])
        return _LineMasks(masks[Truth.FALSE], masks[Truth.UNKNOWN])

    @staticmethod
    def _values(line: Line, rule: Rule, facts: Facts) -> dict[str, FactValue]:
        values = {name: rule.parameters[name] for name in line.parameter_reads}
        for name in line.feature_reads:
            value = facts.values.get(name)
            if value is not None:
                values[name] = value
        return values

    def _evaluate(self, line: Line, values: dict[str, FactValue]) -> tuple[Truth, str]:
        condition = self._conditions.get(line.checked)
        if condition is None:
            condition = self._conditions[line.checked] = Condition(line.checked)
        truth, error = condition.evaluate({name: cel_value(value) for name, value in values.items()})
        if error:
            self._failing.add(line.checked)
        return truth, error

    def may_lack_facts(self, rule: Rule, facts: Facts) -> bool:
        """Return whether a rule reads a fact of the feature that is unknown, or failed to evaluate somewhere."""
        for line in (*rule.when, *rule.require):
            reads = (*line.feature_reads, *(read for name in line.option_reads for read in REGISTRY[name].reads))
            if line.checked in self._failing or any(name not in facts.values for name in reads):
                return True
        return False


def missing_facts(rule: Rule, traces: tuple[LineTrace, ...], facts: Facts, *, cascade: bool = False) -> tuple[str, ...]:
    """Return the facts to declare for the unknown lines of a trace to become known, sorted.

    The cost of a `cascade` also hangs on the share of requests that escalate.
    """
    missing: set[str] = set()
    fails = any(trace.section == "require" and trace.truth is Truth.FALSE for trace in traces)
    for trace in traces:
        # NOTE: where a requirement fails already, only whether the rule applies is left to settle.
        if trace.truth is Truth.UNKNOWN and not (fails and trace.section == "require"):
            for name, value in trace.values:
                if value is None:
                    missing.update(_settled_by(name, facts, cascade=cascade))
    return tuple(sorted(missing))


def _settled_by(name: str, facts: Facts, *, cascade: bool) -> tuple[str, ...]:
    """Return the declarations that make an unknown fact known; of an option, what its estimate reads or a plan names."""
    if not is_option_fact(name):
        return facts.missing(name)
    reads = (*REGISTRY[name].reads, *((_ESCALATING,) if cascade and name in COST_FACTS else ()))
    undeclared = tuple(read for read in reads if read not in facts.values)
    return undeclared or PLAN_PATHS.get(name, (name,))[:1]


def needed_workload(rule: Rule, workload: Workload) -> Workload:
    """Return the part of a workload that a rule's estimates depend on, so that results are shared by the rest."""
    reads = {name for line in (*rule.when, *rule.require) for name in line.option_reads}
    if not reads.isdisjoint(DRAWN_FACTS | COMPARED_FACTS):
        return workload
    if not reads.isdisjoint(COST_FACTS):
        return replace(workload, ranges=(), seed="")
    return NO_WORKLOAD if reads.isdisjoint(LATENCY_FACTS_SET) else replace(workload, ranges=(), seed="")


def _hashable(value: FactValue | None) -> object:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value
