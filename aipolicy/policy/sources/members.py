"""The members of one archive: what may be in it, and how much; one that may not refuses the whole archive."""

from __future__ import annotations

import unicodedata
from typing import NoReturn

from aipolicy.errors import PolicyError
from aipolicy.source.limits import MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES
from aipolicy.source.text import UNSAFE, shown

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz")
"""Archives that are read."""
_NESTED = (*ARCHIVE_SUFFIXES, ".gz", ".xz", ".bz2", ".zst", ".lz4", ".7z", ".rar", ".jar", ".whl", ".txz", ".tbz2")
_MAX_NAME = 1_000
"""Bytes of a member's name."""


class Members:
    """Collects the members of an archive; every way in which one is not acceptable raises `PolicyError`."""

    def __init__(self, archive: str) -> None:
        self.archive = archive
        """Path of the archive as shown to people."""
        self.files: dict[str, bytes] = {}
        """Content by path with forward slashes."""
        self._left = MAX_UNPACKED_BYTES
        self._count = 0
        self._known: dict[str, tuple[str, bool]] = {}
        self._seen: set[str] = set()

    def admit(self, raw: bytes, *, is_folder: bool) -> str:
        """Return the path of a member from its name as stored; an empty one is the archive's own top folder."""
        self._count += 1
        if self._count > MAX_MEMBERS:
            self.refuse(f"more than {MAX_MEMBERS} members")
        if len(raw) > _MAX_NAME:
            self.refuse(f"a member's name has more than {_MAX_NAME} bytes")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            self.refuse_member(raw.decode("utf-8", "backslashreplace"), "has a name that is not UTF-8")
        path = name.rstrip("/") if is_folder else name
        while path.startswith("./"):
            path = path[2:]
        if is_folder and path in ("", ".") and not name.startswith("/"):
            return ""
        self._refuse_path(name, path)
        if not is_folder and path.lower().endswith(_NESTED):
            self.refuse_member(name, "is an archive itself; leave it out")
        self._refuse_equal(path, is_folder=is_folder)
        return path

    def room(self) -> int:
        """Return how many bytes the next member may have."""
        return min(MAX_MEMBER_BYTES, self._left)

    def put(self, path: str, data: bytes) -> None:
        """Keep a member; `data` is cut off one byte after `room()` where there is more."""
        if len(data) > MAX_MEMBER_BYTES:
            self.refuse_member(path, f"unpacks to more than {MAX_MEMBER_BYTES} bytes")
        if len(data) > self._left:
            self.refuse(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        self._left -= len(data)
        self.files[path] = data

    def refuse(self, reason: str) -> NoReturn:
        """Raise an error about the archive."""
        raise PolicyError(f"the archive is refused: {reason}", path=self.archive)

    def refuse_member(self, name: str, reason: str) -> NoReturn:
        """Raise an error about one member."""
        self.refuse(f"`{shown(name)}` {reason}")

    def damaged(self, detail: str) -> NoReturn:
        """Raise an error about an archive that is not whole."""
        self.refuse(f"it is damaged: {detail}; make or fetch it again")

    def _refuse_path(self, name: str, path: str) -> None:
        parts = path.split("/")
        if UNSAFE.search(path):
            self.refuse_member(name, "has a control or invisible character in its name")
        if name.startswith("/"):
            self.refuse_member(name, "is an absolute path")
        if "\\" in path:
            self.refuse_member(name, "has a backslash in its name, which some systems read as a folder")
        if ":" in path:
            self.refuse_member(name, "has a colon in its name, as a drive has")
        if ".." in parts:
            self.refuse_member(name, "leads out of its folder with `..`")
        if "" in parts or "." in parts:
            self.refuse_member(name, "is no plain path")

    def _refuse_equal(self, path: str, *, is_folder: bool) -> None:
        """Refuse what would be one file where case or the way of writing accents does not count."""
        parts = path.split("/")
        for length in range(1, len(parts)):
            self._note("/".join(parts[:length]), is_folder=True)
        key = self._note(path, is_folder=is_folder)
        if key in self._seen:
            self.refuse_member(path, "is there twice")
        self._seen.add(key)

    def _note(self, path: str, *, is_folder: bool) -> str:
        key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())
        known, known_folder = self._known.setdefault(key, (path, is_folder))
        if known != path:
            self.refuse_member(path, f"is also there as `{shown(known)}`, which some systems take for the same")
        if known_folder != is_folder:
            self.refuse_member(path, "is a file and also a folder")
        return key
