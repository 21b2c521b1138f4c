"""What `aipolicy report` says: one page on many features, to look at and to decide from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import partial

from aipolicy.commands.console import Console
from aipolicy.commands.forecast import calendar_of
from aipolicy.commands.reported import Reported, reported
from aipolicy.errors import UsageError
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.manifest.read import read_manifests
from aipolicy.report.formats.answers_shown import answers_asked
from aipolicy.report.portfolio.coming_months import coming_months
from aipolicy.report.portfolio.drawings import MOST_DRAWN
from aipolicy.report.portfolio.feature_details import feature_details
from aipolicy.report.portfolio.portfolio_report import PortfolioReport, portfolio_report
from aipolicy.report.portfolio.what_if_points import MOST_FEATURES
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import load_policy
from aipolicy.run.remembered_files import run_remembered
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import quantity, shown


def require_writable(output_format: str, patterns: Sequence[str]) -> None:
    """Raise for what cannot be written: a page without its libraries, or text that would have to move."""
    if output_format == "html":
        from aipolicy.report.html.html_page import require_libraries

        require_libraries()
    elif patterns:
        raise UsageError("`--what-if` moves a page, and text does not move; leave it out, or `--format markdown`")


def report(inputs: RunInputs, output_format: str, patterns: Sequence[str], months: int | None,
           console: Console) -> Reported:  # fmt: skip
    """Return one page on all features of a run, with what moves for those that patterns name, and what is coming.

    Raises `UsageError` for a pattern that names no feature, and for too many.
    """
    recommendation = inputs.config.recommendation
    # NOTE: answers as deep as programs get them, so that both say the same.
    asked = answers_asked(("json",), len(inputs.files), recommendation)
    is_drawn = output_format == "html" and len(inputs.files) <= MOST_DRAWN
    moved = _names_like(patterns, inputs) if patterns else frozenset[str]()
    detailed = partial(feature_details, is_drawn=is_drawn, what_if=moved)
    words = f" details {is_drawn} {sorted(moved)}"
    result = run_remembered(inputs, asked, inputs.scope, console.progress, details=(detailed, words))
    coming = None if months is None else coming_months(calendar_of(inputs, months, inputs.config.fail_on))
    page = portfolio_report(result, recommendation.horizon_months, coming)
    findings = (finding for file in result.files for finding in file.findings)
    return reported(_rendered(page, output_format), findings, console, is_empty=not page.rows)


def _names_like(patterns: Sequence[str], inputs: RunInputs) -> frozenset[str]:
    """Return the names of features that patterns name; raises `UsageError` for a pattern of none, and for too many."""
    policy = load_policy(inputs.settings, Cache(cache_folder()), inputs.policy_files)
    schema = policy.evaluator.known.extensions_schema
    names = {feature.name for file in inputs.files for feature in read_manifests((file,), extensions=schema).features}
    chosen: set[str] = set()
    for pattern in patterns:
        alike = {name for name in names if fnmatchcase(name, pattern)}
        if not alike:
            raise UsageError(f"no feature is named `{shown(pattern)}`{did_you_mean(pattern, names)}")
        chosen |= alike
    if len(chosen) > MOST_FEATURES:
        many = quantity(len(chosen), "feature")
        raise UsageError(f"`--what-if` names {many}, and a page moves at most {MOST_FEATURES}; name those that matter")
    return frozenset(chosen)


def _rendered(page: PortfolioReport, output_format: str) -> Iterable[str]:
    if output_format == "markdown":
        from aipolicy.report.portfolio.portfolio_markdown import render_markdown

        return render_markdown(page)
    from aipolicy.report.html.html_page import render_html

    return render_html(page)
