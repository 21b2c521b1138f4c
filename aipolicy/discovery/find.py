"""Paths in, the bytes of the manifests that they name or hold out, and what was left out: bounded, each once, sorted."""

# NOTE: `os.path` here: a `Path` for each entry would cost more than the whole walk of 10,000 files.

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence

from aipolicy.discovery.globs import manifest_matcher, name_matcher, near_matcher
from aipolicy.discovery.search import Candidate, Search
from aipolicy.errors import UsageError
from aipolicy.manifest.manifest_file import ManifestFile, RepositoryPaths
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.manifest.skipped import NOTHING_LEFT_OUT, LeftOut
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.value import NamedTuple

STDIN = "-"
STDIN_SHOWN = "<stdin>"


class FoundFiles(NamedTuple):
    """The manifest files of a run, sorted by path, and what was left out on the way to them."""

    files: tuple[ManifestFile, ...]
    left_out: LeftOut = NOTHING_LEFT_OUT
    read: tuple[str, ...] = ()
    """Real paths of the files."""
    others: tuple[str, ...] = ()
    """Files of the names that were asked for beside, in the folders that were looked at: real paths, sorted."""


def find_manifests(
    paths: Sequence[str | os.PathLike[str]], *, patterns: Sequence[str] = MANIFEST_PATTERNS,
    exclude: Sequence[str] = (), respect_gitignore: bool = True, stdin: Callable[[], bytes],
) -> tuple[ManifestFile, ...]:  # fmt: skip
    """Return the files of `search_manifests`, whatever it left out."""
    manifests = search_manifests(
        paths, patterns=patterns, exclude=exclude, respect_gitignore=respect_gitignore, stdin=stdin
    )
    return manifests.files


def search_manifests(
    paths: Sequence[str | os.PathLike[str]], *, patterns: Sequence[str] = MANIFEST_PATTERNS,
    exclude: Sequence[str] = (), respect_gitignore: bool = True, others: Collection[str] = (),
    stdin: Callable[[], bytes],
) -> FoundFiles:  # fmt: skip
    """Return the files that are named, and those in named folders whose names match, sorted by path.

    A glob without `/` is matched against names, one with `/` against whole paths, a relative one from the working folder.
    `exclude` holds for everything; ignore files hold for what a walk finds and git does not track. `others` are names of
    files that are noted where they are seen, in walked folders and from a named file up to the root of its repository.
    Raises `UsageError`, or `Problems` for several.
    """
    mistakes = Mistakes(UsageError)
    search = Search(
        manifest_matcher(patterns), near_matcher(patterns), name_matcher(exclude), mistakes,
        respect_gitignore=respect_gitignore, others=frozenset(others),
    )  # fmt: skip
    path_texts = [os.fspath(path) for path in paths]
    candidates = [candidate for path in path_texts if path != STDIN for candidate in search.candidates(path)]
    files = []
    repositories = RepositoryPaths()
    taken = _each_once(candidates)
    for candidate in taken:
        try:
            data = read_regular_file(candidate.path)
            in_repository = repositories.of(candidate.real)
            files.append(
                ManifestFile(candidate.shown, data, candidate.named, in_repository, near_miss=candidate.near_miss)
            )
        except OSError as error:
            mistakes.add_error(UsageError(f"cannot read: {reason_of(error)}", path=candidate.shown))
    mistakes.raise_if_any()
    if STDIN in path_texts:
        files.append(ManifestFile(STDIN_SHOWN, stdin(), named=True))
    nothing_asked = bool(path_texts) and search.excluded_files == len(path_texts)
    left_out = LeftOut(tuple(sorted(set(search.skipped))), tuple(dict.fromkeys(search.notices)), nothing_asked)
    read_paths = tuple(candidate.real for candidate in taken)
    return FoundFiles(
        tuple(sorted(files, key=lambda file: file.path)), left_out, read_paths, tuple(sorted(search.others))
    )


def _each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return one candidate for each file: rather as it was named, rather itself than a link to it."""
    once: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: (not c.named, c.linked, c.shown, c.real)):
        once.setdefault(os.path.normcase(candidate.real), candidate)
    return sorted(once.values(), key=lambda c: (c.shown, c.real))
