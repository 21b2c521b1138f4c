"""Findings as people read them in a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_scenarios import FLOW, SCENARIOS, document, finding, health_leaves, hostile

from aipolicy.findings.finding import Finding, Outcome, Place, Severity
from aipolicy.report.formats.concise import render_concise
from aipolicy.report.terminal.findings_text import MOST_LINES, render_findings
from aipolicy.report.terminal.style import Styler, cells
from aipolicy.source.document import Document, SourceFile
from aipolicy.source.span import Position, Span
from aipolicy.value import replace

GOLDEN = Path(__file__).parent.parent / "golden"
_SGR = re.compile("\x1b\\[[0-9;]*m")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def plain(findings: list[Finding], width: int = 80, *, verbose: bool = False) -> str:
    return render_findings(findings, width=width, style=Styler(), verbose=verbose)


def assert_golden(name: str, text: str) -> None:
    """Compare with a file; `AIPOLICY_UPDATE_GOLDEN=1` writes it, to be read before it is committed."""
    path = GOLDEN / name
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_bytes().decode("utf-8")


def assert_safe(text: str) -> None:
    assert not [c for c in text if c != "\n" and (unicodedata.category(c) in {"Cc", "Cs"} or c in _BIDI)]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", SCENARIOS)
def test_findings_read_like_those_of_a_compiler(name: str, width: int) -> None:
    assert_golden(f"{name}.{width}.txt", plain(SCENARIOS[name](), width))


@pytest.mark.parametrize("name", SCENARIOS)
def test_with_verbose_all_that_is_known_of_a_finding_is_shown(name: str) -> None:
    assert_golden(f"{name}.verbose.txt", plain(SCENARIOS[name](), verbose=True))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_finding_takes_at_most_eight_lines(name: str, width: int) -> None:
    for block in plain(SCENARIOS[name](), width).split("\n\n"):
        if not any(line.startswith(f"{severity}[") for line in block.split("\n")[1:] for severity in Severity):
            assert len(block.strip("\n").split("\n")) <= MOST_LINES


@pytest.mark.parametrize("name", SCENARIOS)
def test_concise_findings_are_as_recorded(name: str) -> None:
    assert_golden(f"{name}.concise.txt", render_concise(SCENARIOS[name]()))


def test_colours_mark_severity_rule_and_spans() -> None:
    text = render_findings(health_leaves(), width=80, style=Styler(color=True))
    assert_golden("health_leaves.colour.txt", text.replace("\x1b", "<ESC>"))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("width", [0, 40, 61, 80, 99_999])
def test_colour_changes_nothing_but_colour(name: str, width: int) -> None:
    coloured = render_findings(SCENARIOS[name](), width=width, style=Styler(color=True))
    assert _SGR.sub("", coloured) == plain(SCENARIOS[name](), width)


def test_nothing_found_is_an_empty_text() -> None:
    assert plain([]) == ""


def test_hostile_text_cannot_steer_the_terminal() -> None:
    for width in (40, 80, 120):
        text = plain(hostile(), width)
        assert_safe(text)
        assert "[/foo] [bold]x" in text
        assert not any(line.startswith(("::", "##")) for line in text.split("\n"))


def test_a_finding_without_source_is_header_path_and_notes() -> None:
    assert plain([finding(why="because", fix="do it")], verbose=True) == (
        "error[DATA-001]: `health` would be sent to `openai`\n"
        "  --> claims.aifeature.yaml\n"
        "   = why: because\n"
        "   = fix: do it\n"
    )


def test_a_span_without_document_is_only_named() -> None:
    place = Place(span=Span(Position(3, 4), Position(3, 5)))
    assert plain([finding(place=place)]).endswith("  --> claims.aifeature.yaml:3:4\n")


def test_prose_of_several_lines_becomes_one_paragraph() -> None:
    assert "   = why: one two three\n" in plain([finding(why="one\n  two\nthree\n")], verbose=True)


def test_a_long_address_stays_whole() -> None:
    text = plain(health_leaves(), 40, verbose=True)
    assert "(https://eur-lex.europa.eu/eli/reg/2016/679/oj#d1e3058-1-1)\n" in text


def test_a_very_long_rule_id_stays_whole() -> None:
    rule_id = "ORGANISATION-WIDE-RULE-ABOUT-SOMETHING-" * 3 + "001"
    undecided = [finding(rule_id=rule_id, message=f"m{n}", outcome=Outcome.UNDETERMINED) for n in range(5)]
    assert plain([finding(rule_id=rule_id)], 40).startswith(f"error[{rule_id}]:\n    `health` would be")
    assert plain(undecided, 40).count(f"error[{rule_id}]: ") == 5


def undecided(count: int, **changes: object) -> list[Finding]:
    doc = document(FLOW)
    return [
        finding(doc, rule_id=f"R-{n}", outcome=Outcome.UNDETERMINED, missing_facts=(f"a.f{n}", "a.z"), **changes)
        for n in range(count)
    ]


def test_what_gates_because_it_is_open_takes_one_line_each() -> None:
    lines = plain(undecided(4)).split("\n")
    assert [line.partition(":")[0] for line in lines] == ["error[R-0]", "error[R-1]", "error[R-2]", "error[R-3]", ""]


def test_what_is_open_stands_after_what_is_violated_in_the_order_of_places() -> None:
    text = plain([*undecided(2), *health_leaves()])
    assert text.rindex("error[DATA-001]") < text.index("error[R-0]") < text.index("error[R-1]")


def test_the_worst_come_first_whatever_their_place() -> None:
    doc = document(FLOW)
    mild = [finding(doc, rule_id=f"R-{severity}", severity=severity) for severity in reversed(Severity)]
    text = plain([*mild, *undecided(1)])
    order = ["error[R-error]", "error[R-0]", "warning[R-warning]", "note[R-note]"]
    assert sorted(order, key=text.index) == order


@pytest.mark.parametrize(
    ("message", "width", "line"),
    [
        ("declare `a.b`", 80, "error[R-0]: declare `a.b` (claims.aifeature.yaml)"),
        ("declare `a.b`", 40, "error[R-0]: declare `a.b`"),
        ("declare `a.b`, `c.d` and much that follows", 40, "error[R-0]: declare `a.b`, `c.d` and mu…"),
    ],
)
def test_a_line_says_what_settles_it_first_and_where_as_far_as_there_is_room(
    message: str, width: int, line: str
) -> None:
    assert plain([finding(rule_id="R-0", outcome=Outcome.UNDETERMINED, message=message)], width) == f"{line}\n"


def test_a_message_and_a_fix_are_cut_where_they_would_take_more_than_eight_lines() -> None:
    text = plain([finding(document(FLOW), message="word " * 100, fix="word " * 100)])
    lines = text.strip("\n").split("\n")
    assert len(lines) == MOST_LINES
    assert [line for line in lines if line.endswith("…")] == [lines[2], lines[-1]]


def test_the_order_of_findings_does_not_matter() -> None:
    findings = [*health_leaves(), *undecided(4)]
    assert len({plain(list(order)) for order in permutations(findings)}) == 1


def test_rendering_imports_nothing_slow() -> None:
    code = (
        "import sys, aipolicy.report.terminal.findings_text, aipolicy.report.formats.concise; "
        "print([m for m in ('rich', 'yaml', 'jsonschema', 'click', 'textwrap') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


_ALPHABET = "ab: -[]{}#'\"|>&*\n\r\t日é🙂…\u0301\u202e\u200b\x1b\x85\u2028\x00\ud800"
_YAML_ISH = st.text(st.sampled_from(list(_ALPHABET)))
_TEXT = st.one_of(_YAML_ISH, st.text(), st.text(min_size=50), _YAML_ISH.map(lambda text: text * 40))
_POSITION = st.builds(Position, st.integers(-1, 12), st.integers(-1, 500))
_SPAN = st.one_of(
    st.builds(Span, _POSITION, _POSITION),
    st.builds(
        lambda line, column, size: Span(Position(line, column), Position(line, column + size)),
        st.integers(1, 3), st.integers(1, 300), st.integers(0, 60),
    ),
)  # fmt: skip
_PLACE = st.builds(lambda span, label: Place(span=span, label=label), _SPAN, _TEXT)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    doc = Document(SourceFile(draw(_TEXT), draw(_TEXT)), 0, None)
    return finding(
        doc,
        rule_id=draw(st.sampled_from(["DATA-001", "X-1", "MAN-001"])),
        severity=draw(st.sampled_from(Severity)),
        outcome=draw(st.sampled_from([Outcome.VIOLATED, Outcome.UNDETERMINED, Outcome.WAIVED])),
        message=draw(_TEXT),
        feature=draw(st.sampled_from(["", "a", "\x1b[0m"])),
        place=draw(_PLACE),
        related=tuple(draw(st.lists(_PLACE, max_size=4))),
        why=draw(_TEXT),
        missing_facts=tuple(draw(st.lists(_TEXT, max_size=3))),
    )


@settings(max_examples=300, deadline=None)
@given(findings(), st.integers(40, 130))
def test_any_text_and_any_span_can_be_drawn(found: Finding, width: int) -> None:
    for verbose in (False, True):
        text = plain([found], width, verbose=verbose)
        assert_safe(text)
        assert text.endswith("\n")
        assert text.startswith(f"{found.severity.value}[{found.rule_id}]:")
    if found.outcome is Outcome.UNDETERMINED:
        return
    bare = plain([replace(found, message="", file="", why="", missing_facts=())], width)
    assert all(cells(line) <= width for line in bare.split("\n"))
    assert re.search(r"^ +\| .*\^", bare, re.MULTILINE)


@settings(max_examples=60, deadline=None)
@given(st.lists(findings(), max_size=8), st.integers(40, 130))
def test_no_rule_is_lost_and_order_does_not_matter(found: list[Finding], width: int) -> None:
    text = plain(found, width)
    assert_safe(text)
    assert all(item.rule_id in text for item in found)
    assert len(render_concise(found).split("\n")) == len(found) + 1
