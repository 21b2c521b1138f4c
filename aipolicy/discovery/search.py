"""A named path in, the files to read out: itself, or what a walk finds that git tracks or would not ignore."""

# NOTE: `os.path` here: a `Path` for each entry would cost more than the whole walk of 10,000 files.

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.discovery.git_folder import repository_root
from aipolicy.discovery.globs import Matcher
from aipolicy.discovery.working_tree import WorkingTree
from aipolicy.errors import UsageError
from aipolicy.manifest.skipped import ABSENT, EXCLUDED, IGNORED, LINKED_FOLDER, NEAR_NAME, TOOLS_FOLDER, Skipped
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.regular_file import reason_of, shown_path
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.discovery.ignore_rules import IgnoreRules

GIT_FOLDER = ".git"
TOOLS_FOLDERS = frozenset({"node_modules", ".venv", "__pycache__"})
"""Folders that no walk enters where no repository says what is ignored; a file in them can still be named."""


class Candidate(NamedTuple):
    """A file to read; `real` is what tells that two paths are one file."""

    shown: str
    path: str
    real: str
    named: bool
    linked: bool
    near_miss: bool = False


class _Folder(NamedTuple):
    """A folder to list: its real path, what its entries are shown under, and what is ignored in it."""

    real: str
    prefix: str
    tree: WorkingTree | None
    """The working tree that it lies in; None where nothing is ignored."""
    rules: IgnoreRules
    only_tracked: bool = False
    """Whether git ignores it as a whole, so that nothing in it is checked but what is tracked."""


class Search:
    """What is looked for; a mistake on the way is noted and yields nothing."""

    def __init__(self, matches: Matcher, is_near: Matcher, excludes: Matcher, mistakes: Mistakes, *,
                 respect_gitignore: bool, others: frozenset[str]) -> None:  # fmt: skip
        self._matches = matches
        self._is_near = is_near
        self._excludes = excludes
        self._mistakes = mistakes
        self._respect_gitignore = respect_gitignore
        self._trees: dict[str, WorkingTree] = {}
        self._other_names = others
        self.others: set[str] = set()
        """Real paths of files of other names that were seen."""
        self._seen_above: set[str] = set()
        self.skipped: list[Skipped] = []
        self.notices: list[str] = []
        self.excluded_files = 0
        """Named files that the configuration excludes."""

    def candidates(self, path: str) -> Iterable[Candidate]:
        """Return the named file itself, or what is found in the named folder."""
        try:
            mode = os.stat(path).st_mode
            leads_out = self._leads_out(path)
        except (FileNotFoundError, NotADirectoryError):
            from aipolicy.discovery.missing import reason_for_missing

            return self._refuse(shown_path(path), reason_for_missing(path))
        except (OSError, ValueError) as error:
            return self._refuse(shown_path(path), f"cannot read: {reason_of(error)}")
        if self._is_excluded(path):
            self.skipped.append(Skipped(shown_path(path), EXCLUDED))
            self.excluded_files += not stat.S_ISDIR(mode)
            return ()
        if leads_out:
            return self._refuse(shown_path(path), "a link out of the repository; name the file itself")
        if stat.S_ISDIR(mode):
            return self._walk(path)
        self._note_others_above(os.path.dirname(_real(path)))
        return (Candidate(shown_path(path), path, _real(path), named=True, linked=os.path.islink(path)),)

    @cached_property
    def _home(self) -> str | None:
        return repository_root(os.getcwd())

    def _leads_out(self, path: str) -> bool:
        absolute = os.path.abspath(path)
        boundary = self._boundary(absolute)
        if _within(_real(path), _real(boundary)):
            return False
        return os.path.islink(path) or _within(absolute, boundary)

    def _boundary(self, absolute: str) -> str:
        """Return the folder that a named path belongs to: its repository, else the working folder."""
        if self._home is not None and _within(absolute, self._home):
            return self._home
        return repository_root(os.path.dirname(absolute)) or os.getcwd()

    def _is_excluded(self, path: str) -> bool:
        """Return whether a walk from the top of the repository would leave a named path out."""
        absolute = os.path.abspath(path)
        top, current = _with_slashes(self._boundary(absolute)), _with_slashes(absolute)
        while len(current) > len(top) and _within(current, top):
            name = current.rpartition("/")[2]
            if self._excludes(name, current):
                return True
            current = current[: -len(name) - 1]
        return False

    def _note_others_above(self, folder: str) -> None:
        while self._other_names and folder not in self._seen_above:
            self._seen_above.add(folder)
            paths = [f"{folder}/{name}" for name in self._other_names]
            self.others.update(path for path in paths if os.path.lexists(path))
            if os.path.lexists(f"{folder}/{GIT_FOLDER}"):
                return
            folder = os.path.dirname(folder)

    def _walk(self, path: str) -> Iterator[Candidate]:
        top = _real(path)
        root = repository_root(os.path.realpath(path))
        boundary = _real(root or path)
        name = shown_path(path).rstrip("/")
        prefix = "" if name == "." else f"{name}/"
        tree = self._tree(boundary) if root is not None and self._respect_gitignore else None
        # NOTE: where git sees no repository nobody can tell what it tracks, so that nothing is ignored.
        tree = tree if tree is not None and tree.git is not None else None
        if tree is not None:
            self._tell_absent(tree, top, prefix)
        waiting = [_Folder(top, prefix, tree, () if tree is None else self._rules_above(top, tree))]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(f"{folder.real}/") as scan:
                    entries = list(scan)
            except OSError as error:
                self._refuse(folder.prefix or name, f"cannot list the folder: {reason_of(error)}")
                continue
            folder = self._with_rules(folder, entries, top)
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != GIT_FOLDER:
                        waiting.extend(self._entered(entry, folder, in_repository=root is not None))
                elif self._matches(entry.name, f"{folder.real}/{entry.name}"):
                    yield from self._taken(entry, folder, boundary, near_miss=False)
                elif self._is_near(entry.name, f"{folder.real}/{entry.name}"):
                    yield from self._taken(entry, folder, boundary, near_miss=True)
                elif entry.name in self._other_names:
                    self.others.add(f"{folder.real}/{entry.name}")
                elif entry.is_symlink():
                    self._tell_linked_folder(entry, folder, top)

    def _tree(self, root: str) -> WorkingTree:
        if root not in self._trees:

            def is_wanted(name: str) -> bool:
                return self._matches(name, name) or self._is_near(name, name)

            self._trees[root] = WorkingTree(root, is_wanted, self.notices.append)
        return self._trees[root]

    def _with_rules(self, folder: _Folder, entries: Iterable[os.DirEntry[str]], top: str) -> _Folder:
        """Return a folder with the ignore rules that begin in it; another repository begins with rules of its own."""
        names = {entry.name for entry in entries if entry.name in (GIT_FOLDER, ".gitignore")}
        tree = folder.tree
        if tree is None or not names:
            return folder
        if GIT_FOLDER in names and folder.real not in (top, tree.root):
            inner = self._tree(folder.real)
            if inner.git is not None:
                folder = _Folder(folder.real, folder.prefix, inner, inner.personal_rules)
                tree = inner
        if ".gitignore" not in names or folder.only_tracked:
            return folder
        return folder._replace(rules=_rules_with(folder.rules, folder.real, tree))

    def _entered(self, entry: os.DirEntry[str], folder: _Folder, *, in_repository: bool) -> Iterator[_Folder]:
        """Yield a folder in a folder where it is to be entered."""
        real, prefix = f"{folder.real}/{entry.name}", f"{folder.prefix}{escaped(entry.name)}/"
        if self._excludes(entry.name, real):
            self.skipped.append(Skipped(prefix, EXCLUDED))
        elif not in_repository and entry.name in TOOLS_FOLDERS:
            self.skipped.append(Skipped(prefix, TOOLS_FOLDER))
        else:
            tree = folder.tree
            ignored = folder.only_tracked or _is_ignored(real, folder.rules, is_folder=True)
            if tree is None or not ignored or tree.tracks_below(real):
                yield _Folder(real, prefix, tree, folder.rules, only_tracked=ignored)

    def _taken(
        self, entry: os.DirEntry[str], folder: _Folder, boundary: str, *, near_miss: bool
    ) -> Iterator[Candidate]:
        path, name = f"{folder.real}/{entry.name}", folder.prefix + escaped(entry.name)
        linked = entry.is_symlink()
        if self._excludes(entry.name, path):
            self.skipped.append(Skipped(name, EXCLUDED))
        elif (
            folder.tree is not None
            and (folder.only_tracked or _is_ignored(path, folder.rules, is_folder=False))
            and not folder.tree.tracks_file(path)
        ):
            if not near_miss:
                self.skipped.append(Skipped(name, IGNORED))
        elif linked and os.path.isdir(path):
            self.skipped.append(Skipped(f"{name}/", LINKED_FOLDER))
        elif linked and near_miss and not os.path.isfile(path):
            self.skipped.append(Skipped(name, NEAR_NAME))
        else:
            real = _real(path) if linked else path
            if linked and not _within(real, boundary):
                self._refuse(name, "a link out of the repository; name the file itself, or exclude the link")
            else:
                yield Candidate(name, path, real, named=False, linked=linked, near_miss=near_miss)

    def _tell_linked_folder(self, entry: os.DirEntry[str], folder: _Folder, top: str) -> None:
        """Note a link to a folder in which the walk does not look otherwise."""
        path = f"{folder.real}/{entry.name}"
        if not os.path.isdir(path) or _within(_real(path), top) or self._excludes(entry.name, path):
            return
        tree = folder.tree
        if tree is None or not (folder.only_tracked or _is_ignored(path, folder.rules, is_folder=False)):
            self.skipped.append(Skipped(f"{folder.prefix}{escaped(entry.name)}/", LINKED_FOLDER))

    def _tell_absent(self, tree: WorkingTree, top: str, prefix: str) -> None:
        """Note what git tracks below a folder and a sparse checkout leaves out."""
        for name in sorted(tree.absent):
            path = f"{tree.root}/{name}"
            if _within(path, top) and not os.path.lexists(path) and not self._is_excluded(path):
                self.skipped.append(Skipped(prefix + escaped(path[len(top) + 1 :]), ABSENT))

    def _rules_above(self, folder: str, tree: WorkingTree) -> IgnoreRules:
        """Return the rules of the repository that reach down to a folder, unless they ignore it itself."""
        rules = tree.personal_rules
        current = tree.root
        for part in folder[len(tree.root) :].split("/")[1:]:
            rules = _rules_with(rules, current, tree)
            current = f"{current}/{part}"
            if _is_ignored(current, rules, is_folder=True):
                # NOTE: git would see nothing below; who names an ignored folder wants it looked at.
                return ()
        return rules

    def _refuse(self, path: str, message: str) -> tuple[Candidate, ...]:
        self._mistakes.add_error(UsageError(message, path=path))
        return ()


def _rules_with(rules: IgnoreRules, folder: str, tree: WorkingTree) -> IgnoreRules:
    """Return rules together with those of the ignore file of a folder, if it has one."""
    from aipolicy.discovery.ignore_rules import UnreadableRules, read_ignore_file  # seldom wanted

    try:
        return rules + read_ignore_file(f"{folder}/.gitignore", folder, fold=tree.fold)
    except UnreadableRules:
        # NOTE: what it takes back in is not known, so that nothing is ignored from here on: more is checked, not less.
        return ()


def _is_ignored(path: str, rules: IgnoreRules, *, is_folder: bool) -> bool:
    if not rules:
        return False
    from aipolicy.discovery.ignore_rules import is_ignored

    return is_ignored(path, rules, is_folder=is_folder)


def _real(path: str) -> str:
    """Return the real path with forward slashes and none at its end."""
    return _with_slashes(os.path.realpath(path))


def _with_slashes(path: str) -> str:
    return path.replace(os.sep, "/").rstrip("/")


def _within(path: str, folder: str) -> bool:
    """Return whether a path lies in a folder, but not in a `.git` of it, where credentials are kept."""
    path, folder = (os.path.normcase(name).replace(os.sep, "/").rstrip("/") + "/" for name in (path, folder))
    return path.startswith(folder) and GIT_FOLDER not in path[len(folder) :].split("/")
