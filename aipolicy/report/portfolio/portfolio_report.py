"""A run with details in, everything that a report on it shows out, whatever it is written as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from aipolicy.evaluation.prepared_rule import ActiveRule
from aipolicy.findings.finding import Finding, Severity, Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.frameworks.states import State
from aipolicy.report.portfolio.assumed_alike import assumed_alike
from aipolicy.report.portfolio.clause_coverage import CoveredFramework, covered_frameworks
from aipolicy.report.portfolio.coming_months import ComingMonths
from aipolicy.report.portfolio.feature_row import FeatureRow, feature_rows
from aipolicy.report.portfolio.shared_questions import QuestionGroup, shared_questions
from aipolicy.report.portfolio.sums import Shares, Sum, concentration, money_shares, sum_of
from aipolicy.report.portfolio.waiver_ends import WaiverEnd, waiver_ends
from aipolicy.run.run_result import RunResult
from aipolicy.source.text import escaped
from aipolicy.value import Frozen, NamedTuple

NOT_IN_FORCE = frozenset({Stage.ANNOUNCED, Stage.WARNING})


class RuleInMap(NamedTuple):
    """A rule of which there is something to say for some feature, and for how many in each state."""

    id: str
    title: str
    coming: str
    """What becomes of a rule that is not yet in force, in words."""
    counts: Mapping[State, int]


class PortfolioReport(Frozen, kw_only=True):
    """What a report shows; text of input in it is escaped, and is markup nowhere."""

    as_of: str
    packs: tuple[tuple[str, str], ...]
    digest: str
    horizon_months: float
    rows: tuple[FeatureRow, ...]
    rules: Mapping[str, ActiveRule]
    """Every rule that was evaluated, by id."""
    assumed: Mapping[str, str]
    """What is assumed of every feature that does not declare it, by the name of the fact."""
    map: tuple[RuleInMap, ...]
    frameworks: tuple[CoveredFramework, ...]
    """Of which rules of the run speak."""
    answers: tuple[tuple[str, int], ...]
    """What to build in a few words, and for how many features."""
    blocked: int
    """Features of which something blocks a check."""
    together: Sum
    money: tuple[Shares, ...]
    concentration: tuple[Shares, ...]
    questions: tuple[QuestionGroup, ...] | None
    """None where nobody was asked: a run over many features asks none."""
    waivers: tuple[WaiverEnd, ...]
    coming: ComingMonths | None
    """None where no forecast was asked for."""
    others: tuple[Finding, ...]
    """Findings on manifests that are refused and on the run as a whole."""
    notices: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    """What was not evaluated, and why."""


def portfolio_report(result: RunResult, horizon_months: float, coming: ComingMonths | None = None) -> PortfolioReport:
    """Return the report on a run, with what is to come where that was asked for."""
    policy, files = result.policy, tuple(result.files)
    rules = {active.rule.id: active for active in policy.evaluator.rules}
    rows = feature_rows(files, (rule for rule, active in rules.items() if active.stage in NOT_IN_FORCE))
    names = {row.listed.feature.name for row in rows}
    has_questions = any(row.listed.answer is not None and row.listed.answer.questions is not None for row in rows)
    answers = Counter(row.answer for row in rows)
    return PortfolioReport(
        as_of=policy.catalog.as_of.isoformat(),
        packs=tuple((escaped(pack.name), escaped(pack.version)) for pack in policy.packs),
        digest=policy.digest,
        horizon_months=horizon_months,
        rows=rows,
        rules=rules,
        assumed=assumed_alike(row.details for row in rows if row.details),
        map=_rules_in_map(rows, rules),
        frameworks=covered_frameworks(rows, policy),
        answers=tuple(sorted(answers.items(), key=lambda counted: (-counted[1], counted[0]))),
        blocked=sum(bool(row.blocks) for row in rows),
        together=sum_of(rows),
        money=money_shares(rows),
        concentration=concentration(rows),
        questions=shared_questions(rows) if has_questions else None,
        waivers=waiver_ends(rows, (use for file in files for use in file.waiver_uses), policy),
        coming=coming,
        others=tuple(
            finding
            for finding in (*(own for file in files for own in file.findings), *result.closing)
            if finding.feature not in names
        ),
        notices=tuple(map(escaped, result.totals.notices)),
        skipped=tuple((escaped(skip.path), skip.reason) for skip in result.totals.skipped),
    )


def _rules_in_map(rows: Iterable[FeatureRow], rules: Mapping[str, ActiveRule]) -> tuple[RuleInMap, ...]:
    """Return the rules that a map shows, the weightiest first: by severity, then by how many features they concern."""
    counts: dict[str, Counter[State]] = {}
    for row in rows:
        for rule, state in row.states.items():
            counts.setdefault(rule, Counter())[state] += 1
    shown = []
    for rule, counted in counts.items():
        active = rules.get(rule)
        shown.append(RuleInMap(rule, title_of(rule, rules), "" if active is None else active.coming, counted))

    def weight(entry: RuleInMap) -> tuple[int, int, str]:
        active = rules.get(entry.id)
        severity = Severity.ERROR if active is None else active.severity
        return severity.rank, -sum(entry.counts.values()), entry.id

    return tuple(sorted(shown, key=weight))


def title_of(rule: str, rules: Mapping[str, ActiveRule]) -> str:
    """Return the title of a rule, of a requirement the title of its rule; the id where it is a rule of the program."""
    active = rules.get(rule) or rules.get(rule.partition("/")[0])
    if active is not None:
        return escaped(active.rule.title)
    return next((escaped(reserved.title) for reserved in RESERVED_RULES if reserved.id == rule), rule)
