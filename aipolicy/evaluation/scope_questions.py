"""Rules that wait for one scope to be decided in, one question that names them out."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.missing_facts import missing_facts
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.findings.finding import Decided, Finding, Outcome, Place
from aipolicy.findings.reserved_rules import SCOPE_UNDECIDED, reserved_finding
from aipolicy.manifest.feature import path_of
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Rule
from aipolicy.value import replace

_NAMED = 3
"""So many rules are named in the message; programs are told all."""


def with_scope_questions(findings: Sequence[Finding], evaluation: Evaluation,
                         rule_evaluator: RuleEvaluator) -> list[Finding]:  # fmt: skip
    """Return findings with one in place of those of rules that wait for the same declaration above them."""
    rules = {ruled.active.rule.id: ruled.active.rule for ruled in evaluation.rules if ruled.active.rule.shared}
    waiting: dict[tuple[str, ...], list[int]] = {}
    for number, finding in enumerate(findings):
        rule = rules.get(finding.rule_id)
        if rule is not None and finding.outcome is Outcome.UNDETERMINED:
            waiting.setdefault(_undecided(rule, evaluation, rule_evaluator), []).append(number)
    waiting.pop((), None)
    by_number: dict[int, Finding] = dict(enumerate(findings))
    for facts, numbers in waiting.items():
        if len(numbers) > 1:
            question = _question(facts, [findings[number] for number in numbers], rules, evaluation)
            for number in numbers:
                del by_number[number]
            by_number[numbers[0]] = question
    return [by_number[number] for number in sorted(by_number)]


def _undecided(rule: Rule, evaluation: Evaluation, rule_evaluator: RuleEvaluator) -> tuple[str, ...]:
    """Return what is to be declared for what stands above a rule to be decided; nothing where it is, or hangs on a way.

    Of several scopes the outer one is asked for first: where a law does not apply, nobody needs to know the rest.
    """
    traces = iter(rule_evaluator.trace(rule, evaluation.facts, {}))
    for scope in rule.shared:
        pairs = [(next(traces), line) for line in scope.when]
        unknown = tuple(trace for trace, line in pairs if trace.truth is Truth.UNKNOWN and not line.option_reads)
        if facts := missing_facts(rule, unknown, evaluation.facts):
            return facts
    return ()


def _question(facts: Sequence[str], of: Sequence[Finding], rules: dict[str, Rule], evaluation: Evaluation) -> Finding:
    ids = [finding.rule_id for finding in of]
    titles = dict.fromkeys(scope.title for rule_id in ids for scope in rules[rule_id].shared if scope.when)
    named = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")
    todo = "say in full" if evaluation.facts.declared.issuperset(facts) else "declare"
    message = f"{todo} {', '.join(f'`{fact}`' for fact in facts)}: {len(ids)} rules wait for it ({named})"
    feature = evaluation.feature
    place = Place(path=path_of(facts[0]), part="value" if facts[0] in evaluation.facts.declared else "key")
    question = reserved_finding(
        SCOPE_UNDECIDED, message, file=feature.file, document=feature.document, feature=feature.name, place=place
    )
    severity = min((finding.severity for finding in of), key=lambda weight: weight.rank)
    return replace(
        question, severity=severity, outcome=Outcome.UNDETERMINED, missing_facts=tuple(facts),
        why=f"whether these rules apply hangs on it: {'; '.join(titles)}",
        decided_by=(Decided("rules", tuple(sorted(ids))),),
    )  # fmt: skip
