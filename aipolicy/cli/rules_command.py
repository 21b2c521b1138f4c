"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.rules import FORMATS, rules_listed, rules_of_frameworks
from aipolicy.config.run_options import PolicyOptions
from aipolicy.frameworks.framework_policy import policy_of_framework


@click.command("rules")
@policy_options
@click.option(
    "--framework", "frameworks", multiple=True, metavar="NAME",
    help="Only rules that speak of this framework, such as `nist-ai-rmf`, with its controls; repeatable.",
)  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
def command(options: PolicyOptions, frameworks: tuple[str, ...], output_format: str) -> None:  # fmt: skip
    """List the rules that would be evaluated, and those about manifests themselves.

    A rule that is not in force stands with its stage; one that is not yet announced is listed and not evaluated. With
    `--framework` each stands with the controls that it speaks to and what meeting it does for them; where no configured
    pack speaks of the framework, the rules of the shipped one are listed, and that is said.
    """
    if frameworks:
        framework_policies = [policy_of_framework(name, options) for name in frameworks]
        write_out(rules_of_frameworks(framework_policies, output_format, console()))
    else:
        _, policy = load(options)
        write_out(rules_listed(policy, output_format, console()))
