"""Answers become values: spellings, unknowns, lists, text, numbers, conditions, contradictions."""

from __future__ import annotations

from typing import Any

import pytest
from sample_tables import manifests_of, only_manifest, run, table_of, with_fields

RIGHTS = """
  - field: decision.affects_rights
    columns: [Q]
    values: {"yes": true, "no": false, "no - law*": false, some/any: true}
    unknown: [not assessed]
"""


def answer(cell: str, fields: str = RIGHTS, top: str = "unknown: [n/a, not applicable]") -> Any:
    return run(table_of(["Name", "Q"], ["a", cell]), with_fields(fields, top))


@pytest.mark.parametrize(
    "cell",
    [
        "Yes", "YES", " yes ", "yes.", "Yes\u00a0", "Yes\u00c2\u00a0", "Yes\u00c2", "\u200bYes", "\uff39es",
        "Yes\n", "Y\u00ades",
    ],
)  # fmt: skip
def test_spellings_of_an_answer_are_one_answer(cell: str) -> None:
    assert only_manifest(answer(cell))["decision"] == {"affects_rights": True}


@pytest.mark.parametrize("cell", ["No – Law forbids it", "no - law", "NO — LAW, and more"])
def test_an_answer_that_ends_in_a_star_stands_for_all_that_begin_so(cell: str) -> None:
    assert only_manifest(answer(cell))["decision"] == {"affects_rights": False}


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u00c2", "N/A", "n/a", "N/A ", "Not Applicable", "Not assessed"])
def test_unknown_answers_leave_the_field_out_and_are_no_news(cell: str) -> None:
    result = answer(cell)
    assert "decision" not in only_manifest(result)
    assert result.report.unmapped == ()


def test_an_answer_that_the_mapping_does_not_name_is_left_out_and_counted() -> None:
    rows = [["a", "Maybe"], ["b", "Yes"], ["c", "maybe\u00a0"], ["d", "x\x1b[31m\u202e" + "y" * 100]]
    result = run(table_of(["Name", "Q"], *rows), with_fields(RIGHTS))
    assert ["decision" in manifest for manifest in manifests_of(result)] == [False, True, False, False]
    first, second = result.report.unmapped
    assert (first.field, first.column, first.value) == ("decision.affects_rights", "Q", "Maybe")
    assert (first.count, first.first_row) == (2, 2)
    assert second.value.startswith("x\\u001b[31m\\u202ey")
    assert second.value.endswith("y\u2026")


LISTS = """
  - field: data.classes
    columns: [Q]
    split: [",", ";", "\\n"]
    values: {race: [racial-or-ethnic-origin], pii: [personal], "health, all": [health], none: []}
    unknown: [age]
"""


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("PII", ["personal"]),
        ("pii, Race", ["personal", "racial-or-ethnic-origin"]),
        ("race; race\nPII", ["racial-or-ethnic-origin", "personal"]),
        ('["Race","Age"]', ["racial-or-ethnic-origin"]),
        ("['PII', 'Race']", ["personal", "racial-or-ethnic-origin"]),
        ("[\"PII\", 'Race',]", ["personal", "racial-or-ethnic-origin"]),
        ("Health, all", ["health"]),
        ('["health, all"]', ["health"]),
        ("none", []),
    ],
)
def test_cells_with_several_answers_add_up(cell: str, expected: list[str]) -> None:
    assert only_manifest(answer(cell, LISTS))["data"] == {"classes": expected}


@pytest.mark.parametrize("cell", ["age", "[]", "Age; age", "pii, shoe size", '["pii", 3]', "[", "[]]"])
def test_a_list_is_left_out_unless_all_its_answers_are_mapped(cell: str) -> None:
    assert "data" not in only_manifest(answer(cell, LISTS))


def test_a_list_keeps_its_mapped_answers_when_the_mapping_says_so() -> None:
    result = answer("pii, shoe size", LISTS + "    partial: keep\n")
    assert only_manifest(result)["data"] == {"classes": ["personal"]}
    assert [a.value for a in result.report.unmapped] == ["shoe size"]


def test_columns_of_one_list_field_add_up() -> None:
    fields = """
  - {field: data.classes, columns: [Q], values: {"yes": [personal]}}
  - {field: data.classes, columns: [R], values: {"yes": [health, personal]}}
"""
    table = table_of(["Name", "Q", "R"], ["a", "yes", "yes"], ["b", "", "yes"])
    classes = [m["data"]["classes"] for m in manifests_of(run(table, with_fields(fields)))]
    assert classes == [["personal", "health"], ["health", "personal"]]


def test_several_answers_of_one_choice_must_agree() -> None:
    fields = RIGHTS + "    split: [',']\n"
    assert only_manifest(answer("yes, some/any", fields))["decision"] == {"affects_rights": True}
    contradictory = answer("yes, no", fields)
    assert "decision" not in only_manifest(contradictory)
    assert contradictory.report.unmapped[0].value == "yes, no"


def test_columns_that_contradict_each_other_state_nothing() -> None:
    fields = """
  - {field: metadata.lifecycle, columns: [Q], values: {live: production, planned: idea}}
  - {field: metadata.lifecycle, columns: [R], values: {live: production, planned: idea}}
"""
    result = run(table_of(["Name", "Q", "R"], ["a", "live", "live"], ["b", "live", "planned"]), with_fields(fields))
    agreeing, contradicting = manifests_of(result)
    assert agreeing["metadata"]["lifecycle"] == "production"
    assert "lifecycle" not in contradicting["metadata"]
    assert [(c.field, c.first_row) for c in result.report.contradictions] == [("metadata.lifecycle", 3)]


def test_evidence_can_be_denied_and_a_bare_yes_is_left_for_a_person() -> None:
    fields = "  - {field: evidence.dpia, columns: [Q], values: {'no': false}, incomplete: ['yes']}"
    assert only_manifest(answer("No", fields))["evidence"] == {"dpia": False}
    result = answer("Yes", fields)
    assert "evidence" not in only_manifest(result)
    assert [(a.field, a.value, a.count) for a in result.report.incomplete] == [("evidence.dpia", "Yes", 1)]
    assert result.report.unmapped == ()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1200", 1200),
        ("12.5", 12.5),
        (" 7 ", 7),
        ("1,200", None),
        ("1e3", None),
        ("-1", None),
        ("many", None),
        ("١", None),
    ],
)
def test_numbers_are_read_only_when_they_cannot_be_misread(cell: str, expected: float | None) -> None:
    result = answer(cell, "  - {field: volume.input_tokens, columns: [Q], number: true}")
    assert only_manifest(result).get("volume", {}).get("input_tokens") == expected
    assert bool(result.report.unmapped) == (expected is None)


def test_text_is_shortened_to_what_the_schema_allows() -> None:
    result = answer("x" * 5000, "  - {field: metadata.description, columns: [Q], text: true}")
    text = only_manifest(result)["metadata"]["description"]
    assert len(text) == 4000
    assert text.endswith("x\u2026")
    assert result.report.shortened[0].field == "metadata.description"


def test_a_word_of_a_vocabulary_is_never_shortened() -> None:
    result = answer("x" * 101, "  - {field: task.type, columns: [Q], text: true}")
    assert "task" not in only_manifest(result)
    assert result.report.unmapped[0].count == 1


def test_text_is_joined_from_the_parts_that_are_known() -> None:
    fields = """
  - field: metadata.owner
    text: true
    parts: [{columns: [Q]}, {columns: [R]}, {columns: [absent]}]
    join: " / "
"""
    rows = [["a", "Dept", "Office"], ["b", "", "Office"], ["c", "N/A", ""]]
    result = run(table_of(["Name", "Q", "R"], *rows), with_fields(fields, "unknown: [n/a]"))
    owners = [manifest["metadata"].get("owner") for manifest in manifests_of(result)]
    assert owners == ["Dept / Office", "Office", None]


def test_a_field_is_read_only_where_its_condition_holds() -> None:
    fields = """
  - field: decision.effect
    columns: [Q]
    when: {columns: [R], is: [by a person]}
    values: {"yes": material}
"""
    rows = [["a", "yes", "By a person"], ["b", "yes", ""], ["c", "yes", "by nobody"]]
    result = run(table_of(["Name", "Q", "R"], *rows), with_fields(fields))
    assert ["decision" in manifest for manifest in manifests_of(result)] == [True, False, False]


def test_a_condition_on_a_column_that_is_not_there_never_holds() -> None:
    fields = "  - {field: decision.effect, columns: [Q], when: {columns: [R], is: [x]}, values: {'yes': material}}"
    result = answer("yes", fields)
    assert "decision" not in only_manifest(result)
    assert [column.columns for column in result.report.missing_columns] == [("R",)]


def test_what_a_field_says_about_an_answer_comes_before_the_whole_mapping() -> None:
    fields = "  - {field: decision.affects_rights, columns: [Q], values: {n/a: false, n*: true}}"
    assert only_manifest(answer("N/A", fields))["decision"] == {"affects_rights": False}
    assert "decision" not in only_manifest(answer("not applicable", fields))
    assert only_manifest(answer("nevertheless", fields))["decision"] == {"affects_rights": True}


def test_labels_and_constants_are_written() -> None:
    fields = "  - {field: metadata.labels.unit, columns: [Q], text: true}"
    top = "constants: {metadata.labels.origin: table, organization.public_body: true, logs.retention_days: 30}"
    manifest = only_manifest(answer("yes: no", fields, top))
    assert manifest["metadata"]["labels"] == {"origin": "table", "unit": "yes: no"}
    assert manifest["organization"] == {"public_body": True}
    assert manifest["logs"] == {"retention_days": 30}
