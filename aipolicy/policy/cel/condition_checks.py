"""A condition that types in, what it can never mean refused: words, bounds and patterns against what facts can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from aipolicy.errors import ExpressionError
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.policy.cel.checked_expr import Node, divisors, patterns
from aipolicy.policy.cel.comparisons import (
    MATCHES,
    PART_VERBS,
    Comparison,
    Joined,
    PartComparison,
    comparisons,
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

    def check(self, tree: Node, written: Node) -> None:
        """Raise `ExpressionError` for a condition that could never be meant; `written` still has its `within`."""
        wrong = [message for each in comparisons(written) for message in self._wrong_words(each)]
        wrong += filter(None, (self._words.beside(each.fact, each.other) for each in comparisons(tree)))
        if wrong:
            raise ExpressionError("; ".join(dict.fromkeys(wrong)))
        for name in divisors(tree):
            raise ExpressionError(f"division by `{name}`, which may be 0; multiply the other side instead")
        for fact, other in orderings(tree):
            self._bounds(fact, other)
        for joined in joined_operands(written):
            self._joined(joined)
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
        known = self._words.known(part.fact)
        words = part.words or tuple(word for name in part.others for word in _texts(self._constants.get(name)))
        for word in words if known else ():
            if not any(self._has_part(part.function, each, word) for each in known):
                verb = PART_VERBS[part.function]
                raise ExpressionError(f"`{part.fact}` never {verb} `{shown(word)}`{did_you_mean(word, known)}")

    def _has_part(self, function: str, text: str, part: str) -> bool:
        if function != MATCHES:
            return has_part(function, text, part)
        literals = [json.dumps(each, ensure_ascii=False) for each in (text, part)]
        return self._holds("{}.matches({})".format(*literals)) != FALSE

    def _where_set(self, constant: str) -> str:
        """Return where the value of a parameter comes from, as the end of a message."""
        place = self._set_at.get(constant)
        return f"; `{constant}` is set at {place}" if place else ""

    def _wrong_words(self, compared: Comparison) -> Iterator[str]:
        constant = _texts(self._constants.get(compared.other))
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
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
