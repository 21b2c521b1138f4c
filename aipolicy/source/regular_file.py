"""A path in, the bytes of a regular file out; and how paths and refusals of the system are told to people."""

from __future__ import annotations

import os
import re
import stat

from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.text import escaped

_OPEN = os.O_RDONLY | sum(getattr(os, f, 0) for f in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))


def read_regular_file(path: str, limit: int = MAX_BYTES) -> bytes:
    """Return at most `limit + 1` bytes of a file; raises `OSError`, also for what is no regular file."""
    # NOTE: opening a device can already act on it, so look first; the second look is at what was opened.
    _require_regular(os.stat(path))
    handle = os.open(path, _OPEN)
    try:
        status = os.fstat(handle)
        _require_regular(status)
        chunk = data = os.read(handle, min(status.st_size, limit) + 1)
        while chunk and len(data) <= limit:
            chunk = os.read(handle, limit + 1 - len(data))
            data += chunk
        return data
    finally:
        os.close(handle)


def reason_of(error: Exception) -> str:
    """Return why the system refused a path, as the end of a message."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
    return reason[:1].lower() + reason[1:]


def shown_path(path: str) -> str:
    """Return a path for people: forward slashes, no leading `./`, what cannot be printed escaped."""
    text = re.sub("/{2,}", "/", path.replace(os.sep, "/"))
    return escaped(re.sub(r"^(?:\./)+(?=.)", "", text))


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "not a regular file, and nothing else is read")
