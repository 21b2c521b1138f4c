"""Which facts a run names so that few declarations settle many findings, in which order, and what it says they settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.run.totals import Totals, fewest_facts

CHOICES: dict[str, tuple[dict[str, int], int, tuple[str, ...], int]] = {
    "nothing is missing": ({}, 5, (), 0),
    "of facts that settle alike, the first by name": ({"z": 1, "y": 1, "x": 1}, 2, ("x", "y"), 2),
    "what settles more findings goes first": ({"a": 1, "b": 2}, 1, ("b",), 2),
    "one finding settled goes before many begun": ({"a": 1, "b c": 5}, 1, ("a",), 1),
    "of facts that settle alike, the one that others wait for": ({"a": 1, "b": 1, "b c": 1}, 1, ("b",), 1),
    "a fact of few counts more than one of many": ({"a w x y": 1, "b c": 1}, 1, ("b",), 0),
    "findings that wait are weighed by their number": ({"a b": 1, "c d": 2}, 2, ("c", "d"), 2),
    "what is left of a list counts as short": ({"a": 2, "a b": 1, "c d": 1}, 2, ("a", "b"), 3),
    "a list that is begun is finished": ({"a b": 3, "c": 1, "d e": 3}, 3, ("c", "a", "b"), 4),
    "what became the same is counted together": ({"a": 3, "a d": 1, "c": 1, "d": 1}, 2, ("a", "d"), 5),
    "the limit cuts a list, and it is not settled": ({"a b": 3, "c": 1}, 2, ("c", "a"), 1),
    "a fact of every list is named once": ({"a": 4, "a b": 1}, 5, ("a", "b"), 5),
    "no room, nothing settled": ({"a": 1}, 0, (), 0),
}


def lists(wanted: Mapping[str, int]) -> dict[frozenset[str], int]:
    """Return lists of facts, written as words, as sets."""
    return {frozenset(words.split()): count for words, count in wanted.items()}


def lacking(missing: dict[tuple[str, ...], int]) -> Totals:
    """Return the totals of a run whose undetermined findings wait for facts."""
    totals = Totals()
    totals.missing.update(missing)
    return totals


@pytest.mark.parametrize(("wanted", "limit", "facts", "settled"), CHOICES.values(), ids=CHOICES)
def test_the_facts_that_settle_most_are_named_first(
    wanted: dict[str, int], limit: int, facts: tuple[str, ...], settled: int
) -> None:
    assert fewest_facts(lists(wanted), limit) == (facts, settled)
    backwards = dict(reversed(lists(wanted).items()))
    assert fewest_facts(backwards, limit) == (facts, settled)
    assert fewest_facts(Counter(backwards).elements(), limit) == (facts, settled)


LISTS = st.dictionaries(st.frozensets(st.sampled_from("abcde"), min_size=1, max_size=4), st.integers(1, 3), max_size=8)


@given(LISTS, st.integers(0, 6))
def test_what_is_said_to_be_settled_is_what_the_named_facts_settle(
    wanted: dict[frozenset[str], int], limit: int
) -> None:
    facts, settled = fewest_facts(wanted, limit)
    assert len(facts) == len(set(facts)) <= limit
    assert set(facts) <= {fact for each in wanted for fact in each}
    assert settled == sum(count for each, count in wanted.items() if each <= set(facts))
    assert limit < 5 or settled == sum(wanted.values())


def test_a_run_names_five_facts_at_most_whatever_the_order_in_which_findings_name_them() -> None:
    totals = lacking({("a", "b"): 1, ("b", "a"): 1, ("c", "d"): 1})
    assert totals.shortest_settling(2) == (("a", "b"), 2)
    many = lacking({(letter,): 1 for letter in "gfedcba"})
    assert many.shortest_settling() == (("a", "b", "c", "d", "e"), 5)


def test_facts_are_listed_by_the_findings_they_take_part_in_then_by_name() -> None:
    totals = lacking({("d",): 2, ("b", "c"): 2, ("a", "c"): 1})
    assert totals.settling_facts() == (("c", 3), ("b", 2), ("d", 2), ("a", 1))
