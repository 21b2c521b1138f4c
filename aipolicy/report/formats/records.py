"""Findings and features as plain records with every place resolved: what formats for machines are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from aipolicy.findings.finding import Finding, FindingChange, Outcome, Place, Severity, Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.manifest.skipped import skip_lines
from aipolicy.report.terminal.style import Styler
from aipolicy.report.view import WIDTH_OF_FILES, View
from aipolicy.source.document import Document
from aipolicy.source.span import Span
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.run.feature_result import FeatureResult
    from aipolicy.run.policy import Policy
    from aipolicy.run.run_result import RunResult
    from aipolicy.run.totals_and_exit_code import Totals


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
    """`new`, `worse`, `waived`, `changed` or `unchanged` where findings were compared with earlier ones."""
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
    """One feature with its answer, and what became of every rule over its plan."""

    name: str
    file: str
    verdict: str
    """What to build, in words; empty where no answer was asked for."""
    outcomes: tuple[tuple[str, str], ...]
    answer: Mapping[str, object] | None = None
    """The answer as `check --format json` has it; None where it was not asked for."""


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
    law: tuple[tuple[str, str], ...] = ()
    """What it says of the law behind it on the day of the run, each as key and words."""
    controls: tuple[tuple[str, str, str], ...] = ()
    """Framework, id and relation of the controls that it has to do with."""


class FileRecords(NamedTuple):
    """The findings and features of a file, or of several."""

    findings: Sequence[FindingRecord] = ()
    features: Sequence[FeatureRecord] = ()


class Run(NamedTuple):
    """Everything that a format shows, in the order of files and lines; it can be gone through again and again."""

    by_file: Iterable[FileRecords]
    rules: tuple[RuleRecord, ...]
    packs: tuple[tuple[str, str], ...]
    """Name and version."""
    files: int
    as_of: str
    fail_on: str
    exit_code: int
    closing: tuple[FindingRecord, ...] = ()
    """Findings on the run as a whole."""
    costs: tuple[tuple[str, float | None, float | None], ...] = ()
    """Features whose monthly cost a change moves: name, USD before and after; None is unknown, or no feature."""
    noun: str = "feature"
    """What findings are about."""
    checked: str = ""
    """What was checked, in words, where that is not features."""
    notices: tuple[str, ...] = ()
    """What else is to be said of the whole run, what was skipped and why among it; safe to show."""
    category: str = ""
    """What tells this kind of run from others in code scanning, which replaces one run by the next of its kind."""
    width: int = WIDTH_OF_FILES
    """Columns of what people read."""
    style: Styler = Styler()

    def findings(self) -> Iterator[FindingRecord]:
        """Yield every finding."""
        for file in self.by_file:
            yield from file.findings
        yield from self.closing

    def features(self) -> Iterator[FeatureRecord]:
        """Yield every feature."""
        for file in self.by_file:
            yield from file.features

    def gates(self, finding: FindingRecord) -> bool:
        """Return whether a finding weighs enough for exit code 1."""
        if finding.outcome == Outcome.WAIVED.value or (finding.change and not FindingChange(finding.change).gates):
            return False
        return Severity(finding.severity).rank <= Severity(self.fail_on).rank


class WorstFindings:
    """The first findings of each severity, worst first, and how many there are; never more than are shown."""

    def __init__(self, most: Mapping[str, int] | int) -> None:
        self._most = most
        self._first: dict[str, list[FindingRecord]] = {severity.value: [] for severity in Severity}
        self.counts: Counter[str] = Counter()
        """All findings, by severity."""

    def add(self, finding: FindingRecord) -> None:
        """Add a finding, in the order of the run."""
        self.counts[finding.severity] += 1
        most = self._most if isinstance(self._most, int) else self._most[finding.severity]
        if len(self._first[finding.severity]) < most:
            self._first[finding.severity].append(finding)

    def __iter__(self) -> Iterator[FindingRecord]:
        return chain.from_iterable(self._first.values())

    def __len__(self) -> int:
        return self.counts.total()


class _Again:
    """Records that are made anew each time they are gone through, so that a long run is never held as a whole."""

    def __init__(self, made: Callable[[], Iterator[FileRecords]]) -> None:
        self._made = made

    def __iter__(self) -> Iterator[FileRecords]:
        return self._made()


def run_of(result: RunResult, view: View) -> Run:
    """Return a run as records."""
    totals = result.totals

    def records(findings: Iterable[Finding]) -> tuple[FindingRecord, ...]:
        return tuple(record_of(f) for f in findings if view.unchanged or f.change is not FindingChange.UNCHANGED)

    def by_file() -> Iterator[FileRecords]:
        for file in result.files:
            yield FileRecords(records(file.findings), tuple(map(_feature, file.features)))

    return Run(
        by_file=_Again(by_file),
        closing=records(result.closing),
        rules=_rules(result.policy),
        packs=tuple((pack.name, pack.version) for pack in result.policy.packs),
        files=totals.files,
        as_of=result.policy.catalog.as_of.isoformat(),
        fail_on=view.fail_on,
        exit_code=totals.exit_code(Severity(view.fail_on)),
        costs=_costs(totals),
        width=view.width,
        style=view.style,
        category=view.category,
        notices=(*totals.notices, *skip_lines(totals.skipped)),
    )


def _costs(totals: Totals) -> tuple[tuple[str, float | None, float | None], ...]:
    if totals.comparison is None:
        return ()
    return tuple((escaped(cost.feature), cost.before_usd, cost.after_usd) for cost in totals.comparison.costs)


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
        related=tuple(place for other in finding.related if (place := _place(finding, other)) is not None),
        why=escaped(finding.why),
        fix=escaped(finding.fix),
        references=tuple(
            (escaped(reference.title), escaped(reference.url), escaped(reference.clause))
            for reference in finding.references
        ),
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


def _feature(feature: FeatureResult) -> FeatureRecord:
    from aipolicy.report.answer_json import answer_fields
    from aipolicy.report.answer_words import answer_words

    return FeatureRecord(
        escaped(feature.name),
        escaped(feature.file),
        "" if feature.answer is None else answer_words(feature.answer),
        tuple((rule, outcome) for rule, outcome in feature.outcomes),
        None if feature.answer is None else answer_fields(feature.answer),
    )


def _rules(policy: Policy) -> tuple[RuleRecord, ...]:
    from aipolicy.policy.law_words import law_facts, law_of

    reserved = [RuleRecord(r.id, r.name, r.title, r.severity.value, r.why, r.fix, ()) for r in RESERVED_RULES]
    evaluated = [
        RuleRecord(
            rule.id, rule.name, rule.title, rule.severity.value, rule.why, rule.fix,
            tuple((reference.title, reference.url, reference.clause) for reference in rule.references),
            stage="" if active.stage is Stage.IN_FORCE else active.stage.value, coming=active.coming,
            law=law_facts(rule, policy.catalog.as_of), controls=tuple(law_of(rule).controls),
        )
        for active in (*policy.evaluator.rules, *policy.active_portfolio_rules)
        for rule in (active.rule,)
    ]  # fmt: skip
    return tuple(sorted((*reserved, *evaluated)))
