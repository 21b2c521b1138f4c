"""Git's configuration in, the two settings out on which it depends what git ignores."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file
from aipolicy.value import NamedTuple

_MAX_INCLUDED = 10
_SYSTEM = "/etc/gitconfig"
_SECTION = regex(r'\[\s*([-.a-z0-9]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]', re.IGNORECASE)
_VARIABLE = regex(r"([a-z][-a-z0-9]*)\s*(?:=\s*(.*))?\Z", re.IGNORECASE)
_TRUE = ("true", "yes", "on", "1")
_FILES = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_UNCERTAIN = "uncertain"


class IgnoreSettings(NamedTuple):
    """What the configuration says about ignoring."""

    excludes_file: str
    """The personal ignore file; empty where nothing tells for certain which one holds."""
    fold: bool
    """Whether capitals are not told apart."""
    sha256: bool


def ignore_settings(shared: str, environment: Mapping[str, str]) -> IgnoreSettings:
    """Return the settings that hold in a repository, by the folder that all of its working trees share."""
    values: dict[str, str] = {}
    for path in (*_personal_files(environment), os.path.join(shared, "config")):
        for name, value in _variables(path, 0):
            values[name] = value
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    by_default = os.path.join(environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git", "ignore")
    chosen = values.get("core.excludesfile", by_default if home or environment.get("XDG_CONFIG_HOME") else "")
    overridden = any(name.startswith("GIT_CONFIG_") and name not in _FILES for name in environment)
    return IgnoreSettings(
        "" if overridden or _UNCERTAIN in values else _expanded(chosen, home),
        values.get("core.ignorecase", "false").casefold() in _TRUE,
        values.get("extensions.objectformat", "sha1").casefold() == "sha256",
    )


def _personal_files(environment: Mapping[str, str]) -> Iterator[str]:
    if environment.get("GIT_CONFIG_NOSYSTEM", "0").casefold() not in _TRUE:
        yield environment.get("GIT_CONFIG_SYSTEM") or _SYSTEM
    if "GIT_CONFIG_GLOBAL" in environment:
        yield environment["GIT_CONFIG_GLOBAL"]
        return
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    if home or environment.get("XDG_CONFIG_HOME"):
        yield os.path.join(environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git", "config")
    if home:
        yield os.path.join(home, ".gitconfig")


def _variables(path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield names and values of a file and of those that it includes."""
    try:
        text = read_regular_file(path).decode("utf-8", "surrogateescape") if path else ""
    except (OSError, ValueError):
        return
    section = ""
    for line in text.replace("\\\r\n", "").replace("\\\n", "").split("\n"):
        line = line.strip()
        heading = _SECTION.match(line)
        if heading is not None:
            section = heading[1].casefold() + (f".{heading[2]}" if heading[2] is not None else "")
            line = line[heading.end() :].strip()
        variable = _VARIABLE.match(line)
        if variable is None:
            continue
        name = f"{section}.{variable[1].casefold()}"
        value = "true" if variable[2] is None else _value(variable[2])
        if not name.startswith("include") or not name.endswith(".path"):
            yield name, value
        elif depth == _MAX_INCLUDED:
            yield _UNCERTAIN, ""
        else:
            included = _variables(os.path.join(os.path.dirname(path), os.path.expanduser(value)), depth + 1)
            yield from included if name == "include.path" else _possible(included)


def _possible(variables: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield what a file may change that is included on a condition, which git alone decides."""
    if any(name in ("core.excludesfile", _UNCERTAIN) for name, _ in variables):
        yield _UNCERTAIN, ""


def _value(text: str) -> str:
    """Return a value without its quotes, escapes and comment."""
    parts: list[str] = []
    quoted, position, length = False, 0, 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            position += 1
            parts.append({"n": "\n", "t": "\t", "b": "\b"}.get(text[position], text[position]))
        elif character == '"':
            quoted = not quoted
        elif character in "#;" and not quoted:
            break
        else:
            parts.append(character)
        if quoted or character not in " \t":
            length = len(parts)
        position += 1
    return "".join(parts[:length])


def _expanded(path: str, home: str) -> str:
    if path.startswith("~/"):
        return os.path.join(home, path[2:]) if home else ""
    # NOTE: `%(prefix)/` and `~somebody/` lead to places that only git knows.
    return path if os.path.isabs(path) else ""
