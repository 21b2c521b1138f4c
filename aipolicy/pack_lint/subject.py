"""A pack under lint: what was read of it, and where in its files everything stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from aipolicy.errors import AipolicyError
from aipolicy.findings.finding import Finding, Outcome, Place
from aipolicy.pack_lint.registry import lint_rule
from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.cel.expressions import Checked
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.reading.scope_reader import GROUPS
from aipolicy.policy.rule import Line, Rule
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath, Part
from aipolicy.value import Frozen

_PROSE = frozenset({"name", "title", "description", "source", "disputed", "why", "fix", "references", "unit"})
"""Keys under which a name that is mentioned is not read."""


class PackEntry(Frozen):
    """A mapping in a list of a pack file, such as a rule or a parameter."""

    document: Document
    path: DocumentPath
    fields: Mapping[str, PlainValue]

    @property
    def lines(self) -> range:
        """Return the lines of the file on which it stands."""
        span = self.document.locate(self.path)
        return range(span.start.line, span.end.line + 1)

    def text(self, key: str) -> str:
        """Return a field that is text, empty where it is not."""
        value = self.fields.get(key)
        return value.strip() if isinstance(value, str) else ""


class RuleText(Frozen):
    """A rule as loaded, and its entry in the file."""

    rule: Rule
    entry: PackEntry
    is_whole: bool
    """Whether every condition could be read, so that what the conditions say together can be evaluated."""
    trees: Mapping[Checked, Node]
    portfolio: PortfolioRule | None = None
    """For a rule over all features of a run: what it reads of each of them."""

    @property
    def over(self) -> tuple[Line, ...]:
        """Return what says which features a rule over all of them is about."""
        return self.portfolio.over if self.portfolio is not None else ()

    @property
    def expected(self) -> frozenset[Outcome]:
        """Return the outcomes that its examples show."""
        tests = self.portfolio.tests if self.portfolio is not None else self.rule.tests
        return frozenset(test.expect for test in tests)

    def tree(self, line: Line) -> Node:
        """Return the expression of a line."""
        return self.trees[line.checked]

    def path_of(self, line: Line) -> DocumentPath:
        """Return where a line stands in the document."""
        return line.path or (*self.entry.path, "applies_to")

    def found(self, rule_id: str, message: str, line: Line | None = None, key: str = "id",
              related: Iterable[tuple[Line, str]] = ()) -> Finding:  # fmt: skip
        """Return a finding at a line of the rule, or at one of its keys."""
        path = (*self.entry.path, key) if line is None else self.path_of(line)
        others = tuple(Place(path=self.path_of(other), label=label) for other, label in related)
        return found(rule_id, message, self.entry.document, path, related=others)


class LintedPack(Frozen):
    """One pack under lint."""

    pack: PolicyPack
    documents: tuple[Document, ...]
    rules: tuple[RuleText, ...]
    """In the order of files and lines."""
    is_named: bool
    """Whether it is linted itself; what a pack extends only counts for what others say twice."""

    def entries(self, key: str) -> Iterator[PackEntry]:
        """Yield the mappings of a list in all documents of the pack."""
        for document in self.documents:
            yield from entries(document, key)

    def texts_read(self) -> Iterator[str]:
        """Yield every text of the pack in which a name is a reading, not a mention."""
        for document in self.documents:
            yield from _texts(document.value)


def entries(document: Document, key: str) -> Iterator[PackEntry]:
    """Yield the mappings of a list at the top of a document; of `rules` those of groups too."""
    top = document.value if isinstance(document.value, dict) else {}
    yield from _listed(document, (key,), top.get(key))
    if key == "rules":
        for group in _listed(document, (GROUPS,), top.get(GROUPS)):
            yield from _listed(document, (*group.path, key), group.fields.get(key))


def _listed(document: Document, path: DocumentPath, value: PlainValue) -> Iterator[PackEntry]:
    for number, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield PackEntry(document, (*path, number), item)


def subject_of(pack: PolicyPack, documents: Sequence[Document], mistakes: Sequence[AipolicyError], *,
               is_named: bool) -> LintedPack:  # fmt: skip
    """Return a pack with the place of everything in it; rules with mistakes are not whole."""
    by_place: dict[tuple[str, str], PackEntry] = {}
    for document in documents:
        for entry in (*entries(document, "rules"), *entries(document, "portfolio_rules")):
            line = document.locate(entry.path).start.line
            by_place[f"{document.source.path}:{line}", entry.text("id")] = entry
    wrong = {(error.path, error.span.start.line) for error in mistakes if error.span is not None}
    variables = [entry for document in documents for entry in entries(document, "variables")]
    broken_variables = any((entry.document.source.path, line) in wrong for entry in variables for line in entry.lines)
    portfolio = {portfolio_rule.rule.id: portfolio_rule for portfolio_rule in pack.portfolio_rules}
    rules = []
    for rule in pack.all_rules:
        found_entry = by_place.get((rule.defined_at, rule.id))
        if found_entry is None:
            continue
        over = portfolio[rule.id].over if rule.id in portfolio else ()
        lines = (*over, *rule.when, *rule.require)
        is_whole = not any((found_entry.document.source.path, line) in wrong for line in found_entry.lines)
        is_whole &= not (broken_variables and any(line.expanded for line in lines))
        trees = {line.checked: decode(line.checked) for line in lines}
        rules.append(RuleText(rule, found_entry, is_whole, trees, portfolio.get(rule.id)))
    # NOTE: documents are told apart by identity.
    order = {document: number for number, document in enumerate(documents)}
    rules.sort(key=lambda text: (order[text.entry.document], text.entry.lines.start))
    return LintedPack(pack, tuple(documents), tuple(rules), is_named)


def found(rule_id: str, message: str, document: Document, path: DocumentPath, part: Part = "value",
          related: tuple[Place, ...] = ()) -> Finding:  # fmt: skip
    """Return a finding about a pack at a place in one of its documents."""
    rule = lint_rule(rule_id)
    return Finding(
        rule_id=rule.id, rule_name=rule.name, severity=rule.severity, outcome=Outcome.VIOLATED, message=message,
        file=document.source.path, document=document, place=Place(path=path, part=part), related=related,
        why=rule.why, fix=rule.fix,
    )  # fmt: skip


def names_read(texts: Iterable[str], prefix: str) -> frozenset[str]:
    """Return the names that stand behind a prefix in any of the texts."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(prefix)}\.([A-Za-z_]\w*)")
    return frozenset(match.group(1) for text in texts for match in pattern.finditer(text))


def _texts(value: PlainValue, key: str = "") -> Iterator[str]:
    match value:
        case str():
            if key not in _PROSE:
                yield value
        case list():
            if key not in _PROSE:
                for item in value:
                    yield from _texts(item, key)
        case dict():
            for name, item in value.items():
                yield from _texts(item, name)
        case _:
            pass
