"""Packs compared with their lock: what was pinned is what is read, or nothing is evaluated."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aipolicy.errors import LockError, PolicyError
from aipolicy.policy.pack_files import PackFiles
from aipolicy.policy.sources.digest import digest_of, reference_of
from aipolicy.policy.sources.lock import LOCK_COMMAND, Lock, Pin, read_lock
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
    used = {reference_of(pack.origin, folder): pack for pack in packs}
    for reference, pack in used.items():
        pin = lock.pins.get(reference)
        if pin is not None:
            _compare(pin, pack, lock, mistakes)
        elif only_locked:
            message = f"`{shown(reference)}` is not in the lock, and has {digest_of(pack)}; {_TODO}"
            mistakes.add_error(LockError(message, path=lock.path))
    for reference, pin in lock.pins.items() if only_locked else ():
        if reference not in used:
            message = f"`{shown(reference)}` is locked as {pin.digest}, and nothing leads to it any more; {_TODO}"
            mistakes.add_error(LockError(message, path=lock.path, span=lock.place_of(reference)))
    mistakes.raise_if_any()


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
    mistakes.add_error(LockError(message, path=lock.path, span=lock.place_of(pin.reference, "digest")))


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

    found = {}
    for pin in read_lock(path).pins.values():
        if pin.commit:
            reference = parse_git_reference(pin.reference)
            repository = os.path.normpath(os.path.join(folder, reference.repository))
            found[reference._replace(repository=repository)] = pin.commit
    return found


def _name_and_version(pack: PackFiles) -> tuple[str, str]:
    from aipolicy.source.records import Record
    from aipolicy.source.yaml_reader import read_yaml

    mistakes = Mistakes(PolicyError)
    heads = []
    for path, data in pack.files:
        result = read_yaml(path, data)
        for problem in result.problems:
            mistakes.add_error(PolicyError(problem.message, path=path, span=problem.span))
        heads += [each for each in result.documents if _is_head(each.value)]
    mistakes.raise_if_any()
    if len(heads) != 1:
        raise PolicyError(f"a pack has one document of kind PolicyPack, found {len(heads)}", path=pack.path)
    metadata = Record(heads[0], (), heads[0].value, mistakes).record("metadata")
    name, version = metadata.text("name"), metadata.text("version")
    mistakes.raise_if_any()
    return name, version


def _is_head(value: object) -> bool:
    return isinstance(value, dict) and value.get("kind") == "PolicyPack"


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
