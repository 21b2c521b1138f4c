"""Paths as text are written as `pathlib` writes them."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.files.paths import joined

PARTS = st.lists(st.sampled_from(["a", "b.yaml", ".", "..", "", "/", "é", " ", ".git"]), max_size=6).map("/".join)


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        ("", "", "."), (".", "", "."), (".", "a", "a"), ("./", "./a", "a"), ("a", "", "a"), ("a/", "b", "a/b"),
        ("a//b", "./c/", "a/b/c"), ("a", "../b", "a/../b"), ("a", "/b", "/b"), ("/", "a", "/a"), ("/", "", "/"),
    ],
)  # fmt: skip
def test_a_path_is_plain(folder: str, name: str, path: str) -> None:
    assert joined(folder, name) == path


@given(PARTS, PARTS)
def test_it_is_as_pathlib_writes_it(folder: str, name: str) -> None:
    expected = (PurePosixPath(folder) / name).as_posix()
    assert joined(folder, name) == ("/" + expected.lstrip("/") if expected.startswith("//") else expected)
    assert joined(PurePosixPath(folder), name) == joined(folder, name)
