"""Near matches for misspelt words."""

from __future__ import annotations

from itertools import permutations

import pytest

from aipolicy.source.suggest import certain_match, did_you_mean, misspelt, nearest, same_name

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


CHOICES: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    "the word itself": ("eu", ("us", "eu"), "eu"),
    "written otherwise": ("Eu West", ("eu-east", "eu_west"), "eu_west"),
    "with other marks between": ("a_b_c_d", ("a-b-c-d",), "a-b-c-d"),
    "with spaces between": ("a b c d", ("a-b-c-d",), "a-b-c-d"),
    "of two that are written alike the first by name": ("a b", ("a_b", "a-b"), "a-b"),
    "the only word that begins so, though another is more alike": (
        "output",
        ("outputs-of-all", "outpot"),
        "outputs-of-all",
    ),
    "several begin so: the most alike": ("region", ("regional-endpoint", "regions"), "regions"),
    "two letters begin nothing": ("re", ("residency-of-data", "xre"), "xre"),
    "three do": ("res", ("residency-of-data", "rex"), "residency-of-data"),
    "the most alike": ("latency", ("lateness", "latencies", "legacy"), "latencies"),
    "of words as much alike the last by name": ("cloud1", ("cloud2", "cloud4", "cloud3"), "cloud4"),
    "three letters of five are enough": ("abcxy", ("abcde",), "abcde"),
    "four of seven are not": ("abcdxyz", ("abcdefg",), None),
    "what follows two hundred letters does not count": ("ab" * 100 + "x" * 900, ("ab" * 100,), "ab" * 100),
}


@pytest.mark.parametrize(("word", "known", "meant"), CHOICES.values(), ids=CHOICES)
def test_of_several_words_the_nearest_is_suggested(word: str, known: tuple[str, ...], meant: str | None) -> None:
    for order in permutations(known):
        assert nearest(word, order) == meant


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("pii", ("phi", "personal")),
        ("Germany", ("any", "DE")),
        ("cat", ("car",)),
        ("gpu", ("cpu",)),
        ("abcdefgh", ("abc",)),
    ],
)
def test_a_short_word_with_another_letter_is_another_word(word: str, known: tuple[str, ...]) -> None:
    assert nearest(word, known) is None


MODELS = (
    "gemini-2.5-flash",
    "gemini-3.8-flash",
    "gpt-6-luna",
    "gpt-6.1-terra",
    "claude-opus-5-5",
    "us-east-1",
    "eastus",
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gpt-6-lunna", "gpt-6-luna"), ("GPT 6 Luna", "gpt-6-luna"), ("gpt6luna", "gpt-6-luna"), ("East US", "eastus"),
        ("claude-opsu-5-5", "claude-opus-5-5"), ("gemini-2.5-flsh", "gemini-2.5-flash"), ("us-esat-1", "us-east-1"),
        ("gemini-2.5-pro", None), ("gemini-4.5-flash", None), ("gpt-6-terra", None), ("us-east-2", None),
        ("us-west-1", None),         ("gpt-6", None), ("", None), ("luna", None), ("x" * 1000, None),
    ],
)  # fmt: skip
def test_a_name_is_misspelt_only_where_it_cannot_be_another(word: str, meant: str | None) -> None:
    for order in (MODELS, MODELS[::-1]):
        assert misspelt(word, order) == meant


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("res001", "RES-001"),
        ("RES_001", "RES-001"),
        ("Res 001", "RES-001"),
        ("res", "res"),
        ("RES-0011", "RES-0011"),
        ("", ""),
    ],
)
def test_a_name_is_known_whatever_its_case_and_marks(word: str, name: str) -> None:
    assert same_name(word, ("RES-001", "RES-0011", "LAT-001")) == name


CERTAIN: dict[str, tuple[str, tuple[str, ...], tuple[str, bool] | None]] = {
    "one wrong letter, nothing else is near": ("clases", ("classes", "residency"), ("classes", True)),
    "one wrong letter in five": ("abcdx", ("abcde",), ("abcde", True)),
    "two wrong letters in six": ("abcdxy", ("abcdef",), ("abcdef", False)),
    "another is near": ("p96_ms", ("p95_ms", "p50_ms"), ("p95_ms", False)),
    "another is near enough to be meant": ("abcdx", ("abcde", "abxyx"), ("abcde", False)),
    "the same word written in two ways is one": ("a-b-cc", ("a_b_c", "a-b-c"), ("a-b-c", True)),
    "written otherwise": ("Own_Cloud", ("own-cloud", "provider-api"), ("own-cloud", True)),
    "known with capitals": ("aifeature", ("AIFeature", "Waivers"), ("AIFeature", True)),
    "a beginning is not certain": ("resid", ("residency", "classes"), ("residency", False)),
    "nothing is near": ("xyzzy", ("classes",), None),
}


@pytest.mark.parametrize(("word", "known", "meant"), CERTAIN.values(), ids=CERTAIN)
def test_a_word_is_certain_when_it_is_very_near_and_no_other_is_near(
    word: str, known: tuple[str, ...], meant: tuple[str, bool] | None
) -> None:
    for order in permutations(known):
        assert certain_match(word, order) == meant
