"""What estimates of cost and latency need to know of a feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from aipolicy.facts.spec import FactValue


@dataclass(frozen=True, slots=True)
class Workload:
    """What is asked of an option; None is unknown. Every number may be an array of draws where costs are drawn."""

    requests_per_day: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    reasoning_tokens: float = 0.0
    cached_share: float = 0.0
    cached_counted: Literal["inside", "beside"] = "inside"
    cache_written_tokens: float = 0.0
    peak_to_mean: float = 1.0
    chained_calls: float = 1.0
    hard_case_share: float | None = None
    corpus_tokens: float | None = None
    labelled_examples: float | None = None
    latency_budget_ms: float | None = None

    @property
    def prompt_tokens(self) -> float | None:
        """Return the input tokens of a request, those that a cache serves included; None when they are unknown."""
        if self.input_tokens is None or self.cached_counted == "inside":
            return self.input_tokens
        return self.input_tokens / (1.0 - self.cached_share)

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
    "peak_to_mean": "volume.peak_to_mean",
    "chained_calls": "latency.chained_calls",
    "hard_case_share": "task.hard_case_share",
    "corpus_tokens": "volume.corpus_tokens",
    "labelled_examples": "data.labelled_examples",
    "latency_budget_ms": "latency.p95_ms",
}
"""Which declared fact each field is."""


def workload_of(values: Mapping[str, FactValue]) -> Workload:
    """Return what estimates need of a feature's facts; a fact that is unknown leaves its field unknown."""
    known = {field: values[fact] for field, fact in WORKLOAD_FACTS.items() if fact in values}
    return Workload(**cast("dict[str, float]", known))  # type: ignore[arg-type]
