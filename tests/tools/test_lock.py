"""The lock holds everything that checks run with, by hashes, as `pyproject.toml` allows, and names no place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements" / "gate.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["dev"],
    *PROJECT["build-system"]["requires"],
]
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)[^\n]*\\\n(?P<hashes>(?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
ENTRIES = list(ENTRY.finditer(LOCK))


@pytest.mark.parametrize("needed", NEEDED)
def test_what_checks_need_is_locked_as_the_project_allows(needed: str) -> None:
    requirement = Requirement(needed)
    versions = [each["version"] for each in ENTRIES if each["name"] == canonicalize_name(requirement.name)]
    assert versions
    assert [version for version in versions if not requirement.specifier.contains(version)] == []


def test_every_line_is_a_version_with_its_hashes_or_a_comment() -> None:
    assert all(HASH.fullmatch(line) for each in ENTRIES for line in each["hashes"].splitlines())
    left = [line for line in ENTRY.sub("", LOCK).splitlines() if not line.lstrip().startswith("#")]
    assert left == []


def test_the_lock_names_no_place() -> None:
    assert [word for word in ("://", "--index", "--extra-index", "--find-links", " @ ", "../") if word in LOCK] == []


def test_every_supported_python_is_asked_for() -> None:
    named = "Programming Language :: Python :: "
    pythons = [c.removeprefix(named) for c in PROJECT["project"]["classifiers"] if c.startswith(f"{named}3.")]
    tool = (ROOT / "tools" / "lock.py").read_text(encoding="utf-8")
    assert [python for python in pythons if f'"{python}"' not in tool] == []
