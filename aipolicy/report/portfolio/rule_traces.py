"""What became of each rule for a feature, with the values that its lines read and where they are declared."""

from __future__ import annotations

from typing import Any

from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.finding_words import option_name, render_message
from aipolicy.evaluation.rule_evaluator import LineTrace, RuleEvaluator
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.feature import path_of
from aipolicy.policy.cel.expressions import Truth
from aipolicy.report.explain.rule_details import spread_words, telling_option
from aipolicy.source.text import escaped

_WHEN = "when"


def rule_traces(evaluation: Evaluation, rule_evaluator: RuleEvaluator) -> list[list[Any]]:
    """Return every rule as id, outcome, over how many ways, the way that shows it, its message, and its lines.

    A line is its section, its text, its truth, the values that it read (name, value, line of the manifest) and an error. Of
    a rule that does not apply there is the line that says so.
    """
    return [_rule(evaluation, ruled, rule_evaluator) for ruled in evaluation.rules]


def _rule(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator) -> list[Any]:
    rule, option_set, number = ruled.active.rule, evaluation.planned, telling_option(ruled)
    outcome = ruled.planned.outcome_of(number)
    option = option_set.facts_of(number, evaluation.workload)
    about_ways = any(line.option_reads for line in (*rule.when, *rule.require))
    name = option_name(option_set.options[number]) if about_ways and outcome is not Outcome.NOT_APPLICABLE else ""
    message = escaped(render_message(rule, evaluation, option)) if outcome is Outcome.VIOLATED else ""
    lines = rule_evaluator.trace(rule, evaluation.facts, option)
    if outcome is Outcome.NOT_APPLICABLE:
        lines = tuple(line for line in lines if line.section == _WHEN and line.truth is Truth.FALSE)[:1]
    return [
        rule.id,
        outcome.value,
        spread_words(ruled, evaluation.planned.legs_of),
        name,
        message,
        [_line(evaluation, line) for line in lines],
    ]


def _line(evaluation: Evaluation, line: LineTrace) -> list[Any]:
    values = [[escaped(name), shown_value(value), _declared_on(evaluation, name)] for name, value in line.values]
    return [line.section, escaped(" ".join(line.text.split())), line.truth.value, values, escaped(line.error)]


def _declared_on(evaluation: Evaluation, name: str) -> int | None:
    """Return the line of the manifest that a value comes from; None where it is not declared, or comes from several."""
    places = evaluation.facts.places_of(name)
    if len(places) != 1:
        return None
    return evaluation.feature.document.locate(path_of(places[0])).start.line
