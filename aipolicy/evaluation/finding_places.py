"""Where a finding points: the declaration that decides it, then those that made the rule apply."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.evaluation.deciding import planned_leg, read_facts
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import is_option_fact, is_parameter, is_partner_fact, of_leg, of_partner
from aipolicy.facts.option_facts import DEFAULT_PLAN_PATHS, PARTNER_PLAN_PATHS, PLAN_PATHS
from aipolicy.findings.finding import Place
from aipolicy.manifest.feature import path_of
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Rule, RuleKind

MAX_RELATED = 3
_TERMS = "plan.terms."
"""What is agreed with the provider of the main leg."""


SPECIFIC_FIRST = (
    "plan.fallback_region", "plan.region", "plan.fallback_provider", "plan.fallback_model", "plan.fallback_hosting",
    "plan.model", "plan.provider", "plan.fallback", "plan.routing", "plan.adaptation", "plan.hosting",
)  # fmt: skip


def places(
    evaluation: Evaluation, rule: Rule, rule_evaluator: RuleEvaluator, number: int
) -> tuple[Place, tuple[Place, ...]]:
    """Return where a rule is broken: the declaration that decides it, and the declared facts that made it apply."""
    declared = evaluation.facts.declared
    leg = planned_leg(evaluation, rule, number, rule_evaluator)
    trace = rule_evaluator.trace(rule, evaluation.facts, read_facts(evaluation, rule, leg))
    deciding = [name for line in trace if line.section == "require" and line.truth is not Truth.TRUE
                for name, _ in line.values]  # fmt: skip
    candidates = plan_candidates([of_partner(name) if leg.is_partner else name for name in deciding])
    for name in deciding:
        if not is_option_fact(name) and not is_parameter(name):
            candidates.extend(evaluation.facts.places_of(name))
    reads = declared_reads(evaluation, rule)
    primary = next((name for name in candidates if name in declared), None)
    if primary is None and rule.kind is RuleKind.DUTY:
        primary = next((name for name in deciding if not is_option_fact(name)), None)
    elif primary is None:
        primary = next(iter(reads), None)
    place = Place(path=path_of(primary)) if primary is not None else Place(path=("metadata", "name"))
    if primary is not None and primary not in declared:
        place = Place(path=path_of(primary), part="key")
    return place, tuple(Place(path=path_of(name), label=name) for name in reads if name != primary)[:MAX_RELATED]


def plan_candidates(facts: Sequence[str]) -> list[str]:
    """Return the plan declarations that decide some option facts: the closest first, of equals the most specific."""
    ranked = [
        (rank, SPECIFIC_FIRST.index(path) if path in SPECIFIC_FIRST else 0, path)
        for name in facts
        if is_option_fact(name)
        for rank, path in enumerate(_plan_paths(name))
    ]
    return [path for _, _, path in sorted(ranked)]


def _plan_paths(name: str) -> tuple[str, ...]:
    if is_partner_fact(name):
        of_main = (path for path in PLAN_PATHS.get(of_leg(name), ()) if not path.startswith(_TERMS))
        return (*(path.replace("plan.", "plan.fallback_", 1) for path in of_main), *PARTNER_PLAN_PATHS)
    return (*PLAN_PATHS.get(name, DEFAULT_PLAN_PATHS), *DEFAULT_PLAN_PATHS)


def declared_reads(evaluation: Evaluation, rule: Rule) -> tuple[str, ...]:
    places = (place for name in rule.feature_reads for place in evaluation.facts.places_of(name))
    return tuple(dict.fromkeys(places))
