"""A diff in, Markdown for a pull request out; text of manifests and packs stands in code spans, where nothing is markup."""

from __future__ import annotations

from collections.abc import Iterator

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
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped

_CAUSE = regex(r" \[([a-z ]+|[a-z ]+ [+−][0-9. ]+ USD(?:, [a-z ]+ [+−][0-9. ]+ USD)*)\]$")
"""What stands in brackets at the end of a line: words and numbers of ours, nothing of a manifest."""


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
    if standing_of(change):
        yield f"- feature: {code(standing_of(change))}"
    yield f"- verdict: {_caused(verdict_words(change))}"
    needs = list(need_words(change))
    state = change.after or change.before
    if not needs and state is not None:
        yield f"- needs: {code(needs_of(state))}"
    yield from (f"- needs: {_caused(words)}" for words in needs)
    yield f"- cost a month: {_caused(cost_words(change))}"
    yield from (f"- **new**: {_caused(finding_words(each))}" for each in change.new)
    yield from (f"- **worse**: {_caused(finding_words(each))}" for each in change.worse)
    yield from (f"- **waived**: {_caused(finding_words(each))}" for each in change.waived)
    yield from (f"- changed: {_caused(finding_words(each))}" for each in change.moved)
    if change.after is None:
        yield f"- gone: {gone_words(change)}"
    else:
        yield from (f"- fixed: {_caused(fixed_words(each))}" for each in change.fixed)
    if change.unchanged:
        yield f"- unchanged findings: {change.unchanged}"


def _caused(words: str) -> str:
    """Return words as code, and the cause at their end in italics beside it."""
    match = _CAUSE.search(words)
    return f"{code(words[: match.start()])} _({match.group(1)})_" if match else code(words)
