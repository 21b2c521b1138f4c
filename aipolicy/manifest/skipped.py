"""What a run did not evaluate, and why, so that every format can say so."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.source.text import quantity
from aipolicy.value import NamedTuple

NO_MANIFEST, NEAR_NAME, OTHER_DOCUMENT = "no-manifest", "near-name", "other-document"
EXCLUDED, IGNORED, ABSENT = "excluded", "ignored", "absent"
LINKED_FOLDER, TOOLS_FOLDER = "linked-folder", "tools-folder"

SKIP_REASONS: dict[str, tuple[str, str]] = {
    NO_MANIFEST: ("file", "not an AI feature manifest"),
    NEAR_NAME: ("file", "named nearly like a manifest, and none"),
    OTHER_DOCUMENT: ("document", "of another kind, beside a manifest"),
    EXCLUDED: ("path", "excluded by the configuration"),
    IGNORED: ("file", "ignored by git and not tracked"),
    ABSENT: ("file", "tracked by git and not checked out"),
    LINKED_FOLDER: ("linked folder", "links to folders are not followed"),
    TOOLS_FOLDER: ("folder", "of tools, and not in a git repository"),
}
"""What is counted, and why it was skipped, in the order in which it is told."""

_MAX_NAMED = 3


class Skipped(NamedTuple):
    """Something that was not evaluated: its path as shown, and a key of `SKIP_REASONS`."""

    path: str
    reason: str


class LeftOut(NamedTuple):
    """What the search for manifests did not take, and what else is to be said of it."""

    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()
    nothing_asked: bool = False
    """Whether files alone were named, and the configuration excludes every one: nothing is what was asked for."""


NOTHING_LEFT_OUT = LeftOut()


def skip_lines(skipped: Iterable[Skipped]) -> tuple[str, ...]:
    """Return a line for each reason: how many were skipped, why, and which; paths must be safe to show."""
    by_reason: dict[str, list[str]] = {reason: [] for reason in SKIP_REASONS}
    for skip in skipped:
        by_reason[skip.reason].append(skip.path)
    return tuple(_line(reason, sorted(paths)) for reason, paths in by_reason.items() if paths)


def _line(reason: str, paths: list[str]) -> str:
    noun, why = SKIP_REASONS[reason]
    names = ", ".join(f"`{path}`" for path in paths[:_MAX_NAMED])
    more = f" and {len(paths) - _MAX_NAMED} more" if len(paths) > _MAX_NAMED else ""
    return f"{quantity(len(paths), noun)} skipped: {why} ({names}{more})"
