"""Published decisions: what is answered to what their pages state, and which facts turn it to what was built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from answers import answering, way_of

NOTHING = "nothing"
CASES: dict[str, dict[str, Any]] = {
    case["name"]: case
    for case in yaml.safe_load(
        (Path(__file__).parent / "published_decisions.yaml").read_text(encoding="utf-8")
    )["decisions"]
}  # fmt: skip
ASKED_ON_THE_PAGE = ("faire-relevance", "instacart-queries", "shopify-classification", "dembrane-transcription")
"""Cases of which everything that is asked is worked out, which takes seconds each."""


def body_of(name: str, more: Mapping[str, object] | None = None) -> str:
    """Return the manifest of a case, with more facts than its page states."""
    sections = {section: dict(facts) for section, facts in CASES[name]["manifest"].items()}
    for fact, value in (more or {}).items():
        section, key = fact.split(".")
        sections.setdefault(section, {})[key] = value
    return yaml.safe_dump(sections)


@cache
def way_in_words(name: str, decided: bool = False) -> str:
    """Return hosting and adaptation of what is recommended, with the facts that decide or without them."""
    way = way_of(body_of(name, CASES[name]["decides"] if decided else None))
    return NOTHING if way is None else " ".join(str(word) for word in way)


@pytest.mark.parametrize("name", CASES)
def test_a_published_decision_gets_the_answer_that_was_read_and_accepted(name: str) -> None:
    case = CASES[name]
    assert way_in_words(name) == case["answer"]
    assert (case["answer"] in case["did"]) == (case["outcome"] == "right")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["outcome"] == "asked"])
def test_facts_that_a_page_leaves_out_turn_the_answer_to_what_was_built(name: str) -> None:
    """Where the way is near and not the same, because of a host or a tuning that nobody states, the file says why."""
    case = CASES[name]
    found = way_in_words(name, decided=True)
    assert found != way_in_words(name)
    assert found in case["did"] or "why" in case


def test_of_three_dozen_decisions_a_handful_differ_and_each_says_why() -> None:
    differing = {name for name, case in CASES.items() if case["outcome"] == "differs"}
    assert len(CASES) >= 36
    assert len(differing) <= 5
    assert all(CASES[name]["why"] for name in differing)


@pytest.mark.parametrize("name", ASKED_ON_THE_PAGE)
def test_the_question_that_decides_is_asked(name: str) -> None:
    case, found = CASES[name], answering(body_of(name))
    ways = {f"{change.then.hosting} {change.then.adaptation}" for change in found.questions}
    assert ways & set(case["did"])
