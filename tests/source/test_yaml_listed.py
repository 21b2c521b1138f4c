"""Entries are added to a list anywhere in a file, and nothing else changes; what cannot be done is left to a person."""

from __future__ import annotations

import pytest

from aipolicy.source.yaml_listed import with_listed
from aipolicy.source.yaml_reader import read_yaml

ENTRY = {"name": "t: 1", "given": {"data.classes": ["health"]}, "expect": "violated"}
BLOCK = '- name: "t: 1"\n', "  given: {data.classes: [health]}\n", "  expect: violated\n"


def block(indent: str) -> str:
    return "".join(f"{indent}{line}" for line in BLOCK)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rules:\n- id: A\n  b: 1 # c\n# end\n", f"rules:\n- id: A\n  b: 1 # c\n  tests:\n{block('    ')}# end\n"),
        ("rules:\n  - id: A\n    b: |\n      text\n\n  - id: B\n",
         f"rules:\n  - id: A\n    b: |\n      text\n    tests:\n{block('      ')}\n  - id: B\n"),
        ("rules:\n- id: A\n  tests:\n  - {name: a} # c\n  more: 1\n",
         f"rules:\n- id: A\n  tests:\n  - {{name: a}} # c\n{block('  ')}  more: 1\n"),
        ("rules:\n- id: A\n  tests:\n    -   name: a\n        x: 1\n",
         "rules:\n- id: A\n  tests:\n    -   name: a\n        x: 1\n" + block("    ").replace("- name", "-   name")
         .replace("      given", "        given").replace("      expect", "        expect")),
        ("rules:\n- id: A\n  tests: [{name: a}] # c\n",
         "rules:\n- id: A\n  tests: [{name: a}, {name: \"t: 1\", given: {data.classes: [health]}, expect: violated}] # c\n"),
        ("rules:\n- id: A", f"rules:\n- id: A\n  tests:\n{block('    ')}"),
    ],
    ids=["none yet", "below a text of many lines", "block", "wide dashes", "flow", "no line end"],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "with a byte order mark"])
def test_entries_stand_at_the_end_of_the_list(before: str, after: str, ending: str, mark: bytes) -> None:
    data = mark + before.replace("\n", ending).encode()
    assert with_listed("a.yaml", data, 0, ("rules", 0), "tests", [ENTRY]) == mark + after.replace("\n", ending).encode()


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{id: A}]\n", "rules:\n- {id: A}\n", "rules:\n- id: A\n  tests: []\n", "rules:\n- id: A\n  tests:\n",
        "rules:\n- &a\n  id: A\n  tests: &t\n  - {name: a}\n- id: B\n  tests: *t\n", "rules: 1\n",
    ],
)  # fmt: skip
def test_what_cannot_be_done_without_changing_more_is_left(text: str) -> None:
    assert with_listed("a.yaml", text.encode(), 0, ("rules", 0), "tests", [ENTRY]) is None


def test_other_documents_stay() -> None:
    text = "a: 1\n---\nrules:\n- id: A\n---\nb: 2\n"
    grown = with_listed("a.yaml", text.encode(), 1, ("rules", 0), "tests", [ENTRY, ENTRY])
    assert grown == f"a: 1\n---\nrules:\n- id: A\n  tests:\n{block('    ') * 2}---\nb: 2\n".encode()
    assert [document.value for document in read_yaml("a.yaml", grown).documents][::2] == [{"a": 1}, {"b": 2}]
