"""What a file or a group of rules says once for all rules below it, and the rules with what stands above them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.facts.spec import FactSpec, Origin
from aipolicy.policy.law import Basis
from aipolicy.policy.reading.condition_lines import UNLESS, ConditionReader
from aipolicy.policy.reading.rule_legs import LEGS, read_legs
from aipolicy.policy.rule import RuleLegs, SharedScope
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.policy.cel.expressions import Compiler

GROUPS = "groups"
_KEYS = ("when", UNLESS, "must_declare", "basis", LEGS)
_DECLARABLE = frozenset({Origin.DECLARED, Origin.EVIDENCE})


class ScopeReader:
    """Reads what stands above rules."""

    def __init__(self, compiler: Compiler, variables: Mapping[str, str], facts: Mapping[str, FactSpec]) -> None:
        self._compiler = compiler
        self._variables = variables
        self._facts = facts

    def rules(self, document: Record) -> Iterator[tuple[Record, tuple[SharedScope, ...]]]:
        """Yield the rules of a document, those of groups included, each with what stands above it."""
        # NOTE: pages are read elsewhere than where they were made, so that the file is named and not its place.
        of_file = self._scope(document, document.document.source.path.rpartition("/")[2])
        own = list(document.records("rules"))
        number = len(own)
        yield from ((rule, of_file) for rule in own)
        for group in document.records(GROUPS):
            scopes = (*of_file, *self._scope(group, group.said("title")))
            listed = list(group.records("rules"))
            if not listed:
                group.mistake("a group holds at least one rule", "rules" if group.has("rules") else None)
            if scopes == of_file:
                group.mistake(f"the group says nothing of its rules; write {_listed()}, or move them out of it")
            yield from ((rule, scopes) for rule in listed)
            number += len(listed)
            group.finish()
        if of_file and not number:
            key = next(key for key in _KEYS if document.has(key))
            document.mistake(f"`{key}` stands above no rules of this document", key, "key")
        if of_file and document.has("portfolio_rules"):
            message = "what a file says for all rules is for `rules` and `groups`; write `over` in each portfolio rule"
            document.mistake(message, "portfolio_rules", "key")

    def _scope(self, record: Record, title: str) -> tuple[SharedScope, ...]:
        written = [key for key in _KEYS if record.has(key)]
        if not written:
            return ()
        conditions = ConditionReader(record, self._compiler, self._variables)
        line = record.document.locate((*record.path, written[0]), "key").start.line
        return (
            SharedScope(
                title=title,
                when=(*conditions.lines("when"), *conditions.lines(UNLESS)),
                must_declare=read_must_declare(record, self._facts),
                basis=read_basis(record),
                defined_at=f"{record.document.source.path}:{line}",
                legs=read_legs(record) if record.has(LEGS) else None,
            ),
        )


def read_must_declare(record: Record, facts: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the facts that a manifest has to declare; one that none can declare is a mistake."""
    if not record.has("must_declare"):
        return ()
    names = record.texts("must_declare")
    declarable = {name for name, spec in facts.items() if spec.origin in _DECLARABLE}
    for number, name in enumerate(names):
        message = f"`{shown(name)}` is written twice" if name in names[:number] else ""
        if name not in declarable:
            message = f"`{shown(name)}` is no fact that a manifest declares{did_you_mean(name, declarable)}"
        if message:
            record.mistakes.add(message, record.document, (*record.path, "must_declare", number))
    if not names:
        record.mistake("`must_declare` is empty; name a fact, or remove the key", "must_declare")
    return tuple(name for name in dict.fromkeys(names) if name in declarable)


def read_basis(record: Record) -> Basis | None:
    """Return the law or the standard that rules come from, None where none is named."""
    if not record.has("basis"):
        return None
    basis = record.record("basis")
    law_basis = Basis(
        basis.said("instrument"), basis.text("as_amended", ""), basis.text("url", ""), basis.optional_day("checked_on")
    )
    basis.finish()
    return law_basis


def basis_of(own: Basis | None, shared: Sequence[SharedScope]) -> Basis | None:
    """Return what a rule comes from: what it says itself, or what the nearest above it says."""
    return own or next((scope.basis for scope in reversed(shared) if scope.basis is not None), None)


def legs_of(shared: Sequence[SharedScope]) -> RuleLegs:
    """Return which legs have to satisfy a rule that does not say it: what the nearest above it says, else every one."""
    return next((scope.legs for scope in reversed(shared) if scope.legs is not None), RuleLegs.EVERY)


def _listed() -> str:
    return ", ".join(f"`{key}`" for key in _KEYS[:-1]) + f" or `{_KEYS[-1]}`"
