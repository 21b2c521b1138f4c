"""Features of a table in, their manifests in files out: each written whole, and nothing over what a person wrote."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from aipolicy.discovery.globs import name_matcher
from aipolicy.discovery.search import GIT_FOLDER, TOOLS_FOLDERS
from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.importing.importer import ImportedFeature, ImportResult
from aipolicy.importing.manifest_writer import write_manifest
from aipolicy.importing.memory import Memory, read_memory
from aipolicy.importing.merge import FieldDifference, Unmergeable, merge
from aipolicy.importing.naming import FILE_SUFFIX
from aipolicy.importing.row_ids import key_of
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.source.limits import MAX_BYTES
from aipolicy.value import Frozen

NOT_IMPORTED = "was not written by this import; move it away, or overwrite it with `--force`"
_BYTE_ORDER_MARK = "\ufeff"


class KeptFile(Frozen):
    """A manifest that somebody changed, and the fields in which it stays other than the table."""

    path: str
    differences: tuple[FieldDifference, ...]


class Obstacle(Frozen):
    """A file that keeps a row of the table from being written."""

    path: str
    reason: str


class Vanished(Frozen):
    """A manifest of this table whose row is not imported any more; it stays until somebody removes it."""

    path: str
    row_id: str | None
    reason: str


class Written(Frozen, kw_only=True):
    """What became of the manifests of one import."""

    new: int = 0
    renewed: int = 0
    unchanged: int = 0
    kept: tuple[KeptFile, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    vanished: tuple[Vanished, ...] = ()


def write_manifests(result: ImportResult, folder: Path, *, force: bool = False) -> Written:
    """Write the manifests of an import into a folder, which is made when it does not exist.

    A manifest of an earlier import is found by the id of its row, wherever below the folder it lies. What somebody
    changed in it is kept; `force` writes it anew. A file that cannot be renewed is an obstacle to its row alone.
    Raises `UsageError` when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _Writing(result, folder, force=force).run()
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise UsageError(f"{reason}; give a folder that can be written", path=str(error.filename or folder)) from error


class _Writing:
    """One import into one folder."""

    def __init__(self, result: ImportResult, folder: Path, *, force: bool) -> None:
        self._result = result
        self._folder = folder
        self._force = force
        self._there = {
            path: (memory, text)
            for path, memory, text in _imported_files(folder)
            if memory.origin.source == result.source
        }
        self._by_id: dict[str, list[Path]] = {}
        for path, (memory, _) in self._there.items():
            if memory.origin.row_id is not None:
                self._by_id.setdefault(key_of(memory.origin.row_id), []).append(path)
        self._used: set[Path] = set()
        self._new = self._renewed = self._unchanged = 0
        self._kept: list[KeptFile] = []
        self._obstacles: list[Obstacle] = []

    def run(self) -> Written:
        """Return what became of every row, and of every manifest without one."""
        for feature in self._result.features:
            self._write(feature)
        return Written(
            new=self._new,
            renewed=self._renewed,
            unchanged=self._unchanged,
            kept=tuple(self._kept),
            obstacles=tuple(self._obstacles),
            vanished=tuple(self._vanished()),
        )

    def _write(self, feature: ImportedFeature) -> None:
        places = self._by_id.get(key_of(feature.row_id), []) if feature.row_id is not None else []
        self._used.update(places)
        if len(places) > 1:
            others = ", ".join(str(path.relative_to(self._folder)) for path in places[1:])
            self._obstruct(places[0], f"has the id of its row in {others} too; keep one of them")
            return
        target = places[0] if places else _target(self._folder, feature.file_name)
        self._used.add(target)
        obstacle = _obstacle(target)
        if obstacle is not None:
            self._obstruct(target, obstacle)
            return
        remembered = self._there.get(target)
        anew = write_manifest(feature.facts, self._result.origin_of(feature))
        if not target.exists():
            self._replace(target, None, anew)
        elif remembered is not None and (
            bool(places) or (remembered[0].origin.row_id is None and feature.row_id is None)
        ):
            self._renew(target, remembered[1], feature, anew)
        elif self._force:
            self._replace(target, _read(target), anew)
        else:
            self._obstruct(target, NOT_IMPORTED)

    def _renew(self, target: Path, there: str, feature: ImportedFeature, anew: str) -> None:
        mark = _BYTE_ORDER_MARK if there.startswith(_BYTE_ORDER_MARK) else ""
        merged = merge(
            target.as_posix(), there.removeprefix(mark), feature.facts, self._result.origin_of(feature),
            keeps_changes=not self._force,
        )  # fmt: skip
        if isinstance(merged, Unmergeable):
            if self._force:
                self._replace(target, there, anew)
            else:
                self._obstruct(target, merged.reason)
            return
        self._replace(target, there, mark + merged.text)
        if merged.differences:
            self._kept.append(KeptFile(target.as_posix(), merged.differences))

    def _replace(self, target: Path, there: str | None, text: str) -> None:
        if there == text:
            self._unchanged += 1
            return
        write_whole(os.fspath(target), text.encode())
        if there is None:
            self._new += 1
        else:
            self._renewed += 1

    def _obstruct(self, target: Path, reason: str) -> None:
        self._obstacles.append(Obstacle(target.as_posix(), reason))

    def _vanished(self) -> Iterator[Vanished]:
        has_ids = bool(self._result.row_ids)
        for path, (memory, _) in sorted(self._there.items()):
            if path in self._used:
                continue
            if has_ids and memory.origin.row_id is None:
                reason = "written before the mapping had an `id`; remove it when its row is written under another name"
            elif memory.origin.row_id is not None and key_of(memory.origin.row_id) in self._result.row_ids:
                reason = "its row is in the table, and not imported"
            else:
                reason = "its row is not in the table any more" if has_ids else "no row that is imported has its name"
            yield Vanished(path.as_posix(), memory.origin.row_id, reason)


def _imported_files(folder: Path) -> Iterator[tuple[Path, Memory, str]]:
    """Yield every manifest below a folder that an import wrote, in a fixed order; links are not followed."""
    is_manifest = name_matcher(MANIFEST_PATTERNS)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != GIT_FOLDER and name not in TOOLS_FOLDERS)
        for name in sorted(names):
            path = Path(place, name)
            if is_manifest(name, path.as_posix()) and stat.S_ISREG(path.lstat().st_mode):
                text = _read(path)
                remembered = read_memory(text) if text is not None else None
                if text is not None and remembered is not None:
                    yield path, remembered[0], text


def _read(path: Path) -> str | None:
    """Return the text of a file, None where it is none."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8") if len(data) <= MAX_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None


def _target(folder: Path, name: str) -> Path:
    if Path(name).name != name or "\\" in name or not name.endswith(FILE_SUFFIX):
        raise UsageError(f"`{name}` is no name of a manifest file", path=str(folder))
    return folder / name


def _obstacle(target: Path) -> str | None:
    """Return why nothing may be written in the place of a file, whatever was asked for."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(mode):
        return "is a link, which an import does not follow; remove it"
    if not stat.S_ISREG(mode):
        return "is no regular file; remove it, or import into another folder"
    return None
