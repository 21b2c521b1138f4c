"""An answer in, what a report shows of its feature besides out: the words and figures of `explain` and `cost`.

Plain values, made where the answer is at hand, in whichever process that is, and kept with the result of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Compared, Part, compared_ways
from aipolicy.answer.cost_summary import cost_summary
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.facts import Provenance
from aipolicy.facts.value_text import shown_value
from aipolicy.frameworks.rule_state import rule_states
from aipolicy.manifest.feature import path_of
from aipolicy.report.cost.cost_screen import cost_sections
from aipolicy.report.explain.adr import decision_record
from aipolicy.report.explain.answer_screen import NOTHING_TO_BUILD, headline_of
from aipolicy.report.explain.fact_details import fact_groups
from aipolicy.report.explain.migration_lines import migration_section
from aipolicy.report.explain.next_steps import (
    gap_lines,
    holding_lines,
    measure_lines,
    question_lines,
    to_do_lines,
    turn_lines,
    ways_left_line,
)
from aipolicy.report.explain.option_details import matrix_of
from aipolicy.report.explain.reason_lines import plan_lines, reason_lines
from aipolicy.report.portfolio.latency_table import latency_tables
from aipolicy.report.portfolio.rule_traces import rule_traces
from aipolicy.report.terminal.drawing import as_read
from aipolicy.report.ways_table import ways_cells
from aipolicy.run.answers_asked import Depth
from aipolicy.source.text import escaped

_ALL = 10_000
_MOST_INFLUENCES = 5

JsonObject = dict[str, Any]


def feature_details(answering: Answering, depth: Depth, *, is_drawn: bool = False,
                    what_if: frozenset[str] = frozenset()) -> JsonObject:  # fmt: skip
    """Return what a report shows of a feature; what takes a trial of other facts only where the answer is a full one.

    `what_if` names the features of which it is worked out what they would be with other declarations.
    """
    evaluation, rule_evaluator = answering.certain, answering.evaluator.rule_evaluator
    shown: JsonObject = {
        "line": evaluation.feature.document.locate(()).start.line,
        "headline": NOTHING_TO_BUILD if evaluation.is_retired else headline_of(answering),
        "facts": _facts(evaluation),
        "rules": rule_traces(evaluation, rule_evaluator),
        "states": {
            rule_state.rule.id: rule_state.state.value for rule_state in rule_states(evaluation, (), rule_evaluator)
        },
    }
    if evaluation.is_retired:
        return shown
    rows = compared_ways(answering)
    questions = _asked(answering, rows) if depth >= Depth.FULL else {}
    moved = _moved(answering) if evaluation.feature.name in what_if else {}
    return shown | _built(answering, rows) | questions | (_drawn(answering) if is_drawn else {}) | moved


def _moved(answering: Answering) -> JsonObject:
    from aipolicy.report.portfolio.what_if_points import what_if_points

    return {"what_if": what_if_points(answering)}


def _drawn(answering: Answering) -> JsonObject:
    from aipolicy.report.portfolio.drawings import curves_of

    drawing = curves_of(answering)
    return {} if drawing is None else {"curves": list(drawing)}


def _built(answering: Answering, rows: Sequence[Compared]) -> JsonObject:
    """Return the ways with their costs, what is left of all, and what is to be done and looked up."""
    expected = answering.expected
    ways = ways_of(expected.verdict, expected.candidates)
    removed = sorted(ways.removed_by.items(), key=lambda item: (-item[1].bit_count(), item[0]))
    return {
        "ways": [list(cells) for cells in ways_cells(rows)],
        "costs": [_cost(row) for row in rows],
        "latency": latency_tables(answering, rows),
        "matrix": [[adaptation, *cells] for adaptation, cells in matrix_of(expected)],
        "removed_by": [[rule, mask.bit_count()] for rule, mask in removed],
        "all_ways": ways.full.bit_count(),
        "left": as_read(ways_left_line(answering)),
        "plan": _lines(plan_lines(answering, answering.evaluator.rule_evaluator, _ALL)),
        "to_do": _lines(to_do_lines(answering, _ALL)),
        "measure": _lines(measure_lines(answering, _ALL)),
        "gaps": _lines(gap_lines(answering, _ALL)),
    }


def _asked(answering: Answering, rows: tuple[Compared, ...]) -> JsonObject:
    """Return why it is no simpler, what to ask, how far it holds, and what moves its cost."""
    margin = answering.weighing.margin_percent
    sections = cost_sections(answering, rows, cost_summary(answering, rows), _MOST_INFLUENCES)
    return {
        "why": _lines(reason_lines(answering, _ALL)),
        "ends": [] if answering.conflict is None else _lines(turn_lines(answering, _ALL, margin)),
        "questions": _lines(question_lines(answering, _ALL, margin)),
        "holds": _lines(holding_lines(answering)),
        "migration": list(migration_section(answering).lines),
        "record": decision_record(answering, answering.evaluator.rule_evaluator),
        "money": [[label, _lines(lines)] for label, lines in sections if lines],
    }


def _cost(row: Compared) -> JsonObject:
    figures = row.figures
    return {
        "part": row.part.value,
        "is_left": row.part not in (Part.REMOVED, Part.PLAN, Part.TODAY),
        "running_usd": figures.running_usd,
        "people_usd": figures.people_usd,
        "monthly_usd": figures.monthly_usd,
        "low_usd": figures.low_usd,
        "high_usd": figures.high_usd,
        "upfront_usd": figures.upfront_usd,
        "total_usd": figures.total_usd,
        "is_whole": figures.is_whole,
    }


def _facts(evaluation: Evaluation) -> JsonObject:
    """Return the facts that are declared, each with its value and line, and the names and values of the others."""
    groups, document = fact_groups(evaluation), evaluation.feature.document
    facts = evaluation.expected.facts

    def shown(name: str) -> list[Any]:
        unit = facts.known.specs[name].unit
        value = facts.values.get(name)
        return [escaped(name), shown_value(value) + (f" {unit}" if unit and isinstance(value, float) else "")]

    return {
        provenance.value: [
            [*shown(name), document.locate(path_of(name)).start.line]
            if provenance is Provenance.DECLARED
            else shown(name)
            for name in groups[provenance]
        ]
        for provenance in (Provenance.DECLARED, Provenance.ASSUMED, Provenance.DERIVED)
    }


def _lines(lines: Iterable[Text]) -> list[str]:
    return [as_read(line) for line in lines]
