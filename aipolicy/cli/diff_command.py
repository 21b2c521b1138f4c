"""`aipolicy diff`: what a change does to each feature since the merge base, and which input is the cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aipolicy.cache import Cache
from aipolicy.changes.against_base import base_policy
from aipolicy.changes.base_side import base_side
from aipolicy.changes.diff import Diff
from aipolicy.changes.diff_from_base import diff_from_base
from aipolicy.changes.steps import Side
from aipolicy.cli.settings import (
    PolicyOptions,
    cache_folder,
    policy_options,
    read_settings,
    read_stdin,
    stdout_style,
    stdout_width,
    write_out,
)
from aipolicy.errors import EXIT_NOTHING
from aipolicy.manifest.discovery import find_manifests
from aipolicy.policy.locate import read_policy_files
from aipolicy.run.policy import load_policy
from aipolicy.run.report import check
from aipolicy.run.scope import SOME_FEATURES

if TYPE_CHECKING:
    from aipolicy.manifest.manifest_file import ManifestFile

FORMATS = ("text", "json", "markdown")


@click.command("diff")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--base", required=True, metavar="REV", help="Compare with the merge base of this revision and HEAD.")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
@click.option("--as-of-base", is_flag=True, help="Judge the base as on the day of its commit, UTC, so that what time alone "
              "changes is shown too.")  # fmt: skip
def command(paths: tuple[str, ...], base: str, config: str | None, policies: tuple[str, ...], as_of: str | None,
            select: tuple[str, ...], ignore: tuple[str, ...], output_format: str, strict: bool,
            as_of_base: bool) -> None:  # fmt: skip
    """Show what a change does to each feature: verdict, needs, findings and monthly cost, before and after.

    Before is the merge base of REV and HEAD, now is the working tree as it is. Every change has its cause: manifest,
    policy, catalog or date are exchanged in this order, and the first that makes the change appear is named. Both sides
    are judged by the installed aipolicy with its shipped packs and catalog. A report, not a gate: the exit code is 0
    whatever changed; `aipolicy check --base REV` gates.
    """
    options = PolicyOptions(config, policies, as_of, select, ignore)
    configured, settings = read_settings(options)
    settings = settings._replace(strict=settings.strict or strict)
    judged_by = read_policy_files(settings)

    def found(among: Sequence[str]) -> tuple[ManifestFile, ...]:
        return find_manifests(among, patterns=configured.manifests, exclude=configured.exclude, stdin=read_stdin)

    files = found(paths or (".",))
    policy = load_policy(settings, Cache(cache_folder()), judged_by)
    report = check(files, policy, SOME_FEATURES)
    now = Side(files, settings, judged_by, configured.recommendation.margin_percent, policy, report)
    with base_side(base, paths, options._replace(as_of=settings.as_of.isoformat())) as side:
        judging = base_policy(side, policy, settings, judged_by, strict=strict, chosen=bool(select or ignore))
        if as_of_base and side.base.day != settings.as_of:
            judging = load_policy(
                side.settings._replace(strict=settings.strict, as_of=side.base.day), None, side.judged_by
            )
        diff = diff_from_base(now, side, judging, lambda: found((side.base.repository.top,)))
    if policy.judged_portfolio_rules:
        click.echo("aipolicy: rules over all features are not compared; `aipolicy check --base` does", err=True)
    write_out(_rendered(diff, output_format))
    raise click.exceptions.Exit(0 if diff.features or diff.broken or diff.repaired else EXIT_NOTHING)


def _rendered(diff: Diff, output_format: str) -> str:
    if output_format == "json":
        from aipolicy.report.diff_json import render_diff_json

        return render_diff_json(diff)
    if output_format == "markdown":
        from aipolicy.report.diff_markdown import render_diff_markdown

        return render_diff_markdown(diff)
    from aipolicy.report.diff_text import render_diff

    return render_diff(diff, width=stdout_width(), style=stdout_style())
