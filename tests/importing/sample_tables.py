"""Small mappings and tables for the tests of the importer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aipolicy.errors import AipolicyError, Problems
from aipolicy.importing.importer import ImportResult, import_table
from aipolicy.importing.mapping import read_mapping
from aipolicy.importing.rules import ImportMapping
from aipolicy.importing.targets import Fields
from aipolicy.source.yaml_reader import read_yaml

FEDERAL = Path(__file__).parents[2] / "examples" / "federal-inventory"
FEDERAL_MAPPING = FEDERAL / "us-federal-inventory.mapping.yaml"

HEAD = "apiVersion: aipolicy/v1\nkind: ImportMapping\nsource: {title: Test table}\n"
BASIC = (
    HEAD
    + """
unknown: [n/a]
name: {columns: [Name]}
fields:
  - field: metadata.lifecycle
    columns: [Stage]
    values: {planned: idea, live: production}
  - field: decision.affects_rights
    columns: [Rights]
    values: {"yes": true, "no": false}
"""
)


def mapping_of(text: str, known: Fields | None = None) -> ImportMapping:
    return read_mapping("test.mapping.yaml", text.encode(), known)


def with_fields(fields: str, top: str = "", known: Fields | None = None) -> ImportMapping:
    return mapping_of(f"{HEAD}{top}\nname: {{columns: [Name]}}\nfields:\n{fields}", known)


def table_of(header: Iterable[str], *rows: Iterable[str], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([list(header), *map(list, rows)])
    return out.getvalue().encode()


def run(table: bytes | str, mapping: str | ImportMapping = BASIC, **options: Any) -> ImportResult:
    data = table.encode() if isinstance(table, str) else table
    return import_table(mapping_of(mapping) if isinstance(mapping, str) else mapping, data, **options)


def manifests_of(result: ImportResult) -> list[Mapping[str, Any]]:
    """Return the manifests as our own reader reads them."""
    values = []
    for name, text in result.manifests:
        read = read_yaml(name, text.encode())
        assert read.problems == ()
        assert isinstance(read.documents[0].value, dict)
        values.append(read.documents[0].value)
    return values


def only_manifest(result: ImportResult) -> Mapping[str, Any]:
    (value,) = manifests_of(result)
    return value


def messages(error: AipolicyError) -> list[str]:
    return [str(each) for each in (error.errors if isinstance(error, Problems) else (error,))]


def federal_mapping() -> ImportMapping:
    return read_mapping(FEDERAL_MAPPING.as_posix(), FEDERAL_MAPPING.read_bytes())
