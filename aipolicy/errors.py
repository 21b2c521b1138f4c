"""The one family of errors that stop a run: no verdict is possible, and the message says what to do next.

A problem of a manifest is not among them: it is a finding (see `aipolicy.findings`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipolicy.source.span import Rewording, Span

EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNUSABLE, EXIT_NOTHING, EXIT_INTERNAL = range(5)
"""A larger code is worse, because pre-commit keeps the largest of several runs."""
EXIT_INTERRUPTED = 130


class AipolicyError(Exception):
    """An expected failure: `message` is one line; `path` and `span` say where it was caused, when known."""

    kind = "error"
    rewording: Rewording | None = None
    """What is certain to be meant, where that can be written in the place of what stands there."""

    def __init__(self, message: str, *, path: str | None = None, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.span = span

    def __str__(self) -> str:
        """Return `path:line:col: message`, as far as the place is known."""
        place = self.path or ""
        if self.span is not None:
            place += f":{self.span.start.line}:{self.span.start.column}"
        return f"{place}: {self.message}" if place else self.message


class UsageError(AipolicyError):
    """The command line, or a path on it, cannot be used."""

    kind = "usage"


class ConfigError(AipolicyError):
    """The configuration file cannot be used."""

    kind = "config"


class CatalogError(AipolicyError):
    """A catalog file, shipped or the organisation's own, cannot be used."""

    kind = "catalog"


class PolicyError(AipolicyError):
    """A policy pack cannot be used; nothing is evaluated with half a policy."""

    kind = "policy"


class LockError(PolicyError):
    """The lock file cannot be used, or what is read is not what it pins."""

    kind = "lock"


class MappingError(AipolicyError):
    """An import mapping, or the table it maps, cannot be used."""

    kind = "import"


class BaselineError(AipolicyError):
    """A baseline cannot be read or written."""

    kind = "baseline"


class WaiverError(AipolicyError):
    """A waivers file cannot be read, or a waiver cannot be written."""

    kind = "waivers"


class BaseError(AipolicyError):
    """The base of a change cannot be found, or cannot be evaluated."""

    kind = "base"


class About:
    """Says what was worked on where something fails that nobody foresaw: `with About("rule RES-001"):`."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Note what was worked on, unless the error says itself what is wrong."""
        if error is not None and not isinstance(error, AipolicyError):
            error.add_note(f"at {self._what}")


class Problems(AipolicyError):
    """Several errors of one kind, reported together."""

    def __init__(self, errors: tuple[AipolicyError, ...]) -> None:
        super().__init__(f"{len(errors)} problems")
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class ExpressionError(ValueError):
    """A condition that does not parse, does not type, or compares a fact with a word that it never takes."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column
