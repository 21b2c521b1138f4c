"""`aipolicy coverage`: controls of frameworks beside features, or clauses beside rules."""

from __future__ import annotations

import click

from aipolicy.cli.console import console
from aipolicy.cli.manifests import told_manifests, write_reported
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import keep_until_the_end, write_out
from aipolicy.commands.coverage import FORMATS, clauses_shown, controls_shown
from aipolicy.config.run_options import PolicyOptions
from aipolicy.errors import UsageError
from aipolicy.frameworks.framework_policy import frameworks_named


@click.command("coverage")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option(
    "--framework", metavar="NAME", help="Only this framework, such as `nist-ai-rmf`; default all of which rules speak."
)
@click.option("--clauses", is_flag=True, help="Show which clauses rules speak of, and why none speaks of the others, "
              "whatever the features.")  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
def command(paths: tuple[str, ...], options: PolicyOptions, framework: str | None, clauses: bool,
            output_format: str) -> None:  # fmt: skip
    """Show the controls of frameworks for all features below some paths.

    A control is violated, missing (a fact, evidence or a deed), in need of a person, undecided, waived, not yet in force,
    satisfied or not applicable: the first of these that one of its rules comes to. `oscal` writes OSCAL 1.1.3 assessment
    results. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3 where nothing was.
    """
    asked = frameworks_named(framework, options)
    keep_until_the_end(asked.policy)
    if clauses:
        if paths:
            raise UsageError("`--clauses` is about rules and not about features; leave out the paths")
        write_out(clauses_shown(asked, output_format, console()))
        return
    files = told_manifests(paths, asked.settings).files
    write_reported(controls_shown(files, asked, output_format, console()))
