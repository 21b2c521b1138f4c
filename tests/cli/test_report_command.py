"""`aipolicy report` as a user meets it: a whole file or none, refusals in one line, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from answer_pages import ROOT
from command_line import run_here
from portfolio_pages import elements, page_of, report_on

from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.report.html import html_page
from aipolicy.run.policy import load_policy

MANIFEST = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: old, lifecycle: retired}\n"
    "data: {classes: [internal], residency: [US]}\n"
)
DAY = ["--as-of", "2026-11-21"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def test_a_page_is_written_and_nothing_else(folder: Path) -> None:
    done = run_here(["report", "--output", "report.html", *DAY], folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "aipolicy: wrote report.html\n")
    assert sorted(path.name for path in folder.iterdir()) == ["old.aifeature.yaml", "report.html"]
    page = elements((folder / "report.html").read_text(encoding="utf-8"))
    assert page.one("tr", data_feature="f-old")


def test_without_a_file_it_goes_to_standard_output(folder: Path) -> None:
    run_here(["report", "--output", "report.html", *DAY], folder)
    done = run_here(["report", "old.aifeature.yaml", *DAY], folder)
    assert done.stdout == (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (".", "is a folder; name a file"),
        ("no/report.html", "there is no folder `no`"),
        ("old.aifeature.yaml", "is read by this run"),
        ("aipolicy.toml", "has a name that runs look for"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_done(
    folder: Path, target: str, words: str
) -> None:
    done = run_here(["report", "--output", target, *DAY], folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in folder.iterdir()] == ["old.aifeature.yaml"]
    assert (folder / "old.aifeature.yaml").read_text(encoding="utf-8") == MANIFEST


def test_a_page_that_cannot_be_finished_leaves_the_earlier_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "report.html").write_text("earlier")

    def broken(report: object) -> object:
        yield "<!DOCTYPE html>"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(html_page, "render_html", broken)
    done = run_here(["report", "--output", "report.html", *DAY], folder)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert (folder / "report.html").read_text() == "earlier"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_a_missing_library_is_told_in_one_line(folder: Path, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    done = run_here(["report", "--output", "report.html", *DAY], folder)
    assert done.returncode == 2
    assert done.stderr == f"aipolicy: usage: a page needs {library}; install it with `pip install 'aipolicy[report]'`\n"
    assert not (folder / "report.html").exists()
    assert run_here(["report", "--format", "markdown", *DAY], folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--what-if", "olds"], "no feature is named `olds`; did you mean `old`?"),
        (["--what-if", "x*"], "no feature is named `x*`"),
        (["--what-if", "old", "--format", "markdown"], "text does not move"),
    ],
)
def test_what_cannot_move_is_refused_before_anything_is_done(folder: Path, arguments: list[str], words: str) -> None:
    done = run_here(["report", "--output", "report", *arguments, *DAY], folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / "report").exists()


def test_more_features_than_a_page_moves_are_refused_by_their_number(folder: Path) -> None:
    for number in range(31):
        (folder / f"{number}.aifeature.yaml").write_text(MANIFEST.replace("old", f"f{number}"), encoding="utf-8")
    done = run_here(["report", "--what-if", "f*", "--what-if", "old", *DAY], folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "`--what-if` names 32 features, and a page moves at most 30" in done.stderr
    done = run_here(["report", "--what-if", "f1*", "--output", "report.html", *DAY], folder)
    assert done.returncode == 0, done.stderr


def test_nothing_evaluated_is_told_by_the_exit_code(tmp_path: Path) -> None:
    assert run_here(["report", "--output", "report.html", *DAY], tmp_path).returncode == 3


def test_waivers_are_listed_with_their_ends() -> None:
    folder = ROOT / "examples" / "waivers"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        policy = load_policy(read_settings(PolicyOptions(None, (), DAY[1], (), ()))[1])
        report = report_on([(path.name, path.read_text()) for path in folder.glob("*aifeature.yaml")], policy=policy)
    table = elements(page_of(report)).one("section", id="waivers").one("table")
    rows = [[row.all("td")[0].text, row.one("th").text] for row in table.one("tbody").all("tr")]
    listed = json.loads(run_here(["waive", "--list", "--format", "json", *DAY], folder).stdout)["waivers"]
    assert rows == sorted(rows)
    assert sorted(rows) == sorted([each["expires"], each["rule"]] for each in listed)
    assert {each["state"] for each in listed} == {waiver.state for waiver in report.waivers}


def test_bytes_hang_on_no_hash_seed_and_no_locale(folder: Path) -> None:
    pages = []
    for seed, language in (("1", "C"), ("2", "C.UTF-8")):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": "", "PYTHONHASHSEED": seed,
                       "LC_ALL": language}  # fmt: skip
        command = [sys.executable, "-m", "aipolicy", "report", "--output", "report.html", *DAY]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        pages.append((folder / "report.html").read_bytes())
    assert pages[0] == pages[1]
