"""`aipolicy explain`: why a feature has its verdict, or what a rule says."""

from __future__ import annotations

import os

import click

from aipolicy.cli.completion import subjects
from aipolicy.cli.features import features_named
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.recommendation import recommend
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.run.policy import Policy
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean, same_name

_RULE_ID = regex(r"[A-Z][A-Z0-9]*-[0-9]+")


@click.command("explain")
@click.argument("subject", metavar="FEATURE|RULE-ID", shell_complete=subjects)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all-rules", is_flag=True, help="Also show the rules that hold or do not apply.")
def command(subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str, all_rules: bool) -> None:
    """Explain the verdict on a feature, named or by the path of its manifest; or a rule by its id.

    Shows the facts declared, assumed and missing, the options that remain and the rule that removed each of the
    others, every rule with the values it read, and the recommendation. A name is searched for below PATH.
    """
    settings, policy = load(options)
    # NOTE: `res001` is a rule as people type it; a feature of such a name can be named by the path of its manifest.
    rule_id = subject if _RULE_ID.fullmatch(subject) else same_name(subject, _known(policy))
    if _RULE_ID.fullmatch(rule_id) and not os.path.exists(subject):
        write_out(_rule(rule_id, policy, output_format))
        return
    found = features_named(subject, paths, policy, settings)
    write_out("".join(_explanation(evaluation, policy, settings, output_format, all_rules) for evaluation in found))


def _explanation(evaluation: Evaluation, policy: Policy, settings: Config, output_format: str, every: bool) -> str:
    weighed = settings.recommendation
    recommendation = recommend(
        evaluation.expected, margin_percent=weighed.margin_percent, horizon_months=weighed.horizon_months
    )
    if output_format == "json":
        from aipolicy.report.explain.explain_json import render_explanation_json

        weighing = Weighing(weighed.margin_percent, weighed.horizon_months)
        return render_explanation_json(evaluation, recommendation, policy, weighing)
    from aipolicy.report.explain.explain_text import render_explanation

    return render_explanation(
        evaluation,
        recommendation,
        policy.evaluator.rule_evaluator,
        width=stdout_width(),
        style=stdout_style(),
        every_rule=every,
    )


def _rule(rule_id: str, policy: Policy, output_format: str) -> str:
    from aipolicy.pack_lint.registry import LINT_RULES
    from aipolicy.report.packs.rule_text import render_reserved, render_rule, rule_json

    for reserved in (*RESERVED_RULES, *LINT_RULES):
        if reserved.id == rule_id:
            return render_reserved(reserved, output_format)
    rule = policy.rule_with_examples(rule_id)
    if rule is not None:
        if output_format == "json":
            return rule_json(rule, policy.catalog.as_of)
        return render_rule(rule, width=stdout_width(), style=stdout_style(), day=policy.catalog.as_of)
    portfolio_rule = next((r for r in policy.portfolio_rules_with_examples() if r.rule.id == rule_id), None)
    if portfolio_rule is not None:
        from aipolicy.report.packs.portfolio_rule_text import portfolio_json, render_portfolio_rule

        if output_format == "json":
            return portfolio_json(portfolio_rule, policy.catalog.as_of)
        return render_portfolio_rule(
            portfolio_rule, width=stdout_width(), style=stdout_style(), day=policy.catalog.as_of
        )
    hint = did_you_mean(rule_id, _known(policy))
    raise UsageError(f"unknown rule `{rule_id}`{hint}; `aipolicy rules` lists them")


def _known(policy: Policy) -> tuple[str, ...]:
    """Return the ids of all rules that can be explained."""
    from aipolicy.pack_lint.registry import LINT_RULES

    own = (rule.id for pack in policy.packs for rule in pack.all_rules)
    return (*own, *(rule.id for rule in (*RESERVED_RULES, *LINT_RULES)))
