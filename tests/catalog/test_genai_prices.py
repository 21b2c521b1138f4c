"""The data file of genai-prices is read as text: which model matches, which of several dated prices holds."""

from __future__ import annotations

from datetime import date

import pytest
from price_wheels import GENAI

from aipolicy.catalog.genai_prices import GenaiPrices

DATA = GenaiPrices(GENAI.replace("INPUT", "2.5"))
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "price", "since"),
    [
        (date(2020, 1, 1), 5, None),
        (date(2026, 7, 31), 5, None),
        (date(2026, 8, 1), 2.5, date(2026, 8, 1)),
        (date(2026, 12, 31), 2.5, date(2026, 8, 1)),
        (date(2027, 1, 1), 1, date(2027, 1, 1)),
    ],
)
def test_the_last_price_that_has_begun_holds(day: date, price: float, since: date | None) -> None:
    found = DATA.price("openai", "gpt-4o", day)
    assert found is not None
    assert (found.rates["input_per_mtok"], found.since) == (price, since)


@pytest.mark.parametrize(
    ("model", "known"),
    [("gpt-4o", True), ("GPT-4o", True), ("gpt-4o-2024-11-20", True), ("gpt-4o-mini", False), ("long", True),
     ("long-2", False)],
)  # fmt: skip
def test_a_model_is_matched_as_the_package_says(model: str, known: bool) -> None:
    assert (DATA.price("openai", model, TODAY) is not None) == known
    assert DATA.price("nobody", model, TODAY) is None


def test_batch_prices_begin_with_their_variant() -> None:
    early, late = (DATA.price("openai", "gpt-4o", day) for day in (date(2026, 10, 13), date(2026, 10, 14)))
    assert early is not None
    assert late is not None
    assert ("batch_input_per_mtok" in early.rates, late.rates["batch_input_per_mtok"]) == (False, 1.25)


def test_a_tier_is_the_price_of_long_requests() -> None:
    found = DATA.price("openai", "long", TODAY)
    assert found is not None
    assert (found.rates["input_per_mtok"], dict(found.long), found.above_input_tokens) == (
        0.1,
        {"input_per_mtok": 0.5},
        100_000,
    )


@pytest.mark.parametrize("model", ["steps", "nightly"])
def test_what_an_entry_cannot_say_is_unknown(model: str) -> None:
    assert DATA.price("openai", model, TODAY) is None


def test_the_package_is_at_least_as_new_as_its_newest_price_that_has_begun() -> None:
    days = (date(2026, 7, 31), date(2026, 8, 1), TODAY, date(2028, 1, 1))
    assert [DATA.read_on(day) for day in days] == [None, date(2026, 8, 1), date(2026, 10, 14), date(2027, 1, 1)]


@pytest.mark.parametrize(
    "text", ["", "providers = 1", "def (", "providers: list = [len(open('x'))]", "providers: list = [x]"]
)
def test_a_file_that_is_laid_out_otherwise_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        GenaiPrices(text)
