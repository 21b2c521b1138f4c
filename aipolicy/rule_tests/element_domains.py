"""A list of records in, the lists that are tried of it: with each element that may decide something by itself, and pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice, pairwise, product

from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import FactSpec, FactType, RecordList, RecordValue, SimpleValue

_MOST_ELEMENTS = 60
_PAIRS = 10


def record_lists(spec: FactSpec, tried: Mapping[str, Iterable[SimpleValue]]) -> tuple[RecordList, ...]:
    """Return lists without, with one and with two elements; `tried` has values of the fields that conditions read.

    A field that may be left out is left out as well; one that no condition reads is there only where it must be.
    """
    choices: list[tuple[SimpleValue | None, ...]] = []
    for field in spec.fields:
        left_out: tuple[None, ...] = () if field.required else (None,)
        choices.append((*tried[field.name], *left_out) if field.name in tried else (_sample(field),))
    elements = [_element(spec, values) for values in islice(product(*choices), _MOST_ELEMENTS)]
    pairs = islice(pairwise(elements), _PAIRS)
    return (RecordList(()), *(RecordList((element,)) for element in elements), *map(RecordList, pairs))


def sample_record(spec: FactSpec) -> RecordValue:
    """Return a record that says what it must."""
    return _element(spec, map(_sample, spec.fields))


def _element(spec: FactSpec, values: Iterable[SimpleValue | None]) -> RecordValue:
    named = zip(spec.fields, values, strict=True)
    return RecordValue(tuple((field_of(field), value) for field, value in named if value is not None))


def _sample(field: FactSpec) -> SimpleValue | None:
    """Return what a field says that no condition reads; None where it may be left out."""
    if not field.required:
        return None
    match field.type:
        case FactType.BOOL:
            return False
        case FactType.NUMBER:
            return field.minimum if field.minimum is not None else 1.0
        case FactType.TEXTS:
            return ()
        case _:
            return field.choices[0] if field.choices else "DE" if field.vocabulary else "one"
