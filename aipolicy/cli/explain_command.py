"""`aipolicy explain`: what to build for a feature and why, or what a rule says."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from aipolicy.cli.completion import subjects
from aipolicy.cli.console import console
from aipolicy.cli.manifests import refuse_overwriting_inputs, told_manifests, write_reported
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.rules import explainable_rules, rule_explained
from aipolicy.config.run_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.findings.rule_ids import is_rule_id
from aipolicy.source.suggest import same_name

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
    config, policy = load(options)
    if summary:
        _refuse_with_summary(output_format, is_asked=bool(changes or targets))
        from aipolicy.commands.summary import summary as summed_up

        folders = (subject, *paths)
        files = told_manifests(folders, config).files
        write_reported(summed_up(files, folders, policy, config, output_format, console()))
    # NOTE: `res001` is a rule as people type it; a feature of such a name can be named by the path of its manifest.
    rule_id = subject if is_rule_id(subject) else same_name(subject, explainable_rules(policy))
    if is_rule_id(rule_id) and not os.path.exists(subject):
        if output_format not in ("text", "json") or changes or targets:
            raise UsageError(f"{rule_id} is a rule: it has neither another format than text and json nor what-if")
        write_out(rule_explained(rule_id, policy, output_format, console()))
        return
    from aipolicy.commands.explain import Asked, explained, write_decision
    from aipolicy.report.explain.explain_text import Details

    details = Details(facts=facts, options=ways, rules=rules, cost=cost, migration=migration, every=every)
    _refuse_together(output_format, shows_details=not details.none, changes=changes, targets=targets)
    asked = Asked(subject, paths, output_format, details, changes, targets)
    if target is None:
        write_out(explained(asked, policy, config, console()))
        return
    if output_format not in ("text", "adr") or changes or targets:
        raise UsageError(
            "`--write` writes the decision record of today; leave out other formats, `--set` and `--why-not`"
        )
    refuse_overwriting_inputs(target, subject, paths, options)
    write_decision(target, asked, policy, config, console())


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


def _refuse_with_summary(output_format: str, *, is_asked: bool) -> None:
    if is_asked:
        raise UsageError("`--summary` sums up many features; leave out `--set` and `--why-not`")
    if output_format not in ("text", "json"):
        raise UsageError(f"`--summary` has no format `{output_format}`; use text or json")


def _framework(name: str, subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str, *,
               alone: bool) -> str:  # fmt: skip
    from aipolicy.commands.framework_pages import FORMATS as OF_FRAMEWORK
    from aipolicy.commands.framework_pages import framework_pages
    from aipolicy.frameworks.framework_policy import policy_of_framework

    if not alone:
        raise UsageError(
            "`--framework` shows one framework and one feature; leave out the other options that show something"
        )
    if output_format not in OF_FRAMEWORK:
        raise UsageError(f"`--framework` has no format `{output_format}`; use {', '.join(OF_FRAMEWORK)}")
    return framework_pages(policy_of_framework(name, options), subject, paths, output_format, console())
