"""`within(PLACES, PLACE)` in a condition: its text in, plain CEL over what the catalog says of the place out.

Groups are values of the day, read like parameters, so that a condition is compiled once and `--as-of` still decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property

from aipolicy.catalog.places import Places
from aipolicy.errors import ExpressionError
from aipolicy.facts.all_facts import PLACES_PREFIX as PLACES_PREFIX
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.policy.cel.elements import ElementReader, element_reader
from aipolicy.policy.cel.tokens import Token, TokenKind, plain_text, tokens
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

WITHIN = "within"
_OF_PARAMETER = "places.of."
_ELEMENT = "place_"
IN_FULL = "_in_full"
"""How the name of the fact ends that is unknown where places are declared without their parts."""
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def place_parameters(parameters: Mapping[str, FactValue], places: Places) -> dict[str, FactValue]:
    """Return what conditions read of places on a day: each group, and the countries that parameters name."""
    named: dict[str, FactValue] = {_name_of(group): countries for group, countries in places.groups.items()}
    for name in parameters:
        if (countries := _of_parameter(name, parameters, places)) is not None:
            named[_OF_PARAMETER + name.removeprefix("params.")] = countries
    return named


def _of_parameter(name: str, parameters: Mapping[str, FactValue], places: Places) -> tuple[str, ...] | None:
    """Return the countries that a parameter names, None where its words are no places."""
    value = parameters.get(name) if name.startswith("params.") else None
    words = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    return places.countries(words) if words and all(map(places.knows, words)) else None


def place_specs(named: Mapping[str, FactValue]) -> dict[str, FactSpec]:
    """Return the types of what conditions read of places."""
    return {
        name: FactSpec(name, FactType.TEXTS, "Countries of a place", Origin.ORGANIZATION, vocabulary="country")
        for name in named
    }  # fmt: skip


def refreshed(parameters: Mapping[str, FactValue], places: Places) -> Mapping[str, FactValue]:
    """Return the parameters of a rule with the places of another day."""
    groups: Mapping[str, str] | None = None
    now: dict[str, FactValue] = {}
    for name in parameters:
        if name.startswith(_OF_PARAMETER):
            (behind,) = parameter_behind(name)
            of_parameter = _of_parameter(behind, parameters, places)
            now.update({} if of_parameter is None else {name: of_parameter})
        elif name.startswith(PLACES_PREFIX):
            groups = {_name_of(group): group for group in places.groups} if groups is None else groups
            now.update({name: places.groups[groups[name]]} if name in groups else {})
    return {**parameters, **now} if now else parameters


def parameter_behind(name: str) -> tuple[str, ...]:
    """Return the parameter whose words a name stands for, where it is one."""
    return (f"params.{name.removeprefix(_OF_PARAMETER)}",) if name.startswith(_OF_PARAMETER) else ()


def whole_lists(node: Node, specs: Mapping[str, FactSpec], *, positive: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield each list that is asked whether some of it lies within a place, and whether that makes the condition hold."""
    if node.kind == "call" and node.name == WITHIN and node.children:
        listed = node.children[0]
        is_text = listed.kind == "const" or (
            listed.kind == "ident" and (listed.name not in specs or specs[listed.name].type is FactType.TEXT)
        )
        if not is_text:
            yield (listed.name if listed.kind == "ident" else "", positive)
        return
    turned = node.kind == "call" and node.name == "!_"
    either = node.kind == "call" and node.name in ("_==_", "_!=_", "_?_:_")
    for number, child in enumerate(node.children):
        yield from whole_lists(child, specs, positive=positive is not turned)
        if either and (node.name != "_?_:_" or number == 0):
            yield from whole_lists(child, specs, positive=positive is turned)


def is_raw_place(spec: FactSpec) -> bool:
    """Return whether a fact holds places as people write them, so that a country may hide in a group."""
    return spec.origin is Origin.DECLARED and spec.vocabulary in ("place", "residency")


def derived_of(name: str, vocabulary: str, specs: Mapping[str, FactSpec]) -> str:
    """Return the fact that is derived from a declared one alone and holds words of a vocabulary."""
    names = (n for n, spec in specs.items() if spec.reads == (name,) and spec.vocabulary == vocabulary)
    return next(names, name)


def knowing_parts(specs: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the facts of which it is known whether the parts of countries are said."""
    return tuple(name for name in specs if f"{name}{IN_FULL}" in specs)


class Within:
    """Writes `within` out."""

    def __init__(self, places: Places, specs: Mapping[str, FactSpec], constants: Mapping[str, FactValue]) -> None:
        self._places = places
        self._specs = specs
        self._constants = constants

    @cached_property
    def _elements(self) -> ElementReader | None:
        return element_reader(self._specs)

    def written_out(self, text: str) -> str:
        """Return a condition without `within`; raises `ExpressionError` for a place that a fact can never be in."""
        reader = self._elements
        if reader is not None and reader.reads(text):
            # NOTE: `t.country` is a field of an element, and as good as a fact.
            specs = {**self._specs, **reader.typed(text).aliases}
            return _Writer(self._places, specs, self._constants).written_out(text)
        return _Writer(self._places, self._specs, self._constants).written_out(text)


class _Writer:
    """Writes `within` out of conditions in which names stand for some facts."""

    def __init__(self, places: Places, specs: Mapping[str, FactSpec], constants: Mapping[str, FactValue]) -> None:
        self._places = places
        self._specs = specs
        self._constants = constants

    def written_out(self, text: str) -> str:
        """Return a condition without `within`."""
        found = tuple(tokens(text))
        parts, end = [], 0
        for number, token in enumerate(found):
            if token.text == WITHIN and token.kind is TokenKind.NAME and found[number + 1 : number + 2]:
                first, second, after = _arguments(found, number + 1)
                if not first or not second:
                    raise ExpressionError(
                        'write `within(PLACES, PLACE)`, such as `within(data.subject_countries, "EU")`'
                    )
                parts += [text[end : token.start], self._call(text, first, second)]
                end = after
        return "".join((*parts, text[end:]))

    def _call(self, text: str, first: Sequence[Token], second: Sequence[Token]) -> str:
        operand = text[first[0].start : first[-1].end]
        is_text = len(first) == 1 and self._is_one(first[0])
        for name in (name for token in first for name in self._facts_of(token)):
            self._check_fact(name, second)
        tests = [self._test(word, operand, is_text=is_text) for word in self._words(second)]
        if is_text:
            return f"({' || '.join(tests).replace(_ELEMENT, operand)})"
        apart = [test for test in tests if IN_FULL in test]
        plain = " || ".join(test for test in tests if IN_FULL not in test)
        return f"({' || '.join(filter(None, (plain and f'({operand}).exists({_ELEMENT}, {plain})', *apart)))})"

    def _words(self, second: Sequence[Token]) -> Iterator[tuple[str, str]]:
        """Yield each place that is asked for, as the word or as a name that stands for several."""
        texts = [token for token in second if token.kind is TokenKind.TEXT]
        is_list = second[0].text == "[" and len(second) == 2 * len(texts) + 1
        if len(second) == 1 and second[0].text in self._constants:
            name = second[0].text
            words = self._constants[name]
            for word in words if isinstance(words, tuple) else (words,):
                self._check_parameter(name, str(word))
            yield "", _OF_PARAMETER + name.removeprefix("params.")
        elif texts and (len(second) == 1 or is_list):
            yield from ((plain_text(token) or "", "") for token in texts)
        else:
            written = " ".join(token.text for token in second)
            raise ExpressionError(
                f"`within` takes a place in quotes, a list of them or a parameter, found `{shown(written)}`"
            )

    def _check_parameter(self, name: str, word: str) -> None:
        place = self._places
        if word not in place.codes and word not in place.groups:
            what = "countries and groups" if place.is_part(word) else f"places{self._meant(word)}"
            raise ExpressionError(f"`{name}` holds `{shown(word)}`; `within` takes a parameter of {what}")

    def _test(self, asked_for: tuple[str, str], asked: str, *, is_text: bool) -> str:
        word, name = asked_for
        place = self._places
        if name:
            return f"{_ELEMENT} in {name}"
        if word in place.groups:
            return f"{_ELEMENT} in {_name_of(word)}"
        if word in place.codes:
            return f'{_ELEMENT} == "{word}"'
        if not place.is_part(word):
            raise ExpressionError(f"unknown place `{shown(word)}`{self._meant(word)}")
        if is_text or f"{asked}{IN_FULL}" not in self._specs:
            knowing = ", ".join(f'`within({name}, "{word}")`' for name in knowing_parts(self._specs))
            raise ExpressionError(f"`{word}` is a part of a country; ask a fact that tells parts apart: {knowing}")
        return self._part(word, asked)

    def _part(self, word: str, fact: str) -> str:
        """Return whether a part of a country is among places; unknown where only what it lies in is declared."""
        inside = (word, *self._places.parts(word))
        tests = [f"{fact}.exists({_ELEMENT}, {_ELEMENT} in {json.dumps(inside)})"]
        for outer in self._places.chain(word)[1:]:
            parts = json.dumps(self._places.parts(outer))
            of_it = f'{_ELEMENT}.startsWith("{outer}-")' if outer in self._places.codes else f"{_ELEMENT} in {parts}"
            tests.append(f'("{outer}" in {fact} && !{fact}.exists({_ELEMENT}, {of_it}) && !{fact}{IN_FULL})')
        return " || ".join(tests)

    def _is_one(self, token: Token) -> bool:
        if token.kind is TokenKind.NAME:
            spec = self._specs.get(token.text)
            return spec.type is FactType.TEXT if spec is not None else "." not in token.text
        return token.kind is TokenKind.TEXT

    def _facts_of(self, token: Token) -> Iterator[str]:
        """Yield the fact that a name is or begins with: `data.subject_countries.filter` is a call on one."""
        name = token.text if token.kind is TokenKind.NAME else ""
        while name and name not in self._specs:
            name = name.rpartition(".")[0]
        if name:
            yield name

    def _check_fact(self, name: str, second: Sequence[Token]) -> None:
        spec = self._specs[name]
        if name in self._constants:
            return
        if is_raw_place(spec):
            place = " ".join(token.text for token in second)
            derived = derived_of(name, "place" if self._places.is_part(place.strip("\"'")) else "country", self._specs)
            raise ExpressionError(
                f"`{name}` holds places as they are written, groups among them; write `within({derived}, {place})`"
            )
        if spec.type in (FactType.TEXT, FactType.TEXTS) and spec.vocabulary not in ("place", "country"):
            raise ExpressionError(f"`{name}` holds no places")

    def _meant(self, word: str) -> str:
        meant = self._places.word_of(word)
        return f"; write `{meant}`" if meant is not None else did_you_mean(word, self._places.names())


def _arguments(found: Sequence[Token], opening: int) -> tuple[tuple[Token, ...], tuple[Token, ...], int]:
    """Return the tokens of two arguments, and the offset behind the closing bracket; nothing where it is no call of two."""
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in found[opening:]:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0:
            if len(arguments) == 2:
                return tuple(arguments[0]), tuple(arguments[1]), token.end
            break
        if depth == 1 and token.text == ",":
            arguments.append([])
        elif depth > 1 or token.text not in _OPENING:
            arguments[-1].append(token)
    return (), (), 0


@cache
def _name_of(group: str) -> str:
    """Return a group as a name of CEL."""
    return PLACES_PREFIX + "".join(c if c.isalnum() else "_" for c in group)
