"""The words that every format of a diff shares; what comes from manifests and packs is escaped here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aipolicy import __version__
from aipolicy.answer.what_if import RuleMoved
from aipolicy.changes.diff import ChangedFinding, Diff, FeatureChange
from aipolicy.changes.state import FeatureState, MonthlyCost
from aipolicy.findings.comparison import KnownFinding
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.answer_words import answer_sentence, offering_words, rules
from aipolicy.report.formats.concise import message_of, waived_until
from aipolicy.source.text import escaped, grouped, quantity, shown
from aipolicy.value import NamedTuple

_MOST_RULES = 4
"""Rules of which it is told how many ways they remove, those first that moved most."""


class DiffRow(NamedTuple):
    """A line about a feature; words from input are escaped, the cause is ours."""

    label: str
    words: str
    cause: str = ""
    severity: Severity | None = None


def title_of(diff: Diff) -> str:
    """Return what is compared, on which days."""
    before, now = diff.before.settings.as_of.isoformat(), diff.after.settings.as_of.isoformat()
    days = f"as of {now}" if before == now else f"the base as of {before}, now as of {now}"
    return f"changes since the merge base {diff.commit[:12]} of `{shown(diff.revision)}`, {days}"


def counts_of(diff: Diff) -> str:
    """Return how many features changed, and how many findings."""
    features = diff.features
    both = [change for change in features if change.before is not None and change.after is not None]
    added = sum(change.before is None for change in features)
    removed = sum(change.after is None for change in features)
    changed = sum(change.changed for change in both)
    new, worse = (sum(len(getattr(change, name)) for change in features) for name in ("new", "worse"))
    fixed = sum(len(change.fixed) for change in both)
    unchanged = sum(change.unchanged for change in features)
    waived = sum(len(change.waived) for change in features)
    other = sum(len(change.moved) for change in features)
    held = f"{waived} newly waived or for longer, " if waived else ""
    held += f"{other} changed, " if other else ""
    return (
        f"{quantity(changed, 'feature')} changed, {added} added, {removed} removed, {len(both) - changed} as before; "
        f"findings: {new} new, {worse} worse, {held}{fixed} fixed, {unchanged} unchanged"
    )


def footer() -> str:
    """Return what both sides have in common."""
    return (
        f"both sides are evaluated by aipolicy {__version__} with its shipped packs and catalog; causes are found by "
        "exchanging manifest, policy, catalog and date in this order"
    )


def _standing(change: FeatureChange) -> str:
    """Return whether a feature came, went or stayed, and under which name it may be found on the other side."""
    if change.unreadable:
        return "cannot be read any more: its manifest is broken"
    if change.before is None:
        return f"added; perhaps `{escaped(change.perhaps)}` renamed" if change.perhaps else "added"
    if change.after is None:
        return f"removed; perhaps renamed to `{escaped(change.perhaps)}`" if change.perhaps else "removed"
    return ""


def moved(change: FeatureChange) -> str:
    """Return the file of a feature, or both where it moved; escaped."""
    files = [escaped(side.feature.file) for side in (change.before, change.after) if side is not None]
    return " → ".join(dict.fromkeys(files))


def rows_of(change: FeatureChange) -> Iterator[DiffRow]:
    """Yield what is told of a feature: its verdict, needs and cost, before and after where they changed, and findings."""
    if _standing(change):
        yield DiffRow("feature", _standing(change))
    yield _moved_row("verdict", change, lambda state: state.verdict, change.verdict_cause)
    for need in change.needs:
        yield DiffRow("needs", f"{'+' if need.added else '−'} {escaped(need.need)}", need.cause)
    if not change.needs:
        yield _moved_row("needs", change, lambda state: ", ".join(map(escaped, state.needs)) or "none", "")
    cost_cause = change.cost_cause
    if len(change.cost_parts) > 1:
        cost_cause = ", ".join(f"{cause} {_signed(usd)} USD" for cause, usd in change.cost_parts)
    yield _moved_row("build", change, lambda state: _built(state), change.answer_cause)
    if change.turned_by:
        yield DiffRow("turned by", f"{rules(change.turned_by)} removes what was recommended", change.answer_cause)
    yield from (DiffRow("ways", _ways_words(ways.moved), ways.cause) for ways in change.ways[:_MOST_RULES])
    if len(change.ways) > _MOST_RULES:
        yield DiffRow("ways", f"{quantity(len(change.ways) - _MOST_RULES, 'rule')} more")
    yield _moved_row("cost a month", change, lambda state: _usd(state.cost), cost_cause)
    parts = (("new", change.new), ("worse", change.worse), ("waived", change.waived), ("changed", change.moved))
    for label, findings in parts:
        yield from (DiffRow(label, _finding(changed), changed.cause, changed.finding.severity) for changed in findings)
    if change.after is None:
        # NOTE: nothing of a feature that is gone was fixed.
        findings_gone = quantity(len(change.fixed) + change.unchanged, "finding")
        yield DiffRow("gone", f"{findings_gone} of the base, with the feature")
        return
    yield from (DiffRow("fixed", _fixed(fixed.known), fixed.cause) for fixed in change.fixed)
    if change.unchanged:
        yield DiffRow("unchanged", quantity(change.unchanged, "finding"))


def _moved_row(label: str, change: FeatureChange, words: Callable[[FeatureState], str], cause: str) -> DiffRow:
    """Return a row with the words on a feature, on both sides where something is the cause of a difference."""
    sides = [words(state) for state in (change.before, change.after) if state is not None]
    return DiffRow(label, " → ".join(sides) if cause else sides[-1], cause)


def _built(state: FeatureState) -> str:
    way = state.answer.way
    if way is None:
        return "nothing is recommended"
    return f"{answer_sentence(way)} ({offering_words(way)})"


def _ways_words(moved: RuleMoved) -> str:
    more = moved.after - moved.before
    return (
        f"{escaped(moved.rule)} removes {grouped(moved.after)}, {grouped(abs(more))} {'more' if more > 0 else 'fewer'}"
    )


def _usd(cost: MonthlyCost | None) -> str:
    if cost is None:
        return "unknown"
    low, high = _amount(cost.low_usd), _amount(cost.high_usd)
    words = f"{low} USD" if low == high else f"{low} to {high} USD"
    rest = "" if cost.complete else ", other options of the plan unknown"
    return f"{words} ({'plan' if cost.of == 'plan' else 'as recommended'}{rest})"


def _finding(changed: ChangedFinding) -> str:
    finding = changed.finding
    place = escaped(".".join(map(str, finding.place.path)))
    was = ""
    if changed.before is not None:
        severity, outcome = changed.before
        was = f", was {'undetermined ' if outcome is Outcome.UNDETERMINED else ''}{severity.value}"
    words = message_of(finding) + waived_until(finding)
    return f"{finding.severity.value}[{escaped(finding.rule_id)}] at {place}: {words}{was}"


def _fixed(known: KnownFinding) -> str:
    place = f" at {escaped(known.identity.path)}" if known.identity.path else ""
    return f"{known.severity.value}[{escaped(known.identity.rule)}]{place}"


def _amount(usd: float) -> str:
    return grouped(usd) if abs(usd) >= 100 else f"{usd:.4g}"


def _signed(usd: float) -> str:
    return f"{'+' if usd >= 0 else '−'}{_amount(abs(usd))}"
