"""What a manifest says of today in, what its bill says of the workload out.

The bill is that of a provider for its model, without people. A ratio of bill and estimate says how far the lengths are off
that the estimate rests on: where they are not declared, the bill implies them; where they are, it agrees or contradicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.facts.assume import assume
from aipolicy.manifest.feature import path_of
from aipolicy.manifest.todays_bill import BILL, MODEL, PROVIDER, BillProblem, TodaysBill
from aipolicy.options.candidates import OfferedLegs, alone
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import CostInputs, HostedInputs, LegInputs, People, Speeds
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.costs import leg_curve
from aipolicy.options.estimates import EstimateSettings, Estimator
from aipolicy.options.option import Leg
from aipolicy.options.plan_words import checked_words
from aipolicy.options.uncertain_inputs import charged_lengths
from aipolicy.options.workload import WORKLOAD_FACTS, Workload, workload_of
from aipolicy.source.text import grouped, shown
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.economics.uncertainty import Quantiles
    from aipolicy.facts.facts import Facts
    from aipolicy.options.attributes import Organization

_VOLUME = "volume.requests_per_day"
_TOLERANCE = "bill-tolerance"
_HALVINGS = 60
"""Enough for all digits of a number between nothing and the most that is looked at."""
_MOST_TIMES = 2.0**40
"""How many times what is expected a length is looked for at most; long before that no model takes it in."""


def read_bill(facts: Facts, feature: str, catalog: Catalog, organization: Organization) -> TodaysBill:
    """Return what the bill of today says, or what is wrong with what is declared of today."""
    values = facts.values
    nothing = TodaysBill(
        provider=str(values.get(PROVIDER, "")), model=str(values.get(MODEL, "")), monthly_usd=_number(values.get(BILL))
    )
    legs, problems = _legs(values, nothing, catalog, organization)
    if problems:
        return replace(nothing, problems=problems)
    if _VOLUME not in facts.declared:
        return replace(nothing, silent_because=f"`{_VOLUME}` is not declared")
    nothing = replace(nothing, requests_per_day=_number(values.get(_VOLUME)))
    all_inputs = _all_inputs(legs, values, catalog)
    if not all_inputs:
        return replace(nothing, silent_because="machines are paid by the hour, whatever requests take")
    workload = workload_of(assume(facts, catalog), feature)
    return _Reading(nothing, facts, workload, all_inputs, catalog, organization).bill()


def bill_inputs(leg: LegInputs | None) -> CostInputs:
    """Return what the cost of a model alone depends on: what a provider bills, without people and what is kept beside it."""
    return CostInputs(
        main=leg, far=None, standby=None, cascade=False, stands_by=False, people=People(()), build_weeks=None,
        retrieves=False, watched=False, training=None,
    )  # fmt: skip


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _legs(values: Mapping[str, object], today: TodaysBill, catalog: Catalog,
          organization: Organization) -> tuple[Sequence[Leg], tuple[BillProblem, ...]]:  # fmt: skip
    """Return where today's model runs at today's provider, and what is wrong with the two."""
    problems = [
        BillProblem("MAN-004", f"missing key `{key}` in `current`; say {why}", path_of("current"))
        for fact, key, why in ((PROVIDER, "provider", "who sends the bill"), (MODEL, "model", "which model answers"))
        if fact not in values
    ]
    problems += unknown_today(values, catalog)
    if problems:
        return (), tuple(problems)
    offered = OfferedLegs(catalog, organization)
    every = [*(leg for leg, _ in offered.api(every_region=True)), *offered.own(every_region=True)]
    legs = [leg for leg in every if (leg.provider, leg.model.id) == (today.provider, today.model)]
    return legs, () if legs else (_not_sold(today, every),)


def unknown_today(values: Mapping[str, object], catalog: Catalog) -> Iterator[BillProblem]:
    """Yield what the catalog does not know of what is said of today."""
    names = {"plan.provider": PROVIDER, "plan.model": MODEL}
    words = {plan: str(values[fact]) for plan, fact in names.items() if fact in values}
    for unknown in checked_words(words, catalog)[1]:
        yield BillProblem("MAN-005", unknown.message, path_of(names[unknown.fact]))


def _not_sold(today: TodaysBill, every: Sequence[Leg]) -> BillProblem:
    from aipolicy.catalog.model_names import list_of

    sellers = sorted({leg.provider for leg in every if leg.model.id == today.model})
    at = f"; it has it at {list_of(sellers)}" if sellers else ""
    message = f"the catalog has no `{shown(today.model)}` at `{shown(today.provider)}`{at}"
    return BillProblem("MAN-008", message, path_of(MODEL), ((path_of(PROVIDER), "contradicts this"),))


def _all_inputs(legs: Sequence[Leg], values: Mapping[str, object], catalog: Catalog) -> tuple[HostedInputs, ...]:
    """Return what the price of today's model depends on, that of the plan's region first; none of machines of one's own."""
    reader = CostInputsReader(catalog, cost_assumptions(catalog))
    planned = str(values.get("plan.region", "")) if values.get("plan.provider") == values[PROVIDER] else ""
    hosted = sorted((leg for leg in legs if leg.hosting == "provider-api"), key=lambda leg: leg.region != planned)
    all_inputs = (reader.cost_inputs(alone("prompting", leg)).main for leg in hosted)
    return tuple(dict.fromkeys(inputs for inputs in all_inputs if isinstance(inputs, HostedInputs)))


class _Reading:
    """What a bill says beside what its provider would ask for one workload."""

    def __init__(self, nothing: TodaysBill, facts: Facts, workload: Workload, all_inputs: Sequence[HostedInputs],
                 catalog: Catalog, organization: Organization) -> None:  # fmt: skip
        self._nothing = nothing
        self._facts = facts
        self._workload = workload
        self._all_inputs = all_inputs
        self._tolerance = catalog.assumptions[_TOLERANCE].value
        self._settings = EstimateSettings(
            cost_assumptions(catalog), catalog.assumptions, catalog.people, organization.confidence
        )
        lengths = charged_lengths(all_inputs[0])
        self._lengths = {f: v for f in lengths if (v := _number(getattr(workload, f))) is not None}
        self._open = {f: v for f, v in self._lengths.items() if WORKLOAD_FACTS[f] not in facts.declared}

    def bill(self) -> TodaysBill:
        """Return what the bill says."""
        usd = self._usd(1.0)
        if usd is None:
            model, provider = shown(self._nothing.model), shown(self._nothing.provider)
            return replace(
                self._nothing, silent_because=f"no price of `{model}` at `{provider}` is known for such requests"
            )
        lengths = tuple((WORKLOAD_FACTS[field], value) for field, value in self._lengths.items())
        computed = replace(self._nothing, computed_usd=usd, lengths=lengths)
        bill = computed.monthly_usd
        if bill is None:
            return computed
        if not self._open:
            return replace(computed, contradiction=self._far(bill, usd, self._workload))
        return self._implied(computed, bill)

    def _implied(self, computed: TodaysBill, bill: float) -> TodaysBill:
        """Return the bill with the lengths that it pays for, where they can be what a model takes."""
        least = self._usd(0.0) or 0.0
        if least >= bill:
            because = f"without what is left out of lengths it would be `{_usd_text(least)}` USD already"
            far = self._far(bill, least, self._at(0.0))
            return replace(computed, silent_because=because, contradiction=far)
        times = self._times(bill)
        workload = self._at(times)
        fits = Estimator(workload, self._settings).value(
            "option.fits_window", Speeds(self._all_inputs[0], None, cascade=False, retrieves=False), None
        )
        if fits is False:
            because = f"requests would be {grouped(times)} times as long as expected, longer than the model takes"
            message = (
                f"{_bill(bill)} and pays for requests `{grouped(times)}` times as long as expected, longer than "
                f"`{shown(computed.model)}` takes"
            )
            return replace(computed, silent_because=because, contradiction=self._problem(message))
        # NOTE: more digits would say more than a bill of a whole month does.
        implied = tuple((WORKLOAD_FACTS[f], float(f"{value * times:.3g}")) for f, value in self._open.items())
        return replace(computed, implied=implied)

    def _times(self, bill: float) -> float:
        """Return how many times what is expected the open lengths are, so that they cost the bill."""
        low, high = 0.0, 1.0
        while (self._usd(high) or 0.0) < bill and high < _MOST_TIMES:
            low, high = high, 2.0 * high
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if (self._usd(middle) or 0.0) < bill:
                low = middle
            else:
                high = middle
        return high

    def _at(self, times: float) -> Workload:
        return replace(self._workload, **{field: value * times for field, value in self._open.items()})  # type: ignore[arg-type]

    def _usd(self, times: float) -> float | None:
        """Return the cost of a month where the open lengths are so many times what is expected."""
        workload = self._at(times)
        curve = leg_curve(self._all_inputs[0], workload, self._settings.assumptions)
        return None if curve is None else curve.monthly_usd(workload.requests_per_day or 0.0)

    def _far(self, bill: float, usd: float, workload: Workload) -> BillProblem | None:
        """Return that the bill is far beyond the range of what is declared, in every region; None where it is not."""
        if usd / self._tolerance <= bill <= usd * self._tolerance:
            return None  # NOTE: the range holds the likely value, and drawing it takes longer than all the rest.
        ranges = list(self._ranges(workload))
        low, high = min((r.p10 for r in ranges), default=usd), max((r.p90 for r in ranges), default=usd)
        if low <= bill * self._tolerance and bill <= high * self._tolerance:
            return None
        least, most = _usd_text(low), _usd_text(high)
        comes = f"what is declared comes to `{least}` to `{most}` USD at `{shown(self._nothing.provider)}`"
        return self._problem(f"{_bill(bill)}, but {comes}")

    def _ranges(self, workload: Workload) -> Iterator[Quantiles]:
        drawn = Estimator(workload, self._settings).drawn
        ranges = (drawn.quantiles(bill_inputs(inputs)) for inputs in self._all_inputs)
        return (quantiles for quantiles in ranges if quantiles is not None)

    def _problem(self, message: str) -> BillProblem:
        declared = [_VOLUME, *(WORKLOAD_FACTS[f] for f in self._lengths if f not in self._open)]
        related = tuple((path_of(fact), "declared here") for fact in declared)
        return BillProblem("MAN-011", message, path_of(BILL), related)


def _bill(usd: float) -> str:
    return f"the bill is `{_usd_text(usd)}` USD a month"


def _usd_text(usd: float) -> str:
    return grouped(round(usd)) if usd >= 10.0 else f"{usd:.2g}"
