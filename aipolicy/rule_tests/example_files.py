"""Files of tests in, typed tests of rules out: every mistake of every file is reported at its line."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

from aipolicy.catalog.catalog import Catalog
from aipolicy.discovery.globs import name_matcher
from aipolicy.errors import PolicyError, UsageError
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.conformance import nonconformance
from aipolicy.manifest.feature import Feature, features_of
from aipolicy.manifest.manifest_file import ManifestFile, RepositoryPaths
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.manifest.read import read_manifests
from aipolicy.policy.cel.fact_words import FactWords
from aipolicy.policy.reading.example_tables import OF_RULES, examples
from aipolicy.policy.reading.given_facts import fact_values
from aipolicy.policy.rule import RuleTest
from aipolicy.policy.sources.pack_files import TESTS_FOLDER, YAML_SUFFIXES, is_yaml, may_be_part
from aipolicy.source.document import API_VERSION, MANIFEST_KIND, TESTS_KIND, Document, PlainValue, SourceFile
from aipolicy.source.records import Mistakes, Record, kind_of
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.source.yaml_records import read_kind, read_records
from aipolicy.value import Frozen, NamedTuple

_MANIFEST_HEAD: Mapping[str, PlainValue] = {"apiVersion": API_VERSION, "kind": MANIFEST_KIND}
_LINE_AND_COLUMN = regex(r"[1-9][0-9]*:[1-9][0-9]*")
_DOCUMENT_PATH = regex(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_OF_TABLES = (*OF_RULES, "rule", "as_of")
_SPOKEN_OF = (Outcome.VIOLATED, Outcome.UNDETERMINED)
_is_manifest_name = name_matcher(MANIFEST_PATTERNS)


class FileTest(Frozen):
    """A test of a rule that stands in a file of its own: over given facts, or over a whole manifest."""

    rule_id: str
    test: RuleTest
    feature: Feature | None
    """The feature of the manifest; None where facts are given."""
    as_of: date | None
    """The day that it is evaluated on; None for the day of the run."""


def find_test_files(named: Sequence[str], pack_paths: Iterable[str]) -> tuple[str, ...]:
    """Return the test files that are named, lie in named folders, or in the folder `tests` of a pack, sorted.

    Manifests among them are left out. Raises `UsageError` for a path that is not there, or a named folder without one, and
    `PolicyError` for a file in such a folder that would not be run, by its name or its place.
    """
    files: dict[str, str] = {}
    for path in named:
        if os.path.isdir(path):
            inside = _test_files_in(path)
            if not inside:
                raise UsageError("the folder holds no test files (`*.yaml`)", path=path)
            files.update((os.path.abspath(file), file) for file in inside)
        elif os.path.exists(path):
            files[os.path.abspath(path)] = Path(path).as_posix()
        else:
            raise UsageError("no such file or folder", path=path)
    in_packs = [folder for path in pack_paths if os.path.isdir(folder := os.path.join(path, TESTS_FOLDER))]
    files.update((os.path.abspath(file), file) for folder in in_packs for file in _test_files_in(folder))
    for folder in (*(path for path in named if os.path.isdir(path)), *in_packs):
        _refuse_unread(folder, files)
    return tuple(sorted(files.values()))


def _refuse_unread(folder: str, found: Collection[str]) -> None:
    """Refuse a folder with tests, or what look like tests, that are not among the files that were found."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name).as_posix()
            if os.path.abspath(path) in found:
                continue
            if may_be_part(name) and not name.endswith(YAML_SUFFIXES) and (place == folder or _speaks_of_tests(path)):
                raise PolicyError(
                    "this file would not be read; name it `.yaml`, or move it out of the folder", path=path
                )
            if place != folder and is_yaml(name) and _speaks_of_tests(path):
                up = shown(os.path.basename(os.path.abspath(folder)))
                raise PolicyError(f"these tests would not be run; move the file up into `{up}`, or name its folder",
                                  path=path)  # fmt: skip


def _speaks_of_tests(path: str) -> bool:
    return TESTS_KIND.encode() in read_regular_file(path)


def _test_files_in(folder: str) -> list[str]:
    names = sorted(name for name in os.listdir(folder) if name.endswith(YAML_SUFFIXES))
    paths = [os.path.join(folder, name) for name in names if not _is_manifest_name(name, name)]
    return [Path(path).as_posix() for path in paths if os.path.isfile(path)]


def read_test_files(paths: Iterable[str], rules: Collection[str], catalog: Catalog, facts: KnownFacts,
                    aliases: Mapping[str, str] = MappingProxyType({})) -> tuple[FileTest, ...]:  # fmt: skip
    """Return the tests of every file; raises `PolicyError` or `Problems` with every mistake."""
    mistakes = Mistakes(PolicyError)
    known = _Known(rules, FactWords(facts.specs, catalog.vocabularies, catalog), facts, aliases)
    tests = [test for path in paths for test in _read_file(path, known, mistakes)]
    mistakes.raise_if_any()
    return tuple(tests)


def _read_file(path: str, known: _Known, mistakes: Mistakes) -> list[FileTest]:
    data = _read_bytes(path, mistakes)
    if data is None:
        return []
    tests: list[FileTest] = []
    for record in read_records(path, data, mistakes):
        read_kind(record, TESTS_KIND)
        entries = [_TestReader(entry, known).read() for entry in examples(record, known.facts.specs, _OF_TABLES)]
        if not entries:
            record.mistake("a file of tests holds at least one", "tests" if record.has("tests") else None)
        tests.extend(entries)
        record.finish()
    return tests


def _read_bytes(path: str, mistakes: Mistakes) -> bytes | None:
    try:
        return read_regular_file(path)
    except OSError as error:
        mistakes.add_at(f"cannot read: {reason_of(error)}", path)
        return None


class _Known(NamedTuple):
    rules: Collection[str]
    words: FactWords
    facts: KnownFacts
    aliases: Mapping[str, str]


class _TestReader:
    """Reads one test."""

    def __init__(self, record: Record, known: _Known) -> None:
        self._record = record
        self._known = known

    def read(self) -> FileTest:
        """Return the test; mistakes are noted on its record."""
        record = self._record
        rule_id = self._known.aliases.get(record.text("rule"), record.text("rule"))
        if rule_id and rule_id not in self._known.rules:
            record.mistake(f"unknown rule `{shown(rule_id)}`{did_you_mean(rule_id, self._known.rules)}", "rule")
        given, option = record.has("given"), record.has("option") or record.has("partner")
        manifest = record.raw("manifest")
        if manifest is not None and (given or option):
            record.mistake("a test has a `manifest`, or what is `given` with an `option`, not both", "manifest")
        elif manifest is None and not (given or option):
            record.mistake("a test has a `manifest`, or something `given`, or an `option`")
        expect = record.text("expect", choices=tuple(o.value for o in Outcome if o is not Outcome.WAIVED))
        test = RuleTest(
            name=record.text("name"),
            given=self._values("given", ""),
            option=self._values("option", "option."),
            partner=self._values("partner", "partner."),
            expect=Outcome(expect) if expect in list(Outcome) else Outcome.VIOLATED,
            message=record.text("message", ""),
            location=record.text("location", ""),
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )
        self._check_finding(test, manifest)
        feature = None if manifest is None else self._feature(manifest)
        as_of = record.optional_day("as_of")
        record.finish()
        return FileTest(rule_id, test, feature, as_of)

    def _values(self, key: str, prefix: str) -> dict[str, FactValue]:
        if not self._record.has(key):
            return {}
        return fact_values(self._record.record(key), prefix, self._known.facts.specs, self._known.words)

    def _check_finding(self, test: RuleTest, manifest: PlainValue) -> None:
        record = self._record
        if test.message and test.expect not in (_SPOKEN_OF if manifest is not None else (Outcome.VIOLATED,)):
            record.mistake(f"a rule that is `{test.expect.value}` here gives no message", "message")
        if not test.location:
            return
        if manifest is None:
            record.mistake("only a test of a `manifest` has a location", "location")
        elif test.expect not in _SPOKEN_OF:
            record.mistake(f"a rule that is `{test.expect.value}` points nowhere", "location")
        elif _LINE_AND_COLUMN.fullmatch(test.location):
            if isinstance(manifest, dict):
                record.mistake("a manifest written as a mapping has no lines of its own; name a path", "location")
        elif not _DOCUMENT_PATH.fullmatch(test.location):
            record.mistake("a location is `line:column`, or a document path such as `plan.region`", "location")

    def _feature(self, manifest: PlainValue) -> Feature | None:
        record = self._record
        if isinstance(manifest, dict):
            return self._written_out(manifest)
        if not isinstance(manifest, str):
            message = f"`manifest` is a path, a manifest as text, or a mapping; found {kind_of(manifest)}"
            record.mistake(message, "manifest")
            return None
        here = record.document.source.path
        if "\n" in manifest:
            return self._read(ManifestFile(here, manifest.encode(), True), "in this manifest, at line")
        path = os.path.join(os.path.dirname(here), manifest)
        try:
            data = read_regular_file(path)
        except (OSError, ValueError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "no path"
            record.mistake(f"cannot read the manifest `{shown(manifest)}`: {reason}", "manifest")
            return None
        in_repository = RepositoryPaths().of(Path(os.path.realpath(path)).as_posix())
        file = ManifestFile(Path(path).as_posix(), data, True, in_repository)
        return self._read(file, f"in {shown(manifest)}, at line")

    def _read(self, file: ManifestFile, where: str) -> Feature | None:
        """Return the one feature of a manifest; what is wrong with it is a mistake of the test."""
        manifests = read_manifests([file], extensions=self._known.facts.extensions_schema)
        for finding in manifests.findings:
            span = finding.span_of(finding.place)
            place = f"{span.start.line}:{span.start.column}" if span is not None else "1:1"
            self._record.mistake(f"{where} {place}: {finding.message}", "manifest")
        if manifests.findings:
            return None
        if len(manifests.features) != 1:
            self._record.mistake(f"a test is about one feature, found {len(manifests.features)}", "manifest")
            return None
        return manifests.features[0]

    def _written_out(self, manifest: Mapping[str, PlainValue]) -> Feature | None:
        record = self._record
        source = SourceFile(record.document.source.path, "")
        document = Document(source, 0, {**_MANIFEST_HEAD, **manifest})
        departures = nonconformance(document, self._known.facts.extensions_schema)
        if not departures:
            return self._only_one(document)
        for finding in departures:
            path = (*record.path, "manifest", *finding.place.path)
            record.mistakes.add(finding.message, record.document, path, finding.place.part)
        return None

    def _only_one(self, document: Document) -> Feature | None:
        features, problems = features_of(document, extensions=self._known.facts.extensions_schema)
        for problem in problems:
            path = (*self._record.path, "manifest", *problem.path)
            self._record.mistakes.add(problem.message, self._record.document, path)
        if len(features) > 1:
            self._record.mistake(f"a test is about one feature, found {len(features)}", "manifest")
        return features[0] if len(features) == 1 else None
