"""What makes a finding the same from run to run for the tools that keep count of findings."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.report.formats.records import FindingRecord

_SHOWN = 32


class Fingerprints:
    """Fingerprints of the findings of one run, given in its order; no two of them are equal.

    They are made of rule, feature and declaration: no file, no line and no folder, so that a finding stays the same
    wherever its manifest moves and wherever a run starts. What a broken manifest is wrong about stands for its feature.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, finding: FindingRecord) -> str:
        """Return the fingerprint of the next finding: a digest, and which of equal ones it is."""
        about = finding.feature
        if not about and finding.rule.startswith(MANIFEST_PREFIX):
            about = finding.message.replace(finding.file, "")
        identity = "\0".join((finding.rule, about, finding.path))
        self._seen[identity] += 1
        digest = sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:_SHOWN]
        return f"{digest}:{self._seen[identity]}"
