"""The facts of a feature in, the same facts with what is expected of those that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.contradictions import CLASSES, PERSONAL, SUBJECTS, people_among
from aipolicy.facts.declared import AGE, HOLDS, NO_DOCUMENT, PARTS
from aipolicy.facts.derived import Sources
from aipolicy.facts.facts import Facts, derive
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.facts.spec import Expected, FactSpec, FactValue, Origin

_NEW_DOCUMENT: Mapping[str, FactValue] = {AGE: 0.0, HOLDS: inf}
_REQUESTS, _LATER, _GROWTH = (
    f"volume.{name}" for name in ("requests_per_day", "requests_per_day_in_12_months", "growth_12_months")
)
_P95, _P50, _P99, _FIRST = (f"latency.{name}" for name in ("p95_ms", "p50_ms", "p99_ms", "first_token_p95_ms"))


def assume(facts: Facts, catalog: Catalog, path_in_repository: str | None = None) -> Facts:
    """Return the facts with an expected value for each that is unknown, and everything that follows from them anew."""
    return with_changes(facts, {}, catalog, path_in_repository)


def with_changes(facts: Facts, changes: Mapping[str, FactValue], catalog: Catalog,
                 path_in_repository: str | None = None) -> Facts:  # fmt: skip
    """Return the facts as if some had been declared, with expected values for the rest."""
    specs = facts.known.specs
    values = {n: value for n, value in facts.values.items() if n not in specs or specs[n].origin is not Origin.DERIVED}
    values.update(changes)
    assumed = _assumed(values, facts.known)
    values.update(assumed)
    for name, value in _parts_as_if({**changes, **assumed}, specs).items():
        if value is None:
            values.pop(name, None)
        elif name not in changes:
            values[name] = value
    ranges = {name: range_ for name, range_ in facts.ranges.items() if name not in changes}
    declared = facts.declared.union(changes) if changes else facts.declared
    missing = derive(Sources(values, catalog, path_in_repository, catalog.as_of), values)
    return Facts(values, declared, missing, facts.problems, ranges, facts.known, frozenset(assumed))


def _parts_as_if(values: Mapping[str, FactValue], specs: Mapping[str, FactSpec]) -> dict[str, FactValue | None]:
    """Return what follows for documents that are taken to be there, as of today, or not; None where it is not known."""
    parts: dict[str, FactValue | None] = {}
    for name, value in values.items():
        if name in specs and specs[name].origin is Origin.EVIDENCE:
            document = _NEW_DOCUMENT if value is True else NO_DOCUMENT
            parts.update({f"{name}.{part}": document.get(part) for part in PARTS})
    return parts


def _assumed(values: Mapping[str, FactValue], known: KnownFacts) -> dict[str, FactValue]:
    """Return a value for each unknown fact of which something is expected, those that hang on another word last."""
    assumed: dict[str, FactValue] = {}
    for name, expected in known.expected.items():
        if name in values:
            continue
        word = values.get(expected.by, assumed.get(expected.by)) if expected.by else None
        value = _in_agreement(name, value_of(expected, word), values, assumed)
        if value is not None:
            assumed[name] = value
    return assumed


def value_of(expected: Expected, word: FactValue | None) -> FactValue | None:
    """Return what is expected, given the word of the fact that it hangs on."""
    return expected.per_word.get(word, expected.value) if isinstance(word, str) else expected.value


def _in_agreement(name: str, value: FactValue | None, values: Mapping[str, FactValue],
                  assumed: Mapping[str, FactValue]) -> FactValue | None:  # fmt: skip
    """Return an expected value that contradicts nothing that is declared."""
    if name == CLASSES and isinstance(value, tuple) and PERSONAL not in value:
        return (*value, PERSONAL) if people_among(values.get(SUBJECTS)) else value
    later, now = values.get(_LATER), values.get(_REQUESTS)
    if name == _GROWTH and isinstance(later, float):
        return later / now if isinstance(now, float) and now > 0.0 and later > 0.0 else value
    if name == _REQUESTS and isinstance(later, float) and later > 0.0:
        growth = values.get(_GROWTH, assumed.get(_GROWTH))
        return later / growth if isinstance(growth, float) and growth > 0.0 else later
    if name == _P95 and isinstance(value, float):
        least = [budget for budget in (values.get(_P50), values.get(_FIRST)) if isinstance(budget, float)]
        most = values.get(_P99)
        value = min(value, most) if isinstance(most, float) else value
        return max(value, *(budget for budget in least if budget != inf), 0.0)
    return value
