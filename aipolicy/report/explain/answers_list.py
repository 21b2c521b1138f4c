"""Results of files in, the answers to their features out: one a feature, in the order that is asked for, and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.report.answer_words import CERTAINTIES, change_words, kind_words, then_words
from aipolicy.report.formats.csv_rows import csv_cell, csv_row
from aipolicy.run.answer_result import AnswerResult, ChangeResult
from aipolicy.run.feature_result import FeatureResult
from aipolicy.run.file_result import FileResult
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

COLUMNS = (
    "feature", "file", "owner", "lifecycle", "hosting", "adaptation", "provider", "model", "region", "monthly_usd",
    "cost_is_whole", "certainty", "blocks", "question",
)  # fmt: skip
_CERTAINTY_ORDER = ("expected-with-gap", "expected", "certain")


class ListedAnswer(NamedTuple):
    """A feature with its answer, None where it is retired or its manifest is refused, and the rules that block a check."""

    feature: FeatureResult
    blocks: tuple[str, ...]

    @property
    def answer(self) -> AnswerResult | None:
        """Return the answer; None where there is none."""
        return self.feature.answer

    @property
    def monthly_usd(self) -> float | None:
        """Return what a month of what is recommended costs at least, None where nothing is recommended."""
        way = None if self.answer is None else self.answer.recommended
        return None if way is None else way.monthly_usd

    @property
    def question(self) -> ChangeResult | None:
        """Return what is worth asking first."""
        questions = () if self.answer is None else self.answer.questions or ()
        return questions[0] if questions else None

    @property
    def owner(self) -> str:
        """Return who answers for the feature; empty where nobody said."""
        return str(self.feature.declared.get("metadata.owner") or "")


SORTED_BY: Mapping[str, Callable[[ListedAnswer], tuple[object, ...]]] = {
    "file": lambda answer: (),
    "name": lambda answer: (answer.feature.name,),
    "answer": lambda answer: (answer_of(answer), answer.feature.name),
    "cost": lambda answer: (-(answer.monthly_usd or 0.0), answer.feature.name),
    "certainty": lambda answer: (_certainty(answer), answer.feature.name),
    "blocks": lambda answer: (-len(answer.blocks), answer.feature.name),
}
"""The orders in which answers are listed; files in the order in which they are found."""


def listed_answers(files: Iterable[FileResult], sorted_by: str) -> tuple[ListedAnswer, ...]:
    """Return the answers to all features in an order."""
    listed = []
    for file in files:
        for feature in file.features:
            mine = [finding for finding in file.findings if finding.feature == feature.name]
            listed.append(ListedAnswer(feature, blocking_rules(mine)))
    return tuple(sorted(listed, key=SORTED_BY[sorted_by]))


def answers_csv(answers: Sequence[ListedAnswer]) -> str:
    """Return a head and a row a feature, with CRLF as line end; no cell is read as a formula."""
    return csv_row(COLUMNS) + "".join(csv_row(map(csv_cell, _cells(answer))) for answer in answers)


def answer_of(listed: ListedAnswer) -> str:
    """Return what to build in a few words."""
    answer = listed.answer
    if answer is None:
        return "not answered"
    if answer.recommended is not None:
        return kind_words(answer.recommended.hosting, answer.recommended.adaptation)
    return "retired" if answer.conflict is None else "nothing remains"


def certainty_of(listed: ListedAnswer) -> str:
    """Return how sure the answer is, in words; empty where there is none."""
    return "" if listed.answer is None else CERTAINTIES[listed.answer.certainty].lower()


def blocked_by(listed: ListedAnswer) -> tuple[str, ...]:
    """Return what blocks: the rules of findings that gate, else those that leave nothing to build."""
    conflict = None if listed.answer is None else listed.answer.conflict
    return listed.blocks if listed.blocks or conflict is None else tuple(conflict.rules)


def asked_first(listed: ListedAnswer) -> str:
    """Return the facts that are worth asking first."""
    return "" if listed.question is None else " and ".join(map(escaped, listed.question.facts))


def first_question(listed: ListedAnswer) -> str:
    """Return what is worth asking first, with what one other value leads to."""
    question = listed.question
    if question is None or listed.answer is None:
        return ""
    words = then_words(question.then, listed.answer.broken)
    return f"{change_words(question.facts, question.bounds)}: {words}"


def blocking_rules(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the rules of severity error that gate: violated, or undetermined where that is an error as well."""
    return tuple(
        dict.fromkeys(
            finding.rule_id
            for finding in findings
            if finding.severity is Severity.ERROR and finding.outcome is not Outcome.WAIVED
        )
    )


def _certainty(listed: ListedAnswer) -> int:
    return -1 if listed.answer is None else _CERTAINTY_ORDER.index(listed.answer.certainty)


def _cells(listed: ListedAnswer) -> tuple[str, ...]:
    feature, answer = listed.feature, listed.answer
    way = None if answer is None else answer.recommended
    words = (None,) * 5 if way is None else (way.hosting, way.adaptation, way.provider, way.model, way.region)
    usd = "" if way is None else f"{way.monthly_usd:.2f}"
    whole = "" if way is None else str(way.is_whole).lower()
    return (
        escaped(feature.name), escaped(feature.file), escaped(listed.owner), feature.lifecycle,
        *(escaped(word or "") for word in words), usd, whole, "" if answer is None else answer.certainty,
        " ".join(blocked_by(listed)), first_question(listed),
    )  # fmt: skip
