"""Conditions in CEL: typed when a pack is loaded, three-valued when evaluated. The only module that imports the runtime.

Numbers are doubles; ordering compares them with whole-number literals too, which CEL's runtime does and its standard
declarations leave out. Words have no order here: `option.tier >= "medium"` would compare letters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NewType

from cel_expr_python import cel

from aipolicy.errors import ExpressionError as ExpressionError
from aipolicy.facts.spec import PLAIN_TYPES, FactSpec, FactType, FactValue
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.catalog.frameworks import Framework
    from aipolicy.policy.cel.checked_expr import Node
    from aipolicy.policy.cel.condition_checks import ConditionChecks
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


_ORDERINGS = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
_WITHOUT_ORDERINGS = "name: aipolicy\nstdlib:\n  exclude_functions:\n" + "".join(
    f'    - name: "{function}"\n' for function in _ORDERINGS
)
_MISSING = "No value with name"


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
        self._env = cel.NewEnv(
            config=cel.NewEnvConfigFromYaml(_WITHOUT_ORDERINGS),
            variables={name: _cel_type(spec.type, spec.holds) for name, spec in specs.items()},
            functions=(*_orderings(), _within_declared()),
        )

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
        expression, written, some_within = self._written_out(text)
        if expression.return_type() != cel.Type.BOOL:
            from aipolicy.policy.cel.compiler_messages import slip

            kind = expression.return_type().name().lower()
            raise ExpressionError(slip(text) or f"a condition must be true or false, this one is {kind}")
        return replace(self._checked(expression, written, is_part=is_part), some_within=some_within)

    def compile_value(self, text: str) -> tuple[Compiled, FactType]:
        """Return a compiled expression and the type of what it gives; raises `ExpressionError`."""
        expression, written, some_within = self._written_out(text)
        returned = expression.return_type()
        fact_type = next((type_ for type_ in PLAIN_TYPES if _cel_type(type_) == returned), None)
        if returned == cel.Type.INT:
            fact_type = FactType.NUMBER
        if fact_type is None:
            raise ExpressionError(f"a value must be a number, text or a list of text, not {returned.name().lower()}")
        return replace(self._checked(expression, written), some_within=some_within), fact_type

    def _written_out(self, text: str) -> tuple[Any, Node, tuple[tuple[str, bool], ...]]:
        """Return a typed expression without `within`, the one that was written, and the lists that `within` asks of."""
        from aipolicy.policy.cel.checked_expr import decode

        expression = self._typed(text)
        written = decode(Checked(expression.serialize()))
        if "within" not in text:
            return expression, written, ()
        from aipolicy.policy.cel.within import whole_lists

        if self._within is None:
            raise ExpressionError("`within` needs the places of the catalog, which these conditions do not read")
        some_within = tuple(whole_lists(written, self._specs))
        written_out = self._within.written_out(text)
        try:
            return self._env.compile(written_out), written, some_within
        except RuntimeError as error:
            raise ExpressionError(_explained(error, written_out, self._specs)[0]) from None

    def _typed(self, text: str) -> Any:
        if len(text) > MAX_EXPRESSION:
            raise ExpressionError(f"condition of {len(text)} characters; the limit is {MAX_EXPRESSION}")
        try:
            expression = self._env.compile(text)
        except RuntimeError as error:
            raise ExpressionError(*_explained(error, text, self._specs)) from None
        if "has(" in text:
            from aipolicy.policy.cel.compiler_messages import refuse_has

            refuse_has(text)
        return expression

    def _checked(self, expression: Any, written: Node, *, is_part: bool = False) -> Compiled:
        from aipolicy.policy.cel.checked_expr import compared_alone, decode, identifiers, keys_of

        checked = Checked(expression.serialize())
        tree = decode(checked)
        self._checks.check(tree, written, is_part=is_part)
        reads = tuple(sorted({name for name in identifiers(tree) if name in self._specs}))
        turn = compared_alone(tree, ("option.", "partner."))
        labels = tuple(sorted({key for name in reads if self._is_map(name) for key in keys_of(tree, name)}))
        if turn is None:
            return Compiled(checked, reads, None, None, labels)
        return Compiled(checked, reads, turn.fact, turn.against, labels)

    @cached_property
    def _checks(self) -> ConditionChecks:
        from aipolicy.policy.cel.condition_checks import ConditionChecks

        return ConditionChecks(self._specs, self.words, self._constants, self._set_at, self._holds)

    def _holds(self, text: str) -> str:
        """Return what a constant expression comes to, or why it comes to nothing."""
        truth, problem = Condition(Checked(self._env.compile(text).serialize())).evaluate({})
        return problem or truth.value

    def _is_map(self, name: str) -> bool:
        return self._specs[name].type is FactType.LABELS


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
            return Truth.UNKNOWN, _reason(str(error))
        if value is True:
            return Truth.TRUE, ""
        if value is False:
            return Truth.FALSE, ""
        message = str(value)
        return Truth.UNKNOWN, "" if _MISSING in message else _reason(message)

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


def cel_value(value: FactValue) -> Any:
    """Return a fact value as the runtime takes it."""
    if isinstance(value, dict):
        return {key: cel_value(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value


@cache
def _runtime() -> Any:
    # NOTE: a checked expression carries its types; the runtime needs no declarations (tested).
    return cel.NewEnv()


def _cel_type(type_: FactType, holds: FactType = FactType.TEXT) -> Any:
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


def _within_declared() -> Any:
    """Return the type of `within`, which is written out before anything is evaluated."""
    text, texts = cel.Type.STRING, cel.Type.List(cel.Type.STRING)
    names = ((text, "text"), (texts, "list"))
    overloads = [cel.Overload(f"within_{one}_{two}", cel.Type.BOOL, [a, b]) for a, one in names for b, two in names]
    return cel.FunctionDecl("within", overloads)


def _orderings() -> list[Any]:
    numbers = ((cel.Type.DOUBLE, "double"), (cel.Type.INT, "int64"))
    declarations = []
    for function, name in _ORDERINGS.items():
        overloads = [
            cel.Overload(f"{name}_{left}" + ("" if left == right else f"_{right}"), cel.Type.BOOL, [a, b])
            for a, left in numbers
            for b, right in numbers
        ]
        declarations.append(cel.FunctionDecl(function, overloads))
    return declarations


# NOTE: nothing is wrong with most conditions, and a short run does without the words for it.
def _explained(error: RuntimeError, text: str, names: Collection[str]) -> tuple[str, int | None]:
    from aipolicy.policy.cel.compiler_messages import explained

    return explained(str(error), text, names)


def _reason(message: str) -> str:
    from aipolicy.policy.cel.compiler_messages import plain_reason

    return plain_reason(message)
