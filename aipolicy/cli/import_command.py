"""`aipolicy import`: a table and a mapping file in, manifests in a folder and a report out."""

from __future__ import annotations

from pathlib import Path

import click

from aipolicy.cli.policy_options import load
from aipolicy.commands.import_table import ImportRequest, imported
from aipolicy.config.run_options import PolicyOptions

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.option("--mapping", "mapping_path", required=True, type=_FILE, help="Which column fills which field (YAML).")
@click.option("--encoding", default=None, metavar="NAME", help="Encoding of the table; comes before the mapping's.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--force", is_flag=True, help="Overwrite manifests that were edited or written by hand.")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option(
    "--policy", "policies", multiple=True, metavar="PACK", help="A pack whose facts the mapping fills; repeatable."
)
@click.argument("table_path", metavar="CSV", type=_FILE)
@click.argument("folder", metavar="OUTDIR", type=click.Path(file_okay=False, path_type=Path))
def import_(mapping_path: Path, encoding: str | None, output_format: str, force: bool, config: str | None,
            policies: tuple[str, ...], table_path: Path, folder: Path) -> None:  # fmt: skip
    """Turn a table of AI use cases into manifests, and report what could not be mapped.

    Nothing is guessed: a blank answer, or one that the mapping does not name, leaves its field out. Imported again, what
    nobody changed is renewed and what somebody changed is kept and told. Exit code 1: some file could not be written.
    """
    _, policy = load(PolicyOptions(config, policies, None, (), ()))
    request = ImportRequest(table_path, mapping_path, folder, encoding, output_format, force)
    text, code = imported(request, policy)
    click.echo(text, nl=False)
    raise click.exceptions.Exit(code)


command = import_
