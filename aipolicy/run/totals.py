"""What the files of a run add up to, and the exit code that follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.run.feature_result import CONFLICT

if TYPE_CHECKING:
    from aipolicy.findings.comparison import Comparison
    from aipolicy.run.file_result import FileResult


class Totals:
    """Counts of files, features, verdicts and findings."""

    def __init__(self) -> None:
        self.files = 0
        self.features = 0
        self.judged = False
        """Whether any rule had something to judge."""
        self.free = 0
        """Features with a way that is free of doubt."""
        self.conflicts = 0
        """Features with no way left."""
        self.needs: Counter[str] = Counter()
        """Features that certainly have a need, by its id."""
        self.severities: Counter[Severity] = Counter()
        self.waived: Counter[Severity] = Counter()
        self.known: Counter[Severity] = Counter()
        """Findings that are not waived and no worse than what they were compared with: they do not gate."""
        self.comparison: Comparison | None = None
        """What the findings were compared with, for the whole run."""
        self.undetermined = 0
        self.missing: Counter[tuple[str, ...]] = Counter()
        """Undetermined findings by the facts that would settle each, where declarations can."""
        self.skipped: tuple[str, ...] = ()
        self.waivers: Counter[str] = Counter()
        """Waivers of the features that were judged, by what became of them."""
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
            self.judged |= self.features > 0

    def add_file(self, result: FileResult) -> None:
        """Add a file, in the order in which files are reported."""
        self.files += result.files
        self.judged |= result.judged
        self.skipped += result.skipped
        self.waivers.update(use.state.value for use in result.waiver_uses)
        for feature in result.features:
            self.features += 1
            self.free += bool(feature.verdict.admissible)
            self.conflicts += feature.verdict.status == CONFLICT
            self.needs.update(feature.verdict.certain_needs)
        self.add_findings(result.findings)

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Add findings, of a file or on the run as a whole."""
        for finding in findings:
            self.severities[finding.severity] += 1
            if finding.outcome is Outcome.WAIVED:
                self.waived[finding.severity] += 1
            elif finding.change is not None and not finding.change.gates:
                self.known[finding.severity] += 1
            if finding.outcome is Outcome.UNDETERMINED:
                self.undetermined += 1
                if finding.missing_facts:
                    self.missing[finding.missing_facts] += 1

    def exit_code(self, fail_on: Severity) -> int:
        """Return 1 when a finding that gates weighs at least `fail_on`, 3 when nothing was evaluated, else 0."""
        held = self.waived + self.known
        if any(count > held[s] for s, count in self.severities.items() if s.rank <= fail_on.rank):
            return EXIT_FINDINGS
        if self.comparison is not None and self.comparison.stale_gates and self.comparison.stale:
            return EXIT_FINDINGS
        return EXIT_CLEAN if self.judged else EXIT_NOTHING

    def counts(self) -> Mapping[Severity, int]:
        """Return the number of findings of each severity."""
        return {severity: self.severities[severity] for severity in Severity}

    def shortest_settling(self, limit: int = 5) -> tuple[tuple[str, ...], int]:
        """Return a few facts to declare, and how many undetermined findings they would settle together."""
        sets: Counter[frozenset[str]] = Counter()
        for facts, count in self.missing.items():
            sets[frozenset(facts)] += count
        return fewest_facts(sets, limit)

    def settling_facts(self) -> tuple[tuple[str, int], ...]:
        """Return the facts that would settle undetermined findings, with how many each takes part in, most first."""
        counts: Counter[str] = Counter()
        for facts, count in self.missing.items():
            for fact in facts:
                counts[fact] += count
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def fewest_facts(
    missing: Iterable[frozenset[str]] | Mapping[frozenset[str], int], limit: int
) -> tuple[tuple[str, ...], int]:
    """Return up to `limit` facts chosen one by one to settle the most, and how many sets they cover together."""
    sets = Counter(missing)
    chosen: list[str] = []
    facts = sorted({fact for wanted in sets for fact in wanted})
    while facts and len(chosen) < limit:
        open_sets = {wanted - set(chosen): 0 for wanted in sets}
        for wanted, count in sets.items():
            open_sets[wanted - set(chosen)] += count
        open_sets.pop(frozenset(), None)
        if not open_sets:
            break
        settled = {fact: open_sets.get(frozenset({fact}), 0) for fact in facts}
        part = {fact: sum(n / len(w) for w, n in open_sets.items() if fact in w) for fact in facts}
        best = max(facts, key=lambda fact: (settled[fact], part[fact]))
        chosen.append(best)
        facts.remove(best)
    covered = sum(count for wanted, count in sets.items() if wanted <= set(chosen))
    return tuple(chosen), covered
