"""The findings on a feature beside its waivers: which are waived, and what became of every waiver."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding, Outcome, WaiverNote
from aipolicy.policy.cel.expressions import Condition as Expression
from aipolicy.policy.cel.expressions import Truth, cel_value
from aipolicy.policy.rule import Rule
from aipolicy.source.names import folded
from aipolicy.source.text import shown, without_secrets
from aipolicy.value import NamedTuple, replace
from aipolicy.waivers.approved import difference
from aipolicy.waivers.waiver import Standing, Waiver, WaiverState, WaiverUse, days_left, standing

_BEST_FIRST = (
    WaiverState.WAIVED,
    WaiverState.WORSE,
    WaiverState.LAPSED,
    WaiverState.EXPIRED,
    WaiverState.AGAINST_POLICY,
)
"""Of several waivers that name a finding, whose note it carries."""


class Waived(NamedTuple):
    """The findings on a feature, those that are waived marked, and the state of each waiver that names the feature."""

    findings: tuple[Finding, ...]
    uses: tuple[WaiverUse, ...]


def waive(findings: Sequence[Finding], waivers: Iterable[tuple[int | None, Waiver]], evaluation: Evaluation,
          ignored: Collection[str], day: date) -> Waived:  # fmt: skip
    """Return the findings on a feature beside the waivers that name it, each with its number among those of files.

    `ignored` are the ids of rules that were left out by choice: nothing is known of them.
    """
    listed = [(number, waiver) for number, waiver in waivers if waiver.feature == evaluation.feature.name]
    rules = {ruled.active.rule.id: ruled.active.rule for ruled in evaluation.rules}
    still_open = {
        ruled.active.rule.id for ruled in evaluation.rules if ruled.planned.undetermined | ruled.planned.undeclared
    }
    states_by_finding: dict[int, list[tuple[WaiverState, str, Waiver]]] = {}
    uses = []
    for number, waiver in listed:
        named = [at for at, finding in enumerate(findings) if waiver.rule in rules and _is_named(waiver, finding)]
        states = [_state(waiver, findings[at], rules[waiver.rule], evaluation, day) for at in named]
        for at, (state, detail) in zip(named, states, strict=True):
            states_by_finding.setdefault(at, []).append((state, detail, waiver))
        if states:
            state, detail = max(states, key=lambda pair: _BEST_FIRST.index(pair[0]))
        else:
            state, detail = _without_finding(waiver, findings, rules, ignored, still_open)
        feature = evaluation.feature
        uses.append(WaiverUse(number, feature.file, feature.name, state, waiver.rule, detail, waiver.owner, waiver.at))
    noted = tuple(
        _with_note(finding, states_by_finding[at], day) if at in states_by_finding else finding
        for at, finding in enumerate(findings)
    )
    return Waived(noted, tuple(uses))


def _is_named(waiver: Waiver, finding: Finding) -> bool:
    """Return whether a waiver is about a finding: its rule, on its feature, at its place where it names one."""
    if finding.rule_id != waiver.rule or finding.feature != waiver.feature:
        return False
    if waiver.line:
        span = finding.span_of(finding.place)
        return finding.document is waiver.document and span is not None and span.start.line == waiver.line
    path = tuple(waiver.fact.split(".")) if waiver.fact else ()
    return finding.place.path[: len(path)] == path


def _state(waiver: Waiver, finding: Finding, rule: Rule, evaluation: Evaluation, day: date) -> tuple[WaiverState, str]:
    """Return whether a waiver holds a finding back, and else why not; whatever is not known to be met is not met."""
    if waiver.breach:
        return WaiverState.AGAINST_POLICY, waiver.breach
    days = standing(waiver, day)
    if days is Standing.EXPIRED:
        return WaiverState.EXPIRED, f"it expired on {waiver.expires.isoformat()}"
    if days is Standing.AHEAD:
        return WaiverState.LAPSED, f"it is approved from {waiver.approved_on} on"
    owner = evaluation.facts.values.get("metadata.owner")
    if isinstance(owner, str) and folded(owner) != folded(waiver.owner):
        return WaiverState.LAPSED, f"it is of `{shown(waiver.owner)}`, and the feature is of `{shown(owner)}` now"
    worse = difference(waiver, finding, rule, evaluation)
    if worse:
        return WaiverState.WORSE, worse
    if finding.outcome is not waiver.outcome:
        return WaiverState.LAPSED, "the rule is undetermined, and the waiver covers a violation"
    for condition in waiver.conditions:
        reason = _why_not(condition.text, Expression(condition.checked), condition.reads, evaluation)
        if reason:
            return WaiverState.LAPSED, reason
    return WaiverState.WAIVED, ""


def _why_not(text: str, expression: Expression, reads: Sequence[str], evaluation: Evaluation) -> str:
    """Return why a condition does not hold, empty when it does."""
    facts = evaluation.facts.values
    values = {name: cel_value(facts[name]) for name in reads if name in facts}
    truth, error = expression.evaluate(values)
    if truth is Truth.TRUE:
        return ""
    if error:
        return f"its condition `{text}` cannot be evaluated, {error}"
    missing = [name for name in reads if name not in facts]
    if truth is Truth.UNKNOWN:
        named = ", ".join(f"`{name}`" for name in missing)
        return f"its condition `{text}` is unknown without {named}"
    return f"its condition `{text}` is false"


def _without_finding(waiver: Waiver, findings: Iterable[Finding], evaluated: Collection[str],
                     ignored: Collection[str], still_open: Collection[str]) -> tuple[WaiverState, str]:  # fmt: skip
    from aipolicy.findings.rule_ids import whole_id

    if whole_id(waiver.rule) in ignored:
        return WaiverState.NOT_EVALUATED, f"{waiver.rule} is not evaluated by choice"
    if waiver.rule not in evaluated:
        return WaiverState.UNNEEDED, f"{waiver.rule} is not in force for this feature"
    elsewhere = [finding for finding in findings if finding.rule_id == waiver.rule]
    if elsewhere:
        place = ".".join(map(str, elsewhere[0].place.path))
        here = f"line {waiver.line}" if waiver.line else f"`{waiver.fact}`"
        return WaiverState.UNNEEDED, f"{waiver.rule} fails at `{place}`, not at {here}"
    if waiver.rule in still_open:
        return WaiverState.OPEN, f"{waiver.rule} is undetermined, which gates nothing here"
    return WaiverState.UNNEEDED, f"{waiver.rule} does not fail"


def _with_note(finding: Finding, named: Sequence[tuple[WaiverState, str, Waiver]], day: date) -> Finding:
    """Return a finding with the note of the waiver that says most; it is waived when one of them holds."""
    state, detail, waiver = min(
        named, key=lambda triple: (_BEST_FIRST.index(triple[0]), -triple[2].expires.toordinal(), triple[2].at)
    )
    holds = state is WaiverState.WAIVED
    note = WaiverNote(
        at=waiver.at, holds=holds, state=state.value, detail=detail, reason=without_secrets(waiver.reason),
        owner=waiver.owner, approver=waiver.approver, ticket=waiver.ticket, expires=waiver.expires.isoformat(),
        days_left=days_left(waiver, day), inline=bool(waiver.line),
    )  # fmt: skip
    if holds:
        return replace(finding, outcome=Outcome.WAIVED, waiver=note)
    message = f"{finding.message} (the waiver at {waiver.at} does not hold: {detail})"
    return replace(finding, message=message, waiver=note)
