"""`aipolicy diff`: what a change does to each feature since the merge base, and which input is the cause."""

from __future__ import annotations

import click

from aipolicy.changes.cost_threshold import read_threshold
from aipolicy.cli.console import console
from aipolicy.cli.manifests import told_inputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.diff import FORMATS, DiffRequest, diff_from
from aipolicy.config.run_options import PolicyOptions


@click.command("diff")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--base", required=True, metavar="REV", help="Compare with the merge base of this revision and HEAD.")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
@click.option("--fail-on-cost-increase", "fail_above", metavar="USD|N%", help="Exit 1 where a month of a feature costs more "
              "than before by more than this, such as 500 or 10%; a cost that is not known any more counts.")  # fmt: skip
@click.option("--ignore-cost-below", "ignore_below", metavar="USD|N%", help="Show no costs that differ by no more than "
              "this; as Markdown nothing at all where nothing else changes.")  # fmt: skip
@click.option("--as-of-base", is_flag=True, help="Evaluate the base as on the day of its commit, UTC, so that what "
              "time alone changes is shown too.")  # fmt: skip
def command(paths: tuple[str, ...], base: str, options: PolicyOptions, output_format: str, strict: bool,
            fail_above: str | None, ignore_below: str | None, as_of_base: bool) -> None:  # fmt: skip
    """Show what a change does to each feature: what to build, needs, ways, findings and monthly cost, before and after.

    Before is the merge base of REV and HEAD, now is the working tree as it is. Every change has its cause: manifest,
    policy, catalog or date are exchanged in this order, and the first that makes the change appear is named. Both sides
    are evaluated by the installed aipolicy with its shipped packs and catalog. A report, not a gate: the exit code is 0
    whatever changed, unless `--fail-on-cost-increase` is given; `aipolicy check --base REV` gates.
    """
    request = DiffRequest(
        base, options, output_format, strict=strict, as_of_base=as_of_base,
        fail_above=None if fail_above is None else read_threshold(fail_above, "--fail-on-cost-increase"),
        ignore_below=None if ignore_below is None else read_threshold(ignore_below, "--ignore-cost-below"),
    )  # fmt: skip
    shown = diff_from(told_inputs(paths, options, strict=strict), request, console())
    write_out(shown.text)
    for name in shown.dearer:
        click.echo(f"aipolicy: cost: a month of `{name}` costs more by more than {fail_above}", err=True)
    raise click.exceptions.Exit(shown.code)
