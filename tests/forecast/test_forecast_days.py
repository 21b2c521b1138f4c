"""What a forecast says for a day is what `check --as-of` says on it, for days on which something happens and for others."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from forecast_worlds import ROOT, START, forecast_of, manifest, report_on, rows, rule, told

from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import find_manifests
from aipolicy.findings.finding import Finding
from aipolicy.forecast.candidates import merged
from aipolicy.forecast.forecast import Forecast
from aipolicy.forecast.growth import projected
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.run.evaluated_file import evaluate_manifests
from aipolicy.run.policy import load_policy
from aipolicy.value import replace

EXAMPLE = ROOT / "examples" / "forecast"
SETTINGS = PolicySettings(as_of=START, packs=("build-or-buy", "cost-control", str(EXAMPLE / "pack.yaml")))
RANDOM = Random(5)
DAYS = sorted(START + timedelta(days=RANDOM.randrange(1, 366)) for _ in range(5))
TURNS = [date(2026, 12, 1), date(2027, 2, 20), date(2027, 4, 14), date(2027, 11, 21)]
"""A price of the catalog takes effect; prices are old; models retire; the last day."""


@pytest.fixture(scope="module")
def files() -> tuple[ManifestFile, ...]:
    folders = tuple(str(ROOT / "examples" / name) for name in ("forecast", "quickstart", "decisions"))
    return find_manifests(folders, stdin=lambda: b"")


@pytest.fixture(scope="module")
def found(files: tuple[ManifestFile, ...]) -> Forecast:
    return forecast_of(SETTINGS, *files)


def checked(files: tuple[ManifestFile, ...], day: date, found: Forecast) -> tuple[Finding, ...]:
    """Return what `check` finds on a day when the manifests declare the volume that growth has led to."""
    policy = load_policy(SETTINGS._replace(as_of=day))
    manifests = read_manifests(files)
    features = tuple(projected(feature, day, found.horizon) for feature in manifests.features)
    return evaluate_manifests(replace(manifests, features=features), len(files), policy).findings


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_between_its_days_a_forecast_says_what_check_says(
    day: date, files: tuple[ManifestFile, ...], found: Forecast
) -> None:
    assert told(report_on(found, day).findings) == told(checked(files, day, found))


@pytest.mark.parametrize("day", TURNS, ids=str)
def test_on_its_days_a_forecast_says_what_check_says_word_by_word(
    day: date, files: tuple[ManifestFile, ...], found: Forecast
) -> None:
    there, here = report_on(found, day).findings, checked(files, day, found)
    assert day in [moment.day for moment in found.moments]
    assert [(f.rule_id, f.message, f.place) for f in there] == [(f.rule_id, f.message, f.place) for f in here]


def test_a_feature_that_declares_no_growth_is_judged_as_it_stands(
    files: tuple[ManifestFile, ...], found: Forecast
) -> None:
    for feature in read_manifests(files).features:
        grows = "volume.growth_12_months" in feature.declared
        assert (projected(feature, date(2027, 5, 5), found.horizon) is feature) is not grows


@pytest.mark.parametrize(
    ("sequences", "expected"), [(["abc", "ac"], "abc"), (["ac", "abc", "bcd"], "abcd"), (["ab", "ba"], None)]
)
def test_options_of_several_days_are_merged_only_into_an_order_that_is_right_for_each(
    sequences: list[str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aipolicy.forecast.candidates._keys", list)
    result = merged(sequences)  # type: ignore[arg-type]
    assert (None if result is None else "".join(map(str, result))) == expected


def test_the_days_of_a_table_are_days_of_the_forecast(tmp_path: Path) -> None:
    head = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: 1.0.0}\nparameters:\n"
    until = "  - {name: until, type: map, values: date, default: {x: 2027-03-01}, description: d, source: s}\nrules:\n"
    pack = tmp_path / "p.yaml"
    pack.write_text(head + until + rule("P-001", "run.day <= params.until.x"), encoding="utf-8")
    found = forecast_of(PolicySettings(as_of=START, packs=(str(pack),)), manifest("f"))
    assert {date(2027, 3, 1), date(2027, 3, 2)} <= {moment.day for moment in found.moments}
    assert [row[:4] for row in rows(found)] == [("2027-03-02", "f", "starts-failing", "P-001")]
