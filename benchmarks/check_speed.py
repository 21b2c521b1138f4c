"""Times `aipolicy check` as whole processes, from one manifest to ten thousand, and tells its memory at the peak.

Run it with `python benchmarks/check_speed.py`; `--quick` takes a minute, `--skip-long` leaves out what takes minutes. What
counts is the ratio within one run: seconds differ between machines and hours. Ratios of processor time hardly change when
others use the machine, ratios of wall time do. `check-jsonschema` (the schema alone, no rules) is measured where it is
installed. Only the command line is used, so that the same file measures any version.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from child_process import Cost, median_of, run
from corpus import GROUP_PER_FEATURE, clean_manifest, imported_manifest, varied_manifest, write_corpus

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-11-21"
PARTS = ("start", "explain", "many", "portfolio")
PASS = "python -c pass"
PEER = "check-jsonschema"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many manifests are measured, and how often."""

    many: Sequence[int]
    portfolio: tuple[int, int] | None
    """A small and a large number of features under a rule over all of them; None leaves it out."""
    start_runs: int = 9

    def runs(self, size: int) -> int:
        """Return how many times a run over so many manifests is measured."""
        return 5 if size <= 100 else 3 if size <= 1000 else 1


FULL = Sizes((100, 1000, 10_000), (900, 3600))
SHORT = Sizes((100, 1000), None)
QUICK = Sizes((100,), (50, 200), start_runs=3)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ratios are of wall and of processor time."""

    work: str
    files: int
    format: str
    cost: Cost
    to_pass: tuple[float, float]
    compared: str = ""
    """What else it is a multiple of; empty for nothing."""
    to_compared: tuple[float, float] | None = None


def ratio(cost: Cost, unit: Cost) -> tuple[float, float]:
    """Return one cost as a multiple of another, by wall and by processor time."""
    return cost.wall_s / unit.wall_s, cost.cpu_s / unit.cpu_s


@dataclass(slots=True)
class Bench:
    """A folder with a memory of its own; whatever else the environment says does not reach the commands."""

    folder: Path
    passes: list[Cost] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every command: no settings of the user, bytecode is kept, this checkout is run."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
        return {
            **kept, "HOME": str(self.folder), "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": str(self._memory / "aipolicy"),
        }  # fmt: skip

    @property
    def _memory(self) -> Path:
        return self.folder / "memory"

    def compile(self, policy: Sequence[str] = ()) -> None:
        """Keep the compiled policy, and the bytecode, by a run over a manifest that is measured nowhere."""
        shutil.rmtree(self._memory, ignore_errors=True)
        self._memory.mkdir()
        other = self.folder / "other"
        shutil.rmtree(other, ignore_errors=True)
        write_corpus(other, 1, lambda _, pick: varied_manifest(99_999, pick))
        for _ in range(2):
            self.check(other, "text", policy)
        shutil.rmtree(self.folder / "compiled", ignore_errors=True)
        shutil.copytree(self._memory, self.folder / "compiled")

    def forget(self) -> None:
        """Forget every run but the one that compiled the policy, whatever the memory looks like inside."""
        shutil.rmtree(self._memory)
        shutil.copytree(self.folder / "compiled", self._memory)

    def check(self, manifests: Path, output_format: str, policy: Sequence[str] = (), *, sampled: bool = False) -> Cost:
        """Return what `aipolicy check` over a folder takes; `python -c pass` is measured beside it."""
        command = [sys.executable, "-m", "aipolicy", "check", str(manifests), "--as-of", DAY, "--format", output_format]
        self.passes.append(self.run([sys.executable, "-c", "pass"]))
        return self.run([*command, *(word for name in policy for word in ("--policy", name))], sampled=sampled)

    def run(self, command: Sequence[str], *, sampled: bool = False) -> Cost:
        """Return what a command takes."""
        return run(command, self.environment, self.folder, sampled=sampled)

    def row(self, work: str, files: int, output_format: str, costs: Sequence[Cost], compared: str = "",
            unit: Sequence[Cost] = ()) -> Row:  # fmt: skip
        """Return the line of the table for several runs of one command, beside those of another where there are any."""
        cost = median_of(costs)
        beside = ratio(cost, median_of(unit)) if unit else None
        return Row(work, files, output_format, cost, ratio(cost, median_of(self.passes)), compared, beside)


def starting(bench: Bench, runs: int) -> Iterator[Row]:
    """Yield what one clean manifest takes: new, asked again, and changed."""
    bench.compile()
    bench.passes.clear()
    folder = bench.folder / "one"
    paths = write_corpus(folder, 1, clean_manifest)
    new, again, changed, peer = [], [], [], []
    for number in range(runs):
        bench.forget()
        Path(paths[0]).write_text(clean_manifest(0, random.Random()), encoding="utf-8")
        new.append(bench.check(folder, "text"))
        again.append(bench.check(folder, "text"))
        Path(paths[0]).write_text(varied_manifest(0, random.Random(number)), encoding="utf-8")
        changed.append(bench.check(folder, "text"))
        peer += [bench.run(command) for command in peer_commands(paths)]
    yield bench.row(PASS, 0, "", bench.passes)
    yield bench.row("new", 1, "text", new)
    yield bench.row("again", 1, "text", again)
    yield bench.row("changed", 1, "text", changed)
    if peer:
        yield bench.row(PEER, 1, "", peer)


EXPLAINED = ROOT / "examples" / "quickstart" / "claims-triage"
EXPLAINING = (
    ("explain", ()), ("explain --all", ("--all",)), ("explain, JSON", ("--format", "json")),
    ("explain, record", ("--format", "adr")), ("explain --why-not", ("--why-not", "hosting=own-cloud")),
)  # fmt: skip


def explaining(bench: Bench, runs: int) -> Iterator[Row]:
    """Yield what the explanation of a feature with a plan takes: one screen, all of it, and why not."""
    bench.compile()
    bench.passes.clear()
    for work, words in EXPLAINING:
        costs = []
        for _ in range(runs):
            bench.passes.append(bench.run([sys.executable, "-c", "pass"]))
            command = [sys.executable, "-m", "aipolicy", "explain", str(EXPLAINED), "--as-of", DAY, *words]
            costs.append(bench.run(command))
        yield bench.row(work, 1, "", costs)


def many(bench: Bench, size: int, runs: int, formats: Sequence[str]) -> Iterator[Row]:
    """Yield what many manifests take in each format: new, again, and again in a format that was not asked before."""
    bench.compile()
    bench.passes.clear()
    folder = bench.folder / f"many-{size}"
    paths = write_corpus(folder, size, varied_manifest)
    for place, output_format in enumerate(formats):
        other = formats[(place + 1) % len(formats)]
        new, again, second, changed = [], [], [], []
        for number in range(runs):
            bench.forget()
            Path(paths[0]).write_text(varied_manifest(0, random.Random(number)), encoding="utf-8")
            new.append(bench.check(folder, output_format, sampled=True))
            again.append(bench.check(folder, output_format))
            if place == 0 and len(formats) > 1:
                second.append(bench.check(folder, other))
            if place == 0:
                Path(paths[0]).write_text(varied_manifest(0, random.Random(-1 - number)), encoding="utf-8")
                changed.append(bench.check(folder, output_format))
        yield bench.row("new", size, output_format, new)
        yield bench.row("again", size, output_format, again, "new", new)
        if second:
            yield bench.row(f"again, after {output_format}", size, other, second, "new", new)
        if changed:
            yield bench.row("one changed", size, output_format, changed, "new", new)
    if size <= 1000 and (commands := list(peer_commands(paths))):
        yield bench.row(PEER, size, "", [bench.run(commands[0])])


def grouping(bench: Bench, small: int, large: int) -> Iterator[Row]:
    """Yield what a rule over all features takes that makes a group of each, over few and over four times as many."""
    pack = bench.folder / "shares.yaml"
    pack.write_text(GROUP_PER_FEATURE, encoding="utf-8")
    policy = (str(pack),)
    bench.compile(policy)
    bench.passes.clear()
    costs: dict[int, list[Cost]] = {}
    for size in (small, large):
        folder = bench.folder / f"grouped-{size}"
        write_corpus(folder, size, imported_manifest)
        costs[size] = []
        for _ in range(3 if size == small else 1):
            bench.forget()
            costs[size].append(bench.check(folder, "text", policy, sampled=True))
    yield bench.row("a group per feature", small, "text", costs[small])
    yield bench.row("a group per feature", large, "text", costs[large], f"{small} files", costs[small])


def peer_commands(paths: Sequence[str]) -> Iterator[list[str]]:
    """Yield the command of the peer where it is installed."""
    peer = shutil.which(PEER, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if peer is not None:
        yield [peer, "--schemafile", str(ROOT / "schemas" / "aifeature.v1.json"), *paths]


def line(row: Row) -> str:
    """Return a row of the table."""
    cost = row.cost
    together = f"{cost.together_mb:.0f}" if cost.together_mb is not None else ""
    compared = f"{row.to_compared[0]:>8.2f}{row.to_compared[1]:>8.2f}  x {row.compared}" if row.to_compared else ""
    return (
        f"{row.files:>9}  {row.work:<22}{row.format:<10}{cost.wall_s:>9.3f}{cost.cpu_s:>9.3f}{row.to_pass[0]:>9.1f}"
        f"{row.to_pass[1]:>9.1f}{cost.largest_mb:>9.0f}{together:>9}{compared}"
    ).rstrip()


HEADER = (
    f"{'manifests':>9}  {'work':<22}{'format':<10}{'s wall':>9}{'s CPU':>9}{'x wall':>9}{'x CPU':>9}{'MB most':>9}"
    f"{'MB all':>9}{'wall':>8}{'CPU':>8}  (x is `{PASS}`, or what is named)"
)


def measured(sizes: Sizes, parts: Sequence[str], formats: Sequence[str], folder: Path) -> Iterator[Row]:
    """Yield every row."""
    bench = Bench(folder)
    if "start" in parts:
        yield from starting(bench, sizes.start_runs)
    if "explain" in parts:
        yield from explaining(bench, sizes.start_runs)
    if "many" in parts:
        for size in sizes.many:
            yield from many(bench, size, sizes.runs(size), formats)
    if "portfolio" in parts and sizes.portfolio is not None:
        yield from grouping(bench, *sizes.portfolio)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="a small version of everything; its ratios say little")
    length.add_argument(
        "--skip-long", action="store_true", help="leave out 10,000 manifests and rules over all features"
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="measure one part; repeatable")
    parser.add_argument("--formats", default="text,json,sarif", help="formats of many manifests, separated by commas")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON instead of a table")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None, echo: Callable[[str], None] = print) -> int:
    """Print one table, or JSON; returns 0."""
    given = arguments(words)
    sizes = QUICK if given.quick else SHORT if given.skip_long else FULL
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        if not given.json:
            echo(HEADER)
        for row in measured(sizes, given.only or PARTS, given.formats.split(","), Path(temporary)):
            rows.append(row)
            if not given.json:
                echo(line(row))
    if given.json:
        machine = {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()}
        fields = [asdict(row) | {"cost": row.cost._asdict()} for row in rows]
        echo(json.dumps({"machine": machine, "rows": fields}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
