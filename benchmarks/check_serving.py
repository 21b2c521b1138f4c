"""Compares measured first tokens, times per token and whole requests of served models with what aipolicy computes.

Run it with `python benchmarks/check_serving.py FILE.csv`, for figures as data with `--json`; without a file it takes
serving_sample.csv. A row states a model, a system, how many requests are under way and what was measured; what cannot be
computed is counted by its reason. Ratios are computed over measured: above 1 the estimate is too slow. The exit code is 1
when a model that calibration.yaml holds back is fitted to, and 2 when the file has no such rows.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.catalog.machines import Accelerator
from aipolicy.economics.machine import Machine, ModelShape, Precision
from aipolicy.economics.roofline import DoesNotFit, Latency, Load, latency, serve

FOLDER = Path(__file__).resolve().parent
SAMPLE = FOLDER / "serving_sample.csv"
CALIBRATION = FOLDER / "calibration.yaml"
AS_OF = date(2026, 11, 29)
COLUMNS = (
    "model_path", "system", "backend", "precision", "isl", "osl", "batch_size", "tp_size", "silicon_ttft_ms",
    "silicon_tpot_ms",
)  # fmt: skip
SYSTEMS = {
    "a100_sxm": "a100-80gb-sxm", "a100_pcie": "a100-80gb", "b200_sxm": "b200", "h100_sxm": "h100-80gb",
    "h100_pcie": "h100-pcie", "h200_sxm": "h200",
}  # fmt: skip
"""What the file calls machines that the catalog calls otherwise."""
BYTES_OF_WEIGHT = {
    "": 2.0, "bf16": 2.0, "fp16": 2.0, "bfloat16": 2.0, "float16": 2.0, "fp8": 1.0, "fp8_block": 1.0, "fp8_static": 1.0,
    "int8": 1.0, "int8_wo": 1.0, "w8a8": 1.0, "fp4": 0.5625, "nvfp4": 0.5625, "mxfp4": 0.53125, "int4": 0.53125,
    "int4_wo": 0.53125, "w4a16": 0.53125, "w4a8": 0.53125, "w4a16_mxfp4": 0.53125, "awq": 0.53125, "gptq": 0.53125,
}  # fmt: skip
"""Scales of groups included; a row that names no precision is taken as published, in 16 bits."""
SERVER = 8
"""Accelerators that one server connects."""
MEASURES = ("whole_request", "first_token", "per_token")


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: what it is about, and computed over measured for each measure."""

    model: str
    system: str
    backend: str
    is_mixture: bool
    ratios: Mapping[str, float]


class NotComputed(Exception):
    """Why a row cannot be computed."""


def at_concurrency(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load,
                   concurrency: float) -> Latency | DoesNotFit:  # fmt: skip
    """Return what users see of whom as many as said ask again as soon as they are answered (a closed loop).

    Those who find no room in the cache wait for as long as the others are served: by Little's law the share of the time that
    a request waits is the share of the requests that do not fit.
    """
    serving = serve(shape, precision, machine, accelerators, load, batch_cap=max(concurrency, 1.0))
    if isinstance(serving, DoesNotFit):
        return serving
    seen = latency(shape, precision, machine, accelerators, load, serving.batch)
    served_s = seen.first_token_s + max(load.output_tokens - 1.0, 0.0) * seen.per_output_token_s
    waits_s = (concurrency / serving.batch - 1.0) * served_s
    return Latency(seen.first_token_s + waits_s, seen.per_output_token_s)


def calibration() -> dict[str, Any]:
    """Return what was fitted to, what was held back, and further shapes."""
    read: dict[str, Any] = yaml.safe_load(CALIBRATION.read_text(encoding="utf-8"))
    return read


def fitted_though_held_back(read: Mapping[str, Any]) -> list[str]:
    """Return the models that are held back and fitted to all the same."""
    held = {_bare(name) for name in read["held_back"]}
    return sorted({each["model"] for each in read["fitted_to"] if _bare(each["model"]) in held})


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file; raises `ValueError` when columns are missing or it has no rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: missing columns {', '.join(missing)}")
        rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    if not rows:
        raise ValueError(f"{path}: no rows")
    return rows


def compared(row: Mapping[str, str]) -> Compared:
    """Return a row beside what is computed for it; raises `NotComputed`."""
    shape = _shape(row["model_path"])
    accelerator = _accelerator(row["system"])
    count, requests = _replica(row)
    weight_bytes = _weight_bytes(row)
    machine, precision = _at(accelerator, weight_bytes)
    load = Load(_number(row, "isl"), _number(row, "osl"))
    seen = at_concurrency(shape, precision, machine, count, load, requests)
    if isinstance(seen, DoesNotFit):
        raise NotComputed(f"{seen.reason} do not fit in {count} x {accelerator.id}")
    first_ms, token_ms = seen.first_token_s * 1000.0, seen.per_output_token_s * 1000.0
    measured_first, measured_token = _number(row, "silicon_ttft_ms"), _number(row, "silicon_tpot_ms")
    further = max(load.output_tokens - 1.0, 0.0)
    ratios = {
        "whole_request": (first_ms + further * token_ms) / (measured_first + further * measured_token),
        "first_token": first_ms / measured_first,
        "per_token": token_ms / measured_token,
    }
    return Compared(row["model_path"], row["system"], row["backend"], shape.is_mixture, ratios)


def _replica(row: Mapping[str, str]) -> tuple[int, float]:
    """Return the accelerators of a replica, and the requests under way.

    Some rows count ranks twice: attention over 64 with experts over 8 x 8 has the figures of 8 to the last digit.
    """
    if _optional(row, "pp_size", 1.0) != 1.0:
        raise NotComputed("pipelines are not computed")
    ranks = _optional(row, "attention_dp_size", 1.0)
    count = _number(row, "tp_size") * ranks
    experts = (_optional(row, "moe_tp_size", 1.0), _optional(row, "moe_ep_size", 1.0))
    if count > SERVER and experts[0] == experts[1] and experts[0] * experts[1] == count:
        count = experts[0]
    if count > SERVER:
        raise NotComputed(f"{count:g} accelerators in a replica, one server has {SERVER}")
    return int(count), _number(row, "batch_size") * ranks


def _weight_bytes(row: Mapping[str, str]) -> float:
    """Return the bytes of a weight: of the experts where the row names them, as they are nearly all of a mixture."""
    named = [row.get(key, "").lower() for key in ("moe_quant_mode", "gemm_quant_mode", "precision")]
    known = [BYTES_OF_WEIGHT.get(name) for name in named if name]
    if any(each is None for each in known):
        raise NotComputed(f"unknown precision `{', '.join(name for name in named if name)}`")
    return known[0] if known and known[0] is not None else BYTES_OF_WEIGHT[""]


def _at(accelerator: Accelerator, weight_bytes: float) -> tuple[Machine, Precision]:
    """Return the machine computing in the narrowest numbers it has for such weights, and what they take."""
    tflops, cache_bytes = accelerator.bf16_tflops, 2.0
    if weight_bytes <= 1.0 and accelerator.fp8_tflops is not None:
        cache_bytes = 1.0
        tflops = accelerator.fp8_tflops if weight_bytes == 1.0 else accelerator.bf16_tflops
    if weight_bytes < 1.0 and accelerator.fp4_tflops is not None:
        tflops = accelerator.fp4_tflops
    machine = Machine(
        accelerator.memory_gb, accelerator.bandwidth_gb_per_s, tflops, accelerator.vendor_factor,
        accelerator.link_gb_per_s, operations_factor=accelerator.operations_factor,
    )  # fmt: skip
    return machine, Precision(weight_bytes, cache_bytes)


def _accelerator(system: str) -> Accelerator:
    name = SYSTEMS.get(system, system.replace("_", "-"))
    found = _catalog().accelerators.get(name)
    if found is None:
        raise NotComputed(f"system `{system}` is not in the catalog")
    return found


def _shape(name: str) -> ModelShape:
    found = _shapes().get(_bare(name))
    if found is None:
        raise NotComputed(f"the shape of `{name}` is not known")
    return found


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=AS_OF)


@cache
def _shapes() -> Mapping[str, ModelShape]:
    """Return the shapes of models by bare name: those of the catalog, then those of the calibration."""
    from aipolicy.options.cost_inputs_reader import shape_of

    found: dict[str, ModelShape] = {}
    for each in calibration()["shapes"]:
        shape = ModelShape(
            each["params_b"], each.get("active_params_b", each["params_b"]), each["layers"], each["heads"],
            each["kv_heads"], each["head_dim"], each["hidden"],
        )  # fmt: skip
        found.update((_bare(name), shape) for name in each["names"])
    for model in _catalog().models.values():
        shape_known = shape_of(model)
        if shape_known is not None:
            found.update((_bare(name), shape_known) for name in (model.id, *model.aliases))
    return found


def _bare(name: str) -> str:
    """Return the name of a model without its maker and without what says how it was tuned or packed."""
    bare = name.rpartition("/")[2].lower()
    packed = (
        "-instruct",
        "-chat",
        "-it",
        "-fp8",
        "-fp4",
        "-nvfp4",
        "-mxfp4",
        "-awq",
        "-gptq",
        "-hf",
        "-dynamic",
        "-2507",
    )
    while any(bare.endswith(end) for end in packed):
        bare = next(bare.removesuffix(end) for end in packed if bare.endswith(end))
    return bare


def _number(row: Mapping[str, str], key: str) -> float:
    try:
        value = float(row[key])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0.0):
        raise NotComputed(f"`{key}` is no number above 0")
    return value


def _optional(row: Mapping[str, str], key: str, default: float) -> float:
    return _number(row, key) if row.get(key, "") else default


def summary(found: Iterable[Compared]) -> dict[str, dict[str, float]]:
    """Return for each measure the geometric mean and the factor that 90 % of the ratios stay within, and of how many."""
    rows = list(found)
    result = {}
    for measure in MEASURES:
        logs = sorted(math.log(each.ratios[measure]) for each in rows)
        factors = sorted(abs(each) for each in logs)
        result[measure] = {
            "rows": len(logs),
            "geometric_mean": round(math.exp(math.fsum(logs) / len(logs)), 3),
            "within_90_percent": round(math.exp(factors[math.ceil(0.9 * len(factors)) - 1]), 3),
        }
    return result


def comparison(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return everything that is found of rows, as plain data."""
    read = calibration()
    held = {_bare(name) for name in read["held_back"]}
    found: list[Compared] = []
    reasons: Counter[str] = Counter()
    for row in rows:
        try:
            found.append(compared(row))
        except NotComputed as reason:
            reasons[str(reason)] += 1
    groups: dict[str, Callable[[Compared], str]] = {
        "by_model": lambda each: each.model,
        "by_system": lambda each: each.system,
        "by_backend": lambda each: each.backend,
        "by_kind": lambda each: "mixture" if each.is_mixture else "dense",
        "by_fit": lambda each: "held back" if _bare(each.model) in held else "not held back",
    }
    return {
        "rows": len(found) + sum(reasons.values()),
        "computed": len(found),
        "not_computed": dict(sorted(reasons.items())),
        "held_back": read["held_back"],
        "fitted_though_held_back": fitted_though_held_back(read),
        "all": summary(found) if found else {},
        **{name: _grouped(found, key) for name, key in groups.items()},
    }


def _grouped(found: Iterable[Compared], key: Callable[[Compared], str]) -> dict[str, dict[str, dict[str, float]]]:
    groups: dict[str, list[Compared]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return {name: summary(group) for name, group in sorted(groups.items())}


def _print(result: Mapping[str, Any]) -> None:
    print(f"{result['computed']} of {result['rows']} rows computed")
    for reason, count in result["not_computed"].items():
        print(f"  {count} not: {reason}")
    print(f"\n{'computed / measured':42}{'rows':>6}   whole request   first token     per token")
    print(f"{'':48}   mean  90 %      mean  90 %      mean  90 %")
    if result["all"]:
        _line("all", result["all"])
    for name in ("by_kind", "by_fit", "by_model", "by_system", "by_backend"):
        print(f"\n{name.replace('_', ' ')}")
        for each, figures in result[name].items():
            _line(each, figures)
    for model in result["fitted_though_held_back"]:
        print(f"\n`{model}` is held back and fitted to all the same", file=sys.stderr)


def _line(name: str, figures: Mapping[str, Mapping[str, float]]) -> None:
    cells = "".join(
        f"   {figures[m]['geometric_mean']:4.2f}  {figures[m]['within_90_percent']:5.2f}  " for m in MEASURES
    )
    print(f"  {name[:40]:40}{figures[MEASURES[0]]['rows']:>6}{cells}".rstrip())


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument(
        "file", nargs="?", type=Path, default=SAMPLE, help="a CSV file; serving_sample.csv unless given"
    )
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    options = parser.parse_args(arguments)
    try:
        result = comparison(rows_of(options.file))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        _print(result)
    return 1 if result["fitted_though_held_back"] else 0


if __name__ == "__main__":
    sys.exit(main())
