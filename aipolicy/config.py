"""`aipolicy.toml`, or `[tool.aipolicy]` of `pyproject.toml`, in; the organisation's configuration out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeAlias

from aipolicy.errors import ConfigError
from aipolicy.facts.option_facts import BOUNDARIES
from aipolicy.findings import Severity
from aipolicy.manifest.discovery import (
    MANIFEST_PATTERNS,
    read_regular_file,
    reason_of,
    repository_root,
    shown_path,
)  # fmt: skip
from aipolicy.source.document import Document, NodeSpans, PlainValue, Positions, SourceFile
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.span import DocumentPath, LineIndex, Position, Span
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import escaped, shown
from aipolicy.source.yaml_reader import MAX_BYTES

CONFIG_FILE = "aipolicy.toml"
PYPROJECT_FILE = "pyproject.toml"

ParameterValue: TypeAlias = bool | float | str | tuple[str, ...]

_PLACE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_MAX_DOTS = 100
"""`tomllib` takes time and memory by the square of the parts of a dotted key: 12 s for one of 64 KiB."""
_MAX_DEPTH = 64
_LARGEST = 2**63
_COUNTRY = re.compile("[A-Z]{2}")
_SIMPLE_STRING = re.compile(r"""["][^"\\\n]*+["]|'[^'\n]*+'""")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[^\"'#\[\]{}=\n]+"
    r"|.",
    re.DOTALL,
)
"""Strings and comments whole, brackets, `=` and line ends alone; for text that `tomllib` accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """What the organisation counts as its own."""

    own_boundaries: tuple[str, ...] = ("device", "on-premises", "own-account")
    on_premises_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes of the countries in which its own machines stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """How the options that remain are weighed against each other."""

    margin_percent: float = 20.0
    """A simpler option is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float = 12.0
    """The time over which costs are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the organisation set, and defaults for the rest; `policies` and `catalog` are relative to the file's folder."""

    policies: tuple[str, ...] = ("build-or-buy",)
    """Names of shipped packs, and paths of own ones."""
    catalog: tuple[str, ...] = ()
    manifests: tuple[str, ...] = MANIFEST_PATTERNS
    """Globs, as `find_manifests` takes them: from the working folder; `exclude` likewise."""
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = Severity.ERROR.value
    strict: bool = False
    """Whether undetermined rules gate whatever the lifecycle."""
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Values of pack parameters, by `pack.parameter`."""
    organization: Organization = Organization()
    recommendation: Recommendation = Recommendation()
    path: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every value that was set, by dotted key: the file that set it."""


_DEFAULTS = Config()


@dataclass(frozen=True, slots=True)
class _Table:
    """The configuration table of a file; the document only knows where its keys stand."""

    document: Document
    value: dict[str, object]
    path: str


def read_config(explicit: str | None, start: str) -> Config:
    """Return the configuration in the file `explicit`, else in the nearest one upward from the folder `start`.

    The search ends at the root of the repository; where there is no file the defaults hold. Raises
    `ConfigError`, or `Problems` with every mistake of the file.
    """
    paths = _upward(start) if explicit is None else (explicit,)
    table = next((table for table in map(_read_table, paths) if table is not None), None)
    if table is not None:
        return _config_of(table)
    if explicit is not None:
        message = "no table `[tool.aipolicy]`; add it, or name another file"
        raise ConfigError(message, path=shown_path(explicit))
    return Config()


def _upward(start: str) -> Iterator[str]:
    try:
        folder = os.path.realpath(start)
    except OSError:  # the working folder was deleted
        return
    last = repository_root(folder)
    while True:
        for name in (CONFIG_FILE, PYPROJECT_FILE):
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
    name, is_pyproject = shown_path(path), os.path.basename(path) == PYPROJECT_FILE
    try:
        data = read_regular_file(path)
        if is_pyproject and b"aipolicy" not in data:
            return None
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}; save the file as UTF-8", path=name) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read: {reason_of(error)}", path=name) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"file of more than {MAX_BYTES} bytes; use a smaller one", path=name)
    value: Any = _parse(text, name)
    prefix = ("tool", "aipolicy") if is_pyproject else ()
    for key in prefix:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return None
    source = SourceFile(name, text, {0: Positions(_spans(text, prefix), {})})
    document = Document(source, 0, None)
    if not isinstance(value, dict):
        raise ConfigError("`tool.aipolicy` must be a table", path=name, span=document.locate((), "key"))
    return _Table(document, value, path)


def _parse(text: str, name: str) -> dict[str, Any]:
    import tomllib  # only wanted when there is a file

    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MAX_DOTS and _SIMPLE_STRING.sub("", line).count(".") > _MAX_DOTS:
            message = f"more than {_MAX_DOTS} dots in a line; shorten the key, or put the text in plain quotes"
            raise ConfigError(message, path=name, span=_at(number, 1))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        span = _at(text.count("\n") + 1, 1)
        if place is not None and place["line"]:
            span = _at(int(place["line"]), int(place["column"]))
        reason = escaped(_PLACE.sub("", str(error)))
        raise ConfigError(f"not valid TOML: {reason[:1].lower()}{reason[1:]}", path=name, span=span) from error
    except (RecursionError, ValueError) as error:
        message = "nested too deeply, or with a number of too many digits; simplify the file"
        raise ConfigError(message, path=name) from error


def _at(line: int, column: int) -> Span:
    return Span(Position(line, column), Position(line, column + 1))


def _spans(text: str, prefix: DocumentPath) -> dict[DocumentPath, NodeSpans]:
    """Return where each key of valid TOML text stands, by its path below `prefix`; not inside inline tables."""
    lines = LineIndex(text)
    found: dict[DocumentPath, NodeSpans] = {}
    table: DocumentPath = ()
    key, begin, in_value, depth = "", 0, False, 0
    for match in _TOKEN.finditer(f"{text}\n"):
        token = match.group()
        if in_value:
            depth += (token in ("[", "{")) - (token in ("]", "}"))
            in_value = depth > 0 or token != "\n"
        elif key and token in ("=", "\n"):
            in_value = token == "="
            path = (*table, *_key_path(key)) if in_value else _key_path(key.strip().strip("[]"))
            table = table if in_value else path
            span = lines.span(begin, begin + len(key.rstrip()))
            for length in range(len(prefix), len(path) + 1):
                if path[: len(prefix)] == prefix:
                    found.setdefault(path[len(prefix) : length], NodeSpans(span, span))
            key = ""
        elif token.strip() and not token.startswith("#"):
            begin = begin if key else match.end() - len(token.lstrip())
            key += token if key else token.lstrip()
    return found


def _key_path(key: str) -> DocumentPath:
    import tomllib

    path: list[str] = []
    value: Any = tomllib.loads(f"{key} = 0")
    while isinstance(value, dict):
        [(part, value)] = value.items()
        path.append(part)
    return tuple(path)


def _config_of(table: _Table) -> Config:
    document, mistakes = table.document, Mistakes(ConfigError)
    plain = _plain(table.value, (), document, mistakes)
    top = Record(document, (), plain, mistakes)
    organization, recommendation = top.record("organization"), top.record("recommendation")
    folder = os.path.dirname(table.path)
    config = Config(
        policies=_texts(top, "policies", _DEFAULTS.policies, may_be_empty=False),
        catalog=_texts(top, "catalog", ()),
        manifests=_globs(folder, _texts(top, "manifests", MANIFEST_PATTERNS, may_be_empty=False)),
        exclude=_globs(folder, _texts(top, "exclude", ())),
        select=_texts(top, "select", ()),
        ignore=_texts(top, "ignore", ()),
        fail_on=top.text("fail_on", _DEFAULTS.fail_on, tuple(Severity)),
        strict=top.flag("strict", default=False),
        parameters=dict(_parameters(top)),
        organization=_organization(organization),
        recommendation=_recommendation(recommendation),
        path=table.path,
        origins={".".join(map(str, path)): document.source.path for path, _ in _leaves(plain, ())},
    )
    for record in (top, organization, recommendation):
        record.finish()
    mistakes.raise_if_any()
    return config


def _organization(record: Record) -> Organization:
    default = Organization()
    boundaries = _texts(record, "own_boundaries", default.own_boundaries)
    for name in boundaries:
        if name not in BOUNDARIES:
            message = f"`{shown(name)}` is not a boundary{did_you_mean(name, BOUNDARIES)}"
            record.mistake(f"{message} (one of {', '.join(f'`{each}`' for each in BOUNDARIES)})", "own_boundaries")
    countries = _texts(record, "on_premises_countries", default.on_premises_countries)
    for code in countries:
        if not _COUNTRY.fullmatch(code):
            message = f"`{shown(code)}` is not a country code; write two capital letters, such as `DE`"
            record.mistake(message, "on_premises_countries")
    return Organization(own_boundaries=boundaries, on_premises_countries=countries)


def _recommendation(record: Record) -> Recommendation:
    default = Recommendation()
    horizon = record.number("horizon_months", default.horizon_months)
    if horizon == 0:
        record.mistake("`horizon_months` must be more than 0", "horizon_months")
    margin = record.number("margin_percent", default.margin_percent)
    return Recommendation(margin_percent=margin, horizon_months=horizon)


def _parameters(top: Record) -> Iterator[tuple[str, ParameterValue]]:
    """Yield the values of `[parameters]` by dotted name, however they are nested."""
    seen: set[str] = set()
    for path, value in _leaves(top.raw("parameters") or {}, ("parameters",)):
        name = ".".join(map(str, path[1:]))
        wrong = ""
        if "." not in name:
            wrong = "write `pack.parameter = value` in a table `[parameters]`"
        elif name in seen:
            wrong = f"parameter `{shown(name)}` is set twice; keep one"
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            yield name, tuple(str(item) for item in value)
        elif isinstance(value, bool | str):
            yield name, value
        elif isinstance(value, int | float):
            yield name, float(value)
        else:
            wrong = f"parameter `{shown(name)}` must be true or false, a number, text or a list of text"
        seen.add(name)
        if wrong:
            top.mistakes.add(wrong, top.document, path)


def _leaves(value: PlainValue, path: DocumentPath) -> Iterator[tuple[DocumentPath, PlainValue]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for key, each in value.items():
        yield from _leaves(each, (*path, key))


def _texts(record: Record, key: str, default: tuple[str, ...], *, may_be_empty: bool = True) -> tuple[str, ...]:
    texts = record.texts(key, default)
    if "" in texts or not (texts or may_be_empty):
        record.mistake(f"`{key}` is empty, or holds an empty text; write a value or remove the key", key)
    return texts


def _globs(folder: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """Return globs that hold from the working folder; those of names, or that start with `**/`, hold anywhere."""
    return tuple(
        os.path.join(folder, pattern) if "/" in pattern.rstrip("/") and not pattern.startswith("**/") else pattern
        for pattern in patterns
    )


def _plain(value: object, path: DocumentPath, document: Document, mistakes: Mistakes) -> PlainValue:
    """Return a TOML value without what the other formats cannot hold; text in it is safe to show."""
    wrong = ""
    plain: PlainValue = 1
    if len(path) > _MAX_DEPTH:
        wrong = f"nested deeper than {_MAX_DEPTH} levels; use fewer"
    elif isinstance(value, dict):
        return {escaped(key): _plain(each, (*path, escaped(key)), document, mistakes) for key, each in value.items()}
    elif isinstance(value, list):
        return [_plain(each, (*path, index), document, mistakes) for index, each in enumerate(value)]
    elif isinstance(value, date | time):
        return value.isoformat()
    elif isinstance(value, str):
        plain = escaped(value)
        wrong = "text with a control or invisible character; remove it" if plain != value else ""
    elif isinstance(value, bool):
        plain = value
    elif isinstance(value, int | float):
        plain = value if abs(value) < _LARGEST else 1  # neither NaN nor infinity is smaller
        wrong = "" if plain == value else "not a number that can be used; write a finite and smaller one"
    if wrong:
        mistakes.add(wrong, document, path)
    return plain
