"""`aipolicy policy export`: the rules in force in a format of others, and what that format cannot say."""

from __future__ import annotations

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown


@click.command("export")
@click.argument("subject", metavar="[RULE]", required=False)
@policy_options
@click.option("--format", "output_format", type=click.Choice(["cel-policy"]), default="cel-policy", show_default=True)
def command(subject: str | None, options: PolicyOptions, output_format: str) -> None:
    """Print the rules in force as policies of another format, one document each.

    cel-policy is the YAML of CEL Policy (cel-go): its output is the message of the first requirement that fails. What it
    cannot say of a rule stands in comments above it; what it cannot say at all is told on stderr.
    """
    from aipolicy.report.packs.cel_policy import NEVER_SAID, cel_policy

    _, policy = load(options)
    rules = policy.chosen_rules
    if subject is not None:
        ids = [rule.id for rule in rules]
        rule_id = same_name(subject, ids)
        rules = tuple(rule for rule in rules if rule.id == rule_id)
        if not rules:
            raise UsageError(f"unknown rule `{shown(subject)}`{did_you_mean(subject, ids)}")
    exports = {rule.id: cel_policy(rule, policy.catalog, policy.evaluator.known.specs) for rule in rules}
    write_out("---\n".join(exported.text for exported in exports.values() if exported is not None))
    unsaid = [name for name, exported in exports.items() if exported is None]
    unsaid += [portfolio_rule.rule.id for portfolio_rule in policy.portfolio_rules] if subject is None else []
    left = f"; left out: {', '.join(unsaid)}" if unsaid else ""
    click.echo(f"aipolicy: {output_format} does not say everything: {NEVER_SAID}{left}", err=True)
