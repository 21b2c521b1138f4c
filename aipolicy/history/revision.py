"""The files of one folder at a revision of any local repository, read from git's objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from aipolicy.errors import BaseError
from aipolicy.history.git import read_blobs, run_git
from aipolicy.history.repository import MAX_REVISION, resolved_commit
from aipolicy.source.limits import MAX_BYTES, MAX_FOLDER_BYTES, MAX_FOLDER_FILES
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import UNSAFE, shown
from aipolicy.value import NamedTuple

_LINK, _SUBMODULE, _TREE = "120000", "160000", "040000"


class RevisionFiles(NamedTuple):
    """Files at a revision."""

    commit: str
    files: Mapping[str, bytes]
    """Content by name, cut off one byte after `MAX_BYTES`; the files directly in a folder, or the one that was named."""
    is_file: bool
    """Whether the path names a file."""
    below: tuple[str, ...] = ()
    """The paths of wanted files in folders within the folder, which are not read."""


class _Entry(NamedTuple):
    mode: str
    hash: str


def read_revision(folder: str, revision: str, path: str, wanted: Callable[[str], bool]) -> RevisionFiles:
    """Return the wanted files, by name, of a folder at a revision; raises `BaseError` for what cannot be relied on.

    `folder` is the top of a working tree, or a bare repository; `path` has forward slashes and is empty for the top.
    """
    _refuse_other_folders(folder)
    commit = _commit(folder, revision)
    entries, is_file = _found(folder, commit, path)
    _refuse_odd_names(entries)
    for name, entry in sorted(entries.items()):
        if entry.mode in (_LINK, _SUBMODULE):
            kind = "a symbolic link" if entry.mode == _LINK else "a submodule"
            raise BaseError(f"`{shown(name)}` is {kind}, which is not followed; commit the files themselves")
    names = [name for name, entry in sorted(entries.items()) if entry.mode != _TREE and (is_file or wanted(name))]
    if len(names) > MAX_FOLDER_FILES:
        raise BaseError(f"the folder holds more than {MAX_FOLDER_FILES} files")
    files: dict[str, bytes] = {}
    size = 0
    for name, data in zip(names, read_blobs(folder, (entries[name].hash for name in names), MAX_BYTES), strict=True):
        size += len(data)
        if size > MAX_FOLDER_BYTES:
            raise BaseError(f"the folder holds more than {MAX_FOLDER_BYTES} bytes")
        files[name] = data
    trees = [(name, entry.hash) for name, entry in sorted(entries.items()) if entry.mode == _TREE]
    below = [
        f"{name}/{path}" for name, tree in trees for path, _ in _listed(folder, tree, recursive=True) if wanted(path)
    ]
    return RevisionFiles(commit, files, is_file, tuple(below))


def _refuse_other_folders(folder: str) -> None:
    """Refuse what is no repository itself: git would go up to another one that holds it, and find other files."""
    if not os.path.isdir(folder):
        raise BaseError("there is no such folder; clone the repository there first, nothing is fetched at run time")
    code, output, complaint = run_git(
        folder, "rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--show-prefix", "--absolute-git-dir"
    )
    if code != 0:
        if "not a git repository" in complaint:
            raise BaseError("the folder is no git repository; clone the repository there first")
        raise BaseError(f"git refuses the repository: {complaint}")
    lines = output.split(b"\n")
    if lines[0] == b"true":
        is_top = os.path.realpath(os.fsdecode(lines[3])) == os.path.realpath(folder)
    else:
        is_top = lines[1] == b"true" and lines[2] == b""
    if not is_top:
        raise BaseError("the folder is inside a repository; name the repository's top, and the folder after `#`")


def _commit(folder: str, revision: str) -> str:
    if not revision or len(revision) > MAX_REVISION or revision.startswith("-") or UNSAFE.search(revision):
        raise BaseError(f"`{shown(revision)}` is no revision; name a tag, a branch or a commit")
    both = {f"refs/{kind}/{revision}" for kind in ("heads", "tags")}
    _, output, _ = run_git(folder, "for-each-ref", "--format=%(refname)", *sorted(both))
    if both <= set(os.fsdecode(output).split("\n")):
        heads, tags = (f"`{shown(name)}`" for name in sorted(both))
        raise BaseError(f"`{shown(revision)}` is a branch and a tag; write {heads} or {tags}")
    commit = resolved_commit(folder, revision)
    if commit is None:
        raise BaseError(f"no commit is named `{shown(revision)}` there; fetch it, nothing is fetched at run time")
    return commit


def _found(folder: str, commit: str, path: str) -> tuple[Mapping[str, _Entry], bool]:
    """Return the entries of a folder in the tree of a commit, or the one file that a path names."""
    entries = dict(_listed(folder, commit))
    done: list[str] = []
    for part in path.split("/") if path else ():
        entry = entries.get(part)
        place = "/".join([*done, part])
        if entry is None:
            hint = did_you_mean(part, entries)
            raise BaseError(f"commit `{commit[:12]}` holds no `{shown(place)}`{hint}")
        if entry.mode in (_LINK, _SUBMODULE):
            kind = "a symbolic link" if entry.mode == _LINK else "a submodule"
            raise BaseError(f"`{shown(place)}` is {kind}, which is not followed; name the folder that it leads to")
        if entry.mode != _TREE:
            if place != path:
                raise BaseError(f"`{shown(place)}` is a file at commit `{commit[:12]}`, not a folder")
            return {part: entry}, True
        entries = dict(_listed(folder, entry.hash))
        done.append(part)
    return entries, False


def _listed(folder: str, tree: str, *, recursive: bool = False) -> Iterator[tuple[str, _Entry]]:
    # NOTE: not `COMMIT:PATH`, in which git would follow rules of its own for parts of the path.
    options = ("-z", "--full-tree", *(("-r",) if recursive else ()), "--end-of-options")
    code, output, complaint = run_git(folder, "ls-tree", *options, tree)
    if code != 0:
        raise BaseError(f"git cannot list the tree `{tree[:12]}`: {complaint}; fetch the commit completely")
    for line in output.split(b"\0")[:-1]:
        head, _, raw = line.partition(b"\t")
        mode, _, name = head.decode("ascii").split(" ")[:3]
        yield os.fsdecode(raw), _Entry(mode, name)


def _refuse_odd_names(entries: Mapping[str, _Entry]) -> None:
    for name in sorted(entries):
        if UNSAFE.search(name) or "\\" in name:
            raise BaseError(f"`{shown(name)}` has a control character or a backslash in its name; rename it")
