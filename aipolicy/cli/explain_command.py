"""`aipolicy explain`: what to build for a feature and why, or what a rule says."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from aipolicy.cli.completion import subjects
from aipolicy.cli.features import features_named
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.findings.rule_ids import is_rule_id
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean, same_name

FORMATS = ("text", "json", "markdown", "adr")


@click.command("explain")
@click.argument("subject", metavar="FEATURE|RULE-ID", shell_complete=subjects)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--facts", is_flag=True, help="Show all facts: declared, assumed and why, derived, missing.")
@click.option(
    "--options", "ways", is_flag=True, help="Show which ways are left, and the rules that removed the others."
)
@click.option("--rules", is_flag=True, help="Show what became of each rule, and the values that it read.")
@click.option("--cost", is_flag=True, help="Show what the ways cost, as `aipolicy cost` does.")
@click.option("--migration", is_flag=True, help="Show the stages from the plan to what is recommended.")
@click.option("--all", "every", is_flag=True, help="Show the answer and all of these.")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Show today's answer beside that with another "
              "declaration, such as `latency.p95_ms=2000`; repeatable.")  # fmt: skip
@click.option("--why-not", "targets", multiple=True, metavar="KEY=WORD", help="Show what is in the way of other ways, by "
              "hosting, adaptation, provider, model or machine, and the least changes that make one of them the answer; "
              "repeatable, then all at once.")  # fmt: skip
@click.option("--write", "target", metavar="FILE.md", help="Write the decision record into a file; of one that is there "
              "only what stands between its markers.")  # fmt: skip
@click.option("--framework", metavar="NAME", help="Show what a framework or a pack of law asks of the feature, clause by "
              "clause: `eu-ai-act`, `gdpr`, `nist-ai-rmf`.")  # fmt: skip
@click.option("--summary", is_flag=True, help="Sum up all features below PATH... in place of explaining each.")
def command(subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str, facts: bool, ways: bool,
            rules: bool, cost: bool, migration: bool, every: bool, changes: tuple[str, ...], targets: tuple[str, ...],
            target: str | None, framework: str | None, summary: bool) -> None:  # fmt: skip
    """Say what to build for a feature, named or by the path of its manifest; or what a rule asks, by its id.

    One screen: the answer and how sure it is, what the plan breaks, why, what the ways cost a month, what would turn the
    answer, what to say first, to do and to look up. A name is searched for below PATH.
    """
    if framework is not None:
        others = (facts, ways, rules, cost, migration, every, changes, targets, target, summary)
        write_out(_framework(framework, subject, paths, options, output_format, alone=not any(others)))
        return
    settings, policy = load(options)
    if summary and (changes or targets):
        raise UsageError("`--summary` sums up many features; leave out `--set` and `--why-not`")
    if output_format not in ("text", "json") and summary:
        raise UsageError(f"`--summary` has no format `{output_format}`; use text or json")
    if summary:
        from aipolicy.cli.explain_summary import summary_text

        text, code = summary_text((subject, *paths), policy, settings, output_format)
        write_out(text)
        raise click.exceptions.Exit(code)
    # NOTE: `res001` is a rule as people type it; a feature of such a name can be named by the path of its manifest.
    rule_id = subject if is_rule_id(subject) else same_name(subject, _known(policy))
    if is_rule_id(rule_id) and not os.path.exists(subject):
        if output_format not in ("text", "json") or changes or targets:
            raise UsageError(f"{rule_id} is a rule: it has neither another format than text and json nor what-if")
        write_out(_rule(rule_id, policy, output_format))
        return
    from aipolicy.cli.explained import Asked, explained_each, write_decision
    from aipolicy.report.explain.explain_text import Details

    details = Details(facts=facts, options=ways, rules=rules, cost=cost, migration=migration, every=every)
    asked = Asked(output_format, details, changes, targets)
    _refuse_together(output_format, shows_details=not details.none, changes=changes, targets=targets)
    if target is not None:
        _refuse_to_write(target, output_format, (*changes, *targets), subject, paths, options)
    evaluations = features_named(subject, paths, policy, settings)
    if target is not None:
        if len(evaluations) > 1:
            raise UsageError(f"`--write` takes one feature, found {len(evaluations)}; name one")
        write_decision(target, evaluations[0], policy, settings)
        return
    write_out(explained_each(evaluations, asked, policy, settings))


def _refuse_together(
    output_format: str, *, shows_details: bool, changes: Sequence[str], targets: Sequence[str]
) -> None:
    """Raise `UsageError` for what one page cannot show."""
    if shows_details and (changes or targets or output_format not in ("text", "json")):
        raise UsageError(
            "`--facts`, `--options`, `--rules`, `--cost`, `--migration` and `--all` show the answer of today as text; "
            "leave them out"
        )
    if output_format == "adr" and targets:
        raise UsageError("a decision record is about what is recommended; leave out `--why-not`, or use another format")


def _framework(name: str, subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str, *,
               alone: bool) -> str:  # fmt: skip
    from aipolicy.cli.framework_asked import FORMATS as OF_FRAMEWORK
    from aipolicy.cli.framework_asked import framework_pages

    if not alone:
        raise UsageError(
            "`--framework` shows one framework and one feature; leave out the other options that show something"
        )
    if output_format not in OF_FRAMEWORK:
        raise UsageError(f"`--framework` has no format `{output_format}`; use {', '.join(OF_FRAMEWORK)}")
    return framework_pages(name, subject, paths, options, output_format)


def _refuse_to_write(target: str, output_format: str, asked: tuple[str, ...], subject: str, paths: tuple[str, ...],
                     options: PolicyOptions) -> None:  # fmt: skip
    """Raise `UsageError` for what no record is made of, and for a file that a run reads."""
    from aipolicy.cli.inputs import refuse_overwriting, run_inputs
    from aipolicy.cli.manifests import manifests_of
    from aipolicy.config.policy_options import read_settings
    from aipolicy.policy.sources.locate import read_policy_files

    if output_format not in ("text", "adr") or asked:
        raise UsageError(
            "`--write` writes the decision record of today; leave out other formats, `--set` and `--why-not`"
        )
    configured, settings = read_settings(options)
    manifests = manifests_of((subject,) if os.path.exists(subject) else paths, configured, exclude=False)
    refuse_overwriting([target], run_inputs(manifests, configured, settings, read_policy_files(settings)))


def _rule(rule_id: str, policy: Policy, output_format: str) -> str:
    from aipolicy.pack_lint.registry import LINT_RULES

    day = policy.catalog.as_of
    rule = (
        next((rule for rule in (*RESERVED_RULES, *LINT_RULES) if rule.id == rule_id), None)
        or policy.rule_with_examples(rule_id)
        or next((rule for rule in policy.portfolio_rules_with_examples() if rule.rule.id == rule_id), None)
    )
    if rule is None:
        hint = did_you_mean(rule_id, _known(policy))
        raise UsageError(f"unknown rule `{rule_id}`{hint}; `aipolicy rules` lists them")
    if output_format == "json":
        from aipolicy.report.formats.json_text import json_text
        from aipolicy.report.packs.rule_json import rule_object

        return json_text(rule_object(rule, day))
    from aipolicy.report.packs.rule_text import render_rule

    return render_rule(rule, width=stdout_width(), style=stdout_style(), day=day)


def _known(policy: Policy) -> tuple[str, ...]:
    """Return the ids of all rules that can be explained."""
    from aipolicy.pack_lint.registry import LINT_RULES

    own = (rule.id for pack in policy.packs for rule in pack.all_rules)
    return (*own, *(rule.id for rule in (*RESERVED_RULES, *LINT_RULES)))
