"""`aipolicy answers`: one line a feature, for whoever answers for many of them."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.manifests import told_inputs, write_reported
from aipolicy.cli.policy_options import policy_options
from aipolicy.commands.answers import FORMATS, answers
from aipolicy.config.run_options import PolicyOptions
from aipolicy.report.explain.answers_list import SORTED_BY


@click.command("answers")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--sort", "sorted_by", type=click.Choice(list(SORTED_BY)), default="file", show_default=True, help=(
    "What comes first: files as they are found, names, dear features, unsure answers, those that most blocks."))  # fmt: skip
def command(paths: tuple[str, ...], options: PolicyOptions, output_format: str, sorted_by: str) -> None:
    """List the answers to all features below some paths, one line each.

    A line has what to build, what a month costs at likely values, how sure the answer is, the rules that block a check, and
    what is worth asking first. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3
    where nothing was.
    """
    write_reported(answers(told_inputs(paths, options), output_format, sorted_by, console()))
