"""Values hang under their names, or are left to a plain list where they would not fit."""

from __future__ import annotations

import pytest

from aipolicy.report.terminal.condition_values import hung_values


def test_the_value_of_each_name_hangs_under_its_first_place() -> None:
    text = "a.b >= params.limit\n  || c in x && a.b < 2.0"
    values = {"a.b": 3.0, "params.limit": 4.5, "c": None, "x": ("p", "q")}
    assert hung_values(text, values, 60) == [
        "a.b >= params.limit || c in x && a.b < 2.0",
        "|      |               |    |",
        "|      |               |    p, q",
        "|      |               unknown",
        "|      4.5",
        "3",
    ]


def test_names_in_quotes_and_parts_of_names_are_no_places() -> None:
    text = '"a.b" == a.bc && "x" in a.b.exists(n, n)'
    assert hung_values(text, {"a.b": True}, 60)[1].index("|") == text.index("a.b.exists")


@pytest.mark.parametrize(
    ("text", "values", "width"),
    [
        ("a.b >= params.limit", {"a.b": 3.0}, 12),
        ("long_name_of_a_fact && b", {"long_name_of_a_fact": True, "b": True}, 26),
        ('owner == "日本"', {"owner": "x"}, 60),
        ("a.b > 1.0", {"a.b": 1.0, "hidden.in.a.variable": 1.0}, 60),
    ],
)
def test_what_does_not_fit_is_not_drawn(text: str, values: dict[str, float | str | bool], width: int) -> None:
    assert hung_values(text, values, width) == []


def test_control_characters_are_escaped_before_columns_are_counted() -> None:
    lines = hung_values('x == "\x1b[31m" && a', {"a": "\u202e"}, 80)
    assert "\x1b" not in "".join(lines)
    assert lines[0].index(" a") + 1 == lines[1].index("|")
    assert lines[2].strip() == "\\u202e"
