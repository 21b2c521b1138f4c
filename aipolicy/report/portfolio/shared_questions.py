"""The questions of many features, each once: of how many it is worth asking, and what its replies would decide."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.report.answer_words import change_words, kind_words, rules
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.run.answer_result import ThenResult
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple


class Lead(NamedTuple):
    """A reply, what follows from it, and for which features."""

    reply: str
    decides: str
    features: tuple[str, ...]


class QuestionGroup(NamedTuple):
    """Facts that are asked together, and the features that they would decide something about."""

    facts: str
    features: tuple[str, ...]
    first: int
    """Of how many features it is the first question."""
    gates: bool
    """Whether leaving it out gates somewhere, from pilot on."""
    leads: tuple[Lead, ...]


def shared_questions(rows: Iterable[FeatureRow]) -> tuple[QuestionGroup, ...]:
    """Return the questions of features, those that concern most of them first."""
    features: dict[str, dict[str, None]] = {}
    leads: dict[str, dict[tuple[str, str], dict[str, None]]] = {}
    first: dict[str, int] = {}
    gating: set[str] = set()
    for row in rows:
        for number, change in enumerate((row.listed.answer and row.listed.answer.questions) or ()):
            facts = " and ".join(map(escaped, change.facts))
            features.setdefault(facts, {})[row.name] = None
            reply = change_words(change.facts, change.bounds)
            leads.setdefault(facts, {}).setdefault((reply, _decides(change.then)), {})[row.name] = None
            first[facts] = first.get(facts, 0) + (number == 0)
            if change.gates:
                gating.add(facts)
    order = sorted(features, key=lambda facts: (-len(features[facts]), -first[facts], facts))
    return tuple(
        QuestionGroup(facts, tuple(features[facts]), first[facts], facts in gating, _leads(leads[facts]))
        for facts in order
    )


def _decides(then: ThenResult) -> str:
    if then.hosting is None:
        return f"nothing remains, {rules(then.violates)} clash"
    return kind_words(then.hosting, then.adaptation)


def _leads(found: dict[tuple[str, str], dict[str, None]]) -> tuple[Lead, ...]:
    leads = [Lead(reply, decides, tuple(features)) for (reply, decides), features in found.items()]
    return tuple(sorted(leads, key=lambda lead: (-len(lead.features), lead.reply, lead.decides)))
