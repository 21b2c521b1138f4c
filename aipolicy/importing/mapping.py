"""A mapping file in, a typed mapping out: which column fills which field, and what each answer stands for."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.errors import MappingError
from aipolicy.facts.spec import FactValue
from aipolicy.importing.csv_table import DELIMITERS, check_encoding
from aipolicy.importing.field_reader import FieldReader, read_columns, read_condition, read_parts
from aipolicy.importing.rules import AnswerMeaning, ColumnCondition, Columns, ImportMapping, Meaning, TableSource
from aipolicy.importing.targets import Fields, Problem, fact_value
from aipolicy.importing.words import make_words
from aipolicy.source.document import MAPPING_KIND
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.yaml_records import read_kind, read_records

SHORT_ROWS = ("leave-out", "unknown")


def read_mapping(path: str, data: bytes, fields: Fields | None = None) -> ImportMapping:
    """Return the mapping of a file; raises `MappingError` with every mistake at its line.

    `fields` knows what packs add to manifests, and the words of open vocabularies; words of others are not checked.
    """
    mistakes = Mistakes(MappingError)
    tops = read_records(path, data, mistakes, if_empty="expected one document, found 0")
    mistakes.raise_if_any()
    if len(tops) != 1:
        raise MappingError(f"expected one document, found {len(tops)}", path=path)
    mapping = _read(tops[0], fields or Fields())
    mistakes.raise_if_any()
    return mapping


def _read(top: Record, fields: Fields) -> ImportMapping:
    read_kind(top, MAPPING_KIND)
    unknown = dict.fromkeys(top.texts("unknown", ()), AnswerMeaning(Meaning.UNKNOWN))
    name_columns = _name(top)
    id_columns = _id(top)
    reader = FieldReader(fields, unknown)
    rules = [rule for record in top.records("fields") if (rule := reader.read(record)) is not None]
    mapping = ImportMapping(
        path=top.document.source.path,
        description=top.text("description", ""),
        source=_source(top),
        encoding=_encoding(top),
        delimiter=top.text("delimiter", "auto", ("auto", *DELIMITERS)),
        keeps_short_rows=top.text("short_rows", SHORT_ROWS[0], SHORT_ROWS) == SHORT_ROWS[1],
        unknown=make_words(unknown),
        name=name_columns,
        id=id_columns,
        rows=_rows(top),
        constants=_constants(top, fields, {rule.target.field for rule in rules}),
        fields=tuple(rules),
    )
    top.finish()
    return mapping


def _name(top: Record) -> Columns:
    if not top.has("name"):
        top.mistake("missing key `name`; say under `columns` which column holds the name of a use case")
        return ()
    record = top.record("name")
    columns = read_columns(record)
    record.finish()
    return columns


def _id(top: Record) -> tuple[Columns, ...]:
    if not top.has("id"):
        return ()
    record = top.record("id")
    if not record.has("parts"):
        parts: Sequence[Columns] = (read_columns(record),)
    else:
        if record.has("columns"):
            record.mistake("write either `columns` or `parts`", "parts", "key")
        parts = read_parts(record)
    record.finish()
    return tuple(parts)


def _rows(top: Record) -> tuple[ColumnCondition, ...]:
    if top.raw("rows") == []:
        top.mistake("`rows` is empty; leave it out, or say what a row must answer to be imported", "rows")
    return tuple(read_condition(record) for record in top.records("rows"))


def _source(top: Record) -> TableSource:
    if not top.has("source"):
        top.mistake("missing key `source`; say under `title` where the table comes from")
        return TableSource(title="")
    record = top.record("source")
    source = TableSource(
        title=record.text("title"),
        url=record.text("url", ""),
        checked_on=record.optional_day("checked_on"),
    )
    for key, text in (("title", source.title), ("url", source.url)):
        if len(text) > 1000:
            record.mistake(f"`{key}` has {len(text)} characters; the limit is 1000", key)
    record.finish()
    return source


def _encoding(top: Record) -> str:
    encoding = top.text("encoding", "auto")
    problem = check_encoding(encoding) if encoding != "auto" else None
    if problem is not None:
        top.mistake(problem, "encoding")
    return encoding


def _constants(top: Record, fields: Fields, mapped: set[str]) -> dict[str, FactValue]:
    record = top.record("constants")
    constants: dict[str, FactValue] = {}
    for field in record.field_names():
        target = fields.find(field)
        if isinstance(target, Problem):
            record.mistake(target.message, field, "key")
            continue
        if field in mapped:
            record.mistake(f"`{field}` is also filled from a column; keep one of the two", field, "key")
        value = fact_value(target, record.raw(field))
        if isinstance(value, Problem):
            record.mistake(value.message, field)
        else:
            constants[field] = value
    return constants
