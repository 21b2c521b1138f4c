"""`aipolicy forecast`: the calendar of what will start or stop failing, and why."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import click

from aipolicy.cli.inputs import refuse_overwriting, run_inputs
from aipolicy.cli.manifests import told_manifests
from aipolicy.cli.outputs import read_outputs, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import scope_of
from aipolicy.config.settings import SEVERITIES
from aipolicy.errors import UsageError
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.findings.finding import Severity
from aipolicy.forecast.forecast import MAX_MONTHS, forecast
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.report.terminal.style import Styler
from aipolicy.report.view import WIDTH_OF_FILES

if TYPE_CHECKING:
    from aipolicy.forecast.forecast import Forecast


FORMATS = ("text", "json", "ical")


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
    configured, settings = read_settings(options)
    settings = settings._replace(strict=settings.strict or strict)
    written = read_outputs(outputs, output_format, {}, FORMATS)
    policy_files = read_policy_files(settings)
    manifests = told_manifests(paths, configured)
    refuse_overwriting((output.path for output in written), run_inputs(manifests, configured, settings, policy_files))
    files = manifests.files
    gc.disable()  # NOTE: what is evaluated stays until the end, and the collector would look at all of it again and again.
    try:
        calendar = forecast(
            files, settings, policy_files, months=months, fail_on=Severity(fail_on or configured.fail_on),
            cache=Cache(cache_folder()),
            scope=scope_of(paths, configured),
        )  # fmt: skip
    except OverflowError:
        raise UsageError(
            f"{months} months after {settings.as_of} is beyond the calendar; name an earlier day"
        ) from None
    for notice in calendar.moments[0].report.totals.notices:
        click.echo(f"aipolicy: {notice}", err=True)
    if output_format == "ical" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(newline="")  # NOTE: lines of iCalendar end with CR LF on every system.
    write_out(_rendered(calendar, output_format, stdout_width(), stdout_style()))
    write_outputs(written, [(_rendered(calendar, file.format, WIDTH_OF_FILES, Styler()),) for file in written])
    raise click.exceptions.Exit(calendar.exit_code())


def _rendered(calendar: Forecast, output_format: str, width: int, style: Styler) -> str:
    if output_format == "json":
        from aipolicy.report.forecast.forecast_json import render_forecast_json

        return render_forecast_json(calendar)
    if output_format == "ical":
        from aipolicy.report.forecast.forecast_ical import render_forecast_ical

        return render_forecast_ical(calendar)
    from aipolicy.report.forecast.forecast_text import render_forecast

    return render_forecast(calendar, width=width, style=style)
