"""A feature and the catalog in, the facts of that feature out: declared, assumed, derived or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from aipolicy.catalog.axes import PROMPTED_TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.contradictions import (
    DeclaredRange,
    FactProblem,
    classes_of_all,
    contradiction,
    contradictions,
    range_of,
    subject_contradictions,
    unordered,
)
from aipolicy.facts.counts import unclear_counts
from aipolicy.facts.declared import DECLARED_FACTS, EVIDENCE
from aipolicy.facts.derived import DERIVED_FACTS, RUN_DAY, Missing, Sources
from aipolicy.facts.expected import ANYWHERE, NONE_WORD, NOT_LIMITED, RESIDENCY, RESULTS
from aipolicy.facts.known_facts import ADDED, STANDARD_FACTS, KnownFacts
from aipolicy.facts.migration_stages import NOT_PLANNED, STAGE_FACTS
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.manifest.feature import Feature, path_of
from aipolicy.source.document import PlainValue
from aipolicy.source.names import tidied
from aipolicy.source.records import read_day
from aipolicy.source.text import shown
from aipolicy.value import Frozen

_RANGED = frozenset(spec.name for spec in DECLARED_FACTS if spec.ranged)
_CHECKED_VOCABULARIES = frozenset({"data-class", "place", "prompting-model", "residency", "task-type"})
_NAMED = frozenset(f"{leg}{name}" for leg in ("plan.", "plan.fallback_", "current.") for name in ("provider", "model"))
"""What is named by a name of the catalog, or another that means the same."""
_DAYS = frozenset({"deployment.on_market_since", *STAGE_FACTS.values()})
_OPEN_VOCABULARY = {spec.name: spec for spec in DECLARED_FACTS if spec.vocabulary in _CHECKED_VOCABULARIES}


class Provenance(StrEnum):
    """How the value of a fact came to be known, or that it is not."""

    DECLARED = "declared"
    ASSUMED = "assumed"
    DERIVED = "derived"
    UNKNOWN = "unknown"


class Fact(Frozen):
    """One fact of one feature; `value` is None when it is unknown, then `missing` names what to declare."""

    spec: FactSpec
    provenance: Provenance
    value: FactValue | None
    missing: tuple[str, ...] = ()


LABELS = "metadata.labels"


class Facts:
    """The facts of one feature on one day; unknown facts have no value."""

    __slots__ = ("_missing", "assumed", "declared", "known", "problems", "ranges", "values")

    def __init__(self, values: dict[str, FactValue], declared: frozenset[str], missing: Mapping[str, tuple[str, ...]],
                 problems: tuple[FactProblem, ...], ranges: Mapping[str, DeclaredRange],
                 known: KnownFacts = STANDARD_FACTS, assumed: frozenset[str] = frozenset()) -> None:  # fmt: skip
        self.known = known
        self.assumed = assumed
        """The facts that have the value that is expected of them; none where only what is certain counts."""
        self.values = values
        self.declared = declared
        self.problems = problems
        self.ranges = ranges
        """The numbers that were declared as ranges; `values` has the likely one."""
        self._missing = missing

    def get(self, name: str) -> FactValue | None:
        """Return the value of a fact, or None when it is unknown."""
        return self.values.get(name)

    def missing(self, name: str) -> tuple[str, ...]:
        """Return the facts to declare for an unknown fact to become known."""
        names = self._missing.get(name)
        if names is None:
            spec = self.known.specs.get(name)
            of_document = spec is not None and spec.origin is Origin.DOCUMENT and spec.reads[0] not in self.values
            # NOTE: of a document that is declared, the field that it lacks is to be declared.
            names = spec.reads if spec is not None and of_document else (name,)
        return names

    def fact(self, name: str) -> Fact:
        """Return a fact with its provenance."""
        spec = self.known.specs[name]
        value = self.values.get(name)
        if value is None:
            return Fact(spec, Provenance.UNKNOWN, None, self.missing(name))
        if spec.origin is Origin.DERIVED:
            # NOTE: what follows from an assumed fact is assumed as well.
            rests_on = [name_read for name_read in spec.reads if name_read in self.values]
            is_derived = all(name_read in self.declared for name_read in rests_on)
            return Fact(spec, Provenance.DERIVED if is_derived else Provenance.ASSUMED, value)
        if spec.origin is Origin.DOCUMENT:
            name = spec.reads[0]
        return Fact(spec, Provenance.DECLARED if name in self.declared else Provenance.ASSUMED, value)

    def is_told(self, name: str) -> bool:
        """Return whether lists tell a fact: not the day, and no parts of a document that is not declared."""
        spec = self.known.specs[name]
        return name != RUN_DAY and (spec.origin is not Origin.DOCUMENT or spec.reads[0] in self.declared)

    def places_of(self, name: str) -> tuple[str, ...]:
        """Return the declared facts that a fact rests on: itself, or what its formula read."""
        if name.startswith(f"{LABELS}."):
            name = LABELS
        spec = self.known.specs.get(name)
        if spec is None or spec.origin not in (Origin.DERIVED, Origin.DOCUMENT):
            return (name,) if name in self.declared else ()
        return tuple(name_read for name_read in spec.reads if name_read in self.declared)


def derive_facts(feature: Feature, catalog: Catalog, as_of: date, known: KnownFacts = STANDARD_FACTS) -> Facts:
    """Return the facts of a feature on a day, those that packs declare included."""
    values: dict[str, FactValue] = dict(known.defaults)
    declared: set[str] = set()
    problems: list[FactProblem] = []
    ranges: dict[str, DeclaredRange] = {}
    for name, plain in feature.declared.items():
        if name not in known.specs:
            continue
        declared.add(name)
        if name in _RANGED and isinstance(plain, dict):
            low, likely, high = range_ = range_of(plain)
            values[name] = likely
            if low <= likely <= high:
                ranges[name] = range_
            else:
                problems.append(unordered(name, range_))
            continue
        if name == RESULTS and isinstance(plain, list):
            from aipolicy.facts.evaluation_results import declared_results

            entries = [entry for entry in plain if isinstance(entry, dict)]
            values[name] = declared_results(entries, catalog, as_of, problems)
        elif name in EVIDENCE:
            values.update(_document(name, plain, as_of, problems))
        else:
            values[name] = fact_value(plain, known.specs[name])
        if name in _DAYS and isinstance(plain, str) and plain != NOT_PLANNED and read_day(plain) is None:
            problems.append(FactProblem("MAN-005", f"`{shown(plain)}` is not a day", path_of(name)))
        if name in _OPEN_VOCABULARY:
            problems.extend(_unknown_words(name, plain, catalog))
    if not declared.isdisjoint(_NAMED):
        from aipolicy.facts.plan_names import with_catalog_names

        for named, fact, message in with_catalog_names(values, catalog):
            problems.append(contradiction(message, named, fact))
    problems.extend(FactProblem("MAN-005", message, path) for path, message in unclear_counts(feature, known.specs))
    problems.extend(contradictions(values, declared, ranges))
    values.update(_of_extensions(feature, known, catalog, as_of, values, problems))
    problems.extend(_of_measurements(values, declared, catalog, as_of))
    names = frozenset(declared)
    missing = derive(Sources(values, catalog, feature.path_in_repository, as_of), values)
    problems.extend(subject_contradictions(values, classes_of_all(feature), catalog.data_classes))
    return _beside_bill(Facts(values, names, missing, tuple(problems), ranges, known), feature)


def _beside_bill(facts: Facts, feature: Feature) -> Facts:
    """Return the facts with what the bill of today says in place of what is expected, and what is wrong with it."""
    bill = feature.bill
    if bill is None:
        return facts
    from aipolicy.facts.bill_facts import known_beside, problems_of_bill  # NOTE: few features have a bill.

    problems = (*facts.problems, *problems_of_bill(bill))
    return Facts(facts.values, facts.declared, facts._missing, problems, facts.ranges, known_beside(bill, facts.known))


def _of_extensions(feature: Feature, known: KnownFacts, catalog: Catalog, as_of: date,
                   declared: Mapping[str, FactValue], problems: list[FactProblem]) -> Mapping[str, FactValue]:  # fmt: skip
    """Return what else is known of the facts that packs add."""
    if not known.extensions_schema:
        return {}
    from aipolicy.facts.extension_values import declared_extension

    values: dict[str, FactValue] = {}
    for name, plain in feature.declared.items():
        if name.startswith(ADDED) and name in known.specs:
            spec = known.specs[name]
            values.update(declared_extension(spec, plain, declared[name], catalog, as_of, problems))
    return values


def _of_measurements(values: Mapping[str, FactValue], declared: Iterable[str], catalog: Catalog,
                     as_of: date) -> Iterable[FactProblem]:  # fmt: skip
    if not any(name.startswith("plan.measured.") for name in declared):
        return ()
    from aipolicy.facts.measurement import measurement_problems

    return measurement_problems(values, catalog, as_of)


def facts_from_values(given: Mapping[str, FactValue], catalog: Catalog) -> Facts:
    """Return facts made of given values alone: derived where they suffice, given derived facts as they stand."""
    values = dict(given)
    declared = frozenset(given)
    missing = derive(Sources(values, catalog), values)
    values.update(given)
    return Facts(values, declared, missing, (), {})


def derive(sources: Sources, values: dict[str, FactValue]) -> dict[str, tuple[str, ...]]:
    """Add what follows from the sources to the values; return what does not, with what it misses."""
    missing: dict[str, tuple[str, ...]] = {}
    for derived in DERIVED_FACTS:
        value = derived.formula(sources)
        if isinstance(value, Missing):
            missing[derived.spec.name] = value.facts
        else:
            values[derived.spec.name] = value
    return missing


def fact_value(plain: PlainValue, spec: FactSpec) -> FactValue:
    """Return a value that conforms to the schema as conditions read it."""
    if plain == NONE_WORD and spec.says_none:
        return NOT_LIMITED
    if spec.fields:
        from aipolicy.facts.record_values import declared_records  # NOTE: few packs add records.

        return declared_records(plain, spec, fact_value)
    if isinstance(plain, str) and spec.type is FactType.TEXT and not (spec.choices or spec.vocabulary or spec.pattern):
        return tidied(plain)
    if isinstance(plain, bool | str):
        return plain
    if isinstance(plain, int | float):
        return float(plain)
    if isinstance(plain, list):
        return tuple(sorted(str(item) for item in plain))
    return {str(key): str(value) for key, value in plain.items()} if isinstance(plain, dict) else ""


def _document(name: str, plain: PlainValue, as_of: date, problems: list[FactProblem]) -> Mapping[str, FactValue]:
    from aipolicy.facts.evidence_parts import declared_document  # NOTE: few manifests name a document.

    return declared_document(name, plain, as_of, problems)


def unknown_words(manifest: PlainValue, catalog: Catalog) -> Iterable[FactProblem]:
    """Yield the words of open vocabularies that the catalog does not know, whatever else is wrong with the manifest."""
    for name in _OPEN_VOCABULARY:
        value: PlainValue = manifest
        for key in path_of(name):
            value = value.get(str(key)) if isinstance(value, dict) else None
        if value is not None:
            yield from _unknown_words(name, value, catalog)


def _unknown_words(name: str, plain: PlainValue, catalog: Catalog) -> Iterable[FactProblem]:
    spec = _OPEN_VOCABULARY[name]
    items = plain if isinstance(plain, list) else [plain]
    if name == RESIDENCY and ANYWHERE in items:
        if len(items) == 1:
            return
        message = f"`{ANYWHERE}` allows every place; remove it, or the other places"
        yield FactProblem("MAN-008", message, (*path_of(name), items.index(ANYWHERE)))
        items = [item for item in items if item != ANYWHERE]
    for index, item in enumerate(items):
        if not isinstance(item, str) or _is_known(item, spec.vocabulary, catalog):
            continue
        from aipolicy.facts.meant_words import meant_word

        path = (*path_of(name), index) if isinstance(plain, list) else path_of(name)

        what = "place" if name == RESIDENCY else spec.vocabulary.removeprefix("prompting-").replace("-", " ")
        match = meant_word(item, spec.vocabulary, catalog)
        hint = f"; did you mean `{match[0]}`?" if match is not None else ""
        message = f"unknown {what} `{shown(item)}`{hint}"
        yield FactProblem("MAN-005", message, path, meant=None if match is None else (item, *match))


def _is_known(word: str, vocabulary: str, catalog: Catalog) -> bool:
    if vocabulary in ("place", "residency"):
        places = catalog.places
        return places.knows(word) and (vocabulary == "place" or not places.is_part(word))
    if vocabulary == "data-class":
        return word in catalog.data_classes.by_id
    if vocabulary == "prompting-model":
        from aipolicy.catalog.model_names import read_model_name

        return word in PROMPTED_TIERS or read_model_name(word, catalog, None).model is not None
    return word in catalog.task_types
