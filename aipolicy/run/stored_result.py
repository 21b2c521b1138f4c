"""The result of a file as bytes and back: compressed JSON, so that nothing that is kept between runs can run code."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aipolicy.findings.finding import (
    Decided,
    Finding,
    Outcome,
    Place,
    Reference,
    Replacement,
    Severity,
    Stage,
    WaiverNote,
    Worse,
)
from aipolicy.manifest.skipped import Skipped
from aipolicy.run.answer_result import (
    AnswerResult,
    ChangeResult,
    ConflictResult,
    GapResult,
    MeasureResult,
    PlanResult,
    ThenResult,
    ToDoResult,
    WayResult,
)
from aipolicy.run.feature_result import FeatureResult, NeedResult, VerdictResult
from aipolicy.run.file_result import FileResult
from aipolicy.source.document import Document, SourceFile
from aipolicy.source.span import Position, Span

if TYPE_CHECKING:
    from aipolicy.policy.cel.interval import Interval
    from aipolicy.portfolio.feature_records import KeptFeature, Membership, Words

_FASTEST = 1
_NOTE_FIELDS = (
    "at", "holds", "state", "detail", "reason", "owner", "approver", "ticket", "expires", "days_left", "inline",
)  # fmt: skip


def result_to_bytes(result: FileResult) -> bytes:
    """Return a result as bytes."""
    pointed_into = (finding.document.source for finding in result.findings if finding.document is not None)
    sources = {source: number for number, source in enumerate(dict.fromkeys(pointed_into))}
    plain = (
        result.files,
        [(source.path, source.text) for source in sources],
        [_finding_to_plain(finding, sources) for finding in result.findings],
        result.features,
        result.evaluated,
        result.skipped,
        [(*use[:3], use.state.value, *use[4:]) for use in result.waiver_uses],
        result.unread,
        [_record_to_plain(record) for record in result.records],
        result.unread_files,
    )
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), _FASTEST)


def result_from_bytes(content: bytes | memoryview) -> FileResult:
    """Return the result that bytes stand for; of documents that findings point into, the text alone comes back."""
    files, texts, findings, features, evaluated, skipped, uses, unread, records, unread_files = json.loads(
        zlib.decompress(content)
    )
    sources = [SourceFile(path, text) for path, text in texts]
    return FileResult(
        files=files,
        findings=tuple(_finding_from_plain(finding, sources) for finding in findings),
        features=tuple(_feature_from_plain(feature) for feature in features),
        evaluated=evaluated,
        skipped=tuple(Skipped(*skip) for skip in skipped),
        waiver_uses=_uses_from_plain(uses) if uses else (),
        unread=unread,
        records=_records_from_plain(records) if records else (),
        unread_files=tuple(unread_files),
    )


def _finding_to_plain(finding: Finding, sources: Mapping[SourceFile, int]) -> tuple[Any, ...]:
    document, replacement, waiver = finding.document, finding.replacement, finding.waiver
    return (
        finding.rule_id, finding.rule_name, finding.severity, finding.outcome, finding.message, finding.file,
        finding.feature,
        None if document is None else (sources[document.source], document.index),
        _place_to_plain(finding.place),
        [_place_to_plain(place) for place in finding.related],
        finding.why, finding.fix,
        [(reference.title, reference.url, reference.clause) for reference in finding.references],
        finding.missing_facts,
        None if replacement is None else (replacement.old, replacement.new, replacement.safe),
        finding.stage,
        None if waiver is None else [getattr(waiver, name) for name in _NOTE_FIELDS],
        finding.subject,
        [(fact.name, fact.value, fact.worse, fact.against) for fact in finding.decided_by],
    )  # fmt: skip


def _finding_from_plain(plain: list[Any], sources: Sequence[SourceFile]) -> Finding:
    (rule_id, rule_name, severity, outcome, message, file, feature, document, place, related, why, fix, references,
     missing, replacement, stage, waiver, subject, decided) = plain  # fmt: skip
    return Finding(
        rule_id=rule_id, rule_name=rule_name, severity=Severity(severity), outcome=Outcome(outcome), message=message,
        file=file, feature=feature,
        document=None if document is None else Document(sources[document[0]], document[1], None),
        place=_place_from_plain(place), related=tuple(map(_place_from_plain, related)), why=why, fix=fix,
        references=tuple(Reference(title=title, url=url, clause=clause) for title, url, clause in references),
        missing_facts=tuple(missing),
        replacement=None if replacement is None else Replacement(*replacement),
        stage=None if stage is None else Stage(stage),
        waiver=None if waiver is None else WaiverNote(**dict(zip(_NOTE_FIELDS, waiver, strict=True))),
        subject=subject,
        decided_by=tuple(
            Decided(name, tuple(value) if isinstance(value, list) else value, Worse(worse), tuple(against))
            for name, value, worse, against in decided
        ),
    )  # fmt: skip


def _place_to_plain(place: Place) -> tuple[Any, ...]:
    span = place.span
    ends = None if span is None else (span.start.line, span.start.column, span.end.line, span.end.column)
    return place.path, place.part, ends, place.label


def _place_from_plain(plain: list[Any]) -> Place:
    path, part, ends, label = plain
    span = None if ends is None else Span(Position(ends[0], ends[1]), Position(ends[2], ends[3]))
    return Place(path=tuple(path), part=part, span=span, label=label)


def _feature_from_plain(plain: list[Any]) -> FeatureResult:
    feature = FeatureResult(*plain)
    verdict = None if feature.verdict is None else VerdictResult(*feature.verdict)
    if verdict is not None:
        verdict = verdict._replace(needs=tuple(NeedResult(*need) for need in verdict.needs))
    answer = None if feature.answer is None else _answer_from_plain(list(feature.answer))
    return feature._replace(verdict=verdict, answer=answer)


def _answer_from_plain(plain: list[Any]) -> AnswerResult:
    answer = AnswerResult(*plain)

    def way(plain_way: list[Any] | None) -> WayResult | None:
        return None if plain_way is None else WayResult(*plain_way)

    def changes(plain_changes: list[list[Any]] | None) -> tuple[ChangeResult, ...] | None:
        if plain_changes is None:
            return None
        return tuple(ChangeResult(*change)._replace(then=ThenResult(*change[-1])) for change in plain_changes)

    plan, conflict = plain[AnswerResult._fields.index("plan")], plain[AnswerResult._fields.index("conflict")]
    return answer._replace(
        recommended=way(plain[AnswerResult._fields.index("recommended")]),
        runner_up=way(plain[AnswerResult._fields.index("runner_up")]),
        plan=None if plan is None else PlanResult(WayResult(*plan[0]), plan[1]),
        to_do=tuple(ToDoResult(*to_do) for to_do in answer.to_do),
        gaps=tuple(GapResult(*gap) for gap in answer.gaps),
        conflict=None if conflict is None else ConflictResult(conflict[0], changes(conflict[1])),
        questions=changes(plain[AnswerResult._fields.index("questions")]),
        measures=tuple(MeasureResult(*measure)._replace(way=WayResult(*measure[0])) for measure in answer.measures),
    )


def _uses_from_plain(plain: list[list[Any]]) -> tuple[Any, ...]:
    from aipolicy.waivers.waiver import WaiverState, WaiverUse

    return tuple(WaiverUse(*use)._replace(state=WaiverState(use[3])) for use in plain)


def _record_to_plain(record: KeptFeature) -> tuple[Any, ...]:
    entries = [None if entry is None else _entry_to_plain(entry) for entry in record.entries]
    return record.name, record.file, record.past_prototype, entries


def _entry_to_plain(entry: Membership) -> tuple[Any, ...]:
    amounts = [_amount_to_plain(amount) for amount in entry.amounts]
    return entry.certain, _words_to_plain(entry.groups), amounts, *entry[3:]


def _words_to_plain(words: Words) -> Any:
    return sorted(words.certain), None if words.possible is None else sorted(words.possible)


def _amount_to_plain(amount: Interval | Words) -> Any:
    from aipolicy.policy.cel.interval import Interval

    if isinstance(amount, Interval):
        return "amount", *(None if end is None else str(end) for end in amount)
    return "words", *_words_to_plain(amount)


def _records_from_plain(plain: list[list[Any]]) -> tuple[KeptFeature, ...]:
    from fractions import Fraction

    from aipolicy.policy.cel.interval import Interval
    from aipolicy.portfolio.feature_records import KeptFeature, Membership, Words

    def words(certain: list[str], possible: list[str] | None) -> Words:
        return Words(frozenset(certain), None if possible is None else frozenset(possible))

    def end(text: str | None) -> Fraction | None:
        return None if text is None else Fraction(text)

    def amount(kind: str, low: Any, high: Any) -> Interval | Words:
        return Interval(end(low), end(high)) if kind == "amount" else words(low, high)

    def entry(certain: bool, groups: list[Any], amounts: list[Any], *names: Any) -> Membership:
        over, group, missing, group_place, places = names
        return Membership(
            certain, words(*groups), tuple(amount(*values) for values in amounts), tuple(over), tuple(group),
            tuple(map(tuple, missing)), group_place, tuple(places),
        )  # fmt: skip

    return tuple(
        KeptFeature(
            name, file, past, tuple(None if membership is None else entry(*membership) for membership in entries)
        )
        for name, file, past, entries in plain
    )
