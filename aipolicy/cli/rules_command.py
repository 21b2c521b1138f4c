"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

from datetime import date

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.findings.finding import Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.policy.rule import Rule
from aipolicy.report.terminal.style import Role
from aipolicy.source.text import escaped


@click.command("rules")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(options: PolicyOptions, output_format: str) -> None:  # fmt: skip
    """List the rules that would be evaluated, and those about manifests themselves.

    A rule that is not in force stands with its stage; one that is not yet announced is listed and not evaluated.
    """
    _, policy = load(options)
    day = policy.catalog.as_of
    listed = [rule for rule in policy.chosen_rules if rule.stage_on(day) is not Stage.ENDED]
    if output_format == "json":
        from aipolicy.report.formats.json_text import json_text
        from aipolicy.report.packs.portfolio_rule_text import portfolio_object
        from aipolicy.report.packs.rule_text import rule_object

        rules = [rule_object(rule, day) for rule in listed]
        rules += [portfolio_object(rule, day) for rule in policy.portfolio_rules]
        write_out(json_text({"schema": "aipolicy/rules/v1", "rules": rules}))
        return
    style = stdout_style()
    rows = [(r.id, r.kind.value, r.severity.value, r.name, r.title, _stage(r, day)) for r in listed]
    heads = [each.rule for each in policy.portfolio_rules]
    rows += [(r.id, "portfolio", r.severity.value, r.name, r.title, _stage(r, day)) for r in heads]
    rows += [(r.id, "manifest", r.severity.value, r.name, r.title, "") for r in RESERVED_RULES]
    lines = [
        f"{style.paint(rule_id, Role.STRONG)}{' ' * (12 - len(rule_id))}{kind:<11}{severity:<8} {name}\n"
        f"            {escaped(title)}\n{stage}"
        for rule_id, kind, severity, name, title, stage in rows
    ]
    write_out("".join(lines))


def _stage(rule: Rule, day: date) -> str:
    from aipolicy.report.packs.rule_text import standing

    return "" if rule.stage_on(day) is Stage.IN_FORCE else f"            {standing(rule, day)}\n"
