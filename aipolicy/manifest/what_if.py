"""A feature with some declarations changed, as `--set path=value` asks; the manifest itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from aipolicy.errors import UsageError
from aipolicy.manifest.conformance import nonconformance
from aipolicy.manifest.feature import Feature, features_of
from aipolicy.manifest.plan_legs import LEG_KEYS, SAID_OF_LEGS
from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import replace

_TODAY = "current."


def with_declarations(feature: Feature, declarations: Iterable[str], extensions: str = "",
                      option: str = "--set") -> Feature:  # fmt: skip
    """Return the feature with every `path=value` declared; raises `UsageError` for what no manifest could say.

    `extensions` is what packs add to the manifest schema (`nonconformance`); `option` is where it is asked for.
    """
    value = deepcopy(feature.document.value)
    named: list[str] = []
    for declaration in declarations:
        path, equals, text = declaration.partition("=")
        if not equals or not all(path.split(".")):
            raise UsageError(f"`{shown(declaration)}` is no change; write `--set volume.requests_per_day=50000`")
        _declare(value, _place_of(path, feature), _value(path, text))
        named.append(path)
    if not named:
        return feature
    document = replace(feature.document, value=value)
    departures = nonconformance(document, extensions)
    parts, problems = features_of(document, feature.path_in_repository, extensions) if not departures else ((), ())
    wrong = "; ".join([*(finding.message for finding in departures), *(problem.message for problem in problems)])
    if wrong:
        raise UsageError(f"with `{option}` the manifest of `{shown(feature.name)}` would be wrong: {wrong}")
    same = next((part for part in parts if part.name == feature.name), None)
    if same is None:
        raise UsageError(f"with `{option}` no requests take the route of `{shown(feature.name)}` any more")
    # NOTE: the bill of today is that of the volume that is declared, whatever is asked of another one.
    is_of_today = any(name.startswith(_TODAY) for name in named)
    return same if is_of_today else replace(same, bill=feature.bill)


def _value(path: str, text: str) -> PlainValue:
    result = read_yaml(f"--set {path}", text.encode())
    if result.problems or len(result.documents) != 1:
        raise UsageError(f"`{shown(text)}` is no value for `{shown(path)}`; write one number, text or list")
    return result.documents[0].value


def _place_of(path: str, feature: Feature) -> DocumentPath:
    """Return where a document declares something: of the main leg, where its plan names legs."""
    fact = tuple(path.split("."))
    legs = feature.document.written_at
    is_of_leg = fact[-1] in LEG_KEYS or (len(fact) > 2 and fact[1] in SAID_OF_LEGS)
    return legs.get(fact, fact) if legs is not None and is_of_leg else fact


def _declare(value: PlainValue, keys: DocumentPath, declared: PlainValue) -> None:
    for key in keys[:-1]:
        if isinstance(value, list) and isinstance(key, int):
            value = value[key]
            continue
        if not isinstance(value, dict):
            raise UsageError(f"`{shown('.'.join(map(str, keys)))}` leads into something that has no keys")
        if not isinstance(value.get(str(key)), dict | list):
            value[str(key)] = {}
        value = value[str(key)]
    if not isinstance(value, dict):
        raise UsageError(f"`{shown('.'.join(map(str, keys[:-1])))}` is a list; write the whole of it")
    value[str(keys[-1])] = declared
