"""`aipolicy policy export`: the rules in force in a format of others, and what that format cannot say."""

from __future__ import annotations

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import tell, write_out
from aipolicy.commands.policy_export import CEL_POLICY, exported
from aipolicy.config.run_options import PolicyOptions


@click.command("export")
@click.argument("subject", metavar="[RULE]", required=False)
@policy_options
@click.option("--format", "output_format", type=click.Choice([CEL_POLICY]), default=CEL_POLICY, show_default=True)
def command(subject: str | None, options: PolicyOptions, output_format: str) -> None:
    """Print the rules in force as policies of another format, one document each.

    cel-policy is the YAML of CEL Policy (cel-go): its output is the message of the first requirement that fails. What it
    cannot say of a rule stands in comments above it; what it cannot say at all is told on stderr.
    """
    _, policy = load(options)
    text, unsaid = exported(subject, policy)
    write_out(text)
    tell(f"aipolicy: {unsaid}")
