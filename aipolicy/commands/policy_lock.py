"""What `aipolicy policy lock` does: the packs of a configuration pinned in a file, or compared with those in it."""

from __future__ import annotations

import os

from aipolicy.config.config_file import CONFIG_FILE, Config
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, AipolicyError, LockError, UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.policy.sources.locate import PolicyFiles, read_policy_files
from aipolicy.policy.sources.lock import LOCK_COMMAND, Pin, lock_text, read_lock
from aipolicy.policy.sources.pinning import differences, pins_of
from aipolicy.run.inputs import policy_inputs, refuse_same_files
from aipolicy.run.policy import load_policy
from aipolicy.source.regular_file import read_regular_file
from aipolicy.source.text import escaped, quantity
from aipolicy.value import NamedTuple


class _Wanted(NamedTuple):
    """The lock as it ought to be."""

    config: Config
    settings: PolicySettings
    """Of a run that no lock holds back."""
    files: PolicyFiles
    path: str
    pins: tuple[Pin, ...]
    text: str


def written_lock(options: PolicyOptions) -> tuple[str, int]:
    """Write the lock; return what changed in it, and the exit code. Raises for a pack that no run could use."""
    wanted = _wanted(options)
    load_policy(wanted.settings, Cache(cache_folder()), wanted.files)
    refuse_same_files([wanted.path], policy_inputs(wanted.config, wanted.settings, wanted.files))
    before = _pins_before(wanted.path)
    try:
        write_whole(wanted.path, wanted.text.encode())
    except (OSError, ValueError) as error:
        raise LockError(f"cannot write: {getattr(error, 'strerror', None) or 'error'}", path=wanted.path) from error
    changed = "".join(f"{line}\n" for line in differences(before, wanted.pins))
    state = f"{quantity(len(wanted.pins), 'pack')} pinned{'' if changed else ', nothing changed'}"
    return f"{escaped(wanted.path)}: {state}\n{changed}", EXIT_CLEAN


def compared_lock(options: PolicyOptions) -> tuple[str, int]:
    """Return whether the lock is what would be written, with what differs, and the exit code; nothing is written."""
    wanted = _wanted(options)
    path = wanted.path
    if not os.path.lexists(path):
        return f"{escaped(path)} does not exist; write it with {LOCK_COMMAND}\n", EXIT_FINDINGS
    before = read_lock(path).pins.values()
    # NOTE: git may have made the line ends those of Windows.
    if read_regular_file(path).replace(b"\r\n", b"\n") == wanted.text.encode():
        return f"{escaped(path)} is current: {quantity(len(wanted.pins), 'pack')}\n", EXIT_CLEAN
    changed = "".join(f"{line}\n" for line in differences(before, wanted.pins)) or "it is written differently\n"
    return f"{escaped(path)} is not current; review what changed, then run {LOCK_COMMAND}\n{changed}", EXIT_FINDINGS


def _wanted(options: PolicyOptions) -> _Wanted:
    config, settings = read_settings(options)
    if config.path is None:
        raise UsageError(f"a lock stands beside a configuration, and there is none here; write `{CONFIG_FILE}` first")
    unlocked = settings._replace(lock="")
    files = read_policy_files(unlocked)
    pins = pins_of(files.packs, os.path.dirname(settings.lock))
    return _Wanted(config, unlocked, files, settings.lock, pins, lock_text(pins))


def _pins_before(path: str) -> tuple[Pin, ...]:
    """Return what the lock pinned so far; nothing where there is none that can be read."""
    try:
        return tuple(read_lock(path).pins.values()) if os.path.lexists(path) else ()
    except AipolicyError:  # it is damaged, and about to be replaced
        return ()
