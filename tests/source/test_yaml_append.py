"""An entry that is appended to a list is the only thing that changes in a file, whatever stands around the list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.yaml_append import with_entry
from aipolicy.source.yaml_reader import read_yaml

TEXTS = {
    "nothing behind it": "a:\n- 1\n- 2\n",
    "no line end": "a:\n  - x: 1\n    y: 2",
    "a comment behind it": "a:\n  - 1\n# the end\n",
    "another key behind it": "a:\n  - 1\n\nb: 2\n",
    "another document behind it": "a:\n  - 1\n---\nb: 2\n",
    "a text in block style": "a:\n  - |\n    one\n    two\n\nb: 2\n",
    "a folded text at the end": "a:\n  - t: >-\n      one\n      two\n",
    "nothing in it": "b: 1\na: []\n",
    "nothing written": "a:\n",
    "no such key": "b: 1\n",
    "a byte order mark": "\ufeffa:\n  - 1\nb: 2\n",
    "letters of other scripts": "a:\n  - ä日😀\nb: ä\n",
}
BY_HAND = {
    "a list in flow style": "a: [1]\nb: 2\n",
    "a mapping": "a: {}\n",
    "another kind of value": "a: text\n",
    "no mapping": "- 1\n",
    "an anchor that is used again": "a: &x\n  - 1\nb: *x\n",
}


def entry(indent: str) -> str:
    return f"{indent}- new\n"


def appended(text: str) -> str | None:
    grown = with_entry("file.yaml", text.encode(), 0, "a", entry)
    return None if grown is None else grown.decode()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_rest_of_the_file_stays_byte_for_byte(text: str, ending: str) -> None:
    written = text.replace("\n", ending)
    grown = appended(written)
    assert grown is not None
    line = next(line for line in grown.split(ending) if line.endswith("- new"))
    rest = grown.replace(f"{line}{ending}", "", 1) if f"{line}{ending}" in grown else grown.replace(line, "", 1)
    assert rest.rstrip() in (written.rstrip(), written.replace("a: []", "a:").rstrip(), f"{written}a:")
    value = read_yaml("file.yaml", grown.encode()).documents[0].value
    before = read_yaml("file.yaml", written.encode()).documents[0].value
    assert isinstance(value, dict)
    assert isinstance(before, dict)
    assert value == {**before, "a": [*(before.get("a") or []), "new"]}


@pytest.mark.parametrize("text", BY_HAND.values(), ids=BY_HAND)
def test_what_cannot_grow_is_left_to_a_person(text: str) -> None:
    assert appended(text) is None


@given(st.text(st.sampled_from("ab:- #[]{}&*|>\n\r'\""), max_size=40))
def test_whatever_the_text_nothing_else_changes(text: str) -> None:
    written = f"a:\n  - 1\n{text}"
    before = read_yaml("file.yaml", written.encode())
    if before.problems or not before.documents:
        return
    grown = appended(written)
    if grown is None:
        return
    after = read_yaml("file.yaml", grown.encode())
    first, *others = ([document.value for document in result.documents] for result in (before, after))
    assert isinstance(first[0], dict)
    assert others[0] == [{**first[0], "a": [*first[0]["a"], "new"]}, *first[1:]]
