"""Damaged files of every kind are read or refused; what crashes is found and told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import fuzz_inputs

KINDS = fuzz_inputs.readers()
FEW = 25


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_damage_begins_with_is_read(kind: str, tmp_path: Path) -> None:
    read, files = KINDS[kind]
    for path in files:
        read(tmp_path / path.name, path.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused(kind: str) -> None:
    assert fuzz_inputs.broken_by(kind, *KINDS[kind], FEW) == ""


def test_what_crashes_is_told_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a: 1\nb: 2\n", encoding="utf-8")

    def read(_: Path, data: bytes) -> None:
        if b"[]" in data:
            raise ZeroDivisionError

    told = fuzz_inputs.broken_by("files", read, (tmp_path / "a",), 500)
    assert "ZeroDivisionError" in told
    assert "[]" in told
