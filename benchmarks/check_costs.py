"""Times the estimates of a hundred options: at likely values without numpy, and under two thousand draws.

Run it with `python benchmarks/check_costs.py`. A hundred options are as many distinct ways of paying, spread evenly over the
candidates of the shipped catalog, under a workload that asks for every kind of cost. Each run starts with an estimator that
knows nothing; reading the catalog and inputs is not counted, importing numpy is shown apart. Machines differ: the figures
are also given as multiples of `python -c pass`, and only more than twice a limit ends with exit code 1.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date

from aipolicy.catalog.load import read_catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.estimates import EstimateSettings, Estimator
from aipolicy.options.workload import Workload
from aipolicy.value import replace

OPTIONS = 100
AS_OF = date(2026, 11, 21)
POINT_LIMIT_MS = 3.0
DRAWS_LIMIT_MS = 300.0
TOLERATED = 2.0
"""How many times a limit may be exceeded before the check fails: machines differ."""

POINT_FACTS = (
    "option.monthly_usd", "option.fixed_monthly_usd", "option.usd_per_request", "option.upfront_usd",
    "option.latency_floor_ms", "option.latency_p50_ms", "option.latency_p95_ms",
)  # fmt: skip

WORKLOAD = Workload(
    requests_per_day=120_000.0, input_tokens=1_155.0, output_tokens=211.0, reasoning_tokens=100.0, cached_share=0.3,
    cache_written_tokens=50.0, peak_to_mean=2.0, chained_calls=2.0, hard_case_share=0.15, corpus_tokens=2e7,
    labelled_examples=200.0, latency_budget_ms=8_000.0, growth_12_months=3.0,
    ranges=(("input_tokens", 800.0, 1_155.0, 2_400.0), ("hard_case_share", 0.05, 0.15, 0.4)), seed="benchmark",
)  # fmt: skip

Timed = tuple[CostInputs, Speeds]


def hundred() -> tuple[EstimateSettings, tuple[Timed, ...]]:
    """Return a hundred distinct cost inputs of the shipped catalog's candidates, each with its speeds."""
    catalog = read_catalog((), as_of=AS_OF)
    assumptions = cost_assumptions(catalog)
    reader = CostInputsReader(catalog, assumptions)
    distinct: dict[CostInputs, Speeds] = {}
    speeds: dict[Speeds, Speeds] = {}
    for option in candidate_legs(catalog, Organization()):
        timed = reader.speeds(option)
        distinct.setdefault(reader.cost_inputs(option), speeds.setdefault(timed, timed))
    every = tuple(distinct.items())
    chosen = tuple(every[number * len(every) // OPTIONS] for number in range(OPTIONS))
    return EstimateSettings(assumptions, catalog.assumptions, catalog.people, Organization().confidence), chosen


def at_likely_values(estimator: Estimator, options: Sequence[Timed]) -> int:
    """Estimate every option by every fact; returns how many have a cost."""
    known = 0
    for inputs, speeds in options:
        known += estimator.value(POINT_FACTS[0], speeds, inputs) is not None
        for name in POINT_FACTS[1:]:
            estimator.value(name, speeds, inputs)
    return known


def under_draws(estimator: Estimator, options: Sequence[Timed]) -> int:
    """Draw the cost of every option and take its quantiles; returns how many have a cost."""
    return sum(estimator.drawn.quantiles(inputs) is not None for inputs, _ in options)


def milliseconds(run: Callable[[Estimator, Sequence[Timed]], int], settings: EstimateSettings, options: Sequence[Timed],
                 times: int) -> tuple[float, float]:  # fmt: skip
    """Return what the first run took and the median of further ones, each under another volume and nothing known."""
    taken = []
    for number in range(times + 1):
        requests = (WORKLOAD.requests_per_day or 0.0) * (1.0 + number / 100.0)
        estimator = Estimator(replace(WORKLOAD, requests_per_day=requests), settings)
        start = time.perf_counter()
        known = run(estimator, options)
        taken.append(1000.0 * (time.perf_counter() - start))
        assert known > OPTIONS // 2, f"only {known} of {OPTIONS} options have a cost"
    return taken[0], statistics.median(taken[1:])


def pass_milliseconds() -> float:
    """Return what `python -c pass` takes, the median of nine."""
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        taken.append(1000.0 * (time.perf_counter() - start))
    return statistics.median(taken)


def main(echo: Callable[[str], None] = print) -> int:
    """Print one line for each kind of estimate; returns 1 when one takes more than twice its limit."""
    settings, options = hundred()
    point = milliseconds(at_likely_values, settings, options, times=40)
    assert "numpy" not in sys.modules, "estimates at likely values must not import numpy"
    start = time.perf_counter()
    import numpy  # noqa: F401

    numpy_ms = 1000.0 * (time.perf_counter() - start)
    drawn = milliseconds(under_draws, settings, options, times=9)
    unit = pass_milliseconds()
    echo(f"{len(options)} options; `python -c pass` takes {unit:.1f} ms, importing numpy {numpy_ms:.0f} ms")
    echo(f"{'':<24}{'first ms':>10}{'median ms':>11}{'x pass':>8}{'limit ms':>10}")
    failed = False
    for name, (first, median), limit in (
        ("at likely values", point, POINT_LIMIT_MS),
        ("under 2,000 draws", drawn, DRAWS_LIMIT_MS),
    ):
        failed |= median > TOLERATED * limit
        echo(f"{name:<24}{first:>10.2f}{median:>11.2f}{median / unit:>8.2f}{limit:>10.0f}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
