"""What changes on a day, each change with its cause: of the inputs that change that day, one is exchanged at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Severity
from aipolicy.findings.rule_ids import whole_id
from aipolicy.forecast.change import Delta, ForecastChange, deltas, has_come
from aipolicy.forecast.events import INPUT_OF, Event, Input
from aipolicy.forecast.timeline import Moment, Timeline
from aipolicy.policy.rule import Rule
from aipolicy.run.evaluated_run import Report

Between = Mapping[frozenset[Input], Report]
"""Reports in which some inputs are those of the day, and all others those of the day before."""
Legs = Mapping[str, frozenset[tuple[str, str]]]
"""Provider and model of every leg that a plan leaves, by feature; features without a plan have none."""


def changes_between(before: Moment, now: Moment, timeline: Timeline, fail_on: Severity) -> tuple[ForecastChange, ...]:
    """Return the findings that a day changes, by feature, rule and path."""
    all_deltas = sorted(deltas(before.report.findings, now.report.findings), key=_order)
    if not all_deltas:
        return ()
    inputs = [_inputs(delta, now) for delta in all_deltas]
    between = _between(all_deltas, inputs, now, timeline)
    rules = {rule.id: rule for rule in timeline.policies.base.chosen_rules}
    legs = {
        evaluation.feature.name: _legs(evaluation)
        for evaluation in now.report.evaluations
        if evaluation.planned is not evaluation.candidates
    }
    changes = []
    for delta, concerned in zip(all_deltas, inputs, strict=True):
        cause = _cause(delta, concerned, between)
        events = [e for e in now.events if INPUT_OF[e.cause] is cause and e.feature in ("", delta.finding.feature)]
        causes = _behind(delta, events, rules.get(whole_id(delta.finding.rule_id)), legs)
        changes.append(ForecastChange(now.day, delta.kind(fail_on), delta, causes))
    return tuple(changes)


def _inputs(delta: Delta, now: Moment) -> tuple[Input, ...]:
    """Return the inputs that change on a day for the feature of a finding, in the order in which they are exchanged."""
    feature = delta.finding.feature
    concerned = {INPUT_OF[event.cause] for event in now.events if not feature or event.feature in ("", feature)}
    return tuple(exchanged for exchanged in Input if exchanged in concerned)


def _between(
    all_deltas: Sequence[Delta], inputs: Sequence[tuple[Input, ...]], now: Moment, timeline: Timeline
) -> Between:
    """Return the reports in between for the features for which several inputs change at once."""
    several = [(delta, changing) for delta, changing in zip(all_deltas, inputs, strict=True) if len(changing) > 1]
    names = frozenset(delta.finding.feature for delta, _ in several)
    if "" in names:
        names = frozenset(evaluation.feature.name for evaluation in now.report.evaluations)
    exchanges = {frozenset(changing[:count]): None for _, changing in several for count in range(1, len(changing))}
    return {exchanged: timeline.between(now.day, exchanged, names) for exchanged in exchanges}


def _cause(delta: Delta, inputs: Sequence[Input], between: Between) -> Input | None:
    """Return the first input with which a change comes about; None where nothing is known to happen."""
    for count in range(1, len(inputs)):
        if has_come(delta, between[frozenset(inputs[:count])].findings):
            return inputs[count - 1]
    return inputs[-1] if inputs else None


def _behind(delta: Delta, events: list[Event], rule: Rule | None, legs: Legs) -> tuple[Event, ...]:
    """Return the events that a finding hangs on: of its rule, of what the rule reads, of the models that are planned.

    A test that no event passes leaves them all, so that no change is without a cause.
    """
    reads = frozenset(rule.feature_reads) if rule is not None else frozenset()
    planned = legs.get(delta.finding.feature)
    tests: tuple[Callable[[Event], bool], ...] = (
        lambda event: event.rule in ("", whole_id(delta.finding.rule_id)),
        lambda event: event.fact in ("", *reads) or event.fact.startswith("option."),
        lambda event: event.leg is None or planned is None or event.leg in planned,
        lambda event: bool(event.rule),
    )
    for test in tests:
        events = [event for event in events if test(event)] or events
    return tuple(events)


def _legs(evaluation: Evaluation) -> frozenset[tuple[str, str]]:
    legs = (leg for option in evaluation.planned.options for leg in option.legs)
    return frozenset((leg.provider, leg.model.id) for leg in legs)


def _order(delta: Delta) -> tuple[str, str, str]:
    identity = delta.identity
    return identity.feature, identity.rule, identity.path
