"""Times `aipolicy check` over 1, 100 and 1,000 generated manifests, against `python -c pass` and `check-jsonschema`.

Run it with `python benchmarks/check_speed.py`. Every figure is the median of several whole processes, taken in turn, and
what counts is the ratio within one run: seconds differ between machines and hours. `check-jsonschema` (only the schema, no
rules) is measured when it is installed.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 100, 1000)
SEED = 20261121

CLASSES = ("public", "internal", "personal", "health", "financial", "source-code", "itar")
PLACES = ("EU", "US", "DE", "GB", "JP")
TASKS = ("summarization", "classification", "question-answering", "extraction", "fraud-detection", "dialogue")


def manifest(number: int, pick: random.Random) -> str:
    """Return one manifest; every number in it varies, as in real portfolios."""
    lines = [
        "apiVersion: aipolicy/v1",
        "kind: AIFeature",
        f"metadata: {{name: feature-{number:04}, owner: team-{pick.randrange(40)}, lifecycle: prototype}}",
        f"task: {{type: {pick.choice(TASKS)}, specialization: {pick.choice(('generic', 'domain', 'niche'))}}}",
        f"data: {{classes: [{pick.choice(CLASSES)}], residency: [{pick.choice(PLACES)}]}}",
        f"latency: {{p95_ms: {pick.randrange(20, 20000)}}}",
        "volume:",
        f"  requests_per_day: {pick.randrange(10, 1_000_000)}",
        f"  input_tokens: {pick.randrange(50, 8000)}",
        f"  output_tokens: {pick.randrange(1, 1500)}",
        f"team: {{ml_engineers: {pick.randrange(0, 6)}}}",
    ]
    if pick.random() < 0.5:
        lines.append(
            "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: eu, fallback: none}"
        )
    return "\n".join(lines) + "\n"


def clean_manifest() -> str:
    """Return the manifest that the start-up figure is taken from."""
    return (
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq, owner: web}\n"
        "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
    )


def write_corpus(folder: Path, size: int) -> list[str]:
    """Write `size` manifests into a folder; returns their paths."""
    pick = random.Random(SEED)
    paths = []
    for number in range(size):
        path = folder / f"feature-{number:04}.aifeature.yaml"
        path.write_text(clean_manifest() if size == 1 else manifest(number, pick), encoding="utf-8")
        paths.append(str(path))
    return paths


def median_seconds(
    commands: dict[str, list[str]], environment: dict[str, str], memory: Path, first: Path, runs: int
) -> dict[str, float]:
    """Return the median wall time of each command; the commands are run in turn, after one warm-up each.

    Before a command whose name ends in `new`, what aipolicy remembers of runs and manifests is forgotten; before one
    whose name ends in `changed`, the first manifest is given other numbers.
    """
    original = first.read_text(encoding="utf-8")
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            if name.endswith(" new"):
                first.write_text(original, encoding="utf-8")
                for kind in ("runs", "files"):
                    shutil.rmtree(f"{memory}-{kind}", ignore_errors=True)
            elif name.endswith(" changed"):
                first.write_text(manifest(0, random.Random(run)), encoding="utf-8")
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def main(echo: Callable[[str], None] = print) -> int:
    """Print one table; returns 0."""
    peer = shutil.which("check-jsonschema", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    with tempfile.TemporaryDirectory() as temporary:
        environment = {**os.environ, "AIPOLICY_CACHE_DIR": str(Path(temporary) / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        echo(f"{'manifests':>9}  {'command':<24}{'seconds':>9}{'x pass':>9}{'ms/manifest':>13}")
        for size in SIZES:
            folder = Path(temporary) / str(size)
            folder.mkdir()
            paths = write_corpus(folder, size)
            check = [sys.executable, "-m", "aipolicy", "check", str(folder), "--as-of", "2026-11-21"]
            commands = {
                "python -c pass": [sys.executable, "-c", "pass"],
                "aipolicy check new": check,
                "aipolicy check again": check,
                "aipolicy check changed": check,
            }
            if peer is not None:
                schema = str(ROOT / "schemas" / "aifeature.v1.json")
                commands["check-jsonschema"] = [peer, "--schemafile", schema, *paths]
            seconds = median_seconds(
                commands, environment, Path(temporary) / "cache", Path(paths[0]), runs=9 if size == 1 else 3
            )
            for name, value in seconds.items():
                ratio = value / seconds["python -c pass"]
                echo(f"{size:>9}  {name:<24}{value:>9.3f}{ratio:>9.1f}{1000 * value / size:>13.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
