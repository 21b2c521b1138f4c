"""`explain` as text and as JSON: the same evaluation as the findings, with every value that a rule read."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import Any

import pytest
from sample_runs import CALM, DEAR, EVIL_MANIFEST, EVIL_PACK, HEAD, LEAK, NOWHERE, PACK, UNSURE, policy, report

from aipolicy.answer.answer import Answering
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.verdict import Ways, ways_of
from aipolicy.findings.finding import Outcome
from aipolicy.report.explain.explain_json import render_explanation_json
from aipolicy.report.explain.explain_text import Details, render_explanation
from aipolicy.report.terminal.style import Styler
from aipolicy.run.evaluated_run import Report

CLASH = (
    PACK.replace("when: [latency.realtime]", "when: [data.personal]")
    .replace("option.monthly_usd <= budget.monthly_usd", "option.leaves_organization")
    .replace("{option.monthly_usd} USD a month, the budget is {budget.monthly_usd}", "nothing leaves")
)
REPORTS = {
    "calm": lambda: report(CALM),
    "leak": lambda: report(LEAK),
    "unsure": lambda: report(UNSURE),
    "dear": lambda: report(DEAR),
    "clash": lambda: report(NOWHERE, by=policy(CLASH)),
    "hostile": lambda: report(EVIL_MANIFEST, by=policy(EVIL_PACK)),
    "shipped": lambda: report(LEAK, by=_shipped()),
}

WEIGHING = Weighing(20.0, 36.0)


def _shipped() -> Any:
    from sample_runs import DAY

    from aipolicy.run.policy import PolicySettings, load_policy

    return load_policy(PolicySettings(as_of=DAY))


@cache
def made(name: str) -> Report:
    return REPORTS[name]()


ALL = Details(every=True)
RULES = Details(rules=True)
FACTS = Details(facts=True)
OPTIONS = Details(options=True)


@cache
def answered(name: str) -> Answering:
    """Return the answer, which is worked out once, however often it is drawn."""
    return answering_of(made(name))


def answering_of(shown: Report) -> Answering:
    return Answering(shown.policy.evaluator, shown.evaluations[0], WEIGHING)


@cache
def text(name: str, width: int = 100, details: Details = ALL, color: bool = False) -> str:
    return explained(made(name), width, details, color=color, answering=answered(name))


def explained(shown: Report, width: int, details: Details, *, color: bool = False,
              answering: Answering | None = None) -> str:  # fmt: skip
    answering = answering or answering_of(shown)
    evaluator = shown.policy.evaluator.rule_evaluator
    return render_explanation(answering, evaluator, details, width=width, style=Styler(color=color))


@cache
def parsed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_explanation_json(answered(name), made(name).policy))
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_a_rule_ends_as_the_finding_that_check_printed(name: str) -> None:
    shown = made(name)
    rules = {rule["rule"]: rule for rule in parsed(name)["rules"]}
    told = [finding for finding in shown.findings if finding.rule_id in rules]
    for finding in told:
        rule = rules[finding.rule_id]
        lines = {(line["section"], line["truth"]) for line in rule["lines"]}
        if finding.outcome is Outcome.VIOLATED:
            assert rule["outcome"] == "violated"
            assert not rule["outcomes"]["undetermined"] + rule["outcomes"]["satisfied"]
            assert ("require", "false") in lines
            assert ("when", "false") not in lines
            assert re.search(rf"^  {finding.rule_id} \S+: violated$", text(name), re.MULTILINE)
        else:
            assert sum(rule["outcomes"].get(word, 0) for word in ("violated", "undeclared", "undetermined"))
            assert rule["outcome"] in ("violated", "undeclared", "undetermined")
            assert f"  {finding.rule_id} " in text(name)
    if name == "leak":
        assert told


@pytest.mark.parametrize("name", REPORTS)
def test_the_lines_of_a_rule_add_up_to_its_outcome(name: str) -> None:
    for rule in parsed(name)["rules"]:
        when = [line["truth"] for line in rule["lines"] if line["section"] == "when"]
        require = [line["truth"] for line in rule["lines"] if line["section"] == "require"]
        if "undeclared" in rule["outcomes"] and "false" not in when:
            expected = "undeclared"
        elif "false" in when:
            expected = "not-applicable"
        elif all(truth == "true" for truth in require):
            expected = "satisfied"
        elif "false" in require and "unknown" not in when:
            expected = "violated"
        else:
            expected = "undetermined"
        assert rule["outcome"] == expected
        for line in rule["lines"]:
            assert line["truth"] != "unknown" or None in line["values"].values() or line["error"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_rule_is_told(name: str) -> None:
    ids = {rule.id for rule in made(name).policy.rules}
    pattern = r"^  ([A-Z]+-\d{3}(?:/[a-z-]+)?) \S+: (?:violated|undeclared|undetermined|satisfied|not-applicable)"
    for details in (ALL, RULES):
        assert set(re.findall(pattern, text(name, details=details), re.MULTILINE)) == ids


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("calm", ["Use an API", "\nwhy ", "\nbuild ", "\nways left "]),
        ("unsure", ["self-hosting", "run the model on infrastructure of your own", "left out, as assumed or expected"]),
        ("leak", ["rules over the plan", "`health` would go to openai", "params.restricted_from = 3"]),
        ("dear", ["USD a month, the budget is 90", "option.monthly_usd ="]),
        ("clash", ["Nothing can be built as declared: IN-001, OUT-001 clash", "\nwhy       OUT-001", "          IN-001"]),
    ],
)  # fmt: skip
def test_an_explanation_shows_its_reasons(name: str, expected: list[str]) -> None:
    for words in expected:
        assert words in text(name)


def test_what_is_assumed_is_said_to_be() -> None:
    assumed = text("calm", details=FACTS).split("as assumed or expected")[1].split("\n\n")[0]
    assert "volume.peak_to_mean" in assumed
    assert "data.classes" not in assumed


def ways_left(name: str) -> Ways:
    """Return which ways to answer are left, whatever partner they have."""
    expected = made(name).evaluations[0].expected
    return ways_of(expected.verdict, expected.candidates)


@pytest.mark.parametrize("name", REPORTS)
def test_a_cell_of_the_matrix_counts_what_remains_there(name: str) -> None:
    ways = ways_left(name)
    matrix = text(name, details=OPTIONS).split("removed all\n")[1].split("\n\n")[0]
    cells = re.findall(r"(\d+) / (\d+)", matrix)
    assert sum(int(admissible) for admissible, _ in cells) == ways.admissible.bit_count()
    assert sum(int(open_) for _, open_ in cells) == ways.open.bit_count()


@pytest.mark.parametrize("name", REPORTS)
def test_json_lists_every_option_that_remains(name: str) -> None:
    value, ways = parsed(name), ways_left(name)
    assert len(value["admissible_options"]) == ways.admissible.bit_count()
    assert len(value["open_options"]) == ways.open.bit_count()
    assert (value["recommendation"] is None) is (not ways.admissible | ways.open)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_colour_adds_nothing_but_colour(name: str, width: int) -> None:
    coloured = re.sub("\x1b\\[[0-9;]*m", "", text(name, width, color=True))
    assert [line.rstrip() for line in coloured.splitlines()] == text(name, width).splitlines()


@pytest.mark.parametrize("details", [ALL, RULES, OPTIONS])
def test_text_of_packs_and_manifests_is_never_printed_as_it_is(details: Details) -> None:
    shown = text("hostile", details=details)
    assert "EVIL-001" in shown
    assert "[bold]x" in shown
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


def test_a_secret_that_a_rule_reads_is_not_echoed() -> None:
    secret = "sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"
    manifest = HEAD + f"metadata: {{name: evil, owner: {secret}, labels: {{key: {secret}}}}}\n"
    shown = report(manifest, by=policy(EVIL_PACK))
    evaluation = shown.evaluations[0]
    for output in (
        render_explanation_json(Answering(shown.policy.evaluator, evaluation, WEIGHING), shown.policy),
        explained(shown, 100, ALL),
    ):  # fmt: skip
        assert "EVIL-001" in output
        assert secret not in output
