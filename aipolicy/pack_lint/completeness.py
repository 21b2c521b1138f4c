"""What a pack leaves out: reasons, fixes, references, examples, units; and what nothing in it uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.pack_lint.logic import Logic
from aipolicy.pack_lint.registry import (
    ENDED,
    NO_DESCRIPTION,
    NO_FIX,
    NO_REASON,
    NO_REFERENCE,
    PLAIN_MESSAGE,
    UNDOCUMENTED_PARAMETER,
    UNTESTED,
    UNUSED_PARAMETER,
    UNUSED_VARIABLE,
)
from aipolicy.pack_lint.subject import LintedPack, PackEntry, RuleText, found, names_read
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.law_words import law_of
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.pack_files import is_head
from aipolicy.rule_tests.case_domains import Domains
from aipolicy.rule_tests.case_search import Bench, CaseSearch
from aipolicy.rule_tests.coverage import possible_truths
from aipolicy.source.names import says_something
from aipolicy.source.text import shown

_WANTED = (Outcome.VIOLATED, Outcome.SATISFIED, Outcome.UNDETERMINED)


def pack_findings(subject: LintedPack) -> Iterator[Finding]:
    """Yield what the pack itself leaves out: its description, documentation of parameters, uses of what it defines."""
    yield from _described(subject)
    texts = tuple(subject.texts_read())
    placeholders = tuple(text for entry in _rule_entries(subject) for text in (entry.text("message"),))
    names = names_read((*texts, *placeholders), "params")
    used = names_read(texts, "variables")
    for entry in subject.entries("parameters"):
        name = entry.text("name")
        if name and name not in names:
            yield _at(entry, "name", UNUSED_PARAMETER, f"parameter `{shown(name)}` is read nowhere in the pack")
        missing = _undocumented(entry)
        if name and missing:
            message = f"parameter `{shown(name)}` has no {_joined(missing)}"
            yield _at(entry, "name", UNDOCUMENTED_PARAMETER, message)
    for entry in subject.entries("variables"):
        name = entry.text("name")
        if name and name not in used and entry.fields.get("export") is not True:
            yield _at(entry, "name", UNUSED_VARIABLE, f"variable `{shown(name)}` is used nowhere in the pack")


def entry_findings(subject: LintedPack) -> Iterator[Finding]:
    """Yield what the texts of rules leave out; a rule that cannot be loaded is looked at too."""
    mended = {text.rule.id for text in subject.rules if _is_mended(text.rule)}
    based = {text.rule.id for text in subject.rules if text.rule.references}
    for entry in _rule_entries(subject):
        name = shown(entry.text("id")) or "the rule"
        for key, rule_id, what in (
            ("why", NO_REASON, "does not say why"),
            ("fix", NO_FIX, "does not say what to do"),
            ("references", NO_REFERENCE, "names no source"),
        ):
            has_source = entry.fields.get(key) or entry.text("id") in based
            has_fix = key == "fix" and entry.text("id") in mended
            if not (has_source if key == "references" else has_fix or says_something(entry.text(key))):
                yield _at(entry, "id", rule_id, f"`{name}` {what}; there is no `{key}`")
        message = entry.text("message")
        if message and "{" not in message:
            yield _at(entry, "message", PLAIN_MESSAGE, f"the message of `{name}` names no value of what it found")


def ended_findings(subject: LintedPack, day: date) -> Iterator[Finding]:
    """Yield every rule whose time is over on a day, but for law that says what replaced it: earlier days are asked for."""
    for text in subject.rules:
        until = text.rule.effective_until
        if until is not None and until < day and not law_of(text.rule).superseded_by:
            message = f"`{text.rule.id}` ended on {until.isoformat()}, before {day.isoformat()}"
            path = (*text.entry.path, "effective", "until")
            yield found(ENDED, message, text.entry.document, path)


def test_findings(subject: LintedPack, shown_in_files: Mapping[str, Collection[Outcome]], catalog: Catalog,
                  facts: Mapping[str, FactSpec]) -> Iterator[Finding]:  # fmt: skip
    """Yield every rule without an example of each outcome that it can have; test files of the pack count."""
    for text in subject.rules:
        rule = text.rule
        seen = text.expected | set(shown_in_files.get(rule.id, ()))
        lacking = [outcome for outcome in _WANTED if outcome not in seen]
        if not text.is_whole and text.expected:
            continue
        if text.rule.must_declare:
            lacking += [Outcome.UNDECLARED] if Outcome.UNDECLARED not in seen | _shown_above(text, subject) else []
            if not text.rule.require:
                lacking = [outcome for outcome in lacking if outcome is not Outcome.VIOLATED]
        if Outcome.SATISFIED in lacking and not _can_be_satisfied(text, facts):
            lacking.remove(Outcome.SATISFIED)
        if (
            Outcome.UNDETERMINED in lacking
            and text.portfolio is None
            and not _can_be_undetermined(rule, catalog, facts)
        ):
            lacking.remove(Outcome.UNDETERMINED)
        if not seen:
            yield text.found(UNTESTED, f"`{rule.id}` has no tests")
        elif lacking:
            named = " and none ".join(f"that is {outcome.value}" for outcome in lacking)
            yield text.found(UNTESTED, f"`{rule.id}` has no test {named}", key="tests")


def _shown_above(text: RuleText, subject: LintedPack) -> frozenset[Outcome]:
    """Return what examples of other rules show of declarations that a file or a group demands of all its rules."""
    shared = {name for scope in text.rule.shared for name in scope.must_declare}
    if not shared.issuperset(text.rule.must_declare):
        return frozenset()
    others = (other for other in subject.rules if set(text.rule.shared) & set(other.rule.shared))
    return frozenset(outcome for other in others for outcome in other.expected)


def _is_mended(rule: Rule) -> bool:
    """Return whether every line that a rule requires says itself what to do."""
    return (
        bool(rule.requirements) and not rule.plain_require and all(requirement.fix for requirement in rule.requirements)
    )


def _rule_entries(subject: LintedPack) -> Iterator[PackEntry]:
    yield from subject.entries("rules")
    yield from subject.entries("portfolio_rules")


def _described(subject: LintedPack) -> Iterator[Finding]:
    for document in subject.documents:
        if not is_head(document) or not isinstance(document.value, dict):
            continue
        metadata = document.value.get("metadata")
        description = metadata.get("description") if isinstance(metadata, dict) else None
        if not (isinstance(description, str) and says_something(description)):
            name = subject.pack.name or "the pack"
            message = f"`{shown(name)}` does not say what it is for; there is no `description`"
            yield found(NO_DESCRIPTION, message, document, ("metadata", "name"))


def _undocumented(entry: PackEntry) -> list[str]:
    keys = ["description", *(["unit"] if entry.fields.get("type") == "number" else []), "source"]
    return [f"`{key}`" for key in keys if not says_something(entry.text(key))]


def _joined(words: list[str]) -> str:
    return " and no ".join(words)


def _can_be_satisfied(text: RuleText, facts: Mapping[str, FactSpec]) -> bool:
    return Logic(facts).can_hold(*(text.tree(line) for line in (*text.rule.when, *text.rule.require)))


def _can_be_undetermined(rule: Rule, catalog: Catalog, facts: Mapping[str, FactSpec]) -> bool:
    domains = Domains(rule, catalog, facts)
    if not any(None in domains.of(name).values for name in domains.names):
        return False
    search = CaseSearch(rule, catalog, Bench(), facts)
    return any(Truth.UNKNOWN in possible_truths(search, number) for number in range(len(search.lines)))


def _at(entry: PackEntry, key: str, rule_id: str, message: str) -> Finding:
    return found(rule_id, message, entry.document, (*entry.path, key))
