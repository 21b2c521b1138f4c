"""What a failure rests on, and whether it is still what was approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.declared import PLAN_CHOICES
from aipolicy.facts.spec import Origin
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.policy.message import names_in
from aipolicy.policy.rule import Rule
from aipolicy.source.document import PlainValue
from aipolicy.source.text import shown
from aipolicy.waivers.waiver import Approved, Waiver

ALWAYS = frozenset({"data.classes", "metadata.lifecycle"})
"""What an approver weighs whatever the rule: the data, and how far the feature has come."""
_OF_OPTIONS = frozenset({*PLAN_CHOICES, "plan.model_pinned"})
_TERMS = "plan.terms."


def approval_of(finding: Finding, rule: Rule, evaluation: Evaluation) -> Approved:
    """Return what is approved when a finding is waived: outcome, severity, and every value that it rests on."""
    return Approved(finding.outcome, finding.severity, rests_on(rule, evaluation))


def rests_on(rule: Rule, evaluation: Evaluation) -> Mapping[str, PlainValue]:
    """Return the declared values that what becomes of a rule rests on, by path.

    That is what its conditions read and its message shows, through formulas too, and what is weighed in every approval.
    A rule that reads options rests on all of the plan that chooses among them or changes their terms.
    """
    spoken = (line for _, line in rule.spoken)
    reads = {
        name for line in (*rule.when, *rule.require, *spoken) for name in (*line.feature_reads, *line.option_reads)
    }
    names = _declarations({*reads, *names_in(rule.message)}) | ALWAYS
    declared = evaluation.feature.declared
    of_options = any(map(is_option_fact, reads))
    return {
        name: declared[name] for name in sorted(declared)
        if name in names or (of_options and (name in _OF_OPTIONS or name.startswith(_TERMS)))
    }  # fmt: skip


def difference(waiver: Waiver, finding: Finding, rule: Rule, evaluation: Evaluation) -> str:
    """Return in which way a finding is not what was approved; empty where it is, or where nothing was recorded.

    A fact that a condition of the waiver reads may change as far as the condition lets it.
    """
    if waiver.outcome is Outcome.UNDETERMINED and finding.outcome is Outcome.VIOLATED:
        return "it was undetermined when it was approved, and is violated now"
    approved = waiver.approved
    if approved is None:
        return ""
    if finding.severity.rank < approved.severity.rank:
        return f"it weighs {finding.severity.value} now, and was approved as {approved.severity.value}"
    bounded = _declarations(name for condition in waiver.conditions for name in condition.reads)
    now = rests_on(rule, evaluation)
    for name in sorted({*approved.facts, *now} - bounded):
        if name not in approved.facts:
            return f"`{name}` is `{_shown(now[name])}`, and was not among what was approved"
        if name not in evaluation.feature.declared:
            return f"`{name}` is no longer declared; approved was `{_shown(approved.facts[name])}`"
        value = evaluation.feature.declared[name]
        if not same_value(value, approved.facts[name]):
            return f"`{name}` is `{_shown(value)}`; approved was `{_shown(approved.facts[name])}`"
    return ""


def same_value(one: PlainValue, other: PlainValue) -> bool:
    """Return whether two declared values are the same: true is not 1, and the order of a list of words means nothing."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        if all(isinstance(word, str) for word in (*one, *other)):
            return set(map(str, one)) == set(map(str, other))
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other if isinstance(one, str) else one == other


def _declarations(reads: Iterable[str]) -> frozenset[str]:
    """Return the declared facts behind facts, through the formulas of derived ones and the estimates of options."""
    waiting, seen = list(reads), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        spec = REGISTRY.get(name)
        if spec is not None and spec.origin in (Origin.DERIVED, Origin.DOCUMENT, Origin.OPTION):
            waiting.extend(spec.reads)
    return frozenset(seen)


def _shown(value: PlainValue) -> str:
    if isinstance(value, list):
        return shown(", ".join(map(str, value)) or "none")
    if isinstance(value, dict):
        return shown(", ".join(f"{key}: {part}" for key, part in value.items()))
    return shown(str(value).lower() if isinstance(value, bool) else str(value))
