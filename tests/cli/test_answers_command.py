"""`aipolicy answers` as a user meets it: a line a feature, the same answers as `explain`, in every form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from answer_pages import ROOT, accepted
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli

DAY = ("--as-of", "2026-11-21")
PATHS = ("examples/quickstart", "examples/decisions")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _place(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(cache))
    monkeypatch.setenv("COLUMNS", "100")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["answers", *arguments, *DAY], catch_exceptions=False)


def as_json(*arguments: str) -> list[dict[str, Any]]:
    document = json.loads(run("--format", "json", *arguments).stdout)
    jsonschema.validate(document, json.loads((ROOT / "schemas" / "answers.v1.json").read_text()))
    return document["features"]


def test_a_line_a_feature_as_it_was_read_and_accepted() -> None:
    output = run(*PATHS, "--sort", "cost").output
    assert output == accepted("many.answers.txt", output)
    assert all(len(line) <= 100 for line in output.splitlines())


def test_each_line_says_what_explain_says() -> None:
    for feature in as_json("examples/quickstart"):
        explained = json.loads(CliRunner().invoke(cli, ["explain", feature["file"], "--format", "json", *DAY]).stdout)
        way, same = feature["answer"]["recommended"], explained["answer"]["recommended"]
        assert {key: way[key] for key in way if key != "monthly_usd"} == {
            key: same[key] for key in same if key != "monthly_usd"
        }
        assert way["monthly_usd"]["likely"] == same["monthly_usd"]["likely"]
        assert feature["question"] == explained["questions"][0]


def test_what_blocks_is_what_fails_a_check() -> None:
    checked = json.loads(CliRunner().invoke(cli, ["check", *PATHS, "--format", "json", *DAY]).stdout)
    for feature in as_json(*PATHS):
        gating = {
            f["rule"] for f in checked["findings"] if f["feature"] == feature["name"] and f["severity"] == "error"
        }
        assert set(feature["blocks"]) == gating


def test_every_form_lists_the_same_features_in_the_same_order() -> None:
    for order in ("file", "name", "answer", "cost", "certainty", "blocks"):
        rows = list(csv.DictReader(io.StringIO(run(*PATHS, "--format", "csv", "--sort", order).stdout)))
        names = [feature["name"] for feature in as_json(*PATHS, "--sort", order)]
        assert [row["feature"] for row in rows] == names
        lines = run(*PATHS, "--sort", order).stdout.splitlines()[1:]
        assert [line.split()[0] for line in lines] == names


def test_dear_features_unsure_answers_and_what_is_blocked_come_first_where_asked() -> None:
    by_cost = [f["answer"]["recommended"] for f in as_json(*PATHS, "--sort", "cost")]
    usd = [0.0 if way is None else way["monthly_usd"]["likely"] or way["monthly_usd"]["low"] for way in by_cost]
    assert usd == sorted(usd, reverse=True)
    assert len(as_json(*PATHS, "--sort", "blocks")[0]["blocks"]) > 1
    certainties = [f["answer"]["certainty"] for f in as_json(*PATHS, "--sort", "certainty")]
    order = ["expected-with-gap", "expected", "certain"]
    assert certainties == sorted(certainties, key=order.index)


def test_no_cell_is_a_formula_and_no_name_leaves_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.aifeature.yaml").write_text(
        'apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a, owner: "=1+1 [red]x"}\n'
    )
    row = next(csv.DictReader(io.StringIO(run("--format", "csv").stdout)))
    assert row["owner"] == "'=1+1 [red]x"
    assert len(run().stdout.splitlines()) == 2


def test_a_retired_feature_and_a_refused_one_have_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
    (tmp_path / "a.aifeature.yaml").write_text(head + "metadata: {name: gone, lifecycle: retired}\n")
    (tmp_path / "b.aifeature.yaml").write_text(head + "metadata: {name: odd}\ndata: {classes: [helth]}\n")
    result = run()
    assert result.stdout.splitlines()[1].split()[:2] == ["gone", "retired"]
    assert result.stdout.splitlines()[2].split()[:3] == ["odd", "not", "answered"]
    assert "unknown data class `helth`" in result.stderr


def test_nothing_to_answer_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run().exit_code == 3
