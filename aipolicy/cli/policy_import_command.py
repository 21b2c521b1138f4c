"""`aipolicy policy import`: a policy of others as a pack, and what of it cannot be said."""

from __future__ import annotations

import click

from aipolicy.cli.policy_options import load, policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.config.run_options import PolicyOptions
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, PolicyError
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.text import escaped, quantity


@click.command("import")
@click.argument("file", type=click.Path())
@policy_options
def command(file: str, options: PolicyOptions) -> None:
    """Print a pack with the rules that a ValidatingAdmissionPolicy of Kubernetes states.

    Its `object` is the manifest: `object.data.classes` becomes `data.classes`. What cannot be said is told on stderr at its
    place, and the exit code is then 1. The pack loads; give its rules `why`, `fix` and examples.
    """
    from aipolicy.authoring.admission_policy import imported_pack

    _, policy = load(options)
    try:
        data = read_regular_file(file)
    except (OSError, ValueError) as error:
        raise PolicyError(f"cannot read: {reason_of(error)}", path=file) from error
    imported = imported_pack(file, data, policy.catalog, policy.evaluator.known)
    write_out(imported.text)
    for unsaid in imported.left:
        click.echo(f"aipolicy: not imported: {escaped(unsaid)}", err=True)
    click.echo(f"aipolicy: imported {quantity(imported.rules, 'rule')}", err=True)
    raise click.exceptions.Exit(EXIT_FINDINGS if imported.left else EXIT_CLEAN)
