"""Outcomes in, the verdict out: what remains, what was removed and by which constraints, and what the feature needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from aipolicy.evaluation.axes import AXES
from aipolicy.evaluation.needs import NEEDS, OWN_SITES, PROVIDER, PROVIDER_FACTS
from aipolicy.evaluation.option_masks import union
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import LegOutcomes, Outcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.slots import NO_PARTNER
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import Frozen


class RuleMasks(Mapping[str, int]):
    """For each rule the options to which it comes in one of some ways; rules without such options are left out."""

    def __init__(self, option_set: OptionSet, outcomes: Iterable[tuple[str, Outcomes]], ways: tuple[str, ...]) -> None:
        self._option_set = option_set
        self._ways = ways
        self._evaluated_rules = tuple(outcomes)
        self._known: dict[str, int] = {}

    @cached_property
    def _outcomes(self) -> dict[str, Outcomes]:
        return {rule: outcomes for rule, outcomes in self._evaluated_rules if any(map(outcomes.is_some, self._ways))}

    def __getitem__(self, rule: str) -> int:
        if rule not in self._known:
            outcomes = self._outcomes[rule]
            self._known[rule] = union(getattr(outcomes, way) for way in self._ways)
        return self._known[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._outcomes)

    def __len__(self) -> int:
        return len(self._outcomes)

    def with_every_partner(self, rule: str) -> int:
        """Return the main legs for which a rule comes to that with whatever partner, and with none."""
        paired, outcomes = self._option_set, self._outcomes[rule]
        if isinstance(paired, PairedSet) and isinstance(outcomes, LegOutcomes) and NO_PARTNER in paired.slots[:1]:
            # NOTE: without a partner a rule on legs comes to what it comes to for the main leg.
            return union(getattr(outcomes.main, way) for way in self._ways) & paired.mains.full
        return paired.legs_of(paired.full) & ~paired.legs_of(paired.full & ~self[rule])


def union_of(option_set: OptionSet, outcomes: Iterable[Outcomes], way: str) -> int:
    """Return the options to which any of some rules comes in one way."""
    main = partner = options = 0
    for rule_outcomes in outcomes:
        # NOTE: what is undetermined for one leg is undeclared where another one wants a declaration.
        if isinstance(rule_outcomes, LegOutcomes) and (way == "violated" or rule_outcomes.is_declared):
            main |= getattr(rule_outcomes.main, way)
            partner |= 0 if rule_outcomes.partner is None else getattr(rule_outcomes.partner, way)
        else:
            options |= getattr(rule_outcomes, way)
    if isinstance(option_set, PairedSet):
        options |= option_set.spread(main) | option_set.having_partner(partner)
    return options


def keeping(option_set: OptionSet, outcomes: Sequence[Outcomes]) -> tuple[int, list[Outcomes]]:
    """Return the options that violate no rule, and what becomes of the rules for these.

    What rests on estimates is found for no other option than those that the other rules leave.
    """
    left = option_set.full & ~union_of(option_set, (o for o in outcomes if not o.is_estimated), "violated")
    of_legs = [o.within(left) if isinstance(o, LegOutcomes) else o for o in outcomes]
    left &= ~union_of(option_set, (o for o in of_legs if isinstance(o, LegOutcomes) and o.is_estimated), "violated")
    every = [o if isinstance(o, LegOutcomes) else o.within(left) for o in of_legs]
    left &= ~union_of(option_set, (o for o in every if not isinstance(o, LegOutcomes) and o.is_estimated), "violated")
    return left, every


VERDICT_ATTRIBUTES = tuple(dict.fromkeys((*AXES, PROVIDER, *(need.attribute for need in NEEDS))))
"""The option facts that a verdict reads."""


_VIOLATED = ("violated",)


class NeedFound(Frozen):
    """A property that every remaining option has (`certain`), or every admissible one while open ones lack it."""

    id: str
    title: str
    certain: bool
    values: tuple[str, ...] = ()


class Clash:
    """A smallest set of constraints that leave nothing, found when it is asked for, because that takes long."""

    def __init__(self, find: Callable[[], tuple[str, ...]]) -> None:
        self._find = find

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Return the constraints by id."""
        return self._find()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clash) and self.rules == other.rules

    __hash__ = None  # type: ignore[assignment]


class Verdict(Frozen):
    """Sets of candidate options as masks, and the constraints behind them by rule id."""

    full: int
    removed: int
    open: int
    admissible: int
    likely: int
    """Open options for which every estimate that leaves them open keeps its rule at what is usual."""
    close: int
    """Open options that only the width of estimates leaves open."""
    removed_by: RuleMasks
    opened_by: Mapping[str, int]
    counted_against: RuleMasks
    """Warnings and notes that are violated: they remove nothing."""
    duties: RuleMasks
    """Duties that are not known to be fulfilled, and the options that would bring them."""
    needs: tuple[NeedFound, ...]
    remaining_values: Mapping[str, tuple[str, ...]]
    clash: Clash | None
    """Finds a smallest set of constraints that leave nothing, where nothing is left; it takes long."""

    @property
    def conflict(self) -> tuple[str, ...]:
        """Return a smallest set of constraints that leave nothing, empty where something remains."""
        return () if self.clash is None else self.clash.rules

    @property
    def remaining(self) -> int:
        """Return the options that no constraint removed."""
        return self.full & ~self.removed


class Ways:
    """A verdict as people are told it: of main legs, each with whatever partner is best for it, as masks.

    A way is admissible or open where some partner, or none, makes it so. A rule removes it, counts against it or is owed
    for it where that is so with every partner.
    """

    def __init__(self, verdict: Verdict, option_set: OptionSet) -> None:
        some = option_set.legs_of
        self._verdict = verdict
        self._some = some
        self.full = some(verdict.full)
        self.admissible = some(verdict.admissible)
        self.open = some(verdict.open) & ~self.admissible
        self.removed = self.full & ~self.admissible & ~self.open

    @cached_property
    def removed_by(self) -> Mapping[str, int]:
        """Return the ways that each rule removes."""
        return _with_every_partner(self._verdict.removed_by)

    @cached_property
    def opened_by(self) -> Mapping[str, int]:
        """Return the ways that are open, by the rules that leave them so."""
        opened_by = {rule: self._some(mask) & self.open for rule, mask in self._verdict.opened_by.items()}
        return {rule: mask for rule, mask in opened_by.items() if mask}

    @cached_property
    def counted_against(self) -> Mapping[str, int]:
        """Return the ways against which each warning and each note counts."""
        return _with_every_partner(self._verdict.counted_against)

    @cached_property
    def duties(self) -> Mapping[str, int]:
        """Return the ways that bring each duty."""
        return _with_every_partner(self._verdict.duties)


def _with_every_partner(masks: RuleMasks) -> dict[str, int]:
    main_legs = {rule: masks.with_every_partner(rule) for rule in masks}
    return {rule: mask for rule, mask in main_legs.items() if mask}


def ways_of(verdict: Verdict, option_set: OptionSet) -> Ways:
    """Return a verdict over the options of a set as one over their main legs."""
    return Ways(verdict, option_set)


def verdict_of(full: int, evaluated: Iterable[tuple[Rule, Severity, Outcomes]], option_set: OptionSet,
               clash: Callable[[], tuple[str, ...]]) -> Verdict:  # fmt: skip
    """Return the verdict over a set from the outcomes of every rule."""
    errors: list[tuple[str, Outcomes]] = []
    others: list[tuple[str, Outcomes]] = []
    duties: list[tuple[str, Outcomes]] = []
    chooses_provider = False
    for rule, severity, outcomes in evaluated:
        if rule.kind is RuleKind.DUTY:
            duties.append((rule.id, outcomes))
        elif severity is Severity.ERROR:
            errors.append((rule.id, outcomes))
            if any(not PROVIDER_FACTS.isdisjoint(line.option_reads) for line in rule.require):
                chooses_provider |= outcomes.is_some("violated")
        else:
            others.append((rule.id, outcomes))
    remaining, of_errors = keeping(option_set, [outcomes for _, outcomes in errors])
    open_ = union_of(option_set, of_errors, "undetermined") & remaining
    admissible = remaining & ~open_
    opened = zip((rule_id for rule_id, _ in errors), of_errors, strict=True)
    undetermined = RuleMasks(option_set, opened, ("undetermined",)) if open_ else {}
    return Verdict(
        full=full,
        removed=full & ~remaining,
        open=open_,
        admissible=admissible,
        likely=open_ & ~union_of(option_set, of_errors, "unlikely"),
        close=open_ & ~union_of(option_set, of_errors, "unknown"),
        removed_by=RuleMasks(option_set, errors, _VIOLATED),
        opened_by={rule_id: mask & open_ for rule_id, mask in undetermined.items() if mask & open_},
        counted_against=RuleMasks(option_set, others, _VIOLATED),
        duties=RuleMasks(option_set, duties, ("violated", "undetermined")),
        needs=_needs(
            admissible, open_, union_of(option_set, of_errors, "close"), option_set, chooses_provider=chooses_provider
        ),
        remaining_values={name: _words(option_set.distinct(name, remaining)) for name in AXES},
        clash=None if remaining else Clash(clash),
    )


def _needs(
    admissible: int, open_: int, close: int, option_set: OptionSet, *, chooses_provider: bool
) -> tuple[NeedFound, ...]:
    """Return the needs; none is certain where every way that remains is close.

    What is close comes and goes at an end of its estimate: so that no need does, one that only such ways lack stays.
    """
    remaining = admissible | open_
    if not remaining:
        return ()
    stands = admissible or remaining & ~close
    needs: list[NeedFound] = []
    for need in NEEDS:
        having = option_set.mask_of(need.attribute, need.values)
        if any(earlier.id in need.implied_by and earlier.certain for earlier in needs):
            continue
        has_all = remaining & ~having == 0
        if has_all or (stands and stands & ~having == 0):
            needs.append(NeedFound(need.id, need.title, has_all and bool(stands)))
    if chooses_provider:
        needs += _provider(admissible, open_, option_set)
    return tuple(needs)


def _provider(admissible: int, open_: int, option_set: OptionSet) -> list[NeedFound]:
    """Return a need for the provider that is left, where it is one and not the organisation itself."""
    for mask, certain in ((admissible | open_, True), (admissible, False)):
        values = option_set.distinct(PROVIDER, mask) if mask else ()
        if len(values) == 1 and values[0] is not None and values[0] not in OWN_SITES:
            return [NeedFound("provider", f"stay with the provider {values[0]}", certain, (str(values[0]),))]
    return []


def _words(values: Iterable[FactValue | None]) -> tuple[str, ...]:
    return tuple("unknown" if value is None else str(value) for value in values)
