"""The ways of a comparison in, how long each takes beside the budgets for it out, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Compared
from aipolicy.evaluation.evaluation import RuleEvaluation
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.feature import path_of
from aipolicy.report.answer_words import rules, way_name
from aipolicy.report.ways_table import LABELS
from aipolicy.source.text import grouped
from aipolicy.value import NamedTuple

JsonObject = dict[str, Any]


class _Budget(NamedTuple):
    title: str
    estimates: Mapping[str, str]
    """Facts of an option by the heads of their columns, the least first."""


_BUDGETS: Mapping[str, _Budget] = {
    "latency.p95_ms": _Budget("Whole answers", {
        "at least": "option.latency_floor_ms", "half within": "option.latency_p50_ms",
        "95 % within": "option.latency_p95_ms",
    }),
    "latency.first_token_p95_ms": _Budget("First tokens", {
        "half within": "option.first_token_p50_ms", "95 % within": "option.first_token_p95_ms",
    }),
}  # fmt: skip
_WITHIN, _BEYOND, _NOT_KNOWN = "within it", "beyond it", "not known"
_SAYS = {
    Outcome.VIOLATED: _BEYOND, Outcome.UNDECLARED: _NOT_KNOWN, Outcome.UNDETERMINED: _NOT_KNOWN, Outcome.SATISFIED: _WITHIN,
}  # fmt: skip
_CLOSE = "too close to tell, measure it"
"""The budget lies between the ends of an estimate."""


def latency_tables(answering: Answering, rows: Iterable[Compared]) -> list[JsonObject]:
    """Return for each budget that limits something its words, and of each way its times in ms and what rules say of it.

    A time that is not known says so. What is said is that of rules that hold a time against the budget; without such rules,
    and where none applies, it is empty.
    """
    listed = tuple(rows)
    return [_table(answering, fact, budget, listed) for fact, budget in _BUDGETS.items() if _limits(answering, fact)]


def _limits(answering: Answering, fact: str) -> bool:
    return answering.expected.facts.values.get(fact, NOT_LIMITED) != NOT_LIMITED


def _table(answering: Answering, fact: str, budget: _Budget, rows: tuple[Compared, ...]) -> JsonObject:
    expected = answering.expected
    times = frozenset(budget.estimates.values())
    asking = [
        ruled for ruled in expected.rules
        if fact in ruled.active.rule.feature_reads and not times.isdisjoint(ruled.active.rule.option_reads)
    ]  # fmt: skip
    line = expected.feature.document.locate(path_of(fact)).start.line
    source = f"line {line}" if fact in expected.facts.declared else "assumed"
    return {
        "budget": f"{budget.title}: the budget for 95 % is {shown_value(expected.facts.values[fact])} ms ({source})",
        "columns": list(budget.estimates),
        "ways": [
            [LABELS[row.part], way_name(row.way), *_times(answering, row, budget), _said(answering, row, asking)]
            for row in rows
        ],
    }


def _times(answering: Answering, row: Compared, budget: _Budget) -> Iterator[str]:
    names = tuple(budget.estimates.values())
    values = row.way.option_set.values_of(row.way.number, names, answering.expected.workload)
    for name in names:
        value = values.get(name)
        yield grouped(round(value)) if isinstance(value, float) else _NOT_KNOWN


def _said(answering: Answering, row: Compared, asking: Iterable[RuleEvaluation]) -> str:
    """Return what the rules that read a budget say of a way, the weightiest first; empty where none applies to it."""
    rules_by_words: dict[str, list[str]] = {}
    for ruled in asking:
        outcomes = ruled.planned if row.way.option_set is answering.expected.planned else ruled.candidates
        is_close = outcomes.close >> row.way.number & 1
        words = _CLOSE if is_close else _SAYS.get(outcomes.outcome_of(row.way.number), "")
        rules_by_words.setdefault(words, []).append(ruled.active.rule.id)
    parts = [
        f"{words} ({rules(rules_by_words[words])})"
        for words in (_BEYOND, _CLOSE, _NOT_KNOWN)
        if words in rules_by_words
    ]
    return "; ".join(parts) or (_WITHIN if _WITHIN in rules_by_words else "")
