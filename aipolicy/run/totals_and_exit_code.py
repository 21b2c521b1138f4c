"""What the files of a run add up to, and the exit code that follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.manifest.skipped import LeftOut, Skipped

if TYPE_CHECKING:
    from aipolicy.findings.comparison import Comparison
    from aipolicy.run.file_result import FileResult


LIFECYCLE = "metadata.lifecycle"


class Totals:
    """Counts of files, features and findings."""

    def __init__(self) -> None:
        self.files = 0
        self.features = 0
        self.evaluated = False
        """Whether any rule had something to evaluate."""
        self.severities: Counter[Severity] = Counter()
        self.waived: Counter[Severity] = Counter()
        self.known: Counter[Severity] = Counter()
        """Findings that are not waived and no worse than what they were compared with: they do not gate."""
        self.comparison: Comparison | None = None
        """What the findings were compared with, for the whole run."""
        self.fixable: Counter[bool] = Counter()
        """Findings that can be mended, by whether that is safe."""
        self.features_acted_on = 0
        """Features of which something is found that is not accepted."""
        self.without_lifecycle: Counter[str] = Counter()
        """Features that declare no lifecycle, by the one that they count as."""
        self.undetermined = 0
        self.skipped: tuple[Skipped, ...] = ()
        """What was not evaluated, of files that were read; then what the search for files left out."""
        self.nothing_asked = False
        """Whether the configuration excludes all that was asked for, so that nothing to evaluate is right."""
        self.waivers: Counter[str] = Counter()
        """Waivers of the features that were evaluated, by what became of them."""
        self.portfolio_rules = 0
        """Rules over all features of the run that were evaluated, for the whole run."""
        self.notices: tuple[str, ...] = ()
        """What has to be said about the whole run beside its findings."""

    def add_portfolio(self, rules: int, partial: str) -> None:
        """Add rules over all features, or why they were left out."""
        if rules and partial:
            counted = f"{rules} portfolio rule" + (" was" if rules == 1 else "s were")
            self.notices += (f"{counted} not evaluated: {partial}",)
        elif rules:
            self.portfolio_rules += rules
            self.evaluated |= self.features > 0

    def add_left_out(self, left_out: LeftOut) -> None:
        """Add what was not taken, for the whole run."""
        self.skipped += left_out.skipped
        self.notices += left_out.notices
        self.nothing_asked = left_out.nothing_asked

    def add_file(self, result: FileResult) -> None:
        """Add a file, in the order in which files are reported."""
        self.files += result.files
        self.evaluated |= result.evaluated
        self.skipped += result.skipped
        self.waivers.update(use.state.value for use in result.waiver_uses)
        self.features += len(result.features)
        acted_on = {finding.feature for finding in result.findings if finding.is_to_act_on}
        for feature in result.features:
            self.features_acted_on += feature.name in acted_on
            if LIFECYCLE not in feature.declared:
                self.without_lifecycle[feature.lifecycle] += 1
        self.add_findings(result.findings)

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Add findings, of a file or on the run as a whole."""
        for finding in findings:
            self.severities[finding.severity] += 1
            if finding.outcome is Outcome.WAIVED:
                self.waived[finding.severity] += 1
            elif finding.change is not None and not finding.change.gates:
                self.known[finding.severity] += 1
            if finding.replacement is not None:
                self.fixable[finding.replacement.safe] += 1
            if finding.outcome is Outcome.UNDETERMINED:
                self.undetermined += 1

    def gating(self, fail_on: Severity) -> int:
        """Return how many findings weigh at least `fail_on` and are neither waived nor accepted."""
        held = self.waived + self.known
        return sum(count - held[s] for s, count in self.severities.items() if s.rank <= fail_on.rank)

    def exit_code(self, fail_on: Severity) -> int:
        """Return 1 when a finding that gates weighs at least `fail_on`, 3 when nothing was evaluated, else 0."""
        if self.gating(fail_on):
            return EXIT_FINDINGS
        if self.comparison is not None and self.comparison.stale_gates and self.comparison.stale:
            return EXIT_FINDINGS
        return EXIT_CLEAN if self.evaluated or self.nothing_asked else EXIT_NOTHING

    def counts(self) -> Mapping[Severity, int]:
        """Return the number of findings of each severity."""
        return {severity: self.severities[severity] for severity in Severity}
