"""Options that several commands share, merged with the configuration file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from aipolicy.cache import Cache
from aipolicy.config import LOCK_FILE, Config, read_config
from aipolicy.errors import UsageError
from aipolicy.report.style import Styler
from aipolicy.settings import Organization, PolicySettings
from aipolicy.source.day import read_day

if TYPE_CHECKING:
    from aipolicy.checking import Policy

F = TypeVar("F", bound=Callable[..., Any])

MAX_WIDTH = 120
_WIDTH_WITHOUT_TERMINAL = 100
_MAX_PACKS_KEPT = 256


class PolicyOptions(NamedTuple):
    """What the command line says about policies; None and empty leave it to the configuration file."""

    config: str | None
    policies: tuple[str, ...]
    as_of: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]


def _rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from aipolicy.cli.completion import rule_ids

    return rule_ids(context, parameter, incomplete)


def policy_options(function: F) -> F:
    """Add the options that say which rules are evaluated, and on which day."""
    for option in (
        click.option(
            "--ignore",
            multiple=True,
            metavar="RULE",
            shell_complete=_rule_ids,
            help="Leave out a rule, or all that begin with it.",
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="RULE",
            shell_complete=_rule_ids,
            help="Evaluate only a rule, or all that begin with it.",
        ),
        click.option("--as-of", metavar="DATE", help="Judge as on this day (YYYY-MM-DD); default today, UTC."),
        click.option(
            "--policy",
            "policies",
            multiple=True,
            metavar="PACK",
            help="A shipped pack, a folder, file or archive, or git+PATH@REVISION#FOLDER; repeatable.",
        ),
        click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml."),
    ):
        function = option(function)
    return function


def read_settings(options: PolicyOptions) -> tuple[Config, PolicySettings]:
    """Return the configuration, and the settings of a run that follow from it and the command line."""
    config = read_config(options.config, os.curdir)
    return config, settings_from(config, options)


def settings_from(config: Config, options: PolicyOptions) -> PolicySettings:
    """Return the settings of a run that follow from a configuration and the command line."""
    base = Path(config.path).parent if config.path is not None else Path()
    countries = config.organization.on_premises_countries
    return PolicySettings(
        as_of=_day(options.as_of),
        packs=options.policies or config.policies,
        base=Path() if options.policies else base,
        own_catalog=tuple(
            os.path.relpath(base / name, Path() if options.policies else base) for name in config.catalog
        ),
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
        strict=config.strict,
        waivers=tuple(os.path.relpath(base / name, Path() if options.policies else base) for name in config.waivers),
        lock=str(base / LOCK_FILE),
        only_locked=not options.policies,
    )


def covers_all(config: Config, paths: Sequence[str]) -> bool:
    """Return whether the paths of a run hold everything that a configuration is about: all beside and below it.

    Waivers files that lie elsewhere are shared with others: a run over them as well holds everything they are about.
    """
    home = os.path.realpath(os.path.dirname(config.path) or os.curdir) if config.path is not None else os.getcwd()
    files = (os.path.realpath(os.path.join(home, name)) for name in config.waivers)
    try:
        home = os.path.commonpath((home, *(os.path.dirname(file) for file in files)))
    except ValueError:  # another drive, which no folder holds together with this one
        return False
    folders = [os.path.realpath(each) for each in paths or (os.curdir,) if os.path.isdir(each)]
    return any(os.path.join(home, "").startswith(os.path.join(folder, "")) for folder in folders)


def load(options: PolicyOptions, *, strict: bool = False) -> tuple[Config, Policy]:
    """Return the configuration and the policy of a run."""
    from aipolicy.checking import load_policy

    config, settings = read_settings(options)
    return config, load_policy(settings._replace(strict=settings.strict or strict), Cache(cache_folder()))


def pack_memory() -> Cache:
    """Return the memory of what packs extend, so that a cached run need not read YAML."""
    folder = cache_folder()
    return Cache(None if folder is None else f"{folder}-extends", max_files=_MAX_PACKS_KEPT)


def cache_folder() -> str | None:
    """Return the folder for compiled policies: AIPOLICY_CACHE_DIR, or below the user's cache folder; None for no cache."""
    own = os.environ.get("AIPOLICY_CACHE_DIR")
    if own is not None:
        return own or None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if not base:
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "aipolicy") if os.path.isabs(base) else None


def stdout_style() -> Styler:
    """Return a styler with colour when people read: a terminal, unless NO_COLOR; or FORCE_COLOR."""
    if os.environ.get("FORCE_COLOR"):
        return Styler(color=True)
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Styler(color=not plain and sys.stdout is not None and sys.stdout.isatty())


def stdout_width() -> int:
    """Return how many columns to write, of the terminal or COLUMNS, within readable bounds."""
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.stdout.fileno()).columns
        except (AttributeError, OSError, ValueError):  # no terminal, or a stream that is closed
            columns = _WIDTH_WITHOUT_TERMINAL
    return max(40, min(columns, MAX_WIDTH))


def write_out(text: str) -> None:
    """Write to stdout whatever its encoding; what it cannot show is shown escaped.

    A reader that went away has what it wanted: the run goes on to its own exit code.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed; redirect it to a file, or to the null device")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # NOTE: Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def read_stdin() -> bytes:
    """Return everything on standard input; raises `UsageError` when it is closed."""
    if sys.stdin is None:
        raise UsageError("standard input is closed; name a file instead of `-`")
    return sys.stdin.buffer.read()


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    day = read_day(text)
    if day is None:
        raise UsageError(f"`--as-of` takes a day as YYYY-MM-DD, found `{text[:40]}`")
    return day
