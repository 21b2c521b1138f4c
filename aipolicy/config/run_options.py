"""What the command line and the configuration file say about policies, put together into the settings of a run."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from aipolicy.config.config_file import LOCK_FILE, Config, read_config
from aipolicy.config.settings import Organization, PolicySettings
from aipolicy.errors import UsageError
from aipolicy.files.paths import joined
from aipolicy.source.day import day_hint, read_day
from aipolicy.value import NamedTuple


class PolicyOptions(NamedTuple):
    """What the command line says about policies; None and empty leave it to the configuration file."""

    config: str | None
    policies: tuple[str, ...]
    as_of: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]


def read_settings(options: PolicyOptions) -> tuple[Config, PolicySettings]:
    """Return the configuration, and the settings of a run that follow from it and the command line."""
    config = read_config(options.config, os.curdir)
    return config, settings_from(config, options)


def settings_from(config: Config, options: PolicyOptions) -> PolicySettings:
    """Return the settings of a run that follow from a configuration and the command line."""
    base = joined(os.path.dirname(config.path)) if config.path is not None else "."
    named_from = "." if options.policies else base
    countries = config.organization.on_premises_countries
    return PolicySettings(
        as_of=_day(options.as_of),
        packs=options.policies or config.policies,
        base=named_from,
        own_catalog=tuple(os.path.relpath(joined(base, name), named_from) for name in config.catalog),
        fresher_prices=config.fresher_prices,
        parameters=config.parameters,
        parameter_places=config.parameter_places,
        expected=config.expected,
        expected_places=config.expected_places,
        organization=Organization(
            config.organization.own_boundaries, countries or None, config.recommendation.confidence
        ),
        select=options.select or config.select,
        ignore=(*options.ignore, *config.ignore),
        choice_places=_choice_places(config, options),
        strict=config.strict,
        waivers=tuple(os.path.relpath(joined(base, name), named_from) for name in config.waivers),
        lock=joined(base, LOCK_FILE),
        only_locked=not options.policies,
    )


def _choice_places(config: Config, options: PolicyOptions) -> dict[str, str]:
    """Return where the configuration chooses rules, without what the command line names itself."""
    ignored = {f"ignore.{word}" for word in options.ignore}
    return {
        key: place for key, place in config.choice_places.items()
        if key not in ignored and not (options.select and key.startswith("select."))
    }  # fmt: skip


def today() -> date:
    """Return the day of a run that names none, in UTC: the same for everybody who runs at one moment."""
    return datetime.now(UTC).date()


def _day(text: str | None) -> date:
    if text is None:
        return today()
    day = read_day(text)
    if day is None:
        raise UsageError(f"`--as-of` takes a day as YYYY-MM-DD, found `{text[:40]}`{day_hint(text)}")
    return day
