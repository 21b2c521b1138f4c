"""Paths in, the bytes of the manifests that they name or hold out: regular files only, bounded, sorted."""

# NOTE: `os.path` here: a `Path` for each entry would cost more than the whole walk of 10,000 files.

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.errors import UsageError
from aipolicy.manifest.manifest_file import ManifestFile, RepositoryPaths
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.suggest import nearest
from aipolicy.source.text import escaped, shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MANIFEST_PATTERNS = ("aifeature.yaml", "*.aifeature.yaml", "aifeature.yml", "*.aifeature.yml")
STDIN = "-"
STDIN_SHOWN = "<stdin>"
SKIPPED_FOLDERS = frozenset({".git", "node_modules", ".venv", "__pycache__"})
"""Folders that no walk enters; a file in them can still be named."""

_MAX_STARS = 3
"""With more stars in one part of an ignore pattern, matching one long name can take hours."""
_MAX_NAMES = 2_000
_OPEN = os.O_RDONLY | sum(getattr(os, f, 0) for f in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))

_Rules = tuple[tuple[int, "GitIgnoreSpec"], ...]
"""Ignore files, the nearest last: each with the length of the path that its patterns do not see."""


def find_manifests(
    paths: Sequence[str | os.PathLike[str]], *, patterns: Sequence[str] = MANIFEST_PATTERNS,
    exclude: Sequence[str] = (), respect_gitignore: bool = True, stdin: Callable[[], bytes],
) -> tuple[ManifestFile, ...]:  # fmt: skip
    """Return the files that are named, and those in named folders whose names match, sorted by path.

    A glob without `/` is matched against names, one with `/` against whole paths, a relative one from the
    working folder. `exclude` and ignore files hold for what a walk finds, never for what is named.
    Raises `UsageError`, or `Problems` for several.
    """
    mistakes = Mistakes(UsageError)
    search = _Search(name_matcher(patterns), name_matcher(exclude), respect_gitignore, mistakes)
    wanted = [os.fspath(path) for path in paths]
    found = [candidate for path in wanted if path != STDIN for candidate in search.candidates(path)]
    files = []
    repositories = RepositoryPaths()
    for candidate in _each_once(found):
        try:
            data = read_regular_file(candidate.path)
            files.append(ManifestFile(candidate.shown, data, candidate.named, repositories.of(candidate.real)))
        except OSError as error:
            mistakes.add_error(UsageError(f"cannot read: {reason_of(error)}", path=candidate.shown))
    mistakes.raise_if_any()
    if STDIN in wanted:
        files.append(ManifestFile(STDIN_SHOWN, stdin(), named=True))
    return tuple(sorted(files, key=lambda file: file.path))


def read_regular_file(path: str, limit: int = MAX_BYTES) -> bytes:
    """Return at most `limit + 1` bytes of a file; raises `OSError`, also for what is no regular file."""
    # NOTE: opening a device can already act on it, so look first; the second look is at what was opened.
    _require_regular(os.stat(path))
    handle = os.open(path, _OPEN)
    try:
        status = os.fstat(handle)
        _require_regular(status)
        chunk = data = os.read(handle, min(status.st_size, limit) + 1)
        while chunk and len(data) <= limit:
            chunk = os.read(handle, limit + 1 - len(data))
            data += chunk
        return data
    finally:
        os.close(handle)


def reason_of(error: Exception) -> str:
    """Return why the system refused a path, as the end of a message."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
    return reason[:1].lower() + reason[1:]


def repository_root(folder: str) -> str | None:
    """Return the nearest of `folder` (an absolute path) and its parents that holds `.git`, or None."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def shown_path(path: str) -> str:
    """Return a path for people: forward slashes, no leading `./`, what cannot be printed escaped."""
    text = re.sub("/{2,}", "/", path.replace(os.sep, "/"))
    return escaped(re.sub(r"^(?:\./)+(?=.)", "", text))


class _Candidate(NamedTuple):
    """A file to read; `real` is what tells that two paths are one file."""

    shown: str
    path: str
    real: str
    named: bool
    linked: bool


class _Search:
    """What is looked for; a mistake on the way is noted and yields nothing."""

    def __init__(self, matches: Callable[[str, str], bool], excludes: Callable[[str, str], bool],
                 respect_gitignore: bool, mistakes: Mistakes) -> None:  # fmt: skip
        self.matches = matches
        self.excludes = excludes
        self.respect_gitignore = respect_gitignore
        self.mistakes = mistakes

    def candidates(self, path: str) -> Iterable[_Candidate]:
        """Return the named file itself, or what is found in the named folder."""
        try:
            mode = os.stat(path).st_mode
            leads_out = self._leads_out(path)
        except (FileNotFoundError, NotADirectoryError):
            return self._refuse(shown_path(path), _missing(path))
        except (OSError, ValueError) as error:
            return self._refuse(shown_path(path), f"cannot read: {reason_of(error)}")
        if leads_out:
            return self._refuse(shown_path(path), "a link out of the repository; name the file itself")
        if stat.S_ISDIR(mode):
            return self._walk(path)
        return (_Candidate(shown_path(path), path, _real(path), named=True, linked=os.path.islink(path)),)

    @cached_property
    def _home(self) -> str | None:
        return repository_root(os.getcwd())

    def _leads_out(self, path: str) -> bool:
        absolute = os.path.abspath(path)
        boundary = self._home
        if boundary is None or not _within(absolute, boundary):
            boundary = repository_root(os.path.dirname(absolute)) or os.getcwd()
        if _within(_real(path), _real(boundary)):
            return False
        return os.path.islink(path) or _within(absolute, boundary)

    def _walk(self, path: str) -> Iterator[_Candidate]:
        top = _real(path)
        boundary = _real(repository_root(os.path.realpath(path)) or path)
        name = shown_path(path).rstrip("/")
        waiting = [(top, "" if name == "." else f"{name}/", self._rules_above(top, boundary))]
        while waiting:
            folder, prefix, rules = waiting.pop()
            try:
                with os.scandir(f"{folder}/") as scan:
                    entries = list(scan)
            except OSError as error:
                self._refuse(prefix or name, f"cannot list the folder: {reason_of(error)}")
                continue
            if self.respect_gitignore and any(entry.name == ".gitignore" for entry in entries):
                rules += _rules_of(f"{folder}/.gitignore", folder)
            for entry in entries:
                real = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_FOLDERS and self._takes(entry.name, f"{real}/", rules):
                        waiting.append((real, f"{prefix}{escaped(entry.name)}/", rules))
                elif self.matches(entry.name, real) and self._takes(entry.name, real, rules):
                    yield from _found(entry, real, prefix + escaped(entry.name), boundary)

    def _takes(self, name: str, real: str, rules: _Rules) -> bool:
        return not self.excludes(name, real.rstrip("/")) and not _ignored(real, rules)

    def _rules_above(self, folder: str, boundary: str) -> _Rules:
        """Return the rules of the repository that reach down to a folder, unless they ignore it itself."""
        if not self.respect_gitignore or not os.path.lexists(f"{boundary}/.git"):
            return ()
        rules = _rules_of(f"{boundary}/.git/info/exclude", boundary)
        current = boundary
        for part in folder[len(boundary) :].split("/")[1:]:
            rules += _rules_of(f"{current}/.gitignore", current)
            current = f"{current}/{part}"
            if _ignored(f"{current}/", rules):
                # NOTE: git would see nothing below; who names an ignored folder wants it looked at.
                return ()
        return rules

    def _refuse(self, path: str, message: str) -> tuple[_Candidate, ...]:
        self.mistakes.add_error(UsageError(message, path=path))
        return ()


def _found(entry: os.DirEntry[str], path: str, name: str, boundary: str) -> Iterator[_Candidate]:
    linked = entry.is_symlink()
    real = _real(path) if linked else path
    if not linked or (_within(real, boundary) and not os.path.isdir(real)):
        yield _Candidate(name, path, real, named=False, linked=linked)


def _each_once(found: Iterable[_Candidate]) -> list[_Candidate]:
    """Return one candidate for each file: rather as it was named, rather itself than a link to it."""
    once: dict[str, _Candidate] = {}
    for candidate in sorted(found, key=lambda c: (not c.named, c.linked, c.shown, c.real)):
        once.setdefault(os.path.normcase(candidate.real), candidate)
    return sorted(once.values(), key=lambda c: (c.shown, c.real))


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "not a regular file, and nothing else is read")


def _missing(path: str) -> str:
    """Return what to say of a path that leads nowhere, with a near match from the folder that does exist."""
    if not path:
        return "a path is empty; name a file or a folder"
    if os.path.islink(path):
        return "a symbolic link to a file that does not exist"
    folder, name = os.path.split(path.rstrip("/" + os.sep))
    while folder and not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder, name = os.path.split(folder)
    try:
        match = nearest(name, sorted(os.listdir(folder or "."))[:_MAX_NAMES])
    except OSError:
        match = None
    hint = f"did you mean `{shown(shown_path(os.path.join(folder, match)))}`?" if match else "check the path"
    return f"no such file or folder; {hint}"


def _rules_of(path: str, folder: str) -> _Rules:
    """Return the rules of an ignore file; what is unusable in it ignores nothing: more is checked, not less."""
    if os.path.islink(path):
        return ()
    try:
        text = read_regular_file(path).decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    except OSError:
        return ()
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line and not line.startswith("#")]
    if not lines:
        return ()
    from pathspec import GitIgnoreSpec  # slow to import, and seldom wanted

    usable = [line for line in lines if _is_usable(line, GitIgnoreSpec)]
    return ((len(folder) + 1, GitIgnoreSpec.from_lines(usable)),)


def _is_usable(line: str, spec: type[GitIgnoreSpec]) -> bool:
    try:
        spec.from_lines([line])
    except ValueError:
        return False
    parts = line.split("/")
    return parts.count("**") <= _MAX_STARS and all(p.count("*") <= _MAX_STARS for p in parts)


def _ignored(path: str, rules: _Rules) -> bool:
    """Return what the nearest ignore file that mentions a path says; folders end with a slash."""
    for start, patterns in reversed(rules):
        verdict = patterns.check_file(path[start:]).include
        if verdict is not None:
            return verdict
    return False


def name_matcher(patterns: Iterable[str]) -> Callable[[str, str], bool]:
    """Return a test of an entry by its name and its real path; `*` also crosses folders, and takes linear time."""
    names, paths = ["(?!)"], ["(?!)"]
    for pattern in patterns:
        text = pattern.replace(os.sep, "/").rstrip("/")
        inner = text.removeprefix("**/")
        if "/" not in inner:
            names.append(translate(inner))
        else:
            whole = f"*/{inner}" if inner != text else _anchored(text)
            paths += [translate(whole), translate(whole.replace("/**/", "/"))]
    by_name, by_path = re.compile("|".join(names)), re.compile("|".join(paths))
    return lambda name, path: bool(by_name.match(name) or by_path.match(path))


def _anchored(pattern: str) -> str:
    here = re.sub(r"([*?\[])", r"[\1]", os.getcwd())
    return os.path.normpath(os.path.join(here, pattern)).replace(os.sep, "/")


def _real(path: str) -> str:
    """Return the real path with forward slashes and none at its end."""
    return os.path.realpath(path).replace(os.sep, "/").rstrip("/")


def _within(path: str, folder: str) -> bool:
    """Return whether a path lies in a folder, but not in a `.git` of it, where credentials are kept."""
    path, folder = (os.path.normcase(each).replace(os.sep, "/").rstrip("/") + "/" for each in (path, folder))
    return path.startswith(folder) and ".git" not in path[len(folder) :].split("/")
