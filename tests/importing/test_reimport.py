"""Imported again: what nobody touched is renewed, what somebody changed is kept and told, names hang on ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import HEAD, mapping_of, run, table_of

from aipolicy.importing.importer import ImportResult
from aipolicy.importing.naming import name_of_row
from aipolicy.importing.output import Written, write_manifests
from aipolicy.source.yaml_reader import read_yaml

MAPPING = mapping_of(
    HEAD
    + """
id: {columns: [id]}
name: {columns: [title]}
rows: [{columns: [year], is_not: ["2024"]}]
fields:
  - {field: metadata.owner, columns: [org], text: true}
  - {field: metadata.lifecycle, columns: [stage], values: {live: production, test: pilot, old: retired}}
  - {field: metadata.labels.unit, columns: [unit], text: true}
"""
)
COLUMNS = ["title", "org", "stage", "unit", "id", "year"]
FIRST = ["Anonymiser", "City of A", "test", "Desk", "101", "2025"]
SECOND = ["Anonymiser", "City of B", "live", "", "102", "2025"]
FILE = "anonymiser-101.aifeature.yaml"


def table(*rows: list[str]) -> ImportResult:
    return run(table_of(COLUMNS, *rows), MAPPING)


def row(**changes: str) -> list[str]:
    return [changes.get(column, cell) for column, cell in zip(COLUMNS, FIRST, strict=True)]


def manifest(path: Path) -> Any:
    read = read_yaml(path.name, path.read_bytes())
    assert read.problems == ()
    return read.documents[0].value


def counts(written: Written) -> tuple[int, int, int]:
    return written.new, written.renewed, written.unchanged


def edited(folder: Path, edit: Callable[[str], str], file: str = FILE) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert edit(text) != text
    path.write_bytes(edit(text).encode())
    return path


@pytest.mark.parametrize(
    "rows", [[FIRST, SECOND], [SECOND, FIRST], [SECOND], [["Anonymiser", "City of Z", "", "", "999", ""], SECOND]]
)
def test_a_name_hangs_on_its_own_row_and_on_no_other(rows: list[list[str]]) -> None:
    assert {f.row_id: f.name for f in table(*rows).features}["102"] == "anonymiser-102"


@pytest.mark.parametrize(
    ("title", "row_id", "name"),
    [
        ("Anonymiser", "102", "anonymiser-102"),
        ("Fraud & Abuse", "DOT-7", "fraud-and-abuse-dot-7"),
        ("Chat", "A/1", "chat-a-1-"),
        ("Chat", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "chat-6f9619ff-8b86-"),
        ("Chat", "東京", "chat-"),
    ],
)
def test_an_id_stands_in_the_name_as_far_as_a_name_can_hold_it(title: str, row_id: str, name: str) -> None:
    given = name_of_row(title, row_id)
    assert given == name or (name.endswith("-") and re.fullmatch(re.escape(name) + "[0-9a-f]{10}", given))


@given(
    st.lists(st.text(min_size=1, max_size=60), min_size=2, max_size=6, unique_by=str.casefold), st.text(max_size=120)
)
def test_ids_that_differ_give_names_that_differ(ids: list[str], title: str) -> None:
    names = [name_of_row(title, row_id) for row_id in ids]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)
        assert len(name) <= 100


def test_a_second_import_of_the_same_rows_in_another_order_changes_nothing(tmp_path: Path) -> None:
    assert counts(write_manifests(table(FIRST, SECOND), tmp_path)) == (2, 0, 0)
    assert counts(write_manifests(table(SECOND, FIRST), tmp_path)) == (0, 0, 2)


def test_a_row_that_is_renamed_keeps_its_file_and_the_name_on_which_waivers_hang(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    assert counts(write_manifests(table(row(title="Redactor", stage="live")), tmp_path)) == (0, 1, 0)
    there = manifest(tmp_path / FILE)["metadata"]
    assert (there["name"], there["lifecycle"]) == ("anonymiser-101", "production")


def test_a_manifest_that_was_moved_beside_its_code_is_found_by_its_id(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    moved = tmp_path / "services" / "redaction" / "aifeature.yaml"
    moved.parent.mkdir(parents=True)
    (tmp_path / FILE).rename(moved)
    assert counts(write_manifests(table(row(stage="old")), tmp_path)) == (0, 1, 0)
    assert manifest(moved)["metadata"]["lifecycle"] == "retired"
    assert not (tmp_path / FILE).exists()


OWN_LINES = "data: # ours\n  residency: [EU]  # agreed in May\n"


def test_what_a_team_added_stays_byte_for_byte_and_the_rest_is_renewed(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    path = edited(tmp_path, lambda text: text + OWN_LINES)
    written = write_manifests(table(row(stage="live", unit="")), tmp_path)
    assert (counts(written), written.kept) == ((0, 1, 0), ())
    text = path.read_text(encoding="utf-8")
    assert text.endswith(OWN_LINES)
    there = manifest(path)
    assert there["metadata"]["lifecycle"] == "production"
    assert "labels" not in there["metadata"], "a section goes with its last value"
    assert counts(write_manifests(table(row(stage="live", unit="")), tmp_path)) == (0, 0, 1)
    write_manifests(table(row(stage="live", unit="Office")), tmp_path)
    assert manifest(path)["metadata"]["labels"] == {"unit": "Office"}
    assert path.read_text(encoding="utf-8").endswith(OWN_LINES)


CHANGES: list[tuple[Callable[[str], str], dict[str, str], list[tuple[str, str, str]]]] = [
    (lambda t: t.replace("City of A", "Team Redaction"), {}, [("metadata.owner", "Team Redaction", "City of A")]),
    (lambda t: t.replace("City of A", "Team Redaction"), {"org": "City of C"},
     [("metadata.owner", "Team Redaction", "City of C")]),
    (lambda t: t.replace("City of A", "City of C"), {"org": "City of C"}, []),
    (lambda t: t.replace("  owner: City of A\n", ""), {}, [("metadata.owner", "nothing", "City of A")]),
    (lambda t: t.replace("  owner: City of A\n", ""), {"org": ""}, []),
    (lambda t: t.replace("City of A", "Team Redaction"), {"org": ""}, []),
    (lambda t: t.replace("lifecycle: pilot", 'lifecycle: "pilot"'), {"stage": "live"}, []),
    (lambda t: t.replace("anonymiser-101", "redactor"), {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "changes", "differences"), CHANGES)
def test_what_somebody_changed_is_kept_and_told(
    tmp_path: Path, edit: Callable[[str], str], changes: dict[str, str], differences: list[tuple[str, str, str]]
) -> None:
    write_manifests(table(FIRST), tmp_path)
    path = edited(tmp_path, edit)
    before = manifest(path)
    written = write_manifests(table(row(**changes)), tmp_path)
    assert [(d.field, d.in_file, d.in_table) for kept in written.kept for d in kept.differences] == differences
    after = manifest(path)
    assert after["metadata"].get("owner") == before["metadata"].get("owner")
    assert after["metadata"]["name"] == before["metadata"]["name"]
    assert after["metadata"]["lifecycle"] == ("production" if "stage" in changes else "pilot")
    again = write_manifests(table(row(**changes)), tmp_path)
    assert (counts(again), again.kept) == ((0, 0, 1), written.kept)


def test_force_writes_a_changed_manifest_anew_under_the_name_it_has(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    path = edited(tmp_path, lambda t: t.replace("City of A", "us").replace("anonymiser-101", "redactor") + OWN_LINES)
    assert write_manifests(table(FIRST), tmp_path, force=True).kept == ()
    there = manifest(path)
    assert (there["metadata"]["name"], there["metadata"]["owner"]) == ("redactor", "City of A")
    assert "data" not in there


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: [", "cannot be read: "),
        ("---\nkind: AIFeature\n---\nkind: AIFeature\n", "has 2 documents"),
    ],
)
def test_a_file_that_cannot_be_renewed_stops_its_own_row_alone(tmp_path: Path, content: str, reason: str) -> None:
    write_manifests(table(FIRST, SECOND), tmp_path)
    path = edited(tmp_path, lambda text: text[: text.index("apiVersion")] + content)
    before = path.read_bytes()
    changed = table(row(stage="old"), [*SECOND[:2], "old", *SECOND[3:]])
    written = write_manifests(changed, tmp_path)
    assert counts(written) == (0, 1, 0)
    assert [each.reason[: len(reason)] for each in written.obstacles] == [reason]
    assert path.read_bytes() == before
    assert write_manifests(changed, tmp_path, force=True).obstacles == ()


def test_two_files_with_one_id_are_told_and_neither_is_written(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    (tmp_path / "copy.aifeature.yaml").write_bytes((tmp_path / FILE).read_bytes())
    written = write_manifests(table(row(stage="old")), tmp_path)
    assert (counts(written), written.vanished) == ((0, 0, 0), ())
    assert [each.reason for each in written.obstacles] == [
        "has the id of its row in copy.aifeature.yaml too; keep one of them"
    ]


GONE = "its row is not in the table any more"
NOT_NOW = "its row is in the table, and not imported"


@pytest.mark.parametrize(
    ("rows", "vanished"),
    [
        ([FIRST, SECOND], []),
        ([FIRST], [("102", GONE)]),
        ([FIRST, [*SECOND[:-1], "2024"]], [("102", NOT_NOW)]),
        ([FIRST, SECOND, SECOND], [("102", NOT_NOW)]),
        ([FIRST, ["", *SECOND[1:]]], [("102", NOT_NOW)]),
    ],
)
def test_manifests_whose_row_vanished_are_told_and_stay(
    tmp_path: Path, rows: list[list[str]], vanished: list[tuple[str, str]]
) -> None:
    write_manifests(table(FIRST, SECOND), tmp_path)
    written = write_manifests(table(*rows), tmp_path)
    assert [(each.row_id, each.reason) for each in written.vanished] == vanished
    assert len(list(tmp_path.iterdir())) == 2


def test_manifests_of_another_table_are_none_of_this_import(tmp_path: Path) -> None:
    write_manifests(table(FIRST), tmp_path)
    path = edited(tmp_path, lambda text: text.replace('"source": "Test table"', '"source": "Other"'))
    before = path.read_bytes()
    written = write_manifests(table(row(org="City of C")), tmp_path)
    assert (len(written.obstacles), written.vanished) == (1, ())
    assert path.read_bytes() == before


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_the_byte_order_mark_of_an_edited_file_stay(tmp_path: Path, ending: str, mark: str) -> None:
    write_manifests(table(FIRST), tmp_path)
    path = edited(tmp_path, lambda text: mark + (text + OWN_LINES).replace("\n", ending))
    assert counts(write_manifests(table(row(stage="live", unit="x")), tmp_path)) == (0, 1, 0)
    text = path.read_bytes().decode()
    assert text.startswith(f"{mark}# yaml")
    assert text.count("\n") == text.count(ending)
    assert manifest(path)["metadata"]["lifecycle"] == "production"


ROW_PROBLEMS = [
    ([[*FIRST[:4], "", "2025"]], ["no id"]),
    ([FIRST, [*SECOND[:4], " 101 ", "2025"]],
     [f"the id `101` stands in row {n} too; give every row its own, or choose with `rows`" for n in (3, 2)]),
    ([FIRST, [*SECOND[:4], "101", "2024"]], []),
    ([[*FIRST[:4], "1" * 501, "2025"]], ["an id of 501 characters; the limit is 500"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "reasons"), ROW_PROBLEMS)
def test_rows_without_an_id_of_their_own_are_left_out_and_told(rows: list[list[str]], reasons: list[str]) -> None:
    assert [each.reason for each in table(*rows).report.left_out] == reasons


def test_an_id_can_be_put_together_from_several_columns() -> None:
    mapping = mapping_of(
        f"{HEAD}id: {{parts: [{{columns: [org]}}, {{columns: [title]}}]}}\nname: {{columns: [title]}}\nfields: []\n"
    )
    (feature,) = run(table_of(["title", "org"], ["Chat", "City of A"]), mapping).features
    assert feature.row_id == "City of A / Chat"
