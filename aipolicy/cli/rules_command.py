"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

from datetime import date

import click

from aipolicy.cli.settings import PolicyOptions, load, policy_options, stdout_style, write_out
from aipolicy.findings import Stage
from aipolicy.policy.rule import Rule
from aipolicy.report.style import Role
from aipolicy.reserved_rules import RESERVED_RULES
from aipolicy.source.text import escaped


@click.command("rules")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(config: str | None, policies: tuple[str, ...], as_of: str | None, select: tuple[str, ...],
            ignore: tuple[str, ...], output_format: str) -> None:  # fmt: skip
    """List the rules that would be evaluated, and those about manifests themselves.

    A rule that is not in force stands with its stage; one that is not yet announced is listed and not evaluated.
    """
    _, policy = load(PolicyOptions(config, policies, as_of, select, ignore))
    day = policy.catalog.as_of
    listed = [rule for rule in policy.chosen_rules if rule.stage_on(day) is not Stage.ENDED]
    if output_format == "json":
        from aipolicy.report.json_text import json_text
        from aipolicy.report.portfolio_page import portfolio_object
        from aipolicy.report.rule_page import rule_object

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
    from aipolicy.report.rule_page import standing

    return "" if rule.stage_on(day) is Stage.IN_FORCE else f"            {standing(rule, day)}\n"
