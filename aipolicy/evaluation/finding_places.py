"""Where a finding points: the declaration that decides it, then those that made the rule apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy.evaluation.deciding import deciding_elements, planned_leg, read_facts
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import is_option_fact, is_parameter, is_partner_fact, of_leg, of_partner
from aipolicy.facts.option_facts import DEFAULT_PLAN_PATHS, PARTNER_PLAN_PATHS, PLAN_PATHS
from aipolicy.findings.finding import Place
from aipolicy.manifest.feature import path_of
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.source.span import DocumentPath

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
    option = read_facts(evaluation, rule, leg)
    trace = rule_evaluator.trace(rule, evaluation.facts, option)
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
    related = tuple(Place(path=path_of(name), label=name) for name in reads if name != primary)
    elements = deciding_elements(rule, evaluation.facts, option).get(primary or "")
    if elements:
        place, *others = _elements(evaluation, path_of(str(primary)), elements)
        related = (*others, *related)
    return place, related[:MAX_RELATED]


def _elements(evaluation: Evaluation, path: DocumentPath, numbers: Iterable[int]) -> Iterator[Place]:
    """Yield where elements of a list stand; what tells findings apart is the list, wherever an element moves."""
    for number in numbers:
        span = evaluation.feature.document.locate((*path, number))
        yield Place(path=path, span=span, label=f"{path[-1]}[{number}]")


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
