"""What is to be done or agreed, and before which stage: found by evaluating each later stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.answer.alternatives import base_facts
from aipolicy.answer.model import ToDo
from aipolicy.answer.trials import Trials
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.rule_evaluator import OutcomeMasks
from aipolicy.facts.expected import RESULTS
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.options.workload import NO_WORKLOAD

LIFECYCLE = "metadata.lifecycle"
STAGES = ("idea", "prototype", "pilot", "production")
NOW = "now"
_ALL_PASSED = 1_000_000
"""Cases of an evaluation that shows any share."""


def to_dos(trials: Trials, number: int, *, of_plan: bool) -> tuple[ToDo, ...]:
    """Return what the rules ask to be done for one way, of the plan or of the candidates, the nearest stage first."""
    found: dict[tuple[str, str], ToDo] = {}
    for stage, evaluation in _stages(trials):
        option_set = evaluation.planned if of_plan else evaluation.candidates
        missed = evaluation.facts.values.get("plan.evaluation.missed") or ()
        for rule, facts in _owed(trials, evaluation, option_set, number):
            for fact in facts:
                way = _way(option_set, number) if fact == RESULTS else ""
                if way and isinstance(missed, tuple) and way in missed:
                    continue  # NOTE: it was shown, and more cases would show the same.
                how = _how(evaluation, option_set, number, way) if way else ""
                found.setdefault((rule, fact), ToDo(rule, fact, stage, of_plan, how))
    return tuple(found.values())


def _way(option_set: OptionSet, number: int) -> str:
    """Return how results name a way, empty where its model or adaptation is not known."""
    return str(option_set.values_of(number, ("option.way",), NO_WORKLOAD).get("option.way") or "")


def _how(evaluation: Evaluation, option_set: OptionSet, number: int, way: str) -> str:
    from aipolicy.answer.evaluation_size import smallest_evaluation

    return smallest_evaluation(evaluation, option_set, number, way)


def _stages(trials: Trials) -> Iterator[tuple[str, Evaluation]]:
    """Yield the stage of the feature and every later one, each with what is expected then."""
    current = str(trials.base.facts.values.get(LIFECYCLE))
    yield NOW, trials.base
    if current in STAGES:
        for stage in STAGES[STAGES.index(current) + 1 :]:
            yield stage, trials.evaluation({LIFECYCLE: stage})


def _owed(trials: Trials, evaluation: Evaluation, option_set: OptionSet,
          number: int) -> Iterator[tuple[str, tuple[str, ...]]]:  # fmt: skip
    """Yield the rules that one way breaks, or leaves open, and keeps once something is done, with the least that does."""
    specs = evaluation.facts.known.specs
    bit = 1 << number
    for ruled in evaluation.rules:
        outcomes = _over(ruled, evaluation, option_set)
        if not (outcomes.violated | outcomes.undetermined | outcomes.undeclared) & bit:
            continue
        bases = {base for name in ruled.active.rule.feature_reads for base in base_facts(name, specs)}
        undone = [name for name in sorted(bases) if name in specs and _is_undone(name, evaluation)]
        keeping = [*([name] for name in undone), undone] if len(undone) > 1 else [undone]
        for names in keeping:
            if names and _keeps(trials, evaluation, ruled, option_set, bit, names):
                yield ruled.active.rule.id, tuple(names)
                break


def _is_undone(name: str, evaluation: Evaluation) -> bool:
    """Return whether a fact says that something is done, and nobody says that it is; more cases can always be asked."""
    spec = evaluation.facts.known.specs[name]
    if name == RESULTS and evaluation.facts.values.get(name):
        return True
    return spec.kind is Kind.DONE and evaluation.facts.values.get(name) in (None, False, ())


def _keeps(trials: Trials, evaluation: Evaluation, ruled: RuleEvaluation, option_set: OptionSet, bit: int,
           undone: list[str]) -> bool:  # fmt: skip
    """Return whether a way keeps a rule once these things are done."""
    specs = evaluation.facts.known.specs
    done = {name: value for name in undone if (value := _done(specs[name])) is not None}
    if RESULTS in undone:
        done[RESULTS] = (f"{_way(option_set, bit.bit_length() - 1)} {_ALL_PASSED}/{_ALL_PASSED}",)
    stage = evaluation.facts.values.get(LIFECYCLE)
    changes: Mapping[str, FactValue] = {**done, LIFECYCLE: stage} if isinstance(stage, str) else done
    after = trials.evaluation(changes)
    place = next(p for p, other in enumerate(evaluation.rules) if other.active is ruled.active)
    outcomes = _over(after.rules[place], after, option_set)
    return bool((outcomes.satisfied | outcomes.not_applicable) & bit)


def _done(spec: FactSpec) -> FactValue | None:
    """Return a value that says that something is done, None where any would be made up."""
    if spec.type is FactType.BOOL or spec.origin is Origin.EVIDENCE:
        return True
    if spec.type is FactType.TEXT:
        return spec.choices[0] if spec.choices else spec.name
    return None


def _over(ruled: RuleEvaluation, evaluation: Evaluation, option_set: OptionSet) -> OutcomeMasks:
    return ruled.planned if option_set is evaluation.planned else ruled.candidates
