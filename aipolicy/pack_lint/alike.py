"""Rules that say what another rule says already: duplicates, and rules in the shadow of a wider one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from aipolicy.findings.finding import Finding, Place
from aipolicy.pack_lint.normal_form import conjuncts, replaced
from aipolicy.pack_lint.registry import DUPLICATE, SHADOWED
from aipolicy.pack_lint.subject import LintedPack, RuleText, found
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.policy.rule import Line, Rule
from aipolicy.value import Frozen


class _Meaning(Frozen):
    """What a rule asks, whatever the order and spelling of its conditions."""

    text: RuleText
    subject: LintedPack
    when: frozenset[Node]
    require: frozenset[Node]
    when_by_value: frozenset[Node]
    require_by_value: frozenset[Node]
    """With the values of parameters, which are what counts between packs."""
    measured: object
    """For rules over all features: what is measured, of which features, in which groups."""
    must_declare: frozenset[str]


def alike_findings(subjects: Sequence[LintedPack]) -> Iterator[Finding]:
    """Yield every rule of a named pack that another rule, of any pack, makes superfluous."""
    meanings = [_meaning(text, subject) for subject in subjects for text in subject.rules if text.is_whole]
    for number, meaning in enumerate(meanings):
        rule = meaning.text.rule
        if not meaning.subject.is_named:
            continue
        twin = next((other for other in meanings[:number] if _is_twin(meaning, other)), None)
        if twin is not None:
            message = f"`{rule.id}` has the same conditions as `{twin.text.rule.id}`"
            yield _finding(DUPLICATE, message, meaning, twin)
            continue
        wider = next((other for other in meanings if other is not meaning and _is_shadowed(meaning, other)), None)
        if wider is not None:
            other = wider.text.rule
            message = f"`{rule.id}` finds only what `{other.id}` ({other.severity.value}) finds too"
            yield _finding(SHADOWED, message, meaning, wider)


def _meaning(text: RuleText, subject: LintedPack) -> _Meaning:
    rule = text.rule

    def by_value(name: str) -> Node | None:
        value = rule.parameters.get(name)
        if isinstance(value, tuple):
            return Node("list", children=tuple(Node("const", constant=item) for item in value))
        return Node("const", constant=value) if isinstance(value, str | float | bool) else None

    def said(lines: Sequence[Line]) -> tuple[frozenset[Node], frozenset[Node]]:
        trees = [text.tree(line) for line in lines]
        return conjuncts(trees), conjuncts(replaced(tree, by_value) for tree in trees)

    when, when_by_value = said(rule.when)
    require, require_by_value = said(rule.require)
    demanded = frozenset(rule.must_declare)
    return _Meaning(text, subject, when, require, when_by_value, require_by_value, _measured(text), demanded)


def _measured(text: RuleText) -> object:
    portfolio = text.portfolio
    if portfolio is None:
        return None
    measures = frozenset((measure.name, measure.text) for measure in portfolio.measures)
    group = portfolio.group_by.text if portfolio.group_by is not None else None
    return conjuncts(text.tree(line) for line in portfolio.over), group, measures


def _is_twin(one: _Meaning, other: _Meaning) -> bool:
    return _compared(one, other, lambda when, wider: when == wider) and _overlap(one.text.rule, other.text.rule)


def _is_shadowed(narrow: _Meaning, wide: _Meaning) -> bool:
    rule, other = narrow.text.rule, wide.text.rule
    if other.severity.rank > rule.severity.rank or not _covers(other, rule):
        return False
    return _compared(narrow, wide, lambda when, wider: when > wider)


def _compared(one: _Meaning, other: _Meaning, compare: Callable[[frozenset[Node], frozenset[Node]], bool]) -> bool:
    rule, second = one.text.rule, other.text.rule
    if (rule.kind, rule.scope, rule.legs, one.measured, one.must_declare) != (
        second.kind, second.scope, second.legs, other.measured, other.must_declare,
    ):  # fmt: skip
        return False
    if one.subject is other.subject:
        return one.require == other.require and compare(one.when, other.when)
    return one.require_by_value == other.require_by_value and compare(one.when_by_value, other.when_by_value)


def _overlap(one: Rule, other: Rule) -> bool:
    """Return whether there is a day on which both are evaluated; a successor that follows on is no duplicate."""
    return _begin(one) <= _end(other) and _begin(other) <= _end(one)


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Return whether a rule weighs what it weighs on every day on which the other is evaluated."""
    return (wide.effective_from or date.min) <= _begin(narrow) and _end(narrow) <= _end(wide)


def _begin(rule: Rule) -> date:
    days = [day for day in rule.stages[:3] if day is not None]
    return min(days, default=date.min)


def _end(rule: Rule) -> date:
    return rule.effective_until or date.max


def _finding(rule_id: str, message: str, meaning: _Meaning, other: _Meaning) -> Finding:
    entry, second = meaning.text.entry, other.text.entry
    related: tuple[Place, ...] = ()
    if entry.document is second.document:
        related = (Place(path=(*second.path, "id"), label="the other rule"),)
    else:
        message += f", {other.text.rule.defined_at}"
    return found(rule_id, message, entry.document, (*entry.path, "id"), related=related)
