"""Records of all features in, what becomes of a rule over them for each group: three-valued, whatever their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.cel.interval import ZERO, Interval, plus, scaled
from aipolicy.policy.cel.interval_evaluation import Form, Value, constant, truth
from aipolicy.policy.portfolio_rule import GROUP, KEY, TOTAL, PortfolioRule
from aipolicy.policy.rule import Line
from aipolicy.portfolio.feature_records import KeptFeature, Membership
from aipolicy.portfolio.sums import Contribution, Contributions, Unsure, aggregated, unsure
from aipolicy.value import Frozen, NamedTuple, replace


class Member(NamedTuple):
    """A feature that takes part, or may."""

    record: KeptFeature
    entry: Membership


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
        lines = (line for _, line, line_truth in self.truths if line_truth is wanted)
        return tuple(dict.fromkeys(name for line in lines for name in line.feature_reads))

    def traces(self) -> tuple[LineTrace, ...]:
        """Return each line with its truth and the values that it read."""
        return tuple(
            LineTrace(section, line.text, line_truth, tuple((n, self.group.shown(n)) for n in (
                *line.feature_reads, *line.parameter_reads)))
            for section, line, line_truth in self.truths
        )  # fmt: skip


class Portfolio:
    """The features of a run under one rule; `unread` manifests may hold any feature."""

    def __init__(
        self, rule: PortfolioRule, entries: Iterable[tuple[KeptFeature, Membership | None]], unread: int
    ) -> None:
        self.rule = rule
        self.unread = unread
        taking_part = [Member(record, entry) for record, entry in entries if entry is not None]
        self.members = sorted(taking_part, key=lambda m: (m.record.name, m.record.file))
        self.anywhere: list[int] = []
        """The members that may belong to any group."""
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for number, member in enumerate(self.members):
            # INVARIANT: a feature that may belong to any group belongs to none for certain.
            if member.entry.groups.possible is None:
                self.anywhere.append(number)
            for key in member.entry.groups.possible or ():
                self._by_key[key].append(number)
        memberships = [member.entry for member in self.members]
        self.sums = Contributions(memberships, rule.measures, self.anywhere, unread)
        self._trees: dict[str, Node] = {}
        self._totals: dict[int, Interval] = {}
        self._unsure: dict[int, Unsure] = {}

    def results(self) -> tuple[GroupResult, ...]:
        """Return what becomes of the rule for every group, by name, and last for groups that nothing names for certain."""
        keys: list[str | None] = [*sorted(self._by_key)]
        if self.anywhere or self.unread:
            keys += [None] if self.rule.group_by is not None else () if keys else [""]
        return tuple(map(self.result, keys))

    def result(self, key: str | None) -> GroupResult:
        """Return what becomes of the rule for one group."""
        group = Group(self, key)
        rule = self.rule.rule
        lines = [("when", line) for line in rule.when] + [("require", line) for line in rule.require]
        truths = tuple((section, line, truth(self._tree(line), group)) for section, line in lines)
        nobody = not (group.named or self.anywhere or self.unread)
        outcome = Outcome.NOT_APPLICABLE if nobody else _outcome(truths)
        if outcome is Outcome.VIOLATED and not group.exists:
            # NOTE: a group that may have no feature at all cannot be said to break anything.
            outcome = Outcome.UNDETERMINED
        return GroupResult(group, outcome, truths)

    def outcome(self) -> Outcome:
        """Return the worst outcome of any group."""
        outcomes = {result.outcome for result in self.results()}
        worst = (Outcome.VIOLATED, Outcome.UNDETERMINED, Outcome.SATISFIED)
        return next((outcome for outcome in worst if outcome in outcomes), Outcome.NOT_APPLICABLE)

    def named_in(self, key: str | None) -> Sequence[int]:
        """Return the members that a group is named for, or may be; those in `anywhere` may belong to it as well."""
        return self._by_key.get(key, ()) if key is not None else ()

    def aggregated_total(self, position: int) -> Interval:
        """Return a measure of all members that does not add up."""
        if position not in self._totals:
            contributions = [
                Contribution(member.entry.amounts[position], certain=member.entry.certain) for member in self.members
            ]
            self._totals[position] = aggregated(self.sums.measures[position], contributions, Unsure(), self.unread)
        return self._totals[position]

    def aggregated_group(self, position: int, group: Group) -> Interval:
        """Return a measure of a group that does not add up."""
        if position not in self._unsure:
            self._unsure[position] = unsure(self.members[number].entry.amounts[position] for number in self.anywhere)
        inside = ((self.members[number].entry, number in group.certain) for number in group.named)
        contributions = [
            Contribution(entry.amounts[position], certain=entry.certain and certain) for entry, certain in inside
        ]
        return aggregated(self.sums.measures[position], contributions, self._unsure[position], self.unread)

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
        self.named = portfolio.named_in(key)
        """The members that it is named for, or may be."""
        members = portfolio.members
        self.certain = frozenset(number for number in self.named if key in members[number].entry.groups.certain)
        """Those that belong to it if they take part at all."""
        self.exists = any(members[number].entry.certain for number in self.certain)
        self._aggregated: dict[int, Interval] = {}

    def value(self, name: str) -> Value:
        """Return the value of a name."""
        if name == KEY:
            return self.key
        if name.startswith((GROUP, TOTAL)):
            return Form(((name, Fraction(1)),), ZERO)
        value = self.portfolio.rule.rule.parameters[name]
        if isinstance(value, float):
            return constant(value)
        return value if isinstance(value, str | tuple | bool) else None

    def bounds(self, form: Form) -> Interval:
        """Return what a sum of measures comes to."""
        sums, interval = self.portfolio.sums, form.rest
        group, total = ([Fraction(0)] * len(sums.measures) for _ in range(2))
        for name, factor in form.factors:
            position = sums.position(name)
            if sums.measures[position].aggregate.adds_up:
                (group if name.startswith(GROUP) else total)[position] += factor
            else:
                interval = plus(interval, scaled(self._aggregate(name, position), factor))
        if any(group) or any(total):
            interval = plus(interval, sums.bounds(tuple(group), tuple(total), self.named, self.certain))
        return interval

    def amount(self, name: str) -> Interval:
        """Return one measure, as conditions name it."""
        return self.bounds(Form(((name, Fraction(1)),), ZERO))

    def shown(self, name: str) -> FactValue | None:
        """Return a value for people: an amount that is not fully known in words."""
        if name == KEY:
            return self.key
        if not name.startswith((GROUP, TOTAL)):
            return self.portfolio.rule.rule.parameters.get(name)
        return shown_amount(self.amount(name))

    def _aggregate(self, name: str, position: int) -> Interval:
        if name.startswith(TOTAL):
            return self.portfolio.aggregated_total(position)
        if position not in self._aggregated:
            self._aggregated[position] = self.portfolio.aggregated_group(position, self)
        return self._aggregated[position]


def with_parameters(rule: PortfolioRule, parameters: Mapping[str, FactValue]) -> PortfolioRule:
    """Return a rule under other values of its parameters."""
    own = rule.rule.parameters
    changed = {name: value for name, value in parameters.items() if name in own}
    return replace(rule, rule=replace(rule.rule, parameters={**own, **changed}))


def shown_amount(amount: Interval) -> FactValue | None:
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
    from aipolicy.facts.value_text import shown_value

    return shown_value(number)


def _outcome(truths: Sequence[tuple[str, Line, Truth]]) -> Outcome:
    when = {line_truth for section, _, line_truth in truths if section == "when"}
    require = {line_truth for section, _, line_truth in truths if section == "require"}
    if Truth.FALSE in when:
        return Outcome.NOT_APPLICABLE
    if require == {Truth.TRUE}:
        return Outcome.SATISFIED
    if Truth.FALSE in require and Truth.UNKNOWN not in when:
        return Outcome.VIOLATED
    return Outcome.UNDETERMINED
