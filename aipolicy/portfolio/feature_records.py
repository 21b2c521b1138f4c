"""One feature in, what rules over all features need of it out: small, picklable, and bounded where facts are unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.declared import PLAN_AXES
from aipolicy.facts.facts import LABELS, Facts
from aipolicy.facts.option_facts import DEFAULT_PLAN_PATHS, PLAN_PATHS
from aipolicy.facts.spec import FactType, FactValue
from aipolicy.options.estimates import COST_FACTS
from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.cel.interval import ANY, ONE, ZERO, Interval, exact, hull
from aipolicy.policy.cel.interval_evaluation import Form, Value, is_arithmetic, no_sum, number
from aipolicy.policy.portfolio_rule import Aggregate, FeatureFormula, GroupMeasure, PortfolioRule
from aipolicy.policy.rule import Line
from aipolicy.value import NamedTuple

Options = Callable[[tuple[str, ...]], Sequence[tuple[FactValue | None, ...]]]
"""The values of some facts of the options of a plan, each combination once; None is unknown."""


class Words(NamedTuple):
    """A set of words: those that certainly belong to it, and all that may; None is any word."""

    certain: frozenset[str]
    possible: frozenset[str] | None


class Membership(NamedTuple):
    """One feature under one rule; it takes part for certain, or perhaps."""

    certain: bool
    groups: Words
    amounts: tuple[Interval | Words, ...]
    """What it adds to each measure: an amount, or words that are told apart."""
    over_missing: tuple[str, ...]
    """The facts that would settle whether it takes part; the next two likewise for groups and for each measure."""
    group_missing: tuple[str, ...]
    missing: tuple[tuple[str, ...], ...]
    group_place: str
    """The declared fact that puts it into its group; empty for none. Each measure has one too."""
    places: tuple[str, ...]


class KeptFeature(NamedTuple):
    """What is kept of a feature for rules over all features."""

    name: str
    file: str
    past_prototype: bool
    entries: tuple[Membership | None, ...]
    """By rule; None where it certainly takes no part."""


class Subject(NamedTuple):
    """A feature as rules read it."""

    name: str
    file: str
    facts: Facts
    options: Options


EVERYTHING = Words(frozenset(), None)
NO_GROUPS = Words(frozenset({""}), frozenset({""}))
"""Without `group_by` all features are in one group without a name."""


def subject_of(evaluation: Evaluation) -> Subject:
    """Return an evaluated feature; without a plan nothing is known of its options."""
    planned = evaluation.planned is not evaluation.candidates

    def options(names: tuple[str, ...]) -> Sequence[tuple[FactValue | None, ...]]:
        if not planned:
            return [(None,) * len(names)]
        return [values for values, _ in evaluation.planned.groups(names, evaluation.workload)]

    return Subject(evaluation.feature.name, evaluation.feature.file, evaluation.facts, options)


def record_of(subject: Subject, rules: Sequence[PortfolioRule]) -> KeptFeature:
    """Return what the rules need to know of a feature."""
    past = subject.facts.values.get("metadata.past_prototype") is True
    return KeptFeature(subject.name, subject.file, past, tuple(_entry(subject, rule) for rule in rules))


def over_traces(subject: Subject, rule: PortfolioRule) -> tuple[LineTrace, ...]:
    """Return each line that says whether a feature takes part, with its truth and the values read."""
    traces = []
    for line in rule.over:
        values: dict[str, FactValue | None] = {name: subject.facts.values.get(name) for name in line.feature_reads}
        for options in subject.options(line.option_reads) if line.option_reads else ():
            values.update(zip(line.option_reads, options, strict=True))
        values.update({name: rule.rule.parameters[name] for name in line.parameter_reads})
        shown = tuple((f"{subject.name}: {name}", value) for name, value in values.items())
        traces.append(LineTrace("over", line.text, _truth_of(line, subject, rule), shown))
    return tuple(traces)


def least(measure: GroupMeasure) -> Interval:
    """Return the bounds of what a feature of which nothing is known adds to a measure; it may also take no part."""
    if measure.formula is None or measure.aggregate is Aggregate.COUNT:
        return hull(ZERO, ONE)
    nothing = _FormulaScope({}, measure.formula.numbers)
    tree = _tree(measure.formula.checked)
    return no_sum(number(tree, nothing)) if is_arithmetic(tree, _types(measure.formula)) else ANY


def _entry(subject: Subject, rule: PortfolioRule) -> Membership | None:
    truths = [(line, _truth_of(line, subject, rule)) for line in rule.over]
    if any(truth is Truth.FALSE for _, truth in truths):
        return None
    unsure = [line for line, truth in truths if truth is Truth.UNKNOWN]
    groups = NO_GROUPS if rule.group_by is None else _words(rule.group_by, subject, rule)
    amounts = tuple(_amount(measure, subject, rule) for measure in rule.measures)
    formulas = [measure.formula for measure in rule.measures]
    return Membership(
        certain=not unsure,
        groups=groups,
        amounts=amounts,
        over_missing=tuple(sorted({fact for line in unsure for fact in _missing(line, subject)})),
        group_missing=() if rule.group_by is None or _settled(groups) else _missing(rule.group_by, subject),
        missing=tuple(
            () if formula is None or _settled(amount) else _missing(formula, subject)
            for formula, amount in zip(formulas, amounts, strict=True)
        ),
        group_place="" if rule.group_by is None else _place(rule.group_by, subject),
        places=tuple("" if formula is None else _place(formula, subject) for formula in formulas),
    )


def _settled(amount: Interval | Words) -> bool:
    return amount.is_exact if isinstance(amount, Interval) else amount.certain == amount.possible


def _readings(reading: Line | FeatureFormula, subject: Subject, rule: PortfolioRule) -> Sequence[dict[str, FactValue]]:
    """Return what an expression reads, as far as it is known, for each kind of option of the plan."""
    shared = {name: rule.rule.parameters[name] for name in reading.parameter_reads}
    for name in reading.feature_reads:
        value = subject.facts.values.get(name)
        if value is not None:
            shared[name] = value
    if not reading.option_reads:
        return [shared]
    return [
        {**shared, **{n: v for n, v in zip(reading.option_reads, values, strict=True) if v is not None}}
        for values in subject.options(reading.option_reads)
    ]


def _truth_of(line: Line, subject: Subject, rule: PortfolioRule) -> Truth:
    condition = _condition(line.checked)
    truths = {condition.evaluate(_cel(values))[0] for values in _readings(line, subject, rule)}
    return truths.pop() if len(truths) == 1 else Truth.UNKNOWN


def _words(formula: FeatureFormula, subject: Subject, rule: PortfolioRule) -> Words:
    """Return the words that an expression gives: certain where every option of the plan agrees."""
    condition = _condition(formula.checked)
    sets = []
    for values in _readings(formula, subject, rule):
        value = condition.value(_cel(values))
        if value is None:
            return EVERYTHING
        sets.append(frozenset((value,) if isinstance(value, str) else value))
    if not sets:
        return EVERYTHING
    return Words(frozenset.intersection(*sets), frozenset.union(*sets))


def _amount(measure: GroupMeasure, subject: Subject, rule: PortfolioRule) -> Interval | Words:
    formula = measure.formula
    if formula is None:
        return ONE
    if measure.aggregate is Aggregate.DISTINCT:
        return _words(formula, subject, rule)
    amounts = [_value(formula, values) for values in _readings(formula, subject, rule)] or [least(measure)]
    amount = amounts[0]
    for other in amounts[1:]:
        amount = hull(amount, other)
    return amount


def _value(formula: FeatureFormula, values: Mapping[str, FactValue]) -> Interval:
    condition = _condition(formula.checked)
    if formula.type is FactType.BOOL:
        truth, _ = condition.evaluate(_cel(values))
        return ONE if truth is Truth.TRUE else ZERO if truth is Truth.FALSE else hull(ZERO, ONE)
    tree = _tree(formula.checked)
    if is_arithmetic(tree, _types(formula)):
        return no_sum(number(tree, _FormulaScope(values, formula.numbers)))
    value = condition.value(_cel(values))
    return exact(float(value)) if isinstance(value, int | float) else ANY


class _FormulaScope(NamedTuple):
    """The facts of one feature: an unknown number lies within what its fact may be."""

    values: Mapping[str, FactValue]
    numbers: Mapping[str, tuple[float | None, float | None]]

    def value(self, name: str) -> Value:
        value = self.values.get(name)
        if isinstance(value, float):
            return Form((), exact(value))
        low, high = self.numbers[name]
        return Form((), Interval(None if low is None else exact(low).low, None if high is None else exact(high).high))

    def bounds(self, form: Form) -> Interval:
        return no_sum(form)


def _missing(reading: Line | FeatureFormula, subject: Subject) -> tuple[str, ...]:
    """Return the declarations that would settle what an expression gives."""
    facts = subject.facts
    labels = facts.values.get(LABELS)
    declared = labels if isinstance(labels, Mapping) else {}
    # NOTE: a label that is not declared is a missing fact, by its own name.
    missing = {f"{LABELS}.{key}" for key in reading.label_keys if key not in declared}
    unknown = (name for name in reading.feature_reads if name not in facts.values)
    missing.update(fact for name in unknown if name != LABELS or not missing for fact in facts.missing(name))
    for place, name in enumerate(reading.option_reads):
        values = {str(row[place]) for row in subject.options(reading.option_reads)}
        if len(values) > 1 or values == {"None"}:
            missing.update(_deciding(name, facts, several=len(values) > 1))
    # NOTE: all is known that it reads, and still nothing comes of it.
    return tuple(sorted(missing or {*reading.feature_reads}))


def _deciding(name: str, facts: Facts, *, several: bool) -> tuple[str, ...]:
    """Return the declarations that make an option fact known and one; itself where all that a plan can say is said."""
    cascade = ("task.hard_case_share",) if facts.values.get("plan.routing") == "cascade" else ()
    reads = (*REGISTRY[name].reads, *(cascade if name in COST_FACTS else ()))
    undeclared = tuple(fact for fact in reads if fact not in facts.values)
    axes: tuple[str, ...] = PLAN_AXES if several else ()
    if facts.values.get("plan.fallback") == "none":
        axes = tuple(axis for axis in axes if not axis.startswith("plan.fallback"))
    paths = (path for path in (*PLAN_PATHS.get(name, ()), *DEFAULT_PLAN_PATHS, *axes) if path not in facts.declared)
    return undeclared or tuple(paths)[:1] or (name,)


def _place(formula: FeatureFormula, subject: Subject) -> str:
    """Return the declared fact that an expression rests on the most; empty where none is declared."""
    declared = subject.facts.declared
    names = [place for name in formula.feature_reads for place in subject.facts.places_of(name)]
    names += [path for name in formula.option_reads for path in (*PLAN_PATHS.get(name, ()), *DEFAULT_PLAN_PATHS)]
    return next((name for name in names if name in declared and not is_option_fact(name)), "")


def _cel(values: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {name: cel_value(value) for name, value in values.items()}


def _types(formula: FeatureFormula) -> dict[str, FactType]:
    return dict.fromkeys(formula.numbers, FactType.NUMBER)


@cache
def _condition(checked: Checked) -> Condition:
    return Condition(checked)


@cache
def _tree(checked: Checked) -> Node:
    return decode(checked)
