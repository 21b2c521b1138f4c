"""Typed access to data files: every mistake at its place, all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from aipolicy.errors import AipolicyError, CatalogError, Problems
from aipolicy.source.records import Mistakes, Record, kind_of, read_day
from aipolicy.source.yaml_reader import read_yaml

Ask = Callable[[Record], object]


def record_of(text: str) -> tuple[Record, Mistakes]:
    """Return the top record of a YAML text and its mistakes."""
    mistakes = Mistakes(CatalogError)
    (document,) = read_yaml("data.yaml", text.encode()).documents
    return Record(document, (), document.value, mistakes), mistakes


def complaints(text: str, ask: Ask) -> list[str]:
    """Return every mistake that asking for fields gives, as it is shown."""
    record, mistakes = record_of(text)
    ask(record)
    try:
        mistakes.raise_if_any()
    except Problems as problems:
        return [str(error) for error in problems.errors]
    except AipolicyError as error:
        return [str(error)]
    return []


WRONG: tuple[tuple[str, Ask, str], ...] = (
    ("a: 1", lambda r: r.text("a"), "data.yaml:1:4: `a` must be text, found a number"),
    ("a: x", lambda r: r.text("a", choices=("xx", "yy")), "data.yaml:1:4: `x` is not one of `xx`, `yy`; did you mean `xx`?"),
    ("b: 1", lambda r: (r.raw("b"), r.text("a")), "data.yaml:1:1: missing key `a`"),
    ("a:", lambda r: r.text("a"), "data.yaml:1:1: missing key `a`"),
    ("a: yes", lambda r: r.flag("a"), "data.yaml:1:4: `a` must be true or false, found text"),
    ("a: 1", lambda r: r.flag("a"), "data.yaml:1:4: `a` must be true or false, found a number"),
    ("a: true", lambda r: r.number("a"), "data.yaml:1:4: `a` must be a number, found true or false"),
    ("a: '5'", lambda r: r.number("a"), "data.yaml:1:4: `a` must be a number, found text `5`; remove the quotes"),
    ("a: -1", lambda r: r.number("a"), "data.yaml:1:4: `a` must be at least 0, found -1"),
    ("a: 0", lambda r: r.positive("a"), "data.yaml:1:4: `a` must be more than 0, found 0"),
    ("a: -2", lambda r: r.positive("a"), "data.yaml:1:4: `a` must be more than 0, found -2"),
    ("b: 1", lambda r: (r.raw("b"), r.positive("a")), "data.yaml:1:1: missing key `a`"),
    ("a: x", lambda r: r.positive("a"), "data.yaml:1:4: `a` must be a number, found text"),
    ("a: 0", lambda r: r.optional_positive("a"),
     "data.yaml:1:4: `a` must be more than 0, found 0; leave out what is unknown"),
    ("a: 2026-02-30", lambda r: r.day("a"), "data.yaml:1:4: `a` must be a day as YYYY-MM-DD, found `2026-02-30`"),
    ("a: 20261121", lambda r: r.day("a"),
     "data.yaml:1:4: `a` must be a day as YYYY-MM-DD, found a number; write `2026-11-21`"),
    ("a: x", lambda r: r.texts("a"), "data.yaml:1:4: `a` must be a list of text, found text"),
    ("a: [x, 1]", lambda r: r.texts("a"), "data.yaml:1:4: `a` must be a list of text, found a list"),
    ("a: [x]", lambda r: r.texts("a", choices=("y",)), "data.yaml:1:4: `x` is not one of `y`"),
    ("a: []", lambda r: r.record("a"), "data.yaml:1:4: expected a mapping, found a list"),
    ("a: {}", lambda r: list(r.records("a")), "data.yaml:1:4: `a` must be a list, found a mapping"),
    ("a: [1]", lambda r: list(r.records("a")), "data.yaml:1:5: expected a mapping, found a number"),
    ("nmae: x", lambda r: (r.text("name", ""), r.finish()), "data.yaml:1:1: unknown key `nmae`; did you mean `name`?"),
    ("a: {b: {c: 1}}", lambda r: r.record("a").record("b").text("c"), "data.yaml:1:12: `c` must be text, found a number"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "ask", "message"), WRONG, ids=[case[2].partition(": ")[2] for case in WRONG])
def test_each_mistake_is_told_at_its_place(text: str, ask: Ask, message: str) -> None:
    assert complaints(text, ask) == [message]


def test_all_mistakes_are_told_together_in_the_order_of_lines() -> None:
    def ask(record: Record) -> None:
        record.finish()
        record.number("z")
        record.mistakes.add_error(CatalogError("about the whole file", path="data.yaml"))

    assert complaints("z: x\na: 1\nb: 2\n", ask) == [
        "data.yaml: about the whole file",
        "data.yaml:1:1: unknown key `z`",
        "data.yaml:1:4: `z` must be a number, found text",
        "data.yaml:2:1: unknown key `a`",
        "data.yaml:3:1: unknown key `b`",
    ]


def test_what_is_no_mapping_is_told_once_and_not_for_each_field() -> None:
    assert complaints("- x", lambda r: (r.text("a"), r.number("b"), r.finish())) == [
        "data.yaml:1:1: expected a mapping, found a list"
    ]


@pytest.mark.parametrize("value", ['"\\e[31mred"', '"a\\nb"', '"\\u202Eabc"'])
def test_text_from_a_file_cannot_write_to_the_terminal(value: str) -> None:
    (message,) = complaints(f"a: {value}", lambda r: r.text("a", choices=("x",)))
    assert "\\u" in message
    assert message.isprintable()


def test_an_ill_typed_secret_is_not_repeated() -> None:
    secret = "sk-live-51H8xYzAbCdEfGh1234567"
    told = complaints(
        f"n: {secret}\nc: {secret}\n{secret}: 1\nd: {secret}",
        lambda r: (r.number("n"), r.text("c", choices=("x",)), r.day("d"), r.finish()),
    )
    assert len(told) == 4
    assert not any(secret in message for message in told)


def test_an_optional_field_that_is_not_written_is_none_and_never_zero() -> None:
    record, mistakes = record_of("other: 1")
    assert [record.optional_number("a"), record.optional_flag("a"), record.optional_day("a")] == [None, None, None]
    mistakes.raise_if_any()


@pytest.mark.parametrize(("text", "day"), [("2024-02-29", date(2024, 2, 29)), ("2026-11-21", date(2026, 11, 21))])
def test_days_are_read(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-02-29",
        "2026-1-1",
        "20261121",
        "2026-W01-1",
        "0000-00-00",
        "٢٠٢٦-٠١-٠١",
        "2026-01-01 ",
        "2026-01-01T00",
    ],
)
def test_other_spellings_of_days_are_refused(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"),
        (True, "true or false"),
        (0, "a number"),
        (0.5, "a number"),
        ("", "text"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_kinds_are_named_in_words_of_the_author(value: object, kind: str) -> None:
    assert kind_of(value) == kind
