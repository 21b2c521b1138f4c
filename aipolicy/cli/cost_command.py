"""`aipolicy cost`: what the ways of building a feature cost, how sure that is, and from which volume on it changes."""

from __future__ import annotations

import sys

import click

from aipolicy.cli.completion import feature_names
from aipolicy.cli.console import console
from aipolicy.cli.manifests import refuse_overwriting_inputs
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.cost import CostRequest, costs
from aipolicy.config.run_options import PolicyOptions
from aipolicy.errors import UsageError


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
    if plot_file is not None:
        refuse_overwriting_inputs(plot_file, subject, paths, options)
    config, policy = load(options)
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    ascii_only = not encoding.startswith("utf")
    request = CostRequest(subject, paths, output_format, changes, every, plot, plot_file, ascii_only)
    write_out(costs(request, policy, config, console()))
