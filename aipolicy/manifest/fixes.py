"""Findings in, corrected manifests out: misspelt words are replaced where they stand, and nothing else is touched."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Sequence

from aipolicy.findings.finding import Finding
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.source.span import LineIndex, Span
from aipolicy.value import Frozen

MOST_ROUNDS = 5
"""Times a file is corrected and evaluated again: one correction may show the next mistake."""

FindFixable = Callable[[ManifestFile], Sequence[Finding]]
"""Returns the findings of one file."""


class Correction(Frozen):
    """One word that was replaced."""

    line: int
    old: str
    new: str


class FixedFile(Frozen):
    """A file before and after; `corrections` is empty where nothing was to be corrected."""

    path: str
    before: bytes
    after: bytes
    corrections: tuple[Correction, ...]


def fixed_file(file: ManifestFile, find: FindFixable, *, unsafe: bool) -> FixedFile:
    """Return a file with what can be corrected corrected, as often as that shows something more to correct.

    A round that leaves any of its corrections to be made again is taken back.
    """
    data, corrections = file.data, []
    findings = [finding for finding in find(file) if _applies(finding, unsafe=unsafe)]
    for _ in range(MOST_ROUNDS):
        corrected = _corrected(data, findings)
        if corrected is None:
            break
        new_data, new_corrections = corrected
        left = [finding for finding in find(file._replace(data=new_data)) if _applies(finding, unsafe=unsafe)]
        if not {_words(finding) for finding in findings}.isdisjoint(map(_words, left)):
            break
        data, findings = new_data, left
        corrections += new_corrections
    return FixedFile(file.path, file.data, data, tuple(corrections))


def _applies(finding: Finding, *, unsafe: bool) -> bool:
    return finding.replacement is not None and (finding.replacement.safe or unsafe)


def _words(finding: Finding) -> tuple[object, ...]:
    return finding.place.path, finding.replacement


def _corrected(data: bytes, findings: Iterable[Finding]) -> tuple[bytes, list[Correction]] | None:
    """Return the text with every replacement made, None where none can be; edits never overlap."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        text = data[len(mark) :].decode("utf-8")
    except UnicodeDecodeError:
        return None
    edits: dict[tuple[int, int], tuple[str, Correction]] = {}
    for finding in findings:
        span, replacement = finding.span_of(finding.place), finding.replacement
        if span is None or replacement is None:
            continue
        start, end = _offsets(text, span)
        written = _rewritten(text[start:end], replacement.old, replacement.new)
        if written is not None and not any(start < other_end and end > other for other, other_end in edits):
            edits[(start, end)] = (written, Correction(span.start.line, replacement.old, replacement.new))
    if not edits:
        return None
    for (start, end), (written, _) in sorted(edits.items(), reverse=True):
        text = text[:start] + written + text[end:]
    return mark + text.encode(), [correction for _, (_, correction) in sorted(edits.items())]


def _rewritten(token: str, old: str, new: str) -> str | None:
    """Return a key or scalar with another word in its own quotes, None where it is not written as one plain word."""
    quote = token[:1] if token[:1] in "'\"" and token[-1:] == token[:1] and len(token) > 1 else ""
    inner = token[len(quote) : len(token) - len(quote)]
    return f"{quote}{new}{quote}" if inner == old else None


def _offsets(text: str, span: Span) -> tuple[int, int]:
    starts = LineIndex(text).line_starts
    start = starts[span.start.line - 1] + span.start.column - 1
    return start, starts[span.end.line - 1] + span.end.column - 1
