"""Conditions that say nothing: always true, never true, at odds with each other, or implied by what they follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.facts.spec import FactSpec
from aipolicy.findings.finding import Finding
from aipolicy.pack_lint.logic import Logic, written_number
from aipolicy.pack_lint.normal_form import conjuncts, normal
from aipolicy.pack_lint.registry import ALWAYS_TRUE, CONTRADICTION, NEVER_TRUE, NEVER_VIOLATED
from aipolicy.pack_lint.subject import RuleText
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Line
from aipolicy.rule_tests.case_search import Bench
from aipolicy.source.text import shown

_SIGNS = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "==", "_!=_": "!="}
_FORBIDDEN = Node("const", constant=False)
"""`false` in `require` is how a rule forbids what it applies to."""


def condition_findings(texts: Sequence[RuleText], facts: Mapping[str, FactSpec], bench: Bench) -> Iterator[Finding]:
    """Yield what the conditions of rules cannot mean, each rule by itself."""
    logic = Logic(facts)
    for text in texts:
        yield from _Conditions(text, logic, facts, bench.of(text.rule)).findings()


class _Conditions:
    def __init__(self, text: RuleText, logic: Logic, facts: Mapping[str, FactSpec], bench: Bench) -> None:
        self._text = text
        self._logic = logic
        self._facts = facts
        self._bench = bench
        self._when = [text.tree(line) for line in text.rule.when]

    def findings(self) -> Iterator[Finding]:
        rule = self._text.rule
        constant = {line.checked: self._constant(line) for line in (*rule.when, *rule.require)}
        never = any(constant[line.checked] is False for line in rule.when)
        for line in rule.when:
            yield from self._spoken(line, constant[line.checked], "limits nothing", "the rule never applies")
        contradiction = None if never else self._contradiction()
        if contradiction is not None:
            yield contradiction
        if never or contradiction is not None or not self._text.is_whole:
            return
        implied = [line for line in rule.require if not self._logic.can_fail(self._text.tree(line), self._when)]
        declared = [line for line in rule.require if self._logic.names_every_word(self._text.tree(line))]
        if implied and not declared and len(implied) == len(rule.require):
            yield self._never_violated(implied[0])
            return
        for line in rule.require:
            if self._text.tree(line) == _FORBIDDEN or line in declared:
                continue
            if line in implied and constant[line.checked] is None:
                message = f"`{shown(line.text)}` always holds where the rule applies, and asks for nothing more"
                yield self._text.found(ALWAYS_TRUE, message, line)
            else:
                yield from self._spoken(
                    line, constant[line.checked], "asks for nothing", "nothing can satisfy the rule"
                )

    def _constant(self, line: Line) -> bool | None:
        """Return the truth of a line that has only one; None for every other."""
        truth = self._bench.truth(line, {})
        if truth is not Truth.UNKNOWN:
            return truth is Truth.TRUE
        tree = self._text.tree(line)
        return True if not self._logic.can_fail(tree) else None if self._logic.can_hold(tree) else False

    def _spoken(self, line: Line, constant: bool | None, if_true: str, if_false: str) -> Iterator[Finding]:
        if constant is True:
            message = f"`{shown(line.text)}` is always true, so that it {if_true}{self._limits(line)}"
            yield self._text.found(ALWAYS_TRUE, message, line)
            return
        if constant is False:
            message = f"`{shown(line.text)}` is never true, so that {if_false}{self._limits(line)}"
            yield self._text.found(NEVER_TRUE, message, line)
            return
        for part in self._logic.comparisons(self._text.tree(line)):
            written = _written(part)
            if not self._logic.can_fail(part):
                yield self._text.found(ALWAYS_TRUE, f"`{written}` is always true{self._limit(part)}", line)
            elif not self._logic.can_hold(part):
                yield self._text.found(NEVER_TRUE, f"`{written}` is never true{self._limit(part)}", line)

    def _limits(self, line: Line) -> str:
        parts = tuple(self._logic.comparisons(self._text.tree(line)))
        return self._limit(parts[0]) if len(parts) == 1 else ""

    def _limit(self, part: Node) -> str:
        """Return the documented limits of the fact in a comparison, for a message."""
        spec = self._facts.get(next((child.name for child in part.children if child.kind == "ident"), ""))
        if spec is None:
            return ""
        limits = [f"at least {spec.minimum:g}"] if spec.minimum is not None else []
        limits += [f"above {spec.above:g}"] if spec.above is not None else []
        limits += [f"at most {spec.maximum:g}"] if spec.maximum is not None else []
        return f" (`{spec.name}` is {' and '.join(limits)})" if limits else ""

    def _contradiction(self) -> Finding | None:
        """Return the first line of `when` that cannot hold together with those before it."""
        lines = self._text.rule.when
        for number in range(1, len(lines)):
            if self._logic.can_hold(*self._when[: number + 1]):
                continue
            pair = [n for n in range(number) if not self._logic.can_hold(self._when[n], self._when[number])]
            others = pair[:1] or list(range(number))
            named = " and ".join(f"`{shown(lines[n].text)}`" for n in others)
            message = f"`{shown(lines[number].text)}` cannot hold together with {named}, so that the rule never applies"
            related = [(lines[n], "holds at the same time") for n in others]
            return self._text.found(CONTRADICTION, message, lines[number], related=related)
        return None

    def _never_violated(self, line: Line) -> Finding:
        rule = self._text.rule
        tree = normal(self._text.tree(line))
        same = next((condition for condition in rule.when if tree in conjuncts([self._text.tree(condition)])), None)
        written = shown(line.text)
        if same is not None:
            message = f"`{written}` is required of what `when` already limits the rule to; nothing can violate it"
            return self._text.found(NEVER_VIOLATED, message, line, related=[(same, "the same condition")])
        if not self._logic.can_fail(self._text.tree(line)):
            message = f"`{written}` is always true{self._limits(line)}; nothing can violate the rule"
        else:
            message = f"`{written}` holds wherever `when` does; nothing can violate the rule"
        return self._text.found(NEVER_VIOLATED, message, line)


def _written(part: Node) -> str:
    """Return a comparison of a fact with a number as people write it."""
    sides = [child.name if child.kind == "ident" else f"{written_number(child) or 0.0:g}" for child in part.children]
    return f"{sides[0]} {_SIGNS[part.name]} {sides[1]}"
