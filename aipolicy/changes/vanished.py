"""Features of the base that nobody declares any more while their files are still there."""

from __future__ import annotations

import os
from collections.abc import Sequence

from aipolicy.findings.finding import Finding, FindingChange, sorted_findings
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX, reserved_finding
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import Report
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import Frozen, replace


class Side(Frozen):
    """A report with the files that it is on."""

    report: Report
    files: Sequence[ManifestFile]

    def features_of(self, path: str) -> int:
        """Return how many features a file declares."""
        return sum(evaluation.feature.file == path for evaluation in self.report.evaluations)

    def others_in(self, path: str) -> int:
        """Return how many documents of a file declare no feature."""
        documents = sum(len(read_yaml(file.path, file.data).documents) for file in self.files if file.path == path)
        return documents - self.features_of(path)


def vanished_features(before: Side, now: Side) -> tuple[Finding, ...]:
    """Return a finding on each feature of the base that nobody declares, while its file is there and says nothing of it.

    A file of which something is refused says so already. In one that is read a feature may be renamed, or removed; that
    another document stands in its place hides it.
    """
    silent = {skipped.path for file in now.report.files for skipped in file.skipped}
    read_paths = {file.path for file in now.files} - silent
    refused = {finding.file for finding in now.report.findings if finding.rule_id.startswith(MANIFEST_PREFIX)}
    names = {evaluation.feature.name for evaluation in now.report.evaluations}
    findings = []
    for evaluation in before.report.evaluations:
        name, path = evaluation.feature.name, evaluation.feature.file
        if name in names or path in refused or not os.path.lexists(path):
            continue
        if path in read_paths and now.others_in(path) <= before.others_in(path):
            continue
        why = (
            "holds another document in its place" if path in read_paths
            else "holds no manifest any more" if path in silent else "is looked at no longer"
        )  # fmt: skip
        message = f"the feature `{shown(name)}` of the base is declared nowhere, and its file is there but {why}"
        findings.append(
            replace(reserved_finding("MAN-010", message, file=path, feature=name), change=FindingChange.NEW)
        )
    return sorted_findings(findings)
