"""A run and frameworks in, the state of every control for every feature out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aipolicy.catalog.frameworks import Framework
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.asked import FrameworkAnswer, LinkedFramework, answer_from
from aipolicy.frameworks.rule_state import RuleState, rule_states
from aipolicy.frameworks.states import STATES, State
from aipolicy.policy.framework_links import OWN
from aipolicy.policy.law import RELATIONS
from aipolicy.run.evaluated_run import Report
from aipolicy.run.policy import Policy
from aipolicy.value import Frozen


class Cell(Frozen, kw_only=True):
    """What became of a control for a feature."""

    control: str
    evaluation: Evaluation
    state: State
    """The weightiest of the states of its rules."""
    relation: str
    """The closest relation that one of these rules has to the control."""
    states: tuple[RuleState, ...]


class ControlCoverage(Frozen):
    """A control with the rules that speak of it, and its state for every feature, in the order of the run."""

    control: str
    relations: Mapping[str, str]
    """By the id of each rule, how it relates to the control."""
    cells: tuple[Cell, ...]


class FrameworkCoverage(Frozen):
    """The controls of a framework of which rules of the run speak, in the order of the framework."""

    framework: Framework
    controls: tuple[ControlCoverage, ...]


def coverage_of(report: Report, all_linked: Iterable[LinkedFramework], policy: Policy) -> tuple[FrameworkCoverage, ...]:
    """Return the state of every control that rules speak of, for every feature of a run."""
    findings: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        findings.setdefault((finding.file, finding.feature), []).append(finding)
    rule_evaluator = policy.evaluator.rule_evaluator
    stated = [
        (
            evaluation,
            rule_states(
                evaluation, findings.get((evaluation.feature.file, evaluation.feature.name), ()), rule_evaluator
            ),
        )
        for evaluation in report.evaluations
    ]
    covered = []
    for linked in all_linked:
        if linked.entry is not None:
            answers = [answer_from(evaluation, states, linked, policy) for evaluation, states in stated]
            covered.append(FrameworkCoverage(linked.entry, tuple(_controls(linked.entry, linked, answers))))
    return tuple(covered)


def _controls(
    framework: Framework, linked: LinkedFramework, answers: Sequence[FrameworkAnswer]
) -> Iterable[ControlCoverage]:
    for control, relations in relations_by_control(framework, linked).items():
        cells = (_cell(control, relations, answer) for answer in answers)
        yield ControlCoverage(control, relations, tuple(cell for cell in cells if cell is not None))


def relations_by_control(framework: Framework, linked: LinkedFramework) -> Mapping[str, Mapping[str, str]]:
    """Return for every control that rules speak of, in the order of the framework, the relation of each rule to it."""
    relations: dict[str, dict[str, str]] = {}
    for rule_id, link in linked.links.items():
        for control, relation in link.related:
            relations.setdefault(control, {})[rule_id] = relation
    return {control: relations[control] for control in framework.controls if control in relations}


def _cell(control: str, relations: Mapping[str, str], answer: FrameworkAnswer) -> Cell | None:
    """Return what became of a control for a feature; None where all its rules have ended."""
    states = tuple(state for state in answer.states if whole_id(state.rule.id) in relations)
    if not states:
        return None
    closest = min((relations[whole_id(state.rule.id)] for state in states), key=(OWN, *RELATIONS).index)
    weightiest = min((state.state for state in states), key=STATES.index)
    return Cell(control=control, evaluation=answer.evaluation, state=weightiest, relation=closest, states=states)
