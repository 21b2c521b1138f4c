"""Every mistake of a mapping file is an error at its line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import BASIC, FEDERAL_MAPPING, HEAD, mapping_of, messages, run

from aipolicy.errors import AipolicyError, MappingError
from aipolicy.importing.mapping import read_mapping
from aipolicy.importing.targets import Fields

FIELD_MISTAKES = [
    ("field: metadata.lifecycel\ncolumns: [a]\nvalues: {b: c}", "did you mean `metadata.lifecycle`?"),
    ("field: metadata.name\ncolumns: [a]\ntext: true", "`metadata.name` is written by the import itself"),
    ("field: metadata.source\ncolumns: [a]\ntext: true", "`metadata.source` is written by the import itself"),
    ("field: metadata.labels\ncolumns: [a]\ntext: true", "name one label, such as `metadata.labels.agency`"),
    ("field: metadata.labels.a b\ncolumns: [a]\ntext: true", "a label has 1 to 100 letters"),
    ("field: data.sensitivity\ncolumns: [a]\ntext: true", "unknown field `data.sensitivity`"),
    ("columns: [a]\ntext: true", "missing key `field`"),
    ("field: metadata.owner\ntext: true", "missing key `columns`"),
    ("field: metadata.owner\ncolumns: []\ntext: true", "`columns` is empty"),
    ("field: metadata.owner\ncolumns: ['?']\ntext: true", "`columns` has an empty header"),
    ("field: metadata.owner\ncolumns: a\ntext: true", "`columns` must be a list of text, found text"),
    ("field: metadata.owner\ncolumns: [a]", "exactly one of `values`, `text: true`, `number: true`"),
    ("field: metadata.owner\ncolumns: [a]\ntext: true\nnumber: true", "exactly one of `values`"),
    ("field: metadata.owner\ncolumns: [a]\ntext: false", "`text` can only be true"),
    ("field: metadata.owner\ncolumns: [a]\ntxt: true\ntext: true", "unknown key `txt`; did you mean `text`?"),
    ("field: metadata.owner\ncolumns: [a]\ntext: true\njoin: x", "`join` is for a field with `parts`"),
    ("field: metadata.owner\ncolumns: [a]\nparts: [{columns: [b]}]\ntext: true", "either `columns` or `parts`"),
    ("field: metadata.owner\nparts: [{columns: [b], x: 1}]\ntext: true", "unknown key `x`"),
    ("field: decision.effect\nparts: [{columns: [b]}]\nvalues: {b: sole}", "`parts` are for text"),
    ("field: metadata.lifecycle\ncolumns: [a]\ntext: true", "`metadata.lifecycle` takes no free text"),
    ("field: evidence.dpia\ncolumns: [a]\ntext: true", "`evidence.dpia` takes no free text"),
    ("field: metadata.owner\ncolumns: [a]\nnumber: true", "`metadata.owner` takes no number"),
    ("field: metadata.lifecycle\ncolumns: [a]\nvalues: {b: prod}", "`prod` is not one of `idea`, `prototype`"),
    ("field: metadata.lifecycle\ncolumns: [a]\nvalues: {b: 1}", "this field takes text, found a number"),
    ("field: metadata.owner\ncolumns: [a]\nvalues: {b: ''}", "the text is empty"),
    ("field: decision.affects_rights\ncolumns: [a]\nvalues: {b: yes}", "this field takes true or false, found text"),
    ("field: decision.affects_rights\ncolumns: [a]\nvalues: {b: null}", "takes true or false, found nothing"),
    ("field: data.classes\ncolumns: [a]\nvalues: {b: personal}", "this field takes a list of text, found text"),
    ("field: data.classes\ncolumns: [a]\nvalues: {b: [x, x]}", "`x` is written twice"),
    ("field: data.classes\ncolumns: [a]\nvalues: {b: [1]}", "this field takes a list of text"),
    ("field: data.subjects\ncolumns: [a]\nvalues: {b: [people]}", "`people` is not one of `customer`"),
    ("field: task.hard_case_share\ncolumns: [a]\nvalues: {b: 2}", "the number must be at most 1"),
    ("field: latency.p95_ms\ncolumns: [a]\nvalues: {b: 0}", "the number must be above 0"),
    ("field: team.ml_engineers\ncolumns: [a]\nvalues: {b: -1}", "the number must be at least 0"),
    ("field: evidence.dpia\ncolumns: [a]\nvalues: {b: true}", "evidence has an owner and a date"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {}", "`values` is empty"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {'': sole}", "say under `blank` what it states"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {Yes: sole, 'YES.': none}", "`YES.` is the same answer as `Yes`"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nunknown: [B]", "`B` stands under `values` too"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nsplit: ['']", "`split` takes separators"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nsplit: [',']\npartial: keep", "`partial` is for list"),
    ("field: decision.effect\ncolumns: [a]\nvalues: {b: sole}\nwhen: {columns: [c]}", "missing key `is`"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "message"), FIELD_MISTAKES)
def test_mistakes_in_a_field_are_found_at_their_line(field: str, message: str) -> None:
    text = f"{HEAD}name: {{columns: [Name]}}\nfields:\n- " + field.replace("\n", "\n  ") + "\n"
    with pytest.raises(AipolicyError) as raised:
        mapping_of(text)
    found = [each for each in messages(raised.value) if message in each]
    assert found, messages(raised.value)
    line = int(found[0].split(":")[1])
    assert found[0].startswith("test.mapping.yaml:")
    assert 6 <= line <= 6 + field.count("\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one document, found 0"),
        (BASIC + "---\n" + BASIC, "expected one document, found 2"),
        ("[]", "expected a mapping, found a list"),
        ("a: [", "invalid YAML"),
        (BASIC.replace("aipolicy/v1", "aipolicy/v9"), "unknown version `aipolicy/v9`; write `aipolicy/v1`"),
        (BASIC.replace("ImportMapping", "AIFeature"), "`AIFeature` is not one of `ImportMapping`"),
        (BASIC.replace("name: {columns: [Name]}", ""), "missing key `name`"),
        (BASIC.replace("source: {title: Test table}", ""), "missing key `source`"),
        (BASIC + "constant: {}", "unknown key `constant`; did you mean `constants`?"),
        (BASIC + "encoding: utf-99", "unknown encoding `utf-99`"),
        (BASIC + "delimiter: ':'", "`:` is not one of `auto`"),
        (BASIC + "short_rows: maybe", "`maybe` is not one of `leave-out`"),
        (BASIC + "constants: {metadata.lifecycle: idea}", "`metadata.lifecycle` is also filled from a column"),
        (BASIC + "constants: {organization.sector: usa}", "`usa` is not one of"),
        (BASIC + "constants: {evidence.dpia: {owner: a, date: 2026-01-01}}", "map to `false`"),
        (BASIC + "constants: {nonsense: 1}", "unknown field `nonsense`"),
    ],
)
def test_mistakes_at_the_top_are_found(text: str, message: str) -> None:
    with pytest.raises(AipolicyError) as raised:
        mapping_of(text)
    assert any(message in each for each in messages(raised.value)), messages(raised.value)


def test_all_mistakes_are_reported_together() -> None:
    text = BASIC.replace("planned: idea", "planned: ideal").replace('{"yes": true', '{"yes": 1')
    with pytest.raises(AipolicyError) as raised:
        mapping_of(text)
    assert [message.split(":")[1] for message in messages(raised.value)] == ["10", "13"]


def test_words_of_an_open_vocabulary_are_checked_when_it_is_given() -> None:
    field = "{field: data.classes, columns: [a], values: {b: [personel]}}"
    text = f"{HEAD}name: {{columns: [Name]}}\nfields:\n- {field}\n"
    mapping_of(text)
    with pytest.raises(MappingError, match="unknown data-class `personel`; did you mean `personal`"):
        read_mapping("m.yaml", text.encode(), Fields((), {"data-class": ("personal", "health")}))


@given(st.data())
def test_a_damaged_mapping_is_an_import_error_or_works(data: st.DataObject) -> None:
    text = BASIC if data.draw(st.booleans()) else FEDERAL_MAPPING.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(st.text(max_size=5)) + text[end:]
    try:
        mapping = read_mapping("m.yaml", damaged.encode())
    except AipolicyError:
        return
    with contextlib.suppress(MappingError):  # its columns or its encoding may be damaged
        run("Name,Stage,2_use_case_name\na,Live,b\n", mapping)
