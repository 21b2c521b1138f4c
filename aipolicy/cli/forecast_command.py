"""`aipolicy forecast`: the calendar of what will start or stop failing, and why."""

from __future__ import annotations

import gc
import sys

import click

from aipolicy.cli.manifests import told_inputs
from aipolicy.cli.outputs import read_outputs, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, tell, write_out
from aipolicy.commands.forecast import FORMATS, calendar_of, calendar_shown
from aipolicy.config.run_options import PolicyOptions
from aipolicy.config.settings import SEVERITIES
from aipolicy.forecast.forecast import MAX_MONTHS
from aipolicy.report.terminal.style import Styler
from aipolicy.report.view import WIDTH_OF_FILES
from aipolicy.run.inputs import refuse_overwriting


@click.command("forecast")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option(
    "--months", type=click.IntRange(1, MAX_MONTHS), default=12, show_default=True, help="How far to look ahead."
)
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Also write the forecast to a file; repeatable."
)
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), default=None, help="Least severity that fails.")
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
def command(paths: tuple[str, ...], options: PolicyOptions, months: int, output_format: str,
            outputs: tuple[str, ...], fail_on: str | None, strict: bool) -> None:  # fmt: skip
    """Show what will start or stop failing in the months to come, on which day, and why.

    Causes are rules that change their stage, evidence and waivers that expire, models that retire, prices that grow
    old, catalog entries that take effect, and declared growth. Every day on which one of them happens is evaluated
    as `aipolicy check --as-of` that day would evaluate it. The exit code is 1 when something starts failing, 0 when
    nothing does.
    """
    written = read_outputs(outputs, output_format, {}, FORMATS)
    inputs = told_inputs(paths, options, strict=strict)
    refuse_overwriting((output.path for output in written), inputs.read)
    gc.disable()  # NOTE: what is evaluated stays until the end, and the collector would look at all of it again and again.
    calendar = calendar_of(inputs, months, fail_on or inputs.config.fail_on)
    for notice in calendar.moments[0].report.totals.notices:
        tell(f"aipolicy: {notice}")
    if output_format == "ical" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(newline="")  # NOTE: lines of iCalendar end with CR LF on every system.
    write_out(calendar_shown(calendar, output_format, stdout_width(), stdout_style()))
    write_outputs(written, [(calendar_shown(calendar, file.format, WIDTH_OF_FILES, Styler()),) for file in written])
    raise click.exceptions.Exit(calendar.exit_code())
