"""Estimated facts of options under one workload; what options share is estimated once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter
from typing import TYPE_CHECKING

from aipolicy.economics.roofline import DoesNotFit
from aipolicy.facts.all_facts import of_partner
from aipolicy.options.cost_inputs import CostInputs, HostedInputs, OneStepInputs, OwnInputs, Speeds, network_of
from aipolicy.options.costs import running_cost
from aipolicy.options.leg_latency import Latencies
from aipolicy.options.memo import Memo
from aipolicy.options.running_costs import RunningCosts, TableCosts
from aipolicy.options.serving import serving_of
from aipolicy.options.upfront_costs import upfront_cost
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.catalog.assumptions import Assumption, HeadCount
    from aipolicy.economics.break_even import BreakEven
    from aipolicy.facts.spec import FactValue
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.cost_inputs import LegInputs, Role
    from aipolicy.options.costs import LegCurve
    from aipolicy.options.leg_latency import LatencyEstimate
    from aipolicy.options.monte_carlo import DrawnCosts
    from aipolicy.options.running_costs import CostTable, Monthly
    from aipolicy.options.workload import Workload

_LATENCIES: Mapping[str, Callable[[LatencyEstimate], float | None]] = {
    "option.latency_floor_ms": attrgetter("floor_ms"),
    "option.latency_p50_ms": attrgetter("p50_ms"),
    "option.latency_p95_ms": attrgetter("p95_ms"),
    "option.latency_p99_ms": attrgetter("p99_ms"),
    "option.first_token_p50_ms": attrgetter("first_token_p50_ms"),
    "option.first_token_p95_ms": attrgetter("first_token_p95_ms"),
}
_NETWORK = "option.network_p95_ms"
LATENCY_FACTS = (*_LATENCIES, _NETWORK)
FIT_FACTS = ("option.fits_load", "option.fits_window")
COST_FACTS = ("option.monthly_usd", "option.fixed_monthly_usd", "option.usd_per_request", "option.upfront_usd")
RUNNING_COSTS = ("option.monthly_usd", "option.fixed_monthly_usd")
"""The cost of a month at today's volume and at none, in the order in which costs are kept."""
AT_LEAST = " at least"
"""What follows the name of a running cost that is known in part: then it is at least this."""
DRAWN_FACTS = frozenset(
    {
        "option.monthly_usd_at_least", "option.monthly_usd_at_most", "option.usd_per_request_at_least",
        "option.usd_per_request_at_most", "option.most_uncertain_input",
    }
)  # fmt: skip
"""Facts that rest on draws of everything uncertain."""
COMPARED_FACTS = frozenset({"option.times_cheapest_at_least", "option.breaks_even", "option.months_until_break_even"})
"""Facts that compare an option with what remains after every rule that reads none of them."""
LATENCY_FACTS_SET = frozenset((*LATENCY_FACTS, *FIT_FACTS))
"""Facts that depend on speeds and a workload."""
COST_FACTS_SET = frozenset((*COST_FACTS, *DRAWN_FACTS, *COMPARED_FACTS))
"""Facts that depend on cost inputs and a workload."""
PARTNER_LATENCIES = frozenset(map(of_partner, LATENCY_FACTS_SET))
"""Facts that depend on the speeds of a partner, as if it were the main leg, and a workload."""
ESTIMATED_FACTS = LATENCY_FACTS_SET | COST_FACTS_SET | PARTNER_LATENCIES

ENDED_FACTS = frozenset((*LATENCY_FACTS, *map(of_partner, LATENCY_FACTS)))
"""Estimates that have a favourable and an unfavourable end beside what is usual."""

_NEEDS_ALL = DRAWN_FACTS | COMPARED_FACTS


def reduced(workload: Workload, names: Iterable[str]) -> Workload:
    """Return the workload without what the named estimates do not hang on, so that more of them are shared."""
    facts = ESTIMATED_FACTS.intersection(names)
    if not facts.isdisjoint(_NEEDS_ALL):
        return workload
    costs = not facts.isdisjoint(COST_FACTS_SET)
    has_ends = not facts.isdisjoint(ENDED_FACTS)
    return replace(
        workload, growth_12_months=None, rivals=None, ranges=(), seed="", end=workload.end if has_ends else "usual",
        labelled_examples=workload.labelled_examples if costs else None,
        index_refreshes_per_year=workload.index_refreshes_per_year if costs else None,
        corpus_tokens=workload.corpus_tokens if costs else None,
        cache_written_tokens=workload.cache_written_tokens if costs else 0.0,
        people=workload.people if costs else (),
        shared_over=workload.shared_over if costs else 1.0,
    )  # fmt: skip


UNKNOWN_COST = CostInputs(
    main=None, far=None, standby=None, cascade=True, stands_by=False, people=None, build_weeks=None, retrieves=False,
    watched=False, training=None,
)  # fmt: skip
"""The cost inputs of every cascade while nobody knows how many requests escalate."""


class EstimateSettings(Frozen):
    """What estimates rest on besides the workload."""

    assumptions: CostAssumptions
    constants: Mapping[str, Assumption]
    people: tuple[HeadCount, ...]
    confidence: float
    """Probability from which on the organisation takes an estimate as decided."""


class Estimator:
    """Estimates under one workload and the constants of one catalog."""

    def __init__(self, workload: Workload, settings: EstimateSettings) -> None:
        self._workload = workload
        self._settings = settings
        self._assumptions = settings.assumptions
        self._latencies = Memo(Latencies(workload, settings.assumptions, workload.end).of)
        self._fits = {
            "option.fits_load": Memo(partial(_leg_fits, workload, settings.assumptions)),
            "option.fits_window": Memo(partial(_fits_window, workload)),
        }
        self._running = RunningCosts(workload, settings.assumptions)
        self.splitters: dict[object, object] = {}
        """What splits options by a cost, by the name of the cost."""
        self._tables = Memo(partial(TableCosts, self._running))
        self._monthly, self._judged = Memo(self._running.of), Memo(self._running.of_judged)

    def value(self, name: str, speeds: Speeds | None, cost: CostInputs | None) -> FactValue | None:
        """Return the value of an estimated fact, None when it is unknown."""
        latency = _LATENCIES.get(name)
        if latency is not None:
            return None if speeds is None else latency(self._latencies.of(speeds))
        if name in COST_FACTS_SET:
            if cost is None:
                return None
            if name in DRAWN_FACTS:
                return self._drawn_fact(name, cost)
            return self._compared_fact(name, cost) if name in COMPARED_FACTS else self._cost_fact(name, cost)
        if speeds is None:
            return None
        if name in FIT_FACTS:
            return _both_fit(self._fits[name].of, speeds)
        if name != _NETWORK:
            raise LookupError(f"`{name}` is no estimate")
        network = network_of(speeds.main)
        if network is None:
            return None
        return network.at(self._workload.distance).p95_ms * self._workload.chained_calls

    def costs(self, table: CostTable) -> TableCosts:
        """Return the monthly costs at today's volume and at none of all cost inputs of a table."""
        return self._tables.of(table)

    def judged_cost(self, inputs: CostInputs) -> tuple[bool, Monthly]:
        """Return the monthly cost of a main leg that sorts out hard cases: whether it is known, and its known part."""
        return self._judged.of(inputs)

    def column(self, name: str, speeds: Sequence[Speeds | None],
               costs: Sequence[CostInputs | None]) -> Sequence[FactValue | None]:  # fmt: skip
        """Return an estimated fact of many options; what `value` says of each."""
        if name in _LATENCIES:
            time, estimate = _LATENCIES[name], self._latencies.of
            return [None if speed is None else time(estimate(speed)) for speed in speeds]
        if name in FIT_FACTS:
            fits_leg = self._fits[name].of
            return [None if speed is None else _both_fit(fits_leg, speed) for speed in speeds]
        return [self.value(name, *pair) for pair in zip(speeds, costs, strict=True)]

    def _cost_fact(self, name: str, inputs: CostInputs) -> float | None:
        if name == "option.upfront_usd":
            lines = upfront_cost(inputs, self._workload, self._assumptions)
            return None if lines is None else sum(usd for _, usd in lines)
        cost = self._monthly.of(inputs)
        if cost is None:
            return None
        if name == "option.usd_per_request":
            requests = self._workload.requests_per_day or 0.0
            return cost[0] / (requests * self._assumptions.days_per_month)
        return cost[RUNNING_COSTS.index(name)]

    @property
    def confidence(self) -> float:
        """Return the probability from which on the organisation takes an estimate as decided."""
        return self._settings.confidence

    @cached_property
    def drawn(self) -> DrawnCosts:
        """Return costs under draws; numpy is imported here and nowhere before."""
        from aipolicy.options.monte_carlo import DrawnCosts

        return DrawnCosts(self._workload, self._assumptions, self._settings.constants, self._settings.people)

    def _drawn_fact(self, name: str, inputs: CostInputs) -> FactValue | None:
        certain = self._settings.confidence
        if self._monthly.of(inputs) is None:
            return None
        match name:
            case "option.monthly_usd_at_least":
                return self.drawn.at_share(inputs, 1.0 - certain)
            case "option.monthly_usd_at_most":
                return self.drawn.at_share(inputs, certain)
            case "option.usd_per_request_at_least":
                return self.drawn.at_share(inputs, 1.0 - certain, per_request=True)
            case "option.usd_per_request_at_most":
                return self.drawn.at_share(inputs, certain, per_request=True)
            case _:
                tornado = self.drawn.tornado(inputs)
                return tornado[0].name if tornado else None

    def _compared_fact(self, name: str, inputs: CostInputs) -> FactValue | None:
        rivals = self._workload.rivals
        if rivals is None or self._monthly.of(inputs) is None:
            return None
        if name == "option.times_cheapest_at_least":
            if rivals.cheapest is None:
                return None
            return self.drawn.times(inputs, rivals.cheapest, 1.0 - self._settings.confidence)
        if not rivals.own_remains or not isinstance(inputs.main, HostedInputs):
            return False if name == "option.breaks_even" else None
        break_even = None if rivals.own is None else self.break_even(inputs, rivals.own)
        if break_even is None:
            return None
        from aipolicy.economics.break_even import NoBreakEven

        if name == "option.breaks_even":
            return not isinstance(break_even, NoBreakEven)
        return self._months_until(break_even)

    def break_even(self, inputs: CostInputs, rival: CostInputs) -> BreakEven | None:
        """Return from which volume on a rival costs less, None when a cost is unknown."""
        from aipolicy.economics.break_even import break_even

        ours, theirs = (running_cost(of_option, self._workload, self._assumptions) for of_option in (inputs, rival))
        return None if ours is None or theirs is None else break_even(ours.curve, theirs.curve)

    def _months_until(self, found: BreakEven) -> float | None:
        """Return the months until growth reaches the volume, None when it never does or nobody knows."""
        from aipolicy.economics.break_even import Crossings, NoBreakEven, days_until

        workload = self._workload
        if workload.requests_per_day is None or isinstance(found, NoBreakEven):
            return None
        first = found.first if isinstance(found, Crossings) else 0.0
        days = days_until(workload.requests_per_day, first, workload.growth_12_months or 1.0)
        return None if days is None else days / self._assumptions.days_per_month

    @property
    def workload(self) -> Workload:
        """Return the workload under which everything is estimated."""
        return self._workload

    @property
    def assumptions(self) -> CostAssumptions:
        """Return the constants that estimates rest on."""
        return self._assumptions

    def at_least(self, name: str, inputs: CostInputs) -> float | None:
        """Return the known part of a running cost of which another part is unknown, None where nothing of it is known."""
        return self._running.at_least(inputs)[RUNNING_COSTS.index(name)] or None if name in RUNNING_COSTS else None

    @property
    def running(self) -> RunningCosts:
        """Return monthly costs by their parts."""
        return self._running

    def curve_of(self, leg: LegInputs | None, role: Role) -> LegCurve | None:
        """Return what a leg costs over volume in its role, None when it is not known."""
        return self._running.curve_of(leg, role)


def _both_fit(fits_leg: Callable[[LegInputs | None], bool | None], speeds: Speeds) -> bool | None:
    """Return whether every leg that is asked fits; None where that of one is not known and the other fits."""
    main = fits_leg(speeds.main)
    if main is False or not speeds.cascade:
        return main
    far = fits_leg(speeds.far)
    return None if main is None and far is not False else far


def _leg_fits(workload: Workload, assumptions: CostAssumptions, leg: LegInputs | None) -> bool | None:
    """Return whether weights and one request fit the machines; a provider sees to that itself."""
    if isinstance(leg, OneStepInputs):
        return leg.fits
    if not isinstance(leg, OwnInputs):
        return None if leg is None else True
    serving = serving_of(leg, workload, assumptions)
    return None if serving is None else not isinstance(serving, DoesNotFit)


def _fits_window(workload: Workload, leg: LegInputs | None) -> bool | None:
    """Return whether a request and its answer fit the window of a model and the limits beside it."""
    if leg is None:
        return None
    prompt, window = workload.prompt_tokens, leg.window
    if prompt is not None and workload.audio_seconds is not None:
        prompt += workload.audio_seconds * (window.audio_tokens_per_s or 0.0)
    return window.fits(prompt, workload.output_tokens, workload.reasoning_tokens)
