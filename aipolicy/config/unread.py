"""Configuration files that a run came across and did not read: another holds, and where it runs decides which."""

from __future__ import annotations

import os
from collections.abc import Iterable

from aipolicy.config.config import Config
from aipolicy.config.config_file import CONFIG_FILE, holds_configuration, upward
from aipolicy.source.regular_file import shown_path
from aipolicy.source.text import quantity, shown

_MAX_NAMED = 3


def unread_configurations(seen: Iterable[str], config: Config) -> tuple[str, ...]:
    """Return a notice on those of the files that were seen, or that lie above, which would hold if a run began there.

    A hook, a pipeline and a person that begin in different folders read different ones, and must hear of it.
    """
    used = None if config.path is None else os.path.realpath(config.path)
    above = [os.path.realpath(path) for path in upward(os.curdir)]
    others = {*map(os.path.realpath, seen), *(above if used is not None else ())} - {used}
    unread = [path for path in sorted(others) if not _is_beside(path, used) and holds_configuration(path)]
    if not unread:
        return ()
    names = ", ".join(f"`{shown(shown_path(_from_here(path)))}`" for path in unread[:_MAX_NAMED])
    more = f" and {len(unread) - _MAX_NAMED} more" if len(unread) > _MAX_NAMED else ""
    if config.path is None:
        reason = "the defaults hold, because there is none upward from the working folder"
    else:
        why = "it is the nearest upward from the working folder" if used in above else "`--config` names it"
        reason = f"`{shown(shown_path(config.path))}` holds, because {why}"
    return (f"{quantity(len(unread), 'configuration file')} not read: {names}{more}; {reason}",)


def _is_beside(path: str, used: str | None) -> bool:
    """Return whether a file gives way to the one that is used, in the same folder."""
    return used is not None and os.path.basename(used) == CONFIG_FILE and os.path.dirname(path) == os.path.dirname(used)


def _from_here(path: str) -> str:
    try:
        return os.path.relpath(path)
    except (OSError, ValueError):
        return path
