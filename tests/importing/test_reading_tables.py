"""Bytes of a table become rows: encodings, delimiters, quotes, ragged rows."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import BASIC, HEAD, manifests_of, only_manifest, run, table_of

from aipolicy.errors import MappingError
from aipolicy.importing.csv_table import read_table

TABLE = "Name,Stage,Rights\nRésumé sorter,Live,Yes\n"


@pytest.mark.parametrize(
    ("data", "encoding", "why"),
    [
        (TABLE.encode("utf-8-sig"), "utf-8", "byte-order mark"),
        (TABLE.encode("utf-16"), "utf-16-le", "byte-order mark"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be", "byte-order mark"),
        (TABLE.encode("utf-32"), "utf-32-le", "byte-order mark"),
        (TABLE.encode("utf-8"), "utf-8", "valid UTF-8"),
        (TABLE.encode("cp1252"), "cp1252", "not UTF-8 at byte 19"),
    ],
)
def test_encoding_is_found_and_the_report_says_why(data: bytes, encoding: str, why: str) -> None:
    result = run(data)
    assert result.report.reading.encoding == encoding
    assert why in result.report.reading.encoding_why
    assert only_manifest(result)["metadata"]["name"] == "resume-sorter"


def test_encoding_of_the_mapping_is_used() -> None:
    result = run(TABLE.encode("mac-roman"), BASIC + "encoding: mac-roman\n")
    assert result.report.reading.encoding == "mac-roman"
    assert only_manifest(result)["metadata"]["name"] == "resume-sorter"


def test_encoding_option_comes_before_the_mapping() -> None:
    result = run(TABLE.encode("cp1252"), BASIC + "encoding: utf-8\n", encoding="cp1252")
    assert result.report.reading.encoding == "cp1252"


def test_byte_order_mark_comes_before_a_wrong_claim_and_is_reported() -> None:
    result = run(TABLE.encode("utf-8-sig"), encoding="cp1252")
    assert result.report.reading.encoding == "utf-8"
    assert "`cp1252` was asked for" in result.report.reading.notes[0]
    assert only_manifest(result)["metadata"]["name"] == "resume-sorter"


def test_a_byte_order_mark_that_the_bytes_belie_gives_way_to_what_was_asked_for() -> None:
    result = run(b"\xef\xbb\xbf" + TABLE.encode("cp1252"), encoding="cp1252")
    assert result.report.reading.encoding == "cp1252"
    assert "which it is not" in result.report.reading.notes[0]
    assert only_manifest(result)["metadata"]["name"] == "resume-sorter"


def test_bytes_that_cp1252_does_not_define_are_reported() -> None:
    result = run(b"Name,Stage,Rights\nA \x93quoted\x94 b\x81c,Live,Yes\n")
    assert result.report.reading.encoding == "cp1252"
    assert "1 bytes that cp1252 does not define" in result.report.reading.notes[0]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"", {}, "the table is empty"),
        (b"\xef\xbb\xbf", {}, "the table is empty"),
        (b"\n\n  \n", {}, "the table is empty"),
        (b"Name,Stage,Rights\n", {}, "header but no row"),
        (b"Name,Stage,Rights\n,,\n", {}, "header but no row"),
        (b"Title,Stage\na,b\n", {}, "no name: the table has none of these columns: `Name`"),
        (b"Name,Name\na,b\n", {}, "the table has several of this column"),
        (b"Name\n\xff\n", {"encoding": "utf-8"}, "not utf-8 at byte 5; say another encoding"),
        (b"\xef\xbb\xbfName\n\xff\n", {}, "not utf-8 at byte 8"),
        (b"Name\na\n", {"encoding": "utf-99"}, "unknown encoding `utf-99`"),
        (b"Name\na\n", {"encoding": "hex"}, "unknown encoding `hex`"),
        (b"Name\na\n", {"encoding": "unicode_escape"}, "is no encoding of text files"),
        ("Name\nabc\n".encode("utf-16-le"), {}, "many NUL characters when read as utf-8"),
        (b'Name,Stage\n"a,b\nc,d\n', {}, "t.csv:2:1: a quote that opens in this row is never closed"),
    ],
)
def test_what_is_no_table_is_an_error_with_its_place(data: bytes, options: dict[str, str], message: str) -> None:
    with pytest.raises(MappingError) as raised:
        run(data, path="t.csv", **options)
    assert message in str(raised.value)
    assert str(raised.value).startswith("t.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_the_one_that_finds_the_columns_of_the_mapping(delimiter: str) -> None:
    header = ["Name", "Notes; a, b | c\td", "Stage", "Rights"]
    result = run(table_of(header, ["a", "x; y, z | u", "Live", "No"], delimiter=delimiter))
    assert result.report.reading.delimiter == delimiter
    assert only_manifest(result)["metadata"]["lifecycle"] == "production"


def test_delimiter_of_the_mapping_is_used() -> None:
    assert run("Name;Stage,x\na;Live\n", BASIC + "delimiter: ';'\n").report.manifests == 1


def test_separator_line_of_a_spreadsheet_is_understood() -> None:
    result = run("sep=;\r\nName;Stage\r\na;Live\r\nb\r\n")
    assert result.report.reading.delimiter == ";"
    assert only_manifest(result)["metadata"]["source"].endswith("row 3")
    assert [(row.row, row.line) for row in result.report.left_out] == [(4, 4)]


def test_cells_keep_line_breaks_quotes_and_delimiters() -> None:
    mapping = (
        f"{HEAD}name: {{columns: [Name]}}\nfields:\n- {{field: metadata.description, columns: [Text], text: true}}\n"
    )
    text = 'one\r\ntwo; "three", four'
    result = run(table_of(["Name", "Text"], ["a", text], ["b", "x"]), mapping)
    first, second = manifests_of(result)
    assert first["metadata"]["description"] == 'one\ntwo; "three", four'
    assert second["metadata"]["source"] == "Test table, table, row 3"


def test_ragged_rows_are_left_out_with_their_line() -> None:
    table = 'Name,Stage,Rights\n"a\nb",Live,Yes\nc,Live\nd,Live,Yes,more\ne,Live,Yes,,\n'
    result = run(table)
    assert [(row.row, row.line) for row in result.report.left_out] == [(3, 4), (4, 5)]
    assert "2 cells under 3 columns" in result.report.left_out[0].reason
    assert "4 cells under 3 columns" in result.report.left_out[1].reason
    assert [name for name, _ in result.manifests] == ["a-b.aifeature.yaml", "e.aifeature.yaml"]


def test_short_rows_are_kept_when_the_mapping_says_so() -> None:
    result = run("Name,Stage,Rights\nc,Live\n", BASIC + "short_rows: unknown\n")
    assert "decision" not in only_manifest(result)


def test_empty_rows_are_counted_and_skipped() -> None:
    report = run("\n\nName,Stage,Rights\n\na,Live,Yes\n,,\n \n").report
    assert (report.rows_read, report.empty_rows, report.manifests) == (1, 3, 1)


def test_a_few_nul_characters_are_removed_and_reported() -> None:
    result = run("Name,Stage,Rights\n" + "a,Live,Yes\n" * 20 + "b\x00c,Live,Yes\n")
    assert result.report.reading.notes == ("1 NUL characters were removed, first in line 22",)
    assert result.manifests[-1][0] == "bc.aifeature.yaml"


def test_a_large_table_with_a_large_cell_is_read() -> None:
    rows = "".join(f"use case {n},Live,Yes,{'x' * 1000}\n" for n in range(10_000))
    result = run(f"Name,Stage,Rights,Notes\n{rows}last,Live,Yes,{'y' * 300_000}\n")
    assert result.report.manifests == 10_001


def test_the_csv_module_keeps_its_limit() -> None:
    before = csv.field_size_limit()
    run(TABLE.encode())
    with pytest.raises(MappingError):
        run(b'Name\n"a')
    assert csv.field_size_limit() == before


@given(st.binary(max_size=300), st.sampled_from(["auto", "utf-8", "cp1252", "utf-16", "utf-7", "shift_jis"]))
def test_any_bytes_give_manifests_or_an_import_error(data: bytes, encoding: str) -> None:
    for table in (data, b"Name,Stage,Rights\n" + data, b"Name;Stage\r\nx;y\r" + data):
        try:
            result = run(table, encoding=encoding)
        except MappingError:
            pass
        else:
            assert len(manifests_of(result)) == result.report.manifests
            assert result.report.rows_read == result.report.manifests + len(result.report.left_out)


_CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\ufeff"), max_size=8)


@given(st.lists(st.lists(_CELL, min_size=2, max_size=4), min_size=1, max_size=5))
def test_rows_are_those_that_were_written(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["h1", "h2"], *rows])
    table = read_table(out.getvalue().encode(), "t.csv", encoding="utf-8", delimiter=",")
    assert [list(row.cells) for row in table.rows] == rows
