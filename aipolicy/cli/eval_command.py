"""`aipolicy eval`: what a condition comes to for a feature, part by part."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.features import features_named
from aipolicy.config.run_options import PolicyOptions


@click.command("eval")
@click.argument("condition", metavar="CONDITION")
@click.argument("subject", metavar="FEATURE|PATH")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
def command(condition: str, subject: str, paths: tuple[str, ...], options: PolicyOptions) -> None:
    """Show what a condition comes to for a feature, and each part of it with the values that it reads.

    It may read what conditions of rules read, with the parameters and variables of the topmost pack. Facts of options are
    those of the ways that agree with the plan; where a part differs among them, it says on how many ways it is what.
    """
    from aipolicy.authoring.evaluated_condition import evaluated_condition
    from aipolicy.report.terminal.condition_text import condition_text

    config, policy = load(options)
    around = console()
    for evaluation in features_named(subject, paths, policy, config, around):
        parts = evaluated_condition(condition, evaluation, policy)
        write_out(condition_text(evaluation.feature.name, parts, around.width))
