"""`aipolicy diff`: what a change does to each feature since the merge base, and which input is the cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aipolicy.changes.against_base import base_policy
from aipolicy.changes.base_side import base_side
from aipolicy.changes.cost_threshold import raised, read_threshold, says_something, without_small_costs
from aipolicy.changes.diff import Diff
from aipolicy.changes.diff_from_base import diff_from_base
from aipolicy.changes.steps import SideInputs, weighed_by
from aipolicy.cli.manifests import manifests_of, told_manifests
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.run.policy import load_policy
from aipolicy.run.report import check
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.manifest.manifest_file import ManifestFile

FORMATS = ("text", "json", "markdown")


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
    limit = None if fail_above is None else read_threshold(fail_above, "--fail-on-cost-increase")
    ignored = None if ignore_below is None else read_threshold(ignore_below, "--ignore-cost-below")
    configured, settings = read_settings(options)
    settings = settings._replace(strict=settings.strict or strict)
    policy_files = read_policy_files(settings)

    def manifests(among: Sequence[str]) -> tuple[ManifestFile, ...]:
        return manifests_of(among, configured).files

    files = told_manifests(paths, configured).files
    policy = load_policy(settings, Cache(cache_folder()), policy_files)
    report = check(files, policy, SOME_FEATURES)
    now = SideInputs(files, settings, policy_files, weighed_by(configured), policy, report)
    with base_side(base, paths, options._replace(as_of=settings.as_of.isoformat())) as side:
        chosen = bool(options.select or options.ignore)
        policy_of_base = base_policy(side, policy, settings, policy_files, strict=strict, chosen=chosen)
        if as_of_base and side.base.day != settings.as_of:
            policy_of_base = load_policy(
                side.settings._replace(strict=settings.strict, as_of=side.base.day), None, side.policy_files
            )
        diff = diff_from_base(now, side, policy_of_base, lambda: manifests((side.base.repository.top,)))
    if policy.evaluated_portfolio_rules:
        click.echo("aipolicy: rules over all features are not compared; `aipolicy check --base` does", err=True)
    shown_diff = diff if ignored is None else without_small_costs(diff, ignored)
    is_quiet = ignored is not None and output_format == "markdown" and not says_something(shown_diff)
    write_out("" if is_quiet else _rendered(shown_diff, output_format))
    dearer = () if limit is None else raised(diff, limit)
    for change in dearer:
        click.echo(f"aipolicy: cost: a month of `{shown(change.name)}` costs more by more than {fail_above}", err=True)
    if dearer:
        raise click.exceptions.Exit(EXIT_FINDINGS)
    raise click.exceptions.Exit(EXIT_CLEAN if diff.features or diff.broken or diff.repaired else EXIT_NOTHING)


def _rendered(diff: Diff, output_format: str) -> str:
    if output_format == "json":
        from aipolicy.report.diff.diff_json import render_diff_json

        return render_diff_json(diff)
    if output_format == "markdown":
        from aipolicy.report.diff.diff_markdown import render_diff_markdown

        return render_diff_markdown(diff)
    from aipolicy.report.diff.diff_text import render_diff

    return render_diff(diff, width=stdout_width(), style=stdout_style())
