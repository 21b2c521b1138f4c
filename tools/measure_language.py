"""Measures what 300 rules take: linting them, and evaluating 100 manifests under them, in seconds of CPU; asserts nothing.

The rules are those of every pack that ships, and of `tests/law/triggers`; manifests are the examples, with other names,
until there are a hundred. Each is measured in a process of its own without a cache, the second time with the policy kept.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COUNT = 100
PACKS = [*sorted(path.name for path in (ROOT / "policies").iterdir()), str(ROOT / "tests" / "law" / "triggers")]
DAY = ("--as-of", "2026-11-30")


def cpu_s(arguments: Sequence[str], cache: str) -> tuple[float, str]:
    """Return the seconds of CPU that a call of the program takes, and the last line of what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "AIPOLICY_CACHE_DIR": cache}
    command = [sys.executable, "-m", "aipolicy", *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = (ran.stdout.strip() or ran.stderr.strip()).splitlines()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said[-1] if said else ""


def manifests(folder: Path) -> None:
    """Write a hundred manifests, each with names of its own."""
    found = sorted((ROOT / "examples").rglob("*aifeature.yaml"))
    for number in range(COUNT):
        text = found[number % len(found)].read_text(encoding="utf-8")
        text = re.sub(r"(\bname: )([A-Za-z0-9][A-Za-z0-9._-]*)", rf"\g<1>\g<2>-{number}", text, count=1)
        (folder / f"m{number}.aifeature.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    """Print what linting and checking take."""
    policies = [word for pack in PACKS for word in ("--policy", pack)]
    with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryDirectory() as folder:
        manifests(Path(folder))
        lint, said = cpu_s(["lint-policy", *PACKS, *DAY], "")
        print(f"lint-policy: {lint:.2f} s of CPU ({said})")
        check = ["check", folder, *policies, *DAY, "--format", "concise"]
        for name in ("compiling the policy", "with the policy kept"):
            for each in Path(folder).glob("*.yaml"):
                each.write_text(each.read_text(encoding="utf-8") + "# again\n", encoding="utf-8")
            took, said = cpu_s(check, kept)
            print(f"check of {COUNT} manifests, {name}: {took:.2f} s of CPU ({said[:90]})")


if __name__ == "__main__":
    main()
