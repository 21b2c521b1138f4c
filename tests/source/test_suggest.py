"""Near matches for misspelt words."""

from __future__ import annotations

import pytest

from aipolicy.source.suggest import did_you_mean, nearest

KNOWN = ("residency", "classes", "retention_days", "provider-api", "own-cloud", "on-premises", "AIFeature")
NEAR = (
    ("residancy", "residency"), ("Residency", "residency"), ("class", "classes"), ("clases", "classes"),
    ("retention-days", "retention_days"), ("retentionDays", "retention_days"), ("provider_api", "provider-api"),
    ("provider api", "provider-api"), ("on-premise", "on-premises"), ("aifeature", "AIFeature"), ("AiFeature", "AIFeature"),
)  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), NEAR)
def test_a_misspelt_word_suggests_the_one_that_was_meant(word: str, meant: str) -> None:
    assert nearest(word, KNOWN) == meant
    assert did_you_mean(word, KNOWN) == f"; did you mean `{meant}`?"


@pytest.mark.parametrize("word", ["xyzzy", "", "q", "zz", "x" * 100_000])
def test_a_word_that_is_like_none_suggests_nothing(word: str) -> None:
    assert nearest(word, KNOWN) is None
    assert did_you_mean(word, KNOWN) == ""


def test_the_order_of_known_words_does_not_change_the_suggestion() -> None:
    assert nearest("clouds", ("own-cloud", "clouda", "cloudb")) == nearest("clouds", ("cloudb", "clouda", "own-cloud"))


def test_nothing_known_suggests_nothing() -> None:
    assert nearest("word", ()) is None
