"""Capacity and latency agree with published figures; `python benchmarks/check_capacity.py` prints the comparison."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def _check_capacity():
    spec = importlib.util.spec_from_file_location("check_capacity", BENCHMARKS / "check_capacity.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_capacity"] = module
    spec.loader.exec_module(module)
    return module


check_capacity = _check_capacity()
RATIOS = check_capacity.ratios()
TABLE = yaml.safe_load((BENCHMARKS / "throughput_points.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "summary"), check_capacity.judgements(RATIOS).items())
def test_published_figures_are_within_the_limits(name, summary):
    assert 0.8 <= summary.geometric_mean <= 1.25
    assert summary.factor <= 1.5


@pytest.mark.parametrize("accelerator", ["a10g", "a100-80gb-sxm", "b200", "h100-80gb", "h200", "l40s", "mi300x"])
def test_no_accelerator_is_systematically_wrong(accelerator):
    judged = [each for each in RATIOS if each.judged and each.accelerator == accelerator]
    assert 0.8 <= check_capacity.summarised(judged).geometric_mean <= 1.25


def test_figures_that_nothing_was_fitted_to_are_many_and_agree_as_well():
    held_out = [each for each in RATIOS if each.judged and not each.fitted]
    assert len(held_out) >= 100
    assert len({each.source for each in held_out}) >= 8
    assert check_capacity.summarised(held_out).factor <= 1.5


@pytest.mark.parametrize("source", TABLE["sources"], ids=lambda source: source["id"])
def test_every_source_says_where_when_and_how_it_was_read(source):
    assert source["source"].startswith("https://")
    assert source["read_on"].isoformat() >= "2026-11-21"
    assert source["how"]
    assert source["points"]
    assert isinstance(source["fitted"], bool)


def test_a_summary_outside_of_the_limits_is_told():
    ratio = RATIOS[0]
    slow = [type(ratio)(ratio.source, "", "", "", False, True, 0.5)] * 10
    assert not check_capacity.summarised(slow).is_within_limits()
