"""An evaluation in, what its options cost out: ranges, parts, break-evens, and how sure the comparison is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aipolicy.catalog.prices import Price, price_of
from aipolicy.economics.break_even import BreakEven, Crossings, NoBreakEven, days_until
from aipolicy.economics.training import requests_to_recover
from aipolicy.economics.uncertainty import Influence
from aipolicy.evaluation.costed_options import Against, CostComparison, CostedOption, Decision
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import numbers_in
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.findings.finding import Severity
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.options.costs import running_cost
from aipolicy.options.fixed_costs import head_counts
from aipolicy.options.option import Leg, Option
from aipolicy.options.purchases import purchase
from aipolicy.options.uncertain_inputs import unknown_because
from aipolicy.options.upfront_costs import upfront_cost
from aipolicy.policy.rule import RuleKind
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.options.estimates import Estimator
    from aipolicy.options.monte_carlo import DrawnCosts

MODELS_PER_WAY = 2
_PLAN, _ADMISSIBLE, _OPEN = "plan", "admissible", "open"


def compare_costs(evaluation: Evaluation, catalog: Catalog, *, every: bool = False) -> CostComparison:
    """Return the costs of the plan and of the cheapest models of every way that remains, or with `every` of all."""
    return _Comparer(evaluation.expected, catalog).compare(every=every)


class _Comparer:
    def __init__(self, evaluation: Evaluation, catalog: Catalog) -> None:
        self._evaluation = evaluation
        self._catalog = catalog
        self._workload = evaluation.workload
        self._estimator: Estimator = evaluation.candidates.estimator(self._workload)

    @property
    def _drawn(self) -> DrawnCosts:
        return self._estimator.drawn

    def compare(self, *, every: bool) -> CostComparison:
        planned = self._planned()
        chosen, hidden = self._remaining(every=every)
        all_inputs: dict[str, CostInputs] = {}
        breaks: dict[str, tuple[str, ...]] = {}
        rows = []
        for option_set, number, state in (*planned, *chosen):
            option = option_set.options[number]
            if option.id not in all_inputs:
                all_inputs[option.id] = option_set.cost_inputs(number)
                breaks[option.id] = self._broken(number) if state == _PLAN else ()
                rows.append((option, state))
        baseline = self._baseline(rows, all_inputs)
        costed = [
            replace(self._costed(option, state, all_inputs[option.id], baseline), breaks=breaks[option.id])
            for option, state in rows
        ]
        costed.sort(key=lambda row: (row.likely_monthly_usd is None, row.likely_monthly_usd or 0.0, row.option.id))
        base = next((row for row in costed if baseline is not None and row.option.id == baseline[0].id), None)
        decision, tornado = self._decide(costed, base, all_inputs)
        return CostComparison(
            self._workload, base, tuple(costed), hidden, decision, tornado, self._drawn.drivers,
            self._prices(row.option for row in costed),
        )  # fmt: skip

    def _planned(self) -> list[tuple[OptionSet, int, str]]:
        """Return the options of a plan, one of each cost where the plan leaves several."""
        option_set = self._evaluation.planned
        if option_set is self._evaluation.candidates:
            return []
        different: dict[CostInputs, int] = {}
        for number in numbers_in(option_set.full):
            different.setdefault(option_set.cost_inputs(number), number)
        by_cost = sorted(different.values(), key=lambda n: self._sort_key(option_set, n))
        return [(option_set, number, _PLAN) for number in by_cost[:MODELS_PER_WAY]]

    def _broken(self, number: int) -> tuple[str, ...]:
        """Return the error constraints that an option of the plan certainly breaks."""
        return tuple(
            ruled.active.rule.id
            for ruled in self._evaluation.rules
            if ruled.active.severity is Severity.ERROR and ruled.active.rule.kind is RuleKind.CONSTRAINT
            and ruled.planned.violated >> number & 1
        )  # fmt: skip

    def _remaining(self, *, every: bool) -> tuple[list[tuple[OptionSet, int, str]], int]:
        option_set, verdict = self._evaluation.candidates, self._evaluation.verdict
        seen: dict[tuple[str, str, str], dict[str, int]] = {}
        hidden = 0
        for number in sorted(self._ways(), key=lambda n: self._sort_key(option_set, n)):
            option = option_set.options[number]
            way = seen.setdefault((option.adaptation, option.hosting, option.routing), {})
            if option.leg.model.id in way:
                continue
            if len(way) >= MODELS_PER_WAY and not every:
                hidden += 1
            else:
                way[option.leg.model.id] = number
        numbers = [number for way in seen.values() for number in way.values()]
        return [(option_set, n, _ADMISSIBLE if verdict.admissible >> n & 1 else _OPEN) for n in numbers], hidden

    def _ways(self) -> Iterator[int]:
        """Yield for each main leg that remains its option with the best partner, if it needs one, and its best cascade."""
        option_set, remaining = self._evaluation.candidates, self._evaluation.verdict.remaining
        taken: dict[str, int] = {}
        for slot, mains in option_set.slices(remaining):
            routing = option_set.slot_words(slot)[0]
            new = mains & ~taken.get(routing, 0)
            taken[routing] = taken.get(routing, 0) | mains
            yield from (option_set.number_of(main, slot) for main in numbers_in(new))

    def _sort_key(self, option_set: OptionSet, number: int) -> tuple[bool, float, str]:
        usd = self._estimator.value("option.monthly_usd", None, option_set.cost_inputs(number))
        return (not isinstance(usd, float), usd if isinstance(usd, float) else 0.0, option_set.options[number].id)

    def _baseline(
        self, rows: list[tuple[Option, str]], all_inputs: Mapping[str, CostInputs]
    ) -> tuple[Option, CostInputs] | None:
        """Return what the others are compared with: the plan, else the cheapest provider API, else the cheapest."""
        costed = [row for row in rows if self._likely(all_inputs[row[0].id]) is not None]
        if not costed:
            return None
        first = min(
            costed,
            key=lambda row: (
                row[1] != _PLAN, row[0].hosting != "provider-api", self._likely(all_inputs[row[0].id]), row[0].id
            ),
        )  # fmt: skip
        return first[0], all_inputs[first[0].id]

    def _likely(self, inputs: CostInputs) -> float | None:
        usd = self._estimator.value("option.monthly_usd", None, inputs)
        return usd if isinstance(usd, float) else None

    def _costed(
        self, option: Option, state: str, inputs: CostInputs, baseline: tuple[Option, CostInputs] | None
    ) -> CostedOption:
        assumptions = self._evaluation.candidates.assumptions
        running = running_cost(inputs, self._workload, assumptions)
        requests = self._workload.requests_per_day
        is_known = running is not None and requests is not None
        per_request = self._estimator.value("option.usd_per_request", None, inputs)
        is_base = baseline is not None and baseline[0].id == option.id
        return CostedOption(
            option=option,
            state=state,
            breaks=(),
            likely_monthly_usd=self._likely(inputs),
            monthly_usd=self._drawn.quantiles(inputs) if is_known else None,
            usd_per_request=per_request if isinstance(per_request, float) else None,
            lines=running.lines(requests) if running is not None and requests is not None else (),
            people=head_counts(inputs, self._workload, assumptions) or (),
            upfront=upfront_cost(inputs, self._workload, assumptions),
            curve=None if running is None else running.curve,
            unknown=unknown_because(inputs, self._workload),
            against=None if is_base or baseline is None else self._against(inputs, baseline[1]),
        )

    def _against(self, inputs: CostInputs, baseline: CostInputs) -> Against:
        break_even = self._estimator.break_even(baseline, inputs)
        probability = self._drawn.probability_cheaper(inputs, baseline)
        payback = self._payback_months(inputs, baseline)
        return Against(probability, self._workload.requests_per_day, break_even, self._day(break_even), payback)

    def _payback_months(self, inputs: CostInputs, baseline: CostInputs) -> float | None:
        names = ("option.upfront_usd", "option.usd_per_request")
        values = [
            self._estimator.value(name, None, option_inputs) for option_inputs in (inputs, baseline) for name in names
        ]
        requests = self._workload.requests_per_day
        if requests is None or not all(isinstance(value, float) for value in values):
            return None
        upfront, per_request, base_upfront, base_per_request = (float(value) for value in values)  # type: ignore[arg-type]
        assumptions = self._evaluation.candidates.assumptions
        monthly = requests * assumptions.days_per_month
        # NOTE: machines that are bought are paid at once here, and so not written off besides.
        (bought, written_off), (base_bought, base_written_off) = (
            purchase(option_inputs, self._workload, assumptions) for option_inputs in (inputs, baseline)
        )
        extra = max(upfront + bought - base_upfront - base_bought, 0.0)
        ours, theirs = per_request - written_off / monthly, base_per_request - base_written_off / monthly
        after = requests_to_recover(extra, theirs, ours)
        return None if after is None else after / monthly

    def _day(self, break_even: BreakEven | None) -> date | None:
        requests, growth = self._workload.requests_per_day, self._workload.growth_12_months
        if break_even is None or isinstance(break_even, NoBreakEven) or requests is None:
            return None
        first = break_even.first if isinstance(break_even, Crossings) else 0.0
        days = days_until(requests, first, growth if growth is not None else 1.0)
        try:
            return None if days is None else self._catalog.as_of + timedelta(days=days)
        except OverflowError:
            return None

    def _decide(self, costed: list[CostedOption], base: CostedOption | None,
                all_inputs: Mapping[str, CostInputs]) -> tuple[Decision | None, tuple[Influence, ...]]:  # fmt: skip
        if base is None:
            return None, ()
        cheapest = next(row for row in costed if row.likely_monthly_usd is not None)
        ours = all_inputs[base.option.id]
        if cheapest is base:
            rivals = [row for row in costed if row is not base and row.likely_monthly_usd is not None]
            tornado = self._drawn.tornado(ours)
            if not rivals:
                return None, tornado
            cheapest = rivals[0]
        tornado = self._drawn.tornado(all_inputs[cheapest.option.id], ours)
        probability = None if cheapest.against is None else cheapest.against.probability_cheaper
        sure = self._estimator.confidence
        conclusive = probability is not None and max(probability, 1.0 - probability) >= sure
        measure = "" if conclusive or not tornado else tornado[0].name
        return Decision(cheapest, probability, conclusive, measure), tornado

    def _prices(self, options: Iterable[Option]) -> tuple[Price, ...]:
        prices: dict[tuple[str, str, str], Price] = {}
        for leg in (leg for option in options for leg in _paid_legs(option) if leg.hosting == "provider-api"):
            price = price_of(self._catalog.price_index, leg.provider, leg.model.id, leg.region)
            if price is not None:
                prices[(leg.provider, leg.model.id, leg.region)] = price
        return tuple(prices[key] for key in sorted(prices))


def _paid_legs(option: Option) -> tuple[Leg, ...]:
    return option.legs if option.routing == "cascade" else (option.leg,)
