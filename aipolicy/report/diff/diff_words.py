"""The words that every format of a diff shares; what comes from manifests and packs is escaped here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aipolicy import __version__
from aipolicy.changes.diff import ChangedFinding, Diff, FeatureChange, FixedFinding
from aipolicy.changes.state import FeatureState, MonthlyCost
from aipolicy.findings.finding import Outcome
from aipolicy.report.formats.concise import message_of, waived_until
from aipolicy.source.text import escaped, grouped, quantity, shown

UNKNOWN = "unknown"


def title_of(diff: Diff) -> str:
    """Return what is compared, on which days."""
    before, now = diff.before.settings.as_of.isoformat(), diff.now.settings.as_of.isoformat()
    days = f"as of {now}" if before == now else f"the base as of {before}, now as of {now}"
    return f"changes since the merge base {diff.commit[:12]} of `{shown(diff.revision)}`, {days}"


def counts_of(diff: Diff) -> str:
    """Return how many features changed, and how many findings."""
    both = [each for each in diff.features if each.before is not None and each.after is not None]
    added = sum(each.before is None for each in diff.features)
    removed = sum(each.after is None for each in diff.features)
    changed = sum(each.changed for each in both)
    new, worse = (sum(len(getattr(f, name)) for f in diff.features) for name in ("new", "worse"))
    fixed = sum(len(each.fixed) for each in both)
    unchanged = sum(f.unchanged for f in diff.features)
    waived = sum(len(f.waived) for f in diff.features)
    other = sum(len(f.moved) for f in diff.features)
    held = f"{waived} newly waived or for longer, " if waived else ""
    held += f"{other} changed, " if other else ""
    return (
        f"{quantity(changed, 'feature')} changed, {added} added, {removed} removed, {len(both) - changed} as before; "
        f"findings: {new} new, {worse} worse, {held}{fixed} fixed, {unchanged} unchanged"
    )


def gone_words(change: FeatureChange) -> str:
    """Return what went with a feature that is gone: nothing of it was fixed."""
    return f"{quantity(len(change.fixed) + change.unchanged, 'finding')} of the base, with the feature"


def footer() -> str:
    """Return what both sides have in common."""
    return (
        f"both sides are evaluated by aipolicy {__version__} with its shipped packs and catalog; causes are found by "
        "exchanging manifest, policy, catalog and date in this order"
    )


def standing_of(change: FeatureChange) -> str:
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


def verdict_words(change: FeatureChange) -> str:
    """Return the verdict, or both where it changed, with the cause."""
    return _both(change, lambda state: state.verdict, change.verdict_cause)


def cost_words(change: FeatureChange) -> str:
    """Return the monthly cost, or both where it changed, with the cause and what each cause adds."""
    cause = change.cost_cause
    if len(change.cost_parts) > 1:
        cause = ", ".join(f"{each} {_signed(usd)} USD" for each, usd in change.cost_parts)
    return _both(change, lambda state: usd_words(state.cost), cause)


def usd_words(cost: MonthlyCost | None) -> str:
    """Return a monthly cost in USD for people."""
    if cost is None:
        return UNKNOWN
    low, high = _amount(cost.low_usd), _amount(cost.high_usd)
    words = f"{low} USD" if low == high else f"{low} to {high} USD"
    rest = "" if cost.complete else ", other options of the plan unknown"
    return f"{words} ({'plan' if cost.of == 'plan' else 'as recommended'}{rest})"


def need_words(change: FeatureChange) -> Iterator[str]:
    """Yield the needs that came and went, each with its cause."""
    for need in change.needs:
        yield f"{'+' if need.added else '−'} {escaped(need.need)} [{need.cause}]"


def needs_of(state: FeatureState) -> str:
    """Return the needs of a feature."""
    return ", ".join(map(escaped, state.needs)) or "none"


def finding_words(changed: ChangedFinding) -> str:
    """Return a new or worse finding in one line, with its cause."""
    finding = changed.finding
    place = escaped(".".join(map(str, finding.place.path)))
    was = ""
    if changed.before is not None:
        severity, outcome = changed.before
        was = f", was {'undetermined ' if outcome is Outcome.UNDETERMINED else ''}{severity.value}"
    words = message_of(finding) + waived_until(finding)
    return f"{finding.severity.value}[{escaped(finding.rule_id)}] at {place}: {words}{was} [{changed.cause}]"


def fixed_words(fixed: FixedFinding) -> str:
    """Return a fixed finding in one line, with its cause."""
    identity = fixed.known.identity
    place = f" at {escaped(identity.path)}" if identity.path else ""
    return f"{fixed.known.severity.value}[{escaped(identity.rule)}]{place} [{fixed.cause}]"


def _both(change: FeatureChange, words: Callable[[FeatureState], str], cause: str) -> str:
    before = words(change.before) if change.before is not None else ""
    after = words(change.after) if change.after is not None else ""
    if not cause:
        return after or before
    return f"{before} → {after} [{cause}]"


def _amount(usd: float) -> str:
    return grouped(usd) if abs(usd) >= 100 else f"{usd:.4g}"


def _signed(usd: float) -> str:
    return f"{'+' if usd >= 0 else '−'}{_amount(abs(usd))}"
