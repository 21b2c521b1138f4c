"""Policy-as-code linter for AI features: manifests and policy packs in, findings and a verdict with reasons out.

The Python API, imported on first use:

- `load_policy(PolicySettings(as_of=...)) -> Policy` loads packs and catalog;
- `check(files, policy) -> Report` evaluates `ManifestFile`s; `Report.findings`, `.evaluations`, `.exit_code(fail_on)`;
- `find_manifests(paths, stdin=...)` finds manifests by name;
- `recommend(evaluation, margin_percent=...) -> Recommendation | None`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aipolicy.discovery.find import find_manifests
    from aipolicy.errors import AipolicyError
    from aipolicy.evaluation.evaluation import Evaluation
    from aipolicy.evaluation.recommendation import Recommendation, recommend
    from aipolicy.evaluation.verdict import Verdict
    from aipolicy.findings.finding import Finding, Outcome, Severity
    from aipolicy.manifest.read import ManifestFile
    from aipolicy.options.attributes import Organization
    from aipolicy.run.evaluated_run import Report, check
    from aipolicy.run.policy import Policy, PolicySettings, load_policy

__version__ = "0.1.0"

_HOMES = {
    "AipolicyError": "aipolicy.errors",
    "Evaluation": "aipolicy.evaluation.evaluation",
    "Finding": "aipolicy.findings.finding",
    "ManifestFile": "aipolicy.manifest.read",
    "Organization": "aipolicy.options.attributes",
    "Outcome": "aipolicy.findings.finding",
    "Policy": "aipolicy.run.policy",
    "PolicySettings": "aipolicy.run.policy",
    "Recommendation": "aipolicy.evaluation.recommendation",
    "Report": "aipolicy.run.evaluated_run",
    "Severity": "aipolicy.findings.finding",
    "Verdict": "aipolicy.evaluation.verdict",
    "check": "aipolicy.run.evaluated_run",
    "find_manifests": "aipolicy.discovery.find",
    "load_policy": "aipolicy.run.policy",
    "recommend": "aipolicy.evaluation.recommendation",
}

__all__ = [
    "AipolicyError",
    "Evaluation",
    "Finding",
    "ManifestFile",
    "Organization",
    "Outcome",
    "Policy",
    "PolicySettings",
    "Recommendation",
    "Report",
    "Severity",
    "Verdict",
    "check",
    "find_manifests",
    "load_policy",
    "recommend",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'aipolicy' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
