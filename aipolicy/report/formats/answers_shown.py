"""Formats in, how deep the answers to features are asked for: what no format shows is not worked out."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.config.config import RecommendationTable
from aipolicy.run.answers_asked import AnswersAsked, Depth

MAX_BLOCKS = 3
"""Features without findings up to which people see each answered in several lines; more take a line each."""
MAX_NAMED = 20
"""Files up to which people see every feature; beyond, those without findings are counted, and questions are left out."""
MAX_QUESTIONED = 200
"""Files up to which programs get what is worth asking of each; a run over more would take minutes to try it all."""

_FOR_PEOPLE = frozenset({"text", "markdown", "github"})
_FOR_PROGRAMS = frozenset({"json", "sarif"})
_OF_RULES = frozenset({"json", "junit"})
"""Formats that show what became of every rule."""


def answers_asked(formats: Iterable[str], files: int, recommendation: RecommendationTable) -> AnswersAsked:
    """Return the deepest answers that any of the formats shows of so many files."""
    shown = tuple(formats)
    depths = [_depths(output_format, files) for output_format in shown]
    return AnswersAsked(
        recommendation.margin_percent, recommendation.horizon_months,
        max(without for without, _ in depths), max(beside for _, beside in depths), recommendation.fixed,
        rules=not _OF_RULES.isdisjoint(shown),
    )  # fmt: skip


def all_answers(recommendation: RecommendationTable) -> AnswersAsked:
    """Return that every feature is answered with what is worth asking of it, however many there are."""
    return AnswersAsked(
        recommendation.margin_percent, recommendation.horizon_months, Depth.FULL, Depth.FULL, recommendation.fixed
    )


def _depths(output_format: str, files: int) -> tuple[Depth, Depth]:
    """Return how deep features without findings are answered, and the others."""
    if output_format in _FOR_PROGRAMS:
        depth = Depth.DRAWN if files <= MAX_QUESTIONED else Depth.BRIEF
        return depth, depth
    if output_format in _FOR_PEOPLE:
        return (Depth.BRIEF, Depth.FULL) if files <= MAX_NAMED else (Depth.NONE, Depth.BRIEF)
    return Depth.NONE, Depth.NONE
