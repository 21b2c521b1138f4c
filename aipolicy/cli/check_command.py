"""`aipolicy check`: manifests in, findings and an exit code out."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from aipolicy.checking import Report, check
from aipolicy.cli.settings import PolicyOptions, load, policy_options, stdout_style, stdout_width, write_out
from aipolicy.findings import Severity
from aipolicy.manifest.discovery import find_manifests

Renderer = Callable[[Report, Severity], str]


def _text(report: Report, fail_on: Severity) -> str:
    from aipolicy.report.text import render_text

    return render_text(report, width=stdout_width(), style=stdout_style())


def _concise(report: Report, fail_on: Severity) -> str:
    from aipolicy.report.concise import render_concise

    return render_concise(report.findings)


def _json(report: Report, fail_on: Severity) -> str:
    from aipolicy.report.json_report import render_json

    return render_json(report, fail_on)


FORMATS: dict[str, Renderer] = {"text": _text, "concise": _concise, "json": _json}
"""Every output format; a format never changes what was found or the exit code."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--fail-on", type=click.Choice([s.value for s in Severity]), default=None, help="Least severity for exit 1."
)
@click.option("--strict", is_flag=True, help="Undetermined rules gate whatever the lifecycle.")
def command(paths: tuple[str, ...], config: str | None, policies: tuple[str, ...], as_of: str | None,
            select: tuple[str, ...], ignore: tuple[str, ...], output_format: str, fail_on: str | None,
            strict: bool) -> None:  # fmt: skip
    """Check manifests against policies.

    PATH is a manifest, a folder that is searched for `aifeature.yaml` and `*.aifeature.yaml`, or `-` for standard
    input; without one, the current folder.
    """
    settings, policy = load(PolicyOptions(config, policies, as_of, select, ignore), strict=strict)
    files = find_manifests(
        paths or (".",), patterns=settings.manifests, exclude=settings.exclude, stdin=sys.stdin.buffer.read
    )
    report = check(files, policy)
    threshold = Severity(fail_on or settings.fail_on)
    write_out(FORMATS[output_format](report, threshold))
    raise click.exceptions.Exit(report.exit_code(threshold))
