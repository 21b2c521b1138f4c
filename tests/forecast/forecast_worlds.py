"""Forecasts of small worlds: a pack and manifests as text, and the shipped catalog."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from aipolicy.config.settings import PolicySettings
from aipolicy.findings.finding import Finding, Severity
from aipolicy.forecast.forecast import Forecast, forecast
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.run.evaluated_run import Report

ROOT = Path(__file__).resolve().parents[2]
START = date(2026, 11, 21)

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: 1.0.0}\nrules:\n"
MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\n"


def rule(rule_id: str, require: str, **fields: str) -> str:
    """Return a rule of a pack as text: an error duty unless fields say otherwise."""
    given = {"name": rule_id.lower(), "title": "t", "kind": "duty", "severity": "error", "message": "m", **fields}
    return (
        f"  - {{id: {rule_id}, require: [{require!r}]{''.join(f', {key}: {value}' for key, value in given.items())}}}\n"
    )


def settings_of(pack: Path, *rules: str, start: date = START) -> PolicySettings:
    """Return settings that name a pack written to a file."""
    pack.write_text(HEAD + "".join(rules), encoding="utf-8")
    return PolicySettings(as_of=start, packs=(str(pack),))


def manifest(name: str, body: str = "") -> ManifestFile:
    """Return a manifest of a feature in production."""
    text = f"{MANIFEST}metadata: {{name: {name}, lifecycle: production}}\n{body}"
    return ManifestFile(f"{name}.aifeature.yaml", text.encode(), named=True)


def forecast_of(settings: PolicySettings, *files: ManifestFile, months: int = 12,
                fail_on: Severity = Severity.ERROR) -> Forecast:  # fmt: skip
    """Return a forecast, nothing kept."""
    return forecast(files, settings, read_policy_files(settings), months=months, fail_on=fail_on)


def report_on(found: Forecast, day: date) -> Report:
    """Return what a forecast holds to be so on a day of its horizon: what the last of its days before it began."""
    return next(moment.report for moment in reversed(found.moments) if moment.day <= day)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, ...]]:
    """Return what findings say, numbers in messages left out: on a day on which nothing happens only ages differ."""
    return sorted((f.feature, f.rule_id, f.severity, f.outcome, ".".join(map(str, f.place.path))) for f in findings)


def rows(found: Forecast) -> list[tuple[str, ...]]:
    """Return changes as day, feature, kind, rule and causes."""
    return [
        (str(c.day), c.feature, c.kind.value, c.finding.rule_id, *sorted({e.cause.value for e in c.causes}))
        for c in found.changes
    ]
