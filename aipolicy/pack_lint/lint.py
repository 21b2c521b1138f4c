"""Packs in, findings about them out; a pack with mistakes is looked at as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import layered_catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING, EXIT_UNUSABLE, AipolicyError, PolicyError, Problems
from aipolicy.facts.known_facts import KnownFacts, known_facts
from aipolicy.findings.finding import Finding, Outcome, Severity, sorted_findings
from aipolicy.pack_lint.alike import alike_findings
from aipolicy.pack_lint.completeness import ended_findings, entry_findings, pack_findings, test_findings
from aipolicy.pack_lint.conditions import condition_findings
from aipolicy.pack_lint.corrections import CorrectedFile, corrected_files
from aipolicy.pack_lint.logic import Logic
from aipolicy.pack_lint.messages import message_findings
from aipolicy.pack_lint.mistake_findings import mistake_findings
from aipolicy.pack_lint.silent_values import silent_value_findings
from aipolicy.pack_lint.subject import LintedPack, subject_of
from aipolicy.pack_lint.unsatisfiable import unsatisfiable_findings
from aipolicy.policy.pack import PolicyPack, aliases_of
from aipolicy.policy.reading.load import read_packs
from aipolicy.policy.sources.locate import PackFiles, PolicyFiles, find_pack, read_policy_files
from aipolicy.rule_tests.case_search import Bench
from aipolicy.rule_tests.evaluation_costs import RuleCost, costs_of
from aipolicy.rule_tests.example_files import find_test_files, read_test_files
from aipolicy.source.document import Document
from aipolicy.source.mistakes import Mistakes
from aipolicy.value import Frozen


class LintReport(Frozen):
    """What was found in packs."""

    packs: tuple[PolicyPack, ...]
    """The packs that were named, without what they extend."""
    files_of: Mapping[str, tuple[str, ...]]
    """The files of each pack, by its path."""
    rules: int
    """Rules of these packs and of those that they extend."""
    findings: tuple[Finding, ...]
    as_of: date
    is_loadable: bool
    """Whether the packs can evaluate features."""
    costs: tuple[RuleCost, ...] = ()
    """What each rule takes, the most first."""

    @property
    def files(self) -> int:
        """Return how many files of packs were looked at."""
        return len({file for files in self.files_of.values() for file in files})

    def exit_code(self, fail_on: Severity) -> int:
        """Return 2 where the packs cannot be loaded, 3 where there was no rule, 1 for findings that weigh enough, else 0."""
        if not self.is_loadable:
            return EXIT_UNUSABLE
        if not self.rules:
            return EXIT_NOTHING
        gates = any(finding.severity.rank <= fail_on.rank for finding in self.findings)
        return EXIT_FINDINGS if gates else EXIT_CLEAN


def lint_packs(settings: PolicySettings) -> LintReport:
    """Return what is found in the packs of the settings, as of their day.

    Raises `CatalogError`, `LockError`, and `PolicyError` for a pack that is not there.
    """
    named: list[str] = []

    def find(reference: str, base: str) -> PackFiles:
        pack = find_pack(reference, base)
        named.append(pack.path)
        return pack

    try:
        files = read_policy_files(settings, find)
    except PolicyError as error:
        if error.span is None:
            raise
        return _unreadable((error,), settings)
    except Problems as problems:
        return _unreadable(problems.errors, settings)
    # NOTE: the packs of the settings are found before those that they extend.
    return _Run(settings, files, frozenset(named[: len(settings.packs)])).report()


def corrected_packs(settings: PolicySettings) -> tuple[CorrectedFile, ...]:
    """Return the files of packs with what is mechanical corrected; nothing is written.

    Raises `CatalogError`, `LockError`, and `PolicyError` for a pack that is not there. Of a file that is no YAML nothing is
    corrected.
    """
    try:
        files = read_policy_files(settings, find_pack)
    except PolicyError as error:
        if error.span is None:
            raise
        return ()
    except Problems:
        return ()
    catalog = layered_catalog(files.shipped_catalog, files.own_catalog, files.price_package, settings.as_of)

    def mistakes_in(packs: Sequence[PackFiles]) -> Sequence[AipolicyError]:
        mistakes = Mistakes(PolicyError)
        read_packs(packs, catalog, settings.parameters, settings.parameter_places, mistakes)
        return mistakes.errors

    return corrected_files(files.packs, mistakes_in)


def _unreadable(errors: Sequence[AipolicyError], settings: PolicySettings) -> LintReport:
    return LintReport((), {}, 0, tuple(mistake_findings(errors, {})), settings.as_of, is_loadable=False)


class _Run:
    """One run of the linter over packs that were found."""

    def __init__(self, settings: PolicySettings, files: PolicyFiles, named: frozenset[str]) -> None:
        self._settings = settings
        self._named = named
        self._files = files
        self._catalog = layered_catalog(files.shipped_catalog, files.own_catalog, files.price_package, settings.as_of)
        mistakes = Mistakes(PolicyError)
        self._documents: dict[str, tuple[Document, ...]] = {}
        self._packs = read_packs(
            files.packs, self._catalog, settings.parameters, settings.parameter_places, mistakes, self._documents
        )  # fmt: skip
        self._known = known_facts(spec for pack in self._packs for spec in pack.facts)
        self._tests = _tested(self._packs, self._catalog, self._known, mistakes)
        self._mistakes = mistakes.errors
        self._bench = Bench()

    def report(self) -> LintReport:
        """Return everything that was found."""
        subjects = [
            subject_of(pack, self._documents[pack.path], self._mistakes, is_named=pack.path in self._named)
            for pack in self._packs
        ]
        texts = {path: data for pack in self._files.packs for path, data in pack.files}
        findings = [*mistake_findings(self._mistakes, texts), *self._found(subjects)]
        named = [subject for subject in subjects if subject.is_named]
        return LintReport(
            packs=tuple(subject.pack for subject in named),
            files_of={
                pack.path: tuple(path for path, _ in pack.files)
                for pack in self._files.packs
                if pack.path in self._named
            },
            rules=sum(len(pack.all_rules) for pack in self._packs),
            findings=sorted_findings(findings),
            as_of=self._settings.as_of,
            is_loadable=not self._mistakes,
            costs=costs_of((rule for subject in named for rule in subject.pack.rules), self._bench.counts),
        )

    def _found(self, subjects: Sequence[LintedPack]) -> Iterator[Finding]:
        bench = self._bench
        facts = self._known.specs
        for subject in subjects:
            if not subject.is_named:
                continue
            yield from pack_findings(subject)
            yield from entry_findings(subject)
            yield from message_findings(subject)
            yield from ended_findings(subject, self._settings.as_of)
            yield from test_findings(subject, self._tests, self._catalog, facts)
            yield from condition_findings([text for text in subject.rules if text.is_whole], facts, bench)
            if not self._mistakes:
                yield from unsatisfiable_findings(
                    subject, self._catalog, self._settings.organization, Logic(facts), bench
                )
        yield from alike_findings(subjects)
        yield from silent_value_findings(subjects, facts, self._catalog)


def _tested(packs: Sequence[PolicyPack], catalog: Catalog, known: KnownFacts,
            mistakes: Mistakes) -> Mapping[str, frozenset[Outcome]]:  # fmt: skip
    """Return the outcomes that the test files of packs show of each rule."""
    rules = {rule.id for pack in packs for rule in pack.rules}
    try:
        tests = read_test_files(
            find_test_files((), (pack.path for pack in packs)), rules, catalog, known, aliases_of(packs)
        )
    except Problems as problems:
        for error in problems.errors:
            mistakes.add_error(error)
        return {}
    except PolicyError as error:
        mistakes.add_error(error)
        return {}
    return {
        rule_id: frozenset(example.test.expect for example in tests if example.rule_id == rule_id)
        for rule_id in {example.rule_id for example in tests}
    }
