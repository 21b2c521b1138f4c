"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cli.comparison_options import ComparisonOptions, baseline_path, comparison_options, is_compared
from aipolicy.cli.outputs import ReportFile, read_outputs, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import read_stdin, stdout_style, stdout_width, tell, write_out
from aipolicy.commands.check import CheckRequest, compared_output, remembered_output
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.settings import SEVERITIES
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from aipolicy.report.formats.registry import FORMATS, TELLING_FORMATS
from aipolicy.report.view import View, category_of
from aipolicy.run.inputs import RunInputs, read_inputs, refuse_overwriting
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.changes.compared_run import KnownBefore
    from aipolicy.config.config_file import Config
    from aipolicy.run.output_memory import Output
    from aipolicy.run.remembered_files import Told


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Also write a report to a file; repeatable."
)
@click.option("--category", metavar="NAME", help="Tells this run from others of a commit in code scanning; else paths and "
              "packs do.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), default=None, help="Least severity for exit 1.")
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 where findings would be exit 1; 2, 3 and 4 stay.")
@click.option("--fix", is_flag=True, help="Correct misspelt keys and values in the files, then check them.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also where more than one word may be meant.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change and write nothing.")
@click.option("--verbose", is_flag=True, help="Also show reasons, related places and references of findings.")
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
    raise click.exceptions.Exit(_run(arguments))


class Arguments(NamedTuple):
    """What the command line of `aipolicy check` says."""

    paths: tuple[str, ...]
    options: PolicyOptions
    output_format: str
    outputs: tuple[str, ...]
    category: str | None
    fail_on: str | None
    strict: bool
    exit_zero: bool
    fix: bool
    unsafe_fixes: bool
    show_diff: bool
    show_config: bool
    verbose: bool
    comparing: ComparisonOptions


def _arguments(given: dict[str, Any]) -> Arguments:
    if given.pop("statistics"):
        given["output_format"] = "statistics"
    own = {name: given.pop(name) for name in Arguments._fields if name in given}
    return Arguments(**own, comparing=ComparisonOptions(**given))


def _run(arguments: Arguments) -> int:
    """Check, write every report, and return the exit code."""
    if arguments.show_config:
        return _show_config(arguments)
    inputs = _inputs(arguments)
    if arguments.unsafe_fixes and not (arguments.fix or arguments.show_diff):
        raise UsageError("`--unsafe-fixes` says what `--fix` or `--diff` may change; add one of them")
    if arguments.show_diff:
        return _show_difference(inputs, arguments)
    written = _outputs(arguments, inputs)
    if arguments.fix:
        inputs = _fixed(inputs, arguments)
    request = CheckRequest(inputs, _reports(arguments, inputs.config, written))
    if is_compared(arguments.comparing, inputs.config):
        output = compared_output(request, _known_before(arguments, inputs.config), tell)
    else:
        output = remembered_output(request, _progress())
    return _write(output, written, arguments)


def _inputs(arguments: Arguments) -> RunInputs:
    return read_inputs(arguments.paths, arguments.options, stdin=read_stdin, strict=arguments.strict)


def _show_config(arguments: Arguments) -> int:
    from aipolicy.report.terminal.config_text import config_lines

    configured, _ = read_settings(arguments.options)
    on_command_line = {**arguments.options._asdict(), "fail_on": arguments.fail_on, "strict": arguments.strict}
    write_out(config_lines(configured, on_command_line))
    return EXIT_CLEAN


def _show_difference(inputs: RunInputs, arguments: Arguments) -> int:
    from aipolicy.commands.corrections import difference, fixed_files

    text = difference(fixed_files(inputs, unsafe=arguments.unsafe_fixes))
    write_out(text)
    return EXIT_FINDINGS if text and not arguments.exit_zero else EXIT_CLEAN


def _fixed(inputs: RunInputs, arguments: Arguments) -> RunInputs:
    """Correct manifests in their files, tell it on standard error, and return what a run reads then."""
    from aipolicy.commands.corrections import fixed_files, with_content, write_fixed

    fixed = fixed_files(inputs, unsafe=arguments.unsafe_fixes)
    for line in write_fixed(fixed):
        tell(line)
    return with_content(inputs, fixed)


def _outputs(arguments: Arguments, inputs: RunInputs) -> tuple[ReportFile, ...]:
    """Return the reports that go to files; raises `UsageError` before anything is written over what is read."""
    written = read_outputs(arguments.outputs, arguments.output_format, os.environ)
    baseline = baseline_path(arguments.comparing, inputs.config)
    refuse_overwriting((output.path for output in written), (*inputs.read, *([baseline] if baseline else ())))
    if arguments.comparing.write_baseline is not None and baseline is not None:
        # NOTE: the baseline itself is read and may be written anew.
        refuse_overwriting([baseline], (path for path in inputs.read if path != inputs.config.baseline))
    return written


def _reports(arguments: Arguments, config: Config, written: Sequence[ReportFile]) -> tuple[tuple[str, View], ...]:
    in_file = View(
        arguments.fail_on or config.fail_on, unchanged=arguments.comparing.show_unchanged, verbose=arguments.verbose,
        exit_zero=arguments.exit_zero,
        category=category_of(arguments.category, arguments.paths, arguments.options.policies),
    )  # fmt: skip
    on_screen = in_file._replace(width=stdout_width(), style=stdout_style())
    return ((arguments.output_format, on_screen), *((output.format, in_file) for output in written))


def _known_before(arguments: Arguments, config: Config) -> KnownBefore:
    from aipolicy.changes.compared_run import KnownBefore

    comparing = arguments.comparing
    return KnownBefore(
        arguments.options, arguments.strict, comparing.base, baseline_path(comparing, config),
        accepts=comparing.write_baseline is not None, stale_gates=comparing.fail_on_stale,
    )  # fmt: skip


def _progress() -> Told | None:
    if sys.stderr is None or not sys.stderr.isatty():
        return None  # NOTE: where nobody watches nothing is drawn.
    from aipolicy.cli.progress import told_while_evaluating

    return told_while_evaluating


def _write(output: Output, written: Sequence[ReportFile], arguments: Arguments) -> int:
    """Write every report and the notices, and return the exit code."""
    write_outputs(written, [output.text(number) for number in range(1, len(written) + 1)])
    for piece in output.text(0):
        write_out(piece)
    if output.notices and arguments.output_format not in TELLING_FORMATS:
        tell(output.notices)
    return EXIT_CLEAN if arguments.exit_zero and output.code == EXIT_FINDINGS else output.code


def _watch(arguments: Arguments) -> None:
    from time import sleep

    from aipolicy.cli.watch import SECONDS_BETWEEN_LOOKS, watch
    from aipolicy.errors import AipolicyError

    if "-" in arguments.paths:
        raise UsageError("standard input cannot be watched; name files or folders")

    def look() -> object:
        try:
            inputs = _inputs(arguments)
        except AipolicyError as error:
            return str(error)
        return inputs.policy_files.key, inputs.manifests

    def run() -> None:
        if sys.stdout.isatty():
            click.clear()
        try:
            _run(arguments)
        except AipolicyError as error:
            tell(f"aipolicy: {error}")

    watch(look, run, lambda: sleep(SECONDS_BETWEEN_LOOKS))
