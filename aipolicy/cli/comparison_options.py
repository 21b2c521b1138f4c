"""The options of `check` about what was known before: the base of a change, a baseline, or both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aipolicy.errors import UsageError
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config

F = TypeVar("F", bound=Callable[..., Any])

BESIDE_CONFIG = "\0"
"""Stands for the baseline that is configured, or the default one."""


class ComparisonOptions(NamedTuple):
    """What the command line says about earlier findings."""

    base: str | None
    baseline: str | None
    write_baseline: str | None
    show_unchanged: bool
    fail_on_stale: bool


def comparison_options(function: F) -> F:
    """Add the options that say with what findings are compared."""
    for option in (
        click.option("--fail-on-stale", is_flag=True, help="Exit 1 for entries of the baseline that are no longer found."),
        click.option("--show-unchanged", is_flag=True, help="Show findings in full that are no worse than before."),
        click.option("--write-baseline", is_flag=False, flag_value=BESIDE_CONFIG, metavar="[FILE]", help=(
            "Accept what is found now; without FILE, in the configured baseline or aipolicy-baseline.json.")),
        click.option("--baseline", metavar="FILE", help="Findings accepted in this file gate only when they are worse."),
        click.option("--base", metavar="REV", help="Gate only on what is new or worse since the merge base with REV."),
    ):  # fmt: skip
        function = option(function)
    return function


def is_compared(options: ComparisonOptions, config: Config) -> bool:
    """Return whether anything is compared with earlier findings, or written for later."""
    if options.fail_on_stale and baseline_path(options, config) is None:
        raise UsageError("`--fail-on-stale` is about a baseline; add `--baseline FILE`")
    if options.write_baseline is not None and options.baseline is not None:
        raise UsageError("`--write-baseline` and `--baseline` exclude each other; name the file with the first")
    if options.write_baseline is not None and options.base is not None:
        raise UsageError("`--write-baseline` accepts all that is found, whatever the base; leave `--base` out")
    return bool(options.base is not None or options.write_baseline is not None or baseline_path(options, config))


def baseline_path(options: ComparisonOptions, config: Config) -> str | None:
    """Return the path of the baseline to read or to write, None for none; raises `UsageError`."""
    if options.baseline == "":
        raise UsageError("`--baseline` is empty; name a file")
    if options.write_baseline is None:
        return options.baseline or config.baseline or None
    from aipolicy.changes.baseline import DEFAULT_BASELINE

    if options.write_baseline == BESIDE_CONFIG:
        return config.baseline or DEFAULT_BASELINE
    if not options.write_baseline.endswith(".json"):
        raise UsageError("`--write-baseline` takes a file that ends in `.json`, or nothing; put PATHs before it")
    return options.write_baseline
