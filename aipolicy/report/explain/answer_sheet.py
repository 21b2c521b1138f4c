"""The answer to a feature with all of each list, for forms that have room: the lines of the one screen, and no others."""

from __future__ import annotations

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import compared_ways
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.report.answer_words import CERTAINTIES
from aipolicy.report.explain.answer_screen import NOTHING_TO_BUILD, headline_of, title_of
from aipolicy.report.explain.migration_lines import migration_section
from aipolicy.report.explain.next_steps import (
    close_lines,
    gap_lines,
    holding_lines,
    question_lines,
    to_do_lines,
    turn_lines,
    ways_left_line,
)
from aipolicy.report.explain.reason_lines import plan_lines, reason_lines
from aipolicy.report.explain.sheet import Section, Sheet, section
from aipolicy.report.explain.today_lines import today_lines
from aipolicy.report.ways_table import WAYS_HEAD, ways_cells

_ALL = 10_000


def answer_sheet(answering: Answering, rule_evaluator: RuleEvaluator) -> Sheet:
    """Return everything that the answer says, in the order of the screen."""
    title = title_of(answering.certain)
    if answering.certain.is_retired:
        return Sheet(title, NOTHING_TO_BUILD, ())
    margin = answering.weighing.margin_percent
    cells = ways_cells(compared_ways(answering))
    return Sheet(
        title,
        f"{headline_of(answering)} ({CERTAINTIES[answering.answer.certainty].lower()})",
        (
            section("close", close_lines(answering)),
            section("your plan", plan_lines(answering, rule_evaluator, _ALL)),
            section("today", today_lines(answering)),
            section("why", reason_lines(answering, _ALL)),
            Section("USD a month", head=WAYS_HEAD, rows=cells),
            section("it holds", holding_lines(answering)),
            section("it turns" if answering.conflict is None else "it ends", turn_lines(answering, _ALL, margin)),
            section("say first", question_lines(answering, _ALL, margin)),
            section("to do", to_do_lines(answering, _ALL)),
            section("look up", gap_lines(answering, _ALL)),
            migration_section(answering),
            section("ways left", [ways_left_line(answering)]),
        ),
    )
