"""Conditions in CEL: typed when a pack is loaded, three-valued when evaluated. The only module that imports the runtime.

Numbers are doubles; ordering compares them with whole-number literals too, which CEL's runtime does and its standard
declarations leave out. Words have no order here: `option.tier >= "medium"` would compare letters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, NewType

from cel_expr_python import cel

from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.policy.cel.compiler_messages import explained, plain_reason
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.policy.cel.comparisons import Joined, PartComparison

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


class ExpressionError(ValueError):
    """A condition that does not parse, does not type, or compares a fact with a word that it never takes."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


_ORDERINGS = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
_WITHOUT_ORDERINGS = "name: aipolicy\nstdlib:\n  exclude_functions:\n" + "".join(
    f'    - name: "{function}"\n' for function in _ORDERINGS
)
_MISSING = "No value with name"


_TEXTUAL = (FactType.TEXT, FactType.TEXTS)


class Compiler:
    """Compiles conditions against a set of typed names."""

    def __init__(self, specs: Mapping[str, FactSpec], vocabularies: Mapping[str, Sequence[str]],
                 constants: Mapping[str, FactValue] | None = None,
                 set_at: Mapping[str, str] | None = None) -> None:  # fmt: skip
        self._specs = specs
        self._vocabularies = vocabularies
        self._constants = constants or {}
        self._set_at = set_at or {}
        self._env = cel.NewEnv(
            config=cel.NewEnvConfigFromYaml(_WITHOUT_ORDERINGS),
            variables={name: _cel_type(spec.type) for name, spec in specs.items()},
            functions=_orderings(),
        )

    @property
    def vocabularies(self) -> Mapping[str, Sequence[str]]:
        """Return the words of the open vocabularies."""
        return self._vocabularies

    def compile(self, text: str) -> Compiled:
        """Return the compiled condition; raises `ExpressionError`."""
        expression = self._typed(text)
        if expression.return_type() != cel.Type.BOOL:
            kind = expression.return_type().name().lower()
            raise ExpressionError(f"a condition must be true or false, this one is {kind}")
        return self._checked(expression)

    def compile_value(self, text: str) -> tuple[Compiled, FactType]:
        """Return a compiled expression and the type of what it gives; raises `ExpressionError`."""
        expression = self._typed(text)
        given = expression.return_type()
        found = next((type_ for type_ in FactType if _cel_type(type_) == given), None)
        if given == cel.Type.INT:
            found = FactType.NUMBER
        if found is None:
            raise ExpressionError(f"a value must be a number, text or a list of text, not {given.name().lower()}")
        return self._checked(expression), found

    def _typed(self, text: str) -> Any:
        if len(text) > MAX_EXPRESSION:
            raise ExpressionError(f"condition of {len(text)} characters; the limit is {MAX_EXPRESSION}")
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            raise ExpressionError(*explained(str(error), text, self._specs)) from None

    def _checked(self, expression: Any) -> Compiled:
        from aipolicy.policy.cel.checked_expr import compared_alone, decode, divisors, identifiers, keys_of, patterns
        from aipolicy.policy.cel.comparisons import comparisons, joined_operands, orderings, part_comparisons

        checked = Checked(expression.serialize())
        tree = decode(checked)
        for comparison in comparisons(tree):
            self._check_words(comparison.fact, comparison.words)
            self._check_words(comparison.fact, _texts(self._constants.get(comparison.other)), comparison.other)
        for name in divisors(tree):
            raise ExpressionError(f"division by `{name}`, which may be 0; multiply the other side instead")
        for fact, other in orderings(tree):
            self._check_bounds(fact, other)
        for joined in joined_operands(tree):
            self._check_joined(joined)
        for pattern in patterns(tree):
            self._check_pattern(pattern)
        for part in part_comparisons(tree):
            self._check_part(part)
        reads = tuple(sorted({name for name in identifiers(tree) if name in self._specs}))
        turn = compared_alone(tree, "option.")
        labels = tuple(sorted({key for name in reads if self._is_map(name) for key in keys_of(tree, name)}))
        if turn is None:
            return Compiled(checked, reads, None, None, labels)
        return Compiled(checked, reads, turn.fact, turn.against, labels)

    def _is_map(self, name: str) -> bool:
        return self._specs[name].type is FactType.LABELS

    def _check_bounds(self, fact: str, other: str) -> None:
        """Refuse a parameter beyond every value of the fact that it is ordered against: it would turn the rule off."""
        spec, bound = self._specs.get(fact), self._constants.get(other)
        if spec is None or not isinstance(bound, float):
            return
        least, most = spec.minimum if spec.above is None else spec.above, spec.maximum
        if (least is not None and bound < least) or (most is not None and bound > most):
            raise ExpressionError(f"`{other}` is {bound:g}, which `{fact}` never passes{self._where_set(other)}")

    def _check_joined(self, joined: Joined) -> None:
        """Refuse text that is put together where the words of a fact are known: nobody could check it against them."""
        is_text = any(
            isinstance(part.constant, str) or part.kind == "list"
            or (part.kind == "ident" and (part.name not in self._specs or self._specs[part.name].type in _TEXTUAL))
            for part in joined.parts
        )  # fmt: skip
        if is_text and any(map(self._known_words, joined.reads)):
            raise ExpressionError("text that is put together with `+` cannot be checked; write the words out")

    def _known_words(self, fact: str) -> Sequence[str]:
        """Return the words that a fact can be, none where it can be any."""
        spec = self._specs.get(fact)
        return () if spec is None else spec.choices or self._vocabularies.get(spec.vocabulary, ())

    def _check_part(self, part: PartComparison) -> None:
        from aipolicy.policy.cel.comparisons import PART_VERBS

        known = self._known_words(part.fact)
        words = part.words or tuple(word for name in part.others for word in _texts(self._constants.get(name)))
        for word in words if known else ():
            if not any(self._has_part(part.function, each, word) for each in known):
                verb = PART_VERBS[part.function]
                raise ExpressionError(f"`{part.fact}` never {verb} `{shown(word)}`{did_you_mean(word, known)}")

    def _has_part(self, function: str, text: str, part: str) -> bool:
        from aipolicy.policy.cel.comparisons import MATCHES, has_part

        if function != MATCHES:
            return has_part(function, text, part)
        literals = [json.dumps(each, ensure_ascii=False) for each in (text, part)]
        matching = Checked(self._env.compile("{}.matches({})".format(*literals)).serialize())
        return Condition(matching).evaluate({})[0] is not Truth.FALSE

    def _where_set(self, constant: str) -> str:
        """Return where the value of a parameter comes from, as the end of a message."""
        place = self._set_at.get(constant)
        return f"; `{constant}` is set at {place}" if place else ""

    def _check_words(self, fact: str, words: Sequence[str], constant: str = "") -> None:
        known = self._known_words(fact)
        for word in words:
            if known and word not in known:
                message = f"`{fact}` is never `{word}`{did_you_mean(word, known)}{self._where_set(constant)}"
                raise ExpressionError(message)

    def _check_pattern(self, pattern: str) -> None:
        literal = json.dumps(pattern, ensure_ascii=False)
        _, problem = Condition(Checked(self._env.compile(f'"".matches({literal})').serialize())).evaluate({})
        if problem:
            raise ExpressionError(f"invalid regular expression `{shown(pattern)}`: {problem}")


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
            return Truth.UNKNOWN, plain_reason(str(error))
        if value is True:
            return Truth.TRUE, ""
        if value is False:
            return Truth.FALSE, ""
        message = str(value)
        return Truth.UNKNOWN, "" if _MISSING in message else plain_reason(message)

    def value(self, values: Mapping[str, FactValue]) -> Any:
        """Return what the expression gives under the known values, None where that is not known or not to be had."""
        try:
            found = self._expression.eval(data=values)
        except RuntimeError:
            return None
        if found.type() == cel.Type.ERROR:
            return None
        value = found.value()
        return tuple(item.value() for item in value) if isinstance(value, list) else value


def cel_value(value: FactValue) -> Any:
    """Return a fact value as the runtime takes it."""
    return list(value) if isinstance(value, tuple) else value


@cache
def _runtime() -> Any:
    # NOTE: a checked expression carries its types; the runtime needs no declarations (tested).
    return cel.NewEnv()


def _cel_type(type_: FactType) -> Any:
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


def _texts(value: FactValue | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
