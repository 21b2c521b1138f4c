"""Where git keeps what it knows of a working tree: found from `.git`, a folder or a file that names one."""

from __future__ import annotations

import os

from aipolicy.source.regular_file import read_regular_file
from aipolicy.value import NamedTuple

_MAX_POINTER = 4_096


class GitFolder(NamedTuple):
    """The folder of a working tree, with its index, and the one that all working trees of a repository share."""

    own: str
    shared: str


def repository_root(folder: str) -> str | None:
    """Return the nearest of `folder` (an absolute path) and its parents that holds `.git`, or None."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def git_folder(root: str) -> GitFolder | None:
    """Return git's folder of a working tree; None where its `.git` is nothing that git takes for a repository."""
    path = os.path.join(root, ".git")
    if not os.path.isdir(path):
        path = _pointed_to(path, "gitdir: ", root)
    shared = _pointed_to(os.path.join(path, "commondir"), "", path) if path else ""
    shared = shared or path
    is_one = path and os.path.lexists(os.path.join(path, "HEAD")) and os.path.isdir(os.path.join(shared, "objects"))
    return GitFolder(path, shared) if is_one else None


def _pointed_to(path: str, prefix: str, folder: str) -> str:
    """Return the folder that a file of git's names, from the folder that it is relative to; empty for none."""
    try:
        text = os.fsdecode(read_regular_file(path, _MAX_POINTER)).rstrip("\r\n")
    except (OSError, ValueError):
        return ""
    return os.path.join(folder, text.removeprefix(prefix)) if text.startswith(prefix) and text != prefix else ""
