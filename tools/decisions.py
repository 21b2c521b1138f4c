"""What aipolicy answers to the published decisions, and what it would ask, as a table for their page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from aipolicy.config.config import RecommendationTable
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import find_manifests
from aipolicy.report.answer_words import answer_words, change_words, then_words
from aipolicy.run.answer_result import AnswerResult, ChangeResult, answering_of, result_of_answer
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import load_policy

_DECISIONS = Path(__file__).resolve().parent.parent / "examples" / "decisions"
_DAY = date(2026, 11, 29)
"""The day on which the catalog first knew what providers charge for training."""
_SHOWN = 3


def decision_rows() -> list[tuple[str, str, str]]:
    """Return for each published decision its name, the answer, and the first changes that lead elsewhere."""
    policy = load_policy(PolicySettings(as_of=_DAY))
    weighed = RecommendationTable()
    asked = AnswersAsked(weighed.margin_percent, weighed.horizon_months)
    rows = []
    for evaluation in check(find_manifests((_DECISIONS,), stdin=lambda: b""), policy, SOME_FEATURES).evaluations:
        answer = result_of_answer(answering_of(evaluation, policy.evaluator, asked), Depth.FULL)
        rows.append((f"`{evaluation.feature.name}`", answer_words(answer), "; ".join(_asked(answer))))
    return rows


def _asked(answer: AnswerResult) -> list[str]:
    """Return what would lead elsewhere, or out of a conflict."""
    changes: Sequence[ChangeResult] = answer.questions or ()
    if answer.conflict is not None:
        changes = answer.conflict.changes or ()
    return [
        f"`{change_words(change.facts, change.bounds)}`: {then_words(change.then)}"
        for change in changes[:_SHOWN]
    ]  # fmt: skip
