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

from aipolicy.report.formats.registry import rendered
from aipolicy.report.formats.text import MAX_VERDICTS
from aipolicy.report.terminal.style import Styler, cells
from aipolicy.report.view import View
from aipolicy.run.report import Report

ONLY_OUT = PACK.replace(
    '["!option.leaves_organization"]', "[option.leaves_organization, '!option.leaves_organization']"
)


def plain(shown: Report, width: int = 100) -> str:
    return "".join(rendered("text", shown.result, View("error", width)))


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (report(CALM), ["1 feature in 1 file checked against 4 rules (house 1.2.3) as of 2026-11-21", "no findings"]),
        (report(UNSURE), ["found 1 note", "1 undetermined; declaring `team.on_call` would settle 1 of them"]),
        (report(LEAK), ["found 1 error"]),
        (report(CALM, BROKEN), ["1 feature in 2 files checked", "found 1 error"]),
        (report(CALM, found=(FOREIGN, FOREIGN)), ["2 files skipped: not an AI feature manifest"]),
        (report(BROKEN), ["found 1 error", "nothing was evaluated; mend what is shown above"]),
        (report(found=(FOREIGN,)), ["1 file skipped", "nothing was evaluated; name a manifest"]),
        (report(), ["0 features in 0 files", "nothing was evaluated"]),
        (report(CALM, by=policy(ignore=("IN-001",))), ["not evaluated by choice: IN-001"]),
        (report(CALM, by=policy(ignore=("IN", "OUT"))), ["nothing was evaluated; no rule is left to evaluate"]),
    ],
)
def test_the_summary_says_what_was_evaluated_and_what_was_not(shown: Report, lines: list[str]) -> None:
    text = plain(shown)
    for line in lines:
        assert line in text


@pytest.mark.parametrize("shown", [report(CALM), report(LEAK), report(UNSURE, CALM)])
def test_a_run_that_evaluated_something_does_not_say_the_contrary(shown: Report) -> None:
    assert "nothing was evaluated" not in plain(shown)


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (report(CALM), "no special need; a provider API is possible"),
        (report(UNSURE), "needs self-hosting"),
        (report(NOWHERE, by=policy(ONLY_OUT)), "no option satisfies every constraint (IN-001 clash)"),
        (report(DEAR), "no special need"),
    ],
)
def test_a_verdict_is_one_sentence(shown: Report, sentence: str) -> None:
    verdict = re.search(r"verdict on \S+:\n((?: {4}.*\n)+)", plain(shown))
    assert verdict is not None
    assert sentence in " ".join(verdict.group(1).split())


def test_the_counts_of_a_verdict_add_up() -> None:
    shown = report(UNSURE)
    admissible, open_, removed = map(
        int, re.findall(r"(\d+) options admissible, (\d+) open, (\d+) removed", plain(shown, 120))[0]
    )
    assert admissible + open_ + removed == shown.evaluations[0].candidates.count
    assert removed > 0


def test_many_verdicts_are_counted_and_none_is_left_out() -> None:
    texts = [UNSURE.replace("unsure", f"unsure-{n}") for n in range(MAX_VERDICTS)]
    texts += [CALM.replace("calm", f"calm-{n}") for n in range(3)]
    text = plain(report(*texts))
    assert f"verdicts on {MAX_VERDICTS + 3} features:" in text
    assert re.search(rf"^ +{MAX_VERDICTS}  need self-hosting$", text, re.MULTILINE)
    free, hanging = (int(re.findall(rf"(\d+)  {words}", text)[0]) for words in ("have a way", "hang on"))
    assert free + hanging == MAX_VERDICTS + 3


@pytest.mark.parametrize("width", [40, 60, 100, 120])
@pytest.mark.parametrize("shown", [report(CALM), report(UNSURE, LEAK), report(DEAR)])
def test_the_summary_keeps_to_the_width(shown: Report, width: int) -> None:
    summary = plain(shown, width).split("explain one with")[1].split("\n", 1)[1]
    for line in summary.splitlines():
        assert cells(line) <= width or " " not in line.strip()


@pytest.mark.parametrize("shown", [report(CALM), report(UNSURE, LEAK, BROKEN), report()])
def test_colour_adds_nothing_but_colour(shown: Report) -> None:
    coloured = "".join(rendered("text", shown.result, View("error", 80, Styler(color=True))))
    assert "\x1b[" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain(shown, 80)


def test_text_of_packs_and_manifests_is_never_printed_as_it_is() -> None:
    text = plain(report(EVIL_MANIFEST, by=policy(EVIL_PACK)))
    assert "EVIL-001" in text
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
