"""Tables of the keys of the files that people write, from their schemas: a heading for each mapping with keys of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from aipolicy.config.config_schema import config_schema
from aipolicy.policy.reading.pack_schema import pack_schema
from aipolicy.rule_tests.tests_schema import tests_schema
from aipolicy.source.json_schema import JsonObject
from aipolicy.source.yaml_writer import write_value
from aipolicy.waivers.waivers_schema import waivers_schema

Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]
_TITLES: Mapping[str, str] = {
    "": "At the top", "rules[]": "A rule, under `rules`", "portfolio_rules[]": "A rule over all features of a run, under "
    "`portfolio_rules`", "groups[]": "A group, under `groups`",
}  # fmt: skip


def pack_keys(table: Table) -> str:
    """Return the tables of the keys of packs."""
    return _keys(pack_schema(), table)


def tests_keys(table: Table) -> str:
    """Return the tables of the keys of files of tests."""
    return _keys(tests_schema(), table)


def waivers_keys(table: Table) -> str:
    """Return the tables of the keys of waivers files."""
    return _keys(waivers_schema(), table)


def config_keys(table: Table) -> str:
    """Return the tables of the keys of the configuration."""
    return _keys(config_schema(), table)


def _keys(schema: JsonObject, table: Table) -> str:
    parts = []
    for path, rule in _mappings(schema, schema, "", set()):
        wanted = rule.get("required", ())
        rows = (
            (f"`{key}`" + (" (required)" if key in wanted else ""), *_told(_resolved(schema, each)))
            for key, each in rule["properties"].items()
        )
        title = _TITLES.get(path, f"`{path}`") + (f", {rule['title']}" if "title" in rule and path else "")
        parts += [f"{title}:", table(("key", "what it says", "example"), rows)]
    return "\n\n".join(parts)


def _told(rule: JsonObject) -> tuple[str, str]:
    words = [word for word in rule.get("enum", ()) if isinstance(word, str)]
    listed = f"One of {', '.join(f'`{word}`' for word in words)}." if words else ""
    default = f"`{write_value(rule['default'])}` where it is left out." if "default" in rule else ""
    examples = rule.get("examples", ())
    said = " ".join(filter(None, (rule.get("description", ""), listed, default)))
    return said, f"`{write_value(examples[-1])}`" if examples else ""


def _mappings(schema: JsonObject, rule: JsonObject, path: str, seen: set[str]) -> Iterator[tuple[str, JsonObject]]:
    """Yield the mappings with keys of their own by where they stand; what stands in several places only once."""
    name = rule.get("$ref", "").rpartition("/")[2]
    if name in seen:
        return
    seen |= {name} if name else set()
    whole = _resolved(schema, rule)
    if "properties" in whole:
        yield path, whole
        for key, below in whole["properties"].items():
            yield from _mappings(schema, below, f"{path}.{key}" if path else key, seen)
    if "items" in whole:
        yield from _mappings(schema, whole["items"], f"{path}[]", seen)
    for below in whole.get("anyOf", ()):
        yield from _mappings(schema, below, path, seen)


def _resolved(schema: JsonObject, rule: JsonObject) -> JsonObject:
    """Return a rule with what it refers to; its own words win."""
    name = rule.get("$ref", "").rpartition("/")[2]
    return {**(schema["$defs"][name] if name else {}), **rule}
