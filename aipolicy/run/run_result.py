"""What came of a run: results of its files in order, findings on the run as a whole, and what all of it adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.config.scope import RunScope
from aipolicy.findings.finding import Finding, FindingChange, sorted_findings
from aipolicy.manifest.skipped import NOTHING_LEFT_OUT, LeftOut
from aipolicy.run.feature_result import FeatureResult
from aipolicy.run.file_result import FileResult
from aipolicy.run.policy import Policy
from aipolicy.run.stored_result import result_from_bytes
from aipolicy.run.totals_and_exit_code import Totals
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.findings.comparison import Comparison
    from aipolicy.portfolio.feature_records import KeptFeature
    from aipolicy.portfolio.portfolio_findings import Documents
    from aipolicy.waivers.waiver import WaiverUse


class RunEnd(NamedTuple):
    """What findings on a run as a whole are made of."""

    waiver_uses: Sequence[WaiverUse] = ()
    unread: bool = False
    records: Sequence[KeptFeature] = ()
    unread_files: Sequence[str] = ()


def closing_findings(ends: RunEnd, policy: Policy, scope: RunScope,
                     documents: Callable[[], Documents]) -> tuple[Finding, ...]:  # fmt: skip
    """Return the findings on waivers files and of rules over all features.

    `documents` is asked, where there is such a rule, for what finds the manifest of a feature.
    """
    findings: list[Finding] = []
    if policy.waivers is not None and scope.waivers:
        from aipolicy.waivers.run import findings_on_waivers

        day = policy.waived_on or policy.catalog.as_of
        covers = scope.covers and not ends.unread
        findings += findings_on_waivers(policy.waivers, ends.waiver_uses, day, covers=covers)
    if policy.evaluated_portfolio_rules and not scope.partial:
        from aipolicy.portfolio.portfolio_findings import portfolio_findings

        findings += portfolio_findings(
            ends.records, ends.unread_files, policy.evaluated_portfolio_rules, documents(),
            as_of=policy.catalog.as_of, strict=policy.strict,
        )  # fmt: skip
    return sorted_findings(findings)


class KeptResults:
    """Results of files in their order: made when they are first asked for, kept as bytes, and given again."""

    def __init__(self, made: Iterator[tuple[bytes | memoryview, FileResult]]) -> None:
        self._made = made
        self._kept: list[bytes | memoryview] = []
        self._totals = Totals()
        self._uses: list[WaiverUse] = []
        self._records: list[KeptFeature] = []
        self._unread_files: list[str] = []
        self._unread = False

    def __iter__(self) -> Iterator[FileResult]:
        number = 0
        while True:
            if number < len(self._kept):
                yield result_from_bytes(self._kept[number])
            else:
                content, result = next(self._made, (b"", None))
                if result is None:
                    return
                self._kept.append(content)
                self._add(result)
                yield result
            number += 1

    def totals(self) -> Totals:
        """Return what all of them add up to."""
        self._complete()
        return self._totals

    def ends(self) -> RunEnd:
        """Return what findings on the run as a whole are made of."""
        self._complete()
        return RunEnd(self._uses, self._unread, self._records, self._unread_files)

    def _complete(self) -> None:
        for content, result in self._made:
            self._kept.append(content)
            self._add(result)

    def _add(self, result: FileResult) -> None:
        self._totals.add_file(result)
        self._uses += result.waiver_uses
        self._records += result.records
        self._unread_files += result.unread_files
        self._unread |= result.unread


class RunResult:
    """What every format shows: data that can be gone through as often as is wanted, one file at a time."""

    def __init__(self, policy: Policy, files: Iterable[FileResult], scope: RunScope,
                 close: Callable[[], tuple[Finding, ...]], totals: Callable[[], Totals],
                 comparison: Comparison | None = None, left_out: LeftOut = NOTHING_LEFT_OUT) -> None:  # fmt: skip
        self.policy = policy
        self.files = files
        self.scope = scope
        self._close = close
        self._totals = totals
        self._comparison = comparison
        self._left_out = left_out

    @cached_property
    def closing(self) -> tuple[Finding, ...]:
        """Return the findings on the run as a whole, which follow those of the files."""
        return self._close()

    @cached_property
    def totals(self) -> Totals:
        """Return what the run adds up to."""
        totals = self._totals()
        totals.add_findings(self.closing)
        totals.add_left_out(self._left_out)
        totals.add_portfolio(len(self.policy.evaluated_portfolio_rules), self.scope.partial)
        totals.notices += tuple(_without_lifecycle(*pair) for pair in sorted(totals.without_lifecycle.items()))
        if self._comparison is not None:
            from aipolicy.findings.comparison import counted

            totals.comparison = counted(self._comparison, self.all_findings())
        return totals

    def all_findings(self) -> Iterator[Finding]:
        """Yield every finding, in order."""
        for file in self.files:
            yield from file.findings
        yield from self.closing

    def findings(self, *, unchanged: bool = True) -> Iterator[Finding]:
        """Yield the findings in order; without `unchanged` those are left out that are no worse than what was known."""
        return (
            finding for finding in self.all_findings() if unchanged or finding.change is not FindingChange.UNCHANGED
        )

    def features(self) -> Iterator[FeatureResult]:
        """Yield every feature, in the order of files."""
        for file in self.files:
            yield from file.features


def _without_lifecycle(lifecycle: str, features: int) -> str:
    declares = "1 feature declares" if features == 1 else f"{features} features declare"
    return f"{declares} no `metadata.lifecycle` and {'counts' if features == 1 else 'count'} as {lifecycle}"
