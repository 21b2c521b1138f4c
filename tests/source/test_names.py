"""Names as they count: spellings that look alike are one name, and what nobody can see is no name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.names import folded, says_something

ALIKE = {
    "spaces around and between": "  Privacy \t Office ",
    "another case": "PRIVACY OFFICE",
    "a zero-width space": "privacy\u200b office",
    "a byte order mark": "\ufeffprivacy office",
    "a soft hyphen": "pri\u00advacy office",
    "no-break space": "privacy\u00a0office",
    "full width letters": "ｐｒｉｖａｃｙ office",
    "a ligature": "privacy oﬃce",
    "an invisible plus": "privacy\u2064 office",
    "a variation selector": "privacy\ufe0f office",
    "a tag character": "privacy\U000e0041 office",
    "two lines": "privacy\noffice",
    "a blank of Braille": "privacy\u2800 office",
}


@pytest.mark.parametrize("spelling", ALIKE.values(), ids=ALIKE)
def test_spellings_that_look_alike_are_one_name(spelling: str) -> None:
    assert folded(spelling) == "privacy office"


@pytest.mark.parametrize(
    ("one", "other"), [("é", "e\u0301"), ("straße", "STRASSE"), ("Å", "\u212b"), ("ΣΊΣΥΦΟΣ", "σίσυφος")]
)
def test_letters_that_are_composed_in_another_way_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_other_names_stay_apart() -> None:
    names = ("a", "b", "ab", "a b", "ä", "1", "é", "क", "कि", "日本")
    assert len(set(map(folded, names))) == len(names)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u200b", "\u00ad\u2060", "\u3164", "\u2800", "\u115f", "\ufe0f", "\U000e0020"]
)
def test_text_in_which_there_is_nothing_to_see_says_nothing(text: str) -> None:
    assert not says_something(text)
    assert says_something(f"{text}a")


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert once == unicodedata.normalize("NFKC", once)
