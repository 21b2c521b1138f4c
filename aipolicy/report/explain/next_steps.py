"""What would turn an answer, what to say first, what to do and to look up, and which ways are left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.margins import Margin
from aipolicy.answer.model import Change, Then
from aipolicy.answer.turns import REACH
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.forecast.first_break import holding_of
from aipolicy.report.answer_words import (
    HOSTINGS,
    bound_value,
    change_words,
    kind_words,
    measure_words,
    rules,
    what_follows,
)
from aipolicy.report.terminal.drawing import joined, said
from aipolicy.report.terminal.style import Role
from aipolicy.run.answer_result import measure_result
from aipolicy.source.text import escaped, grouped, quantity

_MOST_VALUES = 2
"""Other values of one fact that are told."""
_NEAR = 1.1
"""Within how many times what is declared a number is too near to another way of building to be relied on."""
_DECLARED_DAYS = 366
"""For how long growth is declared; after that nobody said that it goes on."""
_WHERE = {
    "now": "now",
    "pilot": "before the pilot",
    "production": "before production",
    "prototype": "before a prototype",
}


def turn_lines(answering: Answering, most: int, margin_percent: float) -> list[Text]:
    """Return what would turn the answer though it is declared; of a conflict the smallest changes that end it."""
    conflict = answering.conflict
    changes = answering.turns if conflict is None else conflict.changes
    before = answering.trials.then({})
    assumed = answering.answer.assumed
    # NOTE: what nobody said is no distance away: it is to be said, however far it is from what is assumed.
    near = [
        change
        for change in changes
        if not assumed.keys().isdisjoint(change.facts) or distance(change, answering.expected.facts.values) <= REACH
    ]
    ordered = sorted(near, key=lambda change: (assumed.keys().isdisjoint(change.facts), not _saves(change, before)))
    lines = []
    for change in ordered:
        held = [f"{escaped(name)} is assumed {shown_value(assumed[name])}" for name in change.facts if name in assumed]
        words = f"{change_words(change.facts, change.bounds)}: {what_follows(change, before, margin_percent)}"
        lines.append(said(f"{words}; {', '.join(held)}" if held else words))
    return listed(lines, most)


def close_lines(answering: Answering) -> list[Text]:
    """Return the declared numbers that lie so near another way of building that they are to be measured first."""
    if answering.conflict is not None:
        return []
    values, before = answering.expected.facts.values, answering.trials.then({})
    lines = []
    for change in answering.turns:
        then = change.then
        is_other = (then.hosting, then.adaptation) != (before.hosting, before.adaptation)
        if then.hosting is None or len(change.facts) != 1 or not change.bounds or not is_other:
            continue
        name, after = next(iter(change.facts.items()))
        if values.get(name) == NOT_LIMITED:
            continue
        if distance(change, values) <= _NEAR:
            limit = f"from {shown_value(after)} on" if change.bounds[name] == "from" else f"up to {shown_value(after)}"
            way = kind_words(then.hosting, then.adaptation)
            words = f"{name} is {shown_value(values.get(name))}, {limit} the answer is another, {way}: measure it first"
            lines.append(said(words, Role.WARNING))
    return lines


def _saves(change: Change, before: Then) -> bool:
    ours, theirs = change.then.monthly_usd, before.monthly_usd
    return ours is not None and theirs is not None and ours < theirs


def distance(change: Change, values: Mapping[str, FactValue]) -> float:
    """Return how many times what is declared a number would have to be, or the other way round; the furthest of several."""
    furthest = 1.0
    for name in change.bounds:
        before, after = values.get(name), change.facts[name]
        if isinstance(before, float) and isinstance(after, float) and before < NOT_LIMITED:
            # NOTE: of what is counted there may be none, and from one to none it is as far as from two to one.
            one, other = (number + 1.0 if 0.0 in (before, after) else number for number in (before, after))
            furthest = max(furthest, one / other, other / one)
    return furthest


def question_lines(answering: Answering, most: int, margin_percent: float) -> list[Text]:
    """Return what is worth asking, each fact once, with the values that lead elsewhere."""
    if answering.conflict is not None:
        return []
    before = answering.trials.then({})
    assumed = answering.expected.facts.values
    by_facts: dict[tuple[str, ...], list[Change]] = {}
    for change in answering.questions:
        by_facts.setdefault(_named(change), []).append(change)
    lines = []
    for names, changes in by_facts.items():
        held = ", ".join(shown_value(assumed.get(name)) for name in names)
        gates = "; left out, it gates" if any(change.gates for change in changes) else ""
        follows: dict[str, list[str]] = {}
        for change in changes:
            if change.then == before:
                continue
            values = " and ".join(bound_value(value, change.bounds.get(name)) for name, value in change.facts.items())
            follows.setdefault(what_follows(change, before, margin_percent), []).append(values)
        parts = [f"{_or(values)}: {words}" for words, values in list(follows.items())[:_MOST_VALUES]]
        parts += [f"{quantity(len(follows) - _MOST_VALUES, 'more value')}"] if len(follows) > _MOST_VALUES else []
        lines.append(
            joined(
                said(" and ".join(names), Role.STRONG),
                f" (assumed {held}{gates}){': ' if parts else ''}{'; '.join(parts)}",
            )
        )
    return listed(lines, most)


def _named(change: Change) -> tuple[str, ...]:
    return tuple(escaped(name) for name in change.facts)


def _or(values: Sequence[str]) -> str:
    few = list(values[:3])
    more = f" or {len(values) - 3} others" if len(values) > 3 else ""
    return " or ".join(few) + more


def to_do_lines(answering: Answering, most: int) -> list[Text]:
    """Return what is to be done, by stage."""
    titles = {ruled.active.rule.id: ruled.active.rule.title for ruled in answering.expected.rules}
    stages: dict[str, dict[str, list[str]]] = {}
    for task in answering.answer.to_do:
        stages.setdefault(task.before, {}).setdefault(task.rule, []).append(task.fact)
    how = {task.rule: task.how for task in answering.answer.to_do if task.how}
    entries = [(stage, rule, facts) for stage, ruled in stages.items() for rule, facts in ruled.items()]
    lines = [
        joined(
            f"{_WHERE.get(stage, stage)}: ",
            said(_facts(facts), Role.STRONG),
            f" ({rule}, {escaped(how.get(rule) or titles[rule])})",
        )
        for stage, rule, facts in entries
    ]
    return listed(lines, most)


def _facts(facts: Iterable[str]) -> str:
    """Return facts in words, of the same section each with its last name only after the first."""
    first, *others = facts
    section = first.rpartition(".")[0]
    return ", ".join([first, *(other.removeprefix(section) for other in others)])


def measure_lines(answering: Answering, most: int) -> list[Text]:
    """Return which estimates are to be measured, with both ends and the limit between them."""
    words = [measure_words(measure_result(measure)) for measure in answering.answer.measures]
    return listed([said(text.replace("`", "")) for text in words], most)


def gap_lines(answering: Answering, most: int) -> list[Text]:
    """Return what is to be looked up, and where it is written to."""
    rules_of: dict[tuple[str, str, str], dict[str, None]] = {}
    for gap in answering.answer.gaps:
        rules_of.setdefault((gap.about, gap.fact, gap.file), {}).update(dict.fromkeys(gap.rules))
    lines = [
        joined(f"{escaped(about)}: ", said(fact, Role.STRONG), f" in {file.partition(',')[0]}{_for(tuple(ids))}")
        for (about, fact, file), ids in rules_of.items()
    ]
    return listed(lines, most)


def _for(ids: tuple[str, ...]) -> str:
    return f" ({rules(ids)})" if ids else ""


def holding_lines(answering: Answering) -> list[Text]:
    """Return how far what passes holds: until when, up to which volume and budget, and the rules that break then."""
    holding = holding_of(answering)
    if holding is None:
        return []
    today = answering.evaluator.catalog.as_of
    words = [] if holding.first is None else [f"until {holding.first.on} ({rules(holding.first.rules)})"]
    words += [_margin_words(margin, today) for margin in holding.margins]
    return [said(("your plan, " if holding.of_plan else "") + "; ".join(words))] if words else []


def _margin_words(margin: Margin, today: date) -> str:
    words = (
        f"{margin.fact} {'below' if margin.is_more else 'above'} {shown_value(margin.value)} ({rules(margin.rules)})"
    )
    if margin.on is None:
        return words
    goes_on = ", if it goes on" if (margin.on - today).days > _DECLARED_DAYS else ""
    return f"{words}, where growth leads on {margin.on}{goes_on}"


def ways_left_line(answering: Answering) -> Text:
    """Return how many ways are left of each hosting."""
    words = []
    for left in answering.answer.ways_left:
        open_ = f", {grouped(left.open)} open" if left.open else ""
        why = f" ({left.removed_by})" if left.removed_by and not left.admissible else ""
        words.append(f"{HOSTINGS[left.hosting]} {grouped(left.admissible)} of {grouped(left.ways)}{open_}{why}")
    return said("; ".join(words))


def listed(lines: Sequence[Text], most: int) -> list[Text]:
    """Return the first few lines, the last of them with how many more there are."""
    shown = list(lines[:most])
    if shown and len(lines) > most:
        shown[-1] = joined(shown[-1], f"; {len(lines) - most} more")
    return shown
