"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cache import Cache
from aipolicy.cli.comparing import ComparedRun, ComparisonOptions, comparison_options, is_compared
from aipolicy.cli.outputs import read_outputs, refuse_overwriting, write_outputs
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
from aipolicy.errors import UsageError
from aipolicy.manifest.discovery import find_manifests
from aipolicy.policy.locate import PolicyFiles, read_policy_files
from aipolicy.report.formats import FORMATS
from aipolicy.settings import SEVERITIES

if TYPE_CHECKING:
    from aipolicy.manifest.manifest_file import ManifestFile
    from aipolicy.settings import PolicySettings

MAX_REMEMBERED = 16_777_216
"""Longer outputs, in characters, are not kept."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Also write a report to a file; repeatable."
)
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), default=None, help="Least severity for exit 1.")
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 where findings would be exit 1; 2, 3 and 4 stay.")
@click.option("--fix", is_flag=True, help="Correct misspelt keys and values in the files, then check them.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also where more than one word may be meant.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change and write nothing.")
@comparison_options
def command(paths: tuple[str, ...], config: str | None, policies: tuple[str, ...], as_of: str | None,
            select: tuple[str, ...], ignore: tuple[str, ...], output_format: str, outputs: tuple[str, ...],
            fail_on: str | None, strict: bool, exit_zero: bool, fix: bool, unsafe_fixes: bool, show_diff: bool,
            **compared_with: Any) -> None:  # fmt: skip
    """Check manifests against policies.

    PATH is a manifest, a folder that is searched for `aifeature.yaml` and `*.aifeature.yaml`, or `-` for standard
    input; without one, the current folder.
    """
    options = PolicyOptions(config, policies, as_of, select, ignore)
    configured, settings = read_settings(options)
    comparing = ComparisonOptions(**compared_with)
    compared = is_compared(comparing, configured)
    settings = settings._replace(strict=settings.strict or strict)
    judged_by = read_policy_files(settings)
    files = find_manifests(paths or (".",), patterns=configured.manifests, exclude=configured.exclude, stdin=read_stdin)
    if fix or show_diff:
        from aipolicy.cli.fix_run import difference, fixed_files, write_fixed

        fixed = fixed_files(files, settings, judged_by, unsafe=unsafe_fixes)
        if show_diff:
            shown_diff = difference(fixed)
            write_out(shown_diff)
            raise click.exceptions.Exit(1 if shown_diff and not exit_zero else 0)
        contents = write_fixed(fixed)
        files = tuple(file._replace(data=data) for file, data in zip(files, contents, strict=True))
    elif unsafe_fixes:
        raise UsageError("`--unsafe-fixes` says what `--fix` or `--diff` may change; add one of them")
    written = read_outputs(outputs, output_format, os.environ)
    refuse_overwriting(written, (file.path for file in files))
    formats = "+".join((output_format, *(each.format for each in written)))
    fail_on = fail_on or configured.fail_on
    if compared:
        # NOTE: what it is compared with can change while the files do not, so that such a run is not remembered.
        from aipolicy.cli.compared_run import compared_run

        run = ComparedRun(paths, comparing, options, configured, settings, strict)
        text, code = compared_run(run, files, judged_by, formats, fail_on)
    else:
        text, code = remembered_run(files, settings, judged_by, formats, fail_on)
    if written:
        text, *others = json.loads(text)
        write_outputs(written, others)
    write_out(text)
    raise click.exceptions.Exit(0 if exit_zero and code == 1 else code)


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
    known = runs.get_bytes(key)
    if known is not None:
        return known[1:].decode("utf-8", "surrogatepass"), known[0]
    from aipolicy.cli.judging_run import judge_run

    text, code = judge_run(files, settings, judged_by, output_format, fail_on, width, style)
    if len(text) <= MAX_REMEMBERED:
        runs.put_bytes(key, bytes((code,)) + text.encode("utf-8", "surrogatepass"))
    return text, code
