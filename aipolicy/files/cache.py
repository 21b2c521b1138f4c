"""Keeps what was compiled from packs and catalog between runs, by the content it was compiled from.

The cache holds pickles, so it is treated as code: a folder of the user's own that nobody else can write to, each file
under the hash of its content. Losing it costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from typing import Any

from aipolicy.files.atomic_write import write_whole

_MAX_FILES = 16
_MAX_BYTES = 268_435_456
_HASH_SIZE = 32
_MAX_PACKS = 256


class Cache:
    """A folder of compiled results; without a usable folder nothing is kept and nothing is found."""

    def __init__(self, folder: str | None, *, max_files: int = _MAX_FILES) -> None:
        self._folder = folder
        self._max_files = max_files

    def get(self, key: str) -> Any:
        """Return the object that was kept under a key, or None."""
        payload = self.get_bytes(key)
        if payload is None:
            return None
        import pickle

        try:
            return pickle.loads(payload)
        except Exception:
            return None

    def get_bytes(self, key: str) -> memoryview | None:
        """Return the bytes that were kept under a key, or None."""
        if self._folder is None or not _is_private(self._folder):
            return None
        try:
            with open(self._path(key), "rb") as file:
                content = memoryview(file.read())
        except OSError:
            return None
        payload = content[_HASH_SIZE:]
        return payload if _digest(key, (payload,)) == content[:_HASH_SIZE] else None

    def put(self, key: str, value: object) -> None:
        """Keep an object under a key; a failure to write is not an error."""
        import pickle

        if self._folder is None:
            return
        try:
            payload = pickle.dumps(value, protocol=5)
        except pickle.PicklingError:
            return
        self.put_bytes(key, payload)

    def put_bytes(self, key: str, *pieces: bytes | memoryview) -> None:
        """Keep bytes under a key, given in pieces; a failure to write is not an error."""
        if self._folder is None:
            return
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            if not _is_private(self._folder):
                return
            write_whole(self._path(key), (_digest(key, pieces), *pieces), durable=False)
            self._prune()
        except OSError:
            return

    def _path(self, key: str) -> str:
        return os.path.join(self._folder or "", f"{key}.bin")

    def _prune(self) -> None:
        """Remove the files of the oldest keys beyond the limits; the newest file stays however large it is.

        Files of one key begin with it, up to a hyphen.
        """
        with os.scandir(self._folder) as entries:
            stats = [(entry.stat(), entry.path) for entry in entries if entry.name.endswith(".bin")]
        total = 0
        keys: set[str] = set()
        for status, path in sorted(stats, key=lambda file: -file[0].st_mtime_ns):
            total += status.st_size
            keys.add(os.path.basename(path).removesuffix(".bin").partition("-")[0])
            if total > status.st_size and (len(keys) > self._max_files or total > _MAX_BYTES):
                os.unlink(path)


def _digest(key: str, pieces: Iterable[bytes | memoryview]) -> bytes:
    digest = hashlib.sha256(key.encode())
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _is_private(folder: str) -> bool:
    """Return whether a folder is the user's own and nobody else can write to it."""
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def cache_folder() -> str | None:
    """Return the folder for compiled policies: AIPOLICY_CACHE_DIR, or below the user's cache folder; None for no cache."""
    own = os.environ.get("AIPOLICY_CACHE_DIR")
    if own is not None:
        return own or None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if not base:
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "aipolicy") if os.path.isabs(base) else None


def pack_memory() -> Cache:
    """Return the memory of what packs extend, so that a cached run need not read YAML."""
    folder = cache_folder()
    return Cache(None if folder is None else f"{folder}-extends", max_files=_MAX_PACKS)
