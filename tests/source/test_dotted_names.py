"""Dotted names of the configuration: words that have dots themselves are told apart."""

from __future__ import annotations

import pytest

from aipolicy.source.dotted_names import dotted_name, words_below


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("acme", "budget"), "acme.budget"),
        (("acme.budget",), "acme.budget"),
        (("acme", "approved", "gpt-4.1"), 'acme.approved."gpt-4.1"'),
        (("acme", "approved", "gpt-4.1", "v1.0"), 'acme.approved."gpt-4.1"."v1.0"'),
        (("acme", "approved", "small", "eu"), "acme.approved.small.eu"),
    ],
)
def test_a_name_is_written_and_read_back(words: tuple[str, ...], name: str) -> None:
    assert dotted_name(("parameters", *words)) == name
    assert words_below(name, "acme.approved") == (words[2:] if "approved" in words else ())


def test_the_name_of_another_parameter_names_no_entry() -> None:
    assert words_below("acme.approved_too.x", "acme.approved") == ()
