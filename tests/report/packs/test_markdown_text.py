"""Text of packs in Markdown: it is shown as it is, and nothing of it acts as markup, whatever it is."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aipolicy.report.packs.markdown_text import code, fenced, paragraphs, prose, reference, table, value
from aipolicy.source.text import escaped

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NASTY = (
    *(
        "`",
        "``",
        "|",
        "\\",
        "<b>",
        "<!--",
        "-->",
        "[x](http://e.vil)",
        "![i](u)",
        "http://e.vil/a",
        "www.e.vil",
        "a@e.vil",
    ),
    *(
        "*",
        "**",
        "_",
        "~~",
        "\n",
        "\n\n",
        "# h",
        "- ",
        "1. ",
        "> ",
        "```",
        "~~~",
        "&lt;",
        "&#60;",
        "$",
        "{",
        "[^1]",
        "=",
    ),
    *(
        "[a]: http://x",
        "---",
        " ",
        "a",
        "</td>",
        "</code>",
        "://",
        "https://e.vil/`x`",
        "mailto:a@b.c",
        "\t",
        "    ",
        "+",
    ),
    *("|---|", '"', "'", ")", "(", "!", "WWW.e.vil", "<https://e.vil>", "javascript:x", "\u202e", "\u2028", ":", "."),
)
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), min_size=1, max_size=9).map("".join)
PAGE_TAGS = {"p", "code"}


def tags(markdown: str) -> set[str]:
    return {name.lower() for name in re.findall(r"<\s*/?\s*([A-Za-z!][A-Za-z0-9-]*)", RENDERER.render(markdown))}


def read(markdown: str) -> str:
    """Return what a reader sees, without white space and backticks."""
    seen = html.unescape(re.sub(r"<[^>]*>", "", RENDERER.render(markdown))).replace("\u200b", "")
    return re.sub(r"[`\s]", "", seen)


@given(TEXTS)
def test_prose_is_one_paragraph_of_text_and_code(text: str) -> None:
    assert tags(prose(text)) <= PAGE_TAGS
    assert "\n" not in prose(text)


@given(TEXTS)
def test_prose_is_read_as_it_was_written(text: str) -> None:
    assert read(prose(text)) == re.sub(r"[`\s]", "", escaped(" ".join(text.split())))


@given(TEXTS)
def test_no_address_and_no_mention_acts_outside_of_code(text: str) -> None:
    outside = re.sub(r"`[^`]*`|<code>.*?</code>", "", prose(text))
    assert not re.search(r"(?i)://|www\.|@(?!&#8203;)", outside)


@given(TEXTS, TEXTS)
def test_a_table_keeps_its_cells(one: str, other: str) -> None:
    rendered = RENDERER.render(table(("a", "b"), [(prose(one), code(other)), ("x", "y")]))
    assert rendered.count("<td") == 4
    assert set(re.findall(r"</?([a-z]+)", rendered)) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(TEXTS)
def test_a_list_item_stays_one(text: str) -> None:
    rendered = RENDERER.render(f"- {prose(text)}\n- z")
    assert set(re.findall(r"</?([a-z]+)", rendered)) <= {"ul", "li", "code"}
    assert rendered.count("<li") == 2


@given(TEXTS)
def test_nothing_closes_a_fence(text: str) -> None:
    rendered = RENDERER.render(fenced([text, "require"]) + "\n\nend")
    assert rendered.count("<pre") == 1
    assert rendered.rstrip().endswith("<p>end</p>")


@given(TEXTS)
def test_code_is_one_span(text: str) -> None:
    assert RENDERER.render(code(text)).count("<code>") == 1
    assert tags(code(text)) <= PAGE_TAGS


@given(TEXTS, TEXTS)
def test_a_reference_leads_to_its_own_host_or_nowhere(title: str, path: str) -> None:
    rendered = RENDERER.render(reference(title, f"https://house.example/{path}"))
    assert all(href.startswith("https://house.example/") for href in re.findall(r'href="([^"]*)"', rendered))
    assert rendered.count("<a ") <= 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//e.vil", "/etc/passwd", "file:///x", "ftp://e.vil",
        "https://bank.example@e.vil/", "https://user:word@e.vil", "https://a b", "https://a\nb", "https://", "x",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_no_link(address: str) -> None:
    assert "<a" not in RENDERER.render(reference("title", address))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("declare `team.on_call: true`, then", "declare `team.on_call: true`, then"),
        ("1.0.0", "1.0.0"),
        ("1. first", "1\\. first"),
        ("# no heading", "\\# no heading"),
        ("a | b", "a &#124; b"),
        ("snake_case and 2 * 3", "snake\\_case and 2 \\* 3"),
        ("see https://example.com/a_b.", "see `https://example.com/a_b`."),
        ("`a|b`", "<code>a&#124;b</code>"),
        ("one ` alone", "one &#96; alone"),
        ("line\n  and line", "line and line"),
        ("mail a@b.example", "mail a@&#8203;b.example"),
        ("\u202eabc", "&#92;u202eabc"),
    ],
)
def test_prose_stays_readable_where_it_can(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (True, "`true`"), (3.0, "`3`"), (0.1, "`0.1`"), ("", '`""`'), ((), "`[]`"), (("a", "b"), "`[a, b]`"),
        ({"a": "b"}, "`{a: b}`"),
    ],
)  # fmt: skip
def test_values_are_written_in_full(given_value: object, expected: str) -> None:
    assert value(given_value) == expected  # type: ignore[arg-type]


def test_empty_lines_part_paragraphs() -> None:
    assert paragraphs("one\ntwo\n\n \nthree\n") == ["one two", "three"]


def test_lines_of_a_condition_stay_lines() -> None:
    assert fenced(["a &&\nb", "c"]) == "```text\na &&\n    b\nc\n```"
