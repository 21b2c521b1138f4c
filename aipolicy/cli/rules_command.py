"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

from collections.abc import Sequence

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.findings.finding import Stage

FORMATS = ("text", "json", "csv", "markdown")


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
    write_out(_of_frameworks(frameworks, options, output_format) if frameworks else _of_run(options, output_format))


def _of_run(options: PolicyOptions, output_format: str) -> str:
    _, policy = load(options)
    day = policy.catalog.as_of
    listed = [rule for rule in policy.chosen_rules if rule.stage_on(day) is not Stage.ENDED]
    over_all = [rule.rule for rule in policy.portfolio_rules]
    match output_format:
        case "json":
            from aipolicy.report.formats.json_text import json_text
            from aipolicy.report.packs.rule_json import rule_object

            rules = [rule_object(rule, day) for rule in listed]
            rules += [rule_object(rule, day) for rule in policy.portfolio_rules]
            return json_text({"schema": "aipolicy/rules/v1", "rules": rules})
        case "csv":
            from aipolicy.report.packs.rules_csv import rules_csv

            return "".join(rules_csv((*listed, *over_all), day))
        case "markdown":
            from aipolicy.report.packs.rules_markdown import rules_markdown

            return rules_markdown(policy.packs, listed, over_all, day)
        case _:
            from aipolicy.report.packs.rule_list import render_rules

            return render_rules(policy.packs, listed, over_all, day, width=stdout_width(), style=stdout_style())


def _of_frameworks(names: Sequence[str], options: PolicyOptions, output_format: str) -> str:
    """Return the rules of each framework once, in the order in which they are named."""
    from aipolicy.cli.framework_asked import policy_asking
    from aipolicy.report.packs import framework_rules as shown

    askings = {asking.asking.id: asking for asking in (policy_asking(name, options) for name in names)}
    day = next(iter(askings.values())).policy.catalog.as_of
    listed = [shown.framework_rules(asking.asking, asking.added, day) for asking in askings.values()]
    match output_format:
        case "json":
            from aipolicy.report.formats.json_text import json_text

            return json_text(shown.framework_rules_object(listed, day))
        case "csv":
            return "".join(shown.framework_rules_csv(listed, day))
        case "markdown":
            return shown.framework_rules_markdown(listed, day)
        case _:
            return shown.framework_rules_text(listed, day, width=stdout_width(), style=stdout_style())
