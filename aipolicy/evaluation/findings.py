"""An evaluation in, the findings on the feature and its plan out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from aipolicy.catalog.axes import HOSTINGS
from aipolicy.evaluation.conflict import smallest_clash
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.gate import MILDER as MILDER
from aipolicy.evaluation.gate import Gate, broken_by, passing_options
from aipolicy.evaluation.option_set import OptionSet, first_in
from aipolicy.evaluation.rule_evaluator import OutcomeMasks, RuleEvaluator, missing_facts, undeclared_of
from aipolicy.facts.derived import MANIFEST_PATH
from aipolicy.facts.facts import Facts
from aipolicy.facts.option_facts import DEFAULT_PLAN_PATHS, PLAN_PATHS
from aipolicy.facts.registry import OPTION_PREFIX, is_option_fact
from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Finding, Outcome, Place, Replacement, Severity
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest.feature import path_of
from aipolicy.options.estimates import AT_LEAST, COMPARED_FACTS
from aipolicy.options.option import Option
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.message import PLACEHOLDER, value_of
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.source.text import escaped, shown
from aipolicy.value import replace

MAX_RELATED = 3

_SPECIFIC_FIRST = (
    "plan.fallback_region", "plan.region", "plan.fallback_provider", "plan.model", "plan.provider", "plan.fallback",
    "plan.routing", "plan.adaptation", "plan.hosting",
)  # fmt: skip

_AXES: tuple[tuple[str, str], ...] = (
    ("plan.hosting", "option.hosting"),
    ("plan.adaptation", "option.adaptation"),
    ("plan.provider", "option.provider"),
    ("plan.region", "option.region"),
    ("plan.model", "option.model"),
    ("plan.fallback", "option.fallback"),
    ("plan.routing", "option.routing"),
)
"""What a partial plan can leave open, in the order in which it is most useful to decide."""


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
    return tuple(findings)


def _fact_findings(evaluation: Evaluation) -> Iterator[Finding]:
    for problem in evaluation.facts.problems:
        related = tuple(Place(path=path, label=label) for path, label in problem.related)
        found = _reserved(evaluation, problem.rule_id, problem.message, Place(path=problem.path), related)
        yield found if problem.meant is None else replace(found, replacement=Replacement(*problem.meant))


def _plan_findings(evaluation: Evaluation) -> Iterator[Finding]:
    for problem in evaluation.plan_problems:
        yield _reserved(evaluation, "PLAN-001", problem.message, Place(path=path_of(problem.fact)))
    if evaluation.has_plan and "metadata.lifecycle" not in evaluation.facts.declared:
        message = "a plan is declared, but no lifecycle; `prototype` is assumed"
        yield _reserved(evaluation, "PLAN-002", message, Place(path=("plan",), part="key"))
    if not evaluation.has_plan and evaluation.facts.values.get("metadata.past_prototype") is True:
        lifecycle = evaluation.facts.values["metadata.lifecycle"]
        message = f"the feature is in {lifecycle}, but declares no plan"
        yield _reserved(evaluation, "PLAN-003", message, Place(path=("metadata", "lifecycle")))


def _plan_conflict(evaluation: Evaluation) -> Iterator[Finding]:
    """Yield a finding when constraints that each leave something of a plan leave nothing of it together."""
    full = evaluation.planned.full
    if not _has_plan_axes(evaluation) or not evaluation.verdict.remaining:
        return
    clash = smallest_clash(broken_by(evaluation), full)
    if len(clash) > 1:
        message = f"every option that agrees with the plan breaks one of {', '.join(clash)}"
        yield _reserved(evaluation, "PLAN-004", message, Place(path=("plan",), part="key"))


def _conflict_findings(evaluation: Evaluation) -> Iterator[Finding]:
    """Yield a finding when no candidate is left, unless a plan names a way that is none of them and stands."""
    verdict = evaluation.verdict
    if verdict.remaining:
        return
    if _has_plan_axes(evaluation):
        broken = 0
        for mask in broken_by(evaluation).values():
            broken |= mask
        if broken != evaluation.planned.full:
            return
    ids = ", ".join(verdict.conflict)
    message = f"no option satisfies every constraint; a smallest set that clashes: {ids}"
    rules = [ruled.active.rule for ruled in evaluation.rules if ruled.active.rule.id in verdict.conflict]
    read = tuple(dict.fromkeys(name for rule in rules for name in _declared_reads(evaluation, rule)))
    places = [Place(path=path_of(name), label=_labels(rules, name)) for name in read]
    primary = Place(path=("metadata", "name"))
    yield _reserved(evaluation, "VERDICT-001", message, primary, tuple(places[: 2 * MAX_RELATED]))


def _labels(rules: Iterable[Rule], fact: str) -> str:
    return "read by " + ", ".join(rule.id for rule in rules if fact in rule.feature_reads)


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
    if outcomes.violated == full:
        return _violation(evaluation, ruled, rule_evaluator)
    if not _has_plan_axes(evaluation):
        return _finding_without_plan(evaluation, ruled, rule_evaluator, gate)
    relevant = outcomes.violated | outcomes.undetermined | outcomes.undeclared
    if not relevant:
        return None
    severity = gate.severity(ruled, relevant, full)
    if outcomes.undeclared and (not gate.passing or relevant == full):
        return _undeclared(evaluation, ruled, rule_evaluator, first_in(outcomes.undeclared))
    if outcomes.violated:
        return _open(evaluation, ruled, rule_evaluator, severity)
    return _undetermined(evaluation, ruled, rule_evaluator, severity, relevant)


def _finding_without_plan(
    evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, gate: Gate
) -> Finding | None:
    """Return what a rule has to say where no plan chooses among the options: only the feature itself can gate."""
    rule, outcomes = ruled.active.rule, ruled.planned
    hangs_on_option = any(line.option_reads for line in (*rule.when, *rule.require))
    if outcomes.undeclared and not hangs_on_option:
        return _undeclared(evaluation, ruled, rule_evaluator, first_in(outcomes.undeclared))
    relevant = _without_plan(evaluation, ruled, outcomes)
    if not relevant:
        return None
    gates = gate.past_prototype and not hangs_on_option
    severity = ruled.active.severity if gates else MILDER[ruled.active.severity]
    return _undetermined(evaluation, ruled, rule_evaluator, severity, relevant)


def _undeclared(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, number: int) -> Finding:
    facts = undeclared_of(ruled.active.rule, evaluation.facts)
    message = f"{ruled.active.rule.title}: declare {', '.join(f'`{fact}`' for fact in facts)}"
    return _finding(
        evaluation, ruled, Outcome.UNDECLARED, ruled.active.severity, message, rule_evaluator, number, facts
    )


def _has_plan_axes(evaluation: Evaluation) -> bool:
    return evaluation.planned is not evaluation.candidates


def _without_plan(evaluation: Evaluation, ruled: RuleEvaluation, outcomes: OutcomeMasks) -> int:
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
    number = first_in(ruled.planned.violated)
    option = evaluation.planned.facts_of(number, evaluation.workload)
    message = render_message(ruled.active.rule, evaluation, option)
    return _finding(evaluation, ruled, Outcome.VIOLATED, ruled.active.severity, message, rule_evaluator, number, ())


def _open(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, severity: Severity) -> Finding:
    number = first_in(ruled.planned.violated)
    option = evaluation.planned.facts_of(number, evaluation.workload)
    axes = _deciding_axes(evaluation.planned, ruled.planned.violated)
    example = ", ".join(f"`{shown(str(option[axis]))}`" for _, axis in axes if axis in option)
    facts = tuple(fact for fact, _ in axes)
    message = f"with {example or 'some options'} this would break the rule: "
    message += render_message(ruled.active.rule, evaluation, option)
    return _finding(evaluation, ruled, Outcome.UNDETERMINED, severity, message, rule_evaluator, number, facts)


def _undetermined(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, severity: Severity,
                  relevant: int) -> Finding | None:  # fmt: skip
    rule = ruled.active.rule
    if not _has_plan_axes(evaluation) and not rule_evaluator.may_lack_facts(rule, evaluation.facts, ruled.planned):
        return None
    for number in _each_kind(evaluation, rule, relevant):
        trace = rule_evaluator.trace(rule, evaluation.facts, _read_facts(evaluation, rule, number))
        # NOTE: masks, because asking an option itself would make all of them.
        cascade, hosted = (
            (1 << number) & evaluation.planned.mask_of(name, frozenset({word})) != 0
            for name, word in (("option.routing", "cascade"), ("option.hosting", "provider-api"))
        )
        facts = missing_facts(rule, trace, evaluation.facts, cascade=cascade, hosted=hosted)
        if relevant != evaluation.planned.full and facts and all(map(is_option_fact, facts)):
            # NOTE: the plan leaves open what decides it; naming another way settles more than looking this one up.
            facts = _way_out(evaluation.planned, relevant) or facts
        error = next((line.error for line in trace if line.error), "")
        if error and not facts:
            message = f"{rule.title}: cannot be evaluated, {error}"
        elif _has_plan_axes(evaluation) or any(not name.startswith(("option.", "plan.")) for name in facts):
            unknown = tuple(fact for fact in facts if is_option_fact(fact))
            words = [*map(_missing, facts), *([_looked_up(evaluation, unknown, number)] if unknown else [])]
            message = f"{rule.title}: unknown without {', '.join(word for word in words if word)}"
        else:
            # NOTE: without a plan, what the catalog does not know of an option is told by the verdict, which stays open.
            continue
        declarable = tuple(name for name in facts if name != MANIFEST_PATH and not is_option_fact(name))
        return _finding(evaluation, ruled, Outcome.UNDETERMINED, severity, message, rule_evaluator, number, declarable)
    return None


def _missing(fact: str) -> str:
    if is_option_fact(fact):
        return ""
    return f"`{fact}`" + (" (which only a file in a repository has)" if fact == MANIFEST_PATH else "")


def _looked_up(evaluation: Evaluation, facts: tuple[str, ...], number: int) -> str:
    """Return what the catalog does not know of an option, which nobody can declare, in words."""
    if not COMPARED_FACTS.isdisjoint(facts):
        return "what else remains: the plan is compared with it once everything about it is declared"
    option = evaluation.planned.options[number]
    names = ", ".join(f"`{fact.removeprefix(OPTION_PREFIX)}`" for fact in facts)
    return f"{names} of {' and '.join(shown(leg.name) for leg in option.legs)}, which the catalog does not know"


def _read_facts(evaluation: Evaluation, rule: Rule, number: int) -> dict[str, FactValue]:
    """Return what a rule reads of one option, without making the option itself."""
    facts: dict[str, FactValue] = {}
    for line in (*rule.when, *rule.require):
        if line.option_reads:
            facts.update(evaluation.planned.values_of(number, line.option_reads, evaluation.workload))
    return facts


def _each_kind(evaluation: Evaluation, rule: Rule, mask: int) -> Iterator[int]:
    """Yield one option of each hosting, then one of each set of options that do not differ in what a rule reads."""
    option_set, workload = evaluation.planned, evaluation.workload
    for hosting in HOSTINGS:
        found = option_set.mask_of("option.hosting", frozenset({hosting})) & mask
        if found:
            yield first_in(found)
    parts = [mask]
    for line in (*rule.when, *rule.require):
        if line.option_reads:
            groups = option_set.groups(line.option_reads, workload)
            parts = [part & group for part in parts for _, group in groups if part & group]
    yield from sorted(first_in(part) for part in parts)


def _finding(evaluation: Evaluation, ruled: RuleEvaluation, outcome: Outcome, severity: Severity,
             message: str, rule_evaluator: RuleEvaluator, number: int, missing: tuple[str, ...]) -> Finding:  # fmt: skip
    rule = ruled.active.rule
    primary, related = _places(evaluation, rule, rule_evaluator, number)
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


def _places(
    evaluation: Evaluation, rule: Rule, rule_evaluator: RuleEvaluator, number: int
) -> tuple[Place, tuple[Place, ...]]:
    """Return where a rule is broken: the declaration that decides it, and the declared facts that made it apply."""
    declared = evaluation.facts.declared
    trace = rule_evaluator.trace(rule, evaluation.facts, _read_facts(evaluation, rule, number))
    deciding = [name for line in trace if line.section == "require" and line.truth is not Truth.TRUE
                for name, _ in line.values]  # fmt: skip
    candidates = _plan_candidates(deciding)
    for name in deciding:
        if not is_option_fact(name) and not name.startswith("params."):
            candidates.extend(evaluation.facts.places_of(name))
    reads = _declared_reads(evaluation, rule)
    primary = next((name for name in candidates if name in declared), None)
    if primary is None and rule.kind is RuleKind.DUTY:
        primary = next((name for name in deciding if not is_option_fact(name)), None)
    elif primary is None:
        primary = next(iter(reads), None)
    place = Place(path=path_of(primary)) if primary is not None else Place(path=("metadata", "name"))
    if primary is not None and primary not in declared:
        place = Place(path=path_of(primary), part="key")
    return place, tuple(Place(path=path_of(name), label=name) for name in reads if name != primary)[:MAX_RELATED]


def _plan_candidates(facts: Sequence[str]) -> list[str]:
    """Return the plan declarations that decide some option facts: the closest first, of equals the most specific."""
    ranked = [
        (rank, _SPECIFIC_FIRST.index(path) if path in _SPECIFIC_FIRST else 0, path)
        for name in facts
        if is_option_fact(name)
        for rank, path in enumerate((*PLAN_PATHS.get(name, DEFAULT_PLAN_PATHS), *DEFAULT_PLAN_PATHS))
    ]
    return [path for _, _, path in sorted(ranked)]


def _declared_reads(evaluation: Evaluation, rule: Rule) -> tuple[str, ...]:
    places = (place for name in rule.feature_reads for place in evaluation.facts.places_of(name))
    return tuple(dict.fromkeys(places))


def _deciding_axes(option_set: OptionSet, violated: int) -> tuple[tuple[str, str], ...]:
    """Return the axes that a plan leaves open and that tell the violating options from the others."""
    others = option_set.full & ~violated
    open_axes = []
    for fact, attribute in _AXES:
        bad, good = set(option_set.distinct(attribute, violated)), set(option_set.distinct(attribute, others))
        if len(bad | good) > 1:
            if not bad & good:
                return ((fact, attribute),)
            open_axes.append((fact, attribute))
    return tuple(open_axes)


def _way_out(option_set: OptionSet, relevant: int) -> tuple[str, ...]:
    """Return the axis of a plan along which some word keeps clear of the relevant options; nothing where none does."""
    others = option_set.full & ~relevant
    for fact, attribute in _AXES:
        if set(option_set.distinct(attribute, others)) - set(option_set.distinct(attribute, relevant)):
            return (fact,)
    return ()


def render_message(rule: Rule, evaluation: Evaluation, option: Mapping[str, FactValue]) -> str:
    """Return a rule's message with the values of facts and parameters in place of their names."""
    return message_of(rule, evaluation.facts, option)


def message_of(rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> str:
    """Return a rule's message for facts and an option that need not be those of a feature."""

    def lookup(name: str) -> FactValue | None:
        if name.startswith("params."):
            return rule.parameters.get(name)
        return option.get(name) if is_option_fact(name) else facts.values.get(name)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        value = value_of(name, lookup)
        least = option.get(f"{name}{AT_LEAST}") if value is None and is_option_fact(name) else None
        return shown_value(value) if least is None else f"at least {shown_value(least)}"

    return PLACEHOLDER.sub(fill, rule.message)


def option_name(option: Option) -> str:
    """Return an option in a few words for people."""
    words = f"{option.adaptation} on {option.hosting}: {option.leg.name}"
    if option.other is not None:
        joint = "escalating to" if option.routing == "cascade" else "fallback"
        words += f", {joint} {option.other.name}"
    return escaped(words)  # a plan may name what the catalog does not know
