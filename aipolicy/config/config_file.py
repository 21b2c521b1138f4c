"""`aipolicy.toml`, or `[tool.aipolicy]` of `pyproject.toml`, in; the organisation's configuration out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from aipolicy.config.settings import PRICE_PACKAGES, SEVERITIES
from aipolicy.discovery.git_folder import repository_root
from aipolicy.errors import ConfigError
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of, shown_path
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.source.document import Document, PlainValue
    from aipolicy.source.records import Record
    from aipolicy.source.span import DocumentPath

CONFIG_FILE = "aipolicy.toml"
PYPROJECT_FILE = "pyproject.toml"
LOCK_FILE = "aipolicy.lock"
"""Beside the configuration file: pins the packs that it leads to."""

ParameterValue: TypeAlias = bool | float | str | tuple[str, ...]

_SIDE_BY_SIDE = regex(rb"""tool["']?[ \t]*(?:[\]=]|\.[ \t]*["']?aipolicy)""")
_COUNTRY = regex("[A-Z]{2}")


class Organization(NamedTuple):
    """What the organisation counts as its own."""

    own_boundaries: tuple[str, ...] = ("device", "on-premises", "own-account")
    on_premises_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes of the countries in which its own machines stand."""


class Recommendation(NamedTuple):
    """How the options that remain are weighed against each other."""

    margin_percent: float = 20.0
    """A simpler option is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float = 36.0
    """The time over which costs are compared."""
    confidence: float = 0.8
    """Probability from which on an estimate of cost decides; below it the answer is inconclusive."""


class Config(NamedTuple):
    """What the organisation set, and defaults for the rest; `policies` and `catalog` are relative to the file's folder."""

    policies: tuple[str, ...] = ("build-or-buy",)
    """Names of shipped packs, and paths of own ones."""
    catalog: tuple[str, ...] = ()
    fresher_prices: str = ""
    """An installed package whose prices replace the shipped ones; the organisation's own still win."""
    manifests: tuple[str, ...] = MANIFEST_PATTERNS
    """Globs, as `find_manifests` takes them: from the working folder; `exclude` likewise."""
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = SEVERITIES[0]
    strict: bool = False
    """Whether undetermined rules gate whatever the lifecycle."""
    baseline: str = ""
    """Path of the baseline from the working folder; empty for none."""
    waivers: tuple[str, ...] = ()
    """Paths of waivers files, relative to the file's folder."""
    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    """Values of pack parameters, by `pack.parameter`."""
    organization: Organization = Organization()
    recommendation: Recommendation = Recommendation()
    path: str | None = None
    parameter_places: Mapping[str, str] = MappingProxyType({})
    """For every parameter, `path:line:col` of its value."""
    expected: Mapping[str, ParameterValue] = MappingProxyType({})
    """What is expected of facts that manifests leave out, by fact."""
    expected_places: Mapping[str, str] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
    """For every value that was set, by dotted key: the file that set it."""


_DEFAULTS = Config()


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


def _config_of(table: _Table) -> Config:
    from aipolicy.source.mistakes import Mistakes
    from aipolicy.source.records import Record
    from aipolicy.source.toml_reader import plain_value

    document, mistakes = table.document, Mistakes(ConfigError)
    plain = plain_value(table.value, (), document, mistakes)
    top = Record(document, (), plain, mistakes)
    organization, recommendation = top.record("organization"), top.record("recommendation")
    folder = os.path.dirname(table.path)
    config = Config(
        policies=_texts(top, "policies", _DEFAULTS.policies, may_be_empty=False),
        catalog=_texts(top, "catalog", ()),
        fresher_prices=top.text("fresher_prices", "", PRICE_PACKAGES) if top.has("fresher_prices") else "",
        manifests=_globs(folder, _texts(top, "manifests", MANIFEST_PATTERNS, may_be_empty=False)),
        exclude=_globs(folder, _texts(top, "exclude", ())),
        select=_texts(top, "select", ()),
        ignore=_texts(top, "ignore", ()),
        fail_on=top.text("fail_on", _DEFAULTS.fail_on, SEVERITIES),
        strict=top.flag("strict", default=False),
        baseline=_baseline(top, folder),
        waivers=_texts(top, "waivers", ()),
        parameters=dict(_dotted(top, "parameters", "pack.parameter")),
        organization=_organization(organization),
        recommendation=_recommendation(recommendation),
        path=table.path,
        parameter_places=dict(_places(top, "parameters")),
        expected=dict(_dotted(top, "expected", "section.fact")),
        expected_places=dict(_places(top, "expected")),
        origins={".".join(map(str, path)): document.source.path for path, _ in _leaves(plain, ())},
    )
    for record in (top, organization, recommendation):
        record.finish()
    mistakes.raise_if_any()
    return config


def _baseline(top: Record, folder: str) -> str:
    if not top.has("baseline"):
        return ""
    name = top.text("baseline")
    if not name:
        top.mistake("`baseline` is empty; name a file or remove the key", "baseline")
    return os.path.join(folder, name)


def _organization(record: Record) -> Organization:
    from aipolicy.catalog.axes import BOUNDARIES

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
    confidence = record.number("confidence", default.confidence)
    if not 0.5 <= confidence < 1.0:
        record.mistake(f"`confidence` must be at least 0.5 and less than 1, found {confidence:g}", "confidence")
    return Recommendation(margin_percent=margin, horizon_months=horizon, confidence=confidence)


def _dotted(top: Record, table: str, example: str) -> Iterator[tuple[str, ParameterValue]]:
    """Yield the values of a table by dotted name, however they are nested."""
    seen: set[str] = set()
    what = table.removesuffix("s")
    for path, value in _leaves(top.raw(table) or {}, (table,)):
        name = ".".join(map(str, path[1:]))
        wrong = ""
        if "." not in name:
            wrong = f"write `{example} = value` in a table `[{table}]`"
        elif name in seen:
            wrong = f"{what} `{shown(name)}` is set twice; keep one"
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            yield name, tuple(str(item) for item in value)
        elif isinstance(value, bool | str):
            yield name, value
        elif isinstance(value, int | float):
            yield name, float(value)
        else:
            wrong = f"{what} `{shown(name)}` must be true or false, a number, text or a list of text"
        seen.add(name)
        if wrong:
            top.mistakes.add(wrong, top.document, path)


def _places(top: Record, table: str) -> Iterator[tuple[str, str]]:
    for path, _ in _leaves(top.raw(table) or {}, (table,)):
        start = top.document.locate(path).start
        yield ".".join(map(str, path[1:])), f"{top.document.source.path}:{start.line}:{start.column}"


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
