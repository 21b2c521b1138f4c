"""`check` beside what was known before: the base of a change, a baseline, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aipolicy.errors import UsageError
from aipolicy.value import NamedTuple, replace

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.config.policy_options import PolicyOptions
    from aipolicy.config.settings import PolicySettings
    from aipolicy.discovery.find import FoundFiles
    from aipolicy.policy.sources.locate import PolicyFiles
    from aipolicy.run.policy import Policy
    from aipolicy.run.report import Report

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


def compared_report(request: ComparedRun, found: FoundFiles, policy: Policy, policy_files: PolicyFiles,
                    settings: PolicySettings) -> Report:  # fmt: skip
    """Return the report of a run, its findings compared with what was known before; writes a baseline if asked to.

    Raises `BaseError` or `BaselineError`, and what evaluating raises.
    """
    from aipolicy.config.scope import scope_of
    from aipolicy.run.report import check

    options, config, paths = request.options, request.config, request.paths
    files = found.files
    report = replace(check(files, policy, scope_of(paths, config)), left_out=found.left_out)
    if options.base is not None:
        from aipolicy.changes.against_base import base_policy, compared_with_base
        from aipolicy.changes.base_side import base_side
        from aipolicy.changes.steps import weighed_by

        given = request.policy_options
        with base_side(options.base, paths, given._replace(as_of=settings.as_of.isoformat())) as side:
            at_base = base_policy(
                side, policy, settings, policy_files, strict=request.strict, chosen=bool(given.select or given.ignore)
            )
            report = compared_with_base(report, files, side, at_base, weighed_by(config))
    path = baseline_path(options, config)
    if path is None:
        return report
    from aipolicy.changes.against_baseline import accept_findings, compared_with_baseline

    if options.write_baseline is not None and not accept_findings(report, path, paths):
        click.echo("aipolicy: baseline: nothing was evaluated, so that no baseline is written", err=True)
        return report
    return compared_with_baseline(report, path, paths, stale_gates=options.fail_on_stale)


class ComparedRun(NamedTuple):
    """What a run was asked for."""

    paths: Sequence[str]
    options: ComparisonOptions
    policy_options: PolicyOptions
    config: Config
    strict: bool
    """Whether the command line, and not the configuration of either side, says so."""


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
