"""Estimates agree with measurements of served models; `python benchmarks/check_serving.py` prints the comparison."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def _check_serving():
    spec = importlib.util.spec_from_file_location("check_serving", BENCHMARKS / "check_serving.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_serving"] = module
    spec.loader.exec_module(module)
    return module


check_serving = _check_serving()
FOUND = check_serving.comparison(check_serving.rows_of(check_serving.SAMPLE))
ROW = {
    "model_path": "meta-llama/Llama-3.1-8B-Instruct", "system": "h100_sxm", "backend": "vllm", "precision": "fp8",
    "isl": "1024", "osl": "512", "batch_size": "8", "tp_size": "1", "silicon_ttft_ms": "60", "silicon_tpot_ms": "5",
}  # fmt: skip


def written(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_every_cited_row_is_computed():
    assert FOUND["computed"] == FOUND["rows"] == 59
    assert FOUND["not_computed"] == {}


def test_models_that_were_held_back_are_within_reach():
    held = FOUND["by_fit"]["held back"]
    assert 0.9 <= held["whole_request"]["geometric_mean"] <= 1.1
    assert held["whole_request"]["within_90_percent"] <= 1.6
    assert 0.8 <= held["first_token"]["geometric_mean"] <= 1.25
    assert held["first_token"]["within_90_percent"] <= 2.5


@pytest.mark.parametrize(("kind", "factor"), [("dense", 1.3), ("mixture", 1.6)])
def test_whole_requests_are_within_reach(kind, factor):
    whole = FOUND["by_kind"][kind]["whole_request"]
    assert 0.9 <= whole["geometric_mean"] <= 1.1
    assert whole["within_90_percent"] <= factor


def test_nothing_was_fitted_to_a_model_that_is_held_back(monkeypatch, capsys):
    assert FOUND["fitted_though_held_back"] == []
    read = check_serving.calibration()
    fitted = {**read, "fitted_to": [*read["fitted_to"], {"model": "deepseek-ai/DeepSeek-V3"}]}
    monkeypatch.setattr(check_serving, "calibration", lambda: fitted)
    assert check_serving.main([]) == 1
    assert "`deepseek-ai/DeepSeek-V3` is held back and fitted to all the same" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_path": "nobody/Nothing-7B"}, "the shape of `nobody/Nothing-7B` is not known"),
        ({"system": "gb200_sxm"}, "system `gb200_sxm` is not in the catalog"),
        ({"precision": "fp3"}, "unknown precision `fp3`"),
        ({"tp_size": "16"}, "16 accelerators in a replica, one server has 8"),
        ({"silicon_ttft_ms": ""}, "`silicon_ttft_ms` is no number above 0"),
        ({"batch_size": "0"}, "`batch_size` is no number above 0"),
        ({"model_path": "meta-llama/Llama-3.1-405B-Instruct"}, "weights do not fit in 1 x h100-80gb"),
    ],
)
def test_a_row_that_cannot_be_computed_is_counted_with_its_reason(tmp_path, capsys, change, reason):
    path = written(tmp_path / "rows.csv", ROW, {**ROW, **change})
    assert check_serving.main([str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_computed"] == {reason: 1}
    assert found["computed"] == 1
    assert set(found["all"]["whole_request"]) == {"rows", "geometric_mean", "within_90_percent"}
    assert list(found["by_backend"]) == ["vllm"]


def test_a_file_without_the_columns_is_refused(tmp_path, capsys):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert check_serving.main([str(path)]) == 2
    assert "missing columns model_path" in capsys.readouterr().err


def test_who_finds_no_room_waits_in_the_first_token():
    def first_ms(requests):
        row = {
            **ROW,
            "model_path": "meta-llama/Llama-3.1-70B",
            "isl": "8192",
            "batch_size": str(requests),
            "tp_size": "2",
        }
        return check_serving.compared(row).ratios["first_token"] * 60

    assert first_ms(32) < 10_000 < 20_000 < first_ms(128)
