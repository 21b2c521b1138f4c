"""The report of a run beside a baseline: findings that were accepted, and a file that accepts those of now."""

from __future__ import annotations

import os
from collections.abc import Sequence

from aipolicy.changes.answered import is_answered, is_still_open
from aipolicy.changes.baseline import Baseline, acceptable, read_baseline, write_baseline
from aipolicy.findings.comparison import Comparison, KnownFinding, compare, identity_of
from aipolicy.findings.finding import Outcome
from aipolicy.findings.rule_ids import current
from aipolicy.policy.pack import aliases_of
from aipolicy.run.evaluated_run import Report
from aipolicy.value import replace


def compared_with_baseline(report: Report, path: str, paths: Sequence[str], *, stale_gates: bool) -> Report:
    """Return a report with every finding compared with those of a baseline; `paths` are what the run was about."""
    baseline = _with_current_ids(read_baseline(path), report)
    # NOTE: what nobody may waive nobody accepts by a baseline either.
    accepted = [known for known in baseline.findings if not _never_waived(report, known.identity.rule)]
    compared, gone = compare(report.findings, accepted)
    covers = _covers(path, paths)
    stale = tuple(known for known in gone if _is_stale(known, baseline, report, covers=covers))
    comparison = replace(
        report.comparison or Comparison(), baseline=baseline.path, stale=stale, stale_gates=stale_gates,
        without_values=_without_values(report, accepted),
    )  # fmt: skip
    return replace(report.with_findings(compared), comparison=comparison)


def accept_findings(report: Report, path: str, paths: Sequence[str]) -> bool:
    """Write what was found to a baseline, unless nothing was evaluated; what a run did not look at is kept."""
    if not report.evaluated:
        return False
    covers = _covers(path, paths)
    is_there = os.path.lexists(path) and not os.path.islink(path)
    before = _with_current_ids(read_baseline(path), report).findings if is_there else ()
    named = {identity_of(finding) for finding in report.findings}
    still_accepted = [
        known for known in before
        if not is_answered(report, known.identity.rule, known.identity.feature, covers=covers)
        or (known.identity not in named and is_still_open(report, known))
    ]  # fmt: skip
    accepted = (known for known in acceptable(report.findings) if not _never_waived(report, known.identity.rule))
    write_baseline(path, (*accepted, *still_accepted))
    return True


def _with_current_ids(baseline: Baseline, report: Report) -> Baseline:
    """Return a baseline that names rules by their ids of today."""
    aliases = aliases_of(report.policy.packs)
    if not aliases:
        return baseline
    findings = tuple(
        replace(known, identity=replace(known.identity, rule=current(known.identity.rule, aliases)))
        for known in baseline.findings
    )
    return replace(baseline, findings=findings)


def _is_stale(known: KnownFinding, baseline: Baseline, report: Report, *, covers: bool) -> bool:
    """Return whether an entry accepts what is no longer there.

    What is not known does not gate everywhere, and is then no finding: who accepted it accepted it all the same.
    """
    if not is_answered(report, known.identity.rule, known.identity.feature, covers=covers):
        return False
    if known.outcome is Outcome.UNDETERMINED and not baseline.has_values:
        return False
    return not is_still_open(report, known)


def _without_values(report: Report, accepted: Sequence[KnownFinding]) -> int:
    """Return how many accepted violations that are still found do not say what decided them."""
    telling = {identity_of(finding) for finding in report.findings if finding.decided_by}
    return sum(
        known.values is None and known.outcome is Outcome.VIOLATED and known.identity in telling for known in accepted
    )


def _never_waived(report: Report, rule: str) -> bool:
    waivers = report.policy.waivers
    return waivers is not None and waivers.limits.never_waived(rule) is not None


def _covers(path: str, paths: Sequence[str]) -> bool:
    """Return whether the paths of a run hold everything beside and below a baseline."""
    home = os.path.dirname(os.path.abspath(path))
    folders = [os.path.abspath(folder) for folder in paths or (".",) if os.path.isdir(folder)]
    return any(os.path.join(home, "").startswith(os.path.join(folder, "")) for folder in folders)
