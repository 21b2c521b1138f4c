"""What to declare so that the unknown lines of a rule become known."""

from __future__ import annotations

from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.facts import Facts
from aipolicy.facts.option_facts import HOSTED_LATENCY_READS, PLAN_PATHS
from aipolicy.options.estimates import COST_FACTS, LATENCY_FACTS
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Rule

ESCALATING = "task.hard_case_share"


def missing_facts(rule: Rule, traces: tuple[LineTrace, ...], facts: Facts, *, cascade: bool = False,
                  hosted: bool = False) -> tuple[str, ...]:  # fmt: skip
    """Return the facts to declare for the unknown lines of a trace to become known, sorted.

    The cost of a `cascade` also hangs on the share of requests that escalate; the latency of a `hosted` model does not
    hang on how much it is asked.
    """
    missing: set[str] = set()
    fails = any(trace.section == "require" and trace.truth is Truth.FALSE for trace in traces)
    for trace in traces:
        # NOTE: where a requirement fails already, only whether the rule applies is left to settle.
        if trace.truth is Truth.UNKNOWN and not (fails and trace.section == "require"):
            for name, value in trace.values:
                if value is None:
                    missing.update(settled_by(name, facts, cascade=cascade, hosted=hosted and not cascade))
    return tuple(sorted(missing))


def settled_by(name: str, facts: Facts, *, cascade: bool, hosted: bool) -> tuple[str, ...]:
    """Return the declarations that make an unknown fact known; of an option, what its estimate reads or a plan names."""
    if not is_option_fact(name):
        return facts.missing(name)
    reads = (*REGISTRY[name].reads, *((ESCALATING,) if cascade and name in COST_FACTS else ()))
    if hosted and name in LATENCY_FACTS:
        reads = tuple(fact for fact in reads if fact in HOSTED_LATENCY_READS)
    undeclared = tuple(fact for fact in reads if fact not in facts.values)
    if undeclared:
        return undeclared
    # NOTE: what a plan says already does not settle it; then the catalog has to be told, by the name of the fact.
    return next(((path,) for path in PLAN_PATHS.get(name, ()) if path not in facts.declared), (name,))
