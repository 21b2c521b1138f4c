"""An answer in, what it would be with other declarations out: points that a page moves between, as `explain --set` has them.

Every point is evaluated and answered, one thing being another at a time; what was not evaluated is no point.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Change
from aipolicy.answer.turns import REACH
from aipolicy.errors import UsageError
from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.record_values import written_value
from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.report.explain.next_steps import distance
from aipolicy.report.explain.what_if_sheet import what_if_rows
from aipolicy.run.other_declarations import evaluation_with
from aipolicy.source.text import escaped
from aipolicy.source.yaml_writer import write_value
from aipolicy.value import NamedTuple

MOST_FEATURES = 30
"""Features of one report that what-if is worked out for."""
MOST_SWITCHES = 4
"""Questions that get a switch, those that change most."""
MOST_REPLIES = 2
"""Replies of a question that can be chosen."""
_NEAR = 1.05
"""Numbers of a slider that are nearer to each other than this many times are one point."""


def _volumes(today: float) -> tuple[float, ...]:
    return tuple(float(f"{today * times:.2g}") for times in (0.1, 0.3, 3.0, 10.0, 30.0))


_SLIDERS: Mapping[str, Callable[[float], tuple[float, ...]]] = {
    "volume.requests_per_day": _volumes,
    "volume.growth_12_months": lambda _: (1.0, 2.0, 4.0, 10.0),
    "latency.p95_ms": lambda _: (100.0, 300.0, 1000.0, 3000.0, 10000.0),
}
"""Facts with a slider, each with the numbers besides today's at which it is evaluated."""

JsonObject = dict[str, Any]
_Rows = Mapping[str, str]


class _Point(NamedTuple):
    """Declarations with what follows from them."""

    declared: str
    """As they are typed: `--set volume.requests_per_day=50000`; empty for today."""
    shown: str
    number: float | None
    """What a slider stands at; None for words, and where nothing limits it."""
    rows: _Rows


def what_if_points(answering: Answering) -> JsonObject:
    """Return the sliders and switches of a feature with their points, as plain values; empty where it has none.

    `points` are the declarations, what they are shown as, the number, and one cell for each of `labels`, None where it is
    as today. Sliders and switches name points by their places in it; the first is today.
    """
    if answering.certain.is_retired:
        return {}
    questions = asked_of(answering)
    points = [_Point("", "", None, dict(what_if_rows(answering)))]
    sliders = [_slider(answering, name, questions, points) for name in _SLIDERS]
    switches = list(_switches(answering, questions, points))
    labels = tuple(dict.fromkeys(label for point in points for label in point.rows))
    if len(points) == 1:
        return {}
    return {
        "command": f"aipolicy explain {shlex.quote(escaped(answering.certain.feature.name))}",
        "labels": list(labels),
        "points": [_plain(point, points[0].rows, labels) for point in points],
        "sliders": [slider for slider in sliders if slider is not None],
        "switches": switches[:MOST_SWITCHES],
        "more_questions": max(0, len(_asked(questions)) - MOST_SWITCHES),
        "is_conflict": answering.conflict is not None,
    }


def asked_of(answering: Answering) -> list[Change]:
    """Return what gets a switch: the questions; of a conflict, of which nothing is asked, the changes that end it."""
    conflict = answering.conflict
    if conflict is None:
        return list(answering.questions)
    return [change for change in conflict.changes if distance(change, answering.expected.facts.values) <= REACH]


def _slider(answering: Answering, name: str, questions: Iterable[Change], points: list[_Point]) -> JsonObject | None:
    """Return a slider over the numbers of a fact, today's among them; its points are added to those that there are."""
    facts = answering.expected.facts
    today = facts.values.get(name)
    if not isinstance(today, float):
        return None
    turning = [number for change in questions for fact, number in change.facts.items()
               if [fact] == list(change.facts) == [name] and isinstance(number, float)]  # fmt: skip
    stops = [(today, 0)]
    for number in (*turning, *_SLIDERS[name](today)):
        if any(_are_near(number, other) for other, _ in stops):
            continue
        point = _point(answering, {name: number})
        if point is not None:
            stops.append((number, len(points)))
            points.append(point)
    if len(stops) == 1:
        return None
    stops.sort()
    spec = facts.known.specs[name]
    return {
        "fact": name, "meaning": spec.meaning, "unit": spec.unit, "stops": [place for _, place in stops],
        "today": _number(today), "shown": shown_value(today), "is_assumed": name not in facts.declared,
    }  # fmt: skip


def _switches(answering: Answering, questions: Iterable[Change], points: list[_Point]) -> Iterator[JsonObject]:
    """Yield a switch for each question that no slider answers; its points are added to those that there are."""
    values, declared = answering.expected.facts.values, answering.expected.facts.declared
    for facts, changes in list(_asked(questions).items())[:MOST_SWITCHES]:
        replies: list[int] = []
        for change in changes:
            if len(replies) == MOST_REPLIES or all(values.get(name) == value for name, value in change.facts.items()):
                continue
            point = _point(answering, change.facts)
            if point is not None:
                replies.append(len(points))
                points.append(point)
        if replies:
            today = " and ".join(shown_value(values.get(name)) for name in facts)
            how = "today" if not declared.isdisjoint(facts) else "assumed"
            yield {"facts": " and ".join(map(escaped, facts)), "how": how, "today": escaped(today), "stops": replies}


def _asked(questions: Iterable[Change]) -> dict[tuple[str, ...], list[Change]]:
    """Return questions by their facts, those left out that a slider answers."""
    by_facts: dict[tuple[str, ...], list[Change]] = {}
    for change in questions:
        facts = tuple(change.facts)
        if not (len(facts) == 1 and facts[0] in _SLIDERS):
            by_facts.setdefault(facts, []).append(change)
    return by_facts


def _point(answering: Answering, facts: Mapping[str, FactValue]) -> _Point | None:
    """Return what follows where facts are declared; None where no manifest could declare them."""
    changes = tuple(f"{name}={_written(value)}" for name, value in facts.items())
    try:
        changed = evaluation_with(answering.certain, changes, answering.evaluator)
    except UsageError:
        return None
    then = Answering(answering.evaluator, changed, answering.weighing)
    (*_, last) = facts.values()
    shown = " and ".join(escaped(shown_value(value)) for value in facts.values())
    declared = " ".join(f"--set {shlex.quote(escaped(change))}" for change in changes)
    return _Point(declared, shown, _number(last), dict(what_if_rows(then)))


def _written(value: FactValue) -> str:
    return NONE_WORD if value == NOT_LIMITED else write_value(written_value(value))


def _number(value: FactValue) -> float | None:
    return value if isinstance(value, float) and value != NOT_LIMITED else None


def _are_near(one: float, other: float) -> bool:
    return one == other or max(one, other) < min(one, other) * _NEAR


def _plain(point: _Point, today: _Rows, labels: Sequence[str]) -> list[Any]:
    is_today = point.rows is today
    cells = [
        point.rows.get(label, "") if is_today or point.rows.get(label) != today.get(label) else None for label in labels
    ]
    return [point.declared, point.shown, point.number, cells]
