"""A diff in, Markdown for a pull request out; text of manifests and packs stands in code spans, where nothing is markup."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.changes.diff import Diff, FeatureChange
from aipolicy.report.diff.diff_words import counts_of, footer, moved, rows_of, title_of
from aipolicy.report.formats.concise import location_of, message_of
from aipolicy.report.terminal.comparison_text import known_words
from aipolicy.source.text import escaped

_GATING = ("new", "worse", "waived")


def render_diff_markdown(diff: Diff) -> str:
    """Return a diff as Markdown, a section for each feature that changed, ending with a newline."""
    lines = ["### aipolicy: what this change does", "", code(title_of(diff)), "", f"**{counts_of(diff)}**", ""]
    for change in diff.features:
        if change.changed:
            lines += [*_feature(change), ""]
    if diff.broken or diff.repaired:
        lines += ["#### Manifests", ""]
        lines += [f"- broken: {code(f'{location_of(f)}: {f.rule_id}: {message_of(f)}')}" for f in diff.broken]
        lines += [f"- gone: {code(known_words(known))}" for known in diff.repaired]
        lines += [""]
    return "\n".join([*lines, f"<sub>{footer()}</sub>"]) + "\n"


def code(text: str) -> str:
    """Return text as a code span that nothing in it can end; backticks inside become apostrophes."""
    return f"`{escaped(text).replace('`', chr(39)).replace('|', '¦')}`"


def _feature(change: FeatureChange) -> Iterator[str]:
    yield f"#### {code(change.name)}"
    yield ""
    yield f"- file: {code(moved(change))}"
    for row in rows_of(change):
        label = f"**{row.label}**" if row.label in _GATING else row.label
        yield f"- {label}: {code(row.words)}{f' _({row.cause})_' if row.cause else ''}"
