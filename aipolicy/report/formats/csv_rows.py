"""Comma-separated values (RFC 4180), a row a finding; no cell is read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from aipolicy.report.formats.records import Run

COLUMNS = (
    "severity", "outcome", "rule", "name", "feature", "file", "line", "column", "message", "why", "fix", "missing_facts",
    "waived",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(run: Run) -> Iterator[str]:
    """Yield a head and one row a finding, with CRLF as line end."""
    yield csv_row(COLUMNS)
    for finding in run.findings():
        column = 1 if finding.place is None else finding.place.column
        yield csv_row(
            csv_cell(str(value))
            for value in (
                finding.severity, finding.outcome, finding.rule, finding.name, finding.feature, finding.file, finding.line,
                column, finding.message, finding.why, finding.fix, " ".join(finding.missing_facts), finding.waived,
            )
        )  # fmt: skip


def csv_row(cells: Iterable[str]) -> str:
    """Return a row; text that a spreadsheet would take as a formula goes through `csv_cell` first."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def csv_cell(text: str) -> str:
    """Return text that a spreadsheet takes as text (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
