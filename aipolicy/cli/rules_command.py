"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.findings.finding import Stage


@click.command("rules")
@policy_options
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def command(options: PolicyOptions, output_format: str) -> None:  # fmt: skip
    """List the rules that would be evaluated, and those about manifests themselves.

    A rule that is not in force stands with its stage; one that is not yet announced is listed and not evaluated.
    """
    _, policy = load(options)
    day = policy.catalog.as_of
    listed = [rule for rule in policy.chosen_rules if rule.stage_on(day) is not Stage.ENDED]
    if output_format == "json":
        from aipolicy.report.formats.json_text import json_text
        from aipolicy.report.packs.rule_json import rule_object

        rules = [rule_object(rule, day) for rule in listed]
        rules += [rule_object(rule, day) for rule in policy.portfolio_rules]
        write_out(json_text({"schema": "aipolicy/rules/v1", "rules": rules}))
        return
    over_all = [rule.rule for rule in policy.portfolio_rules]
    if output_format == "csv":
        from aipolicy.report.packs.rules_csv import rules_csv

        write_out("".join(rules_csv((*listed, *over_all), day)))
        return
    from aipolicy.report.packs.rule_list import render_rules

    write_out(render_rules(policy.packs, listed, over_all, day, width=stdout_width(), style=stdout_style()))
