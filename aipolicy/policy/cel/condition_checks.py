"""A condition that types in, what it can never mean refused: words, bounds and patterns against what facts can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from aipolicy.errors import ExpressionError
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.policy.cel.checked_expr import Node, divisors, nodes, patterns
from aipolicy.policy.cel.comparisons import (
    ENTRY,
    MATCHES,
    PART_VERBS,
    Joined,
    PartComparison,
    WordComparison,
    comparisons,
    entries_in,
    entry_of,
    has_part,
    joined_operands,
    orderings,
    part_comparisons,
)
from aipolicy.policy.cel.fact_words import FactWords
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

_TEXTUAL = (FactType.TEXT, FactType.TEXTS)
TRUE, FALSE = "true", "false"
"""What a constant expression comes to; else why it comes to nothing."""


class ConditionChecks:
    """Checks conditions; `holds` says what a constant expression comes to."""

    def __init__(self, specs: Mapping[str, FactSpec], words: FactWords, constants: Mapping[str, FactValue],
                 set_at: Mapping[str, str], holds: Callable[[str], str]) -> None:  # fmt: skip
        self._specs = specs
        self._words = words
        self._constants = constants
        self._set_at = set_at
        self._holds = holds

    def check(self, tree: Node, written: Node, *, is_part: bool = False) -> None:
        """Raise `ExpressionError` for a condition that could never be meant; `written` still has its `within`.

        Beside a part of a condition may stand what lets it be meant.
        """
        wrong = [message for comparison in comparisons(written) for message in self._wrong_words(comparison)]
        wrong += filter(
            None, (self._words.beside(comparison.fact, comparison.other) for comparison in comparisons(tree))
        )
        if wrong:
            raise ExpressionError("; ".join(dict.fromkeys(wrong)))
        for name in divisors(tree):
            raise ExpressionError(f"division by `{name}`, which may be 0; multiply the other side instead")
        for fact, other in orderings(tree):
            self._bounds(fact, other)
        for joined in joined_operands(written):
            self._joined(joined)
        for entry in entries_in(tree) if not is_part else ():
            self._entry(entry, tree)
        for pattern in patterns(tree):
            self._pattern(pattern)
        for part in part_comparisons(written):
            self._part(part)

    def _bounds(self, fact: str, other: str) -> None:
        """Refuse a parameter beyond every value of the fact that it is ordered against: it would turn the rule off."""
        spec, bound = self._specs.get(fact), self._constants.get(other)
        if spec is None or not isinstance(bound, float):
            return
        least, most = spec.minimum if spec.above is None else spec.above, spec.maximum
        if (least is not None and bound < least) or (most is not None and bound > most):
            raise ExpressionError(f"`{other}` is {bound:g}, which `{fact}` never passes{self._where_set(other)}")

    def _joined(self, joined: Joined) -> None:
        """Refuse text that is put together where the words of a fact are known: nobody could check it against them."""
        is_text = any(
            isinstance(part.constant, str) or part.kind == "list"
            or (part.kind == "ident" and (part.name not in self._specs or self._specs[part.name].type in _TEXTUAL))
            for part in joined.parts
        )  # fmt: skip
        if is_text and any(map(self._words.known, joined.reads)):
            raise ExpressionError("text that is put together with `+` cannot be checked; write the words out")

    def _part(self, part: PartComparison) -> None:
        choices = self._words.known(part.fact)
        words = part.words or tuple(word for name in part.others for word in self._texts(name))
        for word in words if choices else ():
            if not any(self._has_part(part.function, choice, word) for choice in choices):
                verb = PART_VERBS[part.function]
                raise ExpressionError(f"`{part.fact}` never {verb} `{shown(word)}`{did_you_mean(word, choices)}")

    def _has_part(self, function: str, text: str, part: str) -> bool:
        if function != MATCHES:
            return has_part(function, text, part)
        literals = [json.dumps(operand, ensure_ascii=False) for operand in (text, part)]
        return self._holds("{}.matches({})".format(*literals)) != FALSE

    def _texts(self, name: str) -> tuple[str, ...]:
        """Return the words that stand in a parameter, or below the words of one."""
        values: list[FactValue] = [value for value in (self._constants.get(name.rstrip(ENTRY)),) if value is not None]
        for _ in range(name.count(ENTRY)):
            values = _below(values)
        return tuple(dict.fromkeys(word for value in values for word in _texts(value)))

    def _entry(self, asked: Node, tree: Node) -> None:
        """Refuse to ask for an entry that there may not be: nothing stands there, which is neither true nor false."""
        entry = entry_of(asked)
        assert entry is not None
        held = self._constants.get(entry.name)
        values = [held] if isinstance(held, Mapping) else []
        for key in entry.keys[:-1]:
            values = [
                below for value in values for word, below in value.items()
                if isinstance(below, Mapping) and (key.kind != "const" or key.constant == word)
            ]  # fmt: skip
        key = entry.keys[-1]
        if not values or self._guarded(asked, tree):
            return
        if key.kind == "const":
            missing = [str(key.constant)] if any(key.constant not in value for value in values) else []
            choices: Sequence[str] = ()
        else:
            choices = self._words.known(key.name) if key.kind == "ident" else ()
            missing = [word for word in choices if any(word not in value for value in values)]
        if key.kind == "const" and missing:
            of = did_you_mean(missing[0], {word for value in values for word in value})
            raise ExpressionError(f"`{entry.name}` has no entry `{shown(missing[0])}`{of}{self._where_set(entry.name)}")
        if missing or (not choices and key.kind != "const"):
            named = f" for `{shown(missing[0])}`" if missing else ""
            what = key.name if key.kind == "ident" else "KEY"
            raise ExpressionError(
                f"`{entry.name}` may hold nothing{named}; ask for it first in the same condition, as "
                f"`{what} in {_written(asked.children[0])} && …`"
            )

    def _guarded(self, asked: Node, tree: Node) -> bool:
        if asked.kind == "select":
            asked = Node("call", "_[_]", children=(*asked.children, Node("const", constant=asked.name)))
        return _guards(tree, asked)

    def _where_set(self, constant: str) -> str:
        """Return where the value of a parameter comes from, as the end of a message."""
        place = self._set_at.get(constant)
        return f"; `{constant}` is set at {place}" if place else ""

    def _wrong_words(self, compared: WordComparison) -> Iterator[str]:
        constant = self._texts(compared.other)
        for word, name in (*((word, "") for word in compared.words), *((word, compared.other) for word in constant)):
            wrong = self._words.never(compared.fact, word, name) or self._words.uncomparable(compared.fact, word, name)
            if wrong:
                yield f"{wrong}{self._where_set(name)}"

    def _pattern(self, pattern: str) -> None:
        literal = json.dumps(pattern, ensure_ascii=False)
        problem = self._holds(f'"".matches({literal})')
        if problem not in (TRUE, FALSE):
            raise ExpressionError(f"invalid regular expression `{shown(pattern)}`: {problem}")


def _texts(value: FactValue | None) -> tuple[str, ...]:
    """Return the words that a comparison with a value is about: of a map its keys."""
    return tuple(value) if isinstance(value, tuple | Mapping) else (value,) if isinstance(value, str) else ()


def _below(values: Iterable[FactValue]) -> list[FactValue]:
    return [below for value in values if isinstance(value, Mapping) for below in value.values()]


def _guards(node: Node, asked: Node) -> bool:
    """Return whether a condition asks whether there is an entry, somewhere beside asking what it is."""
    of, key = asked.children[0], asked.children[1:]
    return any(
        inner.kind == "call" and inner.name == "@in" and inner.children[:1] == key and inner.children[1] == of
        for inner in nodes(node)
    )


def _written(node: Node) -> str:
    """Return a parameter with the words below it as a condition writes them."""
    entry = entry_of(node)
    if entry is None:
        return node.name
    keys = (json.dumps(key.constant) if key.kind == "const" else key.name or "KEY" for key in entry.keys)
    return f"{entry.name}{''.join(f'[{key}]' for key in keys)}"
