"""`aipolicy test`: runs the tests of rules, and says which conditions and which slips in them no test would notice."""

from __future__ import annotations

from math import isnan

import click

from aipolicy.cli.console import console
from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.config.run_options import PolicyOptions


def _threshold(context: click.Context, parameter: click.Parameter, value: float | None) -> float:
    if value is not None and isnan(value):
        raise click.BadParameter("not a percentage", context, parameter)
    return value or 0.0


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path())
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--coverage", "show_coverage", is_flag=True, help="List the conditions that no test shows.")
@click.option("--min-coverage", type=click.FloatRange(0, 100), callback=_threshold, metavar="PERCENT",
              help="Exit 1 when fewer conditions are seen true, false and unknown.")  # fmt: skip
@click.option("--mutate", is_flag=True, help="Make small slips in conditions and list those that no test notices.")
@click.option("--min-mutation", type=click.FloatRange(0, 100), callback=_threshold, metavar="PERCENT",
              help="With --mutate: exit 1 when fewer of the slips are noticed.")  # fmt: skip
@click.option("--suggest", is_flag=True, help="Print examples that would notice the slips and show the conditions.")
@click.option("--profile", is_flag=True, help="Tell on stderr which rules and conditions take most, in counts.")
@click.option("--write", "write", is_flag=True, help="With --suggest: write the examples into the packs.")
def command(paths: tuple[str, ...], options: PolicyOptions, output_format: str, show_coverage: bool,
            min_coverage: float, mutate: bool, min_mutation: float, suggest: bool,
            profile: bool, write: bool) -> None:  # fmt: skip
    """Run the tests of rules.

    Runs the examples in packs, the test files in the folder `tests` of a pack, and those that are named: FILE is a test
    file, or a folder of them.

    Exit codes: 0 when all hold, 1 when one does not or less is covered or noticed than asked for, 3 when there is
    nothing to run.
    """
    from aipolicy.commands.tests_of_rules import TestsAsked, tests_run
    from aipolicy.rule_tests.rule_tests import TestSettings

    if min_mutation and not mutate:
        raise click.UsageError("--min-mutation counts mutants; add --mutate")
    if write and not suggest:
        raise click.UsageError("--write writes what is suggested; add --suggest")
    _, policy = load(options)
    settings = TestSettings(mutate, suggest, min_coverage, min_mutation)
    request = TestsAsked(paths, settings, output_format, show_coverage=show_coverage, writes=write)
    text, run = tests_run(request, policy, lambda day: load(options._replace(as_of=day.isoformat()))[1], console())
    write_out(text)
    if profile:
        from aipolicy.report.packs.profile_text import profile_text

        click.echo(profile_text(run.costs), err=True, nl=False)
    raise click.exceptions.Exit(run.exit_code)
