"""What people write for a word of a vocabulary is told as that word, and corrected unasked only where it is the same."""

from __future__ import annotations

import pytest
from test_facts import CATALOG

from aipolicy.facts.facts import unknown_words
from aipolicy.facts.meant_words import meant_word

MEANT: list[tuple[str, str, tuple[str, bool] | None]] = [
    ("pii", "data-class", ("personal", False)),
    ("PII", "data-class", ("personal", False)),
    ("Credit Card", "data-class", ("payment-card", False)),
    ("helth", "data-class", ("health", True)),
    ("Health", "data-class", ("health", True)),
    ("trade secret", "data-class", ("trade-secret", True)),
    ("confid", "data-class", ("confidential", False)),
    ("phy", "data-class", None),
    ("shoes", "data-class", None),
    ("chatbot", "task-type", ("dialogue", False)),
    ("summarisation", "task-type", ("summarization", False)),
    ("clasification", "task-type", ("classification", True)),
    ("juggling", "task-type", None),
    ("Germany", "residency", ("DE", True)),
    ("de", "residency", ("DE", True)),
    ("eu", "residency", ("EU", True)),
    ("Germny", "residency", ("DE", False)),
    ("worldwide", "residency", ("any", False)),
    ("worldwide", "place", None),
    ("Europe", "residency", ("EU", False)),
    ("European Union", "place", ("EU", True)),
    ("California", "place", ("US-CA", True)),
    ("us-ca", "place", ("US-CA", True)),
    ("NYC", "place", ("US-NYC", True)),
    ("US-CA", "residency", ("US", False)),
    ("XX", "residency", None),
]


@pytest.mark.parametrize(("word", "vocabulary", "meant"), MEANT)
def test_the_word_that_is_meant_is_told(word: str, vocabulary: str, meant: tuple[str, bool] | None) -> None:
    assert meant_word(word, vocabulary, CATALOG) == meant


def test_no_word_by_which_people_call_one_thing_is_a_word_for_another() -> None:
    for entries in (CATALOG.data_classes.by_id, CATALOG.task_types):
        said = [word for entry in entries.values() for word in entry.also]
        assert len(set(said)) == len(said)
        assert not set(said) & set(entries)


def test_words_are_looked_at_whatever_the_shape_of_a_manifest() -> None:
    manifest = {"data": {"classes": "pii", "residency": ["Germany", 3]}, "task": {"type": ["chatbot"]}, "latency": 3}
    found = {problem.path: problem.message for problem in unknown_words(manifest, CATALOG)}
    assert found == {
        ("data", "classes"): "unknown data class `pii`; did you mean `personal`?",
        ("data", "residency", 0): "unknown place `Germany`; did you mean `DE`?",
        ("task", "type", 0): "unknown task type `chatbot`; did you mean `dialogue`?",
    }
