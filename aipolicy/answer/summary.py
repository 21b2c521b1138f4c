"""Many features in, what their answers have in common out, and the questions that would tell most of them apart.

Features that declare the same of all that rules and estimates read have the same answer: one of each kind is answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from aipolicy.answer.alternatives import alternatives, reads_of
from aipolicy.answer.answer import TRIED_VOCABULARIES, Answering
from aipolicy.answer.model import Certainty, Effect, Gap, ToDo
from aipolicy.answer.to_do import LIFECYCLE
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.ranking import Weighing
from aipolicy.facts.declared import FOUR_FACTS
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.value import Frozen, NamedTuple, replace


class Building(NamedTuple):
    """A way of building, and how sure it is; no hosting where nothing is left."""

    hosting: str | None
    adaptation: str | None
    certainty: Certainty | None
    """None where it is what another value of a fact leads to."""


class MovedFeatures(Frozen):
    """Features that another value of a fact would lead to another way of building."""

    value: FactValue
    building: Building
    features: int


class SharedQuestion(Frozen):
    """A fact that is left out, the features whose way of building hangs on it, and where its values lead."""

    fact: str
    features: int
    moved: tuple[MovedFeatures, ...]


class SharedFact(Frozen):
    """What most features declare of a fact."""

    fact: str
    value: FactValue
    features: int


class SharedToDo(Frozen):
    """Something that is to be done for several features."""

    to_do: ToDo
    features: int


class SharedGap(Frozen):
    """Something that is to be looked up for several features."""

    gap: Gap
    features: int


class SharedNeed(Frozen):
    """A need of several features."""

    id: str
    title: str
    features: int
    certain: int
    """Of how many it holds whatever is left out."""


class Summary(Frozen, kw_only=True):
    """Answers to many features together; every list has what concerns most features first."""

    features: int
    retired: int
    """Of them: nothing is said of these."""
    kinds: int
    """How many differ in anything that a rule or an estimate reads."""
    common: tuple[SharedFact, ...]
    unsaid: tuple[tuple[str, int], ...]
    """Of the facts that everybody is asked for: how many features leave each out."""
    answers: tuple[tuple[Building, int], ...]
    conflicts: tuple[tuple[tuple[str, ...], int], ...]
    """Rules that clash, and in how many features."""
    needs: tuple[SharedNeed, ...]
    questions: tuple[SharedQuestion, ...]
    to_do: tuple[SharedToDo, ...]
    gaps: tuple[SharedGap, ...]


_Lead: TypeAlias = tuple[str, FactValue, Building]
_Counted = TypeVar("_Counted", bound=Hashable)


class _Kind(NamedTuple):
    """Features that are answered alike."""

    answering: Answering
    features: int


def summary_of(evaluations: Sequence[Evaluation], evaluator: Evaluator, weighing: Weighing) -> Summary:
    """Return what the answers to features have in common; neither pairs of facts nor margins are tried."""
    running = [evaluation for evaluation in evaluations if not evaluation.is_retired]
    kinds = [_Kind(Answering(evaluator, alike[0], weighing), len(alike)) for alike in _alike(running)]
    answerings = [(kind.answering, kind.features) for kind in kinds]
    clashes = ((a.expected.verdict.conflict, count) for a, count in answerings if a.recommended is None)
    return Summary(
        features=len(evaluations),
        retired=len(evaluations) - len(running),
        kinds=len(kinds),
        common=tuple(_common(running)),
        unsaid=_unsaid(running),
        answers=_counted((_answered(answering), count) for answering, count in answerings),
        conflicts=_counted(clashes),
        needs=_needs(kinds),
        questions=_questions(kinds, {name: evaluator.catalog.vocabulary(name) for name in TRIED_VOCABULARIES}),
        to_do=tuple(
            SharedToDo(*of) for of in _counted((replace(d, how=""), n) for a, n in answerings for d in a.to_do)
        ),
        gaps=tuple(SharedGap(*of) for of in _counted((gap, n) for a, n in answerings for gap in a.gaps)),
    )


def _alike(evaluations: Iterable[Evaluation]) -> tuple[tuple[Evaluation, ...], ...]:
    """Return the features in groups that declare the same of all that is read."""
    groups: dict[object, list[Evaluation]] = {}
    relevant: frozenset[str] | None = None
    for evaluation in evaluations:
        if relevant is None:
            rule_reads = {name for ruled in evaluation.rules for name in ruled.active.rule.feature_reads}
            plan = {name for name in evaluation.facts.known.specs if name.startswith("plan.")}
            relevant = frozenset(reads_of(evaluation) | rule_reads | plan | {LIFECYCLE})
        facts = evaluation.facts
        values = tuple((name, repr(facts.values[name])) for name in sorted(relevant) if name in facts.values)
        groups.setdefault((values, facts.declared & relevant, repr(sorted(facts.ranges.items()))), []).append(
            evaluation
        )
    return tuple(tuple(group) for group in groups.values())


def _common(evaluations: Sequence[Evaluation]) -> Iterator[SharedFact]:
    """Yield what at least half of the features declare alike, of the facts that have words or are true or false."""
    specs = evaluations[0].facts.known.specs if evaluations else {}
    shared_facts = []
    for name, spec in specs.items():
        if _has_words(spec):
            values = Counter(
                evaluation.facts.values[name] for evaluation in evaluations if name in evaluation.facts.declared
            )
            value, count = min(values.items(), key=lambda item: (-item[1], repr(item[0])), default=("", 0))
            if 2 * count >= len(evaluations):
                shared_facts.append(SharedFact(name, value, count))
    yield from sorted(shared_facts, key=lambda shared: -shared.features)


def _has_words(spec: FactSpec) -> bool:
    is_said = spec.origin is Origin.DECLARED and spec.kind is Kind.DESCRIBES
    return is_said and (spec.type is FactType.BOOL or bool(spec.choices) or bool(spec.vocabulary))


def _unsaid(evaluations: Sequence[Evaluation]) -> tuple[tuple[str, int], ...]:
    counts = [(name, sum(name not in evaluation.facts.declared for evaluation in evaluations)) for name in FOUR_FACTS]
    return tuple(sorted(((name, count) for name, count in counts if count), key=lambda counted: -counted[1]))


def _answered(answering: Answering) -> Building:
    way = answering.recommended
    if way is None:
        return Building(None, None, answering.certainty)
    return Building(way.hosting, way.adaptation, answering.certainty)


def _needs(kinds: Iterable[_Kind]) -> tuple[SharedNeed, ...]:
    needs: dict[str, SharedNeed] = {}
    for answering, count in kinds:
        for need in answering.needs:
            shared = needs.get(need.id, SharedNeed(need.id, need.title, 0, 0))
            certain = count if need.certainty is Certainty.CERTAIN else 0
            needs[need.id] = SharedNeed(need.id, need.title, shared.features + count, shared.certain + certain)
    return tuple(sorted(needs.values(), key=lambda need: (-need.features, need.id)))


def _questions(kinds: Iterable[_Kind], vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[SharedQuestion, ...]:
    """Return the facts that would lead features elsewhere, each with its values and where they lead most features."""
    moving: Counter[str] = Counter()
    moved: Counter[_Lead] = Counter()
    weightiest: dict[str, Effect] = {}
    order: dict[str, int] = {}
    for answering, count in kinds:
        leading = dict(_leading_elsewhere(answering, vocabulary))
        moving.update(dict.fromkeys((fact for fact, _, _ in leading), count))
        moved.update(dict.fromkeys(leading, count))
        for (fact, _, _), effect in leading.items():
            weightiest[fact] = min(effect, weightiest.get(fact, effect))
        order = order or {name: number for number, name in enumerate(answering.certain.facts.known.specs)}
    questions = []
    for fact, count in moving.items():
        leads = [MovedFeatures(value, building, n) for (name, value, building), n in moved.items() if name == fact]
        leads.sort(key=lambda lead: (-lead.features, repr(lead.building), repr(lead.value)))
        questions.append(SharedQuestion(fact, count, tuple(leads)))
    return tuple(sorted(questions, key=lambda shared: (-shared.features, weightiest[shared.fact], order[shared.fact])))


def _leading_elsewhere(
    answering: Answering, vocabulary: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[_Lead, Effect]]:
    """Yield a fact that is left out, with a value of it and the way of building to which that leads; and what is other."""
    trials, specs = answering.trials, answering.certain.facts.known.specs
    expected = trials.then({})
    for alternative in alternatives(answering.certain, vocabulary):
        if specs[alternative.fact].kind is not Kind.DESCRIBES or len(alternative.changes) > 1:
            continue
        then = trials.then(alternative.changes)
        effect = trials.effect(then)
        if effect is not None and (then.hosting, then.adaptation) != (expected.hosting, expected.adaptation):
            building = Building(then.hosting, then.adaptation, None)
            yield (alternative.fact, alternative.changes[alternative.fact], building), effect


def _counted(items: Iterable[tuple[_Counted, int]]) -> tuple[tuple[_Counted, int], ...]:
    """Return things with how many features each concerns, most first."""
    counts: Counter[_Counted] = Counter()
    for item, count in items:
        counts[item] += count
    return tuple(sorted(counts.items(), key=lambda counted: (-counted[1], repr(counted[0]))))
