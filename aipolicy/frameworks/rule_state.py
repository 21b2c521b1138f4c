"""The evaluation of a feature in, the state of each rule for it out, with what it rests on and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.evaluation.deciding import planned_leg, read_facts
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.finding_places import plan_candidates
from aipolicy.evaluation.finding_words import message_of
from aipolicy.evaluation.missing_facts import missing_facts
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.prepared_rule import undeclared_of
from aipolicy.evaluation.rule_evaluator import LineTrace, RuleEvaluator
from aipolicy.facts.all_facts import is_option_fact, is_parameter, of_partner
from aipolicy.facts.spec import FactValue, Kind, Origin
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Finding, Outcome, Stage
from aipolicy.frameworks.states import State, on_the_day
from aipolicy.manifest.feature import path_of
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.law_words import law_of
from aipolicy.policy.message import names_in
from aipolicy.policy.rule import Rule
from aipolicy.value import Frozen, NamedTuple

PLAN = "plan"
"""What is missing where a rule hangs on the way that is built."""
_MOST_PLACES = 3


class StatedFact(NamedTuple):
    """A fact that a state rests on: its value in words and, where somebody declared it, the line."""

    name: str
    value: str
    line: int | None

    def __str__(self) -> str:
        """Return it in words."""
        return f"`{self.name}` is {self.value}" + (f", line {self.line}" if self.line is not None else "")


class RuleState(Frozen, kw_only=True):
    """What became of a rule, or of one of its requirements, for a feature."""

    rule: Rule
    state: State
    then: State | None = None
    """What it would come to on the day from which it is in force; None for a rule that is."""
    message: str = ""
    """What is broken, or by whom it is waived."""
    facts: tuple[str, ...] = ()
    """What is missing or undecided: facts and evidence to declare."""
    rests_on: tuple[StatedFact, ...] = ()
    """What satisfies it, breaks it, or keeps it from applying."""


def rule_states(
    evaluation: Evaluation, findings: Iterable[Finding], rule_evaluator: RuleEvaluator
) -> tuple[RuleState, ...]:
    """Return the state of every rule that is evaluated, by id; `findings` are those on the feature, waived ones marked."""
    waived = {finding.rule_id: finding for finding in findings if finding.outcome is Outcome.WAIVED}
    return tuple(
        _waived(ruled, waived[ruled.active.rule.id])
        if ruled.active.rule.id in waived
        else _StateOfRule(evaluation, ruled, rule_evaluator).state
        for ruled in evaluation.rules
    )


def _waived(ruled: RuleEvaluation, finding: Finding) -> RuleState:
    words = "" if finding.waiver is None else finding.waiver.words
    return RuleState(rule=ruled.active.rule, state=State.WAIVED, message=words)


class _StateOfRule:
    """One rule for one feature; an option stands for all with the outcome that tells most."""

    def __init__(self, evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator) -> None:
        self.evaluation = evaluation
        self.rule = ruled.active.rule
        self.ruled = ruled
        number = _telling_option(ruled.planned)
        self.leg = planned_leg(evaluation, self.rule, number, rule_evaluator)
        self.option = read_facts(evaluation, self.rule, self.leg)
        self.traces = rule_evaluator.trace(self.rule, evaluation.facts, self.option)
        self.number = number

    @property
    def state(self) -> RuleState:
        """Return the state, told of the day on which the rule is in force where that has not come."""
        in_force = self._in_force()
        state = on_the_day(in_force.state, is_in_force=self.ruled.active.stage is Stage.IN_FORCE)
        if state is in_force.state:
            return in_force
        return RuleState(
            rule=self.rule, state=state, then=in_force.state, message=in_force.message, facts=in_force.facts,
            rests_on=in_force.rests_on,
        )  # fmt: skip

    def _in_force(self) -> RuleState:
        planned, full = self.ruled.planned, self.evaluation.planned.full
        if planned.not_applicable == full:
            return self._not_applicable()
        if planned.violated == full & ~planned.not_applicable:
            return self._violated()
        unsure = any(trace.truth is Truth.UNKNOWN for trace in self._conditions())
        if not unsure and not planned.violated | planned.undetermined | planned.undeclared:
            satisfied = [trace for trace in self.traces if trace.section != "when" and trace.truth is Truth.TRUE]
            return RuleState(rule=self.rule, state=State.SATISFIED, rests_on=self._facts_of(satisfied))
        return self._open()

    def _not_applicable(self) -> RuleState:
        if self.evaluation.is_retired and not self.rule.is_for_retired:
            value = StatedFact("metadata.lifecycle", "retired", self._line("metadata.lifecycle"))
            return RuleState(rule=self.rule, state=State.NOT_APPLICABLE, rests_on=(value,))
        false = next((trace for trace in self._conditions() if trace.truth is Truth.FALSE), None)
        # NOTE: a rule on the plan applies to nothing where none is declared, whatever its conditions say.
        rests_on = (StatedFact(PLAN, "not declared", None),) if false is None else self._facts_of((false,))
        return RuleState(rule=self.rule, state=State.NOT_APPLICABLE, rests_on=rests_on)

    def _violated(self) -> RuleState:
        if self._is_for_a_person():
            return self._needs_a_person()
        message = self._message()
        false = [trace for trace in self.traces if trace.section == "require" and trace.truth is Truth.FALSE]
        names = tuple(dict.fromkeys(name for trace in false for name, _ in trace.values if not is_parameter(name)))
        specs = self.evaluation.facts.known.specs
        # NOTE: a document or an agreement that is declared as not there is missing; nothing of the feature is wrong.
        is_to_do = bool(names) and all(name in specs and specs[name].kind is Kind.DONE for name in names)
        state, facts = (State.MISSING, names) if is_to_do else (State.VIOLATED, ())
        return RuleState(rule=self.rule, state=state, message=message, facts=facts, rests_on=self._facts_of(false))

    def _open(self) -> RuleState:
        # NOTE: of several conditions the outer one is asked for first: where it fails, nobody needs to know the rest.
        unknown = next((trace for trace in self._conditions() if trace.truth is Truth.UNKNOWN), None)
        if unknown is not None and (facts := self._missing((unknown,))):
            return RuleState(rule=self.rule, state=State.UNDECIDED, facts=facts)
        if self._is_for_a_person():
            return self._needs_a_person()
        facts = undeclared_of(self.rule, self.evaluation.facts) or self._missing(self.traces) or (PLAN,)
        return RuleState(rule=self.rule, state=State.MISSING, facts=facts, message=self._spread(facts))

    def _spread(self, facts: tuple[str, ...]) -> str:
        """Return how many ways keep a rule that hangs on the way that is built; empty for any other."""
        planned = self.ruled.planned
        if facts != (PLAN,):
            return ""
        legs_of, full = self.evaluation.planned.legs_of, self.evaluation.planned.full
        kept, every = legs_of(planned.satisfied | planned.not_applicable), legs_of(full)
        if kept == every:
            return f"each of {every.bit_count()} ways keeps it, and not with every fallback"
        return f"{kept.bit_count()} of {every.bit_count()} ways keep it"

    def _is_for_a_person(self) -> bool:
        """Return whether the rule applies and asks that somebody looks."""
        applies = all(trace.truth is Truth.TRUE for trace in self._conditions())
        return law_of(self.rule).review is not None and applies

    def _message(self) -> str:
        """Return the message of the rule, with what it says of the option beside what conditions read of it."""
        unread = tuple(name for name in names_in(self.rule.message) if is_option_fact(name) and name not in self.option)
        values = self.evaluation.planned.values_of(self.number, unread, self.evaluation.workload) if unread else {}
        return message_of(self.rule, self.evaluation.facts, {**self.option, **values})

    def _needs_a_person(self) -> RuleState:
        open_lines = [t for t in self.traces if t.section == "require" and t.truth is not Truth.TRUE]
        facts = tuple(dict.fromkeys(name for trace in open_lines for name, _ in trace.values if not is_parameter(name)))
        # NOTE: its own conditions tell more than where the law applies; a requirement has those of its rule above it.
        conditions = self._conditions()
        applies = self._facts_of(conditions[len(self.rule.shared_when) :] or conditions)
        message = self._message()
        return RuleState(rule=self.rule, state=State.PERSON, facts=facts, message=message, rests_on=applies)

    def _conditions(self) -> tuple[LineTrace, ...]:
        """Return the conditions under which the rule applies, those of its file and group first."""
        return tuple(trace for trace in self.traces if trace.section == "when")

    def _missing(self, traces: Iterable[LineTrace]) -> tuple[str, ...]:
        return missing_facts(self.rule, tuple(traces), self.evaluation.facts)

    def _facts_of(self, traces: Iterable[LineTrace]) -> tuple[StatedFact, ...]:
        """Return the facts that lines read and that are known, those that somebody declared first."""
        stated: dict[str, StatedFact] = {}
        for trace in traces:
            for name, value in trace.values:
                if value is not None and not is_parameter(name):
                    stated[name] = StatedFact(name, self._shown(name, value), self._line(name))
        ordered = sorted(stated.values(), key=lambda fact: fact.line is None)
        return tuple(ordered[:_MOST_PLACES])

    def _shown(self, name: str, value: FactValue) -> str:
        """Return a value in words; of evidence whether it is there, and whether it was."""
        spec = self.evaluation.facts.known.specs.get(name)
        if spec is None or spec.origin is not Origin.EVIDENCE:
            return shown_value(value)
        if value:
            return "there"
        return "no longer valid" if isinstance(self.evaluation.feature.declared.get(name), dict) else "not there"

    def _line(self, name: str) -> int | None:
        facts, document = self.evaluation.facts, self.evaluation.feature.document
        of_plan = of_partner(name) if self.leg.is_partner and is_option_fact(name) else name
        places = plan_candidates((of_plan,)) if is_option_fact(name) else facts.places_of(name)
        declared = next((place for place in places if place in facts.declared), None)
        return None if declared is None else document.locate(path_of(declared), "key").start.line


def _telling_option(planned: Outcomes) -> int:
    masks = (planned.violated, planned.undeclared, planned.undetermined, planned.satisfied, planned.not_applicable)
    return first_in(next(mask for mask in masks if mask))
