"""`check` beside what was known before: the base of a change, a baseline, or both."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aipolicy.errors import UsageError
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.checking import Policy, Report
    from aipolicy.cli.base_side import BaseSide
    from aipolicy.cli.settings import PolicyOptions
    from aipolicy.comparison import CostChange
    from aipolicy.config import Config
    from aipolicy.manifest.manifest_file import ManifestFile
    from aipolicy.policy.locate import PolicyFiles
    from aipolicy.settings import PolicySettings

F = TypeVar("F", bound=Callable[..., Any])

BESIDE_CONFIG = "\0"
"""Stands for the baseline that is configured, or the default one."""


class ComparisonOptions(Frozen):
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


class ComparedRun(Frozen):
    """What a run was asked for."""

    paths: Sequence[str]
    options: ComparisonOptions
    policy_options: PolicyOptions
    config: Config
    settings: PolicySettings
    strict: bool
    """Whether the command line, and not the configuration of either side, says so."""


def compared_report(run: ComparedRun, files: Sequence[ManifestFile], judged_by: PolicyFiles) -> Report:
    """Return the report of a run, its findings compared with what was known before; writes a baseline if asked to.

    Raises `BaseError` or `BaselineError`, and what judging raises.
    """
    from aipolicy.cache import Cache
    from aipolicy.checking import check, load_policy, with_waivers
    from aipolicy.cli.settings import cache_folder, covers_all
    from aipolicy.cli.whole_runs import partial_reason

    policy = load_policy(run.settings, Cache(cache_folder()), judged_by)
    report = check(files, policy, partial=partial_reason(run.paths, run.config.path))
    report = with_waivers(report, covers=covers_all(run.config, run.paths))
    if run.options.base is not None:
        from aipolicy.cli.base_side import base_side

        same_day = run.policy_options._replace(as_of=run.settings.as_of.isoformat())
        with base_side(run.options.base, run.paths, same_day) as side:
            report = _beside_base(report, files, side, run, judged_by)
    path = baseline_path(run.options, run.config)
    if path is None:
        return report
    if run.options.write_baseline is not None and not _write(report, path, run.paths):
        return report
    report = _beside_baseline(report, path, run.paths)
    assert report.comparison is not None
    return replace(report, comparison=replace(report.comparison, stale_gates=run.options.fail_on_stale))


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
    from aipolicy.baseline import DEFAULT_BASELINE

    if options.write_baseline == BESIDE_CONFIG:
        return config.baseline or DEFAULT_BASELINE
    if not options.write_baseline.endswith(".json"):
        raise UsageError("`--write-baseline` takes a file that ends in `.json`, or nothing; put PATHs before it")
    return options.write_baseline


def _beside_base(report: Report, files: Sequence[ManifestFile], side: BaseSide, run: ComparedRun,
                 judged_by: PolicyFiles) -> Report:  # fmt: skip
    """Return a report with every finding compared with those of the base."""
    from aipolicy.checking import check, with_waivers
    from aipolicy.cli.settings import covers_all
    from aipolicy.comparison import Comparison, compare, known_from
    from aipolicy.settings import PART_OF_RUN

    policy = base_policy(side, report.policy, run, judged_by)
    # NOTE: what does not hold of a waiver at the base must not stop the change that repairs it, nor hide what it breaks.
    at_base = with_waivers(base_report(side, policy, report, files), covers=covers_all(run.config, run.paths))
    findings = [*at_base.findings]
    missing = _names(report) - _names(at_base)
    if missing:
        words = [name.encode() for name in missing]
        moved = [file for file in side.elsewhere() if any(word in file.data for word in words)]
        findings += [
            finding for finding in check(moved, policy, partial=PART_OF_RUN).findings if finding.feature in missing
        ]
    compared, gone = compare(report.findings, (known_from(each, side.file_of) for each in findings), side.file_of)
    fixed = tuple(
        known for known in gone
        if known.identity.wording or _is_answered(report, known.identity.rule, known.identity.feature, covers=True)
    )  # fmt: skip
    costs = _cost_changes(at_base, report, run.config.recommendation.margin_percent)
    comparison = Comparison(base=side.base.revision, commit=side.base.commit, fixed=fixed, costs=costs)
    return replace(report, findings=compared, comparison=comparison)


def _cost_changes(before: Report, now: Report, margin_percent: float) -> tuple[CostChange, ...]:
    """Return the features whose cost differs, to a thousandth; what was judged once for both sides does not."""
    from aipolicy.changes.state import monthly_cost
    from aipolicy.comparison import CostChange

    sides = [{e.feature.name: e for e in report.evaluations} for report in (before, now)]
    changes = []
    for name in sorted({*sides[0], *sides[1]}):
        first, second = (side.get(name) for side in sides)
        if first is second:
            continue
        costs = [None if e is None else monthly_cost(e, margin_percent) for e in (first, second)]
        old, new = (None if cost is None else cost.low_usd for cost in costs)
        if old != new and (old is None or new is None or abs(old - new) > 1e-3 * max(old, new)):
            changes.append(CostChange(name, old, new))
    return tuple(changes)


def base_report(side: BaseSide, policy: Policy, now: Report, files: Sequence[ManifestFile]) -> Report:
    """Return the report on the base; manifests that are the same under the same policy are not judged again."""
    from aipolicy.checking import check, with_portfolio
    from aipolicy.settings import PART_OF_RUN

    if policy is not now.policy or any(finding.rule_id == "MAN-007" for finding in now.findings):
        # NOTE: which of two features has a name twice depends on the other files.
        return check(side.files, policy, partial=now.partial)
    today = {file.path: file for file in files}
    same = {file.path for file in side.files if today.get(file.path) == file}
    fresh = check([file for file in side.files if file.path not in same], policy, partial=PART_OF_RUN)
    whole = replace(
        fresh, files=len(side.files), partial=now.partial,
        evaluations=(*(e for e in now.evaluations if e.feature.file in same), *fresh.evaluations),
        findings=(*(finding for finding in now.findings if finding.file in same), *fresh.findings),
        waiver_uses=(*(use for use in now.waiver_uses if use.file in same), *fresh.waiver_uses),
    )  # fmt: skip
    return with_portfolio(whole)


def base_policy(side: BaseSide, policy: Policy, run: ComparedRun, judged_by: PolicyFiles) -> Policy:
    """Return the policy of the base: that of now where both are judged by the same bytes and settings."""
    from aipolicy.checking import load_policy

    settings = side.settings._replace(strict=side.settings.strict or run.strict)
    if side.judged_by.digest == judged_by.digest and _without_paths(settings) == _without_paths(run.settings):
        return policy
    if run.policy_options.select or run.policy_options.ignore:
        # NOTE: a rule that the command line names need not exist at the base.
        everything = load_policy(settings._replace(select=(), ignore=()), None, side.judged_by)
        ids = [rule.id for rule in (*everything.rules, *(each.rule for each in everything.portfolio_rules))]
        select = tuple(word for word in settings.select if _named(word, ids))
        ignore = tuple(word for word in settings.ignore if _named(word, ids))
        if settings.select and not select:
            ignore = tuple(ids)
        settings = settings._replace(select=select, ignore=ignore)
    return load_policy(settings, None, side.judged_by)


def _named(word: str, ids: Sequence[str]) -> bool:
    return any(rule == word or rule.startswith(f"{word}-") for rule in ids)


def _without_paths(settings: PolicySettings) -> tuple[object, ...]:
    from pathlib import Path

    kept = settings._replace(packs=(), own_catalog=(), base=Path(), parameter_places={}, lock="", waivers=())
    return kept, len(settings.packs), len(settings.own_catalog), len(settings.waivers)


def _beside_baseline(report: Report, path: str, paths: Sequence[str]) -> Report:
    """Return a report with every finding compared with those of a baseline that can be read."""
    from aipolicy.baseline import read_baseline
    from aipolicy.comparison import Comparison, compare

    baseline = read_baseline(path)
    # NOTE: what nobody may waive nobody accepts by a baseline either.
    accepted = [known for known in baseline.findings if not _never_waived(report, known.identity.rule)]
    compared, gone = compare(report.findings, accepted)
    stale = tuple(known for known in gone if _is_answered(report, known.identity.rule, known.identity.feature,
                                                          covers=_covers(path, paths)))  # fmt: skip
    comparison = replace(report.comparison or Comparison(), baseline=baseline.path, stale=stale)
    return replace(report, findings=compared, comparison=comparison)


def _write(report: Report, path: str, paths: Sequence[str]) -> bool:
    """Write what was found to a baseline, unless nothing was evaluated; what a run did not look at is kept."""
    from aipolicy.baseline import acceptable, read_baseline, write_baseline

    if not report.totals.judged:
        click.echo("aipolicy: baseline: nothing was evaluated, so that no baseline is written", err=True)
        return False
    covers = _covers(path, paths)
    before = read_baseline(path).findings if os.path.lexists(path) and not os.path.islink(path) else ()
    kept = [k for k in before if not _is_answered(report, k.identity.rule, k.identity.feature, covers=covers)]
    found = (known for known in acceptable(report.findings) if not _never_waived(report, known.identity.rule))
    write_baseline(path, (*found, *kept))
    return True


def _never_waived(report: Report, rule: str) -> bool:
    waivers = report.policy.waivers
    return waivers is not None and waivers.limits.never_waived(rule) is not None


def _is_answered(report: Report, rule: str, feature: str, *, covers: bool) -> bool:
    """Return whether a run looked for a finding: it evaluated the rule, and the feature or everything there is."""
    from aipolicy.comparison import MANIFEST_RULES

    if rule in report.policy.ignored_rules:
        return False
    names = _names(report)
    # NOTE: a manifest that cannot be read may hold any feature.
    broken = any(f.rule_id.startswith(MANIFEST_RULES) and f.feature not in names for f in report.findings)
    return feature in names or (covers and not broken)


def _covers(path: str, paths: Sequence[str]) -> bool:
    """Return whether the paths of a run hold everything beside and below a baseline."""
    home = os.path.dirname(os.path.abspath(path))
    folders = [os.path.abspath(each) for each in paths or (".",) if os.path.isdir(each)]
    return any(os.path.join(home, "").startswith(os.path.join(folder, "")) for folder in folders)


def _names(report: Report) -> set[str]:
    return {evaluation.feature.name for evaluation in report.evaluations}
