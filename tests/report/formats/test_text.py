"""The whole report as text: a verdict for each feature and a summary that hides nothing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from sample_runs import (
    BROKEN,
    CALM,
    DEAR,
    EVIL_MANIFEST,
    EVIL_PACK,
    FOREIGN,
    LEAK,
    NOWHERE,
    PACK,
    UNSURE,
    policy,
    report,
)

from aipolicy.report.formats.answers_shown import MAX_BLOCKS, MAX_NAMED
from aipolicy.report.formats.registry import rendered
from aipolicy.report.terminal.style import Styler, cells
from aipolicy.report.view import View
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.evaluated_run import Report

ONLY_OUT = PACK.replace(
    '["!option.leaves_organization"]', "[option.leaves_organization, '!option.leaves_organization']"
)


ASKED = AnswersAsked(20.0, 36.0, Depth.BRIEF, Depth.FULL)


def plain(shown: Report, width: int = 100) -> str:
    return "".join(rendered("text", shown.result_with(ASKED), View("error", width)))


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (report(CALM), ["1 feature in 1 file checked against 4 rules (house 1.2.3) as of 2026-11-21", "no findings"]),
        (report(LEAK), ["found 1 error", "exit 1: 1 finding gates"]),
        (report(CALM, BROKEN), ["1 feature in 2 files checked", "found 1 error"]),
        (report(CALM, found=(FOREIGN, FOREIGN)), ["2 files skipped"]),
        (report(BROKEN), ["found 1 error", "exit 1: 1 finding gates"]),
        (report(found=(FOREIGN,)), ["1 file skipped", "exit 3: nothing was evaluated; name a manifest"]),
        (report(), ["0 features in 0 files", "exit 3: nothing was evaluated"]),
        (report(CALM, by=policy(ignore=("IN-001",))), ["not evaluated by choice: IN-001"]),
        (report(CALM, by=policy(ignore=("IN", "OUT"))), ["exit 3: nothing was evaluated; no rule is left to evaluate"]),
    ],
)
def test_the_summary_says_what_was_evaluated_and_what_was_not(shown: Report, lines: list[str]) -> None:
    text = plain(shown)
    for line in lines:
        assert line in text


def test_the_last_line_names_the_threshold_where_it_is_not_the_usual_one() -> None:
    text = "".join(rendered("text", report(LEAK).result_with(ASKED), View("note")))
    assert text.endswith("exit 1: 1 finding gates by `--fail-on note`\n")


@pytest.mark.parametrize("shown", [report(CALM), report(LEAK), report(UNSURE, CALM)])
def test_a_run_that_evaluated_something_does_not_say_the_contrary(shown: Report) -> None:
    assert "nothing was evaluated" not in plain(shown)


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (report(CALM), "EXPECTED: Use an API"),
        (report(UNSURE), "Use classical machine learning"),
        (report(NOWHERE, by=policy(ONLY_OUT)), "nothing remains, IN-001 clash"),
        (report(DEAR), "nothing remains, OUT-001 clash"),
    ],
)
def test_the_first_line_on_a_feature_is_its_answer(shown: Report, sentence: str) -> None:
    (block,) = blocks(plain(shown))
    assert block[1].startswith("    answer")
    assert sentence in block[1]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("shown", [report(CALM), report(UNSURE), report(LEAK), report(DEAR), report(UNSURE, LEAK)])
def test_a_feature_takes_at_most_twelve_lines_and_keeps_to_the_width(shown: Report, width: int) -> None:
    for block in blocks(plain(shown, width)):
        assert len(block) <= 12
        assert all(cells(line) <= width for line in block)


def blocks(text: str) -> list[list[str]]:
    """Return the lines on each feature that is answered in several."""
    paragraphs = [paragraph.split("\n") for paragraph in text.strip("\n").split("\n\n")]
    return [lines for lines in paragraphs if len(lines) > 1 and lines[1].startswith("    answer")]


def test_with_more_than_a_few_manifests_a_feature_without_findings_takes_one_line() -> None:
    texts = [CALM.replace("calm", f"calm-{n}") for n in range(MAX_BLOCKS + 1)]
    text = plain(report(*texts, LEAK))
    assert [len(re.findall(rf"^calm-{n}: ", text, re.MULTILINE)) for n in range(MAX_BLOCKS + 1)] == [1] * (
        MAX_BLOCKS + 1
    )
    assert len(blocks(text)) == 1


def test_with_many_manifests_features_without_findings_are_counted_and_none_is_left_out() -> None:
    texts = [CALM.replace("calm", f"calm-{n}") for n in range(MAX_NAMED)]
    text = plain(report(*texts, LEAK))
    assert f"{MAX_NAMED} features are without findings" in text
    assert [block[0].split(" ")[0] for block in blocks(text)] == ["leak"]


@pytest.mark.parametrize("width", [40, 60, 100, 120])
@pytest.mark.parametrize("shown", [report(CALM), report(UNSURE, LEAK), report(DEAR)])
def test_the_summary_keeps_to_the_width(shown: Report, width: int) -> None:
    summary = plain(shown, width).rsplit("\n\n", 1)[1]
    for line in summary.splitlines():
        assert cells(line) <= width or " " not in line.strip()


@pytest.mark.parametrize("shown", [report(CALM), report(UNSURE, LEAK, BROKEN), report()])
def test_colour_adds_nothing_but_colour(shown: Report) -> None:
    coloured = "".join(rendered("text", shown.result_with(ASKED), View("error", 80, Styler(color=True))))
    assert "\x1b[" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain(shown, 80)


def test_text_of_packs_and_manifests_is_never_printed_as_it_is() -> None:
    text = plain(report(EVIL_MANIFEST, by=policy(EVIL_PACK)))
    assert "EVIL-001" in text
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
