"""A rule on the whole option, over options put together from legs: its lines are evaluated for as few as they tell apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import LineMasks, OutcomeMasks, at_ends, outcome_of_lines
from aipolicy.evaluation.paired_outcomes import Outcomes, SlotOutcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.prepared_rule import PreparedLine, PreparedRule
from aipolicy.evaluation.slot_view import LegsAsPartners
from aipolicy.facts.facts import Facts
from aipolicy.options.workload import Workload
from aipolicy.value import NamedTuple

_ALIKE = 0


class LineEvaluator(Protocol):
    """Evaluates lines of rules over a set of options."""

    def ends_of(self, prepared: PreparedRule, workload: Workload) -> tuple[Workload, ...]:
        """Return the workloads at the ends of estimates with which a rule is evaluated."""

    def line(self, prepared: PreparedLine, facts: Facts, workload: Workload, option_set: OptionSet,
             within: int | None = None) -> LineMasks:  # fmt: skip
        """Return what a line comes to; of options that are not within it may say anything."""

    def line_at(self, prepared: PreparedLine, facts: Facts, workload: Workload, option_set: OptionSet,
                within: int | None = None) -> LineMasks:  # fmt: skip
        """Return the same under a workload that is reduced to what the line hangs on."""


class _Kinds(NamedTuple):
    """What a line comes to, by the kind of a slot: slots of one kind have partners that the line does not tell apart."""

    of_slots: Sequence[int]
    masks: Callable[[int, int], LineMasks]
    """Returns what it comes to for a kind, over main legs within a mask."""


_Lines = tuple[Sequence[_Kinds], Sequence[_Kinds]]
"""What the lines of `when` and of `require` come to."""
_MOST_KEPT = 64
"""What becomes of rules that is kept with a set of options at once."""


def of_pairs(evaluator: LineEvaluator, prepared: PreparedRule, facts: Facts, workload: Workload,
             paired: PairedSet) -> Outcomes:  # fmt: skip
    """Return what becomes of a rule on the whole option; it is kept with the options, as long as these are."""
    key = prepared, prepared.values(facts), workload if prepared.is_estimated else None
    if key not in paired.kept:
        if len(paired.kept) >= _MOST_KEPT:
            paired.kept.clear()
        paired.kept[key] = _of_pairs(evaluator, prepared, facts, workload, paired)
    outcomes: Outcomes = paired.kept[key]
    return outcomes


def _of_pairs(evaluator: LineEvaluator, prepared: PreparedRule, facts: Facts, workload: Workload,
              paired: PairedSet) -> Outcomes:  # fmt: skip
    for line in prepared.when:
        is_known = line.is_of_legs and not line.is_estimated
        if is_known and evaluator.line(line, facts, workload, paired.mains).false == paired.mains.full:
            return OutcomeMasks(paired.full, 0, 0, 0)
    lines: dict[Workload, _Lines] = {}
    for end in evaluator.ends_of(prepared, workload):
        when, require = (
            [_kinds(evaluator, line, facts, end, paired) for line in part] for part in (prepared.when, prepared.require)
        )
        lines[end] = when, require
    rows: dict[tuple[int, ...], list[int]] = {}
    every = [kinds.of_slots for when, require in lines.values() for kinds in (*when, *require)]
    for slot, key in enumerate(zip(*every, strict=True)):
        rows.setdefault(key, []).append(slot)
    row_outcomes = [partial(_row, prepared, facts, lines, slots[0]) for slots in rows.values()]
    return SlotOutcomes(paired, tuple(rows.values()), row_outcomes, is_estimated=prepared.is_estimated)


def _row(prepared: PreparedRule, facts: Facts, lines: Mapping[Workload, _Lines], slot: int,
         within: int) -> OutcomeMasks:  # fmt: skip
    def evaluated(end: Workload, mains: int | None) -> OutcomeMasks:
        assert mains is not None
        of_when, of_require = (
            (kinds.masks(kinds.of_slots[slot], mains) for kinds in of_part) for of_part in lines[end]
        )
        return outcome_of_lines(prepared, facts, mains, of_when, of_require)

    return at_ends(tuple(lines), within, evaluated)


def _kinds(evaluator: LineEvaluator, line: PreparedLine, facts: Facts, workload: Workload, paired: PairedSet) -> _Kinds:
    """Return what a line comes to beside every partner."""
    workload = line.reduced(workload)
    if line.is_of_legs:

        def of_mains(_: int, within: int) -> LineMasks:
            return evaluator.line_at(line, facts, workload, paired.mains, within)

        return _Kinds([_ALIKE] * len(paired.slots), of_mains)
    reads = line.line.option_reads
    if line.is_of_partners:
        return _of_partners(evaluator, line, facts, workload, paired)
    views, of_slots = paired.views_of_slots(reads, cascades_cost=workload.hard_case_share is not None)

    def of_view(kind: int, within: int) -> LineMasks:
        return evaluator.line_at(line, facts, workload, views[kind][0], within)

    return _Kinds(of_slots, of_view)


_TRUE, _FALSE, _UNKNOWN, _NOBODY = range(4)


def _of_partners(evaluator: LineEvaluator, line: PreparedLine, facts: Facts, workload: Workload,
                 paired: PairedSet) -> _Kinds:  # fmt: skip
    """Return what a line comes to that reads partners alone: it is one and the same for every main leg."""
    masks = evaluator.line_at(line, facts, workload, LegsAsPartners(paired.table), paired.partners)
    of_slots = [
        _NOBODY if slot.partner is None
        else _FALSE if masks.false >> slot.partner & 1
        else _UNKNOWN if masks.unknown >> slot.partner & 1 else _TRUE
        for slot in paired.slots
    ]  # fmt: skip
    full = paired.mains.full

    def of_kind(kind: int, within: int) -> LineMasks:
        if kind == _NOBODY:
            return evaluator.line_at(line, facts, workload, paired.alone, within)
        return LineMasks(full if kind == _FALSE else 0, full if kind == _UNKNOWN else 0, masks.failed)

    return _Kinds(of_slots, of_kind)
