"""What of a picture comes into a page: shapes, text and colours, and nothing that runs, styles or leads elsewhere."""

from __future__ import annotations

import pytest

from aipolicy.report.html.inline_svg import inline_svg

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def cleaned(inside: str) -> str:
    """Return what is left of elements in a picture."""
    text = inline_svg(f'<svg {NAMES} viewBox="0 0 1 1">{inside}</svg>', "words")
    head = '<svg viewBox="0 0 1 1" role="img" aria-label="words"'
    assert text.startswith(head)
    return text.removeprefix(head).removeprefix(">").removesuffix("</svg>").replace(" />", "/>").removesuffix("/>") + (
        "/>" if text.endswith("/></svg>") else ""
    )


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ("<style>*{fill:red}</style>", ""),
        ("<foreignObject><b>x</b></foreignObject>", ""),
        ('<image href="https://example.invalid/x.png"/>', ""),
        ('<a href="javascript:alert(1)"><path d="M0"/></a>', ""),
        ("<metadata>who made it</metadata>", ""),
        ('<path d="M0" onload="alert(1)" class="x" data-x="y"/>', '<path d="M0"/>'),
        (
            '<path d="M0" style="fill: none; stroke: #1f77b4; position: fixed"/>',
            '<path d="M0" fill="none" stroke="#1f77b4"/>',
        ),
        ('<path style="stroke: #000000"/>', '<path stroke="currentColor"/>'),
        ('<path style="fill: url(https://example.invalid/x)"/>', "<path/>"),
        ('<use xlink:href="https://example.invalid/x.svg#a"/>', "<use/>"),
        ('<path id="a" d="M0"/><use xlink:href="#a" x="1"/>', '<path id="a" d="M0"/><use href="#a" x="1"/>'),
        ('<g id="nothing points here"><path d="M 1.23456 2"/></g>', '<path d="M 1.2 2"/>'),
        ('<text transform="rotate(-0 1 1)" x="1">&lt;b&gt; &amp; ü</text>', '<text x="1">&lt;b&gt; &amp; ü</text>'),
        ("words outside of text<g/>", ""),
    ],
)
def test_what_a_page_may_hold_is_left(inside: str, left: str) -> None:
    assert cleaned(inside) == left


def test_words_that_stand_for_it_are_text() -> None:
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in inline_svg(f"<svg {NAMES}/>", '"><script>')


@pytest.mark.parametrize("text", ["", "no picture", "<svg>", "<svg xlink:href='x'/>"])
def test_what_is_no_picture_is_left_out(text: str) -> None:
    assert inline_svg(text, "words") == ""
