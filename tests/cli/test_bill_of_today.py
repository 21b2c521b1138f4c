"""What runs today and its bill: what it implies of requests, what contradicts it, and what changing would save."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aipolicy.config.settings import PolicySettings
from aipolicy.forecast.events import Horizon, months_later
from aipolicy.forecast.policies import Policies
from aipolicy.forecast.timeline import Timeline
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.options.estimates import Estimator
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.run.policy import load_policy
from aipolicy.source.text import grouped
from tests.support.command_line import run_here

ROOT = Path(__file__).parents[2]
HEAD = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: sums, lifecycle: prototype}
task: {type: summarization, specialization: generic, error_cost: low, stable: true}
data: {classes: [internal], residency: [any]}
latency: {p95_ms: 8000}
"""
VOLUME = "volume: {requests_per_day: 120000}"
LENGTHS = "volume: {requests_per_day: 120000, input_tokens: 4000, output_tokens: 300}"
TODAY = "current: {provider: openai, model: gpt-6-luna, monthly_usd: %s}"
DAY = ("--as-of", "2026-11-30")


def run(command: str, folder: Path, *lines: str, more: tuple[str, ...] = ()) -> str:
    path = folder / "f.aifeature.yaml"
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return on(path, command, *more)


def on(path: Path, command: str, *more: str) -> str:
    return run_here([command, path.name, *DAY, *more], path.parent, COLUMNS="240").stdout


def explained(folder: Path, *lines: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    found = json.loads(run("explain", folder, *lines, more=("--format", "json", *more)))
    assert isinstance(found, dict)
    return found


def today(folder: Path, *lines: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    found = explained(folder, *lines, more=more)["reasons"]["today"]
    assert isinstance(found, dict)
    return found


def cost(folder: Path, *lines: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    found = json.loads(run("cost", folder, *lines, more=("--all", "--format", "json", *more)))
    assert isinstance(found, dict)
    return found


def test_a_bill_implies_the_lengths_that_are_not_declared(tmp_path: Path) -> None:
    """Both are as many times what is expected, so that today's way costs what is billed."""
    found = today(tmp_path, VOLUME, TODAY % 9000)
    lengths, implied = found["computed_with"], found["implied"]
    factors = [implied[name] / lengths[name] for name in ("volume.input_tokens", "volume.output_tokens")]
    assert factors[0] == pytest.approx(factors[1], rel=0.01)
    assert factors[0] > 1
    assert found["times"] == pytest.approx(9000 / found["computed_monthly_usd"]["likely"], rel=0.01)
    declared = f"volume: {{requests_per_day: 120000, input_tokens: {implied['volume.input_tokens']}, "
    declared += f"output_tokens: {implied['volume.output_tokens']}}}"
    assert today(tmp_path, declared, TODAY % 9000)["times"] == pytest.approx(1.0, rel=0.01)


def test_a_bill_implies_only_what_is_left_out(tmp_path: Path) -> None:
    declared = "volume: {requests_per_day: 120000, input_tokens: 4000}"
    found = today(tmp_path, declared, TODAY % 9000)
    assert list(found["implied"]) == ["volume.output_tokens"]
    assert found["implied"]["volume.output_tokens"] > found["computed_with"]["volume.output_tokens"]


def test_what_a_bill_implies_stands_in_the_place_of_what_is_expected_and_says_so(tmp_path: Path) -> None:
    text = run("explain", tmp_path, VOLUME, TODAY % 9000, more=("--facts",))
    assert "as the bill of today implies, `current.monthly_usd`" in " ".join(text.split())
    page = run("cost", tmp_path, VOLUME, TODAY % 9000)
    assert "tokens in (by the bill)" in page
    assert "tokens in (assumed)" in run("cost", tmp_path, VOLUME)


def test_a_bill_settles_nothing_for_the_gate(tmp_path: Path) -> None:
    """Undeclared lengths stay undeclared: what is expected of them serves the answer alone."""
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna}"
    without, beside = (
        {each["rule"]: each["outcomes"] for each in explained(tmp_path, VOLUME, plan, *lines)["rules"]}
        for lines in ((), (TODAY % 9000,))
    )
    assert without == beside


def test_declared_lengths_that_agree_with_the_bill_are_no_finding(tmp_path: Path) -> None:
    assert "MAN-011" not in run("check", tmp_path, LENGTHS, TODAY % 2000)
    assert "what is declared comes to the 2 100 USD" in run("explain", tmp_path, LENGTHS, TODAY % 2000)


@pytest.mark.parametrize("usd", [100, 9000])
def test_a_bill_far_from_what_is_declared_is_told_with_both_numbers(tmp_path: Path, usd: int) -> None:
    text = " ".join(run("check", tmp_path, LENGTHS, TODAY % usd).split())
    assert f"warning[MAN-011]: the bill is `{grouped(usd)}` USD a month, but what is declared comes to `1 " in text
    assert "f.aifeature.yaml:8:61" in text


def test_how_far_is_too_far_stands_in_the_catalog(tmp_path: Path) -> None:
    own = """assumptions:
  - {id: bill-tolerance, value: 20, unit: factor, source: ours, checked_on: 2026-11-01, effective_from: 2026-01-01,
     verified: true}
"""
    (tmp_path / "catalog.yaml").write_text(own, encoding="utf-8")
    assert "MAN-011" in run("check", tmp_path, LENGTHS, TODAY % 9000)
    more = ("--catalog", str(tmp_path / "catalog.yaml"))
    assert "MAN-011" not in run("check", tmp_path, LENGTHS, TODAY % 9000, more=more)


def test_a_bill_for_longer_requests_than_the_model_takes_implies_nothing(tmp_path: Path) -> None:
    lines = "volume: {requests_per_day: 10}", TODAY % 200000
    assert "MAN-011" in run("check", tmp_path, *lines)
    found = today(tmp_path, *lines)
    assert found["implied"] == {}
    assert "longer than the model takes" in found["silent_because"]


def test_a_bill_below_what_is_declared_implies_nothing_of_the_rest(tmp_path: Path) -> None:
    found = today(tmp_path, "volume: {requests_per_day: 120000, input_tokens: 400000}", TODAY % 300)
    assert found["implied"] == {}
    assert "USD already" in found["silent_because"]


def test_a_bill_without_a_volume_says_nothing_of_a_request_and_that_is_told(tmp_path: Path) -> None:
    found = today(tmp_path, TODAY % 9000)
    assert found["implied"] == {}
    assert found["computed_monthly_usd"]["likely"] is None
    assert found["silent_because"] == "`volume.requests_per_day` is not declared"
    text = " ".join(run("explain", tmp_path, TODAY % 9000).split())
    assert "says nothing of a request: `volume.requests_per_day` is not declared" in text


def test_machines_are_billed_by_the_hour_whatever_requests_take(tmp_path: Path) -> None:
    found = today(tmp_path, VOLUME, "current: {provider: aws, model: llama-3.1-8b, monthly_usd: 9000}")
    assert found["implied"] == {}
    assert "by the hour" in found["silent_because"]
    assert found["way"]["hosting"] == "own-cloud"
    assert found["saves_monthly_usd"] is not None


def test_without_a_bill_the_way_of_today_is_computed(tmp_path: Path) -> None:
    found = today(tmp_path, VOLUME, "current: {provider: openai, model: gpt-6-luna}")
    assert found["billed_monthly_usd"] is None
    assert found["times"] is None
    assert found["saves_monthly_usd"] is not None


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("current: {provider: openi, model: gpt-6-luna}", ":8:21", "unknown provider: `openi`; did you mean `openai`?"),
        ("current: {provider: openai, model: gpt-6-lunatic}", ":8:36", "unknown model: `gpt-6-lunatic`"),
        ("current: {provider: openai, model: llama-3.1-8b}", ":8:36", "the catalog has no `llama-3.1-8b` at `openai`"),
        ("current: {provider: openai, model: azure/gpt-6-luna}", ":8:36", "names the provider `azure-openai`, not `openai`"),
        ("current: {model: gpt-6-luna}", ":8:10", "missing key `provider` in `current`; say who sends the bill"),
        ("current: {provider: openai}", ":8:10", "missing key `model` in `current`; say which model answers"),
        (TODAY % 0, ":8:61", "`monthly_usd` must be more than 0, found 0"),
        (TODAY % -3, ":8:61", "`monthly_usd` must be more than 0, found -3"),
        (TODAY % ".nan", ":8:61", "not a finite number"),
        ("current: {provider: openai, model: gpt-6-luna, mothly_usd: 3}", ":8:48", "unknown key `mothly_usd`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_today_is_told_at_its_line(tmp_path: Path, line: str, place: str, message: str) -> None:
    text = " ".join(run("check", tmp_path, VOLUME, line).split())
    assert "error[MAN-0" in text
    assert message in text
    assert f"f.aifeature.yaml{place}" in text


def test_names_of_today_are_mended_in_the_same_round_as_the_shape(tmp_path: Path) -> None:
    text = run("check", tmp_path, VOLUME, "current: {provider: openi, model: gpt-6-luna, monthly_usd: 0}")
    assert "unknown provider: `openi`" in text
    assert "must be more than 0" in text


def test_today_stands_beside_what_is_recommended_with_what_changing_saves(tmp_path: Path) -> None:
    lines = VOLUME, TODAY % 9000
    found = today(tmp_path, *lines)
    saves = found["saves_monthly_usd"]
    assert 0 < saves["low"] < saves["likely"] < saves["high"]
    recommended = explained(tmp_path, *lines)["answer"]["recommended"]
    assert saves["likely"] == pytest.approx(
        found["way"]["monthly_usd"]["likely"] - recommended["monthly_usd"]["likely"], abs=1
    )
    for command in ("explain", "cost"):
        text = run(command, tmp_path, *lines)
        assert "openai, gpt-6-luna: billed 9 000 USD a month" in text
        assert "as today" in text
        assert "changing to what is recommended saves" in text
    assert cost(tmp_path, *lines)["today"] == found


def test_what_runs_today_may_be_what_is_recommended(tmp_path: Path) -> None:
    way = explained(tmp_path, VOLUME)["answer"]["recommended"]
    line = f"current: {{provider: {way['provider']}, model: {way['model']}, monthly_usd: 900}}"
    found = today(tmp_path, VOLUME, line)
    assert found["is_recommended"]
    assert found["saves_monthly_usd"] is None
    assert "its provider and model are what is recommended" in run("explain", tmp_path, VOLUME, line)


def test_stages_start_from_what_runs_today(tmp_path: Path) -> None:
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: mistral, model: mistral-small-2603}"
    assert "From mistral" in run("explain", tmp_path, VOLUME, plan, more=("--migration",))
    text = run("explain", tmp_path, VOLUME, plan, TODAY % 9000, more=("--migration",))
    assert "From openai global, gpt-6-luna to" in text
    assert "measure openai global, gpt-6-luna on it, which stays as the fallback" in text
    found = explained(tmp_path, VOLUME, plan, TODAY % 9000)
    assert found["reasons"]["migration"]["from"] == "today"


def test_what_breaks_a_rule_today_is_told_and_is_no_fallback(tmp_path: Path) -> None:
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna}"
    assert explained(tmp_path, VOLUME, plan, TODAY % 9000)["reasons"]["today"]["breaks"] == []
    run("explain", tmp_path, VOLUME, plan, TODAY % 9000)
    path = tmp_path / "f.aifeature.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[any]", "[EU]"), encoding="utf-8")
    assert "RES-001" in json.loads(on(path, "explain", "--format", "json"))["reasons"]["today"]["breaks"]
    assert "what runs today breaks RES-001" in " ".join(on(path, "explain", "--migration").split())


def test_another_volume_is_asked_about_with_the_lengths_that_the_bill_of_today_implies(tmp_path: Path) -> None:
    """A bill is that of the declared volume: ten times the requests are ten times the bill, and no shorter ones."""
    lines = VOLUME, TODAY % 9000
    now = cost(tmp_path, *lines)
    then = cost(tmp_path, *lines, more=("--set", "volume.requests_per_day=1200000"))
    assert then["today"]["implied"] == now["today"]["implied"]
    assert then["today"]["billed_monthly_usd"] == 9000
    people = now["today"]["way"]["monthly_usd"]["likely"] - 9000
    assert then["today"]["way"]["monthly_usd"]["likely"] == pytest.approx(90000 + people, rel=0.01)
    other = cost(tmp_path, *lines, more=("--set", "current.monthly_usd=4500"))
    assert other["today"]["implied"]["volume.input_tokens"] < now["today"]["implied"]["volume.input_tokens"]


def test_growth_makes_requests_no_shorter(tmp_path: Path) -> None:
    """A forecast asks about later days with the lengths that today's bill implies."""
    (tmp_path / "f.aifeature.yaml").write_text(
        HEAD + "volume: {requests_per_day: 120000, growth_12_months: 4}\n" + TODAY % 9000 + "\n", encoding="utf-8"
    )
    settings = PolicySettings(as_of=date(2026, 11, 30))
    policy = load_policy(settings)
    read = read_manifests([ManifestFile("f.yaml", (tmp_path / "f.aifeature.yaml").read_bytes(), named=True)])
    horizon = Horizon(settings.as_of, months_later(settings.as_of, 12))
    policies = Policies(settings, read_policy_files(settings), policy, horizon)
    timeline = Timeline(read, 1, policies, horizon)
    reports = [timeline.on(day) for day in (horizon.start, horizon.end)]
    facts = [report.evaluations[0].expected.facts.values for report in reports]
    assert facts[1]["volume.requests_per_day"] > facts[0]["volume.requests_per_day"]
    assert facts[1]["volume.input_tokens"] == facts[0]["volume.input_tokens"]


def test_a_route_has_its_share_of_the_bill(tmp_path: Path) -> None:
    text = """volume: {requests_per_day: 120000}
plan:
  legs:
    - {role: main, hosting: provider-api, provider: openai, region: global, model: gpt-6-luna}
    - {role: main, hosting: provider-api, provider: mistral, when: {data.classes: [health], share: 0.25}}"""
    path = tmp_path / "f.aifeature.yaml"
    head = HEAD.replace("[internal]", "[internal, health]")
    path.write_text(f"{head}{text}\n{TODAY % 9000}\n", encoding="utf-8")
    found = on(path, "explain", "--format", "json")
    decoder = json.JSONDecoder()
    first, end = decoder.raw_decode(found)
    second, _ = decoder.raw_decode(found[end:].lstrip())
    bills = [each["reasons"]["today"]["billed_monthly_usd"] for each in (first, second)]
    assert bills == [6750, 2250]
    assert first["reasons"]["today"]["implied"] == second["reasons"]["today"]["implied"]


def test_json_with_today_keeps_to_its_schemas(tmp_path: Path) -> None:
    for command, schema, more in (("explain", "explanation.v2.json", ()), ("cost", "cost.v1.json", ("--all",))):
        rules = json.loads((ROOT / "schemas" / schema).read_text(encoding="utf-8"))
        for lines in ((VOLUME, TODAY % 9000), (TODAY % 9000,), (LENGTHS, TODAY % 2000), (VOLUME,)):
            found = json.loads(run(command, tmp_path, *lines, more=("--format", "json", *more)))
            jsonschema.Draft202012Validator(rules).validate(found)


def test_a_tall_bill_of_a_stranger_is_shown_escaped(tmp_path: Path) -> None:
    text = run("check", tmp_path, VOLUME, 'current: {provider: "a\\u001b[31m", model: gpt-6-luna}')
    assert "\x1b[31m" not in text
    assert "unknown provider" in text


@pytest.mark.usefixtures("evaluated_anew")
def test_a_bill_near_what_is_declared_is_read_without_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes longer than all the rest of a check."""

    def drawn(_: Estimator) -> None:
        raise AssertionError("nothing is to be drawn")

    monkeypatch.setattr(Estimator, "drawn", property(drawn))
    assert "no findings" in run("check", tmp_path, LENGTHS, TODAY % 2100)
    assert run("check", tmp_path, LENGTHS, TODAY % 9000) == ""
