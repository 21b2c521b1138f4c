"""A diff in, versioned JSON out (`schemas/diff.v1.json`)."""

from __future__ import annotations

from aipolicy import __version__
from aipolicy.changes.diff import ChangedFinding, Diff, FeatureChange
from aipolicy.changes.state import FeatureState, MonthlyCost
from aipolicy.report.answer_json import way_fields
from aipolicy.report.formats.json_report import finding_object, known_object
from aipolicy.report.formats.json_text import JsonObject, json_text
from aipolicy.source.text import escaped, shown

DIFF_SCHEMA = "aipolicy/diff/v1"


def render_diff_json(diff: Diff) -> str:
    """Return a diff as strict JSON with every feature, ending with a newline."""
    return json_text(
        {
            "schema": DIFF_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "base": {
                "revision": shown(diff.revision),
                "commit": diff.commit,
                "as_of": diff.before.settings.as_of.isoformat(),
            },
            "as_of": diff.after.settings.as_of.isoformat(),
            "features": [_feature(change) for change in diff.features],
            "manifests": {
                "broken": [finding_object(finding) for finding in diff.broken],
                "repaired": [known_object(known) for known in diff.repaired],
            },
        }
    )


def _feature(change: FeatureChange) -> JsonObject:
    status = "changed" if change.changed else "unchanged"
    if change.before is None:
        status = "added"
    elif change.after is None:
        status = "unreadable" if change.unreadable else "removed"
    return {
        "name": escaped(change.name),
        "status": status,
        "perhaps_renamed": escaped(change.perhaps) or None,
        "before": _state(change.before),
        "after": _state(change.after),
        "verdict_cause": change.verdict_cause or None,
        "needs": [{"need": escaped(need.need), "added": need.added, "cause": need.cause} for need in change.needs],
        "new": [_changed(finding) for finding in change.new],
        "worse": [_changed(finding) for finding in change.worse],
        "waived": [_changed(finding) for finding in change.waived],
        "changed": [_changed(finding) for finding in change.moved],
        "fixed": [{**known_object(fixed.known), "cause": fixed.cause} for fixed in change.fixed],
        "unchanged": change.unchanged,
        "answer_cause": change.answer_cause or None,
        "turned_by": list(change.turned_by),
        "ways": [
            {"rule": way.moved.rule, "before": way.moved.before, "after": way.moved.after, "cause": way.cause}
            for way in change.ways
        ],
        "cost_cause": change.cost_cause or None,
        "cost_parts": [{"cause": cause, "monthly_usd": usd} for cause, usd in change.cost_parts],
    }


def _state(state: FeatureState | None) -> JsonObject | None:
    if state is None:
        return None
    return {
        "file": escaped(state.feature.file),
        "verdict": state.verdict,
        "needs": [escaped(need) for need in state.needs],
        "cost": _cost(state.cost),
        "recommended": way_fields(state.answer.way),
        "ways_left": state.answer.left,
    }


def _cost(cost: MonthlyCost | None) -> JsonObject | None:
    if cost is None:
        return None
    return {
        "low_monthly_usd": cost.low_usd,
        "high_monthly_usd": cost.high_usd,
        "of": cost.of,
        "complete": cost.complete,
    }


def _changed(changed: ChangedFinding) -> JsonObject:
    before = changed.before
    was = None if before is None else {"severity": before[0].value, "outcome": before[1].value}
    return {**finding_object(changed.finding), "cause": changed.cause, "before": was}
