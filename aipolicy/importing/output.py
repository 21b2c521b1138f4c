"""Manifests in, files out: each written whole, and none over a file that a person wrote."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.importing.manifest_writer import is_unedited
from aipolicy.importing.naming import FILE_SUFFIX
from aipolicy.value import Frozen
from aipolicy.whole_file import write_whole

MAX_SHOWN = 20


class Written(Frozen):
    """How many files were written, and how many were already as they should be."""

    written: int
    unchanged: int


def write_manifests(manifests: Iterable[tuple[str, str]], folder: Path, *, force: bool = False) -> Written:
    """Write manifests, given as (file name, text), into a folder, which is made when it does not exist.

    Nothing is written when one of the files is there and was not written by an import, or was edited since;
    `force` overwrites those, but never a link or anything else that is no file. Raises `UsageError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        to_write, unchanged = _plan(tuple(manifests), folder, force=force)
        for target, data in to_write:
            write_whole(os.fspath(target), data)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise UsageError(f"{reason}; give a folder that can be written", path=str(error.filename or folder)) from error
    return Written(len(to_write), unchanged)


def _plan(manifests: tuple[tuple[str, str], ...], folder: Path, *, force: bool) -> tuple[list[tuple[Path, bytes]], int]:
    to_write: list[tuple[Path, bytes]] = []
    problems: list[AipolicyError] = []
    unchanged = 0
    for name, text in manifests:
        target, data = _target(folder, name), text.encode()
        there, problem = _look(target, force=force)
        if problem is not None:
            problems.append(UsageError(problem, path=str(target)))
        elif there == data:
            unchanged += 1
        else:
            to_write.append((target, data))
    if problems:
        more = len(problems) - MAX_SHOWN
        if more > 0:
            problems[MAX_SHOWN:] = [UsageError(f"and {more} more files like these", path=str(folder))]
        raise problems[0] if len(problems) == 1 else Problems(tuple(problems))
    return to_write, unchanged


def _target(folder: Path, name: str) -> Path:
    if Path(name).name != name or "\\" in name or not name.endswith(FILE_SUFFIX):
        raise UsageError(f"`{name}` is no name of a manifest file", path=str(folder))
    return folder / name


def _look(target: Path, *, force: bool) -> tuple[bytes | None, str | None]:
    """Return what is in the file, if it is there, and what keeps it from being overwritten."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return None, None
    if stat.S_ISLNK(mode):
        return None, "is a link, which an import does not follow; remove it"
    if not stat.S_ISREG(mode):
        return None, "is no regular file; remove it, or import into another folder"
    there = target.read_bytes()
    if force or is_unedited(there.decode("utf-8", "replace")):
        return there, None
    return (
        there,
        "was not written by an import, or was edited since; move it away, or overwrite it with `--force`",
    )
