"""`aipolicy check --show-config`: every setting with its value and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from aipolicy.config.config_file import Config
from aipolicy.files.cache import cache_folder
from aipolicy.source.text import escaped

_NOT_SETTINGS = frozenset({"path", "origins", "parameter_places", "expected_places", "choice_places"})
_DEFAULT = "default"


def config_lines(config: Config, command_line: Mapping[str, object]) -> str:
    """Return one line a setting, `name = value  (origin)`; what the command line sets wins and is told to."""
    lines = []
    for name, value in _settings(config):
        origin = config.origins.get(name, _DEFAULT)
        if command_line.get(name):
            value, origin = command_line[name], "command line"
        lines.append(f"{name} = {_shown(value)}  ({escaped(origin)})\n")
    origin = "environment" if "AIPOLICY_CACHE_DIR" in os.environ else _DEFAULT
    lines.append(f"cache = {_shown(cache_folder() or '')}  ({origin})\n")
    return "".join(lines)


def _settings(config: Config) -> Iterator[tuple[str, object]]:
    for name, value in config._asdict().items():
        if name in _NOT_SETTINGS:
            continue
        if hasattr(value, "_asdict"):
            yield from ((f"{name}.{key}", setting) for key, setting in value._asdict().items())
        elif name in ("parameters", "expected"):
            yield from ((f"{name}.{key}", setting) for key, setting in sorted(value.items()))
        else:
            yield name, value


def _shown(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{escaped(value)}"'
        case tuple():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case float():
            return f"{value:g}"
        case _:
            return escaped(str(value))
