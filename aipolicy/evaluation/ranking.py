"""The order in which ways are recommended: least against them, known before unknown cost, cheapest, unless simpler."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf
from typing import TYPE_CHECKING

from aipolicy.evaluation.axes import AXES, AXES_OF_LEGS, SIMPLEST_FIRST, first_of_equals, places_of
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import fewest, union
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import COST_FACTS, reduced
from aipolicy.options.horizon_costs import HorizonCost, HorizonCosts
from aipolicy.policy.rule import RuleKind
from aipolicy.value import Frozen, NamedTuple, replace

if TYPE_CHECKING:
    from aipolicy.config.config import Config
    from aipolicy.evaluation.slots import SlotCost
    from aipolicy.facts.known_facts import KnownFacts
    from aipolicy.options.cost_inputs import CostInputs
    from aipolicy.options.workload import Workload


_Masks = list[tuple[str, int]]


class Weighing(NamedTuple):
    """How an organisation weighs ways against each other."""

    margin_percent: float
    """A simpler way is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float
    """The time over which costs are compared."""
    fixed: frozenset[str] = frozenset()
    """The facts of which no change is proposed."""


def weighing_of(config: Config, known: KnownFacts) -> Weighing:
    """Return how an organisation weighs ways against each other; raises `ConfigError` for what it cannot mean."""
    from aipolicy.facts.hardness import fixed_facts

    weighed = config.recommendation
    fixed = fixed_facts(weighed.fixed, known.specs, config.path)
    return Weighing(weighed.margin_percent, weighed.horizon_months, fixed)


class Ranked(Frozen):
    """The way that comes first in a set of options."""

    number: int
    cost: HorizonCost
    warnings: tuple[str, ...]
    """The warnings that count against it, by rule id; one that cannot be decided counts."""
    notes: tuple[str, ...]
    is_simpler: bool
    """Whether it was preferred to a cheaper way that is less simple."""

    @property
    def against(self) -> tuple[str, ...]:
        """Return everything that counts against it, by rule id."""
        return tuple(sorted((*self.warnings, *self.notes)))


class _Entry(NamedTuple):
    """Main legs of one kind that cost the same by themselves."""

    words: tuple[FactValue | None, ...]
    inputs: CostInputs
    cost: HorizonCost
    mask: int


_MOST_KEPT = 64
"""Workloads under which costs of a set over a horizon are kept, the latest."""


def _costs(mains: OptionSet, workload: Workload, months: float) -> HorizonCosts:
    """Return what costs main legs over a horizon; they are kept for every workload that costs hang on."""
    costed = replace(reduced(workload, COST_FACTS[:1]), growth_12_months=workload.growth_12_months)
    by_cost: dict[object, HorizonCosts] = mains.by_cost
    if (costed, months) not in by_cost:
        if len(by_cost) >= _MOST_KEPT:
            del by_cost[next(iter(by_cost))]
        by_cost[costed, months] = HorizonCosts(mains.estimator(reduced(workload, COST_FACTS[:1])), costed, months)
    return by_cost[costed, months]


class _Kind(NamedTuple):
    """Partners that add the same to the cost of a main leg and are equally simple, with the main legs beside each."""

    added: SlotCost | None
    """None where an option is one leg."""
    words: tuple[str, ...]
    slices: tuple[tuple[int, int], ...]
    mains: int


class _Way(NamedTuple):
    """Options of one kind that cost the same."""

    simplicity: tuple[int, ...]
    cost: HorizonCost
    kind: _Kind
    mains: int


class Ranking:
    """Ranks the options of a set as an evaluation left them."""

    def __init__(self, evaluation: Evaluation, option_set: OptionSet, weighing: Weighing,
                 pool: int | None = None) -> None:  # fmt: skip
        """Take an evaluation; `pool` are the options that are mostly ranked."""
        self._option_set = option_set
        self._weighing = weighing
        axes = AXES_OF_LEGS if isinstance(option_set, PairedSet) else AXES
        self._costs = _costs(option_set.mains, evaluation.workload, weighing.horizon_months)
        self._kinds = option_set.mains.priced(axes, evaluation.workload)
        planned = option_set is evaluation.planned
        self._outcomes = [
            (ruled.active, ruled.planned if planned else ruled.candidates)
            for ruled in evaluation.rules
            if ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity is not Severity.ERROR
        ]
        remaining = option_set.full if planned else evaluation.verdict.remaining
        self._scopes = (remaining if pool is None else pool, remaining, option_set.full)
        self._facts = evaluation.facts.values
        self._known: dict[int, tuple[_Masks, _Masks]] = {}

    def _against(self, mask: int) -> tuple[_Masks, _Masks]:
        """Return the warnings and the notes, by rule, with the options against which they count.

        Unknown never ranks above known: what cannot be decided counts as if it were violated. What rests on estimates is
        found for no more options than are ranked: those of the pool, those that remain, or all.
        """
        scope = next(options for options in self._scopes if not mask & ~options)
        if scope not in self._known:
            warnings: _Masks = []
            notes: _Masks = []
            for active, every in self._outcomes:
                outcomes = every.within(scope)
                against = (outcomes.violated | outcomes.undetermined) & scope
                if against:
                    (warnings if active.severity is Severity.WARNING else notes).append((active.rule.id, against))
            self._known[scope] = warnings, notes
        return self._known[scope]

    def first(self, mask: int) -> Ranked | None:
        """Return the way that comes first among the options of a mask, None where it is empty."""
        if not mask:
            return None
        least = mask
        for rules in self._against(mask):
            least = fewest(least, [against for _, against in rules])
        near = self._near(least, self._weighing.margin_percent, known_only=False)
        cheapest = min(near, key=lambda way: (way.cost.total_usd, way.simplicity))
        simplest = min(way.simplicity for way in near)
        is_simpler = simplest < cheapest.simplicity
        simplicity = simplest if is_simpler else cheapest.simplicity
        alike = [way for way in near if way.simplicity == simplicity]
        usd = min(way.cost.total_usd for way in alike)
        return self._best([way for way in alike if way.cost.total_usd == usd], is_simpler=is_simpler)

    def cheapest(self, mask: int) -> Ranked | None:
        """Return the cheapest option of known cost in a mask, whatever counts against it; None where there is none."""
        near = self._near(mask, 0.0, known_only=True)
        if not near:
            return None
        simplest = min(way.simplicity for way in near)
        return self._best([way for way in near if way.simplicity == simplest], is_simpler=False)

    def _near(self, mask: int, margin_percent: float, *, known_only: bool) -> list[_Way]:
        """Return what costs at most so much more than the cheapest, of known cost where there is such a way.

        A partner adds to the cost of a main leg or adds nothing, so that main legs that cost too much by themselves are
        not looked at.
        """
        factor = 1.0 + margin_percent / 100.0
        kinds = self._partners(mask)
        entries = self._entries(self._option_set.legs_of(mask))
        for is_whole in (True,) if known_only else (True, False):
            ways: list[_Way] = []
            limit = inf
            for kind in kinds:
                for entry in entries[is_whole]:
                    if entry.cost.total_usd > limit:
                        break
                    mains = kind.mains & entry.mask
                    cost = self._cost(entry, kind) if mains else None
                    if cost is not None and cost.is_whole is is_whole:
                        ways.append(_Way(_simplicity((*entry.words, *kind.words)), cost, kind, mains))
                        limit = min(limit, cost.total_usd * factor)
            if ways:
                return [way for way in ways if way.cost.total_usd <= limit]
        return []

    def _partners(self, mask: int) -> list[_Kind]:
        """Return the partners in a mask by what they add to cost and simplicity, none where an option is one leg."""
        paired = self._option_set
        if not isinstance(paired, PairedSet):
            return [_Kind(None, (), tuple(paired.slices(mask)), mask)]
        alike: dict[tuple[SlotCost, tuple[str, ...]], list[tuple[int, int]]] = {}
        for slot, part in paired.slices(mask):
            # NOTE: equal additions are one object, and are told apart by identity.
            alike.setdefault((paired.slot_cost(slot), paired.slot_words(slot)), []).append((slot, part))
        return [
            _Kind(added, words, tuple(slices), union(part for _, part in slices))
            for (added, words), slices in alike.items()
        ]

    def _entries(self, mains: int) -> tuple[tuple[_Entry, ...], tuple[_Entry, ...]]:
        """Return main legs by what they cost alone, the cheapest first: all, and those of which every part is known."""
        entries = [
            _Entry(group.values, inputs, self._costs.of(inputs), part & mains)
            for group in self._kinds
            if group.mask & mains
            for inputs, part in group.parts
            if part & mains
        ]
        every = tuple(sorted(entries, key=lambda entry: entry.cost.total_usd))
        return every, tuple(entry for entry in every if entry.cost.is_whole)

    def _cost(self, entry: _Entry, kind: _Kind) -> HorizonCost:
        paired, added = self._option_set, kind.added
        if added is None or added.is_nothing or not isinstance(paired, PairedSet):
            return entry.cost
        return self._costs.of(paired.paired_inputs(entry.inputs, added))

    def _best(self, alike: Sequence[_Way], *, is_simpler: bool) -> Ranked:
        """Return of ways that rank alike the main leg to name, with the best of the partners that it has there."""
        places = places_of(self._facts, self._option_set.organization.on_premises_countries)
        main = first_of_equals(self._option_set.mains, union(way.mains for way in alike), places)
        costs = {
            slot: way.cost
            for way in alike
            if way.mains >> main & 1
            for slot, part in way.kind.slices
            if part >> main & 1
        }
        slot = self._option_set.nearest_slot(main, sorted(costs))
        return self._ranked(self._option_set.number_of(main, slot), costs[slot], is_simpler=is_simpler)

    def _ranked(self, number: int, cost: HorizonCost, *, is_simpler: bool) -> Ranked:
        warnings, notes = (
            tuple(sorted(rule for rule, mask in rules if mask >> number & 1)) for rules in self._against(1 << number)
        )
        return Ranked(number, cost, warnings, notes, is_simpler)


@cache
def _simplicity(words: tuple[FactValue | None, ...]) -> tuple[int, ...]:
    """Return how simple a way is along each axis; a word that is not listed is the least simple."""
    return tuple(
        order.index(word) if isinstance(word, str) and word in order else len(order)
        for word, (_, order) in zip(words, SIMPLEST_FIRST, strict=True)
    )
