"""The manifests of a command, and what the search left out told on standard error; the end of one that reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from aipolicy.cli.terminal import read_stdin, tell, write_out
from aipolicy.manifest.skipped import skip_lines
from aipolicy.run.inputs import RunInputs, manifests_of, read_inputs, refuse_overwriting

if TYPE_CHECKING:
    from aipolicy.commands.reported import Reported
    from aipolicy.config.config_file import Config
    from aipolicy.config.run_options import PolicyOptions
    from aipolicy.discovery.find import FoundFiles


def told_inputs(paths: Sequence[str], options: PolicyOptions, *, strict: bool = False) -> RunInputs:
    """Return all that a run reads; what was left out is told on standard error."""
    inputs = read_inputs(paths, options, stdin=read_stdin, strict=strict)
    _tell_left_out(inputs.manifests)
    return inputs


def told_manifests(paths: Sequence[str], config: Config) -> FoundFiles:
    """Return the manifests at and below paths; what was left out is told on standard error."""
    manifests = manifests_of(paths, config, stdin=read_stdin)
    _tell_left_out(manifests)
    return manifests


def refuse_overwriting_inputs(target: str, subject: str, paths: Sequence[str], options: PolicyOptions) -> None:
    """Raise `UsageError` where a file about a feature, named or by its path, would be written over what is read."""
    among = (subject,) if os.path.exists(subject) else paths
    inputs = read_inputs(among, options, stdin=read_stdin, exclude=False)
    refuse_overwriting([target], inputs.read)


def write_reported(reported: Reported) -> NoReturn:
    """Write a report, and exit with its code."""
    for piece in reported.pieces:
        write_out(piece)
    raise click.exceptions.Exit(reported.code)


def _tell_left_out(manifests: FoundFiles) -> None:
    for line in (*manifests.left_out.notices, *skip_lines(manifests.left_out.skipped)):
        tell(f"aipolicy: {line}")
