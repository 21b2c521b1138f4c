"""An explanation as text: the answer on one screen, and behind flags everything that led to it."""

from __future__ import annotations

from aipolicy.answer.answer import Answering
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.report.explain.answer_screen import render_answer, title_line
from aipolicy.report.explain.fact_details import draw_facts
from aipolicy.report.explain.migration_lines import migration_sheet
from aipolicy.report.explain.option_details import draw_options
from aipolicy.report.explain.rule_details import draw_rules
from aipolicy.report.explain.sheet import sheet_text
from aipolicy.report.terminal.drawing import Screen
from aipolicy.report.terminal.style import Styler
from aipolicy.value import Frozen


class Details(Frozen, kw_only=True):
    """What is asked for of an explanation in place of the answer, or with `every` behind it."""

    facts: bool = False
    options: bool = False
    rules: bool = False
    cost: bool = False
    migration: bool = False
    every: bool = False

    @property
    def none(self) -> bool:
        """Return whether only the answer is asked for."""
        return not (self.facts or self.options or self.rules or self.cost or self.migration or self.every)


def render_explanation(answering: Answering, rule_evaluator: RuleEvaluator, details: Details, *, width: int,
                       style: Styler) -> str:  # fmt: skip
    """Return what is asked for of the explanation of a feature, as text; what it costs is another page."""
    answer = ""
    if details.none or details.every:
        answer = render_answer(answering, rule_evaluator, answering.weighing.margin_percent, width=width, style=style)
    screen, certain = Screen(width, style), answering.certain
    if (details.facts or details.options or details.rules) and not details.every:
        screen.add(title_line(certain))
    if details.facts or details.every:
        draw_facts(screen, certain)
    if details.options or details.every:
        draw_options(screen, certain)
    if details.rules or details.every:
        draw_rules(screen, certain, rule_evaluator, every_trace=details.every)
    stages = ""
    if details.migration or details.every:
        stages = sheet_text(migration_sheet(answering), width=width, style=style)
    return "\n".join(text for text in (answer, screen.result(), stages) if text)
