"""Carets and labels below source lines."""

from __future__ import annotations

from aipolicy.report.terminal.snippet import Annotation, draw_snippet, source_lines
from aipolicy.report.terminal.style import Role, Styler, cells
from aipolicy.source.span import Position, Span


def span(line: int, start: int, end: int, last_line: int | None = None) -> Span:
    return Span(Position(line, start), Position(last_line or line, end))


def draw(text: str, *annotations: Annotation, width: int = 80) -> str:
    drawn = draw_snippet(source_lines(text), annotations, width=width, role=Role.ERROR, styler=Styler(color=False))
    return "\n".join(drawn.lines) + "\n"


def caret(line: int, start: int, end: int, label: str = "", last_line: int | None = None) -> Annotation:
    return Annotation(span(line, start, end, last_line), label, primary=True)


def dash(line: int, start: int, end: int, label: str = "") -> Annotation:
    return Annotation(span(line, start, end), label)


def test_the_primary_span_has_carets_and_its_label() -> None:
    assert draw("a: b", caret(1, 4, 5, "here")) == (
        "   |\n"
        " 1 | a: b\n"
        "   |    ^ here\n"
    )  # fmt: skip


def test_labels_that_share_a_line_are_hung_from_right_to_left() -> None:
    assert draw("a: b, c: d", caret(1, 4, 5, "first"), dash(1, 7, 8, "second"), dash(1, 10, 11, "third")) == (
        "   |\n 1 | a: b, c: d\n   |    ^  -  - third\n   |    |  |\n   |    |  second\n   |    first\n"
    )


def test_two_labels_of_one_span_are_both_shown() -> None:
    assert draw("a: b", caret(1, 4, 5, "first"), dash(1, 4, 5, "second")) == (
        "   |\n"
        " 1 | a: b\n"
        "   |    ^ first\n"
        "   |    |\n"
        "   |    second\n"
    )  # fmt: skip


def test_equal_annotations_are_drawn_once() -> None:
    assert draw("a: b", dash(1, 4, 5, "x"), dash(1, 4, 5, "x")) == draw("a: b", dash(1, 4, 5, "x"))


def test_carets_cover_dashes_where_spans_overlap() -> None:
    assert "   | --^^--" in draw("abcdef", dash(1, 1, 7), caret(1, 3, 5))


def test_one_line_between_marks_is_shown_and_more_are_an_ellipsis() -> None:
    text = "a\nb\nc\nd\ne\nf\n"
    assert draw(text, caret(1, 1, 2), dash(3, 1, 2), dash(6, 1, 2)) == (
        "   |\n"
        " 1 | a\n"
        "   | ^\n"
        " 2 | b\n"
        " 3 | c\n"
        "   | -\n"
        "...\n"
        " 6 | f\n"
        "   | -\n"
    )  # fmt: skip


def test_the_gutter_is_as_wide_as_the_widest_line_number() -> None:
    text = "\n".join("abcdefghijkl")
    assert draw(text, caret(2, 1, 2), dash(11, 1, 2)) == (
        "    |\n"
        "  2 | b\n"
        "    | ^\n"
        "...\n"
        " 11 | k\n"
        "    | -\n"
    )  # fmt: skip


def test_a_span_of_several_lines_is_marked_on_its_first_and_names_its_last() -> None:
    text = "a:\n  - b  \n  - c\n\nd: e\n"
    assert "   |   ^^^ here (through line 3)\n" in draw(text, caret(2, 3, 1, "here", last_line=5))
    assert "   |   ^^^ (through line 3)\n" in draw(text, caret(2, 3, 6, last_line=3))


def test_a_span_that_ends_at_the_start_of_the_next_line_is_of_one_line() -> None:
    assert "   | ^^^^\n" in draw("a: b\nc: d\n", caret(1, 1, 1, last_line=2))


def test_a_span_after_the_last_character_is_marked_there() -> None:
    assert draw("a:", caret(1, 3, 4, "nothing here")).endswith("   |   ^ nothing here\n")


def test_spans_outside_of_the_text_are_moved_into_it() -> None:
    assert draw("a: b", caret(9, 9, 99)) == "   |\n 1 | a: b\n   |     ^\n"
    assert draw("", caret(1, 1, 2)) == "   |\n 1 |\n   | ^\n"


def test_carets_stand_under_wide_combining_and_escaped_characters() -> None:
    assert draw("日本: x", caret(1, 5, 6)).endswith(" 1 | 日本: x\n   |       ^\n")
    assert draw("e\u0301: x", caret(1, 5, 6)).endswith("   |    ^\n")
    assert draw("日: x", caret(1, 1, 2)).endswith("   | ^^\n")
    assert draw("\u202e: x", caret(1, 1, 2)).endswith(" 1 | \\u202e: x\n   | ^^^^^^\n")
    assert draw("\ta: x", caret(1, 5, 6)).endswith(" 1 |  a: x\n   |     ^\n")


def test_only_line_feeds_and_carriage_returns_end_a_line() -> None:
    assert source_lines("a\r\nb\rc\nd\x85e\u2028f\x0cg") == ["a", "b", "c", "d\x85e\u2028f\x0cg"]


def test_a_long_line_is_shown_from_its_start_when_that_shows_the_mark() -> None:
    text = "key: " + "x" * 100
    assert draw(text, caret(1, 1, 4), width=40) == (
        "   |\n"
        " 1 | key: xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\n"
        "   | ^^^\n"
    )  # fmt: skip


def test_a_long_line_is_cut_on_both_sides_of_the_mark() -> None:
    text = "x" * 100 + "MARK" + "y" * 100
    assert draw(text, caret(1, 101, 105, "here"), width=40) == (
        "   |\n"
        " 1 | …xxxxxxxxxxxxxxMARKyyyyyyyyyyyyyyy…\n"
        "   |                ^^^^ here\n"
    )  # fmt: skip


def test_marks_that_are_cut_off_are_shown_at_the_ellipsis() -> None:
    text = "first " + "x" * 100 + "MARK" + "y" * 100 + "last"
    drawn = draw(text, caret(1, 107, 111), dash(1, 1, 6), dash(1, 211, 215), width=40)
    assert drawn.endswith("   | -              ^^^^               -\n")


def test_a_label_that_does_not_fit_beside_its_mark_is_hung_and_broken() -> None:
    assert draw("a: " + "b" * 30, caret(1, 4, 34, "a label of some length, in two lines"), width=44) == (
        "   |\n"
        " 1 | a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
        "   |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   |    a label of some length, in two lines\n"
    )


def test_a_label_at_the_right_edge_is_moved_to_the_left() -> None:
    drawn = draw("x" * 35, caret(1, 35, 36, "a label of some length"), width=40)
    assert drawn.endswith("   |              a label of some length\n")


def test_a_long_label_goes_on_beside_its_mark() -> None:
    drawn = draw("a: b", dash(1, 1, 2, "key"), caret(1, 4, 5, "word " * 11 + "end"), width=50)
    assert drawn == (
        "   |\n 1 | a: b\n   | -  ^ word word word word word word word word\n   | |    word word word end\n   | key\n"
    )


def test_what_looks_like_a_key_is_hidden_and_columns_stay() -> None:
    drawn = draw("key: sk-proj-abcdefghij0123456789 # x", caret(1, 35, 36, "here"))
    assert drawn == (
        "   |\n"
        " 1 | key: sk-p************************ # x\n"
        "   |                                   ^ here\n"
    )  # fmt: skip


def test_a_key_that_is_cut_by_the_edge_is_hidden() -> None:
    text = "a: " + "x " * 60 + "sk-proj-abcdefghij0123456789abcdefghij0123456789 # " + "y " * 60
    drawn = draw(text, caret(1, text.index("#") + 1, text.index("#") + 2), width=60)
    assert "0123456789" not in drawn
    assert "****" in drawn


def test_ordinary_names_are_not_taken_for_keys() -> None:
    text = "name: risk-assessment-of-customer-support-requests-for-insurance-claims-in-2025"
    assert text in draw(text, caret(1, 1, 5), width=100)


def test_a_line_of_a_megabyte_is_drawn_at_once() -> None:
    text = "a: " + "日\u0301 " * 300_000
    drawn = draw(text, caret(1, 400_000, 900_000, "long"), width=80)
    assert all(cells(line) <= 80 for line in drawn.split("\n"))
