"""The lock file: which packs a configuration leads to, and the digest of each; the same text for the same packs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aipolicy.errors import ConfigError, LockError
from aipolicy.policy.sources.pack_files import GIT_PREFIX, PACKAGE_PREFIX, InstalledPackage
from aipolicy.source.document import Document, Positions, SourceFile
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.span import Span
from aipolicy.source.text import shown
from aipolicy.source.toml_reader import plain_value, read_toml, toml_spans
from aipolicy.value import Frozen, NamedTuple

LOCK_COMMAND = "`aipolicy policy lock`"

_VERSION = 1
_KINDS = ("shipped", "path", "git", "package")
_NAMED_BY_PREFIX = (
    ("git", GIT_PREFIX, "revision of a repository"),
    ("package", PACKAGE_PREFIX, "pack of an installed package"),
)
_DIGEST = regex("sha256:[0-9a-f]{64}")
_COMMIT = regex("[0-9a-f]{40}|[0-9a-f]{64}")
_HEAD = """\
# The packs that this folder's configuration leads to, as `aipolicy policy lock` found them.
# Not to be edited: change a pack on purpose, review it, run the command again and commit both.
"""


class Pin(NamedTuple):
    """What the lock says of one pack."""

    reference: str
    """As it would be named in the configuration file beside the lock."""
    name: str
    version: str
    kind: str
    digest: str
    commit: str = ""
    """For git: the commit that the revision named."""
    package: InstalledPackage | None = None
    """For a pack of an installed package."""


class Lock(Frozen):
    """A lock file as read."""

    pins: Mapping[str, Pin]
    """By reference."""
    document: Document

    @property
    def path(self) -> str:
        """Return the path as shown to people."""
        return self.document.source.path

    def place_of(self, reference: str, key: str | None = None) -> Span:
        """Return where a pack, or something about it, is pinned."""
        return self.document.locate(("packs", reference, *(() if key is None else (key,))), "key")


def lock_text(pins: Iterable[Pin]) -> str:
    """Return the text of a lock file, packs sorted by reference."""
    parts = [_HEAD, f"lock_version = {_VERSION}\n"]
    for pin in sorted(pins):
        more = f"commit = {_quoted(pin.commit)}\n" if pin.commit else ""
        if pin.package is not None:
            more = f"package = {_quoted(pin.package.name)}\npackage_version = {_quoted(pin.package.version)}\n"
        parts.append(
            f"\n[packs.{_quoted(pin.reference)}]\nname = {_quoted(pin.name)}\nversion = {_quoted(pin.version)}\n"
            f"from = {_quoted(pin.kind)}\n{more}digest = {_quoted(pin.digest)}\n"
        )
    return "".join(parts)


def _quoted(text: str) -> str:
    # NOTE: text with control characters, where TOML and JSON differ, is never written.
    return json.dumps(text, ensure_ascii=False)


def read_lock(path: str) -> Lock:
    """Return a lock file; raises `LockError`, or `Problems` with every mistake at its line."""
    name = path.replace("\\", "/")
    try:
        data = read_regular_file(path)
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LockError(f"not UTF-8 at byte {error.start}; write it again with {LOCK_COMMAND}", path=name) from error
    except (OSError, ValueError) as error:
        raise LockError(f"cannot read: {reason_of(error)}", path=name) from error
    if len(data) > MAX_BYTES:
        raise LockError(f"file of more than {MAX_BYTES} bytes; write it again with {LOCK_COMMAND}", path=name)
    try:
        value = read_toml(text, name)
    except ConfigError as error:
        raise LockError(f"{error.message}; write it again with {LOCK_COMMAND}", path=name, span=error.span) from error
    document = Document(SourceFile(name, text, {0: Positions(toml_spans(text, ()), {})}), 0, None)
    mistakes = Mistakes(LockError)
    top = Record(document, (), plain_value(value, (), document, mistakes), mistakes)
    version = top.number("lock_version")
    if version and version != _VERSION:
        top.mistake(f"version {version:g} of the lock is not known; write it again with {LOCK_COMMAND}", "lock_version")
    packs = top.record("packs")
    pins = {reference: _pin(reference, packs.record(reference)) for reference in packs.field_names()}
    top.finish()
    mistakes.raise_if_any()
    return Lock(pins, document)


def _pin(reference: str, record: Record) -> Pin:
    kind = record.text("from", choices=_KINDS)
    pin = Pin(
        reference, record.text("name"), record.text("version"), kind, record.text("digest"),
        record.text("commit", "") if kind == "git" else "",
        InstalledPackage(record.text("package"), record.text("package_version")) if kind == "package" else None,
    )  # fmt: skip
    if pin.digest and not _DIGEST.fullmatch(pin.digest):
        record.mistake(f"`{shown(pin.digest)}` is no digest; write the lock again with {LOCK_COMMAND}", "digest")
    for what, prefix, noun in _NAMED_BY_PREFIX:
        if (kind == what) != reference.startswith(prefix):
            message = f"`{shown(reference)}` is {'no' if kind == what else 'a'} {noun}"
            record.mistake(f"{message}; write the lock again with {LOCK_COMMAND}", "from")
    if kind == "git" and not _COMMIT.fullmatch(pin.commit):
        record.mistake(f"`{shown(pin.commit)}` is no commit; write the lock again with {LOCK_COMMAND}", "commit")
    record.finish()
    return pin
