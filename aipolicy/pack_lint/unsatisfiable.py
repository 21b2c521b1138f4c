"""Constraints that remove every option of the catalog while nothing at all is known of the feature."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.pairs import Pairs
from aipolicy.evaluation.prepared_rule import ActiveRule
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.facts import facts_from_values
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.options.attributes import Organization
from aipolicy.options.workload import NO_WORKLOAD
from aipolicy.pack_lint.logic import Logic
from aipolicy.pack_lint.registry import REMOVES_EVERYTHING
from aipolicy.pack_lint.subject import LintedPack, RuleText
from aipolicy.policy.rule import RuleKind, RuleScope
from aipolicy.rule_tests.case_search import Bench
from aipolicy.rule_tests.examples import outcome_of_truths


def unsatisfiable_findings(subject: LintedPack, catalog: Catalog, organization: Organization, logic: Logic,
                           bench: Bench) -> Iterator[Finding]:  # fmt: skip
    """Yield every constraint of severity error that each candidate violates before a feature is looked at.

    What no option of any catalog could satisfy is told as a condition that is never true.
    """
    suspects = [text for text in subject.rules if text.is_whole and _may_remove_everything(text, logic)]
    if not suspects:
        return
    legs, nothing = Evaluator((), catalog, organization).legs, facts_from_values({}, catalog)
    for text in suspects:
        candidates = legs
        if text.rule.is_of_whole:
            pairs = Pairs((ActiveRule(text.rule, text.rule.severity),), RuleEvaluator())
            candidates = pairs.candidates(legs, nothing, NO_WORKLOAD)
        if _removes_everything(text, candidates, bench.of(text.rule)):
            message = f"`{text.rule.id}` removes every option of the catalog, whatever the feature"
            yield text.found(REMOVES_EVERYTHING, message, text.rule.require[0])


def _may_remove_everything(text: RuleText, logic: Logic) -> bool:
    rule = text.rule
    is_constraint = rule.kind is RuleKind.CONSTRAINT and rule.scope is RuleScope.OPTIONS
    return (
        is_constraint
        and text.portfolio is None
        and rule.severity is Severity.ERROR
        and not any(line.feature_reads for line in rule.when)
        and any(line.option_reads and not line.feature_reads for line in rule.require)
        and all(logic.can_hold(text.tree(line)) for line in rule.require)
    )


def _removes_everything(text: RuleText, candidates: OptionSet, bench: Bench) -> bool:
    rule = text.rule
    names = tuple(dict.fromkeys(name for line in (*rule.when, *rule.require) for name in line.option_reads))
    groups = candidates.groups(names, NO_WORKLOAD)
    for values, _ in groups:
        facts = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        facts.update(rule.parameters)
        when = [bench.truth(line, facts) for line in rule.when]
        require = [bench.truth(line, facts) for line in rule.require]
        if outcome_of_truths(when, require) is not Outcome.VIOLATED:
            return False
    return bool(groups)
