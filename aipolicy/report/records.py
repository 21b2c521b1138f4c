"""Findings and features as plain records with every place resolved: what formats for machines are made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from aipolicy.findings import Change, Finding, Outcome, Place, Severity, Stage
from aipolicy.reserved_rules import RESERVED_RULES
from aipolicy.source.document import Document
from aipolicy.source.span import Span
from aipolicy.source.text import escaped

if TYPE_CHECKING:
    from aipolicy.checking import Policy
    from aipolicy.evaluation.evaluation import Evaluation
    from aipolicy.totals import Totals


class PlaceRecord(NamedTuple):
    """A place in a file; lines and columns count from 1, columns in UTF-16 code units, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    label: str


class FindingRecord(NamedTuple):
    """One finding. Text is as it was found and is escaped by each format in its own way, except what a terminal obeys."""

    rule: str
    name: str
    severity: str
    outcome: str
    message: str
    feature: str
    file: str
    path: str
    """Dotted path of the declaration that it is about; empty for the whole file."""
    place: PlaceRecord | None
    related: tuple[PlaceRecord, ...]
    why: str
    fix: str
    references: tuple[tuple[str, str, str], ...]
    """Title, URL and clause."""
    missing_facts: tuple[str, ...]
    change: str = ""
    """`new`, `worse`, `waived` or `unchanged` where findings were compared with earlier ones."""
    stage: str = ""
    """How far a rule has come that is not yet in force; empty for all others."""
    waived: str = ""
    """Until when, by whom and why it is waived, in words; empty where it is not."""
    waived_inline: bool = False
    """Whether a comment beside it says so."""

    @property
    def line(self) -> int:
        """Return the line it points at, 1 where there is none."""
        return 1 if self.place is None else self.place.line


class FeatureRecord(NamedTuple):
    """One feature with its verdict in words, and what became of every rule over its plan."""

    name: str
    file: str
    verdict: str
    outcomes: tuple[tuple[str, str], ...]


class RuleRecord(NamedTuple):
    """A rule that was evaluated, or one about manifests."""

    id: str
    name: str
    title: str
    severity: str
    why: str
    fix: str
    references: tuple[tuple[str, str, str], ...]
    stage: str = ""
    """How far a rule has come that is not yet in force; empty for all others."""
    coming: str = ""
    """What becomes of such a rule, in words."""


class Run(NamedTuple):
    """Everything that a format shows, findings in the order of files and lines."""

    findings: tuple[FindingRecord, ...]
    features: tuple[FeatureRecord, ...]
    rules: tuple[RuleRecord, ...]
    packs: tuple[tuple[str, str], ...]
    """Name and version."""
    files: int
    as_of: str
    fail_on: str
    exit_code: int
    costs: tuple[tuple[str, float | None, float | None], ...] = ()
    """Features whose monthly cost a change moves: name, USD before and after; None is unknown, or no feature."""
    noun: str = "feature"
    """What findings are about."""
    checked: str = ""
    """What was checked, in words, where that is not features."""
    category: str = ""
    """What tells this kind of run from others in code scanning, which replaces one run by the next of its kind."""

    def count(self, severity: Severity) -> int:
        """Return the findings of a severity that are not waived."""
        return sum(
            1 for each in self.findings if each.severity == severity.value and each.outcome != Outcome.WAIVED.value
        )

    def gates(self, finding: FindingRecord) -> bool:
        """Return whether a finding weighs enough for exit code 1."""
        if finding.outcome == Outcome.WAIVED.value or finding.change == Change.UNCHANGED.value:
            return False
        return Severity(finding.severity).rank <= Severity(self.fail_on).rank


def worst_first(findings: Iterable[FindingRecord]) -> list[FindingRecord]:
    """Return findings by severity, those of one severity in their own order."""
    return sorted(findings, key=lambda finding: Severity(finding.severity).rank)


class RecordsPage:
    """A format that is made from the whole run at once; parts of files are records until then."""

    def __init__(self, renderer: str, fail_on: Severity) -> None:
        self._renderer = renderer
        self._fail_on = fail_on

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return the findings of a file as JSON records."""
        return json.dumps([record_of(finding) for finding in findings])

    def features(self, evaluations: Sequence[Evaluation]) -> str:
        """Return the features of a file as JSON records."""
        return json.dumps([_feature(evaluation) for evaluation in evaluations])

    def whole(self, policy: Policy, totals: Totals, findings: Iterable[str], features: Iterable[str]) -> str:
        """Return the report that the renderer makes of all records."""
        run = Run(
            findings=tuple(_read_finding(each) for part in findings for each in json.loads(part)),
            features=tuple(_read_feature(each) for part in features for each in json.loads(part)),
            rules=_rules(policy),
            packs=tuple((pack.name, pack.version) for pack in policy.packs),
            files=totals.files,
            as_of=policy.catalog.as_of.isoformat(),
            fail_on=self._fail_on.value,
            exit_code=totals.exit_code(self._fail_on),
            costs=_costs(totals),
        )
        text: str = import_module(f"aipolicy.report.{self._renderer}").render(run)
        return text


def _costs(totals: Totals) -> tuple[tuple[str, float | None, float | None], ...]:
    if totals.comparison is None:
        return ()
    return tuple((escaped(each.feature), each.before_usd, each.after_usd) for each in totals.comparison.costs)


def record_of(finding: Finding) -> FindingRecord:
    """Return a finding as a record."""
    return FindingRecord(
        rule=finding.rule_id,
        name=finding.rule_name,
        severity=finding.severity.value,
        outcome=finding.outcome.value,
        message=escaped(finding.message),
        feature=escaped(finding.feature),
        file=escaped(finding.file),
        path=escaped(finding.subject or ".".join(map(str, finding.place.path))),
        place=_place(finding, finding.place),
        related=tuple(place for each in finding.related if (place := _place(finding, each)) is not None),
        why=escaped(finding.why),
        fix=escaped(finding.fix),
        references=tuple((escaped(each.title), escaped(each.url), escaped(each.clause)) for each in finding.references),
        missing_facts=finding.missing_facts,
        change="" if finding.change is None else finding.change.value,
        stage="" if finding.stage in (None, Stage.IN_FORCE) else str(finding.stage),
        waived=escaped(finding.waiver.words) if finding.waiver is not None and finding.waiver.holds else "",
        waived_inline=finding.waiver is not None and finding.waiver.inline,
    )


def _place(finding: Finding, place: Place) -> PlaceRecord | None:
    span = finding.span_of(place)
    if span is None:
        return None
    start = _utf16_column(finding.document, span.start.line, span.start.column)
    end = _utf16_column(finding.document, span.end.line, span.end.column)
    return PlaceRecord(span.start.line, start, *_end(span, start, end), escaped(place.label))


def _end(span: Span, start_column: int, end_column: int) -> tuple[int, int]:
    if span.end.line == span.start.line:
        return span.end.line, max(end_column, start_column + 1)
    return span.end.line, max(end_column, 1)


def _utf16_column(document: Document | None, line: int, column: int) -> int:
    """Return a column in UTF-16 code units: characters beyond the first 65,536 take two."""
    if document is None or document.source.text.isascii():
        return column
    lines = document.source.text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    return column + sum(1 for character in before if ord(character) > 0xFFFF)


def _feature(evaluation: Evaluation) -> FeatureRecord:
    from aipolicy.report.text import verdict_line

    outcomes = []
    for ruled in evaluation.rules:
        planned = ruled.planned
        outcome = (
            Outcome.VIOLATED if planned.violated else Outcome.UNDETERMINED if planned.undetermined
            else Outcome.UNDECLARED if planned.undeclared
            else Outcome.SATISFIED if planned.satisfied else Outcome.NOT_APPLICABLE
        )  # fmt: skip
        outcomes.append((ruled.active.rule.id, outcome.value))
    return FeatureRecord(
        escaped(evaluation.feature.name),
        escaped(evaluation.feature.file),
        escaped(verdict_line(evaluation)),
        tuple(outcomes),
    )


def _rules(policy: Policy) -> tuple[RuleRecord, ...]:
    reserved = [RuleRecord(r.id, r.name, r.title, r.severity.value, r.why, r.fix, ()) for r in RESERVED_RULES]
    evaluated = [
        RuleRecord(
            rule.id, rule.name, rule.title, rule.severity.value, rule.why, rule.fix,
            tuple((each.title, each.url, each.clause) for each in rule.references),
            stage="" if active.stage is Stage.IN_FORCE else active.stage.value, coming=active.coming,
        )
        for active in (*policy.evaluator.rules, *policy.active_portfolio_rules)
        for rule in (active.rule,)
    ]  # fmt: skip
    return tuple(sorted((*reserved, *evaluated)))


def _read_finding(values: list[Any]) -> FindingRecord:
    record = FindingRecord(*values)
    return record._replace(
        place=None if record.place is None else PlaceRecord(*record.place),
        related=tuple(PlaceRecord(*each) for each in record.related),
        references=tuple((title, url, clause) for title, url, clause in record.references),
        missing_facts=tuple(record.missing_facts),
    )


def _read_feature(values: list[Any]) -> FeatureRecord:
    record = FeatureRecord(*values)
    return record._replace(outcomes=tuple((rule, outcome) for rule, outcome in record.outcomes))
