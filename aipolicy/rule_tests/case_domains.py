"""A rule in, the values at which its conditions may turn out: for each declared fact and option fact that it rests on.

Numbers stand at, just below and just above what they are compared with; words are every allowed word, where those are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, product

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.all_facts import REGISTRY, is_option_fact, is_partner_fact
from aipolicy.facts.derived import DERIVED_FACTS, DerivedFact, Missing, Sources
from aipolicy.facts.option_facts import ALWAYS_KNOWN
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin, SimpleValue
from aipolicy.policy.cel.checked_expr import Node, decode, identifiers, nodes, patterns_of
from aipolicy.policy.cel.compared_values import number_of, text_for
from aipolicy.policy.cel.comparisons import ENTRY, WordComparison, comparisons, entry_of
from aipolicy.policy.entries import numbers_in, words_in
from aipolicy.policy.rule import Line, Rule
from aipolicy.rule_tests.element_domains import record_lists, sample_record
from aipolicy.rule_tests.mutation import step_of
from aipolicy.value import Frozen

Values = Mapping[str, FactValue]

_DERIVED: Mapping[str, DerivedFact] = {fact.spec.name: fact for fact in DERIVED_FACTS}
_COMPARING = frozenset({"_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"})
_FEW_WORDS = 40
_SEEDS = 3
_ANOTHER_WORD = "another"


class Domain(Frozen):
    """The values that one fact is tried with; None is a fact that is left out."""

    values: tuple[FactValue | None, ...]
    is_complete: bool
    """Whether no other value could make a condition of the rule, or one slip in it, come out otherwise."""


class Domains:
    """The domains of a rule."""

    def __init__(self, rule: Rule, catalog: Catalog, specs: Mapping[str, FactSpec]) -> None:
        self.rule = rule
        self._specs = specs
        self.lines = (*rule.when, *rule.require)
        self._trees = {line.checked: decode(line.checked) for line in self.lines}
        self._comparisons = [c for tree in self._trees.values() for c in comparisons(tree)]
        self._vocabularies = catalog.vocabularies
        self._catalog = catalog
        reads = dict.fromkeys(n for line in self.lines for n in (*line.feature_reads, *line.option_reads))
        self._bases = {name: base_facts(name) for name in reads}
        self._elements = frozenset(name for line in self.lines for name in line.elements)
        self._anchors = self._numbers()
        names = dict.fromkeys((*(b for bs in self._bases.values() for b in bs), *rule.must_declare))
        self._domains = {name: self._domain(name) for name in names}

    def bases_of(self, line: Line) -> tuple[str, ...]:
        """Return what is declared, or known of an option, for a line to be decided."""
        return tuple(dict.fromkeys(b for n in (*line.feature_reads, *line.option_reads) for b in self._bases[n]))

    def of(self, name: str) -> Domain:
        """Return the domain of a fact that the rule rests on."""
        return self._domains[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every fact that the rule rests on."""
        return tuple(self._domains)

    def _seeds(self, name: str) -> list[FactValue]:
        """Return what the examples of the rule say of a fact, each value once."""
        seeds: list[FactValue] = []
        for test in self.rule.tests:
            held = test.partner if is_partner_fact(name) else test.option if is_option_fact(name) else test.given
            value = held.get(name)
            if value is not None and value not in seeds:
                seeds.append(value)
        return seeds

    def _domain(self, name: str) -> Domain:
        spec = self._specs[name]
        readers = [fact for fact, bases in self._bases.items() if name in bases]
        is_demanded = name in self.rule.must_declare
        left_out: tuple[None, ...] = (None,) if is_demanded or _may_be_left_out(spec) else ()
        if spec.type is FactType.BOOL:
            return Domain((True, False, *left_out), True)
        if spec.type is FactType.NUMBER:
            return self._number_domain(spec, readers, left_out)
        if spec.type is FactType.RECORDS:
            tried = {field.name: self._field(field) for field in spec.fields if field.name in self._elements}
            return Domain((*dict.fromkeys((*self._seeds(name), *record_lists(spec, tried))), *left_out), False)
        if spec.type is FactType.RECORD:
            return Domain((*dict.fromkeys((*self._seeds(name), sample_record(spec))), *left_out), False)
        if spec.type is FactType.LABELS:
            return Domain((*self._seeds(name), *self._labels(name), *left_out), False)
        words, is_complete = self._words(spec, readers)
        if spec.type is FactType.TEXT:
            return Domain((*words, *left_out), is_complete)
        singles = dict.fromkeys((word,) for word in words)
        pairs = [tuple(sorted(pair)) for pair in pairwise(words[: _SEEDS + 1])]
        listed = dict.fromkeys((*(s for s in self._seeds(name) if isinstance(s, tuple)), *singles, *pairs, ()))
        return Domain((*listed, *left_out), False)

    def _field(self, field: FactSpec) -> tuple[SimpleValue, ...]:
        """Return the values that a field of elements is tried with."""
        if field.type is FactType.BOOL:
            return (True, False)
        if field.type is FactType.NUMBER:
            near = [value for anchor in self._anchors.get(field.name, []) for value in _around(anchor)]
            return tuple(value for value in dict.fromkeys(near or [_sample(field)]) if _is_allowed(value, field))
        words, _ = self._words(field, [field.name])
        few = tuple(dict.fromkeys((*words[:_SEEDS], *words[-1:])))  # NOTE: those that no condition names come last.
        return tuple((word,) for word in few) if field.type is FactType.TEXTS else few

    def _words(self, spec: FactSpec, readers: Sequence[str]) -> tuple[tuple[str, ...], bool]:
        seeds = [w for s in self._seeds(spec.name) for w in (s if isinstance(s, tuple) else (s,)) if isinstance(w, str)]
        named = [w for c in self._comparisons if c.fact in readers and c.fact == spec.name for w in self._compared(c)]
        named += self._parts_named(spec, readers)
        allowed = spec.choices or self._vocabularies.get(spec.vocabulary, ())
        if not spec.choices and any(name != spec.name for name in readers):
            return self._one_of_each_kind(spec, readers, (*dict.fromkeys((*seeds, *named)), *allowed)), False
        if spec.choices or 0 < len(allowed) <= _FEW_WORDS:
            first = [word for word in dict.fromkeys((*seeds, *named)) if word in allowed]
            return tuple(dict.fromkeys((*first, *allowed))), True
        matched = [text_for(p) for tree in self._trees.values() for n, p in patterns_of(tree) if n == spec.name]
        first = list(dict.fromkeys((*seeds, *named, *matched)))
        others = [word for word in (*allowed, _ANOTHER_WORD) if word not in first]
        return (*first, *others[:2]), False

    def _parts_named(self, spec: FactSpec, readers: Sequence[str]) -> list[str]:
        """Return the parts of countries that conditions name, which the vocabulary of places leaves out."""
        if spec.vocabulary != "place":
            return []
        words = (w for c in self._comparisons if c.fact in readers and c.fact != spec.name for w in self._compared(c))
        return [word for word in words if self._catalog.places.is_part(word)]

    def _one_of_each_kind(self, spec: FactSpec, readers: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
        """Return of all words that lead to the same facts the first one, and every word that a condition names."""
        kinds: dict[object, str] = {}
        named = {w for c in self._comparisons if c.fact == spec.name for w in self._compared(c)}
        for word in words:
            case: Values = {spec.name: (word,) if spec.type is FactType.TEXTS else word}
            facts = values_of(case, readers, self._catalog)
            kinds.setdefault((tuple(facts.get(n) for n in readers if n != spec.name), word in named and word), word)
        return tuple(dict.fromkeys(kinds.values()))

    def _labels(self, name: str) -> Iterator[FactValue]:
        """Yield labels that hold each word, or what matches each pattern, that a condition names."""
        keys = tuple(dict.fromkeys(key for line in self.lines for key in line.label_keys))
        trees = [self._trees[line.checked] for line in self.lines if line.label_keys]
        texts = [node.constant for tree in trees for node in nodes(tree) if isinstance(node.constant, str)]
        matched = [text_for(p) for tree in trees for n, p in patterns_of(tree) if n == name]
        words = dict.fromkeys((*matched, *(text for text in texts if text not in keys), _ANOTHER_WORD))
        if keys and len(words) ** len(keys) <= _FEW_WORDS:
            yield from (dict(zip(keys, chosen, strict=True)) for chosen in product(words, repeat=len(keys)))

    def _compared(self, comparison: WordComparison) -> tuple[str, ...]:
        value = self.rule.parameters.get(comparison.other.rstrip(ENTRY), ())
        return comparison.words or words_in(value)

    def _number_domain(self, spec: FactSpec, readers: Sequence[str], left_out: tuple[None, ...]) -> Domain:
        anchors = self._anchors.get(spec.name, [])
        seeds = [seed for seed in self._seeds(spec.name) if isinstance(seed, float)]
        near = [value for anchor in anchors for value in _around(anchor)]
        ordered = sorted({*near, *seeds})
        between = [(low + high) / 2 for low, high in pairwise(ordered)]
        ends = [ordered[0] - 1.0, ordered[-1] + 1.0] if ordered else [_sample(spec)]
        tried = dict.fromkeys(value for value in (*near, *seeds, *ends, *between) if _is_allowed(value, spec))
        alone = list(readers) == [spec.name] and self._only_against_constants(spec.name)
        return Domain((*tried, *left_out), alone)

    def _numbers(self) -> dict[str, list[float]]:
        """Return for each number the values it is compared with, those of formulas over other facts last."""
        anchors: dict[str, list[float]] = {}
        later = []
        for fact, other in self._numeric_comparisons():
            value = number_of(other, self.rule.parameters)
            entry = entry_of(other)
            if entry is not None:
                anchors.setdefault(fact, []).extend(numbers_in(self.rule.parameters.get(entry.name)))
            elif value is not None:
                anchors.setdefault(fact, []).append(value)
            elif any(name in self._bases for name in identifiers(other)):
                later.append((fact, other))
        for fact, other in later:
            names = [n for n in dict.fromkeys(identifiers(other)) if n in self._bases]
            choices = [self._few_values(self._bases[n][0], anchors) for n in names]
            for values in product(*choices):
                value = number_of(other, {**self.rule.parameters, **dict(zip(names, values, strict=True))})
                if value is not None:
                    anchors.setdefault(fact, []).append(value)
        return {name: list(dict.fromkeys(values)) for name, values in anchors.items()}

    def _few_values(self, name: str, anchors: Mapping[str, list[float]]) -> list[float]:
        seeds = [seed for seed in self._seeds(name) if isinstance(seed, float)]
        spec = self._specs.get(name)
        return (seeds or anchors.get(name, []) or ([_sample(spec)] if spec is not None else []))[:_SEEDS]

    def _numeric_comparisons(self) -> Iterator[tuple[str, Node]]:
        for tree in self._trees.values():
            for node in nodes(tree):
                if node.kind == "call" and node.name in _COMPARING and len(node.children) == 2:
                    for one, other in (node.children, node.children[::-1]):
                        if one.kind == "ident" and one.name in self._bases:
                            yield self._bases[one.name][0], other
                        elif one.kind == "ident" and one.name in self._elements:
                            yield one.name, other

    def _only_against_constants(self, name: str) -> bool:
        """Return whether every reading of a number compares it with a number or a parameter."""
        reads = sum(n.kind == "ident" and n.name == name for tree in self._trees.values() for n in nodes(tree))
        compared = sum(
            fact == self._bases[name][0] and number_of(other, self.rule.parameters) is not None
            for fact, other in self._numeric_comparisons()
        )
        return reads <= compared


def values_of(case: Values, names: Iterable[str], catalog: Catalog) -> dict[str, FactValue]:
    """Return the facts of a case by name, those that follow from it included where they are asked for."""
    wanted = set(names)
    values = dict(case)
    sources = Sources(values, catalog)
    for name, derived in _DERIVED.items():
        if name in wanted and name not in case:
            value = derived.formula(sources)
            if not isinstance(value, Missing):
                values[name] = value
    return values


@cache
def base_facts(name: str) -> tuple[str, ...]:
    """Return what people declare for a fact to be known: the fact itself, or what it is derived from.

    A number that is computed from other numbers is given as it stands.
    """
    spec = REGISTRY.get(name)
    if spec is None or spec.origin is not Origin.DERIVED or not spec.reads:
        return (name,)
    if spec.type is not FactType.NUMBER or all(REGISTRY[fact].type is not FactType.NUMBER for fact in spec.reads):
        return spec.reads
    return (spec.reads[0],) if _is_samenumber_of(name, spec.reads[0]) else (name,)


def _is_samenumber_of(name: str, read: str) -> bool:
    catalog: Catalog = None  # type: ignore[assignment]  # a formula over numbers reads no catalog
    return _DERIVED[name].formula(Sources({read: 7.0}, catalog)) == 7.0


def _may_be_left_out(spec: FactSpec) -> bool:
    """Return whether a fact can be unknown."""
    return spec.name not in ALWAYS_KNOWN and spec.default is None


def _around(anchor: float) -> tuple[float, float, float]:
    step = step_of(anchor)
    return (anchor, round(anchor - step, 12), round(anchor + step, 12))


def _sample(spec: FactSpec) -> float:
    example = next(iter(spec.examples), None)
    return example if isinstance(example, float) else float(example) if isinstance(example, int) else 100.0


def _is_allowed(value: float, spec: FactSpec) -> bool:
    if (spec.minimum is not None and value < spec.minimum) or (spec.above is not None and value <= spec.above):
        return False
    return spec.maximum is None or value <= spec.maximum
