"""What `aipolicy rules`, and `aipolicy explain` of a rule, say: what would be evaluated, and what one rule asks."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.commands.console import Console
from aipolicy.errors import UsageError
from aipolicy.findings.finding import Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.frameworks.framework_policy import FrameworkPolicy
from aipolicy.pack_lint.registry import LINT_RULES
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean

FORMATS = ("text", "json", "csv", "markdown")


def explainable_rules(policy: Policy) -> tuple[str, ...]:
    """Return the ids of all rules that can be explained."""
    own = (rule.id for pack in policy.packs for rule in pack.all_rules)
    return (*own, *(rule.id for rule in (*RESERVED_RULES, *LINT_RULES)))


def rule_explained(rule_id: str, policy: Policy, output_format: str, console: Console) -> str:
    """Return what a rule asks, and why; raises `UsageError` for an unknown one."""
    day = policy.catalog.as_of
    rule = (
        next((rule for rule in (*RESERVED_RULES, *LINT_RULES) if rule.id == rule_id), None)
        or policy.rule_with_examples(rule_id)
        or next((rule for rule in policy.portfolio_rules_with_examples() if rule.rule.id == rule_id), None)
    )
    if rule is None:
        hint = did_you_mean(rule_id, explainable_rules(policy))
        raise UsageError(f"unknown rule `{rule_id}`{hint}; `aipolicy rules` lists them")
    if output_format == "json":
        from aipolicy.report.formats.json_text import json_text
        from aipolicy.report.packs.rule_json import rule_object

        return json_text(rule_object(rule, day))
    from aipolicy.report.packs.rule_text import render_rule

    return render_rule(rule, width=console.width, style=console.style, day=day)


def rules_listed(policy: Policy, output_format: str, console: Console) -> str:
    """Return the rules of a run that have not ended, those over all features and those about manifests."""
    day = policy.catalog.as_of
    listed = [rule for rule in policy.chosen_rules if rule.stage_on(day) is not Stage.ENDED]
    portfolio_rules = [rule.rule for rule in policy.portfolio_rules]
    match output_format:
        case "json":
            from aipolicy.report.formats.json_text import json_text
            from aipolicy.report.packs.rule_json import rule_object

            rules = [rule_object(rule, day) for rule in listed]
            rules += [rule_object(rule, day) for rule in policy.portfolio_rules]
            return json_text({"schema": "aipolicy/rules/v1", "rules": rules})
        case "csv":
            from aipolicy.report.packs.rules_csv import rules_csv

            return "".join(rules_csv((*listed, *portfolio_rules), day))
        case "markdown":
            from aipolicy.report.packs.rules_markdown import rules_markdown

            return rules_markdown(policy.packs, listed, portfolio_rules, day)
        case _:
            from aipolicy.report.packs.rule_list import render_rules

            return render_rules(policy.packs, listed, portfolio_rules, day, width=console.width, style=console.style)


def rules_of_frameworks(framework_policies: Sequence[FrameworkPolicy], output_format: str, console: Console) -> str:
    """Return the rules of each framework once, in the order in which they are given."""
    from aipolicy.report.packs import framework_rules as shown

    all_linked = {linked.framework.id: linked for linked in framework_policies}
    day = next(iter(all_linked.values())).policy.catalog.as_of
    listed = [shown.framework_rules(linked.framework, linked.added, day) for linked in all_linked.values()]
    match output_format:
        case "json":
            from aipolicy.report.formats.json_text import json_text

            return json_text(shown.framework_rules_object(listed, day))
        case "csv":
            return "".join(shown.framework_rules_csv(listed, day))
        case "markdown":
            return shown.framework_rules_markdown(listed, day)
        case _:
            return shown.framework_rules_text(listed, day, width=console.width, style=console.style)
