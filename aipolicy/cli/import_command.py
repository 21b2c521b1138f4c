"""`aipolicy import`: a table and a mapping file in, manifests in a folder and a report out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from aipolicy.catalog.load import read_catalog
from aipolicy.errors import EXIT_CLEAN, EXIT_NOTHING, MappingError
from aipolicy.importing.importer import import_table
from aipolicy.importing.mapping import read_mapping
from aipolicy.importing.output import write_manifests
from aipolicy.importing.report import report_json, report_lines
from aipolicy.source.text import shown

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.option("--mapping", "mapping_path", required=True, type=_FILE, help="Which column fills which field (YAML).")
@click.option("--encoding", default=None, metavar="NAME", help="Encoding of the table; comes before the mapping's.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--force", is_flag=True, help="Overwrite manifests that were edited or written by hand.")
@click.argument("table_path", metavar="CSV", type=_FILE)
@click.argument("folder", metavar="OUTDIR", type=click.Path(file_okay=False, path_type=Path))
def import_(mapping_path: Path, encoding: str | None, output_format: str, force: bool,
            table_path: Path, folder: Path) -> None:  # fmt: skip
    """Turn a table of AI use cases into manifests, and report what could not be mapped.

    Nothing is guessed: a blank answer, or one that the mapping does not name, leaves its field out.
    """
    catalog = read_catalog((), as_of=date.today())
    words = {name: catalog.vocabulary(name) for name in ("data-class", "task-type", "place", "residency")}
    mapping = read_mapping(mapping_path.as_posix(), _read(mapping_path), words)
    result = import_table(mapping, _read(table_path), path=table_path.as_posix(), encoding=encoding)
    written = write_manifests(result.manifests, folder, force=force)
    code = EXIT_CLEAN if result.manifests else EXIT_NOTHING
    if output_format == "json":
        files = {"folder": folder.as_posix(), "written": written.written, "unchanged": written.unchanged}
        click.echo(json.dumps({**report_json(result.report), "files": files}, indent=2, allow_nan=False))
        raise click.exceptions.Exit(code)
    for line in report_lines(result.report):
        click.echo(line)
    click.echo(f"\n{written.written} files written to {shown(folder.as_posix(), 200)}, {written.unchanged} unchanged")
    raise click.exceptions.Exit(code)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MappingError(f"cannot be read: {(error.strerror or 'error').lower()}", path=path.as_posix()) from error


command = import_
