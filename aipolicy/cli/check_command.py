"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cli.category import category_of
from aipolicy.cli.comparing import (
    ComparedRun,
    ComparisonOptions,
    baseline_path,
    compared_report,
    comparison_options,
    is_compared,
)
from aipolicy.cli.inputs import refuse_overwriting, run_inputs
from aipolicy.cli.manifests import manifests_of
from aipolicy.cli.outputs import ReportFile, read_outputs, write_outputs
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import scope_of
from aipolicy.config.settings import SEVERITIES
from aipolicy.discovery.find import FoundFiles
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from aipolicy.files.cache import Cache, cache_folder, pack_memory
from aipolicy.manifest.skipped import skip_lines
from aipolicy.policy.sources.locate import PolicyFiles, read_policy_files
from aipolicy.report.formats.answers_shown import answers_asked
from aipolicy.report.formats.registry import FORMATS, TELLING_FORMATS
from aipolicy.report.repository_places import RepositoryPlaces
from aipolicy.report.view import View
from aipolicy.run.output_memory import Output, OutputMemory
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.config.settings import PolicySettings
    from aipolicy.run.answers_asked import AnswersAsked
    from aipolicy.run.run_result import RunResult


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
    configured, settings = read_settings(arguments.options)
    settings = settings._replace(strict=settings.strict or arguments.strict)
    if arguments.show_config:
        from aipolicy.cli.show_config import config_lines

        on_command_line = {**arguments.options._asdict(), "fail_on": arguments.fail_on, "strict": arguments.strict}
        write_out(config_lines(configured, on_command_line))
        return EXIT_CLEAN
    policy_files = read_policy_files(settings, memory=pack_memory())
    manifests = manifests_of(arguments.paths, configured)
    files = manifests.files
    if arguments.unsafe_fixes and not (arguments.fix or arguments.show_diff):
        raise UsageError("`--unsafe-fixes` says what `--fix` or `--diff` may change; add one of them")
    if arguments.show_diff:
        from aipolicy.cli.fix_run import difference, fixed_files

        text = difference(fixed_files(files, settings, policy_files, unsafe=arguments.unsafe_fixes))
        write_out(text)
        return EXIT_FINDINGS if text and not arguments.exit_zero else EXIT_CLEAN
    written = _outputs(arguments, configured, run_inputs(manifests, configured, settings, policy_files))
    if arguments.fix:
        from aipolicy.cli.fix_run import fixed_files, write_fixed

        fixed = write_fixed(fixed_files(files, settings, policy_files, unsafe=arguments.unsafe_fixes))
        files = tuple(file._replace(data=data) for file, data in zip(files, fixed, strict=True))
    reports = _reports(arguments, configured, written)
    run = CheckRun(arguments.paths, manifests._replace(files=files), settings, policy_files, configured, reports)
    if is_compared(arguments.comparing, configured):
        output = _compared(run, arguments)
    else:
        output = remembered(run)
    write_outputs(written, [output.text(number) for number in range(1, len(written) + 1)])
    for piece in output.text(0):
        write_out(piece)
    if output.notices and arguments.output_format not in TELLING_FORMATS:
        click.echo(output.notices, err=True)
    return EXIT_CLEAN if arguments.exit_zero and output.code == EXIT_FINDINGS else output.code


def _outputs(arguments: Arguments, configured: Config, inputs: Sequence[str]) -> tuple[ReportFile, ...]:
    """Return the reports that go to files; raises `UsageError` before anything is written over what is read."""
    written = read_outputs(arguments.outputs, arguments.output_format, os.environ)
    baseline = baseline_path(arguments.comparing, configured)
    refuse_overwriting((output.path for output in written), (*inputs, *([baseline] if baseline else ())))
    if arguments.comparing.write_baseline is not None and baseline is not None:
        # NOTE: the baseline itself is read and may be written anew.
        refuse_overwriting([baseline], (path for path in inputs if path != configured.baseline))
    return written


class CheckRun(NamedTuple):
    """What is checked, by what, and which reports are made of it."""

    paths: tuple[str, ...]
    found: FoundFiles
    settings: PolicySettings
    policy_files: PolicyFiles
    config: Config
    reports: tuple[tuple[str, View], ...]
    """Formats, each with the way it is looked at; the first goes to standard output."""

    @property
    def fail_on(self) -> str:
        """Return the least severity for exit code 1."""
        return self.reports[0][1].fail_on

    @property
    def asked(self) -> AnswersAsked:
        """Return how deep the features are answered."""
        return answers_asked((name for name, _ in self.reports), len(self.found.files), self.config.recommendation)

    @property
    def key(self) -> str:
        """Return a digest of all that the output depends on.

        That is every byte of manifests, packs, waivers and catalog, the settings, the day, the program, the formats and
        the terminal, and whether the files are all that the configuration is about.
        """
        inputs = [(*file._replace(data=b""), sha256(file.data).hexdigest()) for file in self.found.files]
        scope, here = scope_of(self.paths, self.config), RepositoryPlaces().from_here(".")
        surroundings = f"{here} {self.reports!r} {self.asked!r} {scope!r} {inputs!r} {self.found.left_out!r}"
        return sha256(f"{self.policy_files.key} {surroundings}".encode("utf-8", "surrogateescape")).hexdigest()


def _reports(arguments: Arguments, configured: Config, written: Sequence[ReportFile]) -> tuple[tuple[str, View], ...]:
    fail_on = arguments.fail_on or configured.fail_on
    unchanged = arguments.comparing.show_unchanged
    category = category_of(arguments.category, arguments.paths, arguments.options.policies)
    in_file = View(
        fail_on, unchanged=unchanged, verbose=arguments.verbose, exit_zero=arguments.exit_zero, category=category
    )
    on_screen = in_file._replace(width=stdout_width(), style=stdout_style())
    return ((arguments.output_format, on_screen), *((output.format, in_file) for output in written))


def remembered(run: CheckRun) -> Output:
    """Return the output of a run; from memory when all that it depends on is the same."""
    folder = cache_folder()
    memory = OutputMemory(None if folder is None else f"{folder}-runs")
    key = run.key
    output = memory.get(key)
    if output is None:
        output = evaluated(run)
        memory.put(key, output)
    return output


def evaluated(run: CheckRun) -> Output:
    """Return the output of a run; manifests that were evaluated before are not evaluated again."""
    from aipolicy.run.policy import load_policy
    from aipolicy.run.remembered_files import check_remembered
    from aipolicy.run.result_memory import ResultMemory

    folder = cache_folder()
    policy = load_policy(run.settings, Cache(folder), run.policy_files)
    asked = run.asked
    key = sha256(f"{run.policy_files.key} {asked!r}".encode()).hexdigest()
    memory = ResultMemory(None if folder is None else f"{folder}-files", key)
    scope = scope_of(run.paths, run.config)
    files, left_out = run.found.files, run.found.left_out
    progress: dict[str, Any] = {}
    if sys.stderr is not None and sys.stderr.isatty():
        from aipolicy.cli.progress import told_while_evaluating  # NOTE: where nobody watches nothing is drawn.

        progress["told"] = told_while_evaluating
    return _rendered(check_remembered(files, policy, scope, memory, asked=asked, left_out=left_out, **progress), run)


def _compared(run: CheckRun, arguments: Arguments) -> Output:
    # NOTE: what it is compared with can change while the files do not, so that such a run is not remembered.
    from aipolicy.report.terminal.comparison_text import comparison_lines
    from aipolicy.run.policy import load_policy

    request = ComparedRun(arguments.paths, arguments.comparing, arguments.options, run.config, arguments.strict)
    policy = load_policy(run.settings, Cache(cache_folder()), run.policy_files)
    result = compared_report(request, run.found, policy, run.policy_files, run.settings).result_with(run.asked)
    comparison = result.totals.comparison
    return _rendered(result, run, () if comparison is None else comparison_lines(comparison))


def _rendered(result: RunResult, run: CheckRun, notices: Sequence[str] = ()) -> Output:
    from aipolicy.findings.finding import Severity
    from aipolicy.report.formats.registry import rendered
    from aipolicy.run.output_memory import pieces_of

    pieces = pieces_of([rendered(output_format, result, view) for output_format, view in run.reports])
    totals = result.totals
    lines = [f"aipolicy: {line}" for line in (*totals.notices, *notices, *skip_lines(totals.skipped))]
    return Output(result.totals.exit_code(Severity(run.fail_on)), "\n".join(lines), pieces)


def _watch(arguments: Arguments) -> None:
    from time import sleep

    from aipolicy.cli.watch import SECONDS_BETWEEN_LOOKS, watch
    from aipolicy.errors import AipolicyError

    if "-" in arguments.paths:
        raise UsageError("standard input cannot be watched; name files or folders")

    def look() -> object:
        try:
            configured, settings = read_settings(arguments.options)
            return read_policy_files(settings, memory=pack_memory()).key, manifests_of(arguments.paths, configured)
        except AipolicyError as error:
            return str(error)

    def run() -> None:
        if sys.stdout.isatty():
            click.clear()
        try:
            _run(arguments)
        except AipolicyError as error:
            click.echo(f"aipolicy: {error}", err=True)

    watch(look, run, lambda: sleep(SECONDS_BETWEEN_LOOKS))
