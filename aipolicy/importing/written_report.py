"""What became of the manifests of an import, as data and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.importing.import_report import plain, section
from aipolicy.importing.merge import NOTHING, FieldDifference
from aipolicy.importing.output import Written
from aipolicy.source.text import quantity, shown


def written_json(written: Written) -> dict[str, object]:
    """Return what became of the manifests as plain values; text of files in it is escaped and shortened."""
    whole = plain(written)
    assert isinstance(whole, dict), "a value class is a mapping"
    return whole


def written_lines(written: Written, folder: str) -> tuple[str, ...]:
    """Return what became of the manifests as lines for people."""
    return (
        *section("changed in the file, and kept", _kept_lines(written)),
        *section(
            "manifests whose row is not imported any more; remove them, or what they declare stays as it is",
            (f"{shown(manifest.path, 200)}{_id(manifest.row_id)}: {manifest.reason}" for manifest in written.vanished),
        ),
        *section(
            "files that could not be written; the others were",
            (f"{shown(obstacle.path, 200)}: {obstacle.reason}" for obstacle in written.obstacles),
        ),
        "",
        f"{quantity(written.new, 'file')} new in {shown(folder, 200)}, {written.renewed} renewed, "
        f"{written.unchanged} unchanged, {len(written.obstacles)} not written",
    )


def _kept_lines(written: Written) -> Iterable[str]:
    return (
        f"{shown(file.path, 200)}: {_difference(difference)}"
        for file in written.kept
        for difference in file.differences
    )


def _difference(difference: FieldDifference) -> str:
    note = f" ({difference.note})" if difference.note else ""
    there, stated = (text if text == NOTHING else f"`{text}`" for text in (difference.in_file, difference.in_table))
    return f"{difference.field}: {there} in the file, {stated} in the table{note}"


def _id(row_id: str | None) -> str:
    return f" (id {shown(row_id)})" if row_id is not None else ""
