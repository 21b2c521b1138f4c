"""An evaluation in, the findings on the feature and its plan out.

Most features of a run have none, so that what words and places them is imported where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import HOSTINGS
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.gate import Gate, broken_by, broken_somewhere, passing_options
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.prepared_rule import undeclared_of
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.derived import MANIFEST_PATH
from aipolicy.findings.finding import Decided, Finding, Outcome, Place, Replacement, Severity
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest.feature import path_of
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.source.text import shown
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.facts.contradictions import FactProblem


def findings_of(evaluation: Evaluation, rule_evaluator: RuleEvaluator, *, strict: bool) -> tuple[Finding, ...]:
    """Return what is to be said about a feature; with `strict`, undetermined rules gate whatever the lifecycle."""
    past_prototype = strict or evaluation.facts.values.get("metadata.past_prototype") is True
    gate = Gate(past_prototype, passing_options(evaluation))
    findings = [
        *_fact_findings(evaluation),
        *_plan_findings(evaluation),
        *_plan_conflict(evaluation),
        *_conflict_findings(evaluation),
    ]
    for ruled in evaluation.rules:
        finding = _rule_finding(evaluation, ruled, rule_evaluator, gate)
        if finding is not None:
            findings.append(finding)
    waiting = sum(finding.outcome is Outcome.UNDETERMINED for finding in findings)
    if waiting > 1 and any(ruled.active.rule.shared for ruled in evaluation.rules):
        from aipolicy.evaluation.scope_questions import with_scope_questions

        findings = with_scope_questions(findings, evaluation, rule_evaluator)
    return tuple(findings)


def _fact_findings(evaluation: Evaluation) -> Iterator[Finding]:
    for problem in (*evaluation.facts.problems, *_far_bill(evaluation)):
        related = tuple(Place(path=path, label=label) for path, label in problem.related)
        finding = _reserved(evaluation, problem.rule_id, problem.message, Place(path=problem.path), related)
        yield finding if problem.meant is None else replace(finding, replacement=Replacement(*problem.meant))


def _far_bill(evaluation: Evaluation) -> Iterator[FactProblem]:
    if evaluation.feature.bill is not None:
        from aipolicy.facts.bill_facts import contradiction_of_bill

        yield from contradiction_of_bill(evaluation.feature.bill)


def _plan_findings(evaluation: Evaluation) -> Iterator[Finding]:
    for problem in evaluation.plan_problems if not evaluation.is_retired else ():
        from aipolicy.evaluation.deciding import declared_value

        finding = _reserved(evaluation, "PLAN-001", problem.message, Place(path=path_of(problem.fact)))
        yield replace(finding, decided_by=declared_value(evaluation.facts, problem.fact))
    if evaluation.has_plan and "metadata.lifecycle" not in evaluation.facts.declared:
        lifecycle = evaluation.facts.values["metadata.lifecycle"]
        message = f"a plan is declared, but no lifecycle; `{lifecycle}` is assumed"
        yield _reserved(evaluation, "PLAN-002", message, Place(path=("plan",), part="key"))
    if not evaluation.has_plan and evaluation.facts.values.get("metadata.past_prototype") is True:
        from aipolicy.evaluation.deciding import declared_value

        lifecycle = evaluation.facts.values["metadata.lifecycle"]
        message = f"the feature is in {lifecycle}, but declares no plan"
        finding = _reserved(evaluation, "PLAN-003", message, Place(path=("metadata", "lifecycle")))
        yield replace(finding, decided_by=declared_value(evaluation.facts, "metadata.lifecycle"))


def _plan_conflict(evaluation: Evaluation) -> Iterator[Finding]:
    """Yield a finding when constraints that each leave something of a plan leave nothing of it together."""
    full = evaluation.planned.full
    if not _has_plan_axes(evaluation) or not evaluation.verdict.remaining:
        return
    from aipolicy.evaluation.conflict import smallest_clash

    clash = smallest_clash(broken_by(evaluation), full)
    if len(clash) > 1:
        message = f"every option that agrees with the plan breaks one of {', '.join(clash)}"
        finding = _reserved(evaluation, "PLAN-004", message, Place(path=("plan",), part="key"))
        yield replace(finding, decided_by=(Decided("rules", tuple(sorted(clash))),))


def _conflict_findings(evaluation: Evaluation) -> Iterator[Finding]:
    """Yield a finding when no candidate is left, unless a plan names a way that is none of them and stands."""
    verdict = evaluation.verdict
    if verdict.remaining:
        return
    if _has_plan_axes(evaluation) and broken_somewhere(evaluation) != evaluation.planned.full:
        return
    from aipolicy.evaluation.finding_places import MAX_RELATED, declared_reads

    ids = ", ".join(verdict.conflict)
    message = f"no option satisfies every constraint; a smallest set that clashes: {ids}"
    rules = [ruled.active.rule for ruled in evaluation.rules if ruled.active.rule.id in verdict.conflict]
    readers: dict[str, list[str]] = {}
    for rule in rules:
        for name in declared_reads(evaluation, rule):
            readers.setdefault(name, []).append(rule.id)
    places = [Place(path=path_of(name), label=f"read by {', '.join(read_by)}") for name, read_by in readers.items()]
    primary = Place(path=("metadata", "name"))
    finding = _reserved(evaluation, "VERDICT-001", message, primary, tuple(places[: 2 * MAX_RELATED]))
    yield replace(finding, decided_by=(Decided("rules", tuple(sorted(verdict.conflict))),))


def _reserved(evaluation: Evaluation, rule_id: str, message: str, place: Place,
              related: tuple[Place, ...] = ()) -> Finding:  # fmt: skip
    feature = evaluation.feature
    return reserved_finding(
        rule_id, message, file=feature.file, document=feature.document, feature=feature.name, place=place,
        related=related,
    )  # fmt: skip


def _rule_finding(
    evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, gate: Gate
) -> Finding | None:
    outcomes, full = ruled.planned, evaluation.planned.full
    if outcomes.is_violated_throughout():
        return _violation(evaluation, ruled, rule_evaluator)
    if not _has_plan_axes(evaluation):
        return _finding_without_plan(evaluation, ruled, rule_evaluator, gate)
    relevant = outcomes.violated | outcomes.undetermined | outcomes.undeclared
    if not relevant:
        return None
    if outcomes.undeclared and (not gate.passing or relevant == full):
        return _undeclared(evaluation, ruled, rule_evaluator, first_in(outcomes.undeclared))
    if not gate.is_shut_by(ruled.active.severity):
        return None  # NOTE: it is a question, a to-do or a gap of the answer.
    if not relevant & ~(outcomes.close & broken_somewhere(evaluation)):
        return None  # NOTE: what is broken anyway need not be measured.
    if outcomes.violated:
        return _open(evaluation, ruled, rule_evaluator)
    return _undetermined(evaluation, ruled, rule_evaluator, relevant)


def _finding_without_plan(
    evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, gate: Gate
) -> Finding | None:
    """Return what a rule has to say where no plan chooses among the options: only the feature itself can gate."""
    rule, outcomes = ruled.active.rule, ruled.planned
    if rule.option_reads:
        return None
    if outcomes.undeclared:
        return _undeclared(evaluation, ruled, rule_evaluator, first_in(outcomes.undeclared))
    gates = gate.past_prototype and ruled.active.severity is Severity.ERROR
    relevant = _without_plan(evaluation, ruled, outcomes) if gates else 0
    return _undetermined(evaluation, ruled, rule_evaluator, relevant) if relevant else None


def _undeclared(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, number: int) -> Finding:
    facts = undeclared_of(ruled.active.rule, evaluation.facts)
    title = ruled.active.rule.title
    message = f"declare {', '.join(f'`{fact}`' for fact in facts)}: {title[:1].lower()}{title[1:]}"
    return _finding(
        evaluation, ruled, Outcome.UNDECLARED, ruled.active.severity, message, rule_evaluator, number, facts
    )


def _has_plan_axes(evaluation: Evaluation) -> bool:
    return evaluation.planned is not evaluation.candidates


def _without_plan(evaluation: Evaluation, ruled: RuleEvaluation, outcomes: Outcomes) -> int:
    """Return the options on which a rule leaves something to say where no plan chooses among them.

    What a rule removes is the verdict's business; what it cannot decide matters while the option is still possible.
    A duty that hangs on the option chosen is listed with the options.
    """
    rule = ruled.active.rule
    if rule.kind is RuleKind.DUTY:
        hangs_on_option = any(line.option_reads for line in (*rule.when, *rule.require))
        return 0 if hangs_on_option else outcomes.undetermined
    return outcomes.undetermined & evaluation.verdict.remaining


def _violation(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator) -> Finding:
    from aipolicy.evaluation.deciding import decided_by, planned_leg
    from aipolicy.evaluation.finding_words import render_message

    number = first_in(ruled.planned.violated)
    leg = planned_leg(evaluation, ruled.active.rule, number, rule_evaluator)
    option = leg.option_set.facts_of(leg.number, evaluation.workload)
    message = _of_fallback(render_message(ruled.active.rule, evaluation, option), is_partner=leg.is_partner)
    finding = _finding(evaluation, ruled, Outcome.VIOLATED, ruled.active.severity, message, rule_evaluator, number, ())
    return replace(finding, decided_by=decided_by(ruled.active.rule, evaluation.facts, option))


def _of_fallback(message: str, *, is_partner: bool) -> str:
    return f"the fallback: {message}" if is_partner else message


def _open(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator) -> Finding:
    from aipolicy.evaluation.deciding import planned_leg
    from aipolicy.evaluation.finding_words import render_message
    from aipolicy.evaluation.open_axes import deciding_axes

    number = first_in(ruled.planned.violated)
    leg = planned_leg(evaluation, ruled.active.rule, number, rule_evaluator)
    whole = evaluation.planned.facts_of(number, evaluation.workload)
    option = leg.option_set.facts_of(leg.number, evaluation.workload)
    axes = deciding_axes(evaluation.planned, ruled.planned.violated)
    example = ", ".join(f"`{shown(str(whole[axis]))}`" for _, axis in axes if axis in whole)
    facts = tuple(fact for fact, _ in axes)
    message = f"with {example or 'some options'} this would break the rule: "
    message += _of_fallback(render_message(ruled.active.rule, evaluation, option), is_partner=leg.is_partner)
    return _finding(evaluation, ruled, Outcome.UNDETERMINED, Severity.ERROR, message, rule_evaluator, number, facts)


def _undetermined(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator,
                  relevant: int) -> Finding | None:  # fmt: skip
    rule = ruled.active.rule
    if not _has_plan_axes(evaluation) and not rule_evaluator.may_lack_facts(rule, evaluation.facts, ruled.planned):
        return None
    from aipolicy.evaluation.deciding import planned_leg, read_facts
    from aipolicy.evaluation.missing_facts import missing_facts
    from aipolicy.evaluation.open_axes import way_out
    from aipolicy.evaluation.settling import close_words, settled_by

    for number in _each_kind(evaluation, rule, relevant):
        if ruled.planned.close >> number & 1:
            words = close_words(ruled, evaluation, number)
            return _finding(evaluation, ruled, Outcome.UNDETERMINED, Severity.ERROR, words, rule_evaluator, number, ())
        leg = planned_leg(evaluation, rule, number, rule_evaluator)
        trace = rule_evaluator.trace(rule, evaluation.facts, read_facts(evaluation, rule, leg))
        # NOTE: masks, because asking an option itself would make all of them.
        cascade, hosted = (
            (1 << number) & evaluation.planned.mask_of(name, frozenset({word})) != 0
            for name, word in (("option.routing", "cascade"), ("option.hosting", "provider-api"))
        )
        facts = missing_facts(rule, trace, evaluation.facts, cascade=cascade, hosted=hosted)
        if relevant != evaluation.planned.full and facts and all(map(is_option_fact, facts)):
            # NOTE: the plan leaves open what decides it; naming another way settles more than looking this one up.
            facts = way_out(evaluation.planned, relevant) or facts
        error = next((line.error for line in trace if line.error), "")
        if error and not facts:
            message = f"{rule.title}: cannot be evaluated, {error}"
        elif _has_plan_axes(evaluation) or any(not name.startswith(("option.", "plan.")) for name in facts):
            message = settled_by(evaluation, ruled, rule_evaluator, facts, number)
        else:
            # NOTE: without a plan, what the catalog does not know of an option is told by the verdict, which stays open.
            continue
        declarable = tuple(name for name in facts if name != MANIFEST_PATH and not is_option_fact(name))
        return _finding(
            evaluation, ruled, Outcome.UNDETERMINED, Severity.ERROR, message, rule_evaluator, number, declarable
        )
    return None


def _each_kind(evaluation: Evaluation, rule: Rule, mask: int) -> Iterator[int]:
    """Yield one option of each hosting, then one of each set of options that do not differ in what a rule reads."""
    option_set, workload = evaluation.planned, evaluation.workload
    for hosting in HOSTINGS:
        options = option_set.mask_of("option.hosting", frozenset({hosting})) & mask
        if options:
            yield first_in(options)
    parts = [mask]
    for line in (*rule.when, *rule.require):
        if line.option_reads:
            groups = option_set.groups(line.option_reads, workload)
            parts = [part & group for part in parts for _, group in groups if part & group]
    yield from sorted(first_in(part) for part in parts)


def _finding(evaluation: Evaluation, ruled: RuleEvaluation, outcome: Outcome, severity: Severity,
             message: str, rule_evaluator: RuleEvaluator, number: int, missing: tuple[str, ...]) -> Finding:  # fmt: skip
    from aipolicy.evaluation.finding_places import places

    rule = ruled.active.rule
    primary, related = places(evaluation, rule, rule_evaluator, number)
    if outcome is Outcome.UNDECLARED:
        primary = Place(path=path_of(missing[0]), part="key")
    if ruled.active.coming:
        message += f" ({ruled.active.coming})"
    return Finding(
        rule_id=rule.id, rule_name=rule.name, severity=severity, outcome=outcome, message=message,
        file=evaluation.feature.file, feature=evaluation.feature.name, document=evaluation.feature.document,
        place=primary, related=related, why=rule.why, fix=rule.fix, references=rule.references, missing_facts=missing,
        stage=ruled.active.stage,
    )  # fmt: skip
