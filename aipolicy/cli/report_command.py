"""`aipolicy report`: one page on many features, to look at and to decide from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from aipolicy.cli.inputs import refuse_overwriting, run_inputs
from aipolicy.cli.manifests import exit_code_of_report, told_broken, told_manifests
from aipolicy.cli.outputs import ReportFile, refuse_unwritable, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import scope_of
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import UsageError
from aipolicy.files.cache import Cache, cache_folder, pack_memory
from aipolicy.forecast.forecast import MAX_MONTHS
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import PolicyFiles, read_policy_files
from aipolicy.report.formats.answers_shown import answers_asked

if TYPE_CHECKING:
    from aipolicy.report.portfolio.coming_months import ComingMonths
    from aipolicy.report.portfolio.portfolio_report import PortfolioReport

FORMATS = ("html", "markdown")


@click.command("report")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="html", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report into a file instead of to standard output.")
@click.option("--what-if", "patterns", multiple=True, metavar="NAME", help="Add sliders and switches for features of this "
              "name, in which `*` stands for anything; repeatable, at most 30 features.")  # fmt: skip
@click.option("--forecast", "months", type=click.IntRange(1, MAX_MONTHS), metavar="MONTHS", help="Add a calendar of what "
              "is coming in so many months, as `aipolicy forecast` tells it.")  # fmt: skip
def command(paths: tuple[str, ...], options: PolicyOptions, output_format: str, output: str | None,
            patterns: tuple[str, ...], months: int | None) -> None:  # fmt: skip
    """Write one page on all features below some paths, for people who decide.

    It begins with what to build for each, what blocks, what it costs and what to ask first; then rules over features, costs
    together, concentration, questions, waivers, and a section for each feature. The page needs no network and no other
    file. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3 where nothing was.
    """
    from aipolicy.cli.features_like import names_like
    from aipolicy.cli.progress import told_while_evaluating
    from aipolicy.report.portfolio.drawings import MOST_DRAWN
    from aipolicy.report.portfolio.feature_details import feature_details
    from aipolicy.report.portfolio.portfolio_report import portfolio_report
    from aipolicy.run.policy import load_policy
    from aipolicy.run.remembered_files import check_remembered
    from aipolicy.run.result_memory import ResultMemory

    _require(output_format, patterns)
    config, settings = read_settings(options)
    policy_files = read_policy_files(settings, memory=pack_memory())
    manifests = told_manifests(paths, config)
    if output is not None:
        refuse_unwritable(output)
        refuse_overwriting([output], run_inputs(manifests, config, settings, policy_files))
    folder = cache_folder()
    # NOTE: answers as deep as programs get them, so that both say the same.
    asked = answers_asked(("json",), len(manifests.files), config.recommendation)
    policy = load_policy(settings, Cache(folder), policy_files)
    is_drawn = output_format == "html" and len(manifests.files) <= MOST_DRAWN
    moved = names_like(patterns, manifests.files, policy) if patterns else frozenset[str]()
    key = sha256(f"{policy_files.key} {asked!r} details {is_drawn} {sorted(moved)}".encode()).hexdigest()
    memory = ResultMemory(None if folder is None else f"{folder}-files", key)
    result = check_remembered(
        manifests.files, policy, scope_of(paths, config), memory, told_while_evaluating, asked=asked,
        left_out=manifests.left_out, detailed=partial(feature_details, is_drawn=is_drawn, what_if=moved),
    )  # fmt: skip
    coming = None if months is None else _coming(manifests.files, config, settings, policy_files, months, paths)
    report = portfolio_report(result, config.recommendation.horizon_months, coming)
    is_broken = told_broken(finding for file in result.files for finding in file.findings)
    _write(_rendered(report, output_format), output_format, output)
    raise click.exceptions.Exit(exit_code_of_report(is_broken=is_broken, is_empty=not report.rows))


def _require(output_format: str, patterns: Sequence[str]) -> None:
    """Raise for what cannot be written: a page without its libraries, or text that would have to move."""
    if output_format == "html":
        from aipolicy.report.html.html_page import require_libraries

        require_libraries()
    elif patterns:
        raise UsageError("`--what-if` moves a page, and text does not move; leave it out, or `--format markdown`")


def _write(pieces: Iterable[str], output_format: str, output: str | None) -> None:
    if output is None:
        for piece in pieces:
            write_out(piece)
        return
    write_outputs([ReportFile(output_format, output)], [pieces])
    click.echo(f"aipolicy: wrote {output}", err=True)


def _coming(files: Sequence[ManifestFile], config: Config, settings: PolicySettings, policy_files: PolicyFiles,
            months: int, paths: tuple[str, ...]) -> ComingMonths:  # fmt: skip
    from aipolicy.findings.finding import Severity
    from aipolicy.forecast.forecast import forecast
    from aipolicy.report.portfolio.coming_months import coming_months

    try:
        return coming_months(forecast(
            files, settings, policy_files, months=months, fail_on=Severity(config.fail_on),
            cache=Cache(cache_folder()), scope=scope_of(paths, config),
        ))  # fmt: skip
    except OverflowError:
        raise UsageError(
            f"{months} months after {settings.as_of} is beyond the calendar; name an earlier day"
        ) from None


def _rendered(report: PortfolioReport, output_format: str) -> Iterable[str]:
    if output_format == "markdown":
        from aipolicy.report.portfolio.portfolio_markdown import render_markdown

        return render_markdown(report)
    from aipolicy.report.html.html_page import render_html

    return render_html(report)
