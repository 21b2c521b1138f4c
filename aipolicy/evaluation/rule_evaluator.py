"""One rule over all options of a option_set: which options violate it, and for which it cannot be decided."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any

from aipolicy.evaluation.line_masks import LineMasks, scan, search, throughout
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.prepared_rule import PreparedLine, PreparedRule, hashable, labels_of, undeclared_of
from aipolicy.facts.declared import RETIRED
from aipolicy.facts.facts import LABELS, Facts
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.options.estimates import AT_LEAST, RUNNING_COSTS, reduced
from aipolicy.options.memo import Memo
from aipolicy.options.workload import Workload
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.rule import Line, Rule
from aipolicy.value import Frozen, NamedTuple, replace

MUST_DECLARE = "must_declare"
"""The section of a rule that names facts which have to be declared."""
_NO_SUCH_KEY = "Key not found in map"
"""How the runtime's message begins when a label is looked up that is not there."""


def is_retired(facts: Facts) -> bool:
    """Return whether a feature runs no more, so that only rules that name it so are evaluated."""
    return facts.values.get("metadata.lifecycle") == RETIRED


class OutcomeMasks(NamedTuple):
    """What became of a rule over the options of a option_set, as masks that do not overlap."""

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
    kept = close & (usual.satisfied | usual.not_applicable)
    return OutcomeMasks(not_applicable, satisfied, violated, undetermined, failed, undeclared, close, kept)


class LineTrace(Frozen):
    """One line of a rule for one option: its truth, the values it read (None is unknown), and an evaluation error.

    A fact of `must_declare` is a line of its own, which holds where the fact is declared.
    """

    section: str
    text: str
    truth: Truth
    values: tuple[tuple[str, FactValue | None], ...]
    error: str = ""


_MAX_REMEMBERED = 4_000
"""More results are not kept at once: numbers differ from feature to feature, and memory is finite."""


class RuleEvaluator:
    """Evaluates rules; results are remembered by the values of the facts that a line reads."""

    def __init__(self) -> None:
        self._conditions: dict[Checked, Condition] = {}
        self._prepared = Memo(PreparedRule)
        self._lines: dict[object, LineMasks] = {}
        self._outcomes: dict[object, OutcomeMasks] = {}
        self._traces: dict[object, tuple[LineTrace, ...]] = {}

    def evaluate(self, rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet) -> OutcomeMasks:
        """Return what becomes of a rule for a feature over a option_set."""
        prepared = self._prepared.of(rule)
        if not prepared.is_for_retired and is_retired(facts):
            return OutcomeMasks(option_set.full, 0, 0, 0)
        if prepared.has_ends and workload.end == "usual":
            fast, slow = (
                self.evaluate(rule, facts, replace(workload, end=end), option_set) for end in ("fast", "slow")
            )
            return between(fast, self._remembered(prepared, facts, workload, option_set), slow)
        return self._remembered(prepared, facts, workload, option_set)

    def _remembered(
        self, prepared: PreparedRule, facts: Facts, workload: Workload, option_set: OptionSet
    ) -> OutcomeMasks:
        key = (
            option_set.id_for(prepared.option_reads),
            prepared,
            prepared.values(facts),
            workload if prepared.is_estimated else None,
        )
        known = self._outcomes.get(key)
        if known is None:
            known = self._evaluate(prepared, facts, workload, option_set)
            _remember(self._outcomes, key, known)
        return known

    def trace(self, rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> tuple[LineTrace, ...]:
        """Return each line of a rule with its truth and the values of the facts it read, for one option."""
        prepared = self._prepared.of(rule)
        reads = (
            *prepared.option_reads,
            *(f"{name}{AT_LEAST}" for name in prepared.option_reads if name in RUNNING_COSTS),
        )
        key = (prepared, prepared.values(facts), tuple(map(option.get, reads)))
        known = self._traces.get(key)
        if known is None:
            known = tuple(
                self._trace_line(section, line, rule, facts, option)
                for section, lines in (("when", rule.when), ("require", rule.require))
                for line in lines
            ) + tuple(_declared_line(name, facts) for name in rule.must_declare)
            _remember(self._traces, key, known)
        return known

    def may_lack_facts(self, rule: Rule, facts: Facts, outcomes: OutcomeMasks) -> bool:
        """Return whether a rule reads a fact of the feature that is unknown, or could not be evaluated."""
        prepared = self._prepared.of(rule)
        known = facts.values
        return (
            outcomes.failed
            or (bool(prepared.label_keys) and not prepared.label_keys <= labels_of(facts).keys())
            or any(name not in known for reads in (prepared.reads, prepared.workload_reads) for name in reads)
        )

    def _trace_line(self, section: str, line: Line, rule: Rule, facts: Facts,
                    option: Mapping[str, FactValue]) -> LineTrace:  # fmt: skip
        values: dict[str, FactValue | None] = {name: facts.values.get(name) for name in line.feature_reads}
        values.update({name: option.get(name) for name in line.option_reads})
        values.update({name: rule.parameters[name] for name in line.parameter_reads})
        known = {name: cel_value(value) for name, value in values.items() if value is not None}
        truth, error = self._truth(line, known, option)
        if line.label_keys:
            # NOTE: a label that is not declared is a missing fact, by its own name.
            labels = labels_of(facts)
            values.pop(LABELS, None)
            values.update({f"{LABELS}.{key}": labels.get(key) for key in line.label_keys})
            error = "" if error.startswith(_NO_SUCH_KEY) and not labels.keys() >= set(line.label_keys) else error
        return LineTrace(section, line.text, truth, tuple(values.items()), error)

    def _truth(self, line: Line, known: dict[str, Any], option: Mapping[str, FactValue]) -> tuple[Truth, str]:
        """Return the truth of a line; of a number that is not known, it may be known that it cannot matter."""
        condition = self._condition(line.checked)
        name = line.ordered_by
        if name is None or name in known:
            return condition.evaluate(known)
        least = option.get(f"{name}{AT_LEAST}")
        low, high = (condition.evaluate({**known, name: end}) for end in (-inf if least is None else least, inf))
        return low if low == high else condition.evaluate(known)

    def _evaluate(self, rule: PreparedRule, facts: Facts, workload: Workload, option_set: OptionSet) -> OutcomeMasks:
        not_applicable = unclear = 0
        failed = False
        for line in rule.when:
            masks = self._line(line, facts, workload, option_set)
            not_applicable |= masks.false
            unclear |= masks.unknown
            failed |= masks.failed
            if not_applicable == option_set.full:
                return OutcomeMasks(option_set.full, 0, 0, 0)
        failing = unsure = 0
        applicable = option_set.full & ~not_applicable
        for line in rule.require:
            masks = self._line(line, facts, workload, option_set)
            failing |= masks.false
            unsure |= masks.unknown
            failed |= masks.failed
        violated = failing & applicable & ~unclear
        satisfied = applicable & ~failing & ~unsure
        undeclared = 0
        if undeclared_of(rule.rule, facts):
            satisfied, undeclared = 0, applicable & ~unclear & ~violated
        undetermined = applicable & ~violated & ~satisfied & ~undeclared
        return OutcomeMasks(not_applicable, satisfied, violated, undetermined, failed, undeclared)

    def _line(self, prepared: PreparedLine, facts: Facts, workload: Workload, option_set: OptionSet) -> LineMasks:
        line = prepared.line
        known_values = facts.values
        reads = tuple([hashable(known_values.get(name)) for name in line.feature_reads])
        if prepared.is_estimated:
            workload = reduced(workload, line.option_reads)
        key = (
            option_set.id_for(line.option_reads),
            prepared.identity,
            reads,
            workload if prepared.is_estimated else None,
        )
        known = self._lines.get(key)
        if known is not None:
            return known
        values = dict(prepared.parameters)
        for name in line.feature_reads:
            value = known_values.get(name)
            if value is not None:
                values[name] = cel_value(value)
        condition = self._condition(line.checked)
        if not line.option_reads:
            masks = throughout(option_set, *condition.evaluate(values))
        elif line.ordered_by is not None:
            masks = self._ordered(line, condition, values, workload, option_set)
        else:
            masks = scan(line, condition, values, option_set.groups(line.option_reads, workload))
        _remember(self._lines, key, masks)
        return masks

    @staticmethod
    def _ordered(line: Line, condition: Condition, values: dict[str, Any], workload: Workload,
                 option_set: OptionSet) -> LineMasks:  # fmt: skip
        """RuleEvaluator a line whose truth hangs on whether one number is below, at or above another.

        No estimate is made where the number decides nothing.
        """
        name = line.option_reads[0]
        turn = values.get(line.turns_at) if isinstance(line.turns_at, str) else line.turns_at
        without = condition.evaluate(values)
        below, above = (condition.evaluate({**values, name: end}) for end in (-inf, inf))
        if below == above == without and (turn is None or not isinstance(turn, float)):
            return throughout(option_set, *without)
        if below == above and below[0] is not Truth.UNKNOWN:
            # NOTE: the truth turns at most once along the number, so that it is known though the number may not be.
            return throughout(option_set, *below)
        if not isinstance(turn, float) or not isfinite(turn):
            return search(line, condition, values, option_set.groups(line.option_reads, workload))
        equal = condition.evaluate({**values, name: turn})
        if below == equal == above == without:
            return throughout(option_set, *without)
        split = option_set.split(name, turn, workload)
        masks = {Truth.TRUE: 0, Truth.FALSE: 0, Truth.UNKNOWN: 0}
        failed = False
        for mask, (truth, error) in zip(split, (below, equal, above, without), strict=True):
            masks[truth] |= mask
            failed |= bool(mask and error)
        return LineMasks(masks[Truth.FALSE], masks[Truth.UNKNOWN], failed)

    def _condition(self, checked: Checked) -> Condition:
        condition = self._conditions.get(checked)
        if condition is None:
            condition = self._conditions[checked] = Condition(checked)
        return condition


def _declared_line(name: str, facts: Facts) -> LineTrace:
    truth = Truth.TRUE if name in facts.declared else Truth.FALSE
    return LineTrace(MUST_DECLARE, name, truth, ((name, facts.values.get(name)),))


def _remember(memory: dict[object, Any], key: object, value: object) -> None:
    if len(memory) >= _MAX_REMEMBERED:
        memory.clear()
    memory[key] = value
