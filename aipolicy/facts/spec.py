"""What a fact is: a name with its unit, a type, a meaning, and where its value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from aipolicy.value import Frozen

RANGE_KEYS = ("low", "likely", "high")
"""The keys of a number that is known as a range: 10th, 50th and 90th percentile."""

FactValue: TypeAlias = bool | float | str | tuple[str, ...] | Mapping[str, str]
"""Numbers are always floats; lists are tuples."""


class FactType(StrEnum):
    """The type of a fact in conditions; numbers compare with whole and fractional literals alike."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"
    LABELS = "labels"


class Origin(StrEnum):
    """Who knows a fact."""

    DECLARED = "declared"
    """The team, in the manifest, at the path that is the fact's name."""
    EVIDENCE = "evidence"
    """The team, as a document with owner, date and expiry; the fact is whether it stands on the day of the run."""
    DERIVED = "derived"
    """A formula over other facts and the catalog."""
    ORGANIZATION = "organization"
    """The organisation's configuration."""
    OPTION = "option"
    """The catalog, for one option, or an estimate for that option and this feature."""


class FactSpec(Frozen):
    """One fact. For declared facts the name is also the manifest path."""

    name: str
    type: FactType
    meaning: str
    origin: Origin = Origin.DECLARED
    unit: str = ""
    choices: tuple[str, ...] = ()
    """The allowed values, where the set is closed."""
    vocabulary: str = ""
    """The catalog vocabulary that the values come from, where organisations extend the set."""
    default: FactValue | None = None
    default_source: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    """An exclusive lower bound."""
    examples: tuple[FactValue, ...] = ()
    reads: tuple[str, ...] = ()
    """For derived facts: the facts that the formula reads."""
    pattern: str = ""
    required: bool = False
    ranged: bool = False
    """Whether the manifest may give a range instead of one number; conditions then read its likely value."""
    plan_only: bool = False
    """Whether only rules about plans may read it, because it takes long or compares a plan with what remains."""
