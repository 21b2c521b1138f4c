"""A pack at a revision of a local git repository; nothing is fetched, nothing is checked out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from aipolicy.errors import BaseError, PolicyError
from aipolicy.files.paths import StrPath
from aipolicy.history.revision import read_revision
from aipolicy.policy.sources.pack_files import GIT_PREFIX, PackFiles, PackOrigin, may_be_part, yaml_names
from aipolicy.source.regex import regex
from aipolicy.source.text import UNSAFE, shown
from aipolicy.value import NamedTuple

_ADDRESS = regex(r"[A-Za-z][A-Za-z0-9+.-]+:|[^/]*@[^/]*:|//")
"""How a repository begins that is not a local folder: a scheme, or `user@host:`."""
_REVISION = regex(r"@(?!\{)")
"""What stands before a revision; `@{` is part of one."""


class GitReference(NamedTuple):
    """A folder at a revision of a local repository."""

    repository: str
    """Path from the folder of the file that refers to it."""
    revision: str
    folder: str = ""
    """With forward slashes; empty for the top of the repository."""

    def __str__(self) -> str:
        """Return the reference as it is written in a configuration."""
        return f"{GIT_PREFIX}{self.repository}@{self.revision}" + (f"#{self.folder}" if self.folder else "")


def parse_git_reference(text: str) -> GitReference:
    """Return the parts of `git+PATH@REVISION#FOLDER`; raises `PolicyError`."""
    if not text.startswith(GIT_PREFIX):
        raise _address(text)
    rest, sign, folder = text.removeprefix(GIT_PREFIX).partition("#")
    if _ADDRESS.match(rest):
        raise _address(text)
    if sign and not folder:
        raise PolicyError(f"`{shown(text)}` names no folder after `#`; name one, or leave `#` out for the top")
    at = max((match.start() for match in _REVISION.finditer(rest)), default=-1)
    if at < 0 or at == len(rest) - 1:
        raise PolicyError(f"`{shown(text)}` names no revision; write `git+PATH@REVISION#FOLDER`")
    return _checked(GitReference(rest[:at], rest[at + 1 :], folder))


def git_reference_text(repository: str, revision: str, folder: str) -> str:
    """Return three parts as one reference; raises `PolicyError` for parts that no reference has."""
    reference = _checked(GitReference(repository, revision, folder))
    text = str(reference)
    # NOTE: a lock names packs by this text, so that it must say the same three things.
    if "#" in repository or parse_git_reference(text) != reference:
        raise PolicyError(
            f"`{shown(text)}` can be read in several ways; rename the folder or revision without `@` and `#`"
        )
    return text


def _checked(reference: GitReference) -> GitReference:
    """Return a reference as it is used, the slash at the end of its folder left out; raises `PolicyError`."""
    if not reference.repository:
        raise PolicyError(f"`{shown(str(reference))}` names no repository; write its path, such as `../policies`")
    if _ADDRESS.match(reference.repository):
        raise _address(reference.repository)
    if UNSAFE.search(str(reference)):
        raise PolicyError(f"`{shown(str(reference))}` has a control or invisible character; remove it")
    folder = reference.folder.removesuffix("/")
    if folder and any(part in ("", ".", "..") for part in folder.split("/")):
        raise PolicyError(
            f"`{shown(reference.folder)}` is no folder of a repository; write it from the repository's top"
        )
    return reference._replace(folder=folder)


def find_git_pack(reference: str, base: StrPath) -> PackFiles:
    """Return the files of a pack named as `git+PATH@REVISION#FOLDER`, PATH from `base`; raises `PolicyError`."""
    return read_git_pack(parse_git_reference(reference), base)


def read_git_pack(reference: GitReference, base: StrPath) -> PackFiles:
    """Return the files of a pack in a repository whose path is from `base`; raises `PolicyError`."""
    repository = os.path.normpath(os.path.join(base, reference.repository)).replace(os.sep, "/")
    place = str(reference._replace(repository=repository))
    try:
        revision = read_revision(repository, reference.revision, reference.folder, may_be_part)
    except BaseError as error:
        raise PolicyError(error.message, path=place) from error
    origin = PackOrigin("git", repository, reference.revision, reference.folder, revision.commit)
    if revision.is_file:
        (data,) = revision.files.values()
        return PackFiles(place, ((place, data),), origin=origin)
    within = f"{place}/" if reference.folder else f"{place}#"
    files = tuple(
        (f"{within}{name}", revision.files[name]) for name in yaml_names(revision.files, place, revision.below)
    )
    return PackFiles(place, files, origin=origin)


def reference_at(text: str, folder: str, commits: Mapping[GitReference, str]) -> str:
    """Return a reference from another folder, with the path of its repository, and the commit instead of its revision."""
    reference = parse_git_reference(text)
    reference = reference._replace(repository=os.path.normpath(os.path.join(folder, reference.repository)))
    return str(reference._replace(revision=commits.get(reference, reference.revision)))


def _address(text: str) -> PolicyError:
    # NOTE: what stands before `@` in an address may be a password.
    hidden = re.sub(r"//[^/]*@", "//…@", text)
    return PolicyError(
        f"`{shown(hidden)}` is an address; fetch it first: no network at run time; clone the repository and write "
        "`git+PATH@REVISION#FOLDER`, or install a package that offers the pack and write `package:PACK`"
    )
