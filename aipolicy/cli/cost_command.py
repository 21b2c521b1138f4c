"""`aipolicy cost`: what the ways of building a feature cost, how sure that is, and from which volume on it changes."""

from __future__ import annotations

import os
import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from aipolicy.cli.completion import feature_names
from aipolicy.cli.features import features_named
from aipolicy.cli.policy_options import load, policy_options, weighing_of
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.evaluation.cost_comparison import compare_costs
from aipolicy.evaluation.costed_options import CostComparison
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.run.other_declarations import evaluation_with
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped, shown

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering


@click.command("cost")
@click.argument("subject", metavar="FEATURE", shell_complete=feature_names)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Declare something else for this run, such as "
              "`volume.requests_per_day=50000`; repeatable.")  # fmt: skip
@click.option(
    "--all", "every", is_flag=True, help="Show every model of every way that remains, with prices and constants."
)
@click.option("--plot", is_flag=True, help="Draw costs over volume.")
@click.option(
    "--plot-file", type=click.Path(dir_okay=False), metavar="FILE", help="Write that drawing as .svg or .png."
)
def command(subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str, changes: tuple[str, ...],
            every: bool, plot: bool, plot_file: str | None) -> None:  # fmt: skip
    """Compare what the ways of building a feature cost, named or by the path of its manifest.

    Shows what is recommended, the cheapest API and the cheapest way of one's own that keep the rules, the plan, and what
    was removed with what it would have cost: a month as running and people, with the range that eight draws in ten lie
    in; from which volume on one's own way costs less, and what moves that most.
    """
    if plot and output_format == "json":
        raise UsageError("`--plot` draws text; write the drawing with `--plot-file` beside `--format json`")
    settings, policy = load(options)
    output: list[str] = []
    evaluations = features_named(subject, paths, policy, settings)
    if plot_file is not None and len(evaluations) > 1:
        raise UsageError(f"`--plot-file` takes one feature, found {len(evaluations)}; name one")
    if plot_file is not None:
        _refuse_overwriting(plot_file, subject, paths, options)
    for evaluation in evaluations:
        evaluation = evaluation_with(evaluation, changes, policy.evaluator)
        comparison = None
        if output_format == "json" or every or plot or plot_file is not None:
            comparison = compare_costs(evaluation, policy.catalog, every=every)
        if comparison is not None and (output_format == "json" or every):
            output.append(_rendered(evaluation, comparison, policy, settings, output_format))
        else:
            output.append(("\n" if output else "") + _page(evaluation, policy, settings))
        if comparison is not None and (plot or plot_file is not None):
            output.append(_drawn(evaluation, comparison, policy.catalog.as_of, in_text=plot, path=plot_file))
    write_out("".join(output))


def _answering(evaluation: Evaluation, policy: Policy, settings: Config) -> Answering:
    from aipolicy.answer.answer import Answering

    return Answering(policy.evaluator, evaluation, weighing_of(settings, policy.evaluator.known))


def _page(evaluation: Evaluation, policy: Policy, settings: Config) -> str:
    from aipolicy.report.cost.cost_page import render_cost_page

    answering = _answering(evaluation, policy, settings)
    confidence = policy.evaluator.organization.confidence
    return render_cost_page(answering, confidence, width=stdout_width(), style=stdout_style())


def _refuse_overwriting(target: str, subject: str, paths: tuple[str, ...], options: PolicyOptions) -> None:
    from aipolicy.cli.inputs import refuse_overwriting, run_inputs
    from aipolicy.cli.manifests import manifests_of
    from aipolicy.config.policy_options import read_settings
    from aipolicy.policy.sources.locate import read_policy_files

    configured, settings = read_settings(options)
    manifests = manifests_of((subject,) if os.path.exists(subject) else paths, configured, exclude=False)
    refuse_overwriting([target], run_inputs(manifests, configured, settings, read_policy_files(settings)))


def _drawn(evaluation: Evaluation, comparison: CostComparison, as_of: date, *, in_text: bool,
           path: str | None) -> str:  # fmt: skip
    """Write the drawing to a file, and return it as text where that is asked for."""
    from aipolicy.report.cost.cost_plot import plot_of, render_plot, write_plot

    plot = plot_of(f"{escaped(evaluation.feature.name)}: cost over volume, as of {as_of.isoformat()}", comparison)
    if plot is None:
        raise UsageError(f"nothing to draw for `{shown(evaluation.feature.name)}`: no cost is known")
    if path is not None:
        write_plot(path, plot)
    if not in_text:
        return ""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    return "\n" + render_plot(plot, width=stdout_width(), ascii_only=not encoding.startswith("utf"))


def _rendered(evaluation: Evaluation, comparison: CostComparison, policy: Policy, settings: Config,
              output_format: str) -> str:  # fmt: skip
    # NOTE: few manifests say what runs today, and only those need the answer here.
    answering = None if evaluation.feature.bill is None else _answering(evaluation, policy, settings)
    if output_format == "json":
        from aipolicy.report.cost.cost_json import render_costs_json

        return render_costs_json(evaluation, comparison, policy, None if answering is None else answering.today)
    from aipolicy.report.cost.cost_text import render_costs
    from aipolicy.report.explain.today_lines import today_words

    return render_costs(
        evaluation, comparison, policy.catalog.assumptions, policy.catalog.accelerators, width=stdout_width(),
        style=stdout_style(), today=() if answering is None else today_words(answering),
    )  # fmt: skip
