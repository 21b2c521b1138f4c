"""What is worth asking: facts that are left out and of which another value changes the answer, ranked by what changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from aipolicy.answer.alternatives import Alternative, alternatives
from aipolicy.answer.model import Change, Effect, Then
from aipolicy.answer.search import ESTIMATE_DIGITS, turning
from aipolicy.answer.together import Together
from aipolicy.answer.trials import Trials
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleKind
from aipolicy.value import NamedTuple

_MOST_PAIRS = 120
"""Pairs that are tried for one way of building."""
_WAYS = ("option.adaptation", "option.hosting")


def questions_of(trials: Trials, vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[Change, ...]:
    """Return what is worth asking, what changes most first; each fact with each value that leads elsewhere."""
    specs = trials.certain.facts.known.specs
    tried = [
        alternative
        for alternative in alternatives(trials.certain, vocabulary)
        if specs[alternative.fact].kind is Kind.DESCRIBES
    ]
    gating = gating_facts(trials.certain)
    changes = _singles(trials, tried, gating)
    changes += _of_the_gate(trials, gating, {name for change in changes for name in change.facts})
    changes += _pairs(trials, tried, changes)
    return ranked(changes, trials.certain)


def ranked(changes: Iterable[Change], evaluation: Evaluation) -> tuple[Change, ...]:
    """Return changes in the order in which they are shown: by what they change, then what the feature is first."""
    specs = evaluation.facts.known.specs
    order = {name: number for number, name in enumerate(specs)}

    def rank(change: Change) -> tuple[object, ...]:
        names = sorted(change.facts, key=order.__getitem__)
        is_subject = any(specs[name].is_subject for name in names)
        ends = change.then.hosting is None
        # NOTE: what leads to another way says more than what leads to none.
        return not change.gates, ends, change.effect, len(names), not is_subject, [order[name] for name in names]

    return tuple(sorted(changes, key=rank))


def gating_facts(evaluation: Evaluation) -> frozenset[str]:
    """Return the facts that gate because they are left out: rules of severity error wait for them, from pilot on."""
    if evaluation.facts.values.get("metadata.past_prototype") is not True:
        return frozenset()
    specs = evaluation.facts.known.specs
    has_axes = evaluation.planned is not evaluation.candidates
    names: set[str] = set()
    for ruled in evaluation.rules:
        rule, outcomes = ruled.active.rule, ruled.planned
        hangs_on_option = any(line.option_reads for line in (*rule.when, *rule.require))
        waits = outcomes.undetermined | outcomes.undeclared
        if ruled.active.severity is Severity.ERROR and waits and (has_axes or not hangs_on_option):
            bases = (base for name in rule.feature_reads for base in base_facts(name, specs))
            names.update(name for name in bases if name not in evaluation.facts.values)
    return frozenset(name for name in names if name in specs and specs[name].kind is Kind.DESCRIBES)


def _singles(trials: Trials, tried: Sequence[Alternative], gating: frozenset[str]) -> list[Change]:
    """Return one change for each fact and each thing that follows from it."""
    changes: list[Change] = []
    seen: set[tuple[str, Then]] = set()
    for alternative in tried:
        then = trials.then(alternative.changes)
        effect = trials.effect(then)
        consequence = (alternative.fact, _without_cost(then))
        if effect is None or consequence in seen:
            continue
        alone = {alternative.fact: alternative.changes[alternative.fact]}
        if len(alternative.changes) > 1 and _without_cost(trials.then(alone)) == consequence[1]:
            continue
        seen.add(consequence)
        changes.append(refined(trials, alternative.changes, alternative.fact, then, effect, alternative.fact in gating))
    return changes


def refined(trials: Trials, changes: Mapping[str, FactValue], fact: str, then: Then, effect: Effect,
            gates: bool = False) -> Change:  # fmt: skip
    """Return a change with the number of its fact taken back as far as the same still follows."""
    search = None if effect > Effect.ADAPTATION else _search_of(trials, changes, fact, then)
    if search is None or not search.holds(search.far):
        return Change(changes, then, effect, {}, gates)
    number = turning(search.holds, search.near, search.far, search.unit, ESTIMATE_DIGITS, search.likely)
    nearest = {**changes, fact: number}
    return Change(nearest, trials.then(nearest), effect, {fact: "from" if search.far > search.near else "to"}, gates)


class _Search(NamedTuple):
    """What is searched: the number nearest to `near` at which the same follows as at `far`."""

    holds: Callable[[float], bool]
    near: float
    far: float
    unit: str
    likely: Callable[[float], bool] | None
    """What is guessed of a number, None where nothing is."""


def _search_of(trials: Trials, changes: Mapping[str, FactValue], fact: str, then: Then) -> _Search | None:
    """Return the search for the number of a fact, None where its values are no numbers."""
    before = trials.base.facts.values.get(fact)
    after = changes[fact]
    if not isinstance(after, float) or isinstance(before, bool):
        return None
    near = before if isinstance(before, float) else 0.0
    if near == NOT_LIMITED or after == NOT_LIMITED:
        near, after = (_FAR if number == NOT_LIMITED else number for number in (near, after))

    def holds(number: float) -> bool:
        return trials.leads_to({**changes, fact: number}, then)

    among = trials.among({**changes, fact: after})

    def likely(number: float) -> bool:
        return among is not None and trials.likely_leads_to({**changes, fact: number}, then, among)

    unit = trials.base.facts.known.specs[fact].unit
    return _Search(holds, near, after, unit, None if among is None else likely)


_FAR = 1e7
"""Where the search for a number begins that is not limited: hours for a latency, far above any budget."""


def _of_the_gate(trials: Trials, gating: frozenset[str], changed: set[str]) -> list[Change]:
    """Return the facts that gate although no other value of them was found to change anything."""
    then = trials.then({})
    values = trials.base.facts.values
    return [
        Change({name: values[name]}, then, Effect.GATE, {}, gates=True)
        for name in sorted(gating - changed)
        if name in values
    ]


def _pairs(trials: Trials, tried: Sequence[Alternative], changes: Sequence[Change]) -> list[Change]:
    """Return for each hosting and adaptation that no single fact leads to a smallest pair of facts that does."""
    together = Together(trials)
    reached = {attribute: {_word(trials.then({}), attribute)} for attribute in _WAYS}
    for change in changes:
        for attribute in _WAYS:
            reached[attribute].add(_word(change.then, attribute))
    pairs: list[Change] = []
    for attribute in _WAYS:
        for word in trials.base.candidates.distinct(attribute, trials.base.candidates.full):
            if isinstance(word, str) and word not in reached[attribute]:
                pair = _pair_towards(trials, tried, together, attribute, word)
                if pair is not None:
                    pairs.append(pair)
                    for other in _WAYS:
                        reached[other].add(_word(pair.then, other))
    return pairs


def _pair_towards(trials: Trials, tried: Sequence[Alternative], together: Together, attribute: str,
                  word: str) -> Change | None:  # fmt: skip
    candidates = trials.base.candidates
    ways = candidates.mask_of(attribute, frozenset({word}))
    in_the_way, legs = facts_in_the_way(trials.base, ways), candidates.legs_of(ways)
    specs = trials.certain.facts.known.specs
    # NOTE: what the feature is is asked by itself, and first: another one would be another feature.
    relevant = [each for each in tried if each.fact in in_the_way and not specs[each.fact].is_subject]
    others = [
        (one, two)
        for one, two in combinations(relevant, 2)
        if one.fact != two.fact and together.may_lead_to(legs, one, two)
    ]
    for one, two in others[:_MOST_PAIRS]:
        changes = {**one.changes, **two.changes}
        then = trials.then(changes)
        if _word(then, attribute) == word:
            effect = trials.effect(then)
            effect = Effect.DOLLARS if effect is None else effect
            change = Change(changes, then, effect, {})
            for fact in (one.fact, two.fact):
                number = refined(trials, change.facts, fact, change.then, effect)
                change = Change(number.facts, number.then, effect, {**change.bounds, **number.bounds})
            return change
    return None


def facts_in_the_way(evaluation: Evaluation, mask: int) -> frozenset[str]:
    """Return the declared facts that rules read which speak against some options, or which remove what is before them."""
    specs = evaluation.facts.known.specs
    facts: set[str] = set()
    for ruled in evaluation.rules:
        rule, outcomes = ruled.active.rule, ruled.candidates
        against = outcomes.violated | outcomes.undetermined
        stands = mask & against
        chooses = any(_WAYS[0] in line.option_reads or _WAYS[1] in line.option_reads for line in rule.require)
        if rule.kind is RuleKind.CONSTRAINT and (stands or chooses):
            facts.update(base for name in rule.feature_reads for base in base_facts(name, specs))
    return frozenset(facts)


def _word(then: Then, attribute: str) -> str | None:
    return then.adaptation if attribute == _WAYS[0] else then.hosting


def _without_cost(then: Then) -> Then:
    """Return what follows with its cost in two digits, so that values that lead to the same are told once."""
    usd = None if then.monthly_usd is None else float(f"{then.monthly_usd:.1g}")
    return Then(then.hosting, then.adaptation, then.needs, then.violates, usd, None)
