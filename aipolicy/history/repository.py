"""A repository, and the commit that a change of it began from."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime

from aipolicy.errors import BaseError
from aipolicy.history.git import read_blobs, run_git
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.regex import regex
from aipolicy.source.text import UNSAFE, shown
from aipolicy.value import Frozen

MAX_REVISION = 1_000
"""Longer revisions, in characters, are refused: no name of git's is as long."""

_HASH = regex("[0-9a-f]{40}|[0-9a-f]{64}")
_COMMITTER = regex(rb"^committer .* (\d+) [+-]\d{4}$", re.MULTILINE)
_FETCH = "fetch the history (`git fetch --unshallow`; in GitHub Actions `fetch-depth: 0` of actions/checkout)"


class Repository(Frozen):
    """A working tree: `top` is its real path."""

    top: str


class Base(Frozen):
    """The commit that a change began from: the merge base of a revision and HEAD."""

    repository: Repository
    revision: str
    commit: str
    day: date
    """The day of the commit, UTC."""

    @property
    def short(self) -> str:
        """Return the commit's hash as people write it."""
        return self.commit[:12]


def find_repository(folder: str) -> Repository:
    """Return the repository whose working tree holds a folder; raises `BaseError`."""
    code, output, complaint = run_git(folder, "rev-parse", "--is-bare-repository", "--is-inside-work-tree")
    if code != 0:
        if "not a git repository" in complaint:
            raise BaseError("no git repository here; a base is a commit of the repository that holds the manifests")
        raise BaseError(f"git refuses this repository: {complaint}")
    if output.split()[-1:] != [b"true"]:
        raise BaseError("a bare repository, or a folder of git's own, has no manifests; run in a working tree")
    code, output, complaint = run_git(folder, "rev-parse", "--show-toplevel")
    if code != 0:
        raise BaseError(f"git refuses this repository: {complaint}")
    return Repository(os.path.realpath(os.fsdecode(output.rstrip(b"\n"))))


def find_base(repository: Repository, revision: str) -> Base:
    """Return the merge base of a revision and HEAD; raises `BaseError` with what to do where there is none."""
    theirs = _commit_of(repository, revision)
    if _resolved(repository, "HEAD") is None:
        raise BaseError("HEAD has no commit yet; commit once, or check without a base")
    code, output, complaint = run_git(repository.top, "merge-base", "--end-of-options", theirs, "HEAD")
    commit = output.decode("ascii", "replace").strip()
    if code == 1 and not commit:
        if _is_shallow(repository):
            message = f"the clone is too shallow to hold the merge base of `{shown(revision)}` and HEAD; {_FETCH}"
            raise BaseError(message)
        raise BaseError(f"`{shown(revision)}` and HEAD have no commit in common; name a base with a shared history")
    if code != 0:
        raise BaseError(f"git finds no merge base: {complaint}")
    return Base(repository, revision, commit, _day_of(repository, commit))


def _commit_of(repository: Repository, revision: str) -> str:
    if not revision:
        raise BaseError("the base is empty; name a commit, such as `origin/main`")
    if len(revision) > MAX_REVISION:
        raise BaseError(f"a base of {len(revision)} characters; name a commit in at most {MAX_REVISION}")
    if revision.startswith("-") or UNSAFE.search(revision):
        raise BaseError(f"`{shown(revision)}` is no revision; name a commit, such as `origin/main`")
    commit = _resolved(repository, revision)
    if commit is None:
        todo = _FETCH if _is_shallow(repository) else "fetch it, or name another, such as `origin/main`"
        raise BaseError(f"no commit is named `{shown(revision)}`; {todo}")
    return commit


def _resolved(repository: Repository, revision: str) -> str | None:
    return resolved_commit(repository.top, revision)


def resolved_commit(folder: str, revision: str) -> str | None:
    """Return the hash of the commit that a revision names in the repository of a folder, or None."""
    # NOTE: in two steps, because `:/text` would search for what is appended to it.
    for suffix in ("", "^{commit}"):
        code, output, _ = run_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}{suffix}")
        revision = output.decode("ascii", "replace").strip()
        if code != 0 or not _HASH.fullmatch(revision):
            return None
    return revision


def _is_shallow(repository: Repository) -> bool:
    return run_git(repository.top, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"


def _day_of(repository: Repository, commit: str) -> date:
    data = next(iter(read_blobs(repository.top, [commit], MAX_BYTES)))
    match = _COMMITTER.search(data)
    try:
        return datetime.fromtimestamp(int(match.group(1)) if match else 0, UTC).date()
    except (OverflowError, OSError, ValueError) as error:
        raise BaseError(f"commit `{commit[:12]}` has a date that no calendar knows; name another base") from error
