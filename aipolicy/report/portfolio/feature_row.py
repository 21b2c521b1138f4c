"""A feature of a run as reports on many of them show it: its answer, costs, what blocks, and what became of each rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aipolicy.findings.finding import Finding
from aipolicy.frameworks.states import State
from aipolicy.report.answer_words import usd_words
from aipolicy.report.explain.answers_list import (
    ListedAnswer,
    answer_of,
    asked_first,
    blocked_by,
    blocking_rules,
    certainty_of,
    first_question,
)
from aipolicy.report.portfolio.rule_states import rule_states, stated_rules
from aipolicy.report.ways_table import short_usd
from aipolicy.run.file_result import FileResult
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

_BUILD = "build"


class Cost(NamedTuple):
    """What a way costs in USD, people included; of a cost that is known in part, the known parts."""

    running_usd: float
    people_usd: float
    monthly_usd: float
    low_usd: float | None
    """The month that one draw in ten stays below; None where nothing can be drawn."""
    high_usd: float | None
    total_usd: float
    """Over the horizon."""
    is_whole: bool

    @property
    def words(self) -> str:
        """Return a month of it."""
        return ("" if self.is_whole else ">=") + usd_words(self.monthly_usd)

    @property
    def total_words(self) -> str:
        """Return what it costs over the horizon."""
        return ("" if self.is_whole else ">=") + usd_words(self.total_usd)

    @property
    def range_words(self) -> str:
        """Return the range that eight draws in ten lie in; empty where nothing is drawn."""
        if self.low_usd is None or self.high_usd is None:
            return ""
        return f"{short_usd(self.low_usd)} to {short_usd(self.high_usd)}"


class FeatureRow(NamedTuple):
    """A feature; every text of input in it is escaped, and is markup nowhere."""

    anchor: str
    """What its section is called in addresses; no two features have the same."""
    listed: ListedAnswer
    name: str
    file: str
    owner: str
    answer: str
    """What to build, in a few words."""
    certainty: str
    blocks: tuple[str, ...]
    asked: str
    """The facts that are worth asking first."""
    question: str
    """The same with what one other value leads to."""
    cost: Cost | None
    """Of what is recommended; None where nothing is."""
    stated: Mapping[str, State]
    """Every rule that was evaluated; none where the manifest is refused."""
    states: Mapping[str, State]
    """The rules of which there is something to say."""
    findings: Sequence[Finding]
    details: Mapping[str, Any]
    """What `feature_details` made; empty where the manifest is refused."""


def feature_rows(files: Iterable[FileResult], coming: Iterable[str]) -> tuple[FeatureRow, ...]:
    """Return the features of a run in the order of files; `coming` are the rules that are not yet in force."""
    names: Counter[str] = Counter()
    rows, not_yet = [], frozenset(coming)
    for file in files:
        for feature in file.features:
            mine = [finding for finding in file.findings if finding.feature == feature.name]
            mine.sort(key=lambda finding: finding.severity.rank)
            listed = ListedAnswer(feature, blocking_rules(mine))
            names[feature.name] += 1
            again = names[feature.name]
            anchor = f"f-{feature.name}" + (f"~{again}" if again > 1 else "")
            rows.append(_row(anchor, listed, mine, not_yet))
    return tuple(rows)


def _row(anchor: str, listed: ListedAnswer, findings: Sequence[Finding], coming: frozenset[str]) -> FeatureRow:
    feature = listed.feature
    details = feature.details or {}
    stated = stated_rules(details, findings)
    return FeatureRow(
        anchor=anchor,
        listed=listed,
        name=escaped(feature.name),
        file=escaped(feature.file),
        owner=escaped(listed.owner),
        answer=answer_of(listed),
        certainty=certainty_of(listed),
        blocks=blocked_by(listed),
        asked=asked_first(listed),
        question=first_question(listed),
        cost=next((_cost(cost) for cost in details.get("costs", ()) if cost["part"] == _BUILD), None),
        stated=stated,
        states=rule_states(feature, stated, findings, coming),
        findings=findings,
        details=details,
    )


def _cost(cost: Mapping[str, Any]) -> Cost:
    return Cost(**{name: cost[name] for name in Cost._fields})
