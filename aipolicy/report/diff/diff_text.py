"""A diff in, text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from aipolicy.changes.diff import Diff, FeatureChange
from aipolicy.report.diff.diff_words import counts_of, footer, moved, rows_of, title_of
from aipolicy.report.formats.concise import location_of, message_of
from aipolicy.report.terminal.comparison_text import known_words
from aipolicy.report.terminal.drawing import Screen, aligned, joined, said
from aipolicy.report.terminal.style import Role, Styler


def render_diff(diff: Diff, *, width: int, style: Styler) -> str:
    """Return a diff as text, features that changed in full, ending with a newline."""
    screen = Screen(width, style)
    screen.add(said(title_of(diff), Role.STRONG))
    screen.add(said(counts_of(diff)))
    for change in diff.features:
        if change.changed:
            screen.section(f"{change.name} ({moved(change)})", aligned(_rows(change)))
    broken = [("broken", f"{location_of(f)}: {f.rule_id}: {message_of(f)}") for f in diff.broken]
    screen.section("manifests", aligned(broken + [("gone", known_words(known)) for known in diff.repaired]))
    screen.add(said(""))
    screen.add(said(footer()))
    return screen.result()


def _rows(change: FeatureChange) -> Iterator[tuple[Text, Text]]:
    for row in rows_of(change):
        role = Role.GOOD if row.label == "fixed" else None if row.severity is None else Role[row.severity.name]
        cause = said(f" [{row.cause}]", Role.RELATED) if row.cause else ""
        yield said(row.label, role), joined(row.words, cause)
