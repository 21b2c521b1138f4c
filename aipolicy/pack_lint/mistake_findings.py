"""Mistakes that stop packs from being loaded in, findings at their places out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aipolicy.errors import AipolicyError
from aipolicy.findings.finding import Finding, Outcome, Place
from aipolicy.pack_lint.registry import UNUSABLE, lint_rule
from aipolicy.source.document import Document, SourceFile
from aipolicy.source.regular_file import read_regular_file


def mistake_findings(errors: Iterable[AipolicyError], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield each mistake once, with the text of its file so that the line can be shown."""
    rule = lint_rule(UNUSABLE)
    documents: dict[str, Document | None] = {}
    seen = set()
    for error in errors:
        identity = (error.path, error.span, error.message)
        if identity in seen:
            continue
        seen.add(identity)
        path = error.path or ""
        if error.span is not None and path not in documents:
            documents[path] = _document(path, files)
        yield Finding(
            rule_id=rule.id, rule_name=rule.name, severity=rule.severity, outcome=Outcome.VIOLATED,
            message=error.message, file=path, document=documents.get(path) if error.span is not None else None,
            place=Place(span=error.span), why=rule.why, fix=rule.fix,
        )  # fmt: skip


def _document(path: str, files: Mapping[str, bytes]) -> Document | None:
    """Return a file as a document of which only the text counts; None where it cannot be read."""
    try:
        data = files[path] if path in files else read_regular_file(path)
        return Document(SourceFile(path, data.decode("utf-8-sig")), 0, None)
    except (OSError, UnicodeDecodeError):
        return None
