"""A working tree as a walk asks about it: what git tracks there, and what it ignores."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.discovery.git_folder import GitFolder, git_folder
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.discovery.git_config import IgnoreSettings
    from aipolicy.discovery.git_index import Tracked
    from aipolicy.discovery.ignore_rules import IgnoreRules


class WorkingTree:
    """A working tree, by the real path of its root; everything is read when it is first asked for."""

    def __init__(self, root: str, wanted: Callable[[str], bool], notify: Callable[[str], None]) -> None:
        self.root = root
        self._wanted = wanted
        self._notify = notify

    @cached_property
    def git(self) -> GitFolder | None:
        """Return where git keeps what it knows; None where there is no usable repository."""
        return git_folder(self.root or "/")

    @cached_property
    def personal_rules(self) -> IgnoreRules:
        """Return the rules of this clone and of this user, which no commit holds; the nearest last."""
        from aipolicy.discovery.ignore_rules import UnreadableRules, read_ignore_file

        if self.git is None:
            return ()
        rules: IgnoreRules = ()
        for path in (self._settings.excludes_file, os.path.join(self.git.shared, "info", "exclude")):
            try:
                rules += read_ignore_file(path, self.root, fold=self.fold, follow=True) if path else ()
            except UnreadableRules:
                # NOTE: the lines of the others are ignored too: what this one takes back in is not known.
                return ()
        return rules

    @property
    def fold(self) -> bool:
        """Return whether git does not tell capitals apart here."""
        return self.git is not None and self._settings.fold

    def tracks_file(self, path: str) -> bool:
        """Return whether git tracks a file, by its real path; True where that cannot be told."""
        tracked = self._tracked
        return tracked is None or self._name(path) in tracked.files

    def tracks_below(self, folder: str) -> bool:
        """Return whether git tracks a wanted file or a submodule in a folder; True where that cannot be told."""
        tracked = self._tracked
        return tracked is None or self._name(folder) in tracked.folders

    @cached_property
    def absent(self) -> frozenset[str]:
        """Return the wanted files that git tracks and a sparse checkout leaves out, by path from the root."""
        if self.git is None or not os.path.exists(os.path.join(self.git.own, "info", "sparse-checkout")):
            return frozenset()
        return frozenset() if self._tracked is None else self._tracked.absent

    @cached_property
    def _settings(self) -> IgnoreSettings:
        from aipolicy.discovery.git_config import ignore_settings

        assert self.git is not None
        return ignore_settings(self.git.shared, os.environ)

    @cached_property
    def _tracked(self) -> Tracked | None:
        from aipolicy.discovery.git_index import Tracked, UnreadableIndex, read_tracked

        if self.git is None:
            return Tracked()
        try:
            tracked = read_tracked(
                os.path.join(self.git.own, "index"), lambda name: self._wanted(os.fsdecode(name)),
                hash_bytes=32 if self._settings.sha256 else 20,
            )  # fmt: skip
        except UnreadableIndex as problem:
            self._notify(
                f"git's index of `{shown(os.path.basename(self.root))}` cannot be used, because {problem}: "
                "what git ignores there is checked too"
            )
            return None
        if self.fold:
            files, folders = (frozenset(map(str.casefold, paths)) for paths in (tracked.files, tracked.folders))
            return Tracked(files, folders, tracked.absent)
        return tracked

    def _name(self, path: str) -> str:
        name = path[len(self.root) + 1 :]
        return name.casefold() if self.fold else name
