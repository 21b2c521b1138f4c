"""The mistakes of one reading, collected and raised together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aipolicy.errors import AipolicyError, Problems

if TYPE_CHECKING:
    from aipolicy.source.document import Document
    from aipolicy.source.span import DocumentPath, Part, Span

ErrorMaker = Callable[..., AipolicyError]


class Mistakes:
    """The mistakes of one reading, raised together."""

    def __init__(self, make_error: ErrorMaker) -> None:
        self._make_error = make_error
        self._errors: list[AipolicyError] = []

    def add(self, message: str, document: Document, path: DocumentPath, part: Part = "value") -> None:
        """Note a mistake at a place in a document."""
        self.add_at(message, document.source.path, document.locate(path, part))

    def add_at(self, message: str, path: str | None, span: Span | None = None) -> None:
        """Note a mistake in a file, where it is known at a place in it."""
        self._errors.append(self._make_error(message, path=path, span=span))

    def add_error(self, error: AipolicyError) -> None:
        """Note a mistake that already has its place."""
        self._errors.append(error)

    @property
    def errors(self) -> tuple[AipolicyError, ...]:
        """Return every mistake noted, in the order of files and lines."""
        return tuple(sorted(self._errors, key=_place_of))

    def raise_if_any(self) -> None:
        """Raise one `Problems` with every mistake noted, in the order of files and lines."""
        errors = self.errors
        if not errors:
            return
        raise errors[0] if len(errors) == 1 else Problems(tuple(errors))


def _place_of(error: AipolicyError) -> tuple[str, tuple[int, int], str]:
    place = (error.span.start.line, error.span.start.column) if error.span is not None else (0, 0)
    return (error.path or "", place, error.message)
