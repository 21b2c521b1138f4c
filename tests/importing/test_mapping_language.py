"""What a mapping can say of cells and rows: numbers of languages, days, countries, lists, blanks, evidence, own facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sample_tables import HEAD, mapping_of, messages, only_manifest, run, table_of, with_fields

from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError, MappingError
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.importing.days import day_format, read_day_as
from aipolicy.importing.importer import ImportResult
from aipolicy.importing.targets import Fields

CATALOG = read_catalog((), as_of=date(2026, 11, 29))
FIELDS = Fields(
    (
        FactSpec("extensions.tier", FactType.TEXT, "Tier", choices=("gold", "silver")),
        FactSpec("extensions.seats", FactType.NUMBER, "Seats", minimum=1),
        FactSpec("extensions.tools", FactType.TEXTS, "Tools"),
    ),
    CATALOG.vocabularies,
)


def imported(fields: str, cells: Mapping[str, str], top: str = "") -> ImportResult:
    mapping = with_fields(fields, top, FIELDS)
    return run(table_of(["Name", *cells], ["a", *cells.values()]), mapping, place_of=CATALOG.places.word_of)


def stated(result: ImportResult, path: str) -> Any:
    value: Any = only_manifest(result)
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


TWO_READINGS, NO_NUMBER = "two readings", "no number"
GERMAN, ENGLISH, SWISS, FRENCH = ('decimal: ","}', 'decimal: ".", groups: ","}', """decimal: ".", groups: "'"}""",
                                  'decimal: ",", groups: " "}')  # fmt: skip
NUMBERS: list[tuple[str, str, float | str]] = [
    ("true", "1200", 1200),
    ("true", "1.5", 1.5),
    ("true", "0.125", 0.125),
    ("true", "1234.567", 1234.567),
    ("true", "1.200", TWO_READINGS),
    ("true", "120.000", TWO_READINGS),
    ("true", "1,200", NO_NUMBER),
    ("true", "1 200", NO_NUMBER),
    ("true", "5k", NO_NUMBER),
    ("true", "~500", NO_NUMBER),
    ("true", "1e3", NO_NUMBER),
    ('{decimal: ",", groups: "."}', "1.200", 1200),
    ('{decimal: ",", groups: "."}', "120.000", 120000),
    ('{decimal: ",", groups: "."}', "1.200,50", 1200.5),
    ('{decimal: ",", groups: "."}', "1,5", 1.5),
    ('{decimal: ",", groups: "."}', "1200", 1200),
    ('{decimal: ",", groups: "."}', "1.20", NO_NUMBER),
    ('{decimal: ",", groups: "."}', "1.2000", NO_NUMBER),
    ('{decimal: ",", groups: "."}', "1,200,000", NO_NUMBER),
    (f"{{{ENGLISH}", "1,200", 1200),
    (f"{{{ENGLISH}", "1.200", 1.2),
    (f"{{{GERMAN}", "1.200", NO_NUMBER),
    (f"{{{SWISS}", "1’200.50", 1200.5),
    (f"{{{FRENCH}", "1\u202f200,5", 1200.5),
    (f"{{{FRENCH}", "1\u00a0200", 1200),
]


@pytest.mark.parametrize(("signs", "cell", "expected"), NUMBERS)
def test_a_number_is_read_by_the_signs_of_its_language_or_not_at_all(
    signs: str, cell: str, expected: float | str
) -> None:
    result = imported(f"  - {{field: volume.requests_per_day, columns: [Q], number: {signs}}}", {"Q": cell})
    assert stated(result, "volume.requests_per_day") == (expected if not isinstance(expected, str) else None)
    assert bool(result.report.ambiguous) == (expected == TWO_READINGS)
    assert bool(result.report.unmapped) == (expected == NO_NUMBER)


DAYS = [
    ("YYYY-MM-DD", "2025-03-09", "2025-03-09"),
    ("YYYY-MM-DD", "2025-03-09T00:00:00.000", None),
    ("YYYY-MM-DD*", "2025-03-09T00:00:00.000", "2025-03-09"),
    ("YYYY-MM-DD*", "2025-03-091", None),
    ("DD.MM.YYYY", "09.03.2025", "2025-03-09"),
    ("DD.MM.YYYY", "9.3.2025", None),
    ("M/D/YYYY", "3/9/2025", "2025-03-09"),
    ("M/D/YYYY", "31/9/2025", None),
    ("D MMM YYYY", "9 Mar 2025", "2025-03-09"),
    ("D MMM YYYY", "9 Mär 2025", None),
    ("MMMM D, YYYY", "March 9, 2025", "2025-03-09"),
    ("YYYY-MM-DD", "2025-02-30", None),
    ("YYYY-MM-DD", "n/a", None),
]


@pytest.mark.parametrize(("form", "cell", "expected"), DAYS)
def test_a_day_is_read_in_the_forms_that_the_mapping_names(form: str, cell: str, expected: str | None) -> None:
    known = day_format(form)
    assert known is not None
    assert read_day_as(cell, (known,)) == expected
    result = imported(f'  - {{field: metadata.labels.since, columns: [Q], date: ["{form}"]}}', {"Q": cell})
    assert stated(result, "metadata.labels.since") == expected
    assert bool(result.report.unmapped) == (expected is None)


def test_a_day_that_two_forms_read_differently_is_not_read() -> None:
    both = tuple(known for form in ("M/D/YYYY", "D/M/YYYY") if (known := day_format(form)) is not None)
    assert read_day_as("3/9/2025", both) is None
    assert read_day_as("30/9/2025", both) == "2025-09-30"


@pytest.mark.parametrize("form", ["", "YY-MM-DD", "YYYY", "YYYY-MM", "DD.MM.YYYY HH", "YYYY-MM-DD-DD", "Q-YYYY-MM-DD"])
def test_a_form_without_year_month_and_day_is_no_form(form: str) -> None:
    assert day_format(form) is None


COUNTRIES = [
    ("Germany", ["DE"]),
    ("deutschland", ["DE"]),
    ("DE; Frankreich; U.S.A.", ["DE", "FR", "US"]),
    ("EU", ["EU"]),
    ("The Netherlands", ["NL"]),
    ("worldwide", ["any"]),
    ("Narnia", None),
    ("Germany; Narnia", None),
]


@pytest.mark.parametrize(("cell", "expected"), COUNTRIES)
def test_countries_are_read_by_name(cell: str, expected: list[str] | None) -> None:
    field = '  - {field: data.residency, columns: [Q], countries: true, split: [";"], values: {worldwide: [any]}}'
    result = imported(field, {"Q": cell})
    assert stated(result, "data.residency") == expected
    assert bool(result.report.unmapped) == (expected is None)


LISTS = [
    ("  - {field: data.classes, columns: [Q], text: true, split: [',']}", "health, personal", ["health", "personal"]),
    ("  - {field: data.classes, columns: [Q], text: true, split: [',']}", "health, shoes", None),
    ("  - {field: extensions.tools, columns: [Q], text: true, split: [',']}", "jira, slack", ["jira", "slack"]),
    ("  - {field: extensions.tools, columns: [Q], text: true}", "jira, slack", ["jira, slack"]),
]


@pytest.mark.parametrize(("field", "cell", "expected"), LISTS)
def test_lists_are_read_as_they_stand_when_their_words_are_known(field: str, cell: str, expected: object) -> None:
    path = field.split("field: ")[1].split(",")[0]
    assert stated(imported(field, {"Q": cell}), path) == expected


STAGES = "  - {field: metadata.lifecycle, columns: [Q], split: [';'], values: {live: production, test: pilot}%s}"


@pytest.mark.parametrize(
    ("several", "cell", "expected"),
    [("", "test; live", None), (", several: first", "test; live", "production"), (", several: first", "test", "pilot")],
)
def test_of_several_answers_the_first_of_the_mapping_counts_when_it_says_so(
    several: str, cell: str, expected: str | None
) -> None:
    assert stated(imported(STAGES % several, {"Q": cell}), "metadata.lifecycle") == expected


BLANK = '  - {field: decision.affects_rights, columns: [Q], values: {"yes": true}, blank: false}'


@pytest.mark.parametrize(("cell", "expected"), [("", False), (" ", False), ("yes", True), ("n/a", None), ("so", None)])
def test_a_blank_states_what_the_mapping_says_it_states(cell: str, expected: bool | None) -> None:
    assert stated(imported(BLANK, {"Q": cell}, "unknown: [n/a]"), "decision.affects_rights") is expected


def test_a_cell_or_column_that_is_not_there_is_no_blank() -> None:
    mapping = with_fields(BLANK, "short_rows: unknown")
    assert stated(run("Name,Q\na\n", mapping), "decision.affects_rights") is None
    assert stated(run("Name,R\na,b\n", mapping), "decision.affects_rights") is None


DOCUMENT = """
  - field: evidence.dpia
    %s
    document:
      owner: {columns: [Org]}
      date: {columns: [Day], date: [DD-MM-YYYY]}
      link: {columns: [Link]}
"""
ANSWERED = DOCUMENT % 'columns: [Q]\n    values: {"yes": true, "no": false}'
ALONE = DOCUMENT % "unknown: [none]"
FULL = {"owner": "City", "date": "2025-03-09"}
EVIDENCE: list[tuple[str, dict[str, str], object, list[str], list[str]]] = [
    (ANSWERED, {"Q": "Yes", "Org": "City", "Day": "09-03-2025", "Link": ""}, FULL, [], []),
    (ANSWERED, {"Q": "Yes", "Org": "City", "Day": "09-03-2025", "Link": "x.nl"}, {**FULL, "link": "x.nl"}, [], []),
    (ANSWERED, {"Q": "No", "Org": "City", "Day": "09-03-2025", "Link": ""}, False, [], []),
    (ANSWERED, {"Q": "Yes", "Org": "City", "Day": "", "Link": ""}, None, ["Yes, no date"], []),
    (ANSWERED, {"Q": "Yes", "Org": "", "Day": "", "Link": ""}, None, ["Yes, no owner and no date"], []),
    (ANSWERED, {"Q": "Yes", "Org": "City", "Day": "2025", "Link": ""}, None, [], ["date: 2025"]),
    (ANSWERED, {"Q": "", "Org": "City", "Day": "09-03-2025", "Link": ""}, None, [], []),
    (ANSWERED, {"Q": "Perhaps", "Org": "City", "Day": "09-03-2025", "Link": ""}, None, [], ["Perhaps"]),
    (ALONE, {"Org": "City", "Day": "09-03-2025", "Link": "none"}, FULL, [], []),
    (ALONE, {"Org": "City", "Day": "", "Link": ""}, None, [], []),
    (ALONE, {"Org": "", "Day": "09-03-2025", "Link": ""}, None, ["no owner"], []),
]


@pytest.mark.parametrize(("fields", "cells", "expected", "incomplete", "unmapped"), EVIDENCE)
def test_evidence_is_put_together_from_several_columns(
    fields: str, cells: dict[str, str], expected: object, incomplete: list[str], unmapped: list[str]
) -> None:
    result = imported(fields, cells)
    assert stated(result, "evidence.dpia") == expected
    assert [answer.value for answer in result.report.incomplete] == incomplete
    assert [answer.value for answer in result.report.unmapped] == unmapped


OWN_FACTS = [
    ("  - {field: extensions.tier, columns: [Q], values: {g: gold}}", "G", "extensions.tier", "gold"),
    ("  - {field: extensions.seats, columns: [Q], number: true}", "12", "extensions.seats", 12),
    ("  - {field: extensions.seats, columns: [Q], number: true}", "0", "extensions.seats", None),
]


@pytest.mark.parametrize(("fields", "cell", "path", "expected"), OWN_FACTS)
def test_facts_that_packs_add_are_filled_like_any_other(fields: str, cell: str, path: str, expected: object) -> None:
    assert stated(imported(fields, {"Q": cell}), path) == expected


ROWS = [["a", "2024"], ["b", "2025"], ["c", ""], ["d", "2025 "]]


@pytest.mark.parametrize(
    ("rows", "names", "counted"),
    [
        ('[{columns: [year], is: ["2025"]}]', ["b", "d"], [("`year` is not `2025`", 2)]),
        ('[{columns: [year], is_not: ["2024"]}]', ["b", "c", "d"], [("`year` is `2024`", 1)]),
        ('[{columns: [year], is: ["2025", ""]}]', ["b", "c", "d"], [("`year` is not `2025` or blank", 1)]),
        ('[{columns: [year], is_not: [""]}, {columns: [Name], is: [a, b]}]', ["a", "b"],
         [("`year` is blank", 1), ("`Name` is not `a` or `b`", 1)]),
    ],
)  # fmt: skip
def test_rows_are_chosen_and_those_that_are_not_are_counted(
    rows: str, names: list[str], counted: list[tuple[str, int]]
) -> None:
    mapping = mapping_of(f"{HEAD}rows: {rows}\nname: {{columns: [Name]}}\nfields: []\n")
    result = run(table_of(["Name", "year"], *ROWS), mapping)
    assert [feature.name for feature in result.features] == names
    assert [(each.condition, each.rows) for each in result.report.not_asked_for] == counted
    assert result.report.left_out == ()


@pytest.mark.parametrize("key", ["rows: [{columns: [absent], is: [x]}]", "id: {columns: [absent]}"])
def test_a_column_that_chooses_or_names_rows_must_be_there(key: str) -> None:
    mapping = mapping_of(f"{HEAD}{key}\nname: {{columns: [Name]}}\nfields: []\n")
    with pytest.raises(MappingError, match="the table has none of these columns: `absent`"):
        run("Name\na\n", mapping)


MISTAKES = [
    ("field: volume.requests_per_day\ncolumns: [a]\nnumber: {groups: ','}", "missing key `decimal`"),
    ("field: volume.requests_per_day\ncolumns: [a]\nnumber: {decimal: ';'}", "`;` is not one of `.`, `,`"),
    ("field: volume.requests_per_day\ncolumns: [a]\nnumber: {decimal: '.', groups: '.'}", "one sign cannot stand"),
    ("field: volume.requests_per_day\ncolumns: [a]\nnumber: german", "write `number: true`, or which sign is which"),
    ("field: volume.requests_per_day\ncolumns: [a]\ndate: [YYYY-MM-DD]", "takes no day"),
    ("field: metadata.labels.a\ncolumns: [a]\ndate: [YY-MM-DD]", "`YY-MM-DD` is no form of a day"),
    ("field: metadata.labels.a\ncolumns: [a]\ndate: []", "`date` is empty"),
    ("field: task.type\ncolumns: [a]\ncountries: true", "`task.type` takes no countries"),
    ("field: metadata.owner\ncolumns: [a]\ntext: true\ndocument: {}", "`metadata.owner` is no evidence"),
    ("field: evidence.dpia\ndocument: {owner: {text: us}}", "missing key `date`"),
    ("field: evidence.dpia\ndocument: {owner: {text: us}, date: {columns: [a]}}", "in which form the days are"),
    ("field: evidence.dpia\nblank: false\ndocument: {owner: {text: us}, date: {columns: [a], date: [D.M.YYYY]}}",
     "`blank` is for a field with `columns`"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nblank: solo", "`solo` is not one of"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nseveral: first", "`several` is for `values`"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nwhen: {columns: [c], is: [x], is_not: [y]}",
     "either `is` or `is_not`"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nwhen: {columns: [c], is: []}", "`is` is empty"),
    ("field: data.classes\ncolumns: [a]\nvalues: {b: [pii]}", "unknown data-class `pii`"),
    ("field: extensions.colour\ncolumns: [a]\ntext: true", "declare it in a pack"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "message"), MISTAKES)
def test_mistakes_are_found_at_their_line(field: str, message: str) -> None:
    with pytest.raises(AipolicyError) as raised:
        with_fields("- " + field.replace("\n", "\n  ") + "\n", known=FIELDS)
    found = [text for text in messages(raised.value) if message in text]
    assert found, messages(raised.value)
    assert 5 <= int(found[0].split(":")[1]) <= 7 + field.count("\n")


OTHER_FILES = [
    (b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", "is a workbook (XLSX)"),
    (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "is a workbook (ODS)"),
    (b"PK\x03\x04....data.csv", "is a ZIP archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "is an Office file of before 2007, probably a workbook (XLS)"),
    (b"%PDF-1.7", "is a PDF"),
    (b"\x1f\x8b\x08..", "is compressed with gzip"),
    (b"\xef\xbb\xbf <!DOCTYPE html>\n<html>", "is a web page"),
    (b'[\n  {"name": "a"}]', "is JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), OTHER_FILES)
def test_what_is_no_table_of_text_is_named_with_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(MappingError) as raised:
        run(data, path="t.csv")
    assert str(raised.value).startswith(f"t.csv: {message}")
    assert "; " in str(raised.value)
