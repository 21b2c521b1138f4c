"""The file of a new manifest: where it may lie, and what to do once it is written."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Sequence

from aipolicy.config.config_file import LOCK_FILE, Config
from aipolicy.discovery.globs import manifest_matcher
from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.run.inputs import refuse_same_files
from aipolicy.source.regular_file import reason_of, shown_path


def refuse_configuration(target: str, config: Config) -> None:
    """Raise `UsageError` where a manifest would take the place of the configuration or of what it names."""
    if config.path is None:
        return
    beside = os.path.dirname(config.path)
    names = (*config.policies, *config.catalog, *config.waivers, LOCK_FILE)
    refuse_same_files([target], [config.path, config.baseline, *(os.path.join(beside, name) for name in names)])


def refuse_target(target: str, *, force: bool) -> None:
    """Raise `UsageError` unless a file can be written at `target`: nothing there, or a file and `force`."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        if os.path.isdir(os.path.dirname(os.path.abspath(target))) and os.path.basename(target):
            return
        raise UsageError("the folder does not exist; create it first", path=shown_path(target)) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write: {reason_of(error)}", path=shown_path(target)) from error
    if not stat.S_ISREG(mode):
        raise UsageError("a link or device is there, not a file; name another path", path=shown_path(target))
    if not force:
        raise UsageError("exists; overwrite it with `--force`, or name another path", path=shown_path(target))


def write_manifest(target: str, text: str) -> None:
    """Write a manifest whole or not at all; raises `UsageError`."""
    try:
        write_whole(target, text.encode())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write: {reason_of(error)}", path=shown_path(target)) from error


def next_words(target: str, patterns: Sequence[str]) -> str:
    """Return what to say after `target` was written: where it is, and what to do next."""
    path = shown_path(target)
    argument = shlex.quote(f"./{path}" if path.startswith("-") else path)
    text = f"wrote {path}\nnext: aipolicy explain {argument}\n"
    real = os.path.realpath(target).replace(os.sep, "/")
    if not manifest_matcher(patterns)(os.path.basename(target), real):
        text += f"note: a search of folders finds only {', '.join(patterns)}; name this file when you check it\n"
    return text
