"""One AI feature as its manifest declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.manifest.leg_problems import LegProblem
    from aipolicy.manifest.todays_bill import TodaysBill

_WHOLE = frozenset({"metadata.labels"})
_WHOLE_SECTIONS = frozenset({"evidence", "extensions"})
"""Sections in which a mapping is one value: a document."""
_LEGS = "plan.legs"
_RANGE = frozenset({"low", "likely", "high"})


class Feature(Frozen):
    """A conforming manifest document: declared values by dotted path; evidence, labels and ranges stay mappings.

    Of a plan whose requests take several routes each route is a feature.
    """

    document: Document
    name: str
    declared: Mapping[str, PlainValue]
    path_in_repository: str | None = None
    """Where its manifest lies, from the root of the repository; None where that is not known."""
    bill: TodaysBill | None = None
    """What the bill of today says of it, once that was read: it stays what it was, whatever is asked of other volumes and
    days. None where nothing is said of what runs today."""

    @property
    def file(self) -> str:
        """Return the path of the manifest as shown to people."""
        return self.document.source.path


def features_of(document: Document, path_in_repository: str | None = None,
                extensions: str = "") -> tuple[tuple[Feature, ...], tuple[LegProblem, ...]]:  # fmt: skip
    """Return the features that a conforming document declares, one for each route of its plan; what is wrong with them.

    `extensions` is what packs add to manifests, as `nonconformance` takes it.
    """
    declared: dict[str, PlainValue] = {}
    value = document.value
    if isinstance(value, dict):
        for section, fields in value.items():
            if isinstance(fields, dict):
                _flatten(section, fields, declared)
    name = str(declared.get("metadata.name"))
    if _LEGS not in declared:
        return (Feature(document, name, declared, path_in_repository),), ()
    from aipolicy.manifest.routes import parts_of  # NOTE: few plans name their legs.

    parts, problems = parts_of(document, declared, extensions)
    return tuple(Feature(p.document, name + p.suffix, p.declared, path_in_repository) for p in parts), problems


def path_of(fact: str) -> DocumentPath:
    """Return the document path of a declared fact, or of what an element of a list declares, as `tools[0].approved`."""
    if "[" not in fact:
        return tuple(fact.split("."))
    keys = fact.replace("[", ".[").replace("]", "").split(".")
    return tuple(int(key[1:]) if key.startswith("[") else key for key in keys)


def _flatten(prefix: str, fields: Mapping[str, PlainValue], into: dict[str, PlainValue]) -> None:
    for key, value in fields.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict) and name not in _WHOLE and prefix not in _WHOLE_SECTIONS and value.keys() != _RANGE:
            _flatten(name, value, into)
        else:
            into[name] = value
