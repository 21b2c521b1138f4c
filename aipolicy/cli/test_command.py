"""`aipolicy test`: runs the tests of rules, and says which conditions and which slips in them no test would notice."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING

if TYPE_CHECKING:
    from aipolicy.rule_tests.rule_tests import TestRun
    from aipolicy.rule_tests.suggestions import Suggestion


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
    from aipolicy.policy.pack import aliases_of
    from aipolicy.report.packs.rule_tests_json import render_test_run_json
    from aipolicy.report.packs.rule_tests_text import render_test_run
    from aipolicy.rule_tests.example_files import find_test_files, read_test_files
    from aipolicy.rule_tests.rule_tests import TestSettings, run_tests

    if min_mutation and not mutate:
        raise click.UsageError("--min-mutation counts mutants; add --mutate")
    if write and not suggest:
        raise click.UsageError("--write writes what is suggested; add --suggest")
    _, policy = load(options)
    files = find_test_files(paths, (pack.path for pack in policy.packs))
    rules = {rule.id for pack in policy.packs for rule in pack.rules}
    tests = read_test_files(files, rules, policy.catalog, policy.evaluator.known, aliases_of(policy.packs))
    run = run_tests(
        policy,
        TestSettings(mutate, suggest, min_coverage, min_mutation),
        tests,
        lambda day: load(options._replace(as_of=day.isoformat()))[1],
    )
    left = _written(run) if write else None
    if output_format == "json":
        write_out(render_test_run_json(run))
    else:
        width, style = stdout_width(), stdout_style()
        write_out(render_test_run(run, width=width, style=style, show_coverage=show_coverage, suggested=left))
    if profile:
        from aipolicy.report.packs.profile_text import profile_text

        click.echo(profile_text(run.costs), err=True, nl=False)
    if not run.results:
        raise click.exceptions.Exit(EXIT_NOTHING)
    failed = run.failed or run.covers_too_little or run.kills_too_few
    raise click.exceptions.Exit(EXIT_FINDINGS if failed else EXIT_CLEAN)


def _written(run: TestRun) -> tuple[Suggestion, ...]:
    """Write the suggested examples into their packs, tell where, and return those that were left to be added by hand."""
    from aipolicy.rule_tests.written_suggestions import write_suggestions
    from aipolicy.source.text import quantity, shown

    written = write_suggestions(run.suggestions)
    for path, count in written.files:
        message = (
            f"wrote {quantity(count, 'example')} into {shown(path)}; `expect` is what the rule says today: read each"
        )
        click.echo(f"aipolicy: {message}", err=True)
    if not run.suggestions:
        click.echo("aipolicy: wrote nothing; nothing is suggested", err=True)
    return written.left
