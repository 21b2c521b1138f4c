"""A condition and a feature in, the truth of the condition and of each part of it out, with the values that were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import first_in
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.policy.cel.expressions import ExpressionError, Truth
from aipolicy.policy.cel.tokens import Token, TokenKind, tokens
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.condition_lines import line_of, parameters_of, written_out
from aipolicy.policy.rule import Rule, RuleKind, RuleScope
from aipolicy.rule_tests.pack_compiler import compiler_of
from aipolicy.run.policy import Policy
from aipolicy.value import Frozen

_CONNECTIVES = ("||", "&&")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class EvaluatedPart(Frozen):
    """A condition, or a part of one, over the ways of a feature's plan; without a plan over all ways."""

    text: str
    depth: int
    """How many connectives it stands below."""
    ways: Mapping[Truth, int]
    """How many ways it has each truth on; none of those that it has on no way."""
    values: tuple[tuple[str, FactValue | None], ...]
    """What it reads of the first way; None is unknown."""
    error: str = ""


def evaluated_condition(text: str, evaluation: Evaluation, policy: Policy) -> tuple[EvaluatedPart, ...]:
    """Return a condition and its parts, the whole first; raises `UsageError` for one that does not compile.

    It may use the parameters and variables of the topmost pack.
    """
    pack = policy.packs[-1]
    parts = _parts(text.strip(), 0)
    return tuple(_evaluated(part, depth, evaluation, policy, pack) for depth, part in parts)


def _evaluated(text: str, depth: int, evaluation: Evaluation, policy: Policy, pack: PolicyPack) -> EvaluatedPart:
    compiler = compiler_of(pack, policy.catalog, policy.evaluator.known.specs)
    try:
        line = line_of(text, compiler.compile(written_out(text, dict(pack.texts)), is_part=depth > 0))
    except ExpressionError as error:
        column = f" (column {error.column})" if error.column is not None else ""
        raise UsageError(f"`{text}`: {error}{column}") from None
    rule = Rule(
        id="EVAL-001", name="eval", title=text, kind=RuleKind.DUTY, severity=Severity.NOTE, scope=RuleScope.OPTIONS, when=(),
        require=(line,), message="", why="", fix="", references=(), effective_from=None, effective_until=None, tests=(),
        pack=pack.name, defined_at="", parameters=parameters_of(line.parameter_reads, compiler.constants),
    )  # fmt: skip
    rule_evaluator, planned = policy.evaluator.rule_evaluator, evaluation.planned
    masks = rule_evaluator.evaluate(rule, evaluation.facts, evaluation.workload, planned)
    counts = (
        (Truth.TRUE, masks.satisfied), (Truth.FALSE, masks.violated), (Truth.UNKNOWN, masks.undetermined),
    )  # fmt: skip
    number = first_in(masks.violated or masks.undetermined or masks.satisfied)
    option = planned.facts_of(number, evaluation.workload) if line.option_reads else {}
    trace = rule_evaluator.trace(rule, evaluation.facts, option)[0]
    ways = {truth: planned.legs_of(mask).bit_count() for truth, mask in counts if mask}
    return EvaluatedPart(text, depth, ways, trace.values, trace.error)


def _parts(text: str, depth: int) -> Iterator[tuple[int, str]]:
    """Yield a condition, then what `||`, `&&` and `!` join in it; brackets around all of a part are left out."""
    all_tokens = tuple(tokens(text))
    inner = _bracketed(text, all_tokens)
    if inner:
        yield from _parts(inner, depth)
        return
    yield depth, text
    for connective in _CONNECTIVES:
        pieces = _split(text, all_tokens, connective)
        if len(pieces) > 1:
            for piece in pieces:
                yield from _parts(piece, depth + 1)
            return
    if len(all_tokens) > 1 and all_tokens[0].text == "!":
        yield from _parts(text[all_tokens[0].end :].strip(), depth + 1)


def _split(text: str, all_tokens: tuple[Token, ...], connective: str) -> list[str]:
    pieces, depth, start = [], 0, 0
    for token in all_tokens:
        operator = token.text if token.kind is TokenKind.OPERATOR else ""
        depth += (operator in _OPENING) - (operator in _CLOSING)
        if depth == 0 and operator == "?":
            return [text]
        if depth == 0 and operator == connective:
            pieces.append(text[start : token.start].strip())
            start = token.end
    return [*pieces, text[start:].strip()]


def _bracketed(text: str, all_tokens: tuple[Token, ...]) -> str:
    """Return what stands within brackets around all of a condition; nothing where there are none."""
    depth = 0
    for token in all_tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            is_whole = token is all_tokens[-1] and all_tokens[0].text == "("
            return text[all_tokens[0].end : token.start].strip() if is_whole else ""
    return ""
