"""Where values come from: each layer that gave a parameter its value, or a rule its severity and dates."""

from __future__ import annotations

from datetime import date

from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.value import NamedTuple

CONFIGURATION = ""
"""Stands for the configuration file where a pack is named."""


class ParameterOrigin(NamedTuple):
    """A value that a layer gave to a parameter."""

    value: FactValue
    pack: str
    """The name of the pack; empty for the configuration."""
    place: str
    """`path:line:col` of the value."""
    reason: str
    holds: bool = True
    """Whether this value is in force; several layers may have set the same one."""


class RuleOrigin(NamedTuple):
    """What a layer made of the severity and the dates of a rule."""

    severity: Severity
    effective_from: date | None
    effective_until: date | None
    pack: str
    severity_at: str
    """`path:line:col` of the severity; empty where the layer did not write one."""
    effective_at: str
    """`path:line:col` of the dates; empty where the layer did not write any."""
    reason: str
    holds: bool = True

    @property
    def place(self) -> str:
        """Return the first place that the layer wrote at."""
        return self.severity_at or self.effective_at
