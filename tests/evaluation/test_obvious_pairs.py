"""The product beside an evaluator that lists every pair of legs: what is left, what is needed, and what clashes."""

from __future__ import annotations

from random import Random

from obvious_pairs import difference

CASES = 1_000
"""Each takes about 12 ms; `python tools/compare_with_pairs.py 1 100000` goes through more."""


def test_what_is_left_needed_and_clashes_is_what_it_is_over_every_pair() -> None:
    found = (difference(Random(seed)) for seed in range(CASES))
    assert next(filter(None, found), "") == ""
