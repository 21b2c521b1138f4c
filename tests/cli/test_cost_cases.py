"""Inputs that were costed wrongly once, through the command line: what each costs, and of what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

CASES = Path(__file__).resolve().parent / "cost_cases"


def costs(case: str, *more: str) -> dict[str, Any]:
    """Return the JSON of `aipolicy cost` for a case, every way included."""
    path = CASES / case
    folder, manifest = (
        (path, next(path.glob("*.aifeature.yaml"))) if path.is_dir() else (CASES, Path(f"{path}.aifeature.yaml"))
    )
    config = ("--config", str(folder / "aipolicy.toml")) if path.is_dir() else ()
    arguments = ["cost", str(manifest), "--all", "--format", "json", "--as-of", "2026-11-29", *config, *more]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def charge(option: dict[str, Any], name: str, frequency: str = "Recurring") -> float:
    return next(
        float(each["ListCost"])
        for each in option["charges"]
        if each["ChargeDescription"] == name and each["ChargeFrequency"] == frequency
    )


def known(found: dict[str, Any], **wanted: str) -> list[dict[str, Any]]:
    """Return the options of known cost with these words."""
    return [
        option
        for option in found["options"]
        if option["monthly_usd"] is not None and all(option[key] == word for key, word in wanted.items())
    ]


@pytest.mark.parametrize("case", ["scratch", "rag50m", "classify2m", "work120k", "org_late"])
def test_every_way_costs_people_and_what_it_costs_is_their_sum(case: str) -> None:
    options = known(costs(case))
    assert options
    for option in options:
        assert option["people_usd"] > 0.0, option["id"]
        total = option["running_usd"] + option["people_usd"]
        assert total == pytest.approx(option["monthly_usd"]["likely"], rel=1e-4), option["id"]


def test_tuning_reads_the_five_million_examples_that_are_declared() -> None:
    """Ten thousand times what the minimum of 500 examples costs, which was always paid once."""
    many, few = (
        {each["id"]: charge(each, "training run", "One-Time") for each in known(found, adaptation="fine-tuning")}
        for found in (costs("scratch"), costs("scratch", "--set", "data.labelled_examples=500"))
    )
    shared = many.keys() & few.keys()
    assert shared
    assert all(many[way] == pytest.approx(10_000 * few[way], rel=1e-3) for way in shared)


def test_an_index_over_knowledge_that_changes_daily_is_made_anew_daily() -> None:
    """200 M tokens at 0.1 USD a million are 20 USD, 365 times a year 608 a month; four times a year were 7."""
    indexes = [charge(option, "index") for option in known(costs("rag50m"), adaptation="rag")]
    assert indexes
    assert all(608.0 < usd < 640.0 for usd in indexes)


def test_own_entries_hold_whatever_their_date() -> None:
    early, late = (known(costs(case)) for case in ("org", "org_late"))
    assert [(each["id"], each["monthly_usd"]["likely"]) for each in early] == [
        (each["id"], each["monthly_usd"]["likely"]) for each in late
    ]
    own = [each for each in late if each["hosting"] == "own-cloud" and each["adaptation"] == "prompting"]
    assert own
    assert {each["people_usd"] for each in own} == {7000.0}
    assert min(each["running_usd"] for each in own if "h100-80gb" in each["id"]) == pytest.approx(3 * 4 * 730, rel=1e-4)


def test_a_contract_price_of_a_machine_is_what_is_charged_and_moves_nothing() -> None:
    """Two H100 at 2 USD an hour beside 1,300 USD of tools."""
    own = [each for each in known(costs("org3"), hosting="own-cloud") if "h100-80gb" in each["id"]]
    assert min(each["running_usd"] for each in own) == pytest.approx(2 * 2 * 730 + 1300, rel=1e-4)


@pytest.mark.parametrize(
    ("volume", "published", "is_right"),
    [
        # a guide's retrieval example: 0.0095 USD a request, 95 a day, 2,850 in a month of 30 days
        ((10_000, 2600, 300), 2850.0, True),
        # its next example says 12,500 where its own inputs come to 13,500
        ((50_000, 2000, 400), 12_500.0, False),
    ],
)
def test_a_published_cost_case_is_reproduced_or_refused(
    volume: tuple[int, int, int], published: float, is_right: bool
) -> None:
    """SyedMoasib000/ai-system-design-guide, pricing and costs @275113e, 2025-12: gpt-4o at 2.5 and 10 USD a million."""
    requests, inputs, outputs = volume
    names = ("requests_per_day", "input_tokens", "output_tokens")
    changes = (f"--set=volume.{name}={value}" for name, value in zip(names, volume, strict=True))
    plan = next(option for option in costs("org_late", *changes)["options"] if option["state"] == "plan")
    assert plan["running_usd"] == pytest.approx(requests * 30.4 * (inputs * 2.5 + outputs * 10) / 1e6, rel=1e-4)
    assert (plan["running_usd"] * 30 / 30.4 == pytest.approx(published, rel=0.001)) is is_right
