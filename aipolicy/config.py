"""The organisation's configuration: `aipolicy.toml`, or `[tool.aipolicy]` of `pyproject.toml`, in; a `Config` out."""

# ruff: noqa: PTH100, PTH109, PTH111, PTH112, PTH113, PTH118, PTH119, PTH120  (paths stay plain strings)

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import isfinite
from typing import TypeAlias

from aipolicy.errors import ConfigError
from aipolicy.facts.option_facts import BOUNDARIES
from aipolicy.findings import Severity
from aipolicy.manifest.discovery import (
    MANIFEST_PATTERNS,
    read_regular_file,
    reason_of,
    repository_root,
    shown_path,
)
from aipolicy.source.document import Document, NodeSpans, PlainValue, Positions, SourceFile
from aipolicy.source.records import Mistakes, Record, kind_of
from aipolicy.source.span import DocumentPath, LineIndex, Position, Span
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import escaped, shown
from aipolicy.source.yaml_reader import MAX_BYTES

CONFIG_FILE = "aipolicy.toml"
PYPROJECT_FILE = "pyproject.toml"

ParameterValue: TypeAlias = "bool | float | str | tuple[str, ...]"

_TABLE = ("tool", "aipolicy")
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_LARGEST = 2**63
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[^\"'#\[\]{}=\n]+"
    r"|.",
    re.DOTALL,
)
"""Strings and comments whole, brackets, `=` and line ends alone; only for text that `tomllib` has accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """What the organisation counts as its own."""

    own_boundaries: tuple[str, ...] = ("device", "on-premises", "own-account")
    on_premises_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes of the countries in which its own machines stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """How options are weighed against each other."""

    margin_percent: float = 20.0
    """A simpler option is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float = 12.0
    """The time over which costs are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the organisation set, and the defaults for the rest; paths hold from the working folder."""

    policies: tuple[str, ...] = ("build-or-buy",)
    """Names of shipped packs, and paths."""
    catalog: tuple[str, ...] = ()
    manifests: tuple[str, ...] = MANIFEST_PATTERNS
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = Severity.ERROR.value
    strict: bool = False
    """Whether undetermined rules gate whatever the lifecycle."""
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Values of pack parameters by `pack.parameter`."""
    organization: Organization = Organization()
    recommendation: Recommendation = Recommendation()
    path: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every value that was set, by dotted key: the file that set it."""


def read_config(explicit: str | None, start: str) -> Config:
    """Return the configuration of the file `explicit`, or of the nearest one upward from the folder `start`.

    The search ends at the root of the repository; without a file the defaults hold. Raises `ConfigError`, or
    `Problems` with every mistake of the file.
    """
    if explicit is not None:
        document = _read_document(explicit, required=True)
    else:
        documents = (_read_document(path, required=False) for path in _upward(start))
        document = next((found for found in documents if found is not None), None)
    return Config() if document is None else _config_of(document)


def _upward(start: str) -> Iterator[str]:
    try:
        folder = os.path.realpath(start)
    except OSError:
        return
    last = repository_root(folder)
    while True:
        for name in (CONFIG_FILE, PYPROJECT_FILE):
            path = os.path.join(folder, name)
            if os.path.lexists(path):
                yield _from_here(path)
        parent = os.path.dirname(folder)
        if folder in (last, parent):
            return
        folder = parent


def _from_here(path: str) -> str:
    """Return a path from the working folder; as it is when there is none, or on another drive."""
    try:
        return os.path.relpath(path, os.path.realpath(os.getcwd()))
    except (OSError, ValueError):
        return path
