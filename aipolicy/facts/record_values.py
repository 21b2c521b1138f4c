"""Records that manifests and examples declare in, values out; and values back, as plain as they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aipolicy.facts.spec import EntryValues, FactSpec, FactValue, RecordList, RecordValue, SimpleValue
from aipolicy.source.document import PlainValue

Read = Callable[[PlainValue, FactSpec], FactValue]
"""Makes a value of a fact of what stands in a manifest."""


def field_of(spec: FactSpec) -> str:
    """Return how a field is called in its record."""
    return spec.name.rpartition(".")[2]


def declared_records(plain: PlainValue, spec: FactSpec, read: Read) -> RecordValue | RecordList:
    """Return a record or a list of records that conforms to the schema as conditions read it."""
    if isinstance(plain, list):
        return RecordList(tuple(_record(element, spec, read) for element in plain))
    return _record(plain, spec, read)


def _record(plain: PlainValue, spec: FactSpec, read: Read) -> RecordValue:
    declared = plain if isinstance(plain, dict) else {}
    values: list[tuple[str, SimpleValue]] = []
    for field in spec.fields:
        name = field_of(field)
        value = read(declared[name], field) if name in declared else None
        if isinstance(value, bool | float | str | tuple):
            values.append((name, value))
    return RecordValue(tuple(values))


def plain_records(value: RecordValue | RecordList) -> PlainValue:
    """Return a record or a list of records as it is written: lists of text as lists, whole numbers as whole numbers."""
    if isinstance(value, RecordList):
        return [plain_records(element) for element in value.elements]
    return {name: _plain(field) for name, field in value.fields}


def written_value(value: FactValue | PlainValue) -> PlainValue | tuple[str, ...] | EntryValues:
    """Return a value as it can be written in YAML, records as mappings."""
    return plain_records(value) if isinstance(value, RecordValue | RecordList) else value


def _plain(value: SimpleValue) -> PlainValue:
    match value:
        case tuple():
            return list(value)
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def fields_missing(name: str, elements: Mapping[int, RecordValue],
                   reads: tuple[str, ...]) -> Iterator[str]:  # fmt: skip
    """Yield what elements of a list do not declare of the fields that are read, as `extensions.tools[0].approved`."""
    for number, element in elements.items():
        for read in reads:
            fact, _, field = read.rpartition(".")
            if fact == name and element.get(field) is None:
                yield f"{name}[{number}].{field}"
