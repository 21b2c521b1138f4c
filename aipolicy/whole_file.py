"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

_READABLE = 0o644
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def write_whole(target: str, data: bytes | Iterable[bytes | memoryview], *, durable: bool = True) -> None:
    """Replace a file by one with this content or these pieces, in one step.

    Raises `OSError` or `ValueError`; then nothing changed.

    A device or a pipe is written to as it is. What is not `durable` may be lost when the machine fails, and is written
    sooner.
    """
    pieces = (data,) if isinstance(data, bytes) else data
    target = os.path.realpath(target)  # a link stays one
    if os.path.exists(target) and not os.path.isfile(target):
        # NOTE: a device or a pipe is written to; a file in its place would be a surprise to everyone.
        with open(target, "wb") as stream:
            stream.writelines(pieces)
        return
    # NOTE: temporary files are for their owner only; what is written for a team is read by others too.
    mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else _READABLE
    # NOTE: not `tempfile`, which takes longer to import than a small file to write; nobody else can have this name.
    temporary = os.path.join(os.path.dirname(target), f".aipolicy-{os.getpid()}-{os.urandom(8).hex()}.tmp")
    handle = os.open(temporary, _NEW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(pieces)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
