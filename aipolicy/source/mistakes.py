"""The mistakes of one reading, collected and raised together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aipolicy.errors import AipolicyError, Problems
from aipolicy.source.span import Rewording

if TYPE_CHECKING:
    from aipolicy.source.document import Document
    from aipolicy.source.span import DocumentPath, Part, Span

ErrorMaker = Callable[..., AipolicyError]


class Mistakes:
    """The mistakes of one reading, raised together."""

    def __init__(self, make_error: ErrorMaker) -> None:
        self._make_error = make_error
        self._errors: list[AipolicyError] = []

    def add(self, message: str, document: Document, path: DocumentPath, part: Part = "value",
            meant: tuple[str, str] | None = None) -> None:  # fmt: skip
        """Note a mistake at a place in a document; `meant` is what stands there and what is certain to be meant."""
        span = document.locate(path, part)
        self.add_at(message, document.source.path, span, None if meant is None else Rewording(span, *meant))

    def add_at(self, message: str, path: str | None, span: Span | None = None,
               rewording: Rewording | None = None) -> None:  # fmt: skip
        """Note a mistake in a file, where it is known at a place in it."""
        error = self._make_error(message, path=path, span=span)
        error.rewording = rewording
        self._errors.append(error)

    def add_error(self, error: AipolicyError) -> None:
        """Note a mistake that already has its place."""
        self._errors.append(error)

    @property
    def errors(self) -> tuple[AipolicyError, ...]:
        """Return every mistake noted, each once, in the order of files and lines."""
        return tuple({_place_of(error): error for error in sorted(self._errors, key=_place_of)}.values())

    def raise_if_any(self) -> None:
        """Raise one `Problems` with every mistake noted, in the order of files and lines."""
        errors = self.errors
        if not errors:
            return
        raise errors[0] if len(errors) == 1 else Problems(tuple(errors))


def _place_of(error: AipolicyError) -> tuple[str, tuple[int, int], str]:
    place = (error.span.start.line, error.span.start.column) if error.span is not None else (0, 0)
    return (error.path or "", place, error.message)
