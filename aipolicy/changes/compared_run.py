"""A run beside what was known before: the base of a change, a baseline, or both."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.config.run_options import PolicyOptions
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import Policy
from aipolicy.value import NamedTuple, replace


class KnownBefore(NamedTuple):
    """What the findings of a run are compared with, and what is kept of them for later."""

    options: PolicyOptions
    """Those of the command line, which hold at the base too."""
    strict: bool
    """Whether the command line, and not the configuration of either side, says so."""
    base: str | None
    """A revision; None for no base."""
    baseline: str | None
    """The file of accepted findings; None for none."""
    accepts: bool
    """Whether what is found now is written into that file first."""
    stale_gates: bool


def compared_report(inputs: RunInputs, known: KnownBefore, policy: Policy, tell: Callable[[str], None]) -> Report:
    """Return the report of a run, its findings compared with what was known before; writes a baseline if asked to.

    Raises `BaseError` or `BaselineError`, and what evaluating raises.
    """
    report = replace(check(inputs.files, policy, inputs.scope), left_out=inputs.manifests.left_out)
    if known.base is not None:
        report = _compared_with_base(report, known.base, inputs, known, policy)
    if known.baseline is None:
        return report
    from aipolicy.changes.against_baseline import accept_findings, compared_with_baseline

    if known.accepts and not accept_findings(report, known.baseline, inputs.paths):
        tell("aipolicy: baseline: nothing was evaluated, so that no baseline is written")
        return report
    return compared_with_baseline(report, known.baseline, inputs.paths, stale_gates=known.stale_gates)


def _compared_with_base(report: Report, revision: str, inputs: RunInputs, known: KnownBefore, policy: Policy) -> Report:
    from aipolicy.changes.against_base import compared_with_base, evaluated_base
    from aipolicy.changes.steps import weighed_by

    with evaluated_base(revision, inputs, known.options, policy, strict=known.strict) as (side, at_base):
        return compared_with_base(report, inputs.files, side, at_base, weighed_by(inputs.config))
