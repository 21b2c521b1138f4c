"""`require` of a rule in, its lines out: plain ones, and requirements with a message, a fix and evidence of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aipolicy.facts.declared import AGE
from aipolicy.facts.known_facts import EXTENSION_PREFIX
from aipolicy.facts.spec import FactSpec, Origin
from aipolicy.policy.reading.condition_lines import ConditionReader
from aipolicy.policy.rule import Line, Requirement
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

REQUIRE = "require"
_EVIDENCE = "evidence."
_SECTIONS = (_EVIDENCE, EXTENSION_PREFIX)
_AT_MOST = "at_most_days"
_PARAMETER = regex(r"params\.[a-z][a-z0-9_]*")
_NAME = regex(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*")
_FACT = regex(r"[a-z]+(\.[a-z0-9_]+)+")


class Requirements(NamedTuple):
    """What a rule requires: every line, and those that have words of their own."""

    lines: tuple[Line, ...]
    own: tuple[Requirement, ...]


class RequirementReader:
    """Reads what a rule requires; mistakes are noted on its record."""

    def __init__(self, record: Record, conditions: ConditionReader, facts: Mapping[str, FactSpec],
                 check_message: Callable[[Record, str], object]) -> None:  # fmt: skip
        self._record = record
        self._conditions = conditions
        self._facts = facts
        self._check_message = check_message

    def read(self) -> Requirements:
        """Return what the rule requires, in the order in which it is written."""
        raw = self._record.raw(REQUIRE)
        if not isinstance(raw, list) or not any(isinstance(item, dict) for item in raw):
            return Requirements(self._conditions.lines(REQUIRE), ())
        lines: list[Line] = []
        own: list[Requirement] = []
        for index, item in enumerate(raw):
            path = (*self._record.path, REQUIRE, index)
            if isinstance(item, str):
                line = self._conditions.line(item, REQUIRE, path)
                lines += [line] if line is not None else []
                continue
            requirement = self._requirement(Record(self._record.document, path, item, self._record.mistakes), own)
            if requirement is not None:
                lines.append(requirement.line)
                own.append(requirement)
        return Requirements(tuple(lines), tuple(own))

    def _requirement(self, record: Record, earlier: list[Requirement]) -> Requirement | None:
        evidence = self.evidence(record)
        youngest = self._age(record, evidence)
        shown_well = " && ".join((*evidence, *(f"{name}.{AGE} <= {youngest}" for name in evidence if youngest)))
        written = record.text("that") if record.has("that") or not evidence else shown_well
        key = "that" if record.has("that") else _EVIDENCE[:-1]
        line = self._conditions.line(written, REQUIRE, (*record.path, key)) if written else None
        message, fix = record.text("message", ""), record.text("fix", "")
        name = self._name(record, written, [requirement.name for requirement in earlier])
        self._check_message(record, message)
        record.finish()
        if line is None:
            return None
        return Requirement(name=name, line=line, message=message, fix=shown_by(fix, evidence), evidence=evidence)

    def _age(self, record: Record, evidence: tuple[str, ...]) -> str:
        """Return how old evidence may be in days, as a condition says it; empty where nothing is said."""
        if not record.has(_AT_MOST):
            return ""
        raw = record.raw(_AT_MOST)
        if not evidence or record.has("that"):
            record.mistake(
                f"`{_AT_MOST}` is of `evidence` without `that`; say the age in the condition", _AT_MOST, "key"
            )
        elif isinstance(raw, str) and _PARAMETER.fullmatch(raw):
            return raw
        elif isinstance(raw, str):
            record.mistake(
                f"`{_AT_MOST}` must be a number of days or a parameter such as `params.audit_days`", _AT_MOST
            )
        else:
            return repr(record.number(_AT_MOST))
        return ""

    def _name(self, record: Record, condition: str, taken: list[str]) -> str:
        """Return the name of a requirement: the one that is written, or the first fact of its condition."""
        if record.has("name"):
            name = record.text("name")
            if not _NAME.fullmatch(name):
                record.mistake(f"`{shown(name)}` is no name of a requirement; write it like `retention`", "name")
        else:
            fact = _FACT.search(condition)
            name = fact.group() if fact is not None else ""
            if not name and condition:
                record.mistake("the requirement needs a `name`, by which it is reported and waived")
        if name and name in taken:
            record.mistake(f"another requirement is called `{shown(name)}` already; give each a `name` of its own")
        return name

    def reviewed(self, evidence: tuple[str, ...]) -> tuple[Line, ...]:
        """Return the lines that hold where evidence shows that somebody looked."""
        path = (*self._record.path, "review", _EVIDENCE[:-1])
        lines = (self._conditions.line(name, REQUIRE, path) for name in evidence)
        return tuple(line for line in lines if line is not None)

    def evidence(self, record: Record) -> tuple[str, ...]:
        """Return the facts of the kinds of evidence that a record names; one that there is not is a mistake."""
        if not record.has("evidence"):
            return ()
        raw = record.raw("evidence")
        words = (raw,) if isinstance(raw, str) else record.texts("evidence")
        kinds = {name for name, spec in self._facts.items() if spec.origin is Origin.EVIDENCE}
        names = tuple(word if word.startswith(_SECTIONS) else f"{_EVIDENCE}{word}" for word in words)
        for name in names:
            if name not in kinds:
                record.mistake(f"`{shown(name)}` is no kind of evidence{did_you_mean(name, kinds)}", "evidence")
        return names


def shown_by(fix: str, evidence: tuple[str, ...]) -> str:
    """Return a fix with the evidence to declare, where it does not name it."""
    missing = [name for name in evidence if name not in fix]
    named = " and ".join(f"`{name}`" for name in missing)
    return f"{fix}; show it by {named}" if fix and named else fix or (f"show it by {named}" if named else "")
