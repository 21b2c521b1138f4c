"""The manifests of a command, by the paths and the configuration that it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aipolicy.cli.terminal import read_stdin
from aipolicy.config.config_file import CONFIGURATION_FILES
from aipolicy.config.unread import unread_configurations
from aipolicy.discovery.find import Found, search_manifests
from aipolicy.manifest.skipped import skip_lines

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config


def manifests_of(paths: Sequence[str], config: Config, *, exclude: bool = True) -> Found:
    """Return the manifests at and below paths, without any below the working folder."""
    found = search_manifests(
        paths or (".",), patterns=config.manifests, exclude=config.exclude if exclude else (),
        others=CONFIGURATION_FILES, stdin=read_stdin,
    )  # fmt: skip
    notices = unread_configurations(found.others, config)
    return found._replace(left_out=found.left_out._replace(notices=(*found.left_out.notices, *notices)))


def told_manifests(paths: Sequence[str], config: Config) -> Found:
    """Return the manifests at and below paths; what was left out is told on standard error."""
    found = manifests_of(paths, config)
    for line in (*found.left_out.notices, *skip_lines(found.left_out.skipped)):
        click.echo(f"aipolicy: {line}", err=True)
    return found
