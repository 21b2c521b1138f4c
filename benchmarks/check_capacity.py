"""Compares the capacity and latency that aipolicy computes for own hosting with published figures.

Run it with `python benchmarks/check_capacity.py`. The figures are in throughput_points.yaml. A ratio above 1 means that the
published system was faster than computed. The exit code is 1 when the geometric mean of the ratios or the factor that 90 %
of them stay within is outside of the limits: over all judged points, over those that nothing was fitted to, over the
sources with equal weight, and over each judged source with enough points.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from aipolicy.catalog.load import read_catalog
from aipolicy.economics.machine import ENGINE_ALONE, Machine, ModelShape, Precision
from aipolicy.economics.roofline import BATCH_CAP, Load, Serving, latency, serve

POINTS = Path(__file__).resolve().parent / "throughput_points.yaml"
AS_OF = date(2026, 11, 21)
GEOMETRIC_MEAN = (0.8, 1.25)
FACTOR_OF_90_PERCENT = 1.5
ENOUGH = 10
"""Points of a source below which its 90th percentile says nothing."""
SIZES = ((10.0, "up to 10B"), (20.0, "10B to 20B"), (40.0, "20B to 40B"), (80.0, "40B to 80B"))


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much faster a published figure is than the computed one."""

    source: str
    accelerator: str
    size: str
    measure: str
    fitted: bool
    judged: bool
    published_over_computed: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Ratios in short."""

    points: int
    geometric_mean: float
    factor: float

    def is_within_limits(self) -> bool:
        """Return whether the geometric mean and the factor of 90 % are."""
        low, high = GEOMETRIC_MEAN
        return low <= self.geometric_mean <= high and self.factor <= FACTOR_OF_90_PERCENT


def ratios(path: Path = POINTS) -> tuple[Ratio, ...]:
    """Return the ratio of every point; a point that does not fit in memory is an error of the table or of the formula."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    catalog = read_catalog((), as_of=AS_OF)
    found = []
    for source in table["sources"]:
        for point in source["points"]:
            shape = _shape(point["model"], table["shapes"], catalog)
            precision = table["precisions"][point["precision"]]
            accelerator = catalog.accelerators[point["accelerator"]]
            machine = Machine(
                accelerator.memory_gb, accelerator.bandwidth_gb_per_s, getattr(accelerator, precision["tflops"]),
                accelerator.vendor_factor, accelerator.link_gb_per_s, calibration=ENGINE_ALONE,
                operations_factor=accelerator.operations_factor,
            )  # fmt: skip
            sizes = Precision(precision["weight_bytes"], precision["cache_bytes"])
            measure, ratio = _ratio(shape, sizes, machine, point, float(source.get("cap", BATCH_CAP)))
            judged = "not_judged" not in source
            size = _size(shape)
            fitted = source["fitted"] and point["model"] not in table["held_back"]
            found.append(Ratio(source["id"], point["accelerator"], size, measure, fitted, judged, ratio))
    return tuple(found)


def summarised(found: Iterable[Ratio]) -> Summary:
    """Return geometric mean and 90th percentile of the factor between published and computed."""
    logs = [math.log(each.published_over_computed) for each in found]
    factors = sorted(abs(each) for each in logs)
    at_90 = factors[math.ceil(0.9 * len(factors)) - 1]
    return Summary(len(logs), math.exp(sum(logs) / len(logs)), math.exp(at_90))


def by_source_equally(found: Iterable[Ratio]) -> Summary:
    """Return the summary in which every source counts as one point, its geometric mean."""
    groups = _grouped(found, lambda each: each.source)
    means = [summarised(group).geometric_mean for group in groups.values()]
    one = next(iter(groups.values()))[0]
    return summarised(
        [Ratio(name, "", "", "", one.fitted, True, mean) for name, mean in zip(groups, means, strict=True)]
    )


def _ratio(
    shape: ModelShape, precision: Precision, machine: Machine, point: Mapping[str, Any], cap: float
) -> tuple[str, float]:
    load = Load(float(point["input_tokens"]), float(point["output_tokens"]))
    count, batch = int(point["accelerators"]), point.get("batch")
    replicas = float(point.get("replicas", 1))
    at_batch = (shape, precision, machine, count, load)
    if "output_tokens_per_s" in point or "batch_s" in point:
        serving = serve(*at_batch, batch_cap=cap if batch is None else float(batch))
        assert isinstance(serving, Serving), point
        if "batch_s" in point:
            assert serving.batch == batch, point
            return "latency", serving.batch / serving.requests_per_s / point["batch_s"]
        computed = replicas * serving.requests_per_s * load.output_tokens
        return "throughput", point["output_tokens_per_s"] / computed
    seen = latency(*at_batch, float(batch))
    if "first_token_ms" in point:
        return "first token", seen.first_token_s * 1000.0 / point["first_token_ms"]
    if "ms_per_output_token" in point:
        return "latency", seen.per_output_token_s * 1000.0 / point["ms_per_output_token"]
    whole_s = seen.first_token_s + (load.output_tokens - 1.0) * seen.per_output_token_s
    return "latency", whole_s / point["request_s"]


def _shape(name: str, shapes: Mapping[str, Mapping[str, float]], catalog: Any) -> ModelShape:
    if name in shapes:
        own = shapes[name]
        return ModelShape(
            own["params_b"], own["params_b"], own["layers"], own["heads"], own["kv_heads"], own["head_dim"]
        )
    model = catalog.models[name]
    return ModelShape(
        model.params_b, model.active_params_b or model.params_b, model.layers, model.heads,
        model.kv_heads or model.heads, model.head_dim, model.hidden_size or 0.0,
    )  # fmt: skip


def _size(shape: ModelShape) -> str:
    if shape.active_params_b != shape.params_b:
        return "mixture"
    return next((name for below, name in SIZES if shape.params_b < below), "above 80B")


def _grouped(found: Iterable[Ratio], key: Callable[[Ratio], str]) -> dict[str, list[Ratio]]:
    groups: dict[str, list[Ratio]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return groups


def judgements(found: tuple[Ratio, ...]) -> dict[str, Summary]:
    """Return what the limits hold for, by name."""
    judged = [each for each in found if each.judged]
    summaries = {
        "all judged points": summarised(judged),
        "nothing fitted to": summarised(each for each in judged if not each.fitted),
        "sources with equal weight": by_source_equally(judged),
    }
    for source, group in _grouped(judged, lambda each: each.source).items():
        if len(group) >= ENOUGH:
            summaries[source] = summarised(group)
    return summaries


def main() -> int:
    """Print the comparison and return the exit code."""
    found = ratios()
    judged = [each for each in found if each.judged]
    verdicts = judgements(found)
    print("published / computed                 points  mean   90 % within")
    for title, key in (
        ("by source", lambda each: each.source),
        ("by accelerator", lambda each: each.accelerator),
        ("by model", lambda each: each.size),
        ("by measure", lambda each: each.measure),
    ):
        print(f"\n{title}")
        for name, group in sorted(_grouped(judged, key).items()):
            _print(name, summarised(group), "fitted to" if title == "by source" and group[0].fitted else "")
    print("\nnot judged, for the reason in the table")
    for name, group in sorted(_grouped((each for each in found if not each.judged), lambda each: each.source).items()):
        _print(name, summarised(group), "")
    print(f"\nlimits: mean {GEOMETRIC_MEAN[0]} to {GEOMETRIC_MEAN[1]}, 90 % within {FACTOR_OF_90_PERCENT}")
    for name, summary in verdicts.items():
        _print(name, summary, "" if summary.is_within_limits() else "outside")
    return 0 if all(summary.is_within_limits() for summary in verdicts.values()) else 1


def _print(name: str, summary: Summary, remark: str) -> None:
    print(f"  {name:34} {summary.points:6}  {summary.geometric_mean:.2f}   {summary.factor:.2f}  {remark}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
