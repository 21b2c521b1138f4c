"""Runs every check of the project: formatting, lint, types, layers, generated files, policies, tests. Stops at nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

SHIPPED_PACKS = tuple(sorted(path.name for path in (ROOT / "policies").iterdir() if path.is_dir()))
POLICY_TESTS = (
    *(sys.executable, "-m", "aipolicy", "test"),
    *(argument for name in SHIPPED_PACKS for argument in ("--policy", f"./policies/{name}")),
    *("--coverage", "--min-coverage", "100", "--mutate", "--min-mutation", "95"),
)

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("formatting", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    ("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    ("types", (str(BIN / "mypy"), "--no-error-summary")),
    ("layers", (str(BIN / "lint-imports"), "--no-cache")),
    ("generated files", (sys.executable, "tools/generate.py", "--check")),
    ("policies", POLICY_TESTS),
    ("tests", (sys.executable, "-m", "pytest")),
)


def main() -> int:
    """Return 0 when every check passed; what failed is named at the end."""
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
