"""Manifest files and a policy in, the report of a run out, with every evaluation at hand."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from itertools import chain, groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from aipolicy.config.scope import RunScope
from aipolicy.config.settings import FILES_NAMED
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.comparison import Comparison
from aipolicy.findings.finding import Finding, Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.skipped import NOTHING_LEFT_OUT, LeftOut, Skipped
from aipolicy.run.answers_asked import NO_ANSWERS, AnswersAsked
from aipolicy.run.evaluated_file import EvaluatedFile, evaluate_file
from aipolicy.run.file_result import file_result, is_evaluated, portfolio_part
from aipolicy.run.policy import Policy
from aipolicy.run.run_result import RunEnd, RunResult, closing_findings
from aipolicy.run.totals_and_exit_code import Totals
from aipolicy.value import Frozen, replace
from aipolicy.waivers.waiver import WaiverUse

if TYPE_CHECKING:
    from aipolicy.portfolio.portfolio_findings import Documents


class Report(Frozen):
    """What a run found; `result` is what formats show of it."""

    policy: Policy
    files: tuple[EvaluatedFile, ...]
    scope: RunScope
    closing: tuple[Finding, ...] = ()
    """Findings on the run as a whole."""
    comparison: Comparison | None = None
    """What the findings were compared with; None where they were not."""
    left_out: LeftOut = NOTHING_LEFT_OUT
    """What the search for manifests did not take."""

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Return the evaluation of every feature."""
        return tuple(chain.from_iterable(file.evaluations for file in self.files))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return every finding: file by file, then those on the run as a whole."""
        return (*chain.from_iterable(file.findings for file in self.files), *self.closing)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Return what was not evaluated."""
        return (*chain.from_iterable(file.skipped for file in self.files), *self.left_out.skipped)

    @property
    def waiver_uses(self) -> tuple[WaiverUse, ...]:
        """Return what became of the waivers of the features."""
        return tuple(chain.from_iterable(file.waiver_uses for file in self.files))

    @property
    def unread(self) -> bool:
        """Return whether a manifest could not be read, which may declare any feature."""
        return any(file.unread for file in self.files)

    @property
    def evaluated(self) -> bool:
        """Return whether any rule had something to evaluate."""
        has_portfolio = bool(self.policy.evaluated_portfolio_rules) and not self.scope.partial
        return any(is_evaluated(file, self.policy) or (has_portfolio and file.evaluations) for file in self.files)

    @property
    def result(self) -> RunResult:
        """Return the run as data, without answers."""
        return self.result_with(NO_ANSWERS)

    def result_with(self, asked: AnswersAsked) -> RunResult:
        """Return the run as data, with the answers that are asked for."""
        results = tuple(file_result(file, self.policy, asked) for file in self.files)

        def totals() -> Totals:
            total = Totals()
            for file in results:
                total.add_file(file)
            return total

        return RunResult(self.policy, results, self.scope, lambda: self.closing, totals, self.comparison, self.left_out)

    @property
    def totals(self) -> Totals:
        """Return what the run adds up to."""
        return self.result.totals

    def exit_code(self, fail_on: Severity) -> int:
        """Return 1 when a finding weighs at least `fail_on`, 3 when nothing was evaluated, else 0."""
        return self.totals.exit_code(fail_on)

    def of_features(self, names: Container[str], findings: Callable[[Finding], bool]) -> Report:
        """Return what is about some features, by name, and the findings that a condition holds of."""
        files = tuple(
            replace(
                file,
                evaluations=tuple(evaluation for evaluation in file.evaluations if evaluation.feature.name in names),
                findings=tuple(filter(findings, file.findings)),
            )
            for file in self.files
        )
        return replace(self, files=files, closing=tuple(filter(findings, self.closing)))

    def with_findings(self, findings: Sequence[Finding]) -> Report:
        """Return the report with other findings in the places of its own, one for each."""
        rest = iter(findings)
        files = tuple(replace(file, findings=tuple(next(rest) for _ in file.findings)) for file in self.files)
        return replace(self, files=files, closing=tuple(rest))


def check(files: Iterable[ManifestFile], policy: Policy, scope: RunScope | None = None) -> Report:
    """Return the report on manifest files under a policy.

    Without a scope, rules over all features are evaluated unless a file was named. Raises `UsageError` where a rule is
    left out that a pack forbids to leave out.
    """
    listed = sorted(files, key=attrgetter("path"))
    if scope is None:
        scope = RunScope(FILES_NAMED if any(file.named for file in listed) else "")
    evaluated: list[EvaluatedFile] = []
    homes: dict[str, str] = {}
    for path, same in groupby(listed, key=attrgetter("path")):
        file = evaluate_file(tuple(same), policy, MappingProxyType(homes))
        evaluated.append(file)
        for name in file.names:
            homes.setdefault(name, path)
    return report_of(evaluated, policy, scope)


def report_of(files: Sequence[EvaluatedFile], policy: Policy, scope: RunScope) -> Report:
    """Return the report on evaluated files, with the findings on all of them together."""
    parts = [portfolio_part(file, policy) for file in files] if not scope.partial else []
    ends = RunEnd(
        waiver_uses=[use for file in files for use in file.waiver_uses],
        unread=any(file.unread for file in files),
        records=[record for records, _ in parts for record in records],
        unread_files=[path for _, paths in parts for path in paths],
    )

    def documents() -> Documents:
        from aipolicy.portfolio.run_records import documents_of_features

        return documents_of_features(evaluation.feature for file in files for evaluation in file.evaluations)

    return Report(policy, tuple(files), scope, closing_findings(ends, policy, scope, documents))
