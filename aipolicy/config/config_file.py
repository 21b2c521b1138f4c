"""`aipolicy.toml`, or `[tool.aipolicy]` of `pyproject.toml`, found and read; the organisation's configuration out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aipolicy.config.config import Config as Config
from aipolicy.discovery.git_folder import repository_root
from aipolicy.errors import ConfigError
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of, shown_path
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.source.document import Document

CONFIG_FILE = "aipolicy.toml"
PYPROJECT_FILE = "pyproject.toml"
CONFIGURATION_FILES = (CONFIG_FILE, PYPROJECT_FILE)
"""In each folder in this order."""
LOCK_FILE = "aipolicy.lock"
"""Beside the configuration file: pins the packs that it leads to."""

_SIDE_BY_SIDE = regex(rb"""tool["']?[ \t]*(?:[\]=]|\.[ \t]*["']?aipolicy)""")


class _Table(NamedTuple):
    """The configuration table of a file; the document only knows where its keys stand."""

    document: Document
    value: dict[str, object]
    path: str


def read_config(explicit: str | None, start: str) -> Config:
    """Return the configuration in the file `explicit`, else in the nearest one upward from the folder `start`.

    The search ends at the root of the repository; where there is no file the defaults hold. Raises
    `ConfigError`, or `Problems` with every mistake of the file.
    """
    paths = upward(start) if explicit is None else (explicit,)
    table = next((table for table in map(_read_table, paths) if table is not None), None)
    if table is not None:
        from aipolicy.config.config_values import config_of

        return config_of(*table)
    if explicit is not None:
        message = "no table `[tool.aipolicy]`; add it, or name another file"
        raise ConfigError(message, path=shown_path(explicit))
    return Config()


def holds_configuration(path: str) -> bool:
    """Return whether a file would be read as a configuration, if it were the nearest; a broken one would."""
    try:
        return _read_table(path) is not None
    except ConfigError:
        return True


def upward(start: str) -> Iterator[str]:
    """Yield the files that may hold the configuration, from a folder up to the root of the repository."""
    try:
        folder = os.path.realpath(start)
    except OSError:  # the working folder was deleted
        return
    last = repository_root(folder)
    while True:
        for name in CONFIGURATION_FILES:
            path = os.path.join(folder, name)
            if os.path.lexists(path):
                yield _from_here(path)
        parent = os.path.dirname(folder)
        if folder in (last, parent):
            return
        folder = parent


def _from_here(path: str) -> str:
    """Return a path from the working folder; as it is where that cannot be, as on another drive."""
    try:
        return os.path.relpath(path)
    except (OSError, ValueError):
        return path


def _read_table(path: str) -> _Table | None:
    """Return the configuration table of a file, or None for a `pyproject.toml` without one."""
    from aipolicy.source.document import Document, Positions, SourceFile
    from aipolicy.source.toml_reader import read_toml, toml_spans

    name, is_pyproject = shown_path(path), os.path.basename(path) == PYPROJECT_FILE
    try:
        data = read_regular_file(path)
        if is_pyproject and not may_hold_table(data):
            return None
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}; save the file as UTF-8", path=name) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read: {reason_of(error)}", path=name) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"file of more than {MAX_BYTES} bytes; use a smaller one", path=name)
    value: Any = read_toml(text, name)
    prefix = ("tool", "aipolicy") if is_pyproject else ()
    for key in prefix:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return None
    source = SourceFile(name, text, {0: Positions(toml_spans(text, prefix), {})})
    document = Document(source, 0, None)
    if not isinstance(value, dict):
        raise ConfigError("`tool.aipolicy` must be a table", path=name, span=document.locate((), "key"))
    return _Table(document, value, path)


def may_hold_table(data: bytes) -> bool:
    """Return whether a `pyproject.toml` may hold `tool.aipolicy`: False only where it certainly does not.

    The two keys stand side by side with a dot between them, or below `[tool]` or in `tool = {...}`; an escape may spell
    them in another way.
    """
    return b"aipolicy" in data and (_SIDE_BY_SIDE.search(data) is not None or b"\\" in data)
