"""What a forecast says of waivers and of rules over all features: their days, their causes, and that `check` agrees."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from forecast_worlds import ROOT, START, report_on, told

from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.scope import RunScope
from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import find_manifests
from aipolicy.findings.finding import Severity
from aipolicy.forecast.forecast import Forecast, forecast
from aipolicy.forecast.growth import projected
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import Manifests, read_manifests
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.run.evaluated_file import evaluate_manifests
from aipolicy.run.evaluated_run import Report, report_of
from aipolicy.run.policy import load_policy

HARBOR = ROOT / "examples" / "organization"
EVERYTHING = RunScope(partial="", covers=True)
DAYS = tuple(date.fromisoformat(day) for day in ("2027-01-01", "2027-01-31", "2027-02-01", "2027-03-01", "2027-06-15"))


@pytest.fixture(scope="module")
def settings() -> PolicySettings:
    _, found = read_settings(PolicyOptions(str(HARBOR / "aipolicy.toml"), (), START.isoformat(), (), ()))
    return found


@pytest.fixture(scope="module")
def files() -> tuple[ManifestFile, ...]:
    return find_manifests((str(HARBOR),), stdin=lambda: b"")


@pytest.fixture(scope="module")
def found(settings: PolicySettings, files: tuple[ManifestFile, ...]) -> Forecast:
    policy_files = read_policy_files(settings)
    return forecast(files, settings, policy_files, months=12, fail_on=Severity.ERROR, scope=EVERYTHING)


def checked(settings: PolicySettings, files: tuple[ManifestFile, ...], day: date, found: Forecast) -> Report:
    policy = load_policy(settings._replace(as_of=day))
    read = read_manifests(files, extensions=policy.evaluator.known.extensions_schema)
    features = tuple(projected(feature, day, found.horizon) for feature in read.features)
    manifests = Manifests(features, read.findings, read.skipped)
    return report_of([evaluate_manifests(manifests, len(files), policy)], policy, EVERYTHING)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_with_waivers_and_rules_over_all_features_a_forecast_says_what_check_says(
    day: date, settings: PolicySettings, files: tuple[ManifestFile, ...], found: Forecast
) -> None:
    assert told(report_on(found, day).findings) == told(checked(settings, files, day, found).findings)


@pytest.mark.parametrize(
    ("day", "feature", "rule", "kind"),
    [
        ("2027-01-01", "letter-drafting", "WAIVER-008", "new"),
        ("2027-02-01", "letter-drafting", "HARBOR-002", "starts-failing"),
        ("2027-02-01", "letter-drafting", "WAIVER-003", "starts-failing"),
        ("2027-03-01", "claims-routing", "RES-001", "starts-failing"),
    ],
)
def test_the_end_of_a_waiver_is_the_cause_of_what_it_brings(
    day: str, feature: str, rule: str, kind: str, found: Forecast
) -> None:
    changes = [c for c in found.changes if (str(c.day), c.feature, c.finding.rule_id) == (day, feature, rule)]
    assert [change.kind.value for change in changes] == [kind]
    assert {event.cause.value for event in changes[0].causes} == {"waiver"}


PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: 1.0.0}
rules:
  - {id: ONE-001, name: one, title: t, kind: duty, severity: note, require: [volume.requests_per_day >= 0.0], message: m}
portfolio_rules:
  - id: ALL-001
    name: too-many-together
    title: t
    severity: error
    effective: {from: 2027-03-01}
    measures: {requests: sum(volume.requests_per_day)}
    require: [total.requests <= 300.0]
    message: "`{total.requests}` together"
"""


@pytest.mark.parametrize(("growth", "began"), [("1.0", None), ("2.0", "2027-07-01"), ("8.0", "2027-03-01")])
def test_growth_crosses_a_limit_over_all_features_no_earlier_than_its_rule_is_in_force(
    growth: str, began: str | None, tmp_path: Path
) -> None:
    (tmp_path / "p.yaml").write_text(PACK)
    settings = PolicySettings(as_of=START, packs=(str(tmp_path / "p.yaml"),))
    head = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
    files = tuple(
        ManifestFile(
            f"{name}.aifeature.yaml",
            f"{head}metadata: {{name: {name}, lifecycle: prototype}}\n"
            f"volume: {{requests_per_day: 100, growth_12_months: {growth}}}\n".encode(),
            named=False,
        )
        for name in ("a", "b")
    )
    policy_files = read_policy_files(settings)
    found = forecast(files, settings, policy_files, months=12, fail_on=Severity.ERROR, scope=EVERYTHING)
    starts = [str(c.day) for c in found.changes if c.finding.rule_id == "ALL-001" and c.kind.value == "starts-failing"]
    assert starts[:1] == ([began] if began is not None else [])
