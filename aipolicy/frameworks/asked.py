"""A feature and a framework in, what the framework asks of the feature out, in the order of its clauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from aipolicy.catalog.frameworks import Framework
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding, Stage
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.rule_state import RuleState, rule_states
from aipolicy.frameworks.states import State
from aipolicy.policy.framework_links import Link, link_to
from aipolicy.policy.law_words import law_of
from aipolicy.policy.rule import Rule
from aipolicy.run.policy import Policy
from aipolicy.value import Frozen


class LinkedFramework(Frozen):
    """A framework, or a pack of several, with the rules of a run that speak of it."""

    id: str
    name: str
    links: Mapping[str, Link]
    """By the id of the rule, in the order of the clauses."""
    rules: tuple[Rule, ...]
    """The same rules, whatever their stage."""
    entry: Framework | None = None
    """None for a pack."""


class FrameworkAnswer(Frozen):
    """What a framework asks of one feature."""

    framework: LinkedFramework
    evaluation: Evaluation
    states: tuple[RuleState, ...]
    """Of the rules that speak of the framework and their requirements, in the order of its clauses."""

    def link_of(self, state: RuleState) -> Link:
        """Return what a rule has to do with the framework."""
        return self.framework.links[whole_id(state.rule.id)]


def linked_framework(framework: Framework, rules: Iterable[Rule]) -> LinkedFramework:
    """Return a framework with the rules that speak of it."""
    rule_links = {rule.id: (rule, link) for rule in rules if (link := link_to(rule, framework)) is not None}

    def place(rule_id: str) -> tuple[int, str]:
        # NOTE: the clause that a rule cites first is the one that it is about.
        first = next(iter(rule_links[rule_id][1].controls), None)
        return len(framework.controls) if first is None else framework.controls.index(first), rule_id

    ordered = sorted(rule_links, key=place)
    links = {rule_id: rule_links[rule_id][1] for rule_id in ordered}
    return LinkedFramework(
        framework.id, framework.name, links, tuple(rule_links[rule_id][0] for rule_id in ordered), framework
    )


def linked_frameworks(frameworks: Iterable[Framework], rules: Sequence[Rule]) -> Iterator[LinkedFramework]:
    """Yield the frameworks of which some of the rules speak."""
    for framework in frameworks:
        linked = linked_framework(framework, rules)
        if linked.rules:
            yield linked


def linked_pack(name: str, title: str, rules: Iterable[Rule]) -> LinkedFramework:
    """Return a pack as a framework: its rules of law, which may be of several instruments."""
    own = tuple(rule for rule in rules if rule.pack == name and law_of(rule).provision)
    return LinkedFramework(name, title, {rule.id: Link(law_of(rule).provision, ()) for rule in own}, own)


def asked_of(
    evaluation: Evaluation, findings: Iterable[Finding], linked: LinkedFramework, policy: Policy
) -> FrameworkAnswer:
    """Return what a framework asks of a feature; `findings` are those on the feature, waived ones marked."""
    states = rule_states(evaluation, findings, policy.evaluator.rule_evaluator)
    return answer_from(evaluation, states, linked, policy)


def answer_from(
    evaluation: Evaluation, of_rules: Iterable[RuleState], linked: LinkedFramework, policy: Policy
) -> FrameworkAnswer:
    """Return what a framework asks of a feature, from the states of all rules."""
    stated: dict[str, list[RuleState]] = {}
    for state in of_rules:
        stated.setdefault(whole_id(state.rule.id), []).append(state)
    day = policy.catalog.as_of
    states = (
        state for rule in linked.rules for state in stated.get(rule.id, ()) or _not_evaluated(rule, day)
    )  # fmt: skip
    return FrameworkAnswer(linked, evaluation, tuple(states))


def _not_evaluated(rule: Rule, day: date) -> tuple[RuleState, ...]:
    """Return the state of a rule that is not announced yet; nothing for one that has ended."""
    if rule.stage_on(day) is not Stage.UNANNOUNCED:
        return ()
    return (RuleState(rule=rule, state=State.NOT_BEGUN),)
