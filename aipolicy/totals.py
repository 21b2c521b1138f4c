"""What a run, or one file of it, adds up to; totals of files add up to those of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aipolicy.findings import Change, Finding, Outcome, Severity

if TYPE_CHECKING:
    from aipolicy.comparison import Comparison
    from aipolicy.evaluation.evaluation import Evaluation

EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNUSABLE, EXIT_NOTHING, EXIT_INTERNAL = range(5)
"""A larger code is worse, because pre-commit keeps the largest of several runs."""


@dataclass(slots=True, kw_only=True)
class Totals:
    """Counts of files, features, verdicts and findings."""

    files: int = 0
    features: int = 0
    judged: bool = False
    """Whether any rule had something to judge."""
    free: int = 0
    """Features with a way that is free of doubt."""
    conflicts: int = 0
    """Features with no way left."""
    needs: Counter[str] = field(default_factory=Counter)
    """Features that certainly have a need, by its id."""
    severities: Counter[Severity] = field(default_factory=Counter)
    waived: Counter[Severity] = field(default_factory=Counter)
    known: Counter[Severity] = field(default_factory=Counter)
    """Findings that are not waived and no worse than what they were compared with: they do not gate."""
    comparison: Comparison | None = None
    """What the findings were compared with, for the whole run."""
    undetermined: int = 0
    missing: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Undetermined findings by the facts that would settle each, where declarations can."""
    skipped: tuple[str, ...] = ()
    waivers: Counter[str] = field(default_factory=Counter)
    """Waivers of the features that were judged, by what became of them."""
    portfolio_rules: int = 0
    """Rules over all features of the run that were evaluated, for the whole run."""
    notices: tuple[str, ...] = ()
    """What has to be said about the whole run beside its findings."""

    def add_portfolio(self, rules: int, partial: str) -> None:
        """Add rules over all features, or why they were left out."""
        if rules and partial:
            counted = f"{rules} portfolio rule" + (" was" if rules == 1 else "s were")
            self.notices += (f"{counted} not evaluated: {partial}",)
        elif rules:
            self.portfolio_rules += rules
            self.judged |= self.features > 0

    def add(self, other: Totals) -> None:
        """Add the totals of another file, in the order in which files are reported."""
        self.files += other.files
        self.features += other.features
        self.judged |= other.judged
        self.free += other.free
        self.conflicts += other.conflicts
        self.needs.update(other.needs)
        self.severities.update(other.severities)
        self.waived.update(other.waived)
        self.known.update(other.known)
        self.undetermined += other.undetermined
        self.missing.update(other.missing)
        self.skipped += other.skipped
        self.waivers.update(other.waivers)

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


def totals_of(evaluations: Iterable[Evaluation], findings: Iterable[Finding], *, files: int, judged: bool,
              skipped: tuple[str, ...]) -> Totals:  # fmt: skip
    """Return what features and findings add up to."""
    totals = Totals(files=files, judged=judged, skipped=skipped)
    for evaluation in evaluations:
        verdict = evaluation.expected.verdict
        totals.features += 1
        totals.free += bool(verdict.admissible)
        totals.conflicts += not verdict.remaining
        totals.needs.update(need.id for need in verdict.needs if need.certain)
    for finding in findings:
        totals.severities[finding.severity] += 1
        if finding.outcome is Outcome.WAIVED:
            totals.waived[finding.severity] += 1
        elif finding.change is Change.UNCHANGED:
            totals.known[finding.severity] += 1
        if finding.outcome is Outcome.UNDETERMINED:
            totals.undetermined += 1
            if finding.missing_facts:
                totals.missing[finding.missing_facts] += 1
    return totals


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
