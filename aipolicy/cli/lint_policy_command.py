"""`aipolicy lint-policy`: what is wrong with packs, or weak, that can be known without a manifest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import MappingProxyType

import click

from aipolicy.cli.outputs import read_outputs, write_outputs
from aipolicy.cli.policy_options import separate
from aipolicy.cli.terminal import stdout_style, stdout_width, tell, write_out
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.settings import SEVERITIES, PolicySettings
from aipolicy.errors import UsageError
from aipolicy.findings.finding import Severity
from aipolicy.pack_lint.lint import LintReport, lint_packs
from aipolicy.pack_lint.registry import LINT_RULES, UNUSABLE
from aipolicy.report.formats.registry import FORMATS
from aipolicy.report.packs.lint_report import render_lint
from aipolicy.report.packs.profile_text import profile_text
from aipolicy.report.terminal.style import Styler
from aipolicy.report.view import WIDTH_OF_FILES
from aipolicy.run.inputs import refuse_overwriting
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown
from aipolicy.value import replace


@click.command("lint-policy")
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--as-of", metavar="DATE", help="Lint as on this day (YYYY-MM-DD); default today, UTC.")
@click.option(
    "--ignore", multiple=True, metavar="RULE", help="Leave out a rule about packs, such as PACK-014; repeatable."
)
@click.option("--format", "output_format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Also write a report to a file; repeatable."
)
@click.option("--fix", is_flag=True, help="First correct what is mechanical: keys, words, signs of other languages.")
@click.option("--profile", is_flag=True, help="Tell on stderr which rules and conditions take most, in counts.")
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), default=None, help="Least severity for exit 1.")
def command(packs: tuple[str, ...], config: str | None, as_of: str | None, ignore: tuple[str, ...], output_format: str,
            outputs: tuple[str, ...], fix: bool, profile: bool, fail_on: str | None) -> None:  # fmt: skip
    """Find mistakes and weaknesses in packs, without a manifest.

    PACK is a shipped pack, a folder or file, package:PACK, or git+PATH@REVISION#FOLDER; without one, the packs of the
    configuration, with its parameters.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 when a pack cannot be loaded, 3 when there was no rule.
    """
    ignore = _known(ignore)
    configured, settings = read_settings(PolicyOptions(config, packs, as_of, (), ()))
    if packs:
        # NOTE: what the configuration sets may be parameters of other packs.
        settings = settings._replace(parameters=MappingProxyType({}), parameter_places=MappingProxyType({}))
    threshold = Severity(fail_on or configured.fail_on)
    settings = settings._replace(select=(), ignore=())
    if fix:
        _write_corrected(settings)
    written = read_outputs(outputs, output_format, os.environ)
    report = _without(lint_packs(settings), ignore)
    inputs = [file for files in report.files_of.values() for file in files]
    inputs += [path for path in (configured.path, settings.lock, configured.baseline) if path]
    refuse_overwriting((output.path for output in written), inputs)
    text = render_lint(report, output_format, threshold, stdout_width(), stdout_style())
    others = [(render_lint(report, file.format, threshold, WIDTH_OF_FILES, Styler()),) for file in written]
    write_outputs(written, others)
    write_out(text)
    if profile:
        click.echo(profile_text(report.costs), err=True, nl=False)
    raise click.exceptions.Exit(report.exit_code(threshold))


def _write_corrected(settings: PolicySettings) -> None:
    """Write what is corrected in packs, each file whole or not at all, and tell it on stderr."""
    from aipolicy.commands.corrections import written_corrections
    from aipolicy.pack_lint.lint import corrected_packs

    corrected = corrected_packs(settings)
    for file in corrected:
        corrections = ((correction.span.start.line, correction.old, correction.new) for correction in file.made)
        for line in written_corrections(file.path, file.path, file.data, corrections):
            tell(line)
    if not corrected:
        tell("aipolicy: fixed nothing; nothing that is mechanical was found")


def _known(ignored: Sequence[str]) -> tuple[str, ...]:
    """Return the rules that are left out, given with commas or in any case; raises `UsageError` for an unknown one."""
    ids = [rule.id for rule in LINT_RULES if rule.id != UNUSABLE]
    words = tuple(same_name(word, (*ids, UNUSABLE)) for word in separate(ignored))
    for word in words:
        if word == UNUSABLE:
            raise UsageError(f"`{UNUSABLE}` stops the pack from being loaded and cannot be ignored")
        if word not in ids:
            raise UsageError(f"unknown rule `{shown(word)}`{did_you_mean(word, ids)}")
    return words


def _without(report: LintReport, ignored: Sequence[str]) -> LintReport:
    return replace(report, findings=tuple(finding for finding in report.findings if finding.rule_id not in ignored))
