"""Columns are found under any of their headers, and equal headers are told apart."""

from __future__ import annotations

import pytest
from sample_tables import only_manifest, run, table_of, with_fields

from aipolicy.importing.header import AMBIGUOUS, NOT_FOUND, Header

FIELD = '  - {field: metadata.owner, columns: [owner_id, "Who answers for the system’s output?"], text: true}'


@pytest.mark.parametrize(
    "header",
    [
        "owner_id", "OWNER_ID ", "Who answers for the system's output?", "who  answers\nfor the system’s output",
        "Who answers for the system`s output ? ", "\ufeffWho answers for\u00a0the system´s output:",
    ],
)  # fmt: skip
def test_spellings_of_a_header_are_one_column(header: str) -> None:
    result = run(table_of(["Name", header], ["a", "ops"]), with_fields(FIELD))
    assert only_manifest(result)["metadata"]["owner"] == "ops"


def test_the_first_header_of_the_mapping_that_the_table_has_is_read() -> None:
    table = table_of(["Name", "who answers for the system's output", "owner_id"], ["a", "second", "first"])
    assert only_manifest(run(table, with_fields(FIELD)))["metadata"]["owner"] == "first"


def test_equal_headers_are_told_apart_by_their_number() -> None:
    header = Header(["a", "If Other, please explain.", "if other, please explain", "b#2", ""])
    assert header.titles == (
        "a", "If Other, please explain.#1", "if other, please explain#2", "b#2", "column 5 without a header",
    )  # fmt: skip
    assert header.find(["If Other, please explain.#2"]) == 2
    assert header.find(["If other, please explain #1"]) == 1
    assert header.find(["If Other, please explain.#3"]) == NOT_FOUND
    assert header.find(["If Other, please explain."]) == AMBIGUOUS
    assert header.find(["b#2"]) == 3
    assert header.find(["If Other, please explain.", "a"]) == 0


def test_no_column_is_lost_from_the_report() -> None:
    fields = "  - {field: metadata.owner, columns: ['Explain#2'], text: true}\n" + (
        "  - {field: metadata.description, columns: [Explain], text: true}"
    )
    table = table_of(["Name", "Explain", "Explain", "Explain", "", ""], ["a", "x", "y", "", "z", ""])
    result = run(table, with_fields(fields))
    assert only_manifest(result)["metadata"]["owner"] == "y"
    assert [(c.column, c.filled) for c in result.report.unused_columns] == [
        ("Explain#1", 1), ("Explain#3", 0), ("column 5 without a header", 1),
    ]  # fmt: skip
    assert [(c.field, c.reason) for c in result.report.missing_columns] == [("metadata.description", AMBIGUOUS)]


def test_columns_of_the_mapping_that_the_table_does_not_have_are_reported() -> None:
    report = run(table_of(["Name"], ["a"]), with_fields(FIELD)).report
    assert [(column.field, column.reason) for column in report.missing_columns] == [("metadata.owner", NOT_FOUND)]
    assert report.fills == (("metadata.owner", 0),)
