"""Values of facts that no rule speaks of, for facts that the packs compare with words at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec, FactValue, Origin
from aipolicy.findings.finding import Finding
from aipolicy.pack_lint.registry import SILENT_VALUES
from aipolicy.pack_lint.subject import LintedPack, RuleText
from aipolicy.policy.cel.checked_expr import Node, identifiers
from aipolicy.policy.cel.comparisons import comparisons
from aipolicy.policy.rule import Line, Rule
from aipolicy.rule_tests.case_domains import values_of

DATA_CLASSES = "data.classes"
_MOST_NAMED = 12
_NEGATIONS = frozenset({"!_", "_!=_", "_?_:_"})
_WHERE = tuple[RuleText, Line]


def silent_value_findings(subjects: Sequence[LintedPack], facts: Mapping[str, FactSpec],
                          catalog: Catalog) -> Iterator[Finding]:  # fmt: skip
    """Yield a note for each fact with closed choices, and for classes of data, that has values no rule speaks of."""
    said = _Said()
    for subject in subjects:
        for text in subject.rules:
            for line in (*text.over, *text.rule.when, *text.rule.require):
                said.take(text, line, is_named=subject.is_named)
    for name in sorted(said.first):
        spec = facts.get(name)
        words = said.words.get(name)
        if spec is None or not spec.choices or words is None or name in said.whole:
            continue
        yield from _note(name, [word for word in spec.choices if word not in words], said.first[name])
    yield from _silent_classes(said, facts, catalog)


def _silent_classes(said: _Said, facts: Mapping[str, FactSpec], catalog: Catalog) -> Iterator[Finding]:
    """Yield the classes of data from which nothing follows that any rule reads."""
    readers = [name for name in sorted(said.first) if name == DATA_CLASSES or _derived_from_classes(facts.get(name))]
    if not readers or DATA_CLASSES in said.whole:
        return
    words = said.words.get(DATA_CLASSES, set())
    derived = [name for name in readers if name != DATA_CLASSES]
    silent = []
    for data_class in catalog.vocabulary("data-class"):
        values = values_of({DATA_CLASSES: (data_class,)}, derived, catalog)
        if data_class not in words and all(name in values and _says_nothing(values[name]) for name in derived):
            silent.append(data_class)
    yield from _note(DATA_CLASSES, silent, said.first[readers[0]])


def _derived_from_classes(spec: FactSpec | None) -> bool:
    return spec is not None and spec.origin is Origin.DERIVED and DATA_CLASSES in spec.reads


def _says_nothing(value: FactValue) -> bool:
    return not value


def _note(fact: str, silent: Sequence[str], where: _WHERE) -> Iterator[Finding]:
    if not silent:
        return
    named = ", ".join(f"`{word}`" for word in silent[:_MOST_NAMED])
    more = f" and {len(silent) - _MOST_NAMED} more" if len(silent) > _MOST_NAMED else ""
    text, line = where
    yield text.found(SILENT_VALUES, f"no rule speaks of {named}{more} of `{fact}`", line)


class _Said:
    """What rules say of the words of facts: words by fact, and the facts of which they say something of every word."""

    def __init__(self) -> None:
        self.words: dict[str, set[str]] = {}
        self.whole: set[str] = set()
        self.first: dict[str, _WHERE] = {}

    def take(self, text: RuleText, line: Line, *, is_named: bool) -> None:
        rule, tree = text.rule, text.tree(line)
        if is_named:
            for name in dict.fromkeys(identifiers(tree)):
                self.first.setdefault(name, (text, line))
        # NOTE: what is required of a fact is said of all its values: the others violate.
        self._walk(tree, rule, speaks_of_others=line in rule.require)

    def _walk(self, node: Node, rule: Rule, *, speaks_of_others: bool) -> None:
        for comparison in comparisons(node):
            words = comparison.words or _words(rule.parameters.get(comparison.other))
            if words:
                self.words.setdefault(comparison.fact, set()).update(words)
            if speaks_of_others or not words or _negates(node):
                self.whole.add(comparison.fact)


def _negates(node: Node) -> bool:
    """Return whether an expression turns a truth around somewhere, so that it speaks of what it does not name."""
    if node.kind == "call" and node.name in _NEGATIONS:
        return True
    if node.kind == "comprehension":
        return any(_holds_and(child) for child in node.children)
    return any(_negates(child) for child in node.children)


def _holds_and(node: Node) -> bool:
    """Return whether a loop asks something of every element, as `all` does."""
    return (node.kind == "call" and node.name == "_&&_") or any(map(_holds_and, node.children))


def _words(value: FactValue | None) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | Mapping) else (value,) if isinstance(value, str) else ()
