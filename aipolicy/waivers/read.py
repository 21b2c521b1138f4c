"""Waivers files in, waivers out: what is wrong with an entry is a finding at its line, and the entry waives nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import WaiverError
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.declared import NAME_PATTERN
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactSpec, Origin
from aipolicy.findings.finding import Finding, Outcome, Place, Severity
from aipolicy.findings.reserved_rules import RESERVED_IDS, reserved_finding
from aipolicy.findings.rule_ids import current, whole_id
from aipolicy.policy.cel.expressions import Compiler, ExpressionError
from aipolicy.policy.governance import strictest
from aipolicy.policy.pack import PolicyPack, aliases_of
from aipolicy.policy.rule import parts_of
from aipolicy.source.document import WAIVERS_KIND, Document, PlainValue
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath, Part
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.source.yaml_records import read_kind, read_records
from aipolicy.waivers.governed import governed, within_budget
from aipolicy.waivers.waiver import Approved, Waiver, WaiverCondition, Waivers

OUTCOMES = (Outcome.VIOLATED.value, Outcome.UNDECLARED.value, Outcome.UNDETERMINED.value)

_OR_NONE = "say something, or have no waiver"
_FEATURE_NAME = regex(NAME_PATTERN)


def read_waivers(files: Sequence[tuple[str, bytes]], packs: Sequence[PolicyPack], catalog: Catalog,
                 day: date) -> Waivers:  # fmt: skip
    """Return the waivers of files under the governance of packs; raises `WaiverError` or `Problems` for unusable files."""
    limits = strictest(pack.waivers for pack in packs)
    reader = _EntryReader(Vocabulary(packs, catalog))
    entries: list[Waiver] = []
    findings: list[Finding] = []
    first: dict[tuple[str, str, str], Waiver] = {}
    for document, path, value in _entries(files):
        waiver, wrong = reader.read(document, path, value)
        if waiver is not None:
            earlier = first.setdefault((waiver.feature, waiver.rule, waiver.fact), waiver)
            if earlier is not waiver:
                message = (
                    f"{waiver.subject} of `{shown(waiver.feature)}` is already waived at {earlier.at}; keep one entry"
                )
                wrong, waiver = (_malformed(document, message, path, "value"),), None
        findings.extend(wrong)
        if waiver is not None:
            entries.append(governed(waiver, limits, day))
    return Waivers(limits, within_budget(entries, limits, day), tuple(findings))


def _entries(files: Iterable[tuple[str, bytes]]) -> list[tuple[Document, DocumentPath, PlainValue]]:
    """Return the entries of all files; whatever is wrong around them stops the run, for nobody knows what was meant."""
    mistakes = Mistakes(WaiverError)
    entries: list[tuple[Document, DocumentPath, PlainValue]] = []
    for path, data in files:
        if_empty = f"the file is empty; it begins with `kind: {WAIVERS_KIND}`"
        for top in read_records(path, data, mistakes, if_empty=if_empty):
            read_kind(top, WAIVERS_KIND)
            listed = top.raw("waivers")
            if isinstance(listed, list):
                entries.extend((top.document, ("waivers", index), entry) for index, entry in enumerate(listed))
            elif listed is not None or "waivers" not in top.field_names():
                top.mistake("`waivers` must be a list of entries; write `waivers: []` for none")
            top.finish()
    mistakes.raise_if_any()
    return entries


class Vocabulary:
    """What waivers may name: rules of packs, facts of manifests, words of conditions."""

    def __init__(self, packs: Sequence[PolicyPack], catalog: Catalog) -> None:
        facts = known_facts(spec for pack in packs for spec in pack.facts).specs
        self.rules = frozenset(part.id for pack in packs for rule in pack.rules for part in parts_of(rule))
        self.aliases = aliases_of(packs)
        self.portfolio_rules = frozenset(
            portfolio_rule.rule.id for pack in packs for portfolio_rule in pack.portfolio_rules
        )
        self.specs: Mapping[str, FactSpec] = {name: spec for name, spec in facts.items() if not is_option_fact(name)}
        self.declared = frozenset(
            name for name, spec in self.specs.items() if spec.origin in (Origin.DECLARED, Origin.EVIDENCE)
        )
        self._catalog = catalog
        self._compiler: Compiler | None = None

    @property
    def compiler(self) -> Compiler:
        """Return the compiler of conditions, made when the first one is met."""
        if self._compiler is None:
            self._compiler = Compiler(self.specs, self._catalog.vocabularies)
        return self._compiler

    def wrong_rule(self, rule_id: str) -> str:
        """Return what is wrong with the rule that a waiver names; empty for nothing."""
        if rule_id in RESERVED_IDS:
            return f"`{rule_id}` is about manifests, plans and waivers themselves and is never waived"
        if rule_id in self.portfolio_rules:
            return f"`{rule_id}` is about all features together and is never waived for one"
        parts = sorted(part for part in self.rules if whole_id(part) == rule_id)
        if rule_id not in self.rules and parts:
            return f"`{rule_id}` is waived requirement by requirement: {', '.join(f'`{part}`' for part in parts)}"
        if rule_id not in self.rules:
            return f"unknown rule `{shown(rule_id)}`{did_you_mean(rule_id, self.rules)}"
        return ""

    def wrong_feature(self, name: str) -> str:
        """Return what is wrong with the name of a feature; empty for nothing."""
        if _FEATURE_NAME.fullmatch(name):
            return ""
        return f"`{shown(name)}` is no name of a feature; a waiver names exactly one, there are no wildcards"

    def wrong_fact(self, name: str) -> str:
        """Return what is wrong with a document path; empty for nothing."""
        if name in self.declared:
            return ""
        return f"`{shown(name)}` is no path of a manifest{did_you_mean(name, self.declared)}"

    def condition(self, text: str) -> WaiverCondition:
        """Return a compiled condition on facts of a feature; raises `ExpressionError`."""
        compiled = self.compiler.compile(text)
        return WaiverCondition(text, compiled.checked, compiled.reads)


class _Noted(Mistakes):
    """Mistakes of one entry, kept with their places: they are findings, and stop nothing."""

    def __init__(self) -> None:
        super().__init__(WaiverError)
        self.places: list[tuple[str, DocumentPath, Part]] = []

    def add(self, message: str, document: Document, path: DocumentPath, part: Part = "value",
            meant: tuple[str, str] | None = None) -> None:  # fmt: skip
        self.places.append((message, path, part))


class _EntryReader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def read(self, document: Document, path: DocumentPath,
             value: PlainValue) -> tuple[Waiver | None, tuple[Finding, ...]]:  # fmt: skip
        """Return the waiver of an entry, or None and what is wrong with it."""
        noted = _Noted()
        record = Record(document, path, value, noted)
        waiver = self._waiver(record)
        record.finish()
        if not noted.places:
            return waiver, ()
        return None, tuple(_malformed(document, message, at, part) for message, at, part in noted.places)

    def _waiver(self, record: Record) -> Waiver:
        vocabulary = self._vocabulary
        rule, feature = current(record.text("rule"), vocabulary.aliases), record.text("feature")
        if rule and (wrong := vocabulary.wrong_rule(rule)):
            record.mistake(wrong, "rule")
        if feature and (wrong := vocabulary.wrong_feature(feature)):
            record.mistake(wrong, "feature")
        fact = record.text("fact", "")
        if fact and (wrong := vocabulary.wrong_fact(fact)):
            record.mistake(wrong, "fact")
        outcome = record.text("outcome", OUTCOMES[0], OUTCOMES)
        reason, owner, approver = (record.said(key, _OR_NONE) for key in ("reason", "owner", "approver"))
        ticket = record.said("ticket", _OR_NONE) if record.has("ticket") else ""
        approved_on, expires = record.optional_day("approved_on"), record.day("expires")
        if approved_on is not None and date.min < expires < approved_on:
            record.mistake("it expires before it is approved", "expires")
        line = record.document.locate(record.path).start.line
        return Waiver(
            rule=rule, feature=feature, fact=fact,
            outcome=Outcome(outcome) if outcome in OUTCOMES else Outcome.VIOLATED,
            reason=reason, owner=owner, approver=approver, ticket=ticket, approved_on=approved_on, expires=expires,
            conditions=self._conditions(record), approved=self._approved(record, outcome),
            document=record.document, path=record.path, at=f"{record.document.source.path}:{line}",
        )  # fmt: skip

    def _conditions(self, record: Record) -> tuple[WaiverCondition, ...]:
        raw = record.raw("while")
        if raw is None:
            if "while" in record.field_names():
                record.mistake("`while` is empty; write a condition, or remove the key", "while")
            return ()
        items = [raw] if isinstance(raw, str) else raw
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            record.mistake(
                "`while` must be a list of conditions, each as text; quote one that starts with `!`", "while"
            )
            return ()
        conditions = []
        for index, text in enumerate(items):
            path = (*record.path, "while", index) if isinstance(raw, list) else (*record.path, "while")
            try:
                conditions.append(self._vocabulary.condition(str(text)))
            except ExpressionError as error:
                column = f" (column {error.column} of the condition)" if error.column is not None else ""
                record.mistakes.add(f"{error}{column}", record.document, path)
        return tuple(conditions)

    def _approved(self, record: Record, outcome: str) -> Approved | None:
        if not record.has("approved"):
            if "approved" in record.field_names():
                record.mistake("`approved` is empty; `aipolicy waive` writes what was approved", "approved")
            return None
        approved = record.record("approved")
        severity = approved.text("severity", choices=tuple(Severity))
        facts = approved.raw("facts")
        if not isinstance(facts, dict):
            approved.mistake("`facts` must be a mapping of declared facts to their values; `{}` for none")
            facts = {}
        for name in facts:
            if wrong := self._vocabulary.wrong_fact(name):
                record.mistakes.add(wrong, record.document, (*approved.path, "facts", name), "key")
        approved.finish()
        weight = Severity(severity) if severity in list(Severity) else Severity.NOTE
        return Approved(Outcome(outcome) if outcome in OUTCOMES else Outcome.VIOLATED, weight, dict(facts))


def _malformed(document: Document, message: str, path: DocumentPath, part: Part) -> Finding:
    place = Place(path=path, part=part)
    return reserved_finding("WAIVER-001", message, file=document.source.path, document=document, place=place)
