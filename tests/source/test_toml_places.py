"""Where keys and texts of lists of TOML stand."""

from __future__ import annotations

import pytest

from aipolicy.source.toml_reader import toml_spans

TEXT = """a = [ "x", # "no"
  'y',
]
b = "q"
c = [1, "z"]
d = ["u", ["v"]]
e = [{k = "w"}]
[t]
f.g = ['''m''', "n,"] # t
h = []
"""
PLACES = {
    ("a",): (1, 1), ("a", 0): (1, 7), ("a", 1): (2, 3), ("b",): (4, 1), ("c",): (5, 1), ("d",): (6, 1), ("e",): (7, 1),
    ("t",): (8, 1), ("t", "f"): (9, 1), ("t", "f", "g"): (9, 1), ("t", "f", "g", 0): (9, 8), ("t", "f", "g", 1): (9, 17),
    ("t", "h"): (10, 1), (): (1, 1),
}  # fmt: skip


def test_keys_and_texts_of_lists_of_texts_have_places() -> None:
    found = {path: (span.value.start.line, span.value.start.column) for path, span in toml_spans(TEXT, ()).items()}
    assert found == PLACES


@pytest.mark.parametrize(("prefix", "count"), [(("t",), 6), (("t", "f"), 4), (("x",), 0)])
def test_places_are_given_below_a_table_alone(prefix: tuple[str, ...], count: int) -> None:
    assert len(toml_spans(TEXT, prefix)) == count
