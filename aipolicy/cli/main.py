"""The `aipolicy` command: runs a subcommand and turns every failure into a message and an exit code."""

from __future__ import annotations

import os
import sys

import click

from aipolicy import __version__
from aipolicy.cli.lazy_group import LazyGroup
from aipolicy.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_UNUSABLE, AipolicyError

_COMMANDS = {
    "check": ("check_command", "Check manifests against policies; the gate for hooks and CI."),
    "diff": ("diff_command", "Show what a change does to each feature, and why."),
    "explain": ("explain_command", "Explain the verdict on a feature, or a rule."),
    "answers": ("answers_command", "List the answers to many features, a line each."),
    "coverage": (
        "coverage_command",
        "Show controls of frameworks for many features, or the clauses that rules speak of.",
    ),
    "report": ("report_command", "Write one page on many features, to decide from."),
    "forecast": ("forecast_command", "Show what will start or stop failing, on which day, and why."),
    "cost": ("cost_command", "Compare what the options of a feature cost."),
    "test": ("test_command", "Run the examples of rules, and see which conditions they cover."),
    "lint-policy": ("lint_policy_command", "Find mistakes and weaknesses in packs, without a manifest."),
    "eval": ("eval_command", "Show what a condition comes to for a feature, part by part."),
    "rules": ("rules_command", "List the rules that would be evaluated."),
    "policy": ("policy_command", "Show which packs, rules and values are in force, and why; pin the packs."),
    "docs": ("docs_command", "Write packs as Markdown: an index a pack, a page a rule."),
    "schema": ("schema_command", "Print the JSON Schema of manifests."),
    "new": ("new_command", "Write a new rule with its examples into a pack."),
    "init": ("init_command", "Write a new manifest."),
    "waive": ("waive_command", "Waive a rule for a feature until a day, or list all waivers."),
    "import": ("import_command", "Turn a spreadsheet of AI use cases into manifests."),
}
"""Subcommand: its module, and what help says of it; a module is imported only when its command is run."""


class _Commands(LazyGroup):
    subcommands = _COMMANDS


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", message="aipolicy %(version)s")
def cli() -> None:
    """Check AI features against your organisation's policies: API or own model, decided from declared facts.

    Exit codes: 0 clean, 1 findings, 2 usage, configuration, pack or catalog unusable, 3 nothing evaluated,
    4 internal error.
    """


def main() -> None:
    """Run the command line and exit."""
    code = 0
    try:
        code = _run()
        _flush()
    except click.ClickException as error:
        error.show()
        code = EXIT_UNUSABLE
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except AipolicyError as error:
        _complain(str(error), error.kind)
        code = EXIT_UNUSABLE
    except BrokenPipeError:
        # NOTE: the reader went away; what it wanted it has, and what was found stays the exit code.
        _drop_unwritten()
    except OSError as error:
        _complain(f"{error.strerror or error}", "output")
        _drop_unwritten()
        code = EXIT_UNUSABLE
    except Exception as error:
        _report_bug(error)
        code = EXIT_INTERNAL
    sys.exit(code)


def _run() -> int:
    """Return the exit code of a command that comes to its end."""
    try:
        code = cli.main(standalone_mode=False, prog_name="aipolicy")
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    return code if isinstance(code, int) else 0


def _flush() -> None:
    # NOTE: where standard output is closed there is none.
    if sys.stdout is not None:
        sys.stdout.flush()


def _drop_unwritten() -> None:
    """Let what could not be written go: Python would try again while it ends, complain, and exit with another code."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, kind: str) -> None:
    from aipolicy.source.text import escaped

    for line in message.split("\n"):
        print(f"aipolicy: {kind}: {escaped(line)}", file=sys.stderr)


def _report_bug(error: Exception) -> None:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames)
    about = "".join(f", {note}" for note in getattr(error, "__notes__", ()))
    print(
        f"aipolicy: internal error: {type(error).__name__} at {places}{about}\n"
        f"this is a bug in aipolicy {__version__} on Python {sys.version.split()[0]}; please report it with the line "
        "above and, if you may, the manifest",
        file=sys.stderr,
    )
    if os.environ.get("AIPOLICY_TRACEBACK"):
        traceback.print_exception(error)
