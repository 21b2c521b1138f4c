"""What a lock says of a pack: how it is named, and the digest over its files."""

from __future__ import annotations

import os
import re
from hashlib import sha256

from aipolicy.policy.pack_files import PACKAGE_PREFIX, PackFiles, PackOrigin
from aipolicy.source.text import escaped

_WINDOWS, _UNIX = b"\r\n", b"\n"


def digest_of(pack: PackFiles) -> str:
    """Return `sha256:` and the digest over the files of a pack: names within the pack, and bytes.

    It is that of what `sha256sum` prints for the files in the order of their names. Where the pack is plays no part, nor
    does whether lines end as on Windows: YAML reads both alike, and git may have changed it.
    """
    named = sorted((escaped(_name_within(pack, path)), data) for path, data in pack.files)
    lines = [f"{_sha256(data.replace(_WINDOWS, _UNIX))}  {name}\n" for name, data in named]
    return f"sha256:{_sha256(''.join(lines).encode())}"


def _sha256(data: bytes) -> str:
    return sha256(data).hexdigest()


def _name_within(pack: PackFiles, path: str) -> str:
    if path == pack.path:
        return re.split(r"[/#]", path)[-1]
    # NOTE: what is in the working folder or at the root is named without the folder, or without a slash after it.
    return path if pack.path == "." else path[len(pack.path.rstrip("/")) + 1 :]


def reference_of(origin: PackOrigin, folder: str) -> str:
    """Return how a pack would be named in a configuration file in a folder; the same whatever the working folder."""
    if origin.kind == "shipped":
        return origin.path
    if origin.kind == "package":
        return f"{PACKAGE_PREFIX}{origin.path}"
    path = _from(origin.path, folder)
    if origin.kind != "git":
        return path if path.startswith(("/", "../")) else f"./{path}"
    return f"git+{path}@{origin.revision}" + (f"#{origin.folder}" if origin.folder else "")


def _from(path: str, folder: str) -> str:
    """Return a path from a folder; one that is written from the root stays so."""
    if os.path.isabs(path) and not os.path.isabs(folder):
        return path
    try:
        return os.path.relpath(path, folder or os.curdir).replace(os.sep, "/")
    except (OSError, ValueError):  # on another drive, or the working folder was deleted
        return path
