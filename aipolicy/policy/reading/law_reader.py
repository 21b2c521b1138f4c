"""What a rule says of the provision behind it in, checked: words, days that agree, controls that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.policy.law import (
    ADOPTED,
    IN_FORCE,
    PROPOSED,
    RELATIONS,
    STATUSES,
    SUPERSEDED,
    VERIFIED,
    Control,
    Law,
    Review,
)
from aipolicy.policy.reading.scope_reader import basis_of, read_basis
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipolicy.catalog.frameworks import Framework
    from aipolicy.policy.reading.requirement_reader import RequirementReader
    from aipolicy.policy.rule import SharedScope


def read_law(record: Record, shared: Sequence[SharedScope], frameworks: Mapping[str, Framework],
             requirements: RequirementReader) -> Law:  # fmt: skip
    """Return what a rule says of its law; mistakes are noted on its record."""
    basis = basis_of(read_basis(record), shared)
    law = Law(
        basis=basis,
        clause=_clause(record),
        verified=record.text("verified", choices=VERIFIED) if record.has("verified") else "",
        status=record.text("status", choices=STATUSES) if record.has("status") else "",
        superseded_by=record.text("superseded_by", ""),
        review=_review(record, requirements),
        controls=tuple(_controls(record, frameworks)),
    )
    for key in ("clause", "verified", "status"):
        if basis is None and record.has(key):
            record.mistake(f"`{key}` speaks of a law; name it under `basis`, here or above the rules", key, "key")
    _check_status(record, law)
    return law


def _clause(record: Record) -> str:
    """Return the provision, which may be written as a number."""
    raw = record.raw("clause")
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return str(raw) if is_number else record.text("clause", "")


def _review(record: Record, requirements: RequirementReader) -> Review | None:
    if not record.has("review"):
        return None
    review = record.record("review")
    by = review.said("by", "name the role that looks, such as `data protection officer`")
    evidence = requirements.evidence(review)
    if not evidence and not review.has("evidence"):
        review.mistake("missing key `evidence`: name the kind that shows that somebody looked")
    if record.raw("kind") == "constraint":
        record.mistake(
            "that somebody looks removes no way of building; a rule with `review` is a `duty`", "review", "key"
        )
    review.finish()
    return Review(by, evidence)


def _controls(record: Record, frameworks: Mapping[str, Framework]) -> Iterator[Control]:
    for control in record.records("controls"):
        framework, id_ = control.text("framework"), _id(control)
        relation = control.text("relation", choices=RELATIONS)
        entry = frameworks.get(framework)
        if framework and entry is None:
            control.mistake(f"unknown framework `{shown(framework)}`{did_you_mean(framework, frameworks)}", "framework")
        elif entry is not None and id_ and id_ not in entry.controls:
            hint = did_you_mean(id_, entry.controls)
            control.mistake(f"`{shown(id_)}` is no control of `{framework}` ({entry.name}){hint}", "id")
        control.finish()
        yield Control(framework, id_, relation)


def _id(control: Record) -> str:
    raw = control.raw("id")
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return str(raw) if is_number else control.text("id")


def _check_status(record: Record, law: Law) -> None:
    """Note a status that the days of the rule contradict; the day on which it was read decides, never today."""
    effective = record.record("effective")
    begins, ends = effective.optional_day("from"), effective.optional_day("until")
    read_on = None if law.basis is None else law.basis.checked_on
    if law.status == PROPOSED and (begins is not None or effective.optional_day("announced") is None):
        record.mistake("a proposed law begins on no day: write `effective: {announced: DAY}`, without `from`", "status")
    if law.status == SUPERSEDED and (not law.superseded_by or ends is None):
        record.mistake(
            "say what replaced it in `superseded_by`, and its last day in `effective: {until: DAY}`", "status"
        )
    if law.superseded_by and law.status != SUPERSEDED:
        record.mistake("`superseded_by` belongs to `status: superseded`", "superseded_by", "key")
    if begins is None or read_on is None:
        return
    if law.status == IN_FORCE and begins > read_on:
        record.mistake(f"it was not in force when it was read: it begins on {begins}, after {read_on}", "status")
    if law.status == ADOPTED and begins <= read_on:
        record.mistake(f"it was in force when it was read: it began on {begins}, and was read on {read_on}", "status")
