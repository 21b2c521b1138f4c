"""The pages of `explain` and `cost` for manifests of this repository, drawn without a command line."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path

from aipolicy.answer.answer import Answering
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.evaluation.ranking import Weighing
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.report.cost.cost_screen import render_cost_screen
from aipolicy.report.explain.answer_screen import render_answer
from aipolicy.report.terminal.style import Styler
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import Policy, PolicySettings, load_policy

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "answers"
SITUATIONS = tuple(sorted(path.name.removesuffix(".aifeature.yaml") for path in (GOLDEN / "manifests").iterdir()))
SHOWN = tuple(
    sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*/**/*aifeature.yaml"))
) + tuple(f"tests/golden/answers/manifests/{name}.aifeature.yaml" for name in SITUATIONS)
"""Every manifest that the pages are measured on: those of the examples, which the documents show, and the situations."""
WEIGHING = Weighing(20.0, 36.0)


@cache
def shipped() -> Policy:
    """Return the shipped policy as of the day of golden files."""
    return load_policy(PolicySettings(as_of=date(2026, 11, 21)))


@cache
def answerings(path: str) -> tuple[Answering, ...]:
    """Return the answers to the features of a manifest, named from the root of the repository."""
    return answerings_of((ROOT / path).read_bytes(), path)


def answerings_of(text: bytes, path: str = "a.aifeature.yaml", policy: Policy | None = None) -> tuple[Answering, ...]:
    """Return the answers to the features that a manifest declares."""
    by = policy or shipped()
    report = check([ManifestFile(path, text, named=True)], by, SOME_FEATURES)
    return tuple(Answering(by.evaluator, evaluation, WEIGHING) for evaluation in report.evaluations)


def explain_page(answering: Answering, width: int = 80, *, color: bool = False, policy: Policy | None = None) -> str:
    """Return the first page of `explain`."""
    evaluator = (policy or shipped()).evaluator.rule_evaluator
    return render_answer(answering, evaluator, WEIGHING.margin_percent, width=width, style=Styler(color))


def cost_page(answering: Answering, width: int = 80, *, color: bool = False) -> str:
    """Return the page of `cost`."""
    return render_cost_screen(answering, 0.8, width=width, style=Styler(color))


def accepted(name: str, output: str) -> str:
    """Return the golden output, which was read before it was accepted (AIPOLICY_UPDATE_GOLDEN=1 rewrites it)."""
    path = GOLDEN / name
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(output, encoding="utf-8")
    return path.read_text(encoding="utf-8")
