"""Runs tests of rules over whole manifests: the same evaluation, and the same finding, that a check would come to."""

from __future__ import annotations

from aipolicy.evaluation.deciding import planned_leg
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.findings.rule_ids import whole_id
from aipolicy.manifest.feature import Feature
from aipolicy.policy.rule import Line, Rule, RuleTest
from aipolicy.rule_tests.case_search import Variation, demanded
from aipolicy.rule_tests.examples import NO_FINDING, ExampleResult, why_not_evaluated
from aipolicy.value import replace


class ManifestCase:
    """A test over a manifest, evaluated: its result, and what a variation of its rule would have come to."""

    def __init__(self, rule: Rule, test: RuleTest, feature: Feature, evaluator: Evaluator, *, strict: bool) -> None:
        self._rule = rule
        self._rule_evaluator = evaluator.rule_evaluator
        self._evaluation = evaluator.evaluate(feature)
        self.problems = tuple(f"{problem.rule_id} {problem.message}" for problem in self._evaluation.facts.problems)
        findings = findings_of(self._evaluation, self._rule_evaluator, strict=strict)
        own = [finding for finding in findings if whole_id(finding.rule_id) == rule.id]
        finding = own[0] if own else None
        self._outcomes = self._evaluated_rules()
        self.result = ExampleResult(
            rule=rule,
            test=test,
            outcome=(Outcome.NOT_APPLICABLE if self._outcomes is None else outcome_of_plan(self._outcomes, self._full)),
            trace=() if self._outcomes is None else self._trace(self._outcomes),
            message=NO_FINDING if finding is None else finding.message,
            location="" if finding is None else _location(finding, test.location),
            note=why_not_evaluated(rule, evaluator.catalog.as_of),
        )

    def tells(self, variation: Variation) -> bool:
        """Return whether the outcome is another under a variation of the rule."""
        if self._outcomes is None or not self.result.passed:
            return False
        evaluation = self._evaluation
        varied = self._rule_evaluator.evaluate(
            with_variation(self._rule, variation), evaluation.facts, evaluation.workload, evaluation.planned
        )
        return outcome_of_plan(varied, self._full) is not self.result.outcome

    @property
    def _full(self) -> int:
        return self._evaluation.planned.full

    def _evaluated_rules(self) -> Outcomes | None:
        """Return what becomes of the rule over the plan, all its requirements together; None where it is not evaluated."""
        evaluation, rule = self._evaluation, self._rule
        ruled = next((ruled for ruled in evaluation.rules if whole_id(ruled.active.rule.id) == rule.id), None)
        if ruled is None or not rule.requirements:
            return ruled.planned if ruled is not None else None
        return self._rule_evaluator.evaluate(rule, evaluation.facts, evaluation.workload, evaluation.planned)

    def _trace(self, planned: Outcomes) -> tuple[LineTrace, ...]:
        """Return the lines for the option that decides: one that violates, else one that is open, else the first."""
        evaluation: Evaluation = self._evaluation
        number = first_in(planned.violated or planned.undeclared or planned.undetermined or self._full)
        leg = planned_leg(evaluation, self._rule, number, self._rule_evaluator)
        option = leg.option_set.facts_of(leg.number, evaluation.workload)
        return self._rule_evaluator.trace(self._rule, evaluation.facts, option)


def outcome_of_plan(outcomes: Outcomes, full: int) -> Outcome:
    """Return what a rule comes to over the options of a plan; where no plan chooses, over every option.

    What only some of them violate is undetermined: it hangs on a choice that is not made.
    """
    if outcomes.violated == full:
        return Outcome.VIOLATED
    if outcomes.violated or outcomes.undetermined:
        return Outcome.UNDETERMINED
    if outcomes.undeclared:
        return Outcome.UNDECLARED
    return Outcome.SATISFIED if outcomes.satisfied else Outcome.NOT_APPLICABLE


def with_variation(rule: Rule, variation: Variation) -> Rule:
    """Return a rule with one of its lines exchanged or dropped."""
    lines: list[Line | None] = [*rule.when, *rule.require]
    if variation.at >= len(lines):
        return replace(rule, must_declare=demanded(rule, variation))
    lines[variation.at] = variation.line
    whens = len(rule.when)
    return replace(
        rule,
        when=tuple(line for line in lines[:whens] if line is not None),
        require=tuple(line for line in lines[whens:] if line is not None),
    )


def _location(finding: Finding, wanted: str) -> str:
    """Return where a finding stands, in the form that is wanted."""
    if ":" in wanted:
        span = finding.span_of(finding.place)
        return f"{span.start.line}:{span.start.column}" if span is not None else ""
    return ".".join(str(step) for step in finding.place.path)
