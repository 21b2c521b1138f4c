"""One AI feature as its manifest declares it."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen

_WHOLE = frozenset({"metadata.labels"})
_WHOLE_SECTION = "evidence"
_RANGE = frozenset({"low", "likely", "high"})


class Feature(Frozen):
    """A conforming manifest document: declared values by dotted path; evidence, labels and ranges stay mappings."""

    document: Document
    name: str
    declared: Mapping[str, PlainValue]
    path_in_repository: str | None = None
    """Where its manifest lies, from the root of the repository; None where that is not known."""

    @property
    def file(self) -> str:
        """Return the path of the manifest as shown to people."""
        return self.document.source.path


def feature_of(document: Document, path_in_repository: str | None = None) -> Feature:
    """Return the feature that a conforming document declares."""
    declared: dict[str, PlainValue] = {}
    value = document.value
    if isinstance(value, dict):
        for section, fields in value.items():
            if isinstance(fields, dict):
                _flatten(section, fields, declared)
    name = declared.get("metadata.name")
    return Feature(document, str(name), declared, path_in_repository)


def path_of(fact: str) -> DocumentPath:
    """Return the document path of a declared fact."""
    return tuple(fact.split("."))


def _flatten(prefix: str, fields: Mapping[str, PlainValue], into: dict[str, PlainValue]) -> None:
    for key, value in fields.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict) and name not in _WHOLE and prefix != _WHOLE_SECTION and value.keys() != _RANGE:
            _flatten(name, value, into)
        else:
            into[name] = value
