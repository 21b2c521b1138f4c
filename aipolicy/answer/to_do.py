"""What is to be done or agreed, and before which stage: found by evaluating each later stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.answer.model import ToDo
from aipolicy.answer.trials import Trials
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.expected import RESULTS
from aipolicy.facts.facts import Facts
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.findings.finding import Outcome
from aipolicy.options.workload import NO_WORKLOAD
from aipolicy.policy.rule import Rule

LIFECYCLE = "metadata.lifecycle"
STAGES = ("idea", "prototype", "pilot", "production")
NOW = "now"
_OPEN = (Outcome.VIOLATED, Outcome.UNDETERMINED, Outcome.UNDECLARED)
_ALL_PASSED = 1_000_000
"""Cases of an evaluation that shows any share."""


def to_dos(trials: Trials, number: int, *, of_plan: bool) -> tuple[ToDo, ...]:
    """Return what the rules ask to be done for one way, of the plan or of the candidates, the nearest stage first."""
    owed: dict[tuple[str, str], ToDo] = {}
    option_set = trials.base.planned if of_plan else trials.base.candidates
    for stage, facts in _stages(trials):
        missed = facts.values.get("plan.evaluation.missed") or ()
        # NOTE: a rule that no later stage bears on asks then what it asks now.
        rules = trials.rules if stage == NOW else trials.rules_moved_by(facts)
        for rule, names in _owed(trials, rules, facts, option_set, number):
            for fact in names:
                way = _way(option_set, number) if fact == RESULTS else ""
                if way and isinstance(missed, tuple) and way in missed:
                    continue  # NOTE: it was shown, and more cases would show the same.
                how = _how(trials, facts, option_set, number, way) if way else ""
                owed.setdefault((rule, fact), ToDo(rule, fact, stage, of_plan, how))
    return tuple(owed.values())


def _way(option_set: OptionSet, number: int) -> str:
    """Return how results name a way, empty where its model or adaptation is not known."""
    return str(option_set.values_of(number, ("option.way",), NO_WORKLOAD).get("option.way") or "")


def _how(trials: Trials, facts: Facts, option_set: OptionSet, number: int, way: str) -> str:
    from aipolicy.answer.evaluation_size import smallest_evaluation

    return smallest_evaluation(facts, trials.workload(facts), option_set, number, way)


def _stages(trials: Trials) -> Iterator[tuple[str, Facts]]:
    """Yield the stage of the feature and every later one, each with what is expected then."""
    current = str(trials.base.facts.values.get(LIFECYCLE))
    yield NOW, trials.base.facts
    if current in STAGES:
        for stage in STAGES[STAGES.index(current) + 1 :]:
            yield stage, trials.facts({LIFECYCLE: stage})


def _owed(trials: Trials, rules: Sequence[Rule], facts: Facts, option_set: OptionSet,
          number: int) -> Iterator[tuple[str, tuple[str, ...]]]:  # fmt: skip
    """Yield the rules that one way breaks, or leaves open, and keeps once something is done, with the least that does."""
    specs = facts.known.specs
    for rule in rules:
        if trials.outcome(rule, facts, option_set, number) not in _OPEN:
            continue
        bases = {base for name in rule.feature_reads for base in base_facts(name, specs)}
        undone = [name for name in sorted(bases) if name in specs and _is_undone(name, facts)]
        keeping = [*([name] for name in undone), undone] if len(undone) > 1 else [undone]
        for names in keeping:
            if names and _keeps(trials, facts, rule, option_set, number, names):
                yield rule.id, tuple(names)
                break


def _is_undone(name: str, facts: Facts) -> bool:
    """Return whether a fact says that something is done, and nobody says that it is; more cases can always be asked."""
    if name == RESULTS and facts.values.get(name):
        return True
    return facts.known.specs[name].kind is Kind.DONE and facts.values.get(name) in (None, False, ())


def _keeps(trials: Trials, facts: Facts, rule: Rule, option_set: OptionSet, number: int, undone: list[str]) -> bool:
    """Return whether a way keeps a rule once these things are done."""
    specs = facts.known.specs
    done = {name: value for name in undone if (value := _done(specs[name])) is not None}
    if RESULTS in undone:
        done[RESULTS] = (f"{_way(option_set, number)} {_ALL_PASSED}/{_ALL_PASSED}",)
    stage = facts.values.get(LIFECYCLE)
    changes: Mapping[str, FactValue] = {**done, LIFECYCLE: stage} if isinstance(stage, str) else done
    outcome = trials.outcome(rule, trials.facts(changes), option_set, number)
    return outcome in (Outcome.SATISFIED, Outcome.NOT_APPLICABLE)


def _done(spec: FactSpec) -> FactValue | None:
    """Return a value that says that something is done, None where any would be made up."""
    if spec.type is FactType.BOOL or spec.origin is Origin.EVIDENCE:
        return True
    if spec.type is FactType.TEXT:
        return spec.choices[0] if spec.choices else spec.name
    return None
