"""What a forecast finds: days, causes, what stays green, what is not known, and its exit code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from forecast_worlds import ROOT, START, forecast_of, manifest, rows, rule, settings_of

from aipolicy.findings.finding import Severity
from aipolicy.forecast.events import Horizon, months_later
from aipolicy.forecast.growth import growth_of, projected
from aipolicy.manifest.read import read_manifests

PLAN_003 = "plan: {adaptation: prompting}\n"
OPENAI = (
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-5.1-2025-11-13, fallback: none, "
    "routing: single}\n"
)
DPIA = "evidence.dpia"


def evidence(expires: str, **more: str) -> str:
    fields = {"owner": "o", "date": "2026-01-01", "expires": expires, "link": "l", **more}
    return f"evidence: {{dpia: {{{', '.join(f'{key}: {value}' for key, value in fields.items() if value)}}}}}\n"


def test_the_day_after_its_last_evidence_no_longer_holds(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("2027-01-14")))
    assert rows(found) == [("2027-01-15", "f", "starts-failing", "DOC-001", "evidence")]
    assert (found.exit_code(), found.green) == (1, ())
    assert found.changes[0].causes[0].text == "`evidence.dpia` expires on 2027-01-14"


def test_evidence_of_a_later_date_ends_a_failure(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("", date="2027-02-01")))
    assert rows(found) == [("2027-02-01", "f", "stops-failing", "DOC-001", "evidence")]
    assert (found.exit_code(), len(found.red_today)) == (0, 1)


def test_a_document_that_comes_to_the_age_that_a_rule_lets_it_have_is_foreseen(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", f"{DPIA}.age_days <= 365.0"))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("")))
    assert rows(found) == [("2027-01-02", "f", "starts-failing", "DOC-001", "evidence")]
    assert found.changes[0].causes[0].text == "`evidence.dpia` is 366 days old"


def test_a_document_that_has_fewer_days_left_than_a_rule_asks_for_is_foreseen(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", f"{DPIA}.expires_in_days >= 30.0"))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("2027-03-31")))
    assert rows(found) == [("2027-03-02", "f", "starts-failing", "DOC-001", "evidence")]
    assert found.changes[0].causes[0].text == "`evidence.dpia` is 29 days before its last day"


def test_every_stage_of_a_rule_is_a_day_of_its_own(tmp_path: Path) -> None:
    stages = "{announced: 2026-12-01, warning: 2027-01-01, from: 2027-02-01, until: 2027-03-01}"
    settings = settings_of(tmp_path / "p.yaml", rule("LAW-001", DPIA, effective=stages))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("2026-02-01")))
    assert rows(found) == [
        ("2026-12-01", "f", "new", "LAW-001", "rule"),
        ("2027-01-01", "f", "worse", "LAW-001", "rule"),
        ("2027-02-01", "f", "starts-failing", "LAW-001", "rule"),
        ("2027-03-02", "f", "stops-failing", "LAW-001", "rule"),
    ]
    assert [str(event.day) for event in found.turns] == ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-02"]


def test_where_two_things_happen_on_a_day_each_change_has_its_own_cause(tmp_path: Path) -> None:
    rules = (rule("LAW-001", "oversight.appeal", effective="{from: 2027-01-15}"), rule("DOC-001", DPIA))
    settings = settings_of(tmp_path / "p.yaml", *rules)
    body = PLAN_003 + "oversight: {appeal: false}\n" + evidence("2027-01-14")
    assert rows(forecast_of(settings, manifest("f", body))) == [
        ("2027-01-15", "f", "starts-failing", "DOC-001", "evidence"),
        ("2027-01-15", "f", "starts-failing", "LAW-001", "rule"),
    ]


def test_a_rule_that_comes_into_force_as_its_evidence_goes_is_caused_by_what_makes_it_appear(tmp_path: Path) -> None:
    dated = rule("DOC-001", DPIA, effective="{announced: 2027-01-15}")
    settings = settings_of(tmp_path / "p.yaml", dated)
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("2027-01-14")))
    assert rows(found) == [("2027-01-15", "f", "new", "DOC-001", "evidence")]


def test_growth_crosses_a_limit_at_the_start_of_a_month(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("LIM-001", "volume.requests_per_day <= 1500.0"))
    files = [
        manifest("factor", PLAN_003 + "volume: {requests_per_day: 1000, growth_12_months: 2}\n"),
        manifest("later", PLAN_003 + "volume: {requests_per_day: 1000, requests_per_day_in_12_months: 2000}\n"),
        manifest(
            "range", PLAN_003 + "volume: {requests_per_day: 1000, growth_12_months: {low: 1, likely: 2, high: 9}}\n"
        ),
        manifest("steady", PLAN_003 + "volume: {requests_per_day: 1000, growth_12_months: 1}\n"),
        manifest("silent", PLAN_003 + "volume: {requests_per_day: 1000}\n"),
        manifest("shrinks", PLAN_003 + "volume: {requests_per_day: 3000, growth_12_months: 0.25}\n"),
    ]
    found = forecast_of(settings, *files)
    assert rows(found) == [
        ("2027-06-01", "shrinks", "stops-failing", "LIM-001", "growth"),
        ("2027-07-01", "factor", "starts-failing", "LIM-001", "growth"),
        ("2027-07-01", "later", "starts-failing", "LIM-001", "growth"),
        ("2027-07-01", "range", "starts-failing", "LIM-001", "growth"),
    ]
    assert {u.id: u.subjects for u in found.unknowns}["growth"] == ("silent",)


def test_growth_that_reaches_its_limit_only_at_the_end_of_the_year_is_found(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("LIM-001", "volume.requests_per_day < 2000.0"))
    found = forecast_of(settings, manifest("f", PLAN_003 + "volume: {requests_per_day: 1000, growth_12_months: 2}\n"))
    assert rows(found) == [("2027-11-21", "f", "starts-failing", "LIM-001", "growth")]


def test_beyond_twelve_months_volume_stays_and_the_forecast_says_so(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("LIM-001", "volume.requests_per_day < 2001.0"))
    files = (manifest("f", PLAN_003 + "volume: {requests_per_day: 1000, growth_12_months: 2}\n"),)
    found = forecast_of(settings, *files, months=30)
    assert rows(found) == []
    assert {u.id: u.subjects for u in found.unknowns}["later-growth"] == ("f",)


@pytest.mark.parametrize(
    ("volume", "known"),
    [
        ("{requests_per_day: 10, growth_12_months: 2}", True),
        ("{growth_12_months: 2}", False),
        ("{requests_per_day_in_12_months: 20}", False),
        ("{requests_per_day: 10, requests_per_day_in_12_months: 0}", False),
        ("{requests_per_day: 10}", False),
    ],
)
def test_growth_is_known_only_where_both_ends_are_declared(volume: str, known: bool) -> None:
    (feature,) = read_manifests([manifest("f", f"volume: {volume}\n")]).features
    assert (growth_of(feature) is not None) is known


def test_projected_volume_is_between_the_two_declared_points() -> None:
    body = "volume: {requests_per_day: {low: 500, likely: 1000, high: 4000}, requests_per_day_in_12_months: 2000}\n"
    (feature,) = read_manifests([manifest("f", body)]).features
    horizon = Horizon(START, months_later(START, 12))
    assert projected(feature, date(2026, 11, 30), horizon) is feature
    later = projected(feature, horizon.end, horizon).declared["volume.requests_per_day"]
    assert later == {"low": 1000.0, "likely": 2000.0, "high": 8000.0}
    halfway = projected(feature, date(2027, 5, 31), horizon).declared["volume.requests_per_day"]
    share = (date(2027, 5, 1) - START).days / 365
    assert isinstance(halfway, dict)
    assert halfway["likely"] == pytest.approx(1000 * 2**share)


def test_a_model_fails_on_the_day_it_retires_and_a_price_on_the_day_after_its_limit(tmp_path: Path) -> None:
    rules = (
        rule("END-001", "option.days_until_retirement > 0.0", kind="constraint", scope="plan"),
        rule("END-002", "option.days_until_retirement >= 30.0", kind="constraint", severity="warning"),
        rule("OLD-001", "option.price_age_days <= 90.0", kind="constraint", scope="plan"),
    )
    settings = settings_of(tmp_path / "p.yaml", *rules)
    found = forecast_of(settings, manifest("f", OPENAI))
    assert rows(found) == [
        ("2027-02-20", "f", "starts-failing", "OLD-001", "price"),
        ("2027-03-03", "f", "new", "END-002", "model"),
        ("2027-04-01", "f", "starts-failing", "END-001", "model"),
    ]
    assert all("gpt-5.1-2025-11-13" in event.text for change in found.changes for event in change.causes)


def test_an_age_in_a_formula_is_looked_for_every_week_and_said_to_be(tmp_path: Path) -> None:
    old = "option.price_age_days * 2.0 <= 100.0 || option.leaves_organization == false"
    settings = settings_of(tmp_path / "p.yaml", rule("OLD-001", old, kind="constraint", scope="plan"))
    found = forecast_of(settings, manifest("f", OPENAI), months=3)
    assert [(row[2], row[3]) for row in rows(found)] == [("starts-failing", "OLD-001")]
    assert date(2027, 1, 11) <= found.changes[0].day <= date(2027, 1, 17)
    assert {u.id: u.subjects for u in found.unknowns}["formula"] == ("OLD-001",)


def test_what_weighs_too_little_to_fail_is_told_and_is_no_failure(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA, severity="warning"))
    files = (manifest("f", PLAN_003 + evidence("2027-01-14")),)
    found = forecast_of(settings, *files)
    assert [row[2] for row in rows(found)] == ["new"]
    assert (found.exit_code(), found.green) == (0, ("f",))
    assert forecast_of(settings, *files, fail_on=Severity.WARNING).exit_code() == 1


def test_nothing_judged_is_not_a_forecast(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA))
    assert forecast_of(settings).exit_code() == 3


def test_a_rule_that_is_announced_after_the_horizon_judges_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA, effective="{announced: 2030-01-01}"))
    found = forecast_of(settings, manifest("f"))
    assert found.exit_code() == 3
    assert {u.id: u.subjects for u in found.unknowns}["stage"] == ("DOC-001",)


def test_a_manifest_that_cannot_be_read_is_not_taken_for_green(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA))
    broken = manifest("f")._replace(data=b"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, ownr: x}\n")
    found = forecast_of(settings, broken, manifest("g", PLAN_003 + evidence("2030-01-01")))
    assert (found.exit_code(), len(found.broken)) == (1, 1)


def test_evidence_without_a_last_day_is_said_to_be_taken_for_lasting(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "p.yaml", rule("DOC-001", DPIA))
    found = forecast_of(settings, manifest("f", PLAN_003 + evidence("")))
    assert {u.id: u.subjects for u in found.unknowns}["evidence"] == ("f",)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-11-21", 12, "2027-11-21"), ("2026-08-31", 6, "2027-02-28"), ("2027-12-01", 1, "2028-01-01"),
     ("2028-02-29", 12, "2029-02-28")],
)  # fmt: skip
def test_months_end_on_the_last_day_where_they_are_too_short(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_the_example_is_found_in_any_order_of_files() -> None:
    from aipolicy.config.settings import PolicySettings
    from aipolicy.discovery.find import find_manifests

    files = find_manifests((str(ROOT / "examples" / "forecast"),), stdin=lambda: b"")
    settings = PolicySettings(as_of=START, packs=(str(ROOT / "examples" / "forecast" / "pack.yaml"),))
    assert rows(forecast_of(settings, *files)) == rows(forecast_of(settings, *reversed(files)))
