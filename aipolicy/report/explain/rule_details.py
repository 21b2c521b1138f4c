"""What became of each rule, with the conditions and the values that they read where it does not simply hold."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.evaluation.deciding import planned_leg
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.finding_words import option_name, render_message
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.expressions import Truth
from aipolicy.report.terminal.drawing import Screen, grid, joined, said
from aipolicy.report.terminal.style import Role
from aipolicy.source.text import escaped

_ROLES = {
    Outcome.VIOLATED: Role.ERROR, Outcome.UNDECLARED: Role.ERROR, Outcome.UNDETERMINED: Role.WARNING,
    Outcome.SATISFIED: Role.GOOD,
}  # fmt: skip
_SIGNS = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown"}
_QUIET = frozenset({Outcome.NOT_APPLICABLE, Outcome.SATISFIED})


def draw_rules(screen: Screen, evaluation: Evaluation, rule_evaluator: RuleEvaluator, *, every_trace: bool) -> None:
    """Add every rule to a screen: what is certain of it, whatever is left out; traces of all of them where asked."""
    has_axes = evaluation.planned is not evaluation.candidates
    screen.heading("rules over the plan" if has_axes else "rules over all ways")
    for ruled in evaluation.rules:
        number = telling_option(ruled)
        outcome = ruled.planned.outcome_of(number)
        rule = ruled.active.rule
        word = said(outcome.value, _ROLES.get(outcome))
        line = joined(
            said(rule.id, Role.STRONG), f" {rule.name}: ", word, spread_words(ruled, evaluation.planned.legs_of)
        )
        screen.add(line, 2)
        if every_trace or outcome not in _QUIET:
            _trace(screen, evaluation, ruled, number, rule_evaluator)


def telling_option(ruled: RuleEvaluation) -> int:
    """Return the first option for which a rule comes out worst."""
    planned = ruled.planned
    for mask in (planned.violated, planned.undeclared, planned.undetermined, planned.satisfied):
        if mask:
            return first_in(mask)
    return first_in(planned.not_applicable)


def _trace(screen: Screen, evaluation: Evaluation, ruled: RuleEvaluation, number: int,
           rule_evaluator: RuleEvaluator) -> None:  # fmt: skip
    rule, option_set = ruled.active.rule, evaluation.planned
    leg = planned_leg(evaluation, rule, number, rule_evaluator)
    option = leg.option_set.facts_of(leg.number, evaluation.workload)
    if any(line.option_reads for line in (*rule.when, *rule.require)):
        screen.add(said(f"for {option_name(option_set.options[number])}"), 4)
    if ruled.planned.outcome_of(number) is Outcome.VIOLATED:
        screen.add(said(render_message(rule, evaluation, option)), 4)
    for line in rule_evaluator.trace(rule, evaluation.facts, option):
        rows = grid(7, 7, None)
        rows.add_row(said(line.section), said(_SIGNS[line.truth]), said(escaped(line.text)))
        for name, value in line.values:
            rows.add_row("", "", said(f"  {escaped(name)} = {shown_value(value)}"))
        if line.error:
            rows.add_row("", "", said(escaped(line.error)))
        screen.add(rows, 6)


def spread_words(ruled: RuleEvaluation, legs_of: Callable[[int], int]) -> str:
    """Return over how many ways a rule has which outcome, where it has several."""
    planned = ruled.planned
    masks = (
        (planned.violated, "violated"), (planned.undeclared, "undeclared"), (planned.undetermined, "undetermined"),
        (planned.satisfied, "satisfied"), (planned.not_applicable, "not applicable"),
    )  # fmt: skip
    counts = [f"{legs_of(mask).bit_count()} {word}" for mask, word in masks if mask]
    return f" ({', '.join(counts)})" if len(counts) > 1 else ""
