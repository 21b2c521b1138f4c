"""Conditions in CEL: typed when a pack is loaded, three-valued when evaluated. The only module that imports the runtime.

Numbers are doubles; ordering compares them with whole-number literals too, which CEL's runtime does and its standard
declarations leave out. Words have no order here: `option.tier >= "medium"` would compare letters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, NewType

from cel_expr_python import cel

from aipolicy.errors import ExpressionError as ExpressionError
from aipolicy.facts.spec import PLAIN_TYPES, FactSpec, FactType, FactValue
from aipolicy.facts.spec import cel_value as cel_value
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.catalog.frameworks import Framework
    from aipolicy.policy.cel.checked_expr import Node
    from aipolicy.policy.cel.condition_checks import ConditionChecks
    from aipolicy.policy.cel.elements import ElementReader
    from aipolicy.policy.cel.fact_words import FactWords
    from aipolicy.policy.cel.within import Within

Checked = NewType("Checked", bytes)
"""A checked expression in its serialised form."""
MAX_EXPRESSION = 4_000


class Truth(Enum):
    """What a condition amounts to; unknown when a fact that would decide it is not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


_MISSING = "No value with name"


class Compiled(Frozen):
    """A condition that passed the type check, with the names that it reads."""

    checked: Checked
    reads: tuple[str, ...]
    ordered_by: str | None
    """The one option fact along whose values the truth changes at most once; None where that is not known."""
    turns_at: str | float | None
    """The name or the number that this fact is ordered against; None for a formula."""
    label_keys: tuple[str, ...] = ()
    """The labels that the condition reads by name."""
    some_within: tuple[tuple[str, bool], ...] = ()
    """The lists of which it is asked whether some lies within a place, and whether that makes the condition hold."""
    elements: tuple[str, ...] = ()
    """The fields of elements of lists of records that the condition reads, as `extensions.tools.writes`."""


class Compiler:
    """Compiles conditions against a set of typed names."""

    def __init__(self, specs: Mapping[str, FactSpec], vocabularies: Mapping[str, Sequence[str]],
                 constants: Mapping[str, FactValue] | None = None, set_at: Mapping[str, str] | None = None,
                 catalog: Catalog | None = None) -> None:  # fmt: skip
        self._constants = constants or {}
        self._set_at = set_at or {}
        self._within: Within | None = None
        if catalog is not None:
            from aipolicy.policy.cel.within import Within, place_parameters, place_specs

            places = place_parameters(self._constants, catalog.places)
            self._constants = {**self._constants, **places}
            specs = {**specs, **place_specs(places)}
            self._within = Within(catalog.places, specs, self._constants)
        self._specs = specs
        self._vocabularies = vocabularies
        self._catalog = catalog
        self._env = _environment({name: _cel_type(spec.type, spec.holds) for name, spec in specs.items()})

    @property
    def constants(self) -> Mapping[str, FactValue]:
        """Return the parameters, and what conditions read of places on the day."""
        return self._constants

    @property
    def facts(self) -> Collection[str]:
        """Return the names that conditions can read."""
        return self._specs.keys()

    @property
    def frameworks(self) -> Mapping[str, Framework]:
        """Return the frameworks of the catalog, whose controls rules may name."""
        return {} if self._catalog is None else self._catalog.frameworks

    @cached_property
    def words(self) -> FactWords:
        """Return the words that facts can hold."""
        from aipolicy.policy.cel.fact_words import FactWords

        return FactWords(self._specs, self._vocabularies, self._catalog)

    @cached_property
    def _elements(self) -> ElementReader | None:
        from aipolicy.policy.cel.elements import element_reader

        return element_reader(self._specs)

    @property
    def _named(self) -> Mapping[str, FactSpec]:
        """Return the types of names, and of the fields of elements, as checks of conditions see them."""
        return self._specs if self._elements is None else self._elements.specs

    @property
    def fields(self) -> Mapping[str, FactSpec]:
        """Return the fields of elements of lists of records, by names such as `extensions.tools.writes`."""
        return {} if self._elements is None else self._elements.fields

    @cached_property
    def _typed_elements(self) -> Any:
        """Return the environment in which the fields of elements have their types, and elements can be asked nothing."""
        return _environment({name: _cel_type(spec.type, spec.holds, name) for name, spec in self._named.items()})

    def other_groups(self) -> dict[str, str]:
        """Return for each group of countries another one."""
        groups = sorted(self._catalog.places.groups) if self._catalog is not None else []
        return dict(zip(groups, (*groups[1:], *groups[:1]), strict=True)) if len(groups) > 1 else {}

    @property
    def vocabularies(self) -> Mapping[str, Sequence[str]]:
        """Return the words of the open vocabularies."""
        return self._vocabularies

    def compile(self, text: str, *, is_part: bool = False) -> Compiled:
        """Return the compiled condition, or part of one that does not stand alone; raises `ExpressionError`."""
        typed, expression, written, some_within = self._written_out(text)
        if typed.return_type() != cel.Type.BOOL:
            must = f"a condition must be true or false, this one is {typed.return_type().name().lower()}"
            raise ExpressionError(_messages().slip(text) or must)
        return replace(self._checked(expression, written, is_part=is_part), some_within=some_within)

    def compile_value(self, text: str) -> tuple[Compiled, FactType]:
        """Return a compiled expression and the type of what it gives; raises `ExpressionError`."""
        typed, expression, written, some_within = self._written_out(text)
        returned = typed.return_type()
        fact_type = next((type_ for type_ in PLAIN_TYPES if _cel_type(type_) == returned), None)
        if returned == cel.Type.INT:
            fact_type = FactType.NUMBER
        if fact_type is None:
            raise ExpressionError(f"a value must be a number, text or a list of text, not {returned.name().lower()}")
        return replace(self._checked(expression, written), some_within=some_within), fact_type

    def _written_out(self, text: str) -> tuple[Any, Any, Node, tuple[tuple[str, bool], ...]]:
        """Return a typed expression, one to evaluate, without `within`, the one written, and the lists `within` asks of."""
        from aipolicy.policy.cel.checked_expr import decode

        if "has(" in text:
            _messages().refuse_has(text)
        typed, expression = self._typed(text)
        written = decode(Checked(typed.serialize()))
        if "within" not in text:
            return typed, expression, written, ()
        from aipolicy.policy.cel.within import whole_lists

        if self._within is None:
            raise ExpressionError("`within` needs the places of the catalog, which these conditions do not read")
        some_within = tuple(whole_lists(written, self._named))
        written_out = self._within.written_out(text)
        try:
            return typed, self._env.compile(written_out), written, some_within
        except RuntimeError as error:
            raise ExpressionError(_messages().explained(str(error), written_out, self._specs)[0]) from None

    def _typed(self, text: str) -> tuple[Any, Any]:
        """Return an expression that passed the type check, and the one to evaluate."""
        if len(text) > MAX_EXPRESSION:
            raise ExpressionError(f"condition of {len(text)} characters; the limit is {MAX_EXPRESSION}")
        if self._elements is not None and self._elements.reads(text):
            return self._typed_of_elements(text, self._elements)
        try:
            expression = self._env.compile(text)
        except RuntimeError as error:
            raise ExpressionError(*_messages().explained(str(error), text, self._specs)) from None
        return expression, expression

    def _typed_of_elements(self, text: str, elements: ElementReader) -> tuple[Any, Any]:
        written = elements.typed(text)
        try:
            return self._typed_elements.compile(written.text), self._env.compile(text)
        except RuntimeError as error:
            message, column = _messages().explained(str(error), written.text, self._named)
            raise ExpressionError(message, written.column(column)) from None

    def _checked(self, expression: Any, written: Node, *, is_part: bool = False) -> Compiled:
        from aipolicy.policy.cel.checked_expr import compared_alone, decode, identifiers, keys_of

        checked = Checked(expression.serialize())
        tree = decode(checked)
        self._checks.check(tree, written, is_part=is_part)
        reads = tuple(sorted({name for name in identifiers(tree) if name in self._specs}))
        elements = () if self._elements is None else self._elements.fields_in(tree)
        turn = compared_alone(tree, ("option.", "partner."))
        maps = (name for name in reads if self._specs[name].type is FactType.LABELS)
        labels = tuple(sorted({key for name in maps for key in keys_of(tree, name)}))
        fact, against = (None, None) if turn is None else (turn.fact, turn.against)
        return Compiled(checked, reads, fact, against, labels, elements=elements)

    @cached_property
    def _checks(self) -> ConditionChecks:
        from aipolicy.policy.cel.condition_checks import ConditionChecks

        return ConditionChecks(self._named, self.words, self._constants, self._set_at, self._holds)

    def _holds(self, text: str) -> str:
        """Return what a constant expression comes to, or why it comes to nothing."""
        truth, problem = Condition(Checked(self._env.compile(text).serialize())).evaluate({})
        return problem or truth.value


class Condition:
    """A condition ready for evaluation."""

    __slots__ = ("_expression",)

    def __init__(self, checked: Checked) -> None:
        self._expression = _runtime().deserialize(checked)

    def evaluate(self, values: Mapping[str, FactValue]) -> tuple[Truth, str]:
        """Return the truth under the known values, and why it cannot be evaluated where that is not a missing fact."""
        try:
            value = self._expression.eval(data=values).value()
        except RuntimeError as error:
            # NOTE: limits of the runtime, such as its budget of loop iterations.
            return Truth.UNKNOWN, _messages().plain_reason(str(error))
        if value is True:
            return Truth.TRUE, ""
        if value is False:
            return Truth.FALSE, ""
        message = str(value)
        return Truth.UNKNOWN, "" if _MISSING in message else _messages().plain_reason(message)

    def value(self, values: Mapping[str, FactValue]) -> Any:
        """Return what the expression gives under the known values, None where that is not known or not to be had."""
        try:
            result = self._expression.eval(data=values)
        except RuntimeError:
            return None
        if result.type() == cel.Type.ERROR:
            return None
        value = result.value()
        return tuple(item.value() for item in value) if isinstance(value, list) else value


@cache
def _runtime() -> Any:
    # NOTE: a checked expression carries its types; the runtime needs no declarations (tested).
    return cel.NewEnv()


def _cel_type(type_: FactType, holds: FactType = FactType.TEXT, element: str = "") -> Any:
    match type_:
        case FactType.BOOL:
            return cel.Type.BOOL
        case FactType.NUMBER:
            return cel.Type.DOUBLE
        case FactType.TEXT:
            return cel.Type.STRING
        case FactType.TEXTS:
            return cel.Type.List(cel.Type.STRING)
        case FactType.LABELS:
            return cel.Type.Map(cel.Type.STRING, cel.Type.STRING)
        case FactType.MAP:
            return cel.Type.Map(cel.Type.STRING, _cel_type(holds))
        case FactType.TABLE:
            return cel.Type.Map(cel.Type.STRING, cel.Type.Map(cel.Type.STRING, _cel_type(holds)))
        case FactType.RECORD:
            return cel.Type.AbstractType("record")
        case FactType.RECORDS if element:
            return cel.Type.List(cel.Type.AbstractType(element))
        case FactType.RECORDS:
            return cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))


def _environment(types: Mapping[str, Any]) -> Any:
    from aipolicy.policy.cel.declared_functions import FUNCTIONS_LEFT_OUT, declared_functions

    config = cel.NewEnvConfigFromYaml(FUNCTIONS_LEFT_OUT)
    return cel.NewEnv(config=config, variables=types, functions=declared_functions(cel))


def _messages() -> ModuleType:
    """Return what has the words for mistakes: nothing is wrong with most conditions, and a short run does without it."""
    from aipolicy.policy.cel import compiler_messages

    return compiler_messages
