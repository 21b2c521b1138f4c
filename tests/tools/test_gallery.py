"""The gallery shows output that tests compare with, beside the command that makes it, whole or cut where it says so."""

from __future__ import annotations

import shlex
import sys
from itertools import groupby
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import gallery
from gallery import MOST_LINES, SHOWN, Shown
from test_examples import CASES, DAY

ELSEWHERE = {
    "answers/claims-triage.what-if.txt": "tests/cli/test_explain_what_if.py",
    "answers/claims-triage.adr.md": "tests/cli/test_decision_record.py",
    "quickstart-check.markdown": "tests/report/formats",
    "quickstart-check.github": "tests/report/formats",
    "quickstart-check.sarif": "tests/report/formats",
}
"""What other tests than those of the examples compare with, and where."""


@pytest.mark.parametrize("shown", SHOWN, ids=lambda each: each.golden)
def test_the_command_is_that_of_the_output(shown: Shown) -> None:
    if shown.golden in ELSEWHERE:
        return
    without_day = [word for word in CASES[shown.golden] if word not in DAY]
    assert sorted(shlex.split(shown.command)[1:]) == sorted(without_day)


def test_nothing_is_excused_without_need() -> None:
    assert {each.golden for each in SHOWN} - set(CASES) == set(ELSEWHERE)


def test_headings_stand_once() -> None:
    headings = [heading for heading, _ in groupby(SHOWN, key=lambda each: each.heading)]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(("lines", "told"), [(MOST_LINES, None), (MOST_LINES + 1, "… 2 more lines")])
def test_what_is_cut_says_so(lines: int, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "GOLDEN", tmp_path)
    monkeypatch.setattr(gallery, "SHOWN", (Shown("A", "b.", "aipolicy check", "x.txt"),))
    (tmp_path / "x.txt").write_text("".join(f"{n} ```\n" for n in range(lines)), encoding="utf-8")
    text = gallery.gallery().splitlines()
    assert text[:6] == ["## A", "", "b.", "", "````text", "$ aipolicy check"]
    assert text[-1] == "````"
    assert text[-2] == (told or f"{lines - 1} ```")
    assert len(text) == 7 + MOST_LINES
