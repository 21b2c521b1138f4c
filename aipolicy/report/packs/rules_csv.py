"""The rules that would be evaluated in, comma-separated values out: a row a rule, for whoever keeps a register of law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from aipolicy.policy.law_words import law_of, status_on
from aipolicy.policy.rule import Rule
from aipolicy.report.formats.csv_rows import csv_cell, csv_row

COLUMNS = (
    "rule", "name", "title", "pack", "severity", "stage", "announced_on", "warning_from", "effective_from",
    "effective_until", "instrument", "as_amended", "clause", "url", "checked_on", "verified", "status", "superseded_by",
    "review_by", "review_evidence", "controls",
)  # fmt: skip


def rules_csv(rules: Iterable[Rule], day: date) -> Iterator[str]:
    """Yield a head and one row a rule, with CRLF as line end."""
    yield csv_row(COLUMNS)
    for rule in rules:
        yield csv_row(map(csv_cell, rule_cells(rule, day)))


def rule_cells(rule: Rule, day: date) -> tuple[str, ...]:
    """Return what a row says of a rule on a day, in the order of `COLUMNS`."""
    law = law_of(rule)
    basis = law.basis
    source = (
        ("", "", "", "") if basis is None else (basis.instrument, basis.as_amended, basis.url, _day(basis.checked_on))
    )
    instrument, as_amended, url, checked_on = source
    review = ("", "") if law.review is None else (law.review.by, " ".join(law.review.evidence))
    return (
        rule.id, rule.name, rule.title, rule.pack, rule.severity.value, rule.stage_on(day).value,
        *map(_day, rule.stages), instrument, as_amended, law.clause, url, checked_on, law.verified, status_on(rule, day),
        law.superseded_by, *review, "; ".join(map(str, law.controls)),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
