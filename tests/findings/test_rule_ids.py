"""Ids of rules: how they are written, what is below what, and which requirement of which rule is meant."""

from __future__ import annotations

import pytest

from aipolicy.findings.rule_ids import beginnings, is_below, is_rule_id, whole_id


@pytest.mark.parametrize(
    "text", ["DATA-001", "AIA-050-1", "GDPR-28-3", "US-CA-001", "AIA50-001", "GDPR-9-2H", "DORA-030-2/plan.terms.dpa"]
)
def test_ids_have_parts(text: str) -> None:
    assert is_rule_id(text)


@pytest.mark.parametrize(
    "text", ["DATA", "data-001", "DATA-", "DATA-A", "1-001", "DATA--1", "DATA-001/", "DATA_001", ""]
)
def test_other_words_are_no_ids(text: str) -> None:
    assert not is_rule_id(text)


@pytest.mark.parametrize(
    ("rule_id", "word", "below"),
    [
        ("GDPR-28-3", "GDPR", True),
        ("GDPR-28-3", "GDPR-28", True),
        ("GDPR-28-3", "GDPR-2", False),
        ("GDPR-28-3/dpa", "GDPR-28-3", True),
        ("GDPR-28", "GDPR-28-3", False),
    ],
)
def test_a_word_means_what_begins_with_it(rule_id: str, word: str, below: bool) -> None:
    assert is_below(rule_id, word) is below


def test_the_beginnings_of_ids_are_words_for_them() -> None:
    assert beginnings(["US-CA-001/x", "RES-001"]) == {"US", "US-CA", "RES"}
    assert whole_id("US-CA-001/x") == "US-CA-001"
