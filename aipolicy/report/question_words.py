"""A question about a feature in words: what is asked, how it is answered, why it is asked, and what it means when asked."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.authoring.conversation import AskedFact
from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.expected import ANYWHERE, NONE_WORD, NOT_LIMITED, RESIDENCY
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.facts.record_values import written_value
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.facts.value_text import shown_value
from aipolicy.report.answer_words import change_words, then_words
from aipolicy.run.answer_result import change_result
from aipolicy.source.text import escaped
from aipolicy.source.yaml_writer import write_value

MOST_REASONS = 3
_FEW, _SHOWN = 12, 4
"""More words than these are listed only when they are asked for, and how many are shown then."""


def reply_words(spec: FactSpec, catalog: Catalog) -> str:
    """Return in a few words what can be replied; empty for any text."""
    words = _vocabulary(spec, catalog)
    match spec.type:
        case FactType.BOOL:
            return "yes or no"
        case FactType.NUMBER:
            unit = f" of {spec.unit}" if spec.unit else ""
            return f"a number{unit}" + (f", or `{NONE_WORD}` where nothing limits it" if spec.says_none else "")
        case FactType.TEXTS if spec.name == RESIDENCY:
            return f"countries as two letters, groups such as EU, or `{ANYWHERE}` where nothing restricts it"
    several = "one or more, with commas: " if spec.type is FactType.TEXTS else ""
    if not words:
        return several.rstrip(": ")
    listed = words if len(words) <= _FEW else tuple(dict.fromkeys((*_likely(spec), *words)))[:_SHOWN]
    more = f"; `?` lists all {len(words)}" if len(words) > len(listed) else ""
    return f"{several}{'such as ' if more else ''}{', '.join(listed)}{more}"


def reason_lines(question: AskedFact) -> Iterator[str]:
    """Yield why a question is asked: what other values would lead to, what changes most first."""
    for change in question.changes[:MOST_REASONS]:
        result = change_result(change)
        waits = change.facts == {question.spec.name: question.assumed}
        words = f"{change_words(result.facts, result.bounds)}: {then_words(result.then)}"
        yield "a rule waits for it, from pilot on" if waits else words
    if len(question.changes) > MOST_REASONS:
        yield f"and {len(question.changes) - MOST_REASONS} more"


def left_out_words(question: AskedFact) -> str:
    """Return what a fact is taken to be where it is left out; empty where it stays unknown."""
    spec, assumed = question.spec, question.assumed
    if assumed is None:
        return ""
    unit = f" {spec.unit}" if spec.unit and isinstance(assumed, float) and assumed != NOT_LIMITED else ""
    return shown_value(assumed) + unit


def explanation(question: AskedFact, known: KnownFacts, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield what a fact means, how it is declared, and what is taken where it is left out: label and text."""
    spec = question.spec
    yield spec.name, " ".join(escaped(spec.meaning).split())
    words = _vocabulary(spec, catalog)
    if spec.name == RESIDENCY:
        groups = tuple(catalog.places.groups)
        yield "words", f"{', '.join(sorted(groups))}; countries as two letters (ISO 3166-1); `{ANYWHERE}`"
    elif words:
        yield "words", ", ".join(map(escaped, words))
    if reply_words(spec, catalog):
        yield "reply", reply_words(spec, catalog)
    if spec.unit:
        yield "unit", spec.unit
    if spec.examples:
        yield "such as", write_value(written_value(spec.examples[0]))
    yield "left out", _left_out(question, known)


def _left_out(question: AskedFact, known: KnownFacts) -> str:
    """Return what is taken where nothing is declared, and why."""
    spec, taken = question.spec, left_out_words(question)
    if spec.required:
        return "it cannot be"
    if not taken:
        return "it stays unknown"
    expected = known.expected.get(spec.name)
    reasons = (expected.reason, expected.source) if expected is not None else (spec.default_source,)
    why = "; ".join(escaped(reason) for reason in reasons if reason)
    return f"taken to be {taken}" + (f": {why}" if why else "")


def _vocabulary(spec: FactSpec, catalog: Catalog) -> tuple[str, ...]:
    return spec.choices or (tuple(catalog.vocabulary(spec.vocabulary)) if spec.vocabulary else ())


def _likely(spec: FactSpec) -> tuple[str, ...]:
    """Return the words that a fact is expected to have, or that are tried."""
    values = () if spec.expected is None else (spec.expected.value, *spec.expected.tried)
    likely = (word for value in values for word in (value if isinstance(value, tuple) else (value,)))
    return tuple(dict.fromkeys(word for word in likely if isinstance(word, str)))
