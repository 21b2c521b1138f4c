"""Packs compared with their lock: what was pinned is what is read, or nothing is evaluated."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aipolicy.errors import LockError, PolicyError
from aipolicy.policy.sources.digest import digest_of, reference_of
from aipolicy.policy.sources.lock import LOCK_COMMAND, Lock, Pin, read_lock
from aipolicy.policy.sources.pack_files import PACKAGE_PREFIX, PackFiles, PackOrigin, is_head
from aipolicy.source.document import PACK_KIND
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.text import UNSAFE, shown

if TYPE_CHECKING:
    from aipolicy.policy.sources.git_pack import GitReference

_TODO = f"review it, then run {LOCK_COMMAND}"


def refuse_unlocked(packs: Iterable[PackFiles], path: str, *, only_locked: bool) -> None:
    """Compare packs with a lock file; raises `LockError`, or `Problems` with every pack that differs.

    Without `only_locked`, packs that the lock does not know are not pinned, and it may pin others.
    """
    lock = read_lock(path)
    mistakes = Mistakes(LockError)
    folder = os.path.dirname(path)
    pins = {_place_of_pin(pin, folder): pin for pin in lock.pins.values()}
    used = {_place_of(pack.origin): pack for pack in packs}
    for place, pack in used.items():
        pin = pins.get(place)
        if pin is not None:
            _compare(pin, pack, lock, mistakes)
        elif only_locked:
            reference = reference_of(pack.origin, folder)
            message = f"`{shown(reference)}` is not in the lock, and has {digest_of(pack)}; {_TODO}"
            mistakes.add_at(message, lock.path)
    for place, pin in pins.items() if only_locked else ():
        if place not in used:
            message = f"`{shown(pin.reference)}` is locked as {pin.digest}, and nothing leads to it any more; {_TODO}"
            mistakes.add_at(message, lock.path, lock.place_of(pin.reference))
    mistakes.raise_if_any()


def _place_of(origin: PackOrigin) -> tuple[str, ...]:
    """Return what a pack really is, however it is named: where a path leads, or the name of what has no path."""
    if origin.kind in ("shipped", "package"):
        return origin.kind, origin.path
    return origin.kind, _real(origin.path), origin.revision, origin.folder


def _place_of_pin(pin: Pin, folder: str) -> tuple[str, ...]:
    """Return what a pin is really about, its paths being from the folder of the lock."""
    if pin.kind == "git":
        from aipolicy.policy.sources.git_pack import parse_git_reference

        reference = parse_git_reference(pin.reference)
        repository = os.path.join(folder, reference.repository)
        return _place_of(PackOrigin("git", repository, reference.revision, reference.folder))
    if pin.kind == "path":
        return _place_of(PackOrigin("path", os.path.join(folder, pin.reference)))
    name = pin.reference.removeprefix(PACKAGE_PREFIX)
    return _place_of(PackOrigin("package" if pin.kind == "package" else "shipped", name))


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _compare(pin: Pin, pack: PackFiles, lock: Lock, mistakes: Mistakes) -> None:
    digest = digest_of(pack)
    if digest == pin.digest:
        return
    why = ""
    if pack.origin.kind == "shipped":
        why = " (shipped packs change with aipolicy)"
    elif pack.origin.commit and pack.origin.commit != pin.commit:
        revision = shown(pack.origin.revision)
        why = f" (`{revision}` was commit {pin.commit[:12]} and is {pack.origin.commit[:12]})"
    elif pack.origin.package is not None and pack.origin.package != pin.package:
        why = f" (it was of {shown(str(pin.package))} and is of {shown(str(pack.origin.package))})"
    message = f"`{shown(pin.reference)}` is not what was locked: {pin.digest}, now {digest}{why}; {_TODO}"
    mistakes.add_at(message, lock.path, lock.place_of(pin.reference, "digest"))


def pins_of(packs: Iterable[PackFiles], folder: str) -> tuple[Pin, ...]:
    """Return what a lock in a folder says of packs, sorted; raises `PolicyError` or `Problems`."""
    pins = {}
    for pack in packs:
        reference = reference_of(pack.origin, folder)
        name, version = _name_and_version(pack)
        pin = Pin(reference, name, version, pack.origin.kind, digest_of(pack), pack.origin.commit, pack.origin.package)
        if any(UNSAFE.search(text) for text in (*pin[:-1], *(pin.package or ()))):
            raise PolicyError("a control or invisible character in path, name or version; remove it", path=pack.path)
        pins[reference] = pin
    return tuple(sorted(pins.values()))


def locked_commits(path: str, folder: str) -> dict[GitReference, str]:
    """Return the commits that a lock pins, its paths being from a folder; raises `LockError` or `Problems`."""
    from aipolicy.policy.sources.git_pack import parse_git_reference

    commits = {}
    for pin in read_lock(path).pins.values():
        if pin.commit:
            reference = parse_git_reference(pin.reference)
            repository = os.path.normpath(os.path.join(folder, reference.repository))
            commits[reference._replace(repository=repository)] = pin.commit
    return commits


def _name_and_version(pack: PackFiles) -> tuple[str, str]:
    from aipolicy.source.yaml_records import read_records

    mistakes = Mistakes(PolicyError)
    records = [record for path, data in pack.files for record in read_records(path, data, mistakes)]
    mistakes.raise_if_any()
    heads = [record for record in records if is_head(record.document)]
    if len(heads) != 1:
        raise PolicyError(f"a pack has one document of kind {PACK_KIND}, found {len(heads)}", path=pack.path)
    metadata = heads[0].record("metadata")
    name, version = metadata.text("name"), metadata.text("version")
    mistakes.raise_if_any()
    return name, version


def differences(before: Iterable[Pin], now: Iterable[Pin]) -> Iterator[str]:
    """Yield one line for each pack that a new lock adds (`+`), changes (`~`) or takes out (`-`), by reference."""
    old, new = ({pin.reference: pin for pin in pins} for pins in (before, now))
    for reference in sorted({*old, *new}):
        was, is_ = old.get(reference), new.get(reference)
        if was is None and is_ is not None:
            yield f"+ {shown(reference)}  {_summary(is_)}"
        elif was is not None and is_ is None:
            yield f"- {shown(reference)}  {_summary(was)}"
        elif was is not None and is_ is not None and was != is_:
            yield f"~ {shown(reference)}  {_summary(was)} → {_summary(is_)}"


def _summary(pin: Pin) -> str:
    commit = f" at {pin.commit[:12]}" if pin.commit else ""
    package = f" of {shown(str(pin.package))}" if pin.package is not None else ""
    return f"{shown(pin.name)} {shown(pin.version)}{commit}{package} {pin.digest[:19]}…"
