"""Which legs are partners: of legs that no rule tells apart the one that would cost the least as the main leg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

from aipolicy.evaluation.axes import AXES_OF_LEGS, SIMPLEST_FIRST, first_of_equals
from aipolicy.evaluation.option_masks import fewest, first_in, union
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.rule_evaluator import OutcomeMasks, RuleEvaluator
from aipolicy.evaluation.slots import NO_PARTNER, Slot
from aipolicy.facts.all_facts import REGISTRY, is_partner_fact, of_leg
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import COST_FACTS, COST_FACTS_SET, LATENCY_FACTS, PARTNER_LATENCIES, reduced
from aipolicy.options.option import fallback_word
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.options.cost_inputs import End, Role

RuleOutcomes = Sequence[tuple[Rule, Severity, OutcomeMasks]]
"""Rules on every leg, what they weigh, and what they come to over the legs that partners are chosen from."""

PLACE = ("option.hosting", "option.provider", "option.regions", "option.tier")
_WITHOUT_TIER = 3
"""How many of these tell fallbacks apart; in cascades the capability of the far side counts too."""


_PROVIDERS = frozenset({"option.second_provider", "option.providers"})
_ENDS: tuple[End, ...] = ("fast", "slow")
_MOST_KEPT = 256
"""Choices of partners that are kept at once."""


class Allowed(Frozen):
    """Which partners agree with a plan, or all of them."""

    fallbacks: frozenset[str]
    routings: tuple[str, ...]
    alone: bool
    """Whether a main leg without a partner does."""


class PartnerChoice:
    """Chooses partners for one feature from the legs of a set."""

    def __init__(self, table: OptionSet, rules: Iterable[Rule], rule_evaluator: RuleEvaluator) -> None:
        self._table = table
        self._rule_evaluator = rule_evaluator
        wholes = [rule for rule in rules if rule.is_of_whole]
        reads = {name for rule in wholes for name in rule.option_reads}
        self._names = tuple(sorted({of_leg(n) for n in reads if is_partner_fact(n) and n not in PARTNER_LATENCIES}))
        lines = [(rule, line) for rule in wholes for line in (*rule.when, *rule.require)]
        late = [(rule, line) for rule, line in lines if not PARTNER_LATENCIES.isdisjoint(line.option_reads)]
        self._alone = [(rule, line) for rule, line in late if all(map(is_partner_fact, line.option_reads))]
        self._is_mixed = len(self._alone) < len(late)
        errors = {n for rule in wholes if rule.severity is Severity.ERROR for n in rule.option_reads}
        self._reads_cost = not COST_FACTS_SET.isdisjoint(errors)
        self._timed = [
            (
                line.ordered_by,
                line.turns_at,
                tuple(sorted(name for name in line.option_reads if REGISTRY[name].joins_legs)),
            )
            for rule, line in lines
            if rule.severity is Severity.ERROR
        ]
        self._of_providers = [rule for rule in wholes if not _PROVIDERS.isdisjoint(rule.option_reads)]
        self._kept: dict[object, tuple[Slot, ...]] = {}
        self._ordered: dict[tuple[Workload, int], tuple[int, ...]] = {}
        self._same: dict[int, int] = {}

    def slots(self, facts: Facts, workload: Workload, evaluated: RuleOutcomes, allowed: Allowed, *,
              removed: bool) -> tuple[Slot, ...]:  # fmt: skip
        """Return the partners, the best first, and no partner at all before them.

        With `removed` also those that a rule removes, one for everything that rules make of a leg: what every partner
        breaks, and what clashes with what, is found among these.
        """
        error, open_, warnings, notes = _against(evaluated)
        apart = tuple(self._told_apart(facts, workload))
        marks = tuple(mask for _, _, outcomes in evaluated for mask in outcomes[1:4]) if removed else ()
        against = (union(error),), tuple(open_), tuple(warnings), tuple(notes)
        tells_providers = removed or any(
            self._rule_evaluator.may_apply(rule, facts, workload, self._table) for rule in self._of_providers
        )
        times = self._times(facts)
        key = (against, apart, marks, allowed, tells_providers, times, reduced(workload, (*COST_FACTS[:1], *times)))
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._slots(
                against,
                (*apart, *marks),
                allowed,
                workload,
                removed=removed,
                tells_providers=tells_providers,
                times=times,
            )
        return self._kept[key]

    def _slots(self, against: Sequence[Sequence[int]], apart: Iterable[int], allowed: Allowed, workload: Workload, *,
               removed: bool, tells_providers: bool, times: tuple[str, ...]) -> tuple[Slot, ...]:  # fmt: skip
        left = self._table.full if removed else self._table.full & ~union(against[0])
        parts = [left] if left else []
        for mask in apart:
            parts = _refined(parts, mask)
        ranked = _Ranked(self._table, self._by_cost(workload, left), against)
        slots = list(self._found(parts, allowed, ranked, workload, times, tells_providers=tells_providers))
        order = ranked.order(slot.partner for slot in slots if slot.partner is not None)
        slots.sort(key=lambda slot: (order[slot.partner or 0], slot.routing != "single"))
        return ((NO_PARTNER,) if allowed.alone else ()) + tuple(dict.fromkeys(slots))

    def _times(self, facts: Facts) -> tuple[str, ...]:
        """Return the times of whole cascades that decide what becomes of an error rule."""
        times: dict[str, None] = {}
        for ordered_by, turns_at, names in self._timed:
            turn = facts.values.get(turns_at) if isinstance(turns_at, str) else turns_at
            # NOTE: a time that nothing limits, or of whose limit nobody knows, decides nothing.
            if names and (ordered_by is None or turns_at is None or (isinstance(turn, float) and isfinite(turn))):
                times.update(dict.fromkeys(names))
        return tuple(times)

    def _by_cost(self, workload: Workload, left: int) -> tuple[int, ...]:
        """Return the legs that are left by what a month of them alone costs: those of known cost, the simplest first."""
        costed = reduced(workload, COST_FACTS[:1])
        key = costed, left
        if key not in self._ordered:
            if len(self._ordered) >= _MOST_KEPT:
                self._ordered.clear()
            rows: dict[tuple[object, ...], int] = {}
            for _, cost, least, mask in self._table.monthly_costs(costed, left):
                for simplicity, part in self._simple[mask]:
                    kind = (cost is None, (cost or least)[0], simplicity)
                    rows[kind] = rows.get(kind, 0) | part
            self._ordered[key] = tuple(rows[kind] for kind in sorted(rows))
        return self._ordered[key]

    @cached_property
    def _simple(self) -> Mapping[int, Sequence[tuple[tuple[int, ...], int]]]:
        """Return the legs that cost the same, by their mask, in parts that are equally simple."""
        kinds = [(_simplicity(values), mask) for values, mask in self._table.groups(AXES_OF_LEGS, NO_WORKLOAD)]
        alike = (mask for _, mask in self._table.all_cost_inputs())
        return {mask: [(simple, kind & mask) for simple, kind in kinds if kind & mask] for mask in alike}

    def _found(self, parts: Sequence[int], allowed: Allowed, ranked: _Ranked, workload: Workload,
               times: tuple[str, ...], *, tells_providers: bool) -> Iterator[Slot]:  # fmt: skip
        singles: dict[tuple[FactValue | None, ...], int] = {}
        cascades: dict[tuple[FactValue | None, ...], int] = {}
        for values, mask in self._places:
            if fallback_word(str(values[0])) in allowed.fallbacks:
                hosting, provider, _, tier = values
                singles[values[:_WITHOUT_TIER]] = singles.get(values[:_WITHOUT_TIER], 0) | mask
                far = hosting, provider if tells_providers else None, tier
                cascades[far] = cascades.get(far, 0) | mask
        kinds = [("single", singles)] if "single" in allowed.routings else []
        kinds += [("cascade", cascades)] if "cascade" in allowed.routings else []
        for routing, kind in kinds:
            for key, mask in kind.items():
                for part in (part & mask for part in parts if part & mask):
                    yield from self._of(part, routing, key, ranked, workload, times)

    def _of(self, part: int, routing: str, values: Sequence[FactValue | None], ranked: _Ranked,
            workload: Workload, times: tuple[str, ...]) -> Iterator[Slot]:  # fmt: skip
        hosting, tier = values[0], values[2] if routing == "cascade" else None
        least = ranked.fewest(part)
        numbers = [ranked.first(least)]
        if routing == "cascade" or hosting != "provider-api":
            # NOTE: what is where the best one is has another partner: no leg stands in for itself.
            elsewhere = part & ~self._beside(numbers[0])
            numbers += [ranked.first(ranked.fewest(elsewhere))] if elsewhere else []
        costs = routing == "cascade" or hosting != "provider-api"
        if costs and self._reads_cost:
            numbers.append(ranked.first(self._cheapest_partners(least, routing, workload)))
        if routing == "cascade":
            numbers += [ranked.first(self._fastest(name, end, least, workload)) for name in times for end in _ENDS]
        yield from (Slot(number, routing, hosting, tier) for number in dict.fromkeys(numbers))

    def _beside(self, number: int) -> int:
        """Return the legs of which one is not taken as the partner of the other: those of the same place and model."""
        if number not in self._same:
            same = self._table.full
            hosting = next(iter(self._table.distinct("option.hosting", 1 << number)))
            words = ("provider", "regions") if hosting == "provider-api" else ("provider", "region", "model")
            for name in (f"option.{word}" for word in words):
                value = next(iter(self._table.distinct(name, 1 << number)))
                same &= self._table.mask_of(name, frozenset({value}))  # type: ignore[arg-type]
            self._same[number] = same
        return self._same[number]

    def _cheapest_partners(self, mask: int, routing: str, workload: Workload) -> int:
        """Return the legs that add the least to the cost of a main leg."""
        role: Role = "hard cases" if routing == "cascade" else "standby"
        estimator = self._table.estimator(reduced(workload, COST_FACTS[:1]))
        costed: dict[tuple[bool, float], int] = {}
        for inputs, part in self._table.all_cost_inputs():
            if part & mask:
                curve = estimator.curve_of(inputs.main, role)
                usd = None if curve is None else curve.monthly_usd(workload.requests_per_day or 0.0)
                cost = usd is None, usd or 0.0
                costed[cost] = costed.get(cost, 0) | part & mask
        return costed[min(costed)]

    def _fastest(self, name: str, end: End, mask: int, workload: Workload) -> int:
        at_end = reduced(replace(workload, end=end), (name,))
        timed = [(v is None, v, m & mask) for (v,), m in self._table.groups((name,), at_end, mask) if m & mask]
        return min(timed, key=lambda leg: (leg[0], leg[1] or 0.0))[2]

    @cached_property
    def _places(self) -> tuple[tuple[tuple[FactValue | None, ...], int], ...]:
        return self._table.groups(PLACE, NO_WORKLOAD)

    def _told_apart(self, facts: Facts, workload: Workload) -> Iterator[int]:
        """Yield masks of legs that some rule on the whole option tells from other legs as partners."""
        if self._names:
            yield from (mask for _, mask in self._table.groups(self._names, NO_WORKLOAD))
        if self._is_mixed:
            for name in LATENCY_FACTS:
                yield from (mask for _, mask in self._table.groups((name,), workload))
        for rule, line in self._alone:
            masks = self._rule_evaluator.line_of_partner(rule, line, facts, workload, self._table)
            yield from (masks.false, masks.unknown)


class _Ranked:
    """The order in which legs of a set are taken as partners."""

    def __init__(self, table: OptionSet, by_cost: tuple[int, ...], against: Sequence[Sequence[int]]) -> None:
        self._table = table
        self._by_cost = by_cost
        self._against = against

    def fewest(self, mask: int) -> int:
        """Return the legs of a mask with the least against them: errors before what is open, warnings, notes."""
        for masks in self._against:
            mask = fewest(mask, masks)
        return mask

    def first(self, mask: int) -> int:
        """Return the leg that would cost the least as the main leg, of equals the simplest and the one to name."""
        for part in self._by_cost:
            if part & mask:
                return first_of_equals(self._table, part & mask)
        return first_in(mask)

    def order(self, numbers: Iterable[int]) -> dict[int, int]:
        """Return the places of legs in the order."""
        rank = {
            number: next(i for i, part in enumerate(self._by_cost) if part >> number & 1) for number in set(numbers)
        }
        against = {n: [sum(mask >> n & 1 for mask in masks) for masks in self._against] for n in rank}
        return {n: place for place, n in enumerate(sorted(rank, key=lambda n: (against[n], rank[n], n)))}


def _against(evaluated: RuleOutcomes) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return what is against legs: errors that are violated, those that are open, warnings, notes."""
    error: list[int] = []
    open_: list[int] = []
    warnings: list[int] = []
    notes: list[int] = []
    for rule, severity, outcomes in evaluated:
        if rule.kind is not RuleKind.CONSTRAINT:
            continue
        if severity is Severity.ERROR:
            error.append(outcomes.violated)
            open_.append(outcomes.undetermined)
        else:
            (warnings if severity is Severity.WARNING else notes).append(outcomes.violated | outcomes.undetermined)
    return error, open_, warnings, notes


def _refined(parts: Sequence[int], mask: int) -> list[int]:
    return [half for part in parts for half in (part & mask, part & ~mask) if half] if mask else list(parts)


def _simplicity(values: Iterable[FactValue | None]) -> tuple[int, ...]:
    return tuple(
        words.index(str(value)) if value in words else len(words)
        for value, (_, words) in zip(values, SIMPLEST_FIRST, strict=False)
    )
