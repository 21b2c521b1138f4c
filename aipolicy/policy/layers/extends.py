"""Which packs a pack extends, as its head says, and whether a version is within a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipolicy.errors import AipolicyError
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.source.records import Record

_GIT_KEYS = frozenset({"git", "revision", "path", "version"})
_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}")
_CLAUSE = re.compile(rf"(>=|<=|==|!=|>|<)\s*({_VERSION.pattern})")


class Extends(NamedTuple):
    """One entry of `extends`: the pack that is extended, and which versions of it will do (empty for any)."""

    pack: str
    version: str = ""


def read_extends(head: Record) -> Iterator[tuple[Extends, Record]]:
    """Yield the entries of `extends` that name a pack, each with its record; mistakes are noted on the record."""
    for record in head.records("extends"):
        entry = Extends(_named(record), record.text("version", ""))
        if entry.version and range_of(entry.version) is None:
            record.mistake(f"`{entry.version}` is no range of versions; write it like `>=1.0,<2`", "version")
        record.finish()
        if entry.pack:
            yield entry, record


def _named(record: Record) -> str:
    """Return what an entry names: `pack`, or `git` with `revision` and `path`, as one text; empty for a mistake."""
    if not record.has("git"):
        return record.text("pack")
    from aipolicy.policy.sources.git_pack import git_reference_text

    if record.has("pack"):
        record.mistake("an entry names a `pack` or a `git` repository; write two entries", "pack")
    parts = record.text("git"), record.text("revision"), record.text("path", "")
    # NOTE: an entry with a misspelt key is not followed to another folder; the key is told when the pack is loaded.
    is_whole = all(parts[:2]) and _GIT_KEYS.issuperset(record.field_names())
    try:
        return git_reference_text(*parts) if is_whole else ""
    except AipolicyError as error:
        record.mistake(error.message, "git")
        return ""


def range_of(text: str) -> tuple[tuple[str, tuple[int, ...]], ...] | None:
    """Return the clauses of a range such as `>=1.0,<2`, or None when it is not one."""
    clauses = [_CLAUSE.fullmatch(part.strip()) for part in text.split(",")]
    if not all(clauses):
        return None
    return tuple((clause[1], _numbers(clause[2])) for clause in clauses if clause is not None)


def is_version(text: str) -> bool:
    """Return whether a version is numbers with dots, so that it can be compared."""
    return _VERSION.fullmatch(text) is not None


def is_within(version: str, wanted: str) -> bool:
    """Return whether a version satisfies every clause of a range; `1.0` is the same as `1`."""
    numbers = _numbers(version)
    return all(_holds(numbers, operator, limit) for operator, limit in range_of(wanted) or ())


def _holds(version: tuple[int, ...], operator: str, limit: tuple[int, ...]) -> bool:
    match operator:
        case ">=":
            return version >= limit
        case "<=":
            return version <= limit
        case ">":
            return version > limit
        case "<":
            return version < limit
        case "==":
            return version == limit
        case _:
            return version != limit


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
