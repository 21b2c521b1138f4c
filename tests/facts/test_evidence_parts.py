"""What a document says beside that it stands: its age, how long it holds, who answers for it, and who signed it."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

import pytest
from worlds import feature

from aipolicy.catalog.load import read_catalog
from aipolicy.facts.assume import assume, with_changes
from aipolicy.facts.facts import Facts, Provenance, derive_facts
from aipolicy.facts.spec import FactValue

DAY = date(2026, 11, 30)
CATALOG = read_catalog((), as_of=DAY)
AUDIT = "evidence.bias_audit"
PARTS = ("age_days", "expires_in_days", "owner", "signed_by")


def facts_of(audit: str) -> Facts:
    return derive_facts(feature(f"evidence: {{bias_audit: {audit}}}\n" if audit else ""), CATALOG, DAY)


def said(facts: Facts) -> tuple[Any, ...]:
    return tuple(facts.get(f"{AUDIT}.{part}") for part in PARTS)


@pytest.mark.parametrize(
    ("audit", "stands", "parts"),
    [
        ("{owner: risk, date: 2026-11-30}", True, (0.0, inf, "risk", None)),
        ("{owner: risk, date: 2025-11-30, expires: 2026-12-10}", True, (365.0, 10.0, "risk", None)),
        ("{owner: risk, date: 2025-11-30, expires: 2026-11-30}", True, (365.0, 0.0, "risk", None)),
        ("{owner: risk, date: 2025-11-30, expires: 2026-11-20}", False, (365.0, -10.0, "risk", None)),
        ("{owner: risk, date: 2026-11-29, signed_by: auditor}", True, (1.0, inf, "risk", "auditor")),
        # what is to be signed tomorrow is no younger than what is asked for
        ("{owner: risk, date: 2026-12-01}", False, (inf, inf, "risk", None)),
        ("false", False, (inf, -1.0, "", "")),
        ("", None, (None, None, None, None)),
    ],
)
def test_what_a_document_says_is_known(audit: str, stands: bool | None, parts: tuple[Any, ...]) -> None:
    facts = facts_of(audit)
    assert facts.get(AUDIT) is stands
    assert said(facts) == parts


def test_what_is_not_known_of_a_document_is_asked_for_at_it_or_at_its_field() -> None:
    assert facts_of("").missing(f"{AUDIT}.age_days") == (AUDIT,)
    assert facts_of("{owner: risk, date: 2026-11-29}").missing(f"{AUDIT}.signed_by") == (f"{AUDIT}.signed_by",)


def test_it_is_declared_where_the_document_is() -> None:
    facts = facts_of("{owner: risk, date: 2026-11-29}")
    assert facts.fact(f"{AUDIT}.age_days").provenance is Provenance.DECLARED
    assert facts.places_of(f"{AUDIT}.age_days") == (AUDIT,)


@pytest.mark.parametrize(
    ("audit", "changes", "parts"),
    [
        ("", {}, (inf, -1.0, "", "")),
        ("false", {AUDIT: True}, (0.0, inf, None, None)),
        ("{owner: risk, date: 2025-11-29}", {AUDIT: False}, (inf, -1.0, "", "")),
        ("false", {AUDIT: True, f"{AUDIT}.age_days": 9.0}, (9.0, inf, None, None)),
        ("{owner: risk, date: 2026-11-29, signed_by: auditor}", {}, (1.0, inf, "risk", "auditor")),
    ],
)
def test_a_document_that_is_taken_to_be_there_is_new(
    audit: str, changes: dict[str, FactValue], parts: tuple[Any, ...]
) -> None:
    facts = facts_of(audit)
    assert said(with_changes(facts, changes, CATALOG) if changes else assume(facts, CATALOG)) == parts
