"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from aipolicy.cache import Cache
from aipolicy.cli.comparing import ComparedRun, ComparisonOptions, comparison_options, is_compared
from aipolicy.cli.outputs import read_outputs, refuse_overwriting, write_outputs
from aipolicy.cli.settings import (
    PolicyOptions,
    cache_folder,
    covers_all,
    pack_memory,
    policy_options,
    read_settings,
    read_stdin,
    stdout_style,
    stdout_width,
    write_out,
)
from aipolicy.cli.whole_runs import partial_reason
from aipolicy.errors import UsageError
from aipolicy.manifest.discovery import find_manifests
from aipolicy.policy.locate import PolicyFiles, read_policy_files
from aipolicy.report.formats import FORMATS, TELLING_FORMATS
from aipolicy.settings import SEVERITIES

if TYPE_CHECKING:
    from aipolicy.config import Config
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
@click.option("--statistics", is_flag=True, help="Count findings by rule; short for `--format statistics`.")
@click.option("--show-config", is_flag=True, help="Show every setting with its value and where it comes from.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever something has changed, until Ctrl-C.")
@comparison_options
def command(watching: bool, **given: Any) -> None:
    """Check manifests against policies.

    PATH is a manifest, a folder that is searched for `aifeature.yaml` and `*.aifeature.yaml`, or `-` for standard
    input; without one, the current folder.
    """
    arguments = _arguments(given)
    if watching:
        _watch(arguments)
        return
    text, code = _checked(arguments)
    write_out(text)
    raise click.exceptions.Exit(code)


class Arguments(NamedTuple):
    """What the command line of `aipolicy check` says."""

    paths: tuple[str, ...]
    options: PolicyOptions
    output_format: str
    outputs: tuple[str, ...]
    fail_on: str | None
    strict: bool
    exit_zero: bool
    fix: bool
    unsafe_fixes: bool
    show_diff: bool
    show_config: bool
    comparing: ComparisonOptions


def _arguments(given: dict[str, Any]) -> Arguments:
    options = PolicyOptions(*(given.pop(name) for name in PolicyOptions._fields))
    if given.pop("statistics"):
        given["output_format"] = "statistics"
    own = {name: given.pop(name) for name in Arguments._fields if name in given}
    return Arguments(**own, options=options, comparing=ComparisonOptions(**given))


def _checked(arguments: Arguments) -> tuple[str, int]:
    """Return what a run prints and its exit code; files that it writes are written."""
    configured, settings = read_settings(arguments.options)
    settings = settings._replace(strict=settings.strict or arguments.strict)
    fail_on = arguments.fail_on or configured.fail_on
    if arguments.show_config:
        from aipolicy.cli.show_config import config_lines

        given = {**arguments.options._asdict(), "fail_on": arguments.fail_on, "strict": arguments.strict}
        return config_lines(configured, given), 0
    judged_by = read_policy_files(settings, memory=pack_memory())
    files = _files(arguments, configured)
    if arguments.fix or arguments.show_diff:
        from aipolicy.cli.fix_run import difference, fixed_files, write_fixed

        fixed = fixed_files(files, settings, judged_by, unsafe=arguments.unsafe_fixes)
        if arguments.show_diff:
            shown_diff = difference(fixed)
            return shown_diff, 1 if shown_diff and not arguments.exit_zero else 0
        contents = write_fixed(fixed)
        files = tuple(file._replace(data=data) for file, data in zip(files, contents, strict=True))
    elif arguments.unsafe_fixes:
        raise UsageError("`--unsafe-fixes` says what `--fix` or `--diff` may change; add one of them")
    written = read_outputs(arguments.outputs, arguments.output_format, os.environ)
    refuse_overwriting(written, (file.path for file in files))
    formats = "+".join((arguments.output_format, *(each.format for each in written)))
    if is_compared(arguments.comparing, configured):
        # NOTE: what it is compared with can change while the files do not, so that such a run is not remembered.
        from aipolicy.cli.compared_run import compared_run

        run = ComparedRun(
            arguments.paths, arguments.comparing, arguments.options, configured, settings, arguments.strict
        )
        text, code = compared_run(run, files, judged_by, formats, fail_on)
    else:
        text, code, notices = remembered_run(
            files, settings, judged_by, formats, fail_on, covers=covers_all(configured, arguments.paths),
            partial=partial_reason(arguments.paths, configured.path),
        )  # fmt: skip
        if notices and arguments.output_format not in TELLING_FORMATS:
            click.echo(notices, err=True)
    if written:
        text, *others = json.loads(text)
        write_outputs(written, others)
    return text, 0 if arguments.exit_zero and code == 1 else code


def _files(arguments: Arguments, configured: Config) -> tuple[ManifestFile, ...]:
    return find_manifests(
        arguments.paths or (".",), patterns=configured.manifests, exclude=configured.exclude, stdin=read_stdin
    )


def _watch(arguments: Arguments) -> None:
    from time import sleep

    from aipolicy.cli.watch import SECONDS_BETWEEN_LOOKS, watch
    from aipolicy.errors import AipolicyError

    if "-" in arguments.paths:
        raise UsageError("standard input cannot be watched; name files or folders")

    def look() -> object:
        try:
            configured, settings = read_settings(arguments.options)
            files = _files(arguments, configured)
            return read_policy_files(settings, memory=pack_memory()).key, [(file.path, file.data) for file in files]
        except AipolicyError as error:
            return str(error)

    def run() -> None:
        if sys.stdout.isatty():
            click.clear()
        try:
            write_out(_checked(arguments)[0])
        except AipolicyError as error:
            click.echo(f"aipolicy: {error}", err=True)

    watch(look, run, lambda: sleep(SECONDS_BETWEEN_LOOKS))


def remembered_run(files: tuple[ManifestFile, ...], settings: PolicySettings, judged_by: PolicyFiles,
                   output_format: str, fail_on: str, *, covers: bool = False,
                   partial: str = "") -> tuple[str, int, str]:  # fmt: skip
    """Return what a run prints, its exit code and notices, from memory when all that it depends on is the same.

    That is every byte of manifests, packs, waivers and catalog, the settings, the day, the program, the format and the
    terminal, and whether the files are all that the configuration is about.
    """
    width, style = stdout_width(), stdout_style()
    surroundings = f"{output_format} {fail_on} {width} {style!r} {covers} {partial!r}"
    inputs = [(file.path, file.path_in_repository, file.named, sha256(file.data).hexdigest()) for file in files]
    key = sha256(f"{judged_by.key} {surroundings} {inputs!r}".encode("utf-8", "surrogateescape")).hexdigest()
    folder = cache_folder()
    runs = Cache(None if folder is None else f"{folder}-runs")
    known = runs.get_bytes(key)
    if known is not None:
        notices, _, text = known[1:].decode("utf-8", "surrogatepass").partition("\0")
        return text, known[0], notices
    from aipolicy.cli.judging_run import judge_run

    text, code, told = judge_run(
        files, settings, judged_by, output_format, fail_on, width, style, covers=covers, partial=partial
    )
    notices = "\n".join(f"aipolicy: {each}" for each in told)
    if len(text) <= MAX_REMEMBERED:
        runs.put_bytes(key, bytes((code,)) + f"{notices}\0{text}".encode("utf-8", "surrogatepass"))
    return text, code, notices
