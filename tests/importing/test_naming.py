"""Names of features and files are safe everywhere and unique."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import BASIC, run, table_of

from aipolicy.facts.declared import NAME_PATTERN
from aipolicy.importing.naming import FeatureNames, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Claims Triage", "claims-triage"),
        ("  Café & Straße’s AI/ML (v2.0) ", "cafe-and-strasses-ai-ml-v2-0"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "c-windows-x"),
        ("CON", "use-case-con"),
        ("com1", "use-case-com1"),
        ("nul.txt", "nul-txt"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("東京", "use-case-130016b259"),
        ("!!!", "use-case-" + slug("!!!").removeprefix("use-case-")),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_becomes_a_safe_file_name(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.lists(st.text(min_size=1, max_size=120), max_size=8))
def test_names_are_valid_unique_and_repeatable(names: list[str]) -> None:
    def take_all() -> list[str]:
        giver = FeatureNames()
        return [giver.take(name) for name in names + names]

    taken = take_all()
    assert taken == take_all()
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert re.search(NAME_PATTERN, name)
        assert len(name) <= 100
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)


def test_equal_names_are_numbered_in_the_order_of_the_rows() -> None:
    names = ["Chatbot", "chatbot 2", "CHATBOT!", "chatbot", "Chatbot 2"]
    result = run(table_of(["Name", "Stage", "Rights"], *([name, "", ""] for name in names)))
    assert [name.removesuffix(".aifeature.yaml") for name, _ in result.manifests] == [
        "chatbot", "chatbot-2", "chatbot-3", "chatbot-4", "chatbot-2-2",
    ]  # fmt: skip


def test_rows_without_a_name_are_left_out_and_reported() -> None:
    result = run(table_of(["Name", "Stage", "Rights"], ["", "Live", ""], ["N/A", "Live", ""], ["a", "", ""]), BASIC)
    assert [(row.row, row.reason) for row in result.report.left_out] == [(2, "no name"), (3, "no name")]
    assert len(result.manifests) == 1


def test_many_equal_names_take_no_long_time() -> None:
    giver = FeatureNames()
    assert [giver.take("same") for _ in range(20_000)][-1] == "same-20000"
