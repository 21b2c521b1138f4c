"""`aipolicy coverage`: controls of frameworks beside features, or clauses beside rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.frameworks.asked import Asking, askings_of
from aipolicy.run.policy import Policy

if TYPE_CHECKING:
    from aipolicy.run.report import Report

FORMATS = ("text", "json", "csv", "oscal")


@click.command("coverage")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option(
    "--framework", metavar="NAME", help="Only this framework, such as `nist-ai-rmf`; default all of which rules speak."
)
@click.option("--clauses", is_flag=True, help="Show which clauses rules speak of, and why none speaks of the others, "
              "whatever the features.")  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
def command(paths: tuple[str, ...], options: PolicyOptions, framework: str | None, clauses: bool,
            output_format: str) -> None:  # fmt: skip
    """Show the controls of frameworks for all features below some paths.

    A control is violated, missing (a fact, evidence or a deed), in need of a person, undecided, waived, not yet in force,
    satisfied or not applicable: the first of these that one of its rules comes to. `oscal` writes OSCAL 1.1.3 assessment
    results. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3 where nothing was.
    """
    settings, policy, askings = _asked(framework, options)
    if clauses:
        if paths:
            raise UsageError("`--clauses` is about rules and not about features; leave out the paths")
        write_out(_clauses(askings, policy, output_format))
        return
    from aipolicy.cli.manifests import exit_code_of_report, told_broken, told_manifests
    from aipolicy.config.scope import SOME_FEATURES
    from aipolicy.run.report import check

    report = check(told_manifests(paths, settings).files, policy, SOME_FEATURES)
    is_broken = told_broken(report.findings)
    text = _coverage(report, policy, askings, output_format)
    if text is not None:
        write_out(text)
    raise click.exceptions.Exit(exit_code_of_report(is_broken=is_broken, is_empty=text is None))


def _asked(name: str | None, options: PolicyOptions) -> tuple[Config, Policy, tuple[Asking, ...]]:
    """Return the policy of the run and the frameworks of which its rules speak; raises `UsageError` for none."""
    if name is not None:
        from aipolicy.cli.framework_asked import policy_asking

        asking = policy_asking(name, options)
        if asking.asking.framework is not None:
            return asking.settings, asking.policy, (asking.asking,)
        return asking.settings, asking.policy, tuple(_askings(asking.policy, asking.asking.id))
    settings, policy = load(options)
    askings = tuple(_askings(policy))
    if not askings:
        raise UsageError("nothing is evaluated: no rule of the run speaks of a framework; add a pack of law, such as "
                         "`--policy eu-ai-act`, or name a `--framework`")  # fmt: skip
    return settings, policy, askings


def _askings(policy: Policy, pack: str = "") -> Iterator[Asking]:
    """Return the frameworks of which rules speak, those of a pack alone where one is named."""
    rules = [rule for rule in policy.chosen_rules if not pack or rule.pack == pack]
    return askings_of(policy.catalog.frameworks.values(), rules)


def _clauses(askings: tuple[Asking, ...], policy: Policy, output_format: str) -> str:
    from aipolicy.frameworks.clauses import clauses_of

    clauses = [
        (asking.framework, clauses_of(asking.framework, asking)) for asking in askings if asking.framework is not None
    ]
    if output_format == "oscal":
        raise UsageError("OSCAL assessment results are about features; leave out `--clauses`, or use text, json or csv")
    if output_format == "text":
        from aipolicy.report.coverage.coverage_text import clauses_text

        return clauses_text(clauses, width=stdout_width(), style=stdout_style())
    from aipolicy.report.coverage.coverage_tables import clauses_csv, clauses_json

    return clauses_json(clauses, policy) if output_format == "json" else "".join(clauses_csv(clauses))


def _coverage(report: Report, policy: Policy, askings: tuple[Asking, ...], output_format: str) -> str | None:
    """Return the states of controls in a format; None where no feature was evaluated."""
    from aipolicy.frameworks.coverage import coverage_of

    coverage, day = coverage_of(report, askings, policy), policy.catalog.as_of
    if not any(control.cells for framework in coverage for control in framework.controls):
        why = "its rules have ended" if report.evaluations else "no feature was found; name a folder that has manifests"
        click.echo(f"aipolicy: nothing was evaluated: {why}", err=True)
        return None
    if output_format == "text":
        from aipolicy.report.coverage.coverage_text import coverage_text

        return coverage_text(
            coverage, len(report.evaluations), day.isoformat(), width=stdout_width(), style=stdout_style()
        )
    if output_format == "oscal":
        from aipolicy.report.coverage.oscal import assessment_results

        return assessment_results(coverage, report, policy)
    from aipolicy.report.coverage.coverage_tables import coverage_csv, coverage_json

    return coverage_json(coverage, policy) if output_format == "json" else "".join(coverage_csv(coverage))
