"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cache import Cache
from aipolicy.cli.comparing import ComparedRun, ComparisonOptions, comparison_options, is_compared
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
from aipolicy.manifest.discovery import find_manifests
from aipolicy.policy.locate import PolicyFiles, read_policy_files
from aipolicy.settings import SEVERITIES

if TYPE_CHECKING:
    from aipolicy.manifest.manifest_file import ManifestFile
    from aipolicy.settings import PolicySettings

MAX_REMEMBERED = 16_777_216
"""Longer outputs, in characters, are not kept."""

FORMATS = ("text", "concise", "json")
"""Every output format; a format never changes what was found or the exit code."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), default=None, help="Least severity for exit 1.")
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
@comparison_options
def command(paths: tuple[str, ...], config: str | None, policies: tuple[str, ...], as_of: str | None,
            select: tuple[str, ...], ignore: tuple[str, ...], output_format: str, fail_on: str | None,
            strict: bool, **compared_with: Any) -> None:  # fmt: skip
    """Check manifests against policies.

    PATH is a manifest, a folder that is searched for `aifeature.yaml` and `*.aifeature.yaml`, or `-` for standard
    input; without one, the current folder.
    """
    options = PolicyOptions(config, policies, as_of, select, ignore)
    configured, settings = read_settings(options)
    comparing = ComparisonOptions(**compared_with)
    compared = is_compared(comparing, configured)
    settings = replace(settings, strict=settings.strict or strict)
    judged_by = read_policy_files(settings)
    files = find_manifests(paths or (".",), patterns=configured.manifests, exclude=configured.exclude, stdin=read_stdin)
    fail_on = fail_on or configured.fail_on
    if compared:
        # NOTE: what it is compared with can change while the files do not, so that such a run is not remembered.
        from aipolicy.cli.compared_run import compared_run

        run = ComparedRun(paths, comparing, options, configured, settings, strict)
        text, code = compared_run(run, files, judged_by, output_format, fail_on)
    else:
        text, code = remembered_run(files, settings, judged_by, output_format, fail_on)
    write_out(text)
    raise click.exceptions.Exit(code)


def remembered_run(files: tuple[ManifestFile, ...], settings: PolicySettings, judged_by: PolicyFiles,
                   output_format: str, fail_on: str) -> tuple[str, int]:  # fmt: skip
    """Return what a run prints and its exit code, from memory when everything that it depends on is the same.

    That is every byte of manifests, packs and catalog, the settings, the day, the program, the format and the terminal.
    """
    width, style = stdout_width(), stdout_style()
    surroundings = f"{output_format} {fail_on} {width} {style!r}"
    inputs = [(file.path, file.named, sha256(file.data).hexdigest()) for file in files]
    key = sha256(f"{judged_by.key} {surroundings} {inputs!r}".encode("utf-8", "surrogateescape")).hexdigest()
    folder = cache_folder()
    runs = Cache(None if folder is None else f"{folder}-runs")
    known = runs.get(key)
    if known is None:
        from aipolicy.cli.judging_run import judge_run

        known = judge_run(files, settings, judged_by, output_format, fail_on, width, style)
        if len(known[0]) <= MAX_REMEMBERED:
            runs.put(key, known)
    text, code = known
    return text, code
