"""`aipolicy policy lock`: writes the lock file, or says whether it is current."""

from __future__ import annotations

import os

import click

from aipolicy.cli.inputs import policy_inputs, refuse_same_files
from aipolicy.cli.terminal import write_out
from aipolicy.config.config_file import CONFIG_FILE
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.errors import EXIT_FINDINGS, AipolicyError, LockError, UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.policy.sources.lock import LOCK_COMMAND, Pin, lock_text, read_lock
from aipolicy.policy.sources.pinning import differences, pins_of
from aipolicy.run.policy import load_policy
from aipolicy.source.regular_file import read_regular_file
from aipolicy.source.text import escaped, quantity


@click.command("lock")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the lock is not what would be written.")
def command(config: str | None, check: bool) -> None:
    """Pin the packs that the configuration leads to, in `aipolicy.lock` beside it.

    From then on nothing is evaluated with other packs than those: not with a folder that was edited, a tag that was
    moved, or a pack that changed with aipolicy or with another package.
    """
    configured, settings = read_settings(PolicyOptions(config, (), None, (), ()))
    if configured.path is None:
        raise UsageError(f"a lock stands beside a configuration, and there is none here; write `{CONFIG_FILE}` first")
    unlocked = settings._replace(lock="")
    files = read_policy_files(unlocked)
    pins = pins_of(files.packs, os.path.dirname(settings.lock))
    text = lock_text(pins)
    if check:
        _check(settings.lock, pins, text)
        return
    load_policy(unlocked, Cache(cache_folder()), files)  # raises for a pack that no run could use
    refuse_same_files([settings.lock], policy_inputs(configured, unlocked, files))
    before = _pins_before(settings.lock)
    try:
        write_whole(settings.lock, text.encode())
    except (OSError, ValueError) as error:
        raise LockError(f"cannot write: {getattr(error, 'strerror', None) or 'error'}", path=settings.lock) from error
    changed = "".join(f"{line}\n" for line in differences(before, pins))
    write_out(
        f"{escaped(settings.lock)}: {quantity(len(pins), 'pack')} pinned{'' if changed else ', nothing changed'}\n{changed}"
    )


def _check(path: str, pins: tuple[Pin, ...], text: str) -> None:
    if not os.path.lexists(path):
        write_out(f"{escaped(path)} does not exist; write it with {LOCK_COMMAND}\n")
        raise click.exceptions.Exit(EXIT_FINDINGS)
    before = read_lock(path).pins.values()
    # NOTE: git may have made the line ends those of Windows.
    if read_regular_file(path).replace(b"\r\n", b"\n") == text.encode():
        write_out(f"{escaped(path)} is current: {quantity(len(pins), 'pack')}\n")
        return
    changed = "".join(f"{line}\n" for line in differences(before, pins)) or "it is written differently\n"
    write_out(f"{escaped(path)} is not current; review what changed, then run {LOCK_COMMAND}\n{changed}")
    raise click.exceptions.Exit(EXIT_FINDINGS)


def _pins_before(path: str) -> tuple[Pin, ...]:
    """Return what the lock pinned so far; nothing where there is none that can be read."""
    try:
        return tuple(read_lock(path).pins.values()) if os.path.lexists(path) else ()
    except AipolicyError:  # it is damaged, and about to be replaced
        return ()
