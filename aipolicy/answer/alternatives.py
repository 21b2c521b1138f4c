"""The other values that the facts of a feature may well have: for each fact that is left out and plays a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactSpec, FactValue, Kind, Origin
from aipolicy.options.workload import KNOWLEDGE_CHANGES, PEOPLE_FACTS, SHARED_OVER, WORKLOAD_FACTS
from aipolicy.policy.rule import RuleKind
from aipolicy.value import NamedTuple

_GROWTH = "volume.growth_12_months"
_ESTIMATED_FROM = frozenset((*WORKLOAD_FACTS.values(), *PEOPLE_FACTS.values(), KNOWLEDGE_CHANGES, SHARED_OVER, _GROWTH))


class Alternative(NamedTuple):
    """Other values of one fact, and of what hardly comes without it."""

    fact: str
    changes: Mapping[str, FactValue]


def alternatives(evaluation: Evaluation, vocabulary: Mapping[str, tuple[str, ...]]) -> Iterator[Alternative]:
    """Yield what may be otherwise of the facts that are left out, in the order of the registry.

    `vocabulary` gives the words of the catalog's vocabularies of which every word is tried.
    """
    from aipolicy.facts.tried_values import tried_values

    relevant = reads_of(evaluation)
    declared = evaluation.facts.declared
    for name, spec in evaluation.facts.known.specs.items():
        expected = evaluation.facts.known.expected.get(name)
        is_answered = name in declared or (spec.is_answered_by_absence and expected is None)
        if is_answered or name not in relevant or not may_be_asked(spec):
            continue
        for value in tried_values(spec, expected, evaluation.expected.facts.values.get(name), vocabulary):
            yield Alternative(name, {name: value})
            beside = {} if expected is None else {n: v for n, v in expected.beside.items() if n not in declared}
            if beside:
                yield Alternative(name, {name: value, **beside})


def may_be_asked(spec: FactSpec) -> bool:
    """Return whether a team can say otherwise: it describes the feature, or is something that can be done."""
    return spec.origin in (Origin.DECLARED, Origin.EVIDENCE) and spec.kind in (Kind.DESCRIBES, Kind.DONE)


def reads_of(evaluation: Evaluation) -> frozenset[str]:
    """Return the declared facts that play a part: read by a rule, or by estimates; what is done, only by a constraint."""
    specs = evaluation.facts.known.specs
    reads = set(_ESTIMATED_FROM)
    for ruled in evaluation.rules:
        rule = ruled.active.rule
        for name in rule.feature_reads:
            for base in base_facts(name, specs):
                is_done = base in specs and specs[base].kind is Kind.DONE
                if not is_done or rule.kind is RuleKind.CONSTRAINT:
                    reads.add(base)
    return frozenset(reads)
