"""Findings in, text for people out: header, source lines with carets, why, fix and references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aipolicy.findings import Finding, Outcome, Reference, Severity, sorted_findings
from aipolicy.report.concise import location_of, message_of
from aipolicy.report.snippet import Annotation, draw_snippet, gutter_bar, source_lines
from aipolicy.report.style import MIN_WIDTH, Role, Styler, cells, shortened, wrapped
from aipolicy.source.document import SourceFile
from aipolicy.source.text import escaped

GROUP_ABOVE = 3
"""More undetermined findings than this, of one feature and severity, are shown as one block."""

_FACTS_SHOWN = 6
_KEPT_NOTES = 1_000
_MESSAGE_ROOM = 20
_TIE = "\u00a0"
_SPACE = re.compile(r"[ \t\r\n]+")
_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render_findings(findings: Iterable[Finding], *, width: int, style: Styler) -> str:
    """Return every finding as a block of lines for a terminal of `width` cells, with blank lines between."""
    page = _Page(max(width, MIN_WIDTH), style)
    blocks = [
        page.finding(entry[0]) if len(entry) == 1 else page.undecided(entry)
        for entry in _entries(sorted_findings(findings))
    ]
    return "\n".join(f"{block}\n" for block in blocks)


def _entries(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    """Return what is shown together: single findings, and at the end of a feature its groups, worst first."""
    groups: dict[tuple[object, ...], dict[Severity, list[Finding]]] = {}
    for finding in findings:
        if finding.feature and finding.outcome is Outcome.UNDETERMINED:
            groups.setdefault(_owner(finding), {}).setdefault(finding.severity, []).append(finding)
    last = {_owner(finding): index for index, finding in enumerate(findings)}
    entries: list[tuple[Finding, ...]] = []
    for index, finding in enumerate(findings):
        of_feature = groups.get(_owner(finding), {})
        grouped = {severity: group for severity, group in of_feature.items() if len(group) > GROUP_ABOVE}
        if finding.outcome is not Outcome.UNDETERMINED or finding.severity not in grouped:
            entries.append((finding,))
        if last[_owner(finding)] == index:
            entries.extend(tuple(grouped[severity]) for severity in sorted(grouped, key=lambda s: s.rank))
    return entries


def _owner(finding: Finding) -> tuple[object, ...]:
    return (finding.file, finding.feature, -1 if finding.document is None else finding.document.index)


class _Page:
    """What all blocks of one report share; the lines of a file are split once."""

    def __init__(self, width: int, style: Styler) -> None:
        self.width = width
        self.style = style
        self._lines: dict[SourceFile, list[str]] = {}

    def finding(self, finding: Finding) -> str:
        """Return the block of one finding."""
        role = _ROLES[finding.severity]
        lines = self._header(finding.severity, finding.rule_id, message_of(finding))
        annotations = self._annotations(finding)
        notes = _notes(finding)
        gutter = 1
        snippet: tuple[str, ...] = ()
        if annotations and finding.document is not None:
            drawn = draw_snippet(
                self._lines_of(finding.document.source), annotations,
                width=self.width, role=role, styler=self.style,
            )  # fmt: skip
            gutter, snippet = drawn.gutter, drawn.lines
        lines.append(self._location(finding, gutter))
        lines.extend(snippet)
        if notes and snippet:
            lines.append(gutter_bar(gutter, self.style))
        for name, text in notes:
            lines.extend(self._note(name, text, gutter))
        return "\n".join(lines)

    def undecided(self, findings: Sequence[Finding]) -> str:
        """Return one block for several undetermined findings of one feature and severity."""
        first = findings[0]
        rules = len({finding.rule_id for finding in findings})
        counted = "1 rule" if rules == 1 else f"{rules} rules"
        message = f"{counted} cannot be decided for `{escaped(first.feature)}`"
        lines = self._header(first.severity, "", message)
        lines.append(self._location(first, 1))
        lines.append(gutter_bar(1, self.style))
        rows = dict.fromkeys((escaped(finding.rule_id), escaped(finding.message)) for finding in findings)
        widest = max(cells(rule_id) for rule_id, _ in rows)
        for rule_id, text in rows:
            column = min(widest, self.width - _MESSAGE_ROOM - 7)
            padding = " " * max(column - cells(rule_id), 0)
            room = max(self.width - 7 - max(column, cells(rule_id)), _MESSAGE_ROOM)
            lines.append(f"     {self.style.paint(rule_id, Role.STRONG)}{padding}  {shortened(text, room)}")
        settle = _settling_most(findings)
        if settle:
            lines.append(gutter_bar(1, self.style))
            lines.extend(self._note("settle", settle, 1))
        return "\n".join(lines)

    def _header(self, severity: Severity, rule_id: str, message: str) -> list[str]:
        label = f"[{escaped(rule_id)}]" if rule_id else ""
        lead = cells(severity.value) + cells(label) + 2
        indent = lead if self.width - lead >= self.width // 2 else 4
        first, *rest = _hung(message.strip(" "), self.width - lead, self.width - indent)
        head = self.style.paint(severity.value, _ROLES[severity]) + self.style.paint(label, Role.STRONG)
        lines = [f"{head}: {self.style.paint(first, Role.STRONG)}".rstrip()]
        return [*lines, *(" " * indent + self.style.paint(line, Role.STRONG) for line in rest)]

    def _location(self, finding: Finding, gutter: int) -> str:
        return f"{' ' * (gutter + 1)}{self.style.paint('-->', Role.GUTTER)} {location_of(finding)}"

    def _note(self, name: str, text: str, gutter: int) -> Sequence[str]:
        return _note_lines(name, text, gutter, self.width, self.style)

    def _annotations(self, finding: Finding) -> list[Annotation]:
        if finding.document is None:
            return []
        annotations = []
        for place, primary in [(finding.place, True), *((place, False) for place in finding.related)]:
            span = finding.span_of(place)
            if span is not None:
                annotations.append(Annotation(span, place.label, primary))
        return annotations

    def _lines_of(self, source: SourceFile) -> list[str]:
        if source not in self._lines:
            self._lines = {source: source_lines(source.text)}
        return self._lines[source]


# NOTE: the notes of a rule are the same for every finding.
@lru_cache(_KEPT_NOTES)
def _note_lines(name: str, text: str, gutter: int, width: int, style: Styler) -> tuple[str, ...]:
    indent = " " * (gutter + 2)
    lead = f"{indent}{style.paint('=', Role.GUTTER)} {style.paint(f'{name}:', Role.STRONG)} "
    hang = len(indent) + len(name) + 4
    first, *rest = (line.replace(_TIE, " ") for line in wrapped(text, width - hang))
    return (lead + first, *(" " * hang + line for line in rest))


def _hung(message: str, room: int, room_below: int) -> list[str]:
    """Return the lines of a message: the first beside the rule id, empty if not even a word fits there."""
    first = wrapped(message, room)[0]
    if cells(first) > room:
        return ["", *wrapped(message, room_below)]
    rest = message[len(first) :].lstrip(" ")
    return [first, *(wrapped(rest, room_below) if rest else [])]


def _notes(finding: Finding) -> list[tuple[str, str]]:
    settle = ", ".join(f"`{escaped(fact)}`" for fact in finding.missing_facts)
    held = finding.waiver is not None and finding.waiver.holds
    notes = [
        ("waived", _prose(finding.waiver.words) if finding.waiver is not None and held else ""),
        ("why", _prose(finding.why)),
        ("fix", _prose(finding.fix)),
        ("settle", f"declare {settle}" if settle else ""),
        *(("see", _cited(reference)) for reference in finding.references),
    ]
    return [(name, text) for name, text in notes if text]


def _cited(reference: Reference) -> str:
    where = " ".join(filter(None, (_prose(reference.title), _prose(reference.clause))))
    url = escaped(reference.url.strip())
    return f"{where} ({url})" if where and url else where or url


@lru_cache(_KEPT_NOTES)
def _prose(text: str) -> str:
    """Return text that may have been written over several lines as one, safe to show."""
    return escaped(_SPACE.sub(" ", text).strip(" "))


def _settling_most(findings: Sequence[Finding]) -> str:
    """Return which facts to declare, the one that most findings wait for first."""
    counts = Counter(fact for finding in findings for fact in dict.fromkeys(finding.missing_facts))
    named = []
    for fact in sorted(counts, key=lambda fact: (-counts[fact], fact)):
        rules = len({finding.rule_id for finding in findings if fact in finding.missing_facts})
        named.append(f"`{escaped(fact)}`" + (f"{_TIE}({rules}{_TIE}rules)" if rules > 1 else ""))
    more = len(named) - _FACTS_SHOWN
    if more > 1:
        named = [*named[:_FACTS_SHOWN], f"and {more} more facts"]
    return f"declare {', '.join(named)}" if named else ""
