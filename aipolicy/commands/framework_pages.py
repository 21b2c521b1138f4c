"""What `aipolicy explain --framework` says: what a framework asks of each feature, clause by clause."""

from __future__ import annotations

from aipolicy.commands.console import Console
from aipolicy.commands.features import report_named
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding
from aipolicy.frameworks.asked import FrameworkAnswer, asked_of
from aipolicy.frameworks.framework_policy import FrameworkPolicy

FORMATS = ("text", "json", "markdown")


def framework_pages(framework_policy: FrameworkPolicy, subject: str, paths: tuple[str, ...], output_format: str,
                    console: Console) -> str:  # fmt: skip
    """Return what a framework asks of the features that are named; raises `UsageError` for none."""
    policy = framework_policy.policy
    report = report_named(subject, paths, policy, framework_policy.settings, console)
    answers = [
        asked_of(evaluation, (f for f in report.findings if _is_on(f, evaluation)), framework_policy.framework, policy)
        for evaluation in report.evaluations
    ]
    if output_format == "json":
        from aipolicy.report.explain.framework_json import framework_json

        return "".join(framework_json(answer, policy) for answer in answers)
    return "\n".join(_page(answer, output_format, framework_policy, console) for answer in answers)


def _is_on(finding: Finding, evaluation: Evaluation) -> bool:
    feature = evaluation.feature
    return finding.feature == feature.name and finding.file == feature.file


def _page(answer: FrameworkAnswer, output_format: str, framework_policy: FrameworkPolicy, console: Console) -> str:
    from aipolicy.report.explain.framework_page import framework_page
    from aipolicy.report.explain.framework_text import framework_markdown, framework_text

    page = framework_page(answer, framework_policy.policy.catalog.as_of, framework_policy.added)
    if output_format == "markdown":
        return framework_markdown(page)
    return framework_text(page, width=console.width, style=console.style)
