"""Packs with mistakes in, their files with what is mechanical corrected out: every other byte stays as it is."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from aipolicy.errors import AipolicyError
from aipolicy.files.shipped import PACKAGE
from aipolicy.policy.sources.pack_files import PackFiles
from aipolicy.source.span import LineIndex, Rewording, Span
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import NamedTuple

MOST_ROUNDS = 10
"""Times a pack is corrected and read again: one correction may show the next mistake."""

FindMistakes = Callable[[Sequence[PackFiles]], Sequence[AipolicyError]]
"""Returns the mistakes of packs."""


class CorrectedFile(NamedTuple):
    """A file of a pack after it was corrected, and what was."""

    path: str
    data: bytes
    made: tuple[Rewording, ...]


def corrected_files(packs: Sequence[PackFiles], find: FindMistakes) -> tuple[CorrectedFile, ...]:
    """Return the files in which something was corrected; a round that brings a mistake which was not there is taken back.

    Packs that ship, are installed or lie in another repository are nobody's to edit here.
    """
    rewordings_made: dict[str, list[Rewording]] = {}
    mistakes = find(packs)
    for _ in range(MOST_ROUNDS):
        rewordings_wanted: dict[str, list[Rewording]] = {}
        for mistake in mistakes:
            if mistake.rewording is not None and mistake.path is not None and is_own(mistake.path):
                rewordings_wanted.setdefault(mistake.path, []).append(mistake.rewording)
        texts = {path: data for pack in packs for path, data in pack.files}
        changed = {
            path: _corrected(path, texts[path], listed) for path, listed in rewordings_wanted.items() if path in texts
        }
        done = {path: correction for path, correction in changed.items() if correction is not None}
        if not done:
            break
        after = [_with_files(pack, {path: data for path, (data, _) in done.items()}) for pack in packs]
        left = find(after)
        if len(left) >= len(mistakes):
            break
        packs, mistakes = after, left
        for path, (_, rewordings) in done.items():
            rewordings_made.setdefault(path, []).extend(rewordings)
    texts = {path: data for pack in packs for path, data in pack.files}
    return tuple(CorrectedFile(path, texts[path], tuple(listed)) for path, listed in sorted(rewordings_made.items()))


def is_own(path: str) -> bool:
    """Return whether a file may be edited: it is there, and not one of those that ship."""
    return os.path.isfile(path) and not os.path.realpath(path).startswith(os.path.realpath(PACKAGE) + os.sep)


def _with_files(pack: PackFiles, changed: Mapping[str, bytes]) -> PackFiles:
    return pack._replace(files=tuple((path, changed.get(path, data)) for path, data in pack.files))


def _corrected(path: str, data: bytes, rewordings: Iterable[Rewording]) -> tuple[bytes, list[Rewording]] | None:
    """Return a file with every rewording that can be made, None where none can be, or the file would read otherwise."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark) :].decode("utf-8")
    edits: dict[tuple[int, int], tuple[str, Rewording]] = {}
    for rewording in rewordings:
        start, end = _offsets(text, rewording.span)
        written = _rewritten(text[start:end], rewording.old, rewording.new)
        if written is not None and not any(start < other_end and end > other for other, other_end in edits):
            edits[(start, end)] = (written, rewording)
    after = text
    for (start, end), (written, _) in sorted(edits.items(), reverse=True):
        after = after[:start] + written + after[end:]
    encoded = mark + after.encode()
    before, now = read_yaml(path, data), read_yaml(path, encoded)
    is_whole = len(before.documents) == len(now.documents) and len(now.problems) <= len(before.problems)
    return (encoded, [rewording for _, (_, rewording) in sorted(edits.items())]) if edits and is_whole else None


def _rewritten(token: str, old: str, new: str) -> str | None:
    """Return a key or scalar with another text in its own quotes; None where it is not written as one plain text."""
    quote = token[:1] if token[:1] in "'\"" and token[-1:] == token[:1] and len(token) > 1 else ""
    inner = token[len(quote) : len(token) - len(quote)]
    if inner != old:
        return None
    if quote:
        return None if quote in new or (quote == '"' and "\\" in new) else f"{quote}{new}{quote}"
    needs_quotes = new[:1] in "\"'!&*[{|>%@`" or ": " in new or " #" in new
    if not needs_quotes:
        return new
    return None if "'" in new else f"'{new}'"


def _offsets(text: str, span: Span) -> tuple[int, int]:
    starts = LineIndex(text).line_starts
    start = starts[span.start.line - 1] + span.start.column - 1
    return start, starts[span.end.line - 1] + span.end.column - 1
