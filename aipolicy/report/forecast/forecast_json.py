"""A forecast in, versioned JSON out (`schemas/forecast.v1.json`)."""

from __future__ import annotations

from aipolicy import __version__
from aipolicy.findings.finding import Finding
from aipolicy.forecast.change import ForecastChange
from aipolicy.forecast.events import Event
from aipolicy.forecast.forecast import Forecast
from aipolicy.report.formats.json_report import finding_object
from aipolicy.report.formats.json_text import JsonObject, json_text
from aipolicy.source.text import escaped

FORECAST_SCHEMA = "aipolicy/forecast/v1"


def render_forecast_json(forecast: Forecast) -> str:
    """Return a forecast as strict JSON, ending with a newline."""
    first = forecast.first_failure
    return json_text(
        {
            "schema": FORECAST_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": forecast.horizon.start.isoformat(),
            "until": forecast.horizon.end.isoformat(),
            "policy": {
                "packs": [
                    {"name": escaped(p.name), "version": escaped(p.version), "rules": len(p.rules)}
                    for p in forecast.policy.packs
                ],
                "digest": forecast.policy.digest,
            },
            "summary": {
                "features": len(forecast.features),
                "red_today": len(forecast.red_today),
                "first_failure": first.day.isoformat() if first is not None else None,
                "green": [escaped(name) for name in forecast.green],
                "fail_on": forecast.fail_on.value,
                "exit_code": forecast.exit_code(),
            },
            "failing_today": [finding_object(finding) for finding in forecast.red_today],
            "changes": [_change(change) for change in forecast.changes],
            "rules": [_event(event) for event in forecast.turns],
            "not_forecast": [finding_object(finding) for finding in forecast.broken],
            "skipped": [escaped(skip.path) for skip in forecast.moments[0].report.skipped],
            "unknown": [
                {"id": unknown.id, "text": unknown.text, "subjects": list(map(escaped, unknown.subjects))}
                for unknown in forecast.unknowns
            ],
        }
    )


def _change(change: ForecastChange) -> JsonObject:
    return {
        "day": change.day.isoformat(),
        "kind": change.kind.value,
        "feature": escaped(change.feature),
        "rule": escaped(change.finding.rule_id),
        "before": _weight(change.delta.before),
        "after": _weight(change.delta.after),
        "causes": [_event(event) for event in change.causes],
        "finding": finding_object(change.finding),
    }


def _weight(finding: Finding | None) -> JsonObject | None:
    return None if finding is None else {"severity": finding.severity.value, "outcome": finding.outcome.value}


def _event(event: Event) -> JsonObject:
    return {
        "day": event.day.isoformat(),
        "cause": event.cause.value,
        "text": escaped(event.text),
        "feature": escaped(event.feature) or None,
        "rule": escaped(event.rule) or None,
        "fact": escaped(event.fact) or None,
    }
