"""The table of a configuration file in, its values out: every mistake at its line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from aipolicy.config.config import Config, OrganizationTable, ParameterValue, RecommendationTable
from aipolicy.config.settings import PRICE_PACKAGES, SEVERITIES
from aipolicy.errors import ConfigError
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.source.dotted_names import dotted_name
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.source.toml_reader import plain_value

if TYPE_CHECKING:
    from aipolicy.source.document import Document, PlainValue
    from aipolicy.source.span import DocumentPath

_COUNTRY = regex("[A-Z]{2}")
_DEFAULTS = Config()


def config_of(document: Document, value: Mapping[str, object], path: str) -> Config:
    """Return the configuration in a table; the document only knows where its keys stand. Raises as `read_config`."""
    mistakes = Mistakes(ConfigError)
    plain = plain_value(value, (), document, mistakes)
    top = Record(document, (), plain, mistakes)
    organization, recommendation = top.record("organization"), top.record("recommendation")
    folder = os.path.dirname(path)
    config = Config(
        policies=_texts(top, "policies", _DEFAULTS.policies, may_be_empty=False),
        catalog=_texts(top, "catalog", ()),
        fresher_prices=top.text("fresher_prices", "", PRICE_PACKAGES) if top.has("fresher_prices") else "",
        manifests=_globs(folder, _texts(top, "manifests", MANIFEST_PATTERNS, may_be_empty=False)),
        exclude=_globs(folder, _texts(top, "exclude", ())),
        select=_texts(top, "select", ()),
        ignore=_texts(top, "ignore", ()),
        choice_places=dict(_choice_places(top)),
        fail_on=top.text("fail_on", _DEFAULTS.fail_on, SEVERITIES),
        strict=top.flag("strict", default=False),
        baseline=_baseline(top, folder),
        waivers=_texts(top, "waivers", ()),
        parameters=dict(_dotted(top, "parameters", "pack.parameter")),
        organization=_organization(organization),
        recommendation=_recommendation(recommendation),
        path=path,
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


def _organization(record: Record) -> OrganizationTable:
    from aipolicy.catalog.axes import BOUNDARIES

    default = OrganizationTable()
    boundaries = _texts(record, "own_boundaries", default.own_boundaries)
    for name in boundaries:
        if name not in BOUNDARIES:
            message = f"`{shown(name)}` is not a boundary{did_you_mean(name, BOUNDARIES)}"
            record.mistake(
                f"{message} (one of {', '.join(f'`{boundary}`' for boundary in BOUNDARIES)})", "own_boundaries"
            )
    countries = _texts(record, "on_premises_countries", default.on_premises_countries)
    for code in countries:
        if not _COUNTRY.fullmatch(code):
            message = f"`{shown(code)}` is not a country code; write two capital letters, such as `DE`"
            record.mistake(message, "on_premises_countries")
    return OrganizationTable(own_boundaries=boundaries, on_premises_countries=countries)


def _recommendation(record: Record) -> RecommendationTable:
    default = RecommendationTable()
    horizon = record.number("horizon_months", default.horizon_months)
    if horizon == 0:
        record.mistake("`horizon_months` must be more than 0", "horizon_months")
    margin = record.number("margin_percent", default.margin_percent)
    confidence = record.number("confidence", default.confidence)
    if not 0.5 <= confidence < 1.0:
        record.mistake(f"`confidence` must be at least 0.5 and less than 1, found {confidence:g}", "confidence")
    fixed = _texts(record, "fixed", default.fixed)
    return RecommendationTable(margin_percent=margin, horizon_months=horizon, confidence=confidence, fixed=fixed)


def _dotted(top: Record, table: str, example: str) -> Iterator[tuple[str, ParameterValue]]:
    """Yield the values of a table by dotted name, however they are nested."""
    seen: set[str] = set()
    what = table.removesuffix("s")
    for path, value in _leaves(top.raw(table) or {}, (table,)):
        name = dotted_name(path)
        wrong = ""
        if value == {}:
            wrong = f"{what} table `{shown(name)}` is empty, which sets nothing; write an entry or remove it"
        elif "." not in name:
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
        yield dotted_name(path), _place(top, path)


def _choice_places(top: Record) -> Iterator[tuple[str, str]]:
    for key in ("select", "ignore"):
        words = top.raw(key)
        for number, word in enumerate(words if isinstance(words, list) else ()):
            yield f"{key}.{word}", _place(top, (key, number))


def _place(top: Record, path: DocumentPath) -> str:
    start = top.document.locate(path).start
    return f"{top.document.source.path}:{start.line}:{start.column}"


def _leaves(value: PlainValue, path: DocumentPath) -> Iterator[tuple[DocumentPath, PlainValue]]:
    if not isinstance(value, dict) or (len(path) > 1 and not value):
        yield path, value
        return
    for key, nested in value.items():
        yield from _leaves(nested, (*path, key))


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
