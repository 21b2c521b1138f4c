"""Plain scalars: YAML 1.2, and text wherever another reader would guess."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.scalars import MAX_NUMBER_CHARACTERS, ScalarError, read_plain_scalar

TEXT = (
    "NO", "no", "No", "yes", "YES", "on", "off", "y", "n", "tRUE", "nULL", "010", "08", "-007", "1:30", "12:30:45",
    "2025-02-30", "2026-11-21", "0x1F", "0o17", "0b11", "1_000", "1,000", "1.2.3", "1e", "1e+", "e5", ".", "+", "-", "--1",
    "+-5", "1.5.", "..5", "=", "<<", "inf", "nan", "Infinity", "5ms", "٣", "１２", "0x" + "f" * 100_000, "1:" * 200_000,
)  # fmt: skip
VALUES = (
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("0", 0), ("-0", 0), ("+5", 5), ("-12", -12), ("9223372036854775808", 2**63),
    ("1e6", 1e6), ("1E6", 1e6), ("1.0e6", 1e6), ("-1e-3", -1e-3), (".5", 0.5), ("+.5", 0.5), ("1.", 1.0), ("1.10", 1.1),
    ("0.1", 0.1), ("1.e2", 100.0),
)  # fmt: skip
REFUSED = (
    *(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")),
    "1e400", "-1e999", "9" * 65, "9" * 5_000, "-" + "9" * 5_000, "0." + "1" * 100, "1e" + "0" * 100 + "1",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXT, ids=lambda text: text[:20])
def test_what_other_readers_guess_at_stays_text(text: str) -> None:
    assert read_plain_scalar(text) == text


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_core_schema_scalars_have_their_value_and_type(text: str, value: object) -> None:
    read = read_plain_scalar(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_numbers_that_cannot_be_compared_are_refused(text: str) -> None:
    with pytest.raises(ScalarError):
        read_plain_scalar(text)


def test_a_number_of_the_longest_length_is_read() -> None:
    assert read_plain_scalar("9" * MAX_NUMBER_CHARACTERS) == int("9" * MAX_NUMBER_CHARACTERS)


@given(st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_reads_back(number: float) -> None:
    assert read_plain_scalar(repr(number)) == number


@given(st.text(max_size=30))
def test_any_text_is_a_finite_value_or_refused(text: str) -> None:
    try:
        value = read_plain_scalar(text)
    except ScalarError:
        return
    assert value is None or isinstance(value, str | bool | int | float)
    assert not isinstance(value, float) or math.isfinite(value)
    assert not isinstance(value, str) or value == text
