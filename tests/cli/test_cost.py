"""`aipolicy cost` as a user meets it: ranges, what-if, unknown prices, and the same bytes every time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError

DAY = ("--as-of", "2026-11-21")
PLANNED = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: planned, owner: us, lifecycle: pilot}\n"
    "task: {type: summarization, hard_case_share: 0.2}\n"
    "data: {classes: [internal], residency: [US], labelled_examples: 0}\nlatency: {p95_ms: 20000}\n"
    "volume:\n  requests_per_day: {low: 100000, likely: 300000, high: 900000}\n  input_tokens: 2000\n"
    "  output_tokens: 300\n  growth_12_months: 2\n"
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-5.5-2026-04-23, region: us,\n"
    "  fallback: none, exit_plan: false}\n"
)
UNPRICED = (
    PLANNED[: PLANNED.index("plan:")].replace("planned", "unpriced").replace("prototype", "pilot")
    + "team: {ml_engineers: 3, capacity_months: 12}\n"
    "plan: {adaptation: fine-tuning, hosting: on-premises, model: modernbert-base, fallback: none}\n"
)
"""Nobody knows what the machines of an encoder cost on premises."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "planned.aifeature.yaml").write_text(PLANNED, encoding="utf-8")
    (tmp_path / "unpriced.aifeature.yaml").write_text(UNPRICED, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=True)


def costs(*arguments: str) -> dict[str, Any]:
    result = run("cost", "planned", *arguments, "--format", "json", *DAY)
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict[str, Any] = json.loads(result.output)
    return found


def plan_of(found: dict[str, Any]) -> dict[str, Any]:
    return next(option for option in found["options"] if option["state"] == "plan")


@pytest.mark.usefixtures("folder")
def test_the_plan_is_the_baseline_and_its_tokens_times_price_are_its_cost() -> None:
    found = costs()
    plan = plan_of(found)
    price = next(p for p in found["prices"] if p["SkuId"] == "gpt-5.5-2026-04-23")
    request = (2000 * price["x_InputListUnitPrice"] + 300 * price["x_OutputListUnitPrice"]) / 1e6
    constants = {constant["id"]: constant["value"] for constant in found["constants"]}
    traffic = 1 + constants["retry-share"] + constants["evaluation-traffic-share"]
    assert plan["running_usd"] == pytest.approx(300_000 * 30.4 * request * traffic, rel=1e-5)
    assert plan["people_usd"] == pytest.approx(
        sum(each["engineers"] for each in plan["people"]) * 200_000 / 12, rel=1e-5
    )
    assert plan["monthly_usd"]["likely"] == pytest.approx(plan["running_usd"] + plan["people_usd"], rel=1e-5)
    assert found["baseline"] == plan["id"]


@pytest.mark.usefixtures("folder")
def test_a_declared_range_shows_in_the_percentiles() -> None:
    quantiles = plan_of(costs())["monthly_usd"]
    narrow = plan_of(costs("--set", "volume.requests_per_day=300000"))["monthly_usd"]
    assert quantiles["p10"] < narrow["p10"] < narrow["p50"] < narrow["p90"] < quantiles["p90"]
    assert quantiles["likely"] == narrow["likely"]


@pytest.mark.usefixtures("folder")
def test_what_if_changes_the_run_and_not_the_manifest(folder: Path) -> None:
    before = (folder / "planned.aifeature.yaml").read_bytes()
    doubled = plan_of(costs("--set", "volume.output_tokens=600"))["monthly_usd"]["likely"]
    assert doubled > plan_of(costs())["monthly_usd"]["likely"]
    assert (folder / "planned.aifeature.yaml").read_bytes() == before


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("volume.requests_per_dya=4", "unknown key `requests_per_dya`; did you mean `requests_per_day`?"),
        ("volume.requests_per_day=many", "must be a number or a range"),
        ("volume.requests_per_day=0", "must be more than 0"),
        ("volume.requests_per_day={low: 9, likely: 5, high: 1}", "must not fall"),
        ("volume.requests_per_day={low: 1, likely: 5}", "missing key `high`"),
        ("volume.requests_per_day=-1", "must be more than 0"),
        ("volume.requests_per_day=.nan", "is no value"),
        ("volume.requests_per_day", "is no change"),
        ("=3", "is no change"),
        ("volume..x=3", "is no change"),
        ("metadata.name.first=3", "must be text"),
        ("plan.model=gpt-5.5-2026-04-32", "unknown model: `gpt-5.5-2026-04-32`; did you mean `gpt-5.5-2026-04-23`?"),
    ],
)
def test_a_change_that_no_manifest_could_say_is_refused(change: str, words: str) -> None:
    result = run("cost", "planned", "--set", change, *DAY)
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_a_number_that_may_be_a_thousand_times_as_much_is_asked_about_in_a_change_too() -> None:
    result = run("cost", "planned", "--set", "volume.input_tokens=1.200", *DAY)
    assert "1.2 or 1 200? write `1.2` or `1200`" in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_a_cost_that_is_not_known_says_why_and_is_never_zero() -> None:
    result = run("cost", "unpriced", "--all", *DAY)
    assert result.exit_code == 0
    assert "cost unknown: no price for the machines of the model" in result.output
    page = run("cost", "unpriced", *DAY).output
    assert re.search(
        r"your plan +on premises, modernbert-base, fine-tuned +>=[\d ]+ \+ +[\d ]+ = >=[\d ]+$", page, re.MULTILINE
    )
    assert "not known: accelerators.purchase_usd of" in " ".join(page.split())
    found = json.loads(run("cost", "unpriced", "--format", "json", *DAY).output)
    unknown = [option for option in found["options"] if option["unknown"]]
    assert unknown
    assert all(option["monthly_usd"] is None for option in unknown)


@pytest.mark.usefixtures("folder")
def test_at_a_break_even_neither_side_is_certain() -> None:
    rival = next(o for o in costs("--all")["options"] if o["hosting"] == "own-cloud" and o["against_baseline"])
    crossing = rival["against_baseline"]["break_even"]["first_requests_per_day"]
    found = costs("--set", f"volume.requests_per_day={crossing}", "--all")
    chances = [
        option["against_baseline"]["probability_cheaper"]
        for option in found["options"]
        if option["hosting"] == "own-cloud" and option["against_baseline"]
    ]
    assert any(0.2 < chance < 0.8 for chance in chances if chance is not None)
    assert found["tornado"][0]["input"]


@pytest.mark.usefixtures("folder")
def test_costs_are_the_same_bytes_whatever_the_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "aipolicy", "cost", "planned", *DAY],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "77")
    }  # fmt: skip
    assert len(outputs) == 1


@pytest.mark.usefixtures("folder")
def test_every_amount_in_the_output_is_finite() -> None:
    text = run("cost", "planned", "--all", "--format", "json", *DAY).output
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["planned", "unpriced"])
def test_the_json_conforms_to_its_schema(name: str) -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "cost.v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    found = json.loads(run("cost", name, "--all", "--format", "json", *DAY).output)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []


@pytest.mark.usefixtures("folder")
def test_costs_are_drawn_below_the_text_or_into_a_file(folder: Path) -> None:
    text = run("cost", "planned", "--plot", *DAY).output
    assert "USD a month over requests a day; the vertical line is today, 300k" in text
    assert run("cost", "planned", "--plot-file", "costs.svg", "--format", "json", *DAY).exit_code == 0
    assert (folder / "costs.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("planned", "--plot", "--format", "json"), "`--plot` draws text"),
        (("planned", "--plot-file", "x.pdf"), "ends in `.svg` or `.png`"),
        ((".", "--plot-file", "x.svg"), "`--plot-file` takes one feature, found 2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments: tuple[str, ...], words: str) -> None:
    result = run("cost", *arguments, *DAY)
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_a_misspelt_feature_is_refused_with_a_suggestion() -> None:
    result = run("cost", "plannd", *DAY)
    assert isinstance(result.exception, UsageError)
    assert "did you mean `planned`" in str(result.exception)


@pytest.mark.parametrize(("pack", "imported"), [("build-or-buy", "[]"), ("cost-control", "['numpy']")])
def test_only_a_check_that_reads_a_range_imports_numpy_and_none_imports_plotext(
    pack: str, imported: str, tmp_path: Path
) -> None:
    """Rules of a shipped pack read ranges: why numpy is required by the package and not by an extra."""
    manifest = tmp_path / "planned.aifeature.yaml"
    manifest.write_text(PLANNED, encoding="utf-8")
    code = (
        "import sys; from aipolicy.cli.main import cli\n"
        f"cli.main("
        f"['check', {str(manifest)!r}, '--policy', {pack!r}, '--as-of', '2026-11-21'], standalone_mode=False)\n"
        "print([name for name in ('numpy', 'plotext') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "AIPOLICY_CACHE_DIR": ""},
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == imported
