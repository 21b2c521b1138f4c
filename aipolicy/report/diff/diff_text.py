"""A diff in, text for a terminal out."""

from __future__ import annotations

from aipolicy.changes.diff import Diff, FeatureChange
from aipolicy.report.diff.diff_words import (
    cost_words,
    counts_of,
    finding_words,
    fixed_words,
    footer,
    gone_words,
    moved,
    need_words,
    needs_of,
    standing_of,
    title_of,
    verdict_words,
)
from aipolicy.report.formats.concise import location_of, message_of
from aipolicy.report.terminal.comparison_text import known_words
from aipolicy.report.terminal.printer import Printer
from aipolicy.report.terminal.style import Styler
from aipolicy.source.text import quantity


def render_diff(diff: Diff, *, width: int, style: Styler) -> str:
    """Return a diff as text, features that changed in full, ending with a newline."""
    page = Printer(width, style)
    page.title(title_of(diff))
    page.text(counts_of(diff))
    for change in diff.features:
        if change.changed:
            _feature(page, change)
    if diff.broken or diff.repaired:
        page.heading("manifests")
        for finding in diff.broken:
            page.pair("broken", f"{location_of(finding)}: {finding.rule_id}: {message_of(finding)}")
        for known in diff.repaired:
            page.pair("gone", known_words(known))
    page.raw("")
    page.text(footer())
    return page.result()


def _feature(page: Printer, change: FeatureChange) -> None:
    page.heading(f"{change.name}  ({moved(change)})")
    if standing_of(change):
        page.pair("feature", standing_of(change))
    page.pair("verdict", verdict_words(change))
    needs = list(need_words(change))
    state = change.after or change.before
    if needs:
        for words in needs:
            page.pair("needs", words)
    elif state is not None:
        page.pair("needs", needs_of(state))
    page.pair("cost a month", cost_words(change))
    listed = (("new", change.new), ("worse", change.worse), ("waived", change.waived), ("changed", change.moved))
    for name, found in listed:
        for changed in found:
            page.pair(name, finding_words(changed))
    if change.after is None:
        page.pair("gone", gone_words(change))
    for fixed in change.fixed if change.after is not None else ():
        page.pair("fixed", fixed_words(fixed))
    if change.unchanged:
        page.pair("unchanged", quantity(change.unchanged, "finding"))
