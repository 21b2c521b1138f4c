"""What is to be done or agreed, and before which stage: found by evaluating each later stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.answer.alternatives import base_facts
from aipolicy.answer.model import ToDo
from aipolicy.answer.trials import Trials
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactType, FactValue, Kind, Origin
from aipolicy.findings.finding import Outcome
from aipolicy.policy.rule import Rule

LIFECYCLE = "metadata.lifecycle"
STAGES = ("idea", "prototype", "pilot", "production")
NOW = "now"


def to_dos(trials: Trials, number: int, *, of_plan: bool) -> tuple[ToDo, ...]:
    """Return what the rules ask to be done for one way, of the plan or of the candidates, the nearest stage first."""
    found: dict[tuple[str, str], ToDo] = {}
    option_set = trials.base.planned if of_plan else trials.base.candidates
    for stage, facts in _stages(trials):
        for rule, names in _owed(trials, facts, option_set, number):
            for fact in names:
                found.setdefault((rule, fact), ToDo(rule, fact, stage, of_plan))
    return tuple(found.values())


def _stages(trials: Trials) -> Iterator[tuple[str, Facts]]:
    """Yield the stage of the feature and every later one, each with what is expected then."""
    current = str(trials.base.facts.values.get(LIFECYCLE))
    yield NOW, trials.base.facts
    if current in STAGES:
        for stage in STAGES[STAGES.index(current) + 1 :]:
            yield stage, trials.facts({LIFECYCLE: stage})


def _owed(trials: Trials, facts: Facts, option_set: OptionSet, number: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the rules that one way breaks, or leaves open, and keeps once something is done, with the least that does."""
    specs = facts.known.specs
    for rule in (ruled.active.rule for ruled in trials.base.rules):
        if trials.outcome(rule, facts, option_set, number) not in (Outcome.VIOLATED, Outcome.UNDETERMINED):
            continue
        bases = {base for name in rule.feature_reads for base in base_facts(name, specs)}
        undone = [name for name in sorted(bases) if name in specs and _is_undone(name, facts)]
        keeping = [*([name] for name in undone), undone] if len(undone) > 1 else [undone]
        for names in keeping:
            if names and _keeps(trials, facts, rule, option_set, number, names):
                yield rule.id, tuple(names)
                break


def _is_undone(name: str, facts: Facts) -> bool:
    """Return whether a fact says that something is done, and nobody says that it is."""
    return facts.known.specs[name].kind is Kind.DONE and facts.values.get(name) in (None, False)


def _keeps(trials: Trials, facts: Facts, rule: Rule, option_set: OptionSet, number: int, undone: list[str]) -> bool:
    """Return whether a way keeps a rule once these things are done."""
    specs = facts.known.specs
    done: dict[str, FactValue] = {
        name: True for name in undone if specs[name].type is FactType.BOOL or specs[name].origin is Origin.EVIDENCE
    }
    stage = facts.values.get(LIFECYCLE)
    changes: Mapping[str, FactValue] = {**done, LIFECYCLE: stage} if isinstance(stage, str) else done
    outcome = trials.outcome(rule, trials.facts(changes), option_set, number)
    return outcome in (Outcome.SATISFIED, Outcome.NOT_APPLICABLE)
