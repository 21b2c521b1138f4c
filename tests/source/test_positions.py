"""Every key and value of a document has a span, and the text of the span is that key or value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.source import builder
from aipolicy.source.document import Document
from aipolicy.source.span import DocumentPath, Part, Position, Span
from aipolicy.source.yaml_reader import read_yaml


class Dumper(yaml.SafeDumper):
    """Writes every text in double quotes, so that what is generated stays text; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30)
)  # fmt: skip
KEYS = st.text(st.sampled_from("abkz 日本😀é:#{}[]-,'\"\\\t"), max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def paths_of(value: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, Any]]:
    """Yield every path of a value with what stands there."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_of(child, (*path, key))


def text_of(text: str, span: Span) -> str:
    """Return the text of a span, indented as it stands so that blocks keep their shape."""
    lines = text.replace("\r\n", " \n").split("\n")
    first, last = (sum(len(line) + 1 for line in lines[: at.line - 1]) + at.column - 1 for at in (span.start, span.end))
    return " " * (span.start.column - 1) + text[first:last]


def only_document(text: str) -> Document:
    """Return the one document of a sound text."""
    result = read_yaml("x.yaml", text.encode())
    assert result.problems == ()
    return result.documents[0]


@pytest.mark.parametrize("has_libyaml", [True, False])
@settings(max_examples=150)
@given(
    data=st.lists(VALUES, max_size=3) | st.dictionaries(KEYS, VALUES, max_size=4),
    flow=st.booleans(),
    width=st.sampled_from([20, 10**6]),
    ending=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    head=st.sampled_from(["", "# comment\n", "---\n"]),
)
def test_every_value_has_a_span_whose_text_parses_back_to_it(
    has_libyaml: bool, data: Any, flow: bool, width: int, ending: str, mark: str, head: str
) -> None:
    dumped = yaml.dump(data, Dumper=Dumper, default_flow_style=flow, width=width, allow_unicode=True, sort_keys=False)
    text = (head + dumped).replace("\n", ending)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "HAS_LIBYAML", has_libyaml)
        document = only_document(mark + text)
        assert repr(document.value) == repr(data)
        for path, value in paths_of(data):
            written = text_of(text, document.locate(path))
            assert repr(only_document(written).value) == repr(value), (path, written)
            if path and isinstance(path[-1], str):
                assert only_document(text_of(text, document.locate(path, "key"))).value == path[-1]


PLACES: tuple[tuple[str, str, DocumentPath, Part, tuple[int, int, int, int]], ...] = (
    ("value", "a: xy", ("a",), "value", (1, 4, 1, 6)),
    ("key", "a: xy", ("a",), "key", (1, 1, 1, 2)),
    ("item", "a: [x, yz]", ("a", 1), "value", (1, 8, 1, 10)),
    ("wide characters", "日本: {😀: é}", ("日本", "😀"), "value", (1, 9, 1, 10)),
    ("tab", '{"\t": x}', ("\t",), "value", (1, 7, 1, 8)),
    ("CRLF", "a: 1\r\nb: xy\r\n", ("b",), "value", (2, 4, 2, 6)),
    ("CR", "a: 1\rb: xy\r", ("b",), "value", (2, 4, 2, 6)),
    ("byte-order mark", "\ufeffa: xy", ("a",), "value", (1, 4, 1, 6)),
    ("later document", "x: 1\n---\na: xy", ("x",), "value", (1, 4, 1, 5)),
    ("block ends at its last child", "a:\n  b: 1\n\n# c\nd: 2", ("a",), "value", (2, 3, 2, 7)),
    ("empty value", "a:\nb: 1", ("a",), "key", (1, 1, 1, 2)),
    ("missing key points at its parent", "a:\n  b: 1", ("a", "c"), "value", (1, 1, 1, 2)),
    ("missing at the top points at the start", "a:\n  b: 1", ("c",), "value", (1, 1, 1, 2)),
    ("alias points at its anchor", "a: &x {b: 1}\nc: *x", ("c", "b"), "value", (1, 11, 1, 12)),
    ("alias itself", "a: &x {b: 1}\nc: *x", ("c",), "value", (2, 4, 2, 6)),
    ("alias of an item", "a: &x [1, 2]\nc: [*x]", ("c", 0, 1), "value", (1, 11, 1, 12)),
    ("alias of an alias", "a: &x {b: {q: 1}}\nc: &y {d: *x}\ne: *y", ("e", "d", "b", "q"), "value", (1, 15, 1, 16)),
    ("merged key", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2", ("c", "b"), "value", (1, 11, 1, 12)),
    ("merged key itself", "a: &x {b: 1}\nc:\n  <<: *x", ("c", "b"), "key", (1, 8, 1, 9)),
    ("explicit key wins over merged", "a: &x {b: 1}\nc:\n  b: 2\n  <<: *x", ("c", "b"), "value", (3, 6, 3, 7)),
    ("merged from a list", "a: &x {b: 1}\nc: {<<: [*x, {d: 5}]}", ("c", "d"), "value", (2, 18, 2, 19)),
    ("below a merged key", "a: &x {b: {q: 1}}\nc: {<<: *x}", ("c", "b", "q"), "value", (1, 15, 1, 16)),
    ("merged twice over", "a: &x {b: 1}\nc: &y {<<: *x}\nd: {<<: *y}", ("d", "b"), "value", (1, 11, 1, 12)),
)  # fmt: skip


@pytest.mark.parametrize("has_libyaml", [True, False])
@pytest.mark.parametrize(
    ("text", "path", "part", "place"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_positions_are_where_things_were_written(
    text: str, path: DocumentPath, part: Part, place: tuple[int, int, int, int], has_libyaml: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(builder, "HAS_LIBYAML", has_libyaml)
    document = read_yaml("x.yaml", text.encode()).documents[0]
    assert document.locate(path, part) == Span(Position(*place[:2]), Position(*place[2:]))


def test_each_document_of_a_file_has_its_own_positions() -> None:
    first, second = read_yaml("x.yaml", b"a: 1\n---\na: 2\n").documents
    assert first.locate(("a",)).start.line == 1
    assert second.locate(("a",)).start.line == 3


def test_what_is_not_written_is_told_apart_from_what_is() -> None:
    (document,) = read_yaml("x.yaml", b"a: &x {b: 1}\nc: {<<: *x}\nd: *x").documents
    written = [("a",), ("a", "b"), ("c", "b"), ("d", "b")]
    assert [document.has(path) for path in written] == [True] * 4
    assert not document.has(("c", "z"))
    assert not document.has(("z",))
