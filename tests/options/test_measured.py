"""What a team measured of a model on its machine stands in the place of the estimate, with the day and the link."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from command_line import run_here
from cost_worlds import ASSUMPTIONS, OWN, WORK

from aipolicy.catalog.load import read_catalog
from aipolicy.catalog.measured import Measured
from aipolicy.economics.roofline import Serving
from aipolicy.errors import CatalogError, Problems
from aipolicy.options.cost_inputs import OwnInputs, Speeds
from aipolicy.options.costs import leg_curve
from aipolicy.options.leg_latency import Latencies
from aipolicy.options.serving import serving_of
from aipolicy.value import replace

ON = date(2026, 10, 12)
AT_16 = Measured(12.0, None, 16.0, 200.0, ON, "bench-4")
IN_TOKENS = Measured(None, 2_400.0, 16.0, 200.0, ON, "bench-4")
ENTRY = (
    "self_hosted:\n  - {model: llama-3.1-8b, accelerator: h100-80gb, accelerators: 1, source: ours,\n"
    "     checked_on: 2026-11-01, effective_from: 2026-10-12, verified: true, measured: {%s}}\n"
)
GOOD = "requests_per_s: 12, at_concurrency: 16, first_token_ms: 200, on: 2026-10-12, link: bench-4"
FEATURE = Path(__file__).resolve().parents[1] / "cli/cost_cases/work120k.aifeature.yaml"


def as_measured(measured: Measured) -> OwnInputs:
    return replace(OWN, measured=measured)


@pytest.mark.parametrize(("measured", "rate"), [(AT_16, 12.0), (IN_TOKENS, 12.0)])
def test_capacity_is_what_was_measured_without_a_factor_of_ours(measured: Measured, rate: float) -> None:
    """2,400 output tokens a second are 12 answers of 200."""
    for factor in (1.0, 0.5):
        assumptions = replace(ASSUMPTIONS, capacity_factor=factor)
        assert serving_of(as_measured(measured), WORK, assumptions) == Serving(16.0, rate)


def test_a_machine_that_was_measured_slower_takes_more_of_them() -> None:
    busy = replace(WORK, requests_per_day=500_000.0)
    usd = [
        curve.monthly_usd(500_000.0)
        for rate in (40.0, 10.0)
        if (curve := leg_curve(as_measured(replace(AT_16, requests_per_s=rate)), busy, ASSUMPTIONS)) is not None
    ]
    assert len(usd) == 2
    assert usd[1] > usd[0]


@pytest.mark.parametrize("end", ["fast", "usual", "slow"])
def test_a_request_takes_concurrency_over_rate_at_every_end(end: str) -> None:
    """16 at once and 12 a second are 1,333 ms, 200 of them to the first token, beside the network."""
    latency = Latencies(WORK, ASSUMPTIONS, end).of(Speeds(as_measured(AT_16), None, cascade=False, retrieves=False))  # type: ignore[arg-type]
    usual = OWN.network.usual.p50_ms
    assert latency.p50_ms == pytest.approx(16 / 12 * 1000 + usual, rel=0.05)
    assert latency.floor_ms is not None
    assert latency.floor_ms <= 200.0 + usual


@pytest.mark.parametrize(
    ("measured", "message"),
    [
        (GOOD.replace("requests_per_s: 12, ", ""), "one of them; found neither"),
        (f"{GOOD}, tokens_per_s: 900", "one of them; found both"),
        (GOOD.replace("12, at", "0, at"), "`requests_per_s` must be more than 0, found 0"),
        (GOOD.replace("at_concurrency: 16", "at_concurrency: 0"), "`at_concurrency` must be at least 1, found 0"),
        (GOOD.replace("first_token_ms: 200", "first_token_ms: 2000"), "are 1333.33 ms for a whole request"),
        (GOOD.replace("on: 2026-10-12, ", ""), "missing key `on`"),
        (GOOD.replace("2026-10-12", "2026-13-12"), "`on` must be a day as YYYY-MM-DD"),
        (GOOD.replace("2026-10-12", "2026-11-02"), "`on` is later than `checked_on`"),
        (GOOD.replace(", link: bench-4", ""), "missing key `link`"),
        (f"{GOOD}, tokens: 9", "unknown key `tokens`"),
    ],
)
def test_a_measurement_that_cannot_be_used_is_refused_at_its_line(measured: str, message: str, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(ENTRY % measured, encoding="utf-8")
    with pytest.raises((CatalogError, Problems)) as caught:
        read_catalog((own.as_posix(),), as_of=date(2026, 11, 29)).validate()
    assert f"{own.as_posix()}:3:" in str(caught.value)
    assert message in str(caught.value)


def test_costs_show_the_day_and_the_link_of_what_was_measured(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(ENTRY % GOOD, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('catalog = ["own.yaml"]\n', encoding="utf-8")
    (tmp_path / "f.aifeature.yaml").write_bytes(FEATURE.read_bytes())
    result = run_here(["cost", "f.aifeature.yaml", "--as-of", "2026-11-29"], tmp_path)
    assert "as measured on 2026-10-12 (bench-4)" in " ".join(result.stdout.split())
