"""Keeps what was compiled from packs and catalog between runs, by the content it was compiled from.

The cache holds pickles, so it is treated as code: a folder of the user's own that nobody else can write to, each file
under the hash of its content. Losing it costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Any

from aipolicy.whole_file import write_whole

_MAX_FILES = 16
_HASH_SIZE = 32


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

    def get_bytes(self, key: str) -> bytes | None:
        """Return the bytes that were kept under a key, or None."""
        if self._folder is None or not _is_private(self._folder):
            return None
        try:
            with open(self._path(key), "rb") as file:
                content = file.read()
        except OSError:
            return None
        payload = content[_HASH_SIZE:]
        return payload if hashlib.sha256(key.encode() + payload).digest() == content[:_HASH_SIZE] else None

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

    def put_bytes(self, key: str, payload: bytes) -> None:
        """Keep bytes under a key; a failure to write is not an error."""
        if self._folder is None:
            return
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            if not _is_private(self._folder):
                return
            write_whole(self._path(key), hashlib.sha256(key.encode() + payload).digest() + payload, durable=False)
            self._prune()
        except OSError:
            return

    def _path(self, key: str) -> str:
        return os.path.join(self._folder or "", f"{key}.bin")

    def _prune(self) -> None:
        with os.scandir(self._folder) as entries:
            files = sorted((e.stat().st_mtime_ns, e.path) for e in entries if e.name.endswith(".bin"))
        for _, path in files[: -self._max_files]:
            os.unlink(path)


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
