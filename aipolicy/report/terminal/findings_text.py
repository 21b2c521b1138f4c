"""Findings in, text for people out: message, source line with a caret, and the fix; with `verbose` all that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from aipolicy.findings.finding import Finding, Outcome, Reference, Severity, sorted_findings
from aipolicy.report.formats.concise import location_of, message_of
from aipolicy.report.terminal.snippet import Annotation, draw_snippet, gutter_bar, source_lines
from aipolicy.report.terminal.style import MIN_WIDTH, Role, Styler, cells, shortened, wrapped
from aipolicy.source.document import SourceFile
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped

MOST_LINES = 8
"""Lines of a finding that is not shown in full: message, place, source line, caret, and the fix."""
_LINES_OF_MESSAGE = 3
_LINES_OF_PLACE = 3
_KEPT_NOTES = 1_000
_SPACE = regex(r"[ \t\r\n]+")
_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render_findings(findings: Iterable[Finding], *, width: int, style: Styler, verbose: bool = False) -> str:
    """Return every finding as a block of lines for a terminal of `width` cells, with blank lines between.

    The worst come first. What gates because it is undetermined takes one line, after what is violated, unless all is
    shown.
    """
    page = _Page(max(width, MIN_WIDTH), style)
    ordered = sorted_findings(findings)
    if verbose:
        return "\n".join(f"{page.in_full(finding)}\n" for finding in ordered)
    blocks = []
    for severity in Severity:
        weighed = [finding for finding in ordered if finding.severity is severity]
        blocks += [f"{page.short(finding)}\n" for finding in weighed if not _is_open(finding)]
        lines = "".join(f"{page.line(finding)}\n" for finding in weighed if _is_open(finding))
        blocks += [lines] if lines else []
    return "\n".join(blocks)


def _is_open(finding: Finding) -> bool:
    return finding.outcome in (Outcome.UNDETERMINED, Outcome.UNDECLARED)


class _Page:
    """What all blocks of one report share; the lines of a file are split once."""

    def __init__(self, width: int, style: Styler) -> None:
        self.width = width
        self.style = style
        self._lines: dict[SourceFile, list[str]] = {}

    def in_full(self, finding: Finding) -> str:
        """Return all that is known of a finding."""
        lines = self._header(finding.severity, finding.rule_id, message_of(finding))
        gutter, snippet = self._snippet(finding, self._annotations(finding))
        notes = _notes(finding)
        lines.append(self._location(finding, gutter))
        lines.extend(snippet)
        if notes and snippet:
            lines.append(gutter_bar(gutter, self.style))
        for name, text in notes:
            lines.extend(self._note(name, text, gutter))
        return "\n".join(lines)

    def short(self, finding: Finding) -> str:
        """Return what to know of a finding to act on it, in at most `MOST_LINES` lines."""
        lines = self._cut(self._header(finding.severity, finding.rule_id, message_of(finding)), _LINES_OF_MESSAGE)
        gutter, snippet = self._snippet(finding, self._annotations(finding)[:1])
        lines.append(self._location(finding, gutter))
        lines.extend(snippet[1:_LINES_OF_PLACE])
        for name, text in _notes(finding):
            if name in ("waived", "fix"):
                lines.extend(self._cut(self._note(name, text, gutter), MOST_LINES - len(lines)))
        return "\n".join(lines[:MOST_LINES])

    def line(self, finding: Finding) -> str:
        """Return one line that says what would settle a finding."""
        head = self.style.paint(finding.severity.value, _ROLES[finding.severity])
        label = self.style.paint(f"[{escaped(finding.rule_id)}]", Role.STRONG)
        room = self.width - cells(f"{finding.severity.value}[{finding.rule_id}]: ")
        where = f" ({location_of(finding)})"
        message = escaped(finding.message)
        fits = cells(message) + cells(where) <= room
        return f"{head}{label}: {message}{where}" if fits else f"{head}{label}: {shortened(message, room)}"

    def _snippet(self, finding: Finding, annotations: Sequence[Annotation]) -> tuple[int, tuple[str, ...]]:
        if not annotations or finding.document is None:
            return 1, ()
        lines, role = self._lines_of(finding.document.source), _ROLES[finding.severity]
        drawn = draw_snippet(lines, annotations, width=self.width, role=role, styler=self.style)
        return drawn.gutter, drawn.lines

    def _cut(self, lines: Sequence[str], most: int) -> list[str]:
        """Return the first lines, the last of them ending in `…` where more would follow."""
        if len(lines) <= most:
            return list(lines)
        head = list(lines[: max(most, 0)])
        if head:
            head[-1] += "…"
        return head

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
    first, *rest = wrapped(text, width - hang)
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
