"""`aipolicy policy show`: packs in layer order, effective rules and parameters, and who set what."""

from __future__ import annotations

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown


@click.command("show")
@click.argument("subject", metavar="[RULE|PARAMETER]", required=False)
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(subject: str | None, options: PolicyOptions, output_format: str) -> None:  # fmt: skip
    """Show the packs in layer order, their rules and parameters as in force, and where each value comes from.

    RULE is an id such as DATA-001, PARAMETER a name such as build-or-buy.network_share; one of them shows it alone.
    """
    from aipolicy.report.packs.effective_policy import effective_policy, only

    _, policy = load(options)
    effective = effective_policy(policy)
    if subject is not None:
        names = [*(rule.rule.id for rule in effective.rules), *(parameter.name for parameter in effective.parameters)]
        alone = only(effective, same_name(subject, names))
        if alone is None:
            hint = did_you_mean(subject, (*names, *(name.partition(".")[2] for name in names)))
            raise UsageError(f"unknown rule or parameter `{shown(subject)}`{hint}")
        effective = alone
    if output_format == "json":
        from aipolicy.report.packs.policy_json import render_policy_json

        write_out(render_policy_json(effective))
        return
    from aipolicy.report.packs.policy_text import render_policy

    write_out(render_policy(effective, width=stdout_width(), style=stdout_style(), alone=subject is not None))
