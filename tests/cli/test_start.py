"""What a run over one clean manifest imports: every module costs all who wait for it, so that none comes in unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLEAN = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq, owner: web}\n"
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)
CODE = """
import os, sys
os._exit = sys.exit
before = set(sys.modules)
sys.argv = ["aipolicy", "check", "--as-of", "2026-11-21"]
from aipolicy.__main__ import main
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
print(" ".join(sorted(set(sys.modules) - before)))
"""
SLOW = {
    "argparse", "asyncio", "concurrent.futures", "dataclasses", "decimal", "difflib", "email", "fractions", "http",
    "importlib.metadata", "importlib.resources", "ipaddress", "logging", "multiprocessing", "pathlib", "random", "shutil",
    "socket", "ssl", "statistics", "subprocess", "tempfile", "textwrap", "tomllib", "traceback", "unittest", "urllib.parse",
    "urllib.request", "xml", "zipfile",
}  # fmt: skip
"""Modules of Python that take a millisecond or more with what they import, and that a clean run does without."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the modules of a run that evaluates one new manifest under a compiled policy, and of one asked again."""
    folder, cache = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("cache") / "kept"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": str(cache)}
    modules = {}
    for name, text in (("compiling", CLEAN), ("new", CLEAN + "# new\n"), ("again", CLEAN + "# new\n")):
        (folder / "a.aifeature.yaml").write_text(text)
        run = subprocess.run(
            [sys.executable, "-c", CODE], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        modules[name] = set(run.stdout.splitlines()[-1].split())
    return modules


@pytest.mark.parametrize(("run", "packages"), [("new", {"click", "yaml", "cel_expr_python"}), ("again", {"click"})])
def test_a_clean_run_imports_few_packages(imported: dict[str, set[str]], run: str, packages: set[str]) -> None:
    names = {name.partition(".")[0] for name in imported[run]} - sys.stdlib_module_names
    assert {name for name in names if not name.startswith("_") and "cython" not in name} == packages | {"aipolicy"}


@pytest.mark.parametrize(("run", "others"), [("new", set()), ("again", {"json", "pickle"})])
def test_a_clean_run_imports_nothing_slow(imported: dict[str, set[str]], run: str, others: set[str]) -> None:
    assert (SLOW | others) & imported[run] == set()


@pytest.mark.parametrize(("run", "own", "all_together"), [("new", 184, 292), ("again", 66, 140)])
def test_a_clean_run_imports_few_modules(imported: dict[str, set[str]], run: str, own: int, all_together: int) -> None:
    ours = sorted(name for name in imported[run] if name.partition(".")[0] == "aipolicy")
    assert len(ours) <= own, ours
    assert len(imported[run]) <= all_together, sorted(imported[run])


def test_a_run_that_was_asked_before_evaluates_nothing(imported: dict[str, set[str]]) -> None:
    evaluating = ("economics", "evaluation", "facts", "options", "run.policy", "source.yaml_reader", "waivers")
    for name in evaluating:
        assert f"aipolicy.{name}" in imported["new"] or name == "waivers"
        assert f"aipolicy.{name}" not in imported["again"]
