"""Features and files of a run in, what rules over all features need of them out: records, and where findings stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.portfolio.feature_records import KeptFeature, record_of, subject_of
from aipolicy.portfolio.portfolio_findings import Documents
from aipolicy.source.document import Document

_NOT_READ = frozenset({"MAN-001", "MAN-002"})


def records_of(evaluations: Iterable[Evaluation], rules: Sequence[PortfolioRule]) -> tuple[KeptFeature, ...]:
    """Return what the rules need to know of every feature."""
    return tuple(record_of(subject_of(evaluation), rules) for evaluation in evaluations)


def unread_files(evaluations: Iterable[Evaluation], findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the paths of files with a manifest that was not evaluated: nothing is known of what it holds."""
    evaluated = {(e.feature.file, e.feature.document.index) for e in evaluations}
    unread = set()
    for finding in findings:
        if not finding.rule_id.startswith(MANIFEST_PREFIX):
            continue
        place = (finding.file, -1 if finding.document is None else finding.document.index)
        if finding.rule_id in _NOT_READ or place not in evaluated:
            unread.add(finding.file)
    return tuple(sorted(unread))


def documents_of_features(features: Iterable[Feature]) -> Documents:
    """Return what finds the manifest of a feature that is at hand; of several with one name in a file, the first."""
    documents: dict[tuple[str, str], Document] = {}
    for feature in features:
        documents.setdefault((feature.file, feature.name), feature.document)
    return lambda record: documents.get((record.file, record.name))


def documents_of_files(files: Iterable[ManifestFile], *, extensions: str = "") -> Documents:
    """Return what finds the manifest of a feature in its file, which is read once, when it is first asked for.

    `extensions` is what packs add to the schema of manifests.
    """
    by_path: dict[str, list[ManifestFile]] = defaultdict(list)
    for file in files:
        by_path[file.path].append(file)
    documents: dict[str, Documents] = {}

    def document(record: KeptFeature) -> Document | None:
        if record.file not in documents:
            again = read_manifests(by_path.get(record.file, ()), extensions=extensions)
            documents[record.file] = documents_of_features(again.features)
        return documents[record.file](record)

    return document
