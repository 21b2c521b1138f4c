"""`aipolicy policy show`: packs in layer order, effective rules and parameters, and who set what."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.config.run_options import PolicyOptions


@click.command("show")
@click.argument("subject", metavar="[RULE|PARAMETER]", required=False)
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(subject: str | None, options: PolicyOptions, output_format: str) -> None:  # fmt: skip
    """Show the packs in layer order, their rules and parameters as in force, and where each value comes from.

    RULE is an id such as DATA-001, PARAMETER a name such as build-or-buy.network_share; one of them shows it alone.
    """
    from aipolicy.commands.policy_show import policy_shown

    _, policy = load(options)
    write_out(policy_shown(subject, policy, output_format, console()))
