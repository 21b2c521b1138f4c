"""What a command says that reports and is no gate: its text, and the exit code that follows from what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.commands.console import Console
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.findings.finding import Finding, Severity
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.report.formats.concise import render_concise
from aipolicy.value import NamedTuple


class Reported(NamedTuple):
    """What a report says."""

    pieces: Iterable[str]
    """Its text, piece by piece."""
    code: int


def reported(pieces: Iterable[str], findings: Iterable[Finding], console: Console, *, is_empty: bool) -> Reported:
    """Return what a report says and its exit code: what it leaves out, for what the findings say, is never a success.

    What is wrong with manifests is told beside it, at once.
    """
    is_broken = tell_broken(findings, console)
    return Reported(pieces, EXIT_NOTHING if is_empty else EXIT_FINDINGS if is_broken else EXIT_CLEAN)


def tell_broken(findings: Iterable[Finding], console: Console) -> bool:
    """Tell what is wrong with manifests; return whether any of it kept a manifest from being evaluated."""
    broken = [finding for finding in findings if finding.rule_id.startswith(MANIFEST_PREFIX)]
    for line in render_concise(broken).splitlines():
        console.tell(line)
    return any(finding.severity is Severity.ERROR for finding in broken)
