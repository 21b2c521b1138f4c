"""What `aipolicy import` does: a table and a mapping in, manifests in a folder and a report out."""

from __future__ import annotations

import json
from pathlib import Path

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING, MappingError
from aipolicy.importing.import_report import report_json, report_lines
from aipolicy.importing.importer import ImportResult, import_table
from aipolicy.importing.mapping import read_mapping
from aipolicy.importing.output import Written, write_manifests
from aipolicy.importing.targets import Fields
from aipolicy.importing.written_report import written_json, written_lines
from aipolicy.run.policy import Policy
from aipolicy.value import NamedTuple


class ImportRequest(NamedTuple):
    """What is imported, and where to."""

    table: Path
    mapping: Path
    folder: Path
    encoding: str | None
    """Of the table; None for that of the mapping."""
    output_format: str
    force: bool
    """Whether manifests are overwritten that were edited or written by hand."""


def imported(request: ImportRequest, policy: Policy) -> tuple[str, int]:
    """Write the manifests of a table; return the report and the exit code. Raises `MappingError` and what reading raises."""
    catalog = policy.catalog
    fields = Fields((fact for pack in policy.packs for fact in pack.facts), catalog.vocabularies)
    mapping = read_mapping(request.mapping.as_posix(), _read(request.mapping), fields)
    result = import_table(
        mapping, _read(request.table), path=request.table.as_posix(), encoding=request.encoding,
        place_of=catalog.places.word_of,
    )  # fmt: skip
    written = write_manifests(result, request.folder, force=request.force)
    code = EXIT_FINDINGS if written.obstacles else EXIT_CLEAN
    return _report(result, written, request), code if result.features else EXIT_NOTHING


def _report(result: ImportResult, written: Written, request: ImportRequest) -> str:
    folder = request.folder.as_posix()
    if request.output_format == "json":
        files = {"folder": folder, **written_json(written)}
        return json.dumps({**report_json(result.report), "files": files}, indent=2, allow_nan=False) + "\n"
    return "".join(f"{line}\n" for line in (*report_lines(result.report), *written_lines(written, folder)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MappingError(f"cannot be read: {(error.strerror or 'error').lower()}", path=path.as_posix()) from error
