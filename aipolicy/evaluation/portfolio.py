"""Records of all features in, what becomes of a rule over them for each group: three-valued, whatever their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from aipolicy.evaluation.judging import LineTrace
from aipolicy.evaluation.portfolio_records import Entry, FeatureRecord
from aipolicy.evaluation.portfolio_sums import Contributions, Known, aggregated
from aipolicy.facts.spec import FactValue
from aipolicy.findings import Outcome
from aipolicy.policy.amounts import ZERO, Amount, plus, scaled
from aipolicy.policy.bounded import Form, Value, constant, truth
from aipolicy.policy.checked_expr import Node, decode
from aipolicy.policy.expressions import Truth
from aipolicy.policy.portfolio_rule import GROUP, KEY, TOTAL, PortfolioRule
from aipolicy.policy.rule import Line
from aipolicy.value import Frozen, replace


class Member(NamedTuple):
    """A feature that takes part, or may."""

    record: FeatureRecord
    entry: Entry


class GroupResult(Frozen):
    """What became of a rule for one group."""

    group: Group
    outcome: Outcome
    truths: tuple[tuple[str, Line, Truth], ...]
    """Each line with its section and truth."""

    @property
    def key(self) -> str | None:
        """Return the name of the group; None for groups that nothing names for certain."""
        return self.group.key

    def reads(self, wanted: Truth) -> tuple[str, ...]:
        """Return what the lines of a truth read, requirements that fail as they are written."""
        lines = (line for _, line, found in self.truths if found is wanted)
        return tuple(dict.fromkeys(name for line in lines for name in line.feature_reads))

    def traces(self) -> tuple[LineTrace, ...]:
        """Return each line with its truth and the values that it read."""
        return tuple(
            LineTrace(section, line.text, found, tuple((n, self.group.shown(n)) for n in (
                *line.feature_reads, *line.parameter_reads)))
            for section, line, found in self.truths
        )  # fmt: skip


class Portfolio:
    """The features of a run under one rule; `unread` manifests may hold any feature."""

    def __init__(self, rule: PortfolioRule, entries: Iterable[tuple[FeatureRecord, Entry | None]], unread: int) -> None:
        self.rule = rule
        self.unread = unread
        taking_part = [Member(record, entry) for record, entry in entries if entry is not None]
        self.members = sorted(taking_part, key=lambda m: (m.record.name, m.record.file))
        self.sums = Contributions([member.entry for member in self.members], rule.measures, unread)
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._anywhere: list[int] = []
        for number, member in enumerate(self.members):
            possible = member.entry.groups.possible
            if possible is None:
                self._anywhere.append(number)
            for key in possible or ():
                self._by_key[key].append(number)
            for key in member.entry.groups.certain if possible is None else ():
                self._by_key.setdefault(key, [])
        self._trees: dict[str, Node] = {}

    def results(self) -> tuple[GroupResult, ...]:
        """Return what becomes of the rule for every group, by name, and last for groups that nothing names for certain."""
        keys: list[str | None] = [*sorted(self._by_key)]
        if self._anywhere or self.unread:
            keys += [None] if self.rule.group_by is not None else () if keys else [""]
        return tuple(map(self.result, keys))

    def result(self, key: str | None) -> GroupResult:
        """Return what becomes of the rule for one group."""
        group = Group(self, key)
        rule = self.rule.rule
        lines = [("when", line) for line in rule.when] + [("require", line) for line in rule.require]
        truths = tuple((section, line, truth(self._tree(line), group)) for section, line in lines)
        outcome = _outcome(truths) if group.numbers or self.unread else Outcome.NOT_APPLICABLE
        if outcome is Outcome.VIOLATED and not group.exists:
            # NOTE: a group that may have no feature at all cannot be said to break anything.
            outcome = Outcome.UNDETERMINED
        return GroupResult(group, outcome, truths)

    def outcome(self) -> Outcome:
        """Return the worst outcome of any group."""
        found = {result.outcome for result in self.results()}
        worst = (Outcome.VIOLATED, Outcome.UNDETERMINED, Outcome.SATISFIED)
        return next((outcome for outcome in worst if outcome in found), Outcome.NOT_APPLICABLE)

    def numbers_of(self, key: str | None) -> tuple[int, ...]:
        """Return the members that belong to a group, or may."""
        return tuple(sorted((*(self._by_key.get(key, ()) if key is not None else ()), *self._anywhere)))

    def _tree(self, line: Line) -> Node:
        tree = self._trees.get(line.text)
        if tree is None:
            tree = self._trees[line.text] = decode(line.checked)
        return tree


class Group:
    """One group of features, as conditions read it."""

    def __init__(self, portfolio: Portfolio, key: str | None) -> None:
        self.portfolio = portfolio
        self.key = key
        self.numbers = portfolio.numbers_of(key)
        """The members that belong to it, or may."""
        members = portfolio.members
        self.certain = frozenset(n for n in self.numbers if key is not None and key in members[n].entry.groups.certain)
        """Those that belong to it if they take part at all."""
        self.exists = any(members[number].entry.certain for number in self.certain)
        self._aggregated: dict[str, Amount] = {}

    def value(self, name: str) -> Value:
        """Return the value of a name."""
        if name == KEY:
            return self.key
        if name.startswith((GROUP, TOTAL)):
            return Form(((name, Fraction(1)),), ZERO)
        known = self.portfolio.rule.rule.parameters[name]
        if isinstance(known, float):
            return constant(known)
        return known if isinstance(known, str | tuple | bool) else None

    def bounds(self, form: Form) -> Amount:
        """Return what a sum of measures comes to."""
        sums, found = self.portfolio.sums, form.rest
        group, total = ([Fraction(0)] * len(sums.measures) for _ in range(2))
        for name, factor in form.factors:
            position = sums.position(name)
            if sums.measures[position].aggregate.adds_up:
                (group if name.startswith(GROUP) else total)[position] += factor
            else:
                found = plus(found, scaled(self._aggregate(name, position), factor))
        if any(group) or any(total):
            found = plus(found, sums.bounds(tuple(group), tuple(total), self.numbers, self.certain))
        return found

    def amount(self, name: str) -> Amount:
        """Return one measure, as conditions name it."""
        return self.bounds(Form(((name, Fraction(1)),), ZERO))

    def shown(self, name: str) -> FactValue | None:
        """Return a value for people: an amount that is not fully known in words."""
        if name == KEY:
            return self.key
        if not name.startswith((GROUP, TOTAL)):
            return self.portfolio.rule.rule.parameters.get(name)
        return shown_amount(self.amount(name))

    def _aggregate(self, name: str, position: int) -> Amount:
        if name not in self._aggregated:
            members = self.portfolio.members
            inside = self.numbers if name.startswith(GROUP) else range(len(members))
            sure = self.certain if name.startswith(GROUP) else frozenset(inside)
            known = [
                Known(members[n].entry.amounts[position], certain=members[n].entry.certain and n in sure)
                for n in inside
            ]
            self._aggregated[name] = aggregated(self.portfolio.sums.measures[position], known, self.portfolio.unread)
        return self._aggregated[name]


def with_parameters(rule: PortfolioRule, parameters: Mapping[str, FactValue]) -> PortfolioRule:
    """Return a rule under other values of its parameters."""
    known = rule.rule.parameters
    changed = {name: value for name, value in parameters.items() if name in known}
    return replace(rule, rule=replace(rule.rule, parameters={**known, **changed}))


def shown_amount(amount: Amount) -> FactValue | None:
    """Return an amount as a number, in words where only bounds are known, None where nothing is."""
    low, high = (None if end is None else float(end) for end in amount)
    if amount.is_exact:
        return low
    match low, high:
        case None, None:
            return None
        case _, None:
            return f"at least {_plain(low)}" if low else None
        case None, _:
            return f"at most {_plain(high)}"
        case _:
            return f"{_plain(low)} to {_plain(high)}"


def _plain(number: float | None) -> str:
    from aipolicy.evaluation.findings import shown_value

    return shown_value(number)


def _outcome(truths: Sequence[tuple[str, Line, Truth]]) -> Outcome:
    when = {found for section, _, found in truths if section == "when"}
    require = {found for section, _, found in truths if section == "require"}
    if Truth.FALSE in when:
        return Outcome.NOT_APPLICABLE
    if require == {Truth.TRUE}:
        return Outcome.SATISFIED
    if Truth.FALSE in require and Truth.UNKNOWN not in when:
        return Outcome.VIOLATED
    return Outcome.UNDETERMINED
