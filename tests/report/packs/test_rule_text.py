"""The page of a rule: everything that the pack says of it, as text and as JSON."""

from __future__ import annotations

import re
import unicodedata

import pytest
from sample_runs import DAY, EVIL_PACK, PACK, policy

from aipolicy.findings.reserved_rules import RESERVED_RULES, ReservedRule
from aipolicy.policy.rule import Rule
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.packs.rule_json import rule_object
from aipolicy.report.packs.rule_text import render_rule
from aipolicy.report.terminal.style import Styler, cells


def rule(rule_id: str, pack: str = PACK) -> Rule:
    found = policy(pack).rule_with_examples(rule_id)
    assert found is not None
    return found


def page(rule_id: str, width: int = 100, pack: str = PACK) -> str:
    return render_rule(rule(rule_id, pack), width=width, style=Styler(), day=DAY)


@pytest.mark.parametrize(
    ("rule_id", "expected"),
    [
        (
            "IN-001",
            [
                "IN-001 leaves-the-house", "Data stays inside",
                "kind   constraint, error\nlegs   every: the main leg and its partner each satisfy it\npack   house\n",
                "stage  in force until 2030-12-31\n       on 2026-11-21: in-force, error\n",
                "why\n  what leaves", "fix\n  host it yourself",
                "applies when\n  - data.sensitivity >= params.restricted_from",
                "requires\n  - !option.leaves_organization", "parameters\n  restricted_from  3",
                "references\n  - House rules 7\n    https://example.com/7", "examples\n  violated  it leaves",
            ],
        ),
        ("IN-002", ["duty, warning", "requires\n  - team.on_call"]),
        ("IN-003", ["in force from 2027-06-01; a warning before", "parameters\n  friends  [mistral, openai]"]),
    ],
)  # fmt: skip
def test_a_page_tells_everything_that_the_pack_says(rule_id: str, expected: list[str]) -> None:
    text = page(rule_id)
    for words in expected:
        assert words in text


def test_a_page_has_no_heading_without_content() -> None:
    for heading in ("why", "fix", "applies when", "parameters", "references", "examples", "in force"):
        assert not re.search(rf"^{heading}", page("IN-002"), re.MULTILINE)


def test_a_rule_is_defined_at_the_line_where_it_stands() -> None:
    line = int(page("IN-002").split("defined at ")[1].split("\n")[0].rpartition(":")[2])
    assert PACK.splitlines()[line - 1] == "  - id: IN-002"


def test_json_holds_what_the_page_holds() -> None:
    value = rule_object(rule("IN-001"), DAY)
    assert (value["id"], value["kind"], value["severity"]) == ("IN-001", "constraint", "error")
    assert value["reads"] == ["data.sensitivity", "option.leaves_organization"]
    assert value["parameters"] == {"restricted_from": 3}
    assert value["effective_until"] == "2030-12-31"
    assert value["effective_from"] is None
    assert value["examples"] == [{"name": "it leaves", "expect": "violated"}]
    assert value["references"] == [{"title": "House rules", "url": "https://example.com/7", "clause": "7"}]


@pytest.mark.parametrize("width", [40, 80])
def test_prose_keeps_to_the_width(width: int) -> None:
    long = PACK.replace("host it yourself", "host it yourself " * 20)
    fix = page("IN-001", width, long).split("\nfix\n")[1].split("\n\n")[0]
    assert len(fix.splitlines()) > 3
    assert all(cells(line) <= width for line in fix.splitlines())


@pytest.mark.parametrize("rule_id", ["EVIL-001", "EVIL-002", "EVIL-003"])
def test_text_of_a_pack_is_never_printed_as_it_is(rule_id: str) -> None:
    for text in (page(rule_id, pack=EVIL_PACK), json_text(rule_object(rule(rule_id, EVIL_PACK), DAY))):
        assert rule_id in text
        assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


@pytest.mark.parametrize("reserved", RESERVED_RULES, ids=lambda reserved: reserved.id)
def test_rules_about_manifests_say_why_and_how_to_fix(reserved: ReservedRule) -> None:
    text, value = render_rule(reserved, width=200, style=Styler(), day=DAY), rule_object(reserved, DAY)
    for words in (reserved.id, reserved.name, reserved.title, reserved.why, reserved.fix):
        assert words in text
        assert words in value.values()
    assert value["reserved"] is True
