"""YAML files of ours in, the records of their documents out; what cannot be read is a mistake at its place."""

from __future__ import annotations

from aipolicy.source.document import API_VERSION
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.records import Record
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml


def read_records(path: str, data: bytes, mistakes: Mistakes, *, if_empty: str = "the file is empty") -> list[Record]:
    """Return every document of a file as a record; what is no YAML is a mistake, and so is a file without a document."""
    result = read_yaml(path, data)
    for problem in result.problems:
        mistakes.add_at(problem.message, path, problem.span)
    if not result.documents and not result.problems:
        mistakes.add_at(if_empty, path)
    return [Record(document, (), document.value, mistakes) for document in result.documents]


def read_kind(record: Record, *kinds: str) -> str:
    """Return which kind of document this is; another version or kind is a mistake."""
    version = record.text("apiVersion")
    if version and version != API_VERSION:
        record.mistake(f"unknown version `{shown(version)}`; write `{API_VERSION}`", "apiVersion")
    return record.text("kind", choices=kinds)
