"""What would turn the answer: margins of declared numbers, other words of declared facts, and what could be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, inf

from aipolicy.answer.alternatives import Alternative, may_be_asked, reads_of
from aipolicy.answer.model import Change, Conflict, Effect, Then
from aipolicy.answer.questions import ranked, refined
from aipolicy.answer.search import WHOLE
from aipolicy.answer.trials import Trials
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind

REACH = 30.0
"""How many times what is declared a number may be that people are told: of more nobody asks what follows then."""
_WIDE = 1000.0
"""By how much a declared number is moved, up and down, before the search for the value that turns the answer begins."""
_FEW = 10.0
"""What a number that is declared as 0 is moved to, where nothing larger is tried of it."""
_COUNTED = frozenset({"people", "examples", "person-months"})
"""Units of which there may be none."""
_MOST_PAIRS = 400
"""Pairs of changes that are tried to end a conflict."""


def turns_of(trials: Trials, vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[Change, ...]:
    """Return what would lead to another way of building, though it is declared: never what the feature is.

    Numbers are moved as far as people are told of. Of words that lead no further than to another model those are told
    that save more than the margin.
    """
    changes = []
    seen: set[tuple[str, Then]] = set()
    for alternative in declared_alternatives(trials, vocabulary, REACH):
        if trials.chosen(alternative.changes) is None:
            continue  # NOTE: what clashes then takes long to find, and nobody is told.
        then = trials.then(alternative.changes)
        effect = trials.effect(then)
        if effect is None or not (effect <= Effect.ADAPTATION or _saves(trials, alternative)):
            continue
        change = refined(trials, alternative.changes, alternative.fact, then, effect)
        consequence = (alternative.fact, change.then)
        if consequence not in seen:
            seen.add(consequence)
            changes.append(change)
    return ranked(changes, trials.certain)


def _saves(trials: Trials, alternative: Alternative) -> bool:
    """Return whether another word of a fact alone makes the answer cheaper; numbers and lists are told by margins."""
    spec = trials.base.facts.known.specs[alternative.fact]
    if spec.type is not FactType.TEXT or spec.kind is not Kind.DESCRIBES:
        return False
    before, then = trials.then({}), trials.then(alternative.changes)
    return before.total_usd is not None and then.total_usd is not None and then.total_usd < before.total_usd


def conflict_of(trials: Trials, vocabulary: Mapping[str, tuple[str, ...]],
                undeclared: Iterable[Alternative]) -> Conflict | None:  # fmt: skip
    """Return what clashes and the smallest changes that end it, None where something remains."""
    if trials.then({}).hosting is not None:
        return None
    tried = [*undeclared, *declared_alternatives(trials, vocabulary)]
    changes = list(_ending(trials, tried))
    if not changes:
        specs = trials.base.facts.known.specs
        clash = set(trials.then({}).violates)
        rules = [ruled.active.rule for ruled in trials.base.rules if ruled.active.rule.id in clash]
        reads = {base for rule in rules for name in rule.feature_reads for base in base_facts(name, specs)}
        changes = list(
            _ending(trials, _pairs([alternative for alternative in tried if alternative.fact in reads], tried))
        )
    smallest = min((len(change.facts) for change in changes), default=0)
    least = [change for change in changes if len(change.facts) == smallest]
    declared = trials.certain.facts.declared
    # NOTE: what nobody said is asked before what somebody said is to be another.
    by_answer = sorted(ranked(least, trials.certain), key=lambda change: not declared.isdisjoint(change.facts))
    return Conflict(trials.base.verdict.conflict, tuple(by_answer))


def _pairs(first: list[Alternative], second: list[Alternative]) -> Iterator[Alternative]:
    count = 0
    for one in first:
        for other in second:
            if other.fact not in one.changes and count < _MOST_PAIRS:
                count += 1
                yield Alternative(one.fact, {**one.changes, **other.changes})


def _ending(trials: Trials, tried: Iterable[Alternative]) -> Iterator[Change]:
    """Yield the changes after which something remains, each number taken back as far as that still holds."""
    seen: set[tuple[str, str | None, str | None]] = set()
    for alternative in tried:
        then = trials.then(alternative.changes)
        consequence = (alternative.fact, then.hosting, then.adaptation)
        if then.hosting is not None and consequence not in seen:
            seen.add(consequence)
            yield refined(trials, alternative.changes, alternative.fact, then, Effect.GATE)


def declared_alternatives(trials: Trials, vocabulary: Mapping[str, tuple[str, ...]],
                          reach: float = inf) -> Iterator[Alternative]:  # fmt: skip
    """Yield other values of declared facts that may change, and of what could be done, in the order of the registry.

    Numbers are moved by what the registry says of them, and no more than so many times.
    """
    evaluation = trials.certain
    relevant = reads_of(evaluation)
    for name, spec in evaluation.facts.known.specs.items():
        is_declared = name in evaluation.facts.declared
        is_undone = spec.kind is Kind.DONE and not is_declared
        if name not in relevant or not may_be_asked(spec) or spec.is_subject or name in trials.weighing.fixed:
            continue
        if not (is_declared or is_undone):
            continue
        value = evaluation.expected.facts.values.get(name)
        for other in _others(spec, value, vocabulary, reach):
            yield Alternative(name, {name: other})


def _others(spec: FactSpec, value: FactValue | None, vocabulary: Mapping[str, tuple[str, ...]],
            reach: float) -> Iterator[FactValue]:  # fmt: skip
    """Yield the values that a declared fact could have instead; numbers far up and far down."""
    match spec.type:
        case FactType.BOOL:
            yield from (other for other in ((True,) if spec.kind is Kind.DONE else (True, False)) if other != value)
        case FactType.NUMBER if isinstance(value, float):
            yield from _far_numbers(spec, value, reach)
        case FactType.TEXT if spec.kind is Kind.DESCRIBES:
            expected = spec.expected
            likely = () if expected is None or not expected.tried else (expected.value, *expected.tried)
            words = likely or spec.choices or vocabulary.get(spec.vocabulary, ())
            yield from (word for word in words if word is not None and word != value)
        case FactType.TEXTS if spec.kind is Kind.DESCRIBES and isinstance(value, tuple):
            yield from (tuple(other for other in value if other != word) for word in value)
            if len(value) > 1:
                yield ()
        case _:
            return


def _far_numbers(spec: FactSpec, value: float, reach: float) -> Iterator[float]:
    tried = [other for other in (spec.expected.tried if spec.expected is not None else ()) if isinstance(other, float)]
    if value == NOT_LIMITED:
        yield from tried
        return
    factors = spec.expected.factors if spec.expected is not None else ()
    widest = _WIDE if len(factors) < 2 else max(factors)
    # NOTE: of what is counted there may be none, and from so few to none it is not far.
    factor = min(widest, reach) if value > reach else widest
    high = value * factor if value > 0.0 else max([_FEW, *tried])
    low = 0.0 if spec.unit in _COUNTED and value <= reach else value / factor
    if spec.unit in WHOLE:
        low = float(ceil(low))
    if spec.above is not None and spec.unit in WHOLE:
        # NOTE: the search ends on a whole number, and none may be proposed that no manifest can declare, as 0 ms.
        low = max(low, spec.above + 1.0)
    if (most := high if spec.maximum is None else min(high, spec.maximum)) > value:
        yield most
    if low < value:
        yield low
