"""`aipolicy report`: one page on many features, to look at and to decide from."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.manifests import told_inputs, write_reported
from aipolicy.cli.outputs import ReportFile, refuse_unwritable, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import tell
from aipolicy.config.run_options import PolicyOptions
from aipolicy.forecast.forecast import MAX_MONTHS
from aipolicy.run.inputs import refuse_overwriting

FORMATS = ("html", "markdown")


@click.command("report")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="html", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report into a file instead of to standard output.")
@click.option("--what-if", "patterns", multiple=True, metavar="NAME", help="Add sliders and switches for features of this "
              "name, in which `*` stands for anything; repeatable, at most 30 features.")  # fmt: skip
@click.option("--forecast", "months", type=click.IntRange(1, MAX_MONTHS), metavar="MONTHS", help="Add a calendar of what "
              "is coming in so many months, as `aipolicy forecast` tells it.")  # fmt: skip
def command(paths: tuple[str, ...], options: PolicyOptions, output_format: str, output: str | None,
            patterns: tuple[str, ...], months: int | None) -> None:  # fmt: skip
    """Write one page on all features below some paths, for people who decide.

    It begins with what to build for each, what blocks, what it costs and what to ask first; then rules over features, costs
    together, concentration, questions, waivers, and a section for each feature. The page needs no network and no other
    file. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3 where nothing was.
    """
    from aipolicy.commands.report import report, require_writable

    require_writable(output_format, patterns)
    inputs = told_inputs(paths, options)
    if output is not None:
        refuse_unwritable(output)
        refuse_overwriting([output], inputs.read)
    page = report(inputs, output_format, patterns, months, console())
    if output is not None:
        write_outputs([ReportFile(output_format, output)], [page.pieces])
        tell(f"aipolicy: wrote {output}")
        page = page._replace(pieces=())
    write_reported(page)
