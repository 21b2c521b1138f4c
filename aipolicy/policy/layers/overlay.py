"""What the head of a pack says about the packs that it extends, and about those that extend it."""

from __future__ import annotations

from datetime import date

from aipolicy.findings.finding import Severity
from aipolicy.policy.layers.extends import Extends, read_extends
from aipolicy.source.records import Record
from aipolicy.value import Frozen


class ValueEntry(Frozen):
    """An entry of `set`; the value is read when the type of the parameter is known."""

    parameter: str
    reason: str
    record: Record


class OverrideEntry(Frozen):
    """An entry of `overrides`: what it changes, None for what it leaves as it is."""

    rule: str
    severity: Severity | None
    effective_from: date | None
    effective_until: date | None
    reason: str
    record: Record

    @property
    def severity_at(self) -> str:
        """Return where the severity is written, or nothing."""
        return place_of(self.record, "severity") if self.severity is not None else ""

    @property
    def effective_at(self) -> str:
        """Return where the dates are written, or nothing."""
        dated = self.effective_from is not None or self.effective_until is not None
        return place_of(self.record, "effective") if dated else ""


class Overlay(Frozen):
    """The layering part of the head of a pack."""

    extends: tuple[tuple[Extends, Record], ...] = ()
    values: tuple[ValueEntry, ...] = ()
    overrides: tuple[OverrideEntry, ...] = ()
    loosening: Record | None = None
    """Only where it is written."""
    loosened_parameters: tuple[str, ...] = ()
    """As written: a name of its own, or `pack.parameter`."""
    loosened_rules: tuple[str, ...] = ()
    configuration_may_loosen: bool = True


def read_overlay(head: Record) -> Overlay:
    """Return the layering part of a head; mistakes are noted on its record."""
    loosening = head.record("loosening") if head.has("loosening") else None
    overlay = Overlay(
        extends=tuple(read_extends(head)),
        values=tuple(_value(record) for record in head.records("set")),
        overrides=tuple(_override(record) for record in head.records("overrides")),
        loosening=loosening,
        loosened_parameters=loosening.texts("parameters", ()) if loosening is not None else (),
        loosened_rules=loosening.texts("rules", ()) if loosening is not None else (),
        configuration_may_loosen=loosening.flag("configuration", default=True) if loosening is not None else True,
    )
    if loosening is not None:
        loosening.finish()
    return overlay


def place_of(record: Record, key: str | None = None) -> str:
    """Return `path:line:col` of a record, or of one of its fields."""
    start = record.document.locate(record.path if key is None else (*record.path, key)).start
    return f"{record.document.source.path}:{start.line}:{start.column}"


def _value(record: Record) -> ValueEntry:
    entry = ValueEntry(record.text("parameter"), _reason(record), record)
    record.raw("value")
    record.finish()
    return entry


def _override(record: Record) -> OverrideEntry:
    effective = record.record("effective")
    severity = record.text("severity", choices=tuple(Severity)) if record.has("severity") else ""
    entry = OverrideEntry(
        rule=record.text("rule"),
        severity=Severity(severity) if severity in list(Severity) else None,
        effective_from=effective.optional_day("from"),
        effective_until=effective.optional_day("until"),
        reason=_reason(record),
        record=record,
    )
    if not record.has("severity") and not effective.has("from") and not effective.has("until"):
        record.mistake("the override changes nothing; give a `severity`, or `effective` with `from` or `until`")
    effective.finish()
    record.finish()
    return entry


def _reason(record: Record) -> str:
    reason = record.said("reason", "say why the value is another here")
    return " ".join(reason.split())
