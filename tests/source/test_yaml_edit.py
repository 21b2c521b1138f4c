"""One value of a YAML document is set or taken out, and everything else stays byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.yaml_edit import value_at, with_value
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_value

BLOCK = "a:\n  b: one  # why\n  c: [x, y]\nd: 2\n# end\n"
FLOW = "a: {b: one, c: [x, y]}\nd: 2\n"
EDITS: list[tuple[str, tuple[str, ...], Any, str]] = [
    (BLOCK, ("a", "b"), "two", "a:\n  b: two  # why\n  c: [x, y]\nd: 2\n# end\n"),
    (BLOCK, ("a", "c"), ("z",), "a:\n  b: one  # why\n  c: [z]\nd: 2\n# end\n"),
    (BLOCK, ("a", "e"), True, "a:\n  b: one  # why\n  c: [x, y]\n  e: true\nd: 2\n# end\n"),
    (BLOCK, ("e",), "new", "a:\n  b: one  # why\n  c: [x, y]\nd: 2\ne: new\n# end\n"),
    (BLOCK, ("e", "f", "g"), 1, "a:\n  b: one  # why\n  c: [x, y]\nd: 2\ne:\n  f:\n    g: 1\n# end\n"),
    (BLOCK, ("a", "b"), None, "a:\n  c: [x, y]\nd: 2\n# end\n"),
    (BLOCK, ("d",), None, "a:\n  b: one  # why\n  c: [x, y]\n# end\n"),
    ("a:\n  b: 1\nd: 2\n", ("a", "b"), None, "d: 2\n"),
    ("a:\n  - 1\n  - 2\n# about d\nd: 2\n", ("a",), (3,), "a:\n  [3]\n# about d\nd: 2\n"),
    ("a: |\n  long\n  text\nd: 2\n", ("a",), "short", "a: short\nd: 2\n"),
    ("a: |\n  long\n  text\nd: 2\n", ("a",), None, "d: 2\n"),
    (FLOW, ("a", "b"), "two", "a: {b: two, c: [x, y]}\nd: 2\n"),
    (FLOW, ("a", "e"), 1, "a: {e: 1, b: one, c: [x, y]}\nd: 2\n"),
    (FLOW, ("a", "b"), None, "a: {c: [x, y]}\nd: 2\n"),
    (FLOW, ("a", "c"), None, "a: {b: one}\nd: 2\n"),
    ("{a: {b: 1}}", ("a", "c", "d"), 2, "{a: {c: {d: 2}, b: 1}}"),
    ("a: 1", ("b",), 2, "a: 1\nb: 2\n"),
    ("a: 1\r\nb:\r\n  c: 2\r\n", ("b", "d"), "x", "a: 1\r\nb:\r\n  c: 2\r\n  d: x\r\n"),
]


@pytest.mark.parametrize(("text", "keys", "value", "expected"), EDITS)
def test_one_value_changes_and_nothing_else(text: str, keys: tuple[str, ...], value: Any, expected: str) -> None:
    assert with_value("m.yaml", text, keys, value) == expected


@pytest.mark.parametrize(
    ("text", "keys", "value"),
    [
        ("a: 1\n---\nb: 2\n", ("a",), 3),
        ("a: [", ("a",), 3),
        ("- 1\n", ("a",), 3),
        ("a: &x {b: 1}\nc: *x\n", ("a", "b"), 2),
        ("a: &x {b: 1}\nc: *x\n", ("c", "b"), 2),
        ("a: &x 1\nc: *x\n", ("a",), None),
        ("a: text\n", ("a", "b"), 2),
        ("a:\n", ("a", "b"), 2),
        ("a: 1\n", ("b",), None),
    ],
)
def test_what_would_change_more_than_one_value_is_left_to_people(text: str, keys: tuple[str, ...], value: Any) -> None:
    assert with_value("m.yaml", text, keys, value) in (None, text)


_SCALARS = st.one_of(st.booleans(), st.integers(-99, 99), st.text("ab :#-,'\"[]{}\n", max_size=6))
_VALUES = st.one_of(_SCALARS, st.lists(_SCALARS, max_size=2))
_KEYS = st.sampled_from(["a", "b", "c"])
_TREES = st.dictionaries(_KEYS, st.one_of(_VALUES, st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=3)), min_size=1)


def _written(tree: dict[str, Any], style: str) -> str:
    if style == "flow":
        return write_value(tree)
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict):
            lines += [f"{key}: # section", *(f"   {name}: {write_value(item)} # why" for name, item in value.items())]
        elif isinstance(value, list) and value:
            lines += [f"{key}:", *(f"- {write_value(item)}" for item in value), "# after"]
        else:
            lines.append(f"{key}: {write_value(value)}")
    return "\n".join(lines)


@given(
    _TREES, st.lists(_KEYS, min_size=1, max_size=3), st.one_of(st.none(), _VALUES), st.sampled_from(["flow", "block"])
)
def test_what_is_returned_reads_as_asked(tree: dict[str, Any], keys: list[str], value: Any, style: str) -> None:
    text = _written(tree, style)
    edited = with_value("m.yaml", text, tuple(keys), value)
    if edited is not None:
        after = read_yaml("m.yaml", edited.encode()).documents[0].value
        assert value_at(after, tuple(keys)) == value
        assert edited.count("# why") >= text.count("# why") - 1 - (3 if value is None or len(keys) == 1 else 0)
    else:
        blocked = not isinstance(value_at(tree, tuple(keys[:1])), dict) or len(keys) > 2
        assert blocked or value is None or style == "flow", "a value that can be set is set"
