"""Which values decided a violation, and in which direction each of them is worse."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT
from aipolicy.evaluation.paired_outcomes import LegOutcomes, Outcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.facts import LABELS, Facts
from aipolicy.facts.spec import FactValue, RecordList, RecordValue
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Decided, DecidingValue, Worse
from aipolicy.options.workload import Workload
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.rule import Line, Rule
from aipolicy.source.text import without_secrets
from aipolicy.value import NamedTuple, replace

_MOST_CONDITIONS = 1_000
_CLASSES, _SENSITIVITY = "data.classes", "data.sensitivity"


def decided_by(rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> tuple[Decided, ...]:
    """Return the values that decided the violation of a rule on an option, by name.

    They are what the lines read that make the rule apply and those that fail, and the data that is at stake. The direction
    is found by asking the lines themselves: a number is worse the higher it is where a line holds for the least number and
    fails for the largest, a list the longer it is where the line holds for none of its members and fails for one of them
    alone. Whatever a parameter is, it is no value of the feature, and is worse in no direction.
    """
    decided: dict[str, Decided] = {}
    for lines, breaks, keeps in ((rule.when, Truth.TRUE, Truth.FALSE), (rule.require, Truth.FALSE, Truth.TRUE)):
        for line in lines:
            for value in _decided_by_line(_LineRead(line, rule, facts, option), breaks, keeps):
                earlier = decided.get(value.name)
                decided[value.name] = value if earlier is None else _both(earlier, value)
    decided |= {value.name: value for value in _data_at_stake(rule, facts) if value.name not in decided}
    return tuple(_without_secrets(decided[name]) for name in sorted(decided))


def _data_at_stake(rule: Rule, facts: Facts) -> Iterator[Decided]:
    """Yield the data that a rule names in its message, which is worse the more sensitive it is.

    Data where it must not be is accepted for what it is: no condition need ask which it is.
    """
    from aipolicy.policy.message import names_in

    if _CLASSES in names_in(rule.message):
        yield from declared_value(facts, _CLASSES)
        for value in declared_value(facts, _SENSITIVITY):
            yield replace(value, worse=Worse.HIGHER)


def deciding_elements(rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> dict[str, tuple[int, ...]]:
    """Return by list of records which elements decide a rule, each of them alone; numbers from 0.

    They are those that break a requirement, else those that leave a line unknown, else those that make the rule apply. A
    list of which no element does so by itself is left out.
    """
    deciding: dict[str, tuple[int, ...]] = {}
    for lines, wanted in ((rule.require, Truth.FALSE), (rule.require, Truth.UNKNOWN), (rule.when, Truth.UNKNOWN),
                          (rule.when, Truth.TRUE)):  # fmt: skip
        found: dict[str, set[int]] = {}
        for read in (_LineRead(line, rule, facts, option) for line in lines if line.elements):
            for name, numbers in read.alone(wanted) if read.truth() is wanted else ():
                found.setdefault(name, set()).update(numbers)
        deciding = {name: tuple(sorted(numbers)) for name, numbers in found.items() if numbers} | deciding
    return deciding


def is_broken_without(line: Line, rule: Rule, facts: Facts, unsaid: Container[str]) -> bool:
    """Return whether a line is false of the feature alone, also where some facts are unknown."""
    return _LineRead(line, rule, facts, {}, unsaid).truth() is Truth.FALSE


def declared_value(facts: Facts, name: str) -> tuple[Decided, ...]:
    """Return what a feature declares, as what decided a finding on it; nothing where it declares nothing."""
    value = facts.values.get(name)
    if isinstance(value, RecordList):
        return (Decided(name, value.names),)
    if value is None or isinstance(value, Mapping | RecordValue):
        return ()
    return (_without_secrets(Decided(name, value)),)


def _without_secrets(decided: Decided) -> Decided:
    value = decided.value
    if isinstance(value, tuple):
        value = tuple(map(without_secrets, value))
    return replace(decided, value=without_secrets(value) if isinstance(value, str) else value)


class _LineRead:
    """A line beside the values that it reads."""

    def __init__(self, line: Line, rule: Rule, facts: Facts, option: Mapping[str, FactValue],
                 unsaid: Container[str] = ()) -> None:  # fmt: skip
        values = {name: facts.values.get(name) for name in line.feature_reads if name not in unsaid}
        values.update({name: option.get(name) for name in line.option_reads})
        values.update({name: rule.parameters[name] for name in line.parameter_reads})
        self.values = {name: value for name, value in values.items() if value is not None}
        self.parameters = frozenset(line.parameter_reads)
        self.label_keys = line.label_keys
        self.elements = line.elements
        self._condition = _condition(line.checked)
        self._known = {name: cel_value(value) for name, value in self.values.items()}

    def truth(self, **changed: Any) -> Truth:
        """Return the truth of the line, with some of the values changed."""
        return self._condition.evaluate(self._known | changed)[0]

    def alone(self, wanted: Truth) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield each list of records with the elements that give the line a truth by themselves, which none does not."""
        for name, value in self.values.items():
            if isinstance(value, RecordList) and self.truth(**{name: []}) is not wanted:
                elements = enumerate(self._known[name])
                yield name, tuple(number for number, one in elements if self.truth(**{name: [one]}) is wanted)

    def direction(self, name: str, breaks: Truth, keeps: Truth) -> Worse:
        """Return in which direction a number is worse."""
        low, high = (self.truth(**{name: end}) for end in (-inf, inf))
        if low is keeps and high is breaks:
            return Worse.HIGHER
        return Worse.LOWER if low is breaks and high is keeps else Worse.UNTOLD

    def offending(self, name: str, members: Sequence[str], breaks: Truth, keeps: Truth) -> tuple[str, ...]:
        """Return the members of a list that break the rule by themselves; none where that is not what breaks it."""
        if self.truth(**{name: []}) is not keeps:
            return ()
        each = zip(members, self._known[name], strict=True)
        return tuple(member for member, value in each if self.truth(**{name: [value]}) is breaks)


def _decided_by_line(read: _LineRead, breaks: Truth, keeps: Truth) -> Iterator[Decided]:
    if read.truth() is not breaks or _says_it_all(read.values):
        return
    lists = {
        name: _members(name, value, read.elements)
        for name, value in read.values.items()
        if isinstance(value, tuple | RecordList)
    }
    # NOTE: a line that asks how many records there are is met by each of them, and tells nothing of one.
    told = {name for name in lists if read.elements or not isinstance(read.values[name], RecordList)}
    offending = {name: read.offending(name, members, breaks, keeps) if name in told else ()
                 for name, members in lists.items()}  # fmt: skip
    numbers = {
        name: read.direction(name, breaks, keeps) for name, value in read.values.items()
        if isinstance(value, float) and name not in read.parameters
    }  # fmt: skip
    directed = {name for name, worse in numbers.items() if worse}
    tells = any(members for name, members in offending.items() if name not in read.parameters)
    for name, value in read.values.items():
        if name in lists:
            # NOTE: where members tell what is wrong, the lists that they are compared with tell it a second time.
            if offending[name] and name not in read.parameters:
                yield Decided(name, offending[name], Worse.MORE)
            elif not tells:
                yield Decided(name, lists[name])
        elif isinstance(value, Mapping):
            labels = value if name == LABELS else {}
            yield from (Decided(f"{LABELS}.{key}", str(labels[key])) for key in read.label_keys if key in labels)
        elif isinstance(value, bool | float | str):
            against = tuple(sorted(directed - {name})) if name in directed else ()
            yield Decided(name, value, numbers.get(name, Worse.UNTOLD), against)


def _members(name: str, value: tuple[str, ...] | RecordList, reads: tuple[str, ...]) -> tuple[str, ...]:
    """Return the members of a list; elements by name and by what is read of them, so that a changed one is another."""
    if not isinstance(value, RecordList):
        return value
    fields = {read.removeprefix(f"{name}.") for read in reads if read.startswith(f"{name}.")}
    return tuple(_named(title, element, fields) for title, element in zip(value.names, value.elements, strict=True))


def _named(title: str, element: RecordValue, fields: set[str]) -> str:
    read = tuple(
        (field, value) for place, (field, value) in enumerate(element.fields)
        if field in fields and not (place == 0 and value == title)
    )  # fmt: skip
    return f"{title} ({shown_value(RecordValue(read))})" if read else title


def _says_it_all(values: Mapping[str, FactValue]) -> bool:
    """Return whether a line reads one answer alone, which cannot be another while the rule is violated."""
    return len(values) == 1 and all(isinstance(value, bool) for value in values.values())


def _both(one: Decided, other: Decided) -> Decided:
    """Return what two lines say of one value: a list is worse by what either line finds in it."""
    if one.worse is Worse.MORE and other.worse is Worse.MORE:
        return Decided(one.name, _merged(one.value, other.value), Worse.MORE)
    if one.worse is other.worse:
        # NOTE: a line that weighs it against nothing can tell for both.
        return one if not one.against else other
    if not one.worse or not other.worse:
        return one if one.worse else other
    return Decided(one.name, one.value)


def _merged(one: DecidingValue, other: DecidingValue) -> DecidingValue:
    members = {*(one if isinstance(one, tuple) else ()), *(other if isinstance(other, tuple) else ())}
    return tuple(sorted(members))


@lru_cache(maxsize=_MOST_CONDITIONS)
def _condition(checked: Checked) -> Condition:
    return Condition(checked)


class DecidingLeg(NamedTuple):
    """An option, or the partner of one by itself, under its number in the set that it is in."""

    option_set: OptionSet
    number: int
    is_partner: bool


def leg_of(outcomes: Outcomes, option_set: OptionSet, number: int) -> DecidingLeg:
    """Return what of an option decides what a rule comes to for it, from what it comes to for every option."""
    partner = option_set.slot_of(number).partner if isinstance(option_set, PairedSet) else None
    if partner is None or not isinstance(outcomes, LegOutcomes) or not outcomes.is_of_partner:
        return DecidingLeg(option_set, number, False)
    assert isinstance(option_set, PairedSet)
    outcomes = outcomes.within(1 << number)
    main = outcomes.main.outcome_of(option_set.main_of(number))
    assert outcomes.partner is not None
    other = outcomes.partner.outcome_of(partner)
    if OUTCOMES_BY_WEIGHT.index(main) <= OUTCOMES_BY_WEIGHT.index(other):
        return DecidingLeg(option_set, number, False)
    return DecidingLeg(option_set.table, partner, True)


def deciding_leg(rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet, number: int,
                 rule_evaluator: RuleEvaluator) -> DecidingLeg:  # fmt: skip
    """Return what of an option decides what a rule comes to for it."""
    return leg_of(rule_evaluator.evaluate(rule, facts, workload, option_set), option_set, number)


def planned_leg(evaluation: Evaluation, rule: Rule, number: int, rule_evaluator: RuleEvaluator) -> DecidingLeg:
    """Return what of an option of the plan decides a rule."""
    return deciding_leg(rule, evaluation.facts, evaluation.workload, evaluation.planned, number, rule_evaluator)


def read_facts(evaluation: Evaluation, rule: Rule, leg: DecidingLeg) -> dict[str, FactValue]:
    """Return what a rule reads of an option or of its partner, without making the option itself."""
    facts: dict[str, FactValue] = {}
    for line in (*rule.when, *rule.require):
        if line.option_reads:
            facts.update(leg.option_set.values_of(leg.number, line.option_reads, evaluation.workload))
    return facts
