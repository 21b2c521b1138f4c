"""A new entry as YAML, and a waivers file with it at its end: comments and everything else stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aipolicy.errors import WaiverError
from aipolicy.findings.finding import Outcome
from aipolicy.source.document import API_VERSION, WAIVERS_KIND
from aipolicy.source.span import DocumentPath
from aipolicy.source.yaml_append import entries_of, with_entry
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_text, write_value
from aipolicy.value import Frozen, NamedTuple
from aipolicy.waivers.waiver import Approved

HEAD = f"apiVersion: {API_VERSION}\nkind: {WAIVERS_KIND}\nwaivers:\n"


class Draft(Frozen, kw_only=True):
    """What a new waiver says."""

    rule: str
    feature: str
    fact: str
    reason: str
    owner: str
    approver: str
    ticket: str
    approved_on: date
    expires: date
    conditions: tuple[str, ...]
    approved: Approved


def entry_text(draft: Draft, indent: str = "  ") -> str:
    """Return a draft as an entry of a list that is indented so, ending with a newline."""
    first, *rest = _lines(draft)
    return f"{indent}- {first}\n" + "".join(f"{indent}  {line}\n" for line in rest)


class Grown(NamedTuple):
    """A waivers file with one entry more, and where in it the entry stands."""

    data: bytes
    document: int
    path: DocumentPath


def with_draft(path: str, data: bytes | None, draft: Draft) -> Grown:
    """Return a waivers file with an entry at its end; raises `WaiverError` where it must be added by hand."""
    if data is None:
        return Grown((HEAD + entry_text(draft)).encode(), 0, ("waivers", 0))
    result = read_yaml(path, data)
    if result.problems or not result.documents:
        raise WaiverError("cannot be read as YAML; `aipolicy check` says why", path=path)
    last = result.documents[-1]
    grown = with_entry(path, data, last.index, "waivers", lambda indent: entry_text(draft, indent))
    if grown is None:
        message = "an entry cannot be appended to this file as it is written; add it by hand:\n"
        raise WaiverError(message + entry_text(draft), path=path)
    return Grown(grown, last.index, ("waivers", len(entries_of(last, "waivers"))))


def _lines(draft: Draft) -> Iterator[str]:
    yield f"rule: {write_text(draft.rule)}"
    yield f"feature: {write_text(draft.feature)}"
    if draft.fact:
        yield f"fact: {write_text(draft.fact)}"
    if draft.approved.outcome is not Outcome.VIOLATED:
        yield f"outcome: {draft.approved.outcome.value}"
    yield f"reason: {write_text(draft.reason)}"
    yield f"owner: {write_text(draft.owner)}"
    yield f"approver: {write_text(draft.approver)}"
    if draft.ticket:
        yield f"ticket: {write_text(draft.ticket)}"
    yield f"approved_on: {draft.approved_on.isoformat()}"
    yield f"expires: {draft.expires.isoformat()}"
    if draft.conditions:
        yield "while:"
        yield from (f"  - {write_text(text)}" for text in draft.conditions)
    yield "approved:"
    yield f"  severity: {draft.approved.severity.value}"
    if not draft.approved.facts:
        yield "  facts: {}"
        return
    yield "  facts:"
    for name, value in draft.approved.facts.items():
        yield f"    {name}: {write_value(value)}"
