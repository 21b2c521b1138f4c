"""What a manifest declares of facts that packs add, as conditions read it: documents, days, countries and records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.contradictions import FactProblem
from aipolicy.facts.declared import AGE, PARTS
from aipolicy.facts.evidence_parts import declared_document
from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import DATE_PATTERN, FactSpec, FactType, FactValue, Origin, RecordList, RecordValue
from aipolicy.manifest.feature import path_of
from aipolicy.source.day import day_number, read_day
from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.source.text import shown

DAY = "day"
OF_A_DAY: Mapping[str, tuple[FactType, str, str]] = {
    DAY: (FactType.NUMBER, "YYYYMMDD", "The day as the number YYYYMMDD"),
    AGE: (FactType.NUMBER, "days", "Days since that day; less than 0 before it"),
}
"""What is known of a day, by how the name of the fact ends."""


def parts_of(spec: FactSpec) -> tuple[FactSpec, ...]:
    """Return the facts that follow from one that a pack adds: those of its document or its day, the fields of a record."""
    if spec.type is FactType.RECORD:
        return spec.fields
    parts = PARTS if spec.origin is Origin.EVIDENCE else OF_A_DAY if spec.pattern == DATE_PATTERN else {}
    return tuple(
        FactSpec(f"{spec.name}.{part}", type_, meaning, Origin.DOCUMENT, unit=unit, reads=(spec.name,))
        for part, (type_, unit, meaning) in parts.items()
    )


def declared_extension(spec: FactSpec, plain: PlainValue, value: FactValue, catalog: Catalog, as_of: date,
                       problems: list[FactProblem]) -> dict[str, FactValue]:  # fmt: skip
    """Return what else is known of a fact of a pack that a manifest declares; a word that it cannot be is a problem."""
    if spec.fields:
        problems.extend(_no_countries_in(spec, plain, catalog))
        problems.extend(_named_twice(spec, value))
        return {f"{spec.name}.{name}": field for name, field in value.fields} if isinstance(value, RecordValue) else {}
    if spec.origin is Origin.EVIDENCE:
        return declared_document(spec.name, plain, as_of, problems)
    if spec.pattern == DATE_PATTERN and isinstance(plain, str):
        day = read_day(plain)
        if day is None:
            problems.append(FactProblem("MAN-005", f"`{shown(plain)}` is not a day", path_of(spec.name)))
            return {}
        return {f"{spec.name}.{DAY}": day_number(day), f"{spec.name}.{AGE}": float((as_of - day).days)}
    if spec.vocabulary == "country":
        problems.extend(_no_countries(path_of(spec.name), plain, catalog))
    return {}


def _named_twice(spec: FactSpec, value: FactValue) -> Iterator[FactProblem]:
    """Yield the elements of a list that are named as an earlier one is: by its name an element is known elsewhere."""
    first = field_of(spec.fields[0])
    earlier: dict[str, int] = {}
    for number, element in enumerate(value.elements if isinstance(value, RecordList) else ()):
        name = element.get(first)
        if not isinstance(name, str):
            continue
        before = earlier.setdefault(" ".join(name.split()).casefold(), number)
        if before != number:
            paths = ((*path_of(spec.name), place, first) for place in (number, before))
            message = f"`{shown(name)}` is the `{first}` of two elements of `{spec.name}`; give each a name of its own"
            yield FactProblem("MAN-008", message, next(paths), ((next(paths), "the other one"),))


def _no_countries_in(spec: FactSpec, plain: PlainValue, catalog: Catalog) -> Iterator[FactProblem]:
    """Yield what is no country where a field of a record holds countries."""
    is_list = isinstance(plain, list)
    for number, element in enumerate(plain if isinstance(plain, list) else [plain]):
        path = (*path_of(spec.name), *((number,) if is_list else ()))
        for field in spec.fields:
            name = field_of(field)
            if field.vocabulary == "country" and isinstance(element, dict) and name in element:
                yield from _no_countries((*path, name), element[name], catalog)


def _no_countries(at: DocumentPath, plain: PlainValue, catalog: Catalog) -> Iterator[FactProblem]:
    from aipolicy.facts.meant_words import meant_word

    for index, word in enumerate(plain if isinstance(plain, list) else [plain]):
        if not isinstance(word, str) or word in catalog.places.codes:
            continue
        meant = meant_word(word, "place", catalog)
        is_country = meant is not None and meant[0] in catalog.places.codes
        hint = f"; did you mean `{meant[0]}`?" if meant is not None and is_country else "; write codes of countries"
        path = (*at, index) if isinstance(plain, list) else at
        yield FactProblem("MAN-005", f"`{shown(word)}` is no country{hint}", path,
                          meant=(word, *meant) if meant is not None and is_country else None)  # fmt: skip
