"""The tree of a commit: paths, and through which links they lead where; contents are read only when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from aipolicy.errors import BaseError
from aipolicy.history.git import read_blobs, run_git
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.text import shown
from aipolicy.value import Frozen

_LINK, _SUBMODULE = "120000", "160000"
_MAX_LINKS = 40
"""As many links as Linux follows in one path."""


class TreeFile(Frozen):
    """A file of a tree: its object, and the folder whose repository holds it."""

    hash: str
    folder: str


class Tree(Frozen):
    """The files and links of a commit by path, with forward slashes; submodules are part of it."""

    files: Mapping[str, TreeFile]
    links: Mapping[str, str]
    """Links by path, with where they lead as written."""

    def below(self, path: str) -> Iterator[str]:
        """Yield the files at and below a path, links along it followed; an empty path is the whole tree."""
        real = self.resolve(path)
        if real is None:
            return
        if real in self.files:
            yield real
        prefix = f"{real}/" if real else ""
        for file in self.files:
            if file.startswith(prefix):
                yield file
        for link in self.links:
            if link.startswith(prefix):
                target = self.resolve(link)
                if target in self.files:
                    yield str(target)

    def resolve(self, path: str) -> str | None:
        """Return a path with its links followed; None where they go in circles or lead out of the tree."""
        waiting = [part for part in reversed(path.split("/")) if part]
        done: list[str] = []
        followed = 0
        while waiting:
            part = waiting.pop()
            if part == ".":
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            target = self.links.get("/".join([*done, part]))
            if target is None:
                done.append(part)
                continue
            followed += 1
            if followed > _MAX_LINKS or target.startswith("/"):
                return None
            waiting.extend(part for part in reversed(target.split("/")) if part)
        return "/".join(done)

    def contents(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files with at most `MAX_BYTES + 1` bytes of each; raises `BaseError` for an object that is missing."""
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            by_folder.setdefault(self.files[path].folder, []).append(path)
        for folder, members in by_folder.items():
            blobs = read_blobs(folder, (self.files[path].hash for path in members), MAX_BYTES)
            yield from zip(members, blobs, strict=True)


def read_tree(top: str, commit: str) -> Tree:
    """Return the tree of a commit, submodules that are checked out included; raises `BaseError`."""
    files: dict[str, TreeFile] = {}
    links: dict[str, str] = {}
    waiting = [("", top, commit)]
    while waiting:
        prefix, folder, commit = waiting.pop()
        found_links: list[tuple[str, str]] = []
        for mode, name, path in _listed(prefix, folder, commit):
            if mode == _SUBMODULE:
                inner = os.path.join(top, path)
                # NOTE: what is not checked out now has no manifests now, and none to compare with.
                if os.path.lexists(os.path.join(inner, ".git")):
                    waiting.append((f"{path}/", inner, name))
            elif mode == _LINK:
                found_links.append((path, name))
            else:
                files[path] = TreeFile(name, folder)
        targets = read_blobs(folder, (name for _, name in found_links), MAX_BYTES)
        for (path, _), target in zip(found_links, targets, strict=True):
            links[path] = os.fsdecode(target)
    return Tree(files, links)


def _listed(prefix: str, folder: str, commit: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, object and path of everything in the tree of a commit."""
    code, output, complaint = run_git(folder, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit)
    if code != 0:
        if prefix:
            message = (
                f"submodule `{shown(prefix[:-1])}` does not hold commit `{commit[:12]}`, to which the base pins it"
            )
            raise BaseError(f"{message}; fetch it there")
        raise BaseError(f"git cannot list the tree of `{commit[:12]}`: {complaint}")
    for line in output.split(b"\0")[:-1]:
        head, _, raw = line.partition(b"\t")
        mode, _, name = head.decode("ascii").split(" ")[:3]
        path = prefix + os.fsdecode(raw)
        if not _is_usable(path):
            raise BaseError(f"the base holds `{shown(path)}`, which is no usable path; repair the repository")
        yield mode, name, path


def _is_usable(path: str) -> bool:
    parts = path.split("/")
    hidden = any(part in ("", ".", "..") or part.casefold() == ".git" for part in parts)
    return not hidden and (os.sep == "/" or not any(c in path for c in "\\:"))
