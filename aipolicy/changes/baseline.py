"""The baseline: findings that an organisation accepted when it began, so that only what is new or worse gates."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from math import inf

from aipolicy.errors import AipolicyError, BaselineError
from aipolicy.files.atomic_write import write_whole
from aipolicy.findings.comparison import NEVER_ACCEPTED, Identity, KnownFinding, known_from
from aipolicy.findings.finding import DecidingValue, Finding, Outcome, Severity
from aipolicy.findings.moved import NOT_LIMITED
from aipolicy.findings.reserved_rules import WAIVER_PREFIX
from aipolicy.source.document import Document, SourceFile
from aipolicy.source.records import Mistakes, Record, kind_of
from aipolicy.source.regular_file import read_regular_file, reason_of, shown_path
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_positions
from aipolicy.value import Frozen

BASELINE_SCHEMA = "aipolicy/baseline/v2"
_WITHOUT_VALUES = "aipolicy/baseline/v1"
"""The version before, whose entries do not say what decided them."""
DEFAULT_BASELINE = "aipolicy-baseline.json"
MAX_BASELINE_BYTES = 16_777_216
"""Larger files are refused; about a hundred thousand findings fit."""

_OUTCOMES = (Outcome.VIOLATED.value, Outcome.UNDECLARED.value, Outcome.UNDETERMINED.value)


class Baseline(Frozen):
    """The findings that were accepted, and the path of the file as shown to people."""

    path: str
    findings: tuple[KnownFinding, ...]
    has_values: bool
    """Whether it was written by a version that keeps what decided a violation."""


def read_baseline(path: str) -> Baseline:
    """Return the baseline in a file; raises `BaselineError`, or `Problems` with every mistake at its place."""
    name = shown_path(path)
    try:
        data = read_regular_file(path, MAX_BASELINE_BYTES)
    except FileNotFoundError as error:
        raise BaselineError("no such file; `aipolicy check --write-baseline` writes one", path=name) from error
    except (OSError, ValueError) as error:
        raise BaselineError(f"cannot read: {reason_of(error)}", path=name) from error
    if len(data) > MAX_BASELINE_BYTES:
        raise BaselineError(f"file of more than {MAX_BASELINE_BYTES} bytes; remove entries", path=name)
    return _baseline(name, _document(name, data))


def acceptable(findings: Iterable[Finding]) -> tuple[KnownFinding, ...]:
    """Return what can be accepted: findings of rules on features, unless a waiver already holds them.

    A broken manifest has no verdict, and a waiver that does not hold waives nothing: neither is ever accepted.
    """
    return tuple(
        known_from(finding)
        for finding in findings
        if finding.outcome is not Outcome.WAIVED and not finding.rule_id.startswith(NEVER_ACCEPTED)
    )


def baseline_text(findings: Iterable[KnownFinding]) -> str:
    """Return the text of a baseline: one line a finding, sorted, so that equal findings are equal bytes."""
    lines = sorted(json.dumps(_fields(known), ensure_ascii=True) for known in findings)
    body = ",\n".join(f"    {line}" for line in lines)
    items = f"[\n{body}\n  ]" if lines else "[]"
    return f'{{\n  "schema": "{BASELINE_SCHEMA}",\n  "findings": {items}\n}}\n'


def write_baseline(path: str, findings: Iterable[KnownFinding]) -> None:
    """Write a baseline in one step; raises `BaselineError`, also where the file is anything but a baseline."""
    name = shown_path(path)
    if os.path.islink(path):
        raise BaselineError("a symbolic link; name the file itself", path=name)
    if os.path.lexists(path):
        try:
            read_baseline(path)
        except AipolicyError as error:
            message = f"{error}\nnot overwritten, because it is no usable baseline; remove it, or name another file"
            raise BaselineError(message) from error
    try:
        write_whole(path, baseline_text(findings).encode())
    except (OSError, ValueError) as error:
        raise BaselineError(f"cannot write: {reason_of(error)}", path=name) from error


def _fields(known: KnownFinding) -> dict[str, object]:
    values = {name: _plain(value) for name, value in sorted((known.values or {}).items())}
    return {
        "feature": known.identity.feature,
        "rule": known.identity.rule,
        "path": known.identity.path,
        "severity": known.severity.value,
        "outcome": known.outcome.value,
        **({"values": values} if values else {}),
    }


def _plain(value: DecidingValue) -> object:
    return list(value) if isinstance(value, tuple) else NOT_LIMITED if value == inf else value


def _document(name: str, data: bytes) -> Document:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BaselineError(f"not UTF-8 at byte {error.start}; restore the file", path=name) from error
    try:
        value = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"no JSON at line {error.lineno}, column {error.colno}; restore the file, or resolve the merge"
        raise BaselineError(message, path=name) from error
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _Refused) else "nested too deeply, or a number too long"
        raise BaselineError(f"{reason}; restore the file", path=name) from error
    return Document(SourceFile(name, text, find_positions=read_positions), 0, value)


def _baseline(name: str, document: Document) -> Baseline:
    mistakes = Mistakes(BaselineError)
    top = Record(document, (), document.value, mistakes)
    schema = top.text("schema")
    if schema and schema not in (BASELINE_SCHEMA, _WITHOUT_VALUES):
        message = f"version `{shown(schema)}` is not known to this aipolicy, which reads `{BASELINE_SCHEMA}`"
        top.mistake(message, "schema")
        mistakes.raise_if_any()
    if not top.has("findings"):
        top.mistake("missing key `findings`")
    has_values = schema == BASELINE_SCHEMA
    entries = tuple(_entry(record, has_values=has_values) for record in top.records("findings"))
    top.finish()
    mistakes.raise_if_any()
    return Baseline(name, entries, has_values)


def _entry(record: Record, *, has_values: bool) -> KnownFinding:
    rule, feature, path = (record.text(key) for key in ("rule", "feature", "path"))
    severity = record.text("severity", choices=tuple(Severity))
    outcome = record.text("outcome", choices=_OUTCOMES)
    values = _values(record) if has_values and record.has("values") else None
    record.finish()
    if rule.startswith(NEVER_ACCEPTED):
        about = "waivers" if rule.startswith(WAIVER_PREFIX) else "broken manifests"
        record.mistake(f"`{shown(rule)}` is about {about}, and is never accepted; remove the entry", "rule")
    weight = Severity(severity) if severity in set(Severity) else Severity.NOTE
    weighs = Outcome(outcome) if outcome in _OUTCOMES else Outcome.UNDETERMINED
    return KnownFinding(Identity(rule, feature, path), weight, weighs, None, values)


def _values(record: Record) -> dict[str, DecidingValue]:
    plain = record.raw("values")
    if not isinstance(plain, dict):
        record.mistake(f"`values` must be a mapping, found {kind_of(plain)}", "values")
        return {}
    values: dict[str, DecidingValue] = {}
    for name, value in plain.items():
        if isinstance(value, list) and all(isinstance(member, str) for member in value):
            values[name] = tuple(map(str, value))
        elif isinstance(value, bool | str):
            values[name] = value
        elif isinstance(value, int | float):
            values[name] = float(value)
        else:
            message = f"`{shown(name)}` must be true or false, a number, text or a list of text, found {kind_of(value)}"
            record.mistakes.add(message, record.document, (*record.path, "values", name))
    return values


class _Refused(ValueError):
    """Something that a JSON reader accepts and a baseline does not."""


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise _Refused(f"key `{shown(key)}` is written twice in one entry")
        values[key] = value
    return values


def _refuse_constant(constant: str) -> object:
    raise _Refused(f"`{constant}` is no JSON")
