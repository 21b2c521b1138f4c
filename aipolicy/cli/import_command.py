"""`aipolicy import`: a table and a mapping file in, manifests in a folder and a report out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from aipolicy.cli.policy_options import load
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING, MappingError
from aipolicy.importing.importer import import_table
from aipolicy.importing.mapping import read_mapping
from aipolicy.importing.output import Written, write_manifests
from aipolicy.importing.report import report_json, report_lines
from aipolicy.importing.targets import Fields
from aipolicy.importing.written_report import written_json, written_lines

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
    catalog = policy.catalog
    fields = Fields((fact for pack in policy.packs for fact in pack.facts), catalog.vocabularies)
    mapping = read_mapping(mapping_path.as_posix(), _read(mapping_path), fields)
    result = import_table(
        mapping, _read(table_path), path=table_path.as_posix(), encoding=encoding, place_of=catalog.places.word_of
    )
    written = write_manifests(result, folder, force=force)
    if output_format == "json":
        files = {"folder": folder.as_posix(), **written_json(written)}
        click.echo(json.dumps({**report_json(result.report), "files": files}, indent=2, allow_nan=False))
    else:
        for line in (*report_lines(result.report), *written_lines(written, folder.as_posix())):
            click.echo(line)
    raise click.exceptions.Exit(_exit_code(written, has_manifests=bool(result.features)))


def _exit_code(written: Written, *, has_manifests: bool) -> int:
    if not has_manifests:
        return EXIT_NOTHING
    return EXIT_FINDINGS if written.obstacles else EXIT_CLEAN


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MappingError(f"cannot be read: {(error.strerror or 'error').lower()}", path=path.as_posix()) from error


command = import_
