"""What estimates of cost and latency need to know of a feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast

from aipolicy.catalog.axes import WORKS
from aipolicy.facts.spec import FactValue
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.facts.facts import Facts
    from aipolicy.options.cost_inputs import CostInputs, End


class Rivals(Frozen):
    """The cheapest of the options that remain, and the cheapest of them on machines of one's own."""

    cheapest: CostInputs | None
    own: CostInputs | None
    own_remains: bool
    """Whether any way of hosting oneself remains, of known cost or not."""


class Workload(Frozen):
    """What is asked of an option; None is unknown. Every number may be an array of draws where costs are drawn."""

    requests_per_day: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    reasoning_tokens: float = 0.0
    reasoning_declared: bool = False
    """Whether the team says how much is thought; else what is published of a model at its effort is added."""
    cached_share: float = 0.0
    cached_counted: Literal["inside", "beside"] = "inside"
    cache_written_tokens: float = 0.0
    cache_kept: Literal["minutes", "hour"] = "minutes"
    batchable_share: float = 0.0
    """Share of requests that may wait for hours, and are sent in batches where a provider has them."""
    hours_per_day: float = 24.0
    """Hours of a day in which something is asked; rented machines run in these only."""
    peak_to_mean: float = 1.0
    chained_calls: float = 1.0
    hard_case_share: float | None = None
    documents: float | None = None
    """Documents that a request asks to put in order."""
    audio_seconds: float | None = None
    """Length of the recording of a request that the model takes in."""
    corpus_tokens: float | None = None
    labelled_examples: float | None = None
    latency_budget_ms: float | None = None
    effort: str = "none"
    """How much a model that reasons thinks, or the least above it that it can."""
    distance: str = "usual"
    """How far the feature is from where its model runs."""
    growth_12_months: float | None = None
    index_refreshes_per_year: float | None = None
    """How often the knowledge that answers rest on changes; None is unknown."""
    people: tuple[tuple[str, float], ...] = ()
    """Full-time equivalents by kind of work that the team states itself."""
    shared_over: float = 1.0
    """Features that share the people of their platform."""
    ranges: tuple[tuple[str, float, float, float], ...] = ()
    """Fields that were declared as a range: name, low, likely, high."""
    rivals: Rivals | None = None
    """What a cost is compared with; None before it is known what remains."""
    streaming: bool | None = None
    """Whether an answer is shown while it is written."""
    end: End = "usual"
    """Which end of every estimate is taken."""
    seed: str = ""
    """What draws depend on besides the ranges, so that the same feature is drawn the same way every time."""

    def __hash__(self) -> int:
        # NOTE: what is kept for workloads is asked for often, and these fields tell nearly all of them apart.
        parts = self.requests_per_day, self.input_tokens, self.output_tokens, self.latency_budget_ms
        return hash((*parts, self.hard_case_share, self.end, self.seed))

    @property
    def is_complete(self) -> bool:
        """Return whether everything is known that an estimate could hang on."""
        values = (
            self.requests_per_day, self.input_tokens, self.output_tokens, self.hard_case_share, self.corpus_tokens,
            self.labelled_examples, self.latency_budget_ms, self.index_refreshes_per_year,
        )  # fmt: skip
        return all(value is not None for value in values)

    @property
    def least_peak(self) -> float:
        """Return how far the busiest minute is above the mean of the day at least: all is asked in so many hours."""
        return 24.0 / self.hours_per_day

    @property
    def cached_tokens(self) -> float | None:
        """Return the input tokens of a request that a cache serves; None when they are unknown.

        Counted beside the input they are unknown when all input is cached: the input then says nothing of them.
        """
        if self.input_tokens is None:
            return None
        cached = self.input_tokens * self.cached_share
        if self.cached_counted == "inside":
            return cached
        all_cached = type(self.cached_share) is float and self.cached_share >= 1.0
        return None if all_cached else cached / (1.0 - self.cached_share)

    @property
    def prompt_tokens(self) -> float | None:
        """Return the input tokens of a request, those that a cache serves included; None when they are unknown."""
        if self.input_tokens is None or self.cached_counted == "inside":
            return self.input_tokens
        cached = self.cached_tokens
        return None if cached is None else self.input_tokens + cached

    @property
    def answer_tokens(self) -> float | None:
        """Return the tokens that a model writes for a request, reasoning included; None when they are unknown."""
        return None if self.output_tokens is None else self.output_tokens + self.reasoning_tokens


NO_WORKLOAD = Workload()
"""What conditions depend on that read no estimate."""

WORKLOAD_FACTS: Mapping[str, str] = {
    "requests_per_day": "volume.requests_per_day",
    "input_tokens": "volume.input_tokens",
    "output_tokens": "volume.output_tokens",
    "reasoning_tokens": "volume.reasoning_tokens",
    "cached_share": "volume.cached_share",
    "cached_counted": "volume.cached_counted",
    "cache_written_tokens": "volume.cache_written_tokens",
    "cache_kept": "volume.cache_kept",
    "batchable_share": "volume.batchable_share",
    "hours_per_day": "volume.hours_per_day",
    "peak_to_mean": "volume.peak_to_mean",
    "chained_calls": "latency.chained_calls",
    "hard_case_share": "task.hard_case_share",
    "documents": "volume.documents",
    "audio_seconds": "volume.audio_seconds",
    "corpus_tokens": "volume.corpus_tokens",
    "labelled_examples": "data.labelled_examples",
    "latency_budget_ms": "latency.p95_ms",
    "streaming": "latency.streaming",
    "effort": "task.reasoning_effort",
    "distance": "latency.network",
}
"""Which declared fact each field is."""

KNOWLEDGE_CHANGES = "task.knowledge_changes"
_TIMES_A_YEAR: Mapping[FactValue | None, float] = {
    "never": 0.0, "yearly": 1.0, "monthly": 12.0, "weekly": 52.0, "daily": 365.0, "hourly": 8760.0,
}  # fmt: skip
SHARED_OVER = "team.shared_over"
PEOPLE_FACTS: Mapping[str, str] = {work: f"team.people.{work}" for work in WORKS}
"""Which declared fact says how many people a kind of work takes."""


def workload_of(facts: Facts, name: str) -> Workload:
    """Return what estimates need of a feature's facts; a fact that is unknown leaves its field unknown.

    The seed is the feature's name: whatever else changes in a manifest, the draws stay, and costs change for a reason.
    """
    values = facts.values
    declared = {field: values[fact] for field, fact in WORKLOAD_FACTS.items() if fact in values}
    ranges = tuple((field, *facts.ranges[fact]) for field, fact in WORKLOAD_FACTS.items() if fact in facts.ranges)
    numbers = cast("dict[str, float]", declared)
    return Workload(
        **numbers,  # type: ignore[arg-type]
        reasoning_declared="volume.reasoning_tokens" in facts.declared,
        growth_12_months=_growth(values),
        index_refreshes_per_year=_TIMES_A_YEAR.get(values.get(KNOWLEDGE_CHANGES)),
        people=_people(values),
        shared_over=cast("float", values.get(SHARED_OVER, 1.0)),
        ranges=ranges,
        seed=name,
    )


def _people(values: Mapping[str, FactValue]) -> tuple[tuple[str, float], ...]:
    stated = ((work, values.get(fact)) for work, fact in PEOPLE_FACTS.items())
    return tuple((work, count) for work, count in stated if isinstance(count, float))


def _growth(values: Mapping[str, FactValue]) -> float | None:
    now, later = values.get("volume.requests_per_day"), values.get("volume.requests_per_day_later")
    return later / now if isinstance(now, float) and isinstance(later, float) and now > 0.0 else None
