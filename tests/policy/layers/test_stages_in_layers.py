"""Layers over rules with stages: a rule may be brought into force, and is never put off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_layers import BASE, complaints, load, overlay, rule

from aipolicy.catalog.catalog import Catalog
from aipolicy.findings.finding import Severity

STAGED = BASE + (
    "- {id: B-004, name: four, title: t, kind: duty, severity: error, require: [team.on_call], message: m,\n"
    "   effective: {announced: 2026-02-01, warning: 2026-04-01, from: 2026-06-01, until: 2027-12-31}}\n"
    "- {id: B-005, name: five, title: t, kind: duty, severity: error, require: [team.on_call], message: m,\n"
    "   effective: {announced: 2026-02-01}}\n"
)
NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR

FORWARD = [
    ("B-004", "effective: {from: 2026-03-01}", {"2026-01-31": None, "2026-02-28": NOTE, "2026-03-01": ERROR}),
    ("B-004", "effective: {from: 2026-01-01}", {"2025-12-31": None, "2026-01-01": ERROR, "2026-04-01": ERROR}),
    ("B-005", "effective: {from: 2026-09-01}", {"2026-01-31": None, "2026-08-31": NOTE, "2026-09-01": ERROR}),
]


@pytest.mark.parametrize(("rule_id", "text", "weights"), FORWARD)
def test_a_rule_that_is_announced_may_be_brought_into_force(
    rule_id: str, text: str, weights: dict[str, Severity | None], catalog: Catalog, tmp_path: Path
) -> None:
    packs = load(catalog, tmp_path, {"base": STAGED, "top": overlay("top", f"{rule_id}: {text}")})
    changed = rule(packs, rule_id)
    assert {day: changed.severity_on(date.fromisoformat(day)) for day in weights} == weights


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("effective: {from: 2026-07-01}", "from 2026-07-01 is later than 2026-06-01"),
        ("effective: {until: 2027-01-01}", "until 2027-01-01 is earlier than 2027-12-31"),
        ("effective: {until: 2026-03-01}", "`B-004` would end before it begins"),
        ("effective: {announced: 2026-03-01}", "unknown key `announced`"),
    ],
)
def test_a_rule_with_stages_is_not_put_off(text: str, words: str, catalog: Catalog, tmp_path: Path) -> None:
    assert words in complaints(catalog, tmp_path, {"base": STAGED, "top": overlay("top", f"B-004: {text}")})
