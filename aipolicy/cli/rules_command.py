"""`aipolicy rules`: what would be evaluated."""

from __future__ import annotations

import click

from aipolicy.cli.settings import PolicyOptions, load, policy_options, stdout_style, write_out
from aipolicy.findings import RESERVED_RULES
from aipolicy.report.style import Role
from aipolicy.source.text import escaped


@click.command("rules")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(config: str | None, policies: tuple[str, ...], as_of: str | None, select: tuple[str, ...],
            ignore: tuple[str, ...], output_format: str) -> None:  # fmt: skip
    """List the rules that would be evaluated, and those about manifests themselves."""
    _, policy = load(PolicyOptions(config, policies, as_of, select, ignore))
    if output_format == "json":
        from aipolicy.report.json_report import json_text
        from aipolicy.report.rule_page import rule_object

        write_out(json_text({"schema": "aipolicy/rules/v1", "rules": [rule_object(rule) for rule in policy.rules]}))
        return
    style = stdout_style()
    rows = [(r.id, r.kind.value, r.severity.value, r.name, r.title) for r in policy.rules]
    rows += [(r.id, "manifest", r.severity.value, r.name, r.title) for r in RESERVED_RULES]
    lines = [
        f"{style.paint(rule_id, Role.STRONG)}{' ' * (12 - len(rule_id))}{kind:<11}{severity:<8} {name}\n"
        f"            {escaped(title)}\n"
        for rule_id, kind, severity, name, title in rows
    ]
    write_out("".join(lines))
