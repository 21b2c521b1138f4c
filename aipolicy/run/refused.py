"""A manifest that does not conform in, findings on its words out, so that shape and words are mended in one round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.declared import DECLARED_FACTS, PLAN_AXES, TODAY_FACTS
from aipolicy.facts.facts import unknown_words
from aipolicy.facts.plan_names import with_catalog_names
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Finding, Place, Replacement
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest.conformance import feature_name
from aipolicy.manifest.feature import path_of
from aipolicy.options.plan import unknown_names
from aipolicy.source.document import Document
from aipolicy.source.yaml_edit import value_at

_CHOICES = {spec.name: spec.choices for spec in DECLARED_FACTS}


def words_of_refused(document: Document, catalog: Catalog) -> Iterator[Finding]:
    """Yield what is wrong with the words of a manifest, whatever is wrong with its shape."""
    for problem in unknown_words(document.value, catalog):
        meant = None if problem.meant is None else Replacement(*problem.meant)
        yield _finding(document, problem.rule_id, problem.message, Place(path=problem.path), meant)
    plan = _plan(document)
    for _, fact, message in with_catalog_names(plan, catalog):
        yield _finding(document, "MAN-008", message, Place(path=path_of(fact)))
    for named in unknown_names({fact: str(word) for fact, word in plan.items()}, catalog):
        yield _finding(document, "PLAN-001", named.message, Place(path=path_of(named.fact)))
    today = _texts(document, sorted(TODAY_FACTS))
    if today:
        from aipolicy.options.bill_reader import unknown_today

        for _, fact, message in with_catalog_names(today, catalog):
            yield _finding(document, "MAN-008", message, Place(path=path_of(fact)))
        for unknown in unknown_today(today, catalog):
            yield _finding(document, unknown.rule_id, unknown.message, Place(path=unknown.path))


def _plan(document: Document) -> dict[str, FactValue]:
    """Return what the plan says in words that its schema lets through."""
    words = _texts(document, PLAN_AXES)
    return {fact: word for fact, word in words.items() if word and (not _CHOICES[fact] or word in _CHOICES[fact])}


def _texts(document: Document, facts: Iterable[str]) -> dict[str, FactValue]:
    """Return the texts that stand where facts are declared."""
    words = {fact: value_at(document.value, tuple(fact.split("."))) for fact in facts}
    return {fact: word for fact, word in words.items() if isinstance(word, str)}


def _finding(document: Document, rule_id: str, message: str, place: Place,
             replacement: Replacement | None = None) -> Finding:  # fmt: skip
    return reserved_finding(
        rule_id, message, file=document.source.path, document=document, feature=feature_name(document), place=place,
        replacement=replacement,
    )  # fmt: skip
