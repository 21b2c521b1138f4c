"""The first bytes of a file in, what it is and what to do out, where it is known and no table of text."""

from __future__ import annotations

_ZIP = b"PK\x03\x04"
_LOOKED_AT = 65_536
_AS_CSV = "open it in a spreadsheet, save the sheet with the use cases as CSV (UTF-8), and import that file"
_WORKBOOKS = (
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a workbook (ODS)"),
    (b"xl/", "a workbook (XLSX)"),
    (b"[Content_Types].xml", "an Office document, probably a workbook (XLSX)"),
)
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file of before 2007, probably a workbook (XLS)", _AS_CSV),
    (b"%PDF-", "a PDF", "ask for the table behind it as CSV"),
    (b"PAR1", "a Parquet file", "write it as CSV first"),
    (b"SQLite format 3\x00", "an SQLite database", "write the table as CSV first"),
    (b"\x1f\x8b", "compressed with gzip", "unpack it first"),
    (b"BZh", "compressed with bzip2", "unpack it first"),
    (b"\xfd7zXZ\x00", "compressed with xz", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
)
_TEXTS = (
    (b"<!doctype html", "a web page", "take the address of the CSV file itself"),
    (b"<html", "a web page", "take the address of the CSV file itself"),
    (b"<?xml", "XML", "write it as CSV first"),
    (b"[{", "JSON", "write it as CSV first, a column for each key"),
    (b'{"', "JSON", "write it as CSV first, a column for each key"),
)


def what_else(data: bytes) -> str | None:
    """Return what a file is instead of a table of text, and what to do; None where it may be one."""
    if data.startswith(_ZIP):
        head = data[:_LOOKED_AT] + data[-_LOOKED_AT:]
        workbook = next((name for mark, name in _WORKBOOKS if mark in head), None)
        return f"is {workbook}, not a table of text; {_AS_CSV}" if workbook else "is a ZIP archive; unpack it first"
    for signature, name, advice in _SIGNATURES:
        if data.startswith(signature):
            return f"is {name}, not a table of text; {advice}"
    begin = b"".join(data[:200].removeprefix(b"\xef\xbb\xbf").split()).lower()
    for mark, name, advice in _TEXTS:
        if begin.startswith(mark.replace(b" ", b"")):
            return f"is {name}, not a table of text; {advice}"
    return None
