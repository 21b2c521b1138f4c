"""The features of a run in, what rules over all of them find out; parts of a run are put together from records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.portfolio_findings import portfolio_findings
from aipolicy.evaluation.portfolio_records import FeatureRecord, record_of, subject_of
from aipolicy.findings import Finding
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.source.document import Document

_NOT_READ = frozenset({"MAN-001", "MAN-002"})
_ABOUT_MANIFESTS = "MAN-"


def records_of(evaluations: Iterable[Evaluation], rules: Sequence[PortfolioRule]) -> tuple[FeatureRecord, ...]:
    """Return what the rules need to know of every feature."""
    return tuple(record_of(subject_of(evaluation), rules) for evaluation in evaluations)


def unread_files(evaluations: Iterable[Evaluation], findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the paths of files with a manifest that was not evaluated: nothing is known of what it holds."""
    evaluated = {(e.feature.file, e.feature.document.index) for e in evaluations}
    unread = set()
    for finding in findings:
        if not finding.rule_id.startswith(_ABOUT_MANIFESTS):
            continue
        place = (finding.file, -1 if finding.document is None else finding.document.index)
        if finding.rule_id in _NOT_READ or place not in evaluated:
            unread.add(finding.file)
    return tuple(sorted(unread))


def findings_at_hand(evaluations: Sequence[Evaluation], findings: Iterable[Finding], rules: Sequence[PortfolioRule], *,
                     as_of: date, strict: bool) -> tuple[Finding, ...]:  # fmt: skip
    """Return what rules over all features find in evaluations that are at hand, with the findings on their files."""
    return portfolio_findings(
        rules, records_of(evaluations, rules), unread_files(evaluations, findings),
        _Documents([evaluation.feature for evaluation in evaluations]), as_of=as_of, strict=strict,
    )  # fmt: skip


def findings_from_records(records: Sequence[FeatureRecord], unread: Iterable[str], rules: Sequence[PortfolioRule],
                          files: Sequence[ManifestFile], *, as_of: date, strict: bool,
                          extensions: str = "") -> tuple[Finding, ...]:  # fmt: skip
    """Return what rules over all features find in records; a manifest is read again only for the place of a finding.

    `extensions` is what packs add to the schema of manifests.
    """

    documents = _DocumentsOfFiles(files, extensions)
    return portfolio_findings(rules, records, tuple(sorted(set(unread))), documents, as_of=as_of, strict=strict)


class _Documents:
    """Finds the manifest of a feature; of several features with one name in a file, the first."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._documents: dict[tuple[str, str], Document] = {}
        for feature in features:
            self._documents.setdefault((feature.file, feature.name), feature.document)

    def __call__(self, record: FeatureRecord) -> Document | None:
        return self._documents.get((record.file, record.name))


class _DocumentsOfFiles:
    """Finds the manifest of a feature in its file, which is read once, when it is first asked for."""

    def __init__(self, files: Iterable[ManifestFile], extensions: str) -> None:
        self._extensions = extensions
        self._files: dict[str, list[ManifestFile]] = defaultdict(list)
        for file in files:
            self._files[file.path].append(file)
        self._read: dict[str, _Documents] = {}

    def __call__(self, record: FeatureRecord) -> Document | None:
        if record.file not in self._read:
            again = read_manifests(self._files.get(record.file, ()), extensions=self._extensions)
            self._read[record.file] = _Documents(again.features)
        return self._read[record.file](record)
