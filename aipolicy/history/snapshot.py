"""Files of a tree written to a folder of their own, so that they are found and read as those of now are."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

from aipolicy.errors import BaseError
from aipolicy.history.tree import Tree
from aipolicy.source.text import shown


class Snapshot:
    """A private folder with files of a tree, removed at the end of the `with` block; its links never lead out of it."""

    def __init__(self, tree: Tree, top: str) -> None:
        self.tree = tree
        self.top = top
        """The working tree that the tree belongs to."""
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="aipolicy-base-"))
        self._written: set[str] = set()
        # NOTE: it makes the snapshot the root of a repository, out of which no link leads.
        os.makedirs(os.path.join(self.root, ".git"))

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def write(self, paths: Iterable[str]) -> None:
        """Write files of the tree that were not written before; raises `BaseError`."""
        new = sorted(set(paths) - self._written)
        for path, data in self.tree.contents(new):
            target = os.path.join(self.root, path)
            try:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as stream:
                    stream.write(data)
            except OSError as error:
                reason = (error.strerror or "error").lower()
                raise BaseError(f"cannot write a copy of `{shown(path)}` to read it: {reason}") from error
        self._written.update(new)

    def write_links(self) -> None:
        """Write the links of the tree that lead to something in it."""
        there = {"", *self.tree.files} if self.tree.links else set()
        for path in self.tree.files if there else ():
            while (path := path.rpartition("/")[0]) not in there:
                there.add(path)
        for path, target in sorted(self.tree.links.items()):
            if self.tree.resolve(path) not in there or not _only_climbs_first(target):
                continue
            link = os.path.join(self.root, path)
            with suppress(OSError):
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink(target, link)

    def folder(self, path: str) -> str:
        """Return a folder of the snapshot, made if it is not there."""
        folder = os.path.join(self.root, path) if path else self.root
        os.makedirs(folder, exist_ok=True)
        return folder

    def inside(self, path: str) -> str:
        """Return where a path of the working tree is in the snapshot; a path outside of it is the same for both."""
        path = os.path.normpath(path)
        if path == self.top:
            return self.root
        prefix = self.top.rstrip(os.sep) + os.sep
        return os.path.join(self.root, path[len(prefix) :]) if path.startswith(prefix) else path


def _only_climbs_first(target: str) -> bool:
    """Return whether `..` stands only at the beginning of a link, where it cannot climb out through another link."""
    parts = [part for part in target.split("/") if part not in ("", ".")]
    names = [index for index, part in enumerate(parts) if part != ".."]
    return not names or ".." not in parts[names[0] :]
