"""What `aipolicy forecast` says: the calendar of what will start or stop failing, and why."""

from __future__ import annotations

from aipolicy.errors import UsageError
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.findings.finding import Severity
from aipolicy.forecast.forecast import Forecast, forecast
from aipolicy.report.terminal.style import Styler
from aipolicy.run.inputs import RunInputs

FORMATS = ("text", "json", "ical")


def calendar_of(inputs: RunInputs, months: int, fail_on: str) -> Forecast:
    """Return what will start or stop failing; raises `UsageError` where the months go beyond the calendar."""
    settings = inputs.settings
    try:
        return forecast(
            inputs.files, settings, inputs.policy_files, months=months, fail_on=Severity(fail_on),
            cache=Cache(cache_folder()), scope=inputs.scope,
        )  # fmt: skip
    except OverflowError:
        raise UsageError(
            f"{months} months after {settings.as_of} is beyond the calendar; name an earlier day"
        ) from None


def calendar_shown(calendar: Forecast, output_format: str, width: int, style: Styler) -> str:
    """Return a calendar in an output format."""
    if output_format == "json":
        from aipolicy.report.forecast.forecast_json import render_forecast_json

        return render_forecast_json(calendar)
    if output_format == "ical":
        from aipolicy.report.forecast.forecast_ical import render_forecast_ical

        return render_forecast_ical(calendar)
    from aipolicy.report.forecast.forecast_text import render_forecast

    return render_forecast(calendar, width=width, style=style)
