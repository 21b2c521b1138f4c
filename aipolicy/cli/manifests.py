"""The manifests of a command, by the paths and the configuration that it was given."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from aipolicy.cli.terminal import read_stdin
from aipolicy.config.config_file import CONFIGURATION_FILES
from aipolicy.config.unread import unread_configurations
from aipolicy.discovery.find import FoundFiles, search_manifests
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.manifest.skipped import skip_lines

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.findings.finding import Finding


def manifests_of(paths: Sequence[str], config: Config, *, exclude: bool = True) -> FoundFiles:
    """Return the manifests at and below paths, without any below the working folder."""
    manifests = search_manifests(
        paths or (".",), patterns=config.manifests, exclude=config.exclude if exclude else (),
        others=CONFIGURATION_FILES, stdin=read_stdin,
    )  # fmt: skip
    notices = unread_configurations(manifests.others, config)
    return manifests._replace(left_out=manifests.left_out._replace(notices=(*manifests.left_out.notices, *notices)))


def told_manifests(paths: Sequence[str], config: Config) -> FoundFiles:
    """Return the manifests at and below paths; what was left out is told on standard error."""
    manifests = manifests_of(paths, config)
    for line in (*manifests.left_out.notices, *skip_lines(manifests.left_out.skipped)):
        click.echo(f"aipolicy: {line}", err=True)
    return manifests


def told_broken(findings: Iterable[Finding]) -> bool:
    """Tell what is wrong with manifests on standard error; return whether any of it kept a manifest from being evaluated."""
    from aipolicy.findings.finding import Severity
    from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
    from aipolicy.report.formats.concise import render_concise

    broken = [finding for finding in findings if finding.rule_id.startswith(MANIFEST_PREFIX)]
    if broken:
        sys.stderr.write(render_concise(broken))
    return any(finding.severity is Severity.ERROR for finding in broken)


def exit_code_of_report(*, is_broken: bool, is_empty: bool) -> int:
    """Return the exit code of a command that reports and is no gate: what it leaves out is never a success."""
    return EXIT_NOTHING if is_empty else EXIT_FINDINGS if is_broken else EXIT_CLEAN
