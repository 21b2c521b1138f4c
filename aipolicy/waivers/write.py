"""A new entry as YAML, and a waivers file with it at its end: comments and everything else stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from aipolicy.errors import WaiverError
from aipolicy.findings.finding import Outcome
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_text
from aipolicy.value import Frozen, NamedTuple
from aipolicy.waivers.waiver import Approved

HEAD = "apiVersion: aipolicy/v1\nkind: Waivers\nwaivers:\n"

_DASH = re.compile(r"([ ]*)-[ ]")
_EMPTY = re.compile(r"^waivers:[ \t]*(?:\[[ \t]*\])?[ \t]*(?=\r?$)", re.MULTILINE)


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


def with_entry(path: str, data: bytes | None, draft: Draft) -> Grown:
    """Return a waivers file with an entry at its end; raises `WaiverError` where it must be added by hand."""
    if data is None:
        return Grown((HEAD + entry_text(draft)).encode(), 0, ("waivers", 0))
    document = _last(path, data)
    before = _entries(document)
    text = data.decode("utf-8")
    ending = "\r\n" if "\r\n" in text else "\n"
    entry = entry_text(draft, _indent(document) if before else "  ").replace("\n", ending)
    if before:
        grown = text + ("" if text.endswith(("\n", "\r")) else ending) + entry
    else:
        grown = _EMPTY.sub(lambda _: f"waivers:{ending}{entry}".rstrip("\r\n"), text, count=1)
    try:
        after = _last(path, grown.encode())
    except WaiverError:
        after = document
    if after.index != document.index or list(_entries(after)[:-1]) != before or len(_entries(after)) != len(before) + 1:
        message = "an entry cannot be appended to this file as it is written; add it by hand:\n"
        raise WaiverError(message + entry_text(draft), path=path)
    return Grown(grown.encode(), after.index, ("waivers", len(before)))


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
        yield f"    {name}: {_value(value)}"


def _value(value: PlainValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return write_text(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return "{" + ", ".join(f"{write_text(key)}: {_value(each)}" for key, each in value.items()) + "}"
        case _:
            return repr(value)


def _last(path: str, data: bytes) -> Document:
    """Return the last document of a file; raises `WaiverError` for one that cannot be read."""
    result = read_yaml(path, data)
    if result.problems or not result.documents:
        raise WaiverError("cannot be read as YAML; `aipolicy check` says why", path=path)
    return result.documents[-1]


def _entries(document: Document) -> list[PlainValue]:
    value = document.value.get("waivers") if isinstance(document.value, dict) else None
    return value if isinstance(value, list) else []


def _indent(document: Document) -> str:
    """Return how far the entries of a document are indented."""
    line = document.locate(("waivers", 0)).start.line
    match = _DASH.match(document.source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1])
    return match.group(1) if match is not None else "  "
