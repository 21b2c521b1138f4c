"""A condition in, its mutants out: each differs by one slip that an author could make, and passes the type check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.cel.comparisons import comparisons
from aipolicy.policy.cel.expressions import Compiler, ExpressionError
from aipolicy.policy.cel.tokens import Token, TokenKind, plain_text, tokens
from aipolicy.policy.reading.condition_lines import line_of, uses_variables, written_out
from aipolicy.policy.rule import Line
from aipolicy.source.regex import regex
from aipolicy.value import NamedTuple


class MutationKind(StrEnum):
    """The slip that a mutant stands for."""

    COMPARISON = "comparison flipped"
    BOUNDARY = "boundary moved"
    LITERAL = "literal swapped"
    CONNECTIVE = "and/or exchanged"
    NEGATION = "negation"
    DROPPED = "line dropped"


class Mutant(NamedTuple):
    """A line with one slip in it; a line that was dropped is None."""

    kind: MutationKind
    text: str
    line: Line | None


_FLIPPED = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
_OPPOSITES = {"_<_": "_>=_", "_<=_": "_>_", "_>_": "_<=_", "_>=_": "_<_", "_==_": "_!=_", "_!=_": "_==_"}
_CONNECTIVES = {"&&": "||", "||": "&&"}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_SEPARATORS = frozenset({"&&", "||", "?", ":", ","})
_PLAIN_NUMBER = regex(r"\d+(?:\.\d+)?")


class Mutator:
    """Makes the mutants of lines; lines with the same text share theirs."""

    def __init__(self, compiler: Compiler, specs: Mapping[str, FactSpec], vocabularies: Mapping[str, Sequence[str]],
                 parameters: Mapping[str, FactValue],
                 variables: Mapping[str, str] = MappingProxyType({})) -> None:  # fmt: skip
        self._variables = variables
        self._compiler = compiler
        self._specs = specs
        self._vocabularies = vocabularies
        self._parameters = parameters
        self._known: dict[str, tuple[Mutant, ...]] = {}

    def mutants(self, line: Line) -> tuple[Mutant, ...]:
        """Return every mutant of a line that passes the type check, the dropped line last."""
        text = self._said(line)
        if text not in self._known:
            self._known[text] = (*self._compiled(text, line), Mutant(MutationKind.DROPPED, "", None))
        return self._known[text]

    def values(self, text: str, line: Line) -> Iterator[tuple[MutationKind, str]]:
        """Yield the mutants of an expression of any type that pass the type check, as texts."""
        seen = {_normal(decode(line.checked))}
        for kind, mutated in self._texts(text, line):
            try:
                compiled, _ = self._compiler.compile_value(self.written_out(mutated))
            except ExpressionError:
                continue
            tree = _normal(decode(compiled.checked))
            if tree not in seen:
                seen.add(tree)
                yield kind, mutated

    def line(self, text: str, variables: Mapping[str, str]) -> Line | None:
        """Return a condition with other variables, None where it does not pass the type check."""
        try:
            return line_of(text, self._compiler.compile(written_out(text, {**self._variables, **variables})))
        except ExpressionError:
            return None

    def written_out(self, text: str) -> str:
        """Return an expression with its variables written out."""
        return written_out(text, self._variables)

    def _said(self, line: Line) -> str:
        """Return what a line says itself: variables have mutants of their own, where they are defined."""
        return line.text if uses_variables(line.text) and self._variables else line.condition

    def _compiled(self, text: str, line: Line) -> Iterator[Mutant]:
        seen = {_normal(decode(line.checked))}
        for kind, mutated in self._texts(text, line):
            try:
                compiled = self._compiler.compile(self.written_out(mutated))
            except ExpressionError:
                continue
            tree = _normal(decode(compiled.checked))
            if tree in seen:
                continue
            seen.add(tree)
            yield Mutant(kind, mutated, line_of(mutated, compiled))

    def _texts(self, text: str, line: Line) -> Iterator[tuple[MutationKind, str]]:
        found = tuple(tokens(text))
        words = self._allowed_words(line)
        for token in found:
            for kind, new in self._replacements(token, words):
                yield kind, _spliced(text, token.start, token.end, new)
        for start, end, new in _negations(text, found):
            yield MutationKind.NEGATION, _spliced(text, start, end, new)

    def _replacements(self, token: Token, words: Mapping[str, str]) -> Iterator[tuple[MutationKind, str]]:
        match token.kind:
            case TokenKind.OPERATOR if token.text in _FLIPPED:
                yield from ((MutationKind.COMPARISON, new) for new in _FLIPPED[token.text])
            case TokenKind.OPERATOR if token.text in _CONNECTIVES:
                yield MutationKind.CONNECTIVE, _CONNECTIVES[token.text]
            case TokenKind.NUMBER if _PLAIN_NUMBER.fullmatch(token.text):
                yield from ((MutationKind.BOUNDARY, new) for new in _moved(token.text))
            case TokenKind.NAME if token.text in ("true", "false"):
                yield MutationKind.LITERAL, "false" if token.text == "true" else "true"
            case TokenKind.NAME if token.text.startswith("params."):
                value = self._parameters.get(token.text)
                if isinstance(value, float):
                    yield MutationKind.BOUNDARY, f"({token.text} + {_written(step_of(value))})"
                    yield MutationKind.BOUNDARY, f"({token.text} - {_written(step_of(value))})"
            case TokenKind.TEXT:
                other = words.get(plain_text(token) or "")
                if other is not None:
                    yield MutationKind.LITERAL, json.dumps(other, ensure_ascii=False)
            case _:
                pass

    def _allowed_words(self, line: Line) -> dict[str, str]:
        """Return for each word of a line another one that the same fact may take, where there is one."""
        others: dict[str, str] = self._compiler.other_groups() if "within" in line.condition else {}
        for comparison in comparisons(decode(line.checked)):
            spec = self._specs.get(comparison.fact) or self._compiler.fields.get(comparison.fact)
            if spec is None or spec.type not in (FactType.TEXT, FactType.TEXTS):
                continue
            allowed = spec.choices or tuple(self._vocabularies.get(spec.vocabulary, ()))
            for word in comparison.words:
                position = allowed.index(word) if word in allowed else -1
                following = (*allowed[position + 1 :], *allowed[: max(position, 0)])
                other = next((other for other in following if other not in comparison.words), None)
                if other is not None:
                    others.setdefault(word, other)
        return others


def step_of(value: float) -> float:
    """Return one unit of the last digit of a number as people write it: 1 for 500, 0.1 for 99.5."""
    written = format(value, ".12g")
    if "e" in written or "." not in written:
        return 1.0
    return float(f"1e-{len(written.partition('.')[2])}")


def _moved(text: str) -> Iterable[str]:
    """Return a number one step up and one step down, whole where it was whole."""
    if "." not in text:
        return (str(int(text) + 1), f"({int(text) - 1})")
    value = float(text)
    step = step_of(value)
    return (_written(round(value + step, 12)), f"({_written(round(value - step, 12))})")


def _written(value: float) -> str:
    """Return a number as CEL writes a double."""
    written = format(value, ".15g")
    return written if "." in written or "e" in written else written + ".0"


def _negations(text: str, found: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Yield where a negation is dropped, or added: before each operand of `&&`, `||` and `?:` that is no comparison.

    A comparison is not negated here, because its flipped form is the same.
    """
    for index, token in enumerate(found):
        if token.text == "!" and token.kind is TokenKind.OPERATOR:
            yield token.start, token.end, ""
        elif index == 0 or (_opens_operand(found[index - 1]) and token.text != "!"):
            last = _end_of_operand(found, index)
            if last < index:
                continue  # NOTE: nothing stands between the brackets of `[]` or of a call without arguments.
            operand = found[index : last + 1]
            if token.text != "!" and not _compares(operand):
                start, end = operand[0].start, operand[-1].end
                yield start, end, f"!({text[start:end]})"


def _opens_operand(token: Token) -> bool:
    return token.kind is TokenKind.OPERATOR and (token.text in _SEPARATORS or token.text in _OPENING)


def _end_of_operand(found: Sequence[Token], index: int) -> int:
    """Return the index of the last token of the operand that begins at `index`."""
    depth = 0
    for position in range(index, len(found)):
        token = found[position]
        operator = token.text if token.kind is TokenKind.OPERATOR else ""
        if depth == 0 and (operator in _SEPARATORS or operator in _CLOSING):
            return position - 1
        depth += (operator in _OPENING) - (operator in _CLOSING)
    return len(found) - 1


def _compares(operand: Sequence[Token]) -> bool:
    """Return whether an operand is a comparison outside brackets, or a name or number that is no condition."""
    depth = 0
    for token in operand:
        operator = token.text if token.kind is TokenKind.OPERATOR else ""
        depth += (operator in _OPENING) - (operator in _CLOSING)
        if depth == 0 and operator in _FLIPPED:
            return True
    return operand[0].kind in (TokenKind.TEXT, TokenKind.NUMBER) and len(operand) == 1


def _spliced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _normal(node: Node) -> Node:
    """Return an expression without double negations and without negated comparisons, so that equal mutants are equal."""
    node = Node(node.kind, node.name, node.constant, tuple(_normal(child) for child in node.children))
    inner = node.children[0] if node.kind == "call" and node.name == "!_" else None
    if inner is None or inner.kind != "call":
        return node
    if inner.name == "!_":
        return inner.children[0]
    opposite = _OPPOSITES.get(inner.name)
    return node if opposite is None else Node("call", opposite, children=inner.children)
