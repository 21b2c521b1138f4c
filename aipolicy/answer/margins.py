"""How far a way holds that passes: the first rule to break as volume grows or shrinks, or as the latency budget shrinks.

Numbers move in steps until a rule of severity error breaks; within that step the first value is searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING

from aipolicy.answer.search import turning
from aipolicy.answer.trials import waits_to_be_done
from aipolicy.evaluation.conflict import smallest_clash
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.option_set_parts import only
from aipolicy.evaluation.reevaluation import Reevaluation
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleScope
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering
    from aipolicy.evaluation.prepared_rule import ActiveRule
    from aipolicy.evaluation.rule_evaluator import RuleEvaluator
    from aipolicy.options.workload import Workload

VOLUME, VOLUME_LATER, LATENCY = "volume.requests_per_day", "volume.requests_per_day_in_12_months", "latency.p95_ms"
_LATER = "volume.requests_per_day_later"
YEARS = 3
"""For how long a date is looked for."""
_DAYS_A_YEAR = 365.0
_STEPS = 12
_WIDEST = 1000.0
"""By how much numbers are moved at most, in that many steps."""
_NO_LIMIT_MS = 1e7
"""Where the search begins for a budget that nothing limits: hours, far above any."""


class Margin(Frozen):
    """How far a number may move until a rule breaks; the value is the first at which it does."""

    fact: str
    now: float
    value: float
    rules: tuple[str, ...]
    on: date | None = None
    """The day on which declared or expected growth leads there, within three years."""

    @property
    def is_more(self) -> bool:
        """Return whether it breaks as the number grows."""
        return self.value > self.now


class Passing:
    """The ways that pass: of the plan those that agree with it, else the one that is recommended."""

    def __init__(self, answering: Answering, rule_evaluator: RuleEvaluator, *, of_plan: bool, number: int,
                 reading: frozenset[str] = frozenset()) -> None:  # fmt: skip
        """Take the rules of severity error, or those that read facts of options that are named, whatever they weigh."""
        self.of_plan = of_plan
        self._reading = reading
        self.answering = answering
        base = answering.expected
        self.option_set: OptionSet = base.planned if of_plan else only(base.candidates, number)
        self._rule_evaluator = rule_evaluator
        self._before: dict[int, int] = {}

    def breaks(self, facts: Facts, on_day: tuple[Iterable[ActiveRule], OptionSet] | None = None) -> tuple[str, ...]:
        """Return the rules of severity error that all of them break, alone or together; none where one of them passes.

        On another day other rules are in force, and the options are older.
        """
        base = self.answering.expected
        again = Reevaluation(self.answering.evaluator, base, facts)
        rules, option_set = on_day or ([ruled.active for ruled in base.rules], self.option_set)
        broken: dict[str, int] = {}
        for place, active in enumerate(rules):
            if not self._asks(active):
                continue
            if on_day is None and place not in again.moved:
                violated = self._violated_before(place)
            else:
                violated = self._violated(active, facts, again.workload, option_set)
            if violated and not waits_to_be_done(active.rule, facts):
                broken[active.rule.id] = violated
        alone = tuple(sorted(rule for rule, violated in broken.items() if violated == option_set.full))
        return alone or smallest_clash(broken, option_set.full)

    def _violated(self, active: ActiveRule, facts: Facts, workload: Workload, option_set: OptionSet) -> int:
        return self._rule_evaluator.evaluate(active.rule, facts, workload, option_set).violated & option_set.full

    def _violated_before(self, place: int) -> int:
        """Return the ways that break a rule under the facts that are expected; most rules read no number that is moved."""
        if place not in self._before:
            base = self.answering.expected
            self._before[place] = self._violated(base.rules[place].active, base.facts, base.workload, self.option_set)
        return self._before[place]

    def _asks(self, active: ActiveRule) -> bool:
        rule = active.rule
        if self._reading:
            return any(not self._reading.isdisjoint(line.option_reads) for line in (*rule.when, *rule.require))
        return active.severity is Severity.ERROR and (rule.scope is not RuleScope.PLAN or self.of_plan)


def passing_of(answering: Answering, rule_evaluator: RuleEvaluator) -> Passing | None:
    """Return what passes: the plan, else what is recommended, None where neither does."""
    plan, recommended = answering.plan, answering.recommended
    if answering.certain.is_retired:
        return None
    facts = answering.expected.facts
    if plan is not None and plan.is_offered:
        planned = Passing(answering, rule_evaluator, of_plan=True, number=plan.way.number)
        if not planned.breaks(facts):
            return planned
    if recommended is None:
        return None
    passing = Passing(answering, rule_evaluator, of_plan=False, number=recommended.number)
    return None if passing.breaks(facts) else passing


def margins_of(passing: Passing, today: date) -> tuple[Margin, ...]:
    """Return the margins of what passes: of more requests, of fewer, and of a shorter budget for answers."""
    values = passing.answering.expected.facts.values
    margins = []
    for fact, factor in ((VOLUME, _WIDEST), (VOLUME, 1.0 / _WIDEST), (LATENCY, 1.0 / _WIDEST)):
        now = values.get(fact)
        if isinstance(now, float) and now > 0.0:
            margin = _margin(passing, fact, now, factor)
            if margin is not None:
                margins.append(margin if fact != VOLUME else dated(margin, values, today))
    return tuple(margins)


def _margin(passing: Passing, fact: str, now: float, factor: float) -> Margin | None:
    answering = passing.answering
    near = _NO_LIMIT_MS if now == NOT_LIMITED else now

    def breaks(number: float) -> tuple[str, ...]:
        return passing.breaks(answering.trials.facts(moved(answering, fact, number)))

    for far in _ladder(near, factor):
        if breaks(far):
            spec = answering.expected.facts.known.specs[fact]
            value = turning(lambda number: bool(breaks(number)), near, far, spec.unit)
            # NOTE: in few digits it may be a number that no manifest can declare, such as a budget of 0 ms.
            return None if spec.above is not None and value <= spec.above else Margin(fact, now, value, breaks(value))
        near = far
    return None


def _ladder(start: float, factor: float) -> Iterator[float]:
    for step in range(1, _STEPS + 1):
        yield start * factor ** (step / _STEPS)


def moved(answering: Answering, fact: str, number: float) -> Mapping[str, FactValue]:
    """Return the declarations of another number; requests in twelve months grow with those of today."""
    facts = answering.certain.facts
    later, now = facts.values.get(VOLUME_LATER), facts.values.get(VOLUME)
    if fact == VOLUME and VOLUME_LATER in facts.declared and isinstance(later, float) and isinstance(now, float):
        return {fact: number, VOLUME_LATER: later * number / now}
    return {fact: number}


def dated(margin: Margin, values: Mapping[str, FactValue], today: date) -> Margin:
    """Return a margin with the day on which growth leads there."""
    later = values.get(_LATER)
    growth = later / margin.now if isinstance(later, float) else 1.0
    if growth <= 0.0 or growth == 1.0 or (growth > 1.0) is not margin.is_more:
        return margin
    years = log(margin.value / margin.now) / log(growth)
    if years > YEARS:
        return margin
    return Margin(margin.fact, margin.now, margin.value, margin.rules, today + timedelta(days=years * _DAYS_A_YEAR))
