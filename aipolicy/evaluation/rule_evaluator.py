"""One rule over all options of a set: which options violate it, and for which it cannot be decided."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import inf, isfinite
from typing import Any

from aipolicy.evaluation.option_set import EVERYTHING, OptionSet
from aipolicy.evaluation.outcome_masks import LineMasks, at_ends, outcome_of_lines, scan, search, throughout
from aipolicy.evaluation.outcome_masks import OutcomeMasks as OutcomeMasks
from aipolicy.evaluation.paired_outcomes import LegOutcomes, Outcomes
from aipolicy.evaluation.paired_rules import of_pairs
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.prepared_rule import PreparedLine, PreparedRule, hashable, labels_of, undeclared_of
from aipolicy.evaluation.slot_view import LegsAsPartners
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactValue
from aipolicy.options.estimates import AT_LEAST, RUNNING_COSTS
from aipolicy.options.memo import Memo
from aipolicy.options.workload import Workload
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.rule import Line, Rule
from aipolicy.value import Frozen, NamedTuple, replace

MUST_DECLARE = "must_declare"
"""The section of a rule that names facts which have to be declared."""


class LineTrace(Frozen):
    """One line of a rule for one option: its truth, the values it read (None is unknown), and an evaluation error.

    A fact of `must_declare` is a line of its own, which holds where the fact is declared.
    """

    section: str
    text: str
    truth: Truth
    values: tuple[tuple[str, FactValue | None], ...]
    error: str = ""


_MAX_REMEMBERED = 20_000
"""More results are not kept at once: numbers differ from feature to feature, and memory is finite."""


_Found = tuple[Truth, str]
"""The truth of a line, and why it could not be evaluated."""


class _OrderedTruths(NamedTuple):
    turn: float | None
    below: _Found
    equal: _Found | None
    above: _Found
    without: _Found


class RuleEvaluator:
    """Evaluates rules; results are remembered by the values of the facts that a line reads."""

    def __init__(self) -> None:
        self._conditions: dict[Checked, Condition] = {}
        self._prepared = Memo(PreparedRule)
        self._lines: dict[object, LineMasks] = {}
        self._ordered_truths: dict[object, _OrderedTruths] = {}
        self._outcomes: dict[object, OutcomeMasks] = {}
        self._ends: dict[object, tuple[Workload, ...]] = {}
        self._traces: dict[object, tuple[LineTrace, ...]] = {}

    def evaluate(self, rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet) -> Outcomes:
        """Return what becomes of a rule over options; where they are put together from legs, it is evaluated for legs."""
        if not isinstance(option_set, PairedSet):
            return self.of_set(rule, facts, workload, option_set)
        prepared = self._prepared.of(rule)
        if prepared.is_silent_on(facts):
            return OutcomeMasks(option_set.full, 0, 0, 0)
        if prepared.is_of_whole:
            return of_pairs(self, prepared, facts, workload, option_set)
        return LegOutcomes(
            option_set, partial(self.of_set, rule, facts, workload), is_of_partner=prepared.is_of_partner,
            is_estimated=prepared.is_estimated, is_declared=not undeclared_of(rule, facts),
        )  # fmt: skip

    def of_set(self, rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet,
               within: int | None = None) -> OutcomeMasks:  # fmt: skip
        """Return what becomes of a rule for a feature over the options of a set, or over those within."""
        prepared = self._prepared.of(rule)
        if prepared.is_silent_on(facts):
            return OutcomeMasks(option_set.full, 0, 0, 0)
        if within == option_set.full or not prepared.is_estimated:
            within = None

        def evaluated(end: Workload, within: int | None) -> OutcomeMasks:
            return self._remembered(prepared, facts, end, option_set, within)

        return at_ends(self.ends_of(prepared, workload), within, evaluated)

    def ends_of(self, prepared: PreparedRule, workload: Workload) -> tuple[Workload, ...]:
        """Return the workload with which a rule is evaluated; at the ends of estimates, too, where that tells more."""
        if not prepared.has_ends or workload.end != "usual":
            return (workload,)
        known = self._ends.get(workload)
        if known is None:
            known = (replace(workload, end="fast"), workload, replace(workload, end="slow"))
            _remember(self._ends, workload, known)
        return known

    def _remembered(self, prepared: PreparedRule, facts: Facts, workload: Workload, option_set: OptionSet,
                    within: int | None) -> OutcomeMasks:  # fmt: skip
        key = (
            option_set.id_for(prepared.option_reads),
            prepared,
            prepared.values(facts),
            workload if prepared.is_estimated else None,
        )
        known = self._outcomes.get(key)
        if known is None and within is not None:
            key = (*key, within)  # type: ignore[assignment]
            known = self._outcomes.get(key)
        if known is None:
            when, require = (
                (self.line(line, facts, workload, option_set, within) for line in lines)
                for lines in (prepared.when, prepared.require)
            )
            full = option_set.full if within is None else within
            known = outcome_of_lines(prepared, facts, full, when, require)
            _remember(self._outcomes, key, known)
        return known

    def may_apply(self, rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet) -> bool:
        """Return whether what is known of the feature alone lets a rule apply."""
        of_feature = (line for line in self._prepared.of(rule).when if not line.line.option_reads)
        return not any(self.line(line, facts, workload, option_set).false for line in of_feature)

    def line_of_partner(self, rule: Rule, line: Line, facts: Facts, workload: Workload, table: OptionSet) -> LineMasks:
        """Return what a line comes to that reads a partner alone, over the legs of a set."""
        prepared = self._prepared.of(rule)
        of_partner = next(
            prepared_line for prepared_line in (*prepared.when, *prepared.require) if prepared_line.line is line
        )
        return self.line(of_partner, facts, workload, LegsAsPartners(table))

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

    def may_lack_facts(self, rule: Rule, facts: Facts, outcomes: Outcomes) -> bool:
        """Return whether a rule reads a fact of the feature that is unknown, or could not be evaluated."""
        prepared = self._prepared.of(rule)
        values = facts.values
        return (
            outcomes.failed
            or (bool(prepared.label_keys) and not prepared.label_keys <= labels_of(facts).keys())
            or any(name not in values for reads in (prepared.reads, prepared.workload_reads) for name in reads)
        )

    def _trace_line(self, section: str, line: Line, rule: Rule, facts: Facts,
                    option: Mapping[str, FactValue]) -> LineTrace:  # fmt: skip
        values: dict[str, FactValue | None] = {name: facts.values.get(name) for name in line.feature_reads}
        values.update({name: option.get(name) for name in line.option_reads})
        values.update({name: rule.parameters[name] for name in line.parameter_reads})
        cel_values = {name: cel_value(value) for name, value in values.items() if value is not None}
        truth, error = self._truth(line, cel_values, option)
        if line.label_keys or line.elements:
            from aipolicy.evaluation.traced_parts import NO_SUCH_KEY, with_parts

            def truth_with(new: Mapping[str, Any]) -> Truth:
                return self._truth(line, {**cel_values, **new}, option)[0]

            values = with_parts(line, values, labels_of(facts), truth_with)
            error = "" if error.startswith(NO_SUCH_KEY) and None in values.values() else error
        return LineTrace(section, line.text, truth, tuple(values.items()), error)

    def _truth(self, line: Line, cel_values: dict[str, Any], option: Mapping[str, FactValue]) -> tuple[Truth, str]:
        """Return the truth of a line; of a number that is not known, it may be known that it cannot matter."""
        condition = self._condition(line.checked)
        name = line.ordered_by
        if name is None or name in cel_values:
            return condition.evaluate(cel_values)
        least = option.get(f"{name}{AT_LEAST}")
        low, high = (condition.evaluate({**cel_values, name: end}) for end in (-inf if least is None else least, inf))
        return low if low == high else condition.evaluate(cel_values)

    def line(self, prepared: PreparedLine, facts: Facts, workload: Workload, option_set: OptionSet,
             within: int | None = None) -> LineMasks:  # fmt: skip
        """Return on which options a line is false or unknown; of those that are not within it may say anything."""
        return self.line_at(prepared, facts, prepared.reduced(workload), option_set, within)

    def line_at(self, prepared: PreparedLine, facts: Facts, workload: Workload, option_set: OptionSet,
                within: int | None = None) -> LineMasks:  # fmt: skip
        """Return what `line` does under a workload that is reduced to what the line hangs on."""
        line = prepared.line
        known_values = facts.values
        reads = tuple([hashable(known_values.get(name)) for name in line.feature_reads])
        key = (
            option_set.id_for(line.option_reads),
            prepared.identity,
            reads,
            workload if prepared.is_estimated else None,
        )
        known = self._lines.get(key)
        # NOTE: without an estimate there is nothing to save, and what is found is kept for whoever asks of other options.
        only = within if within is not None and prepared.is_estimated else EVERYTHING
        if known is None and only != EVERYTHING:
            key = (*key, only)  # type: ignore[assignment]
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
            masks = self._ordered(line, condition, values, workload, option_set, (prepared.identity, reads), only)
        else:
            masks = scan(line, condition, values, option_set.groups(line.option_reads, workload, only))
        _remember(self._lines, key, masks)
        return masks

    def _ordered(self, line: Line, condition: Condition, values: dict[str, Any], workload: Workload,
                 option_set: OptionSet, kept: object, only: int) -> LineMasks:  # fmt: skip
        """Evaluate a line whose truth hangs on whether one number is below, at or above another.

        No estimate is made where the number decides nothing.
        """
        name = line.option_reads[0]
        truths = self._truths(kept, condition, values, name, line.turns_at)
        turn, below, equal, above, without = truths
        if below == above == without and turn is None:
            return throughout(option_set, *without)
        if below == above and below[0] is not Truth.UNKNOWN:
            # NOTE: the truth turns at most once along the number, so that it is known though the number may not be.
            return throughout(option_set, *below)
        if turn is None or equal is None:
            return search(line, condition, values, option_set.groups(line.option_reads, workload, only))
        if below == equal == above == without:
            return throughout(option_set, *without)
        split = option_set.split(name, turn, workload, only)
        masks = {Truth.TRUE: 0, Truth.FALSE: 0, Truth.UNKNOWN: 0}
        failed = False
        for mask, (truth, error) in zip(split, (below, equal, above, without), strict=True):
            masks[truth] |= mask
            failed |= bool(mask and error)
        return LineMasks(masks[Truth.FALSE], masks[Truth.UNKNOWN], failed)

    def _truths(self, kept: object, condition: Condition, values: dict[str, Any], name: str,
                turns_at: str | float | None) -> _OrderedTruths:  # fmt: skip
        """Return the truths of an ordered line below its turn, at it, above it and where the number is unknown.

        They hang on the line and what it reads of the feature, and are the same whatever the options are.
        """
        known = self._ordered_truths.get(kept)
        if known is None:
            at = values.get(turns_at) if isinstance(turns_at, str) else turns_at
            turn = at if isinstance(at, float) and isfinite(at) else None
            # NOTE: what is ordered against something infinite has a turn, which no number is at.
            is_open = turn is None and isinstance(at, float)
            without = condition.evaluate(values)
            below, above = (condition.evaluate({**values, name: end}) for end in (-inf, inf))
            equal = None if turn is None else condition.evaluate({**values, name: turn})
            known = _OrderedTruths(inf if is_open else turn, below, equal, above, without)
            _remember(self._ordered_truths, kept, known)
        return known

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
