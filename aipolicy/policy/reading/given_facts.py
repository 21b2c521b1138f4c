"""What an example gives in, typed facts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import FactSpec, FactValue, RecordList, RecordValue
from aipolicy.policy.cel.fact_words import FactWords
from aipolicy.policy.values import read_value
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean

_CHECKED = frozenset({"country", "data-class", "place", "residency", "task-type"})
"""Vocabularies of which an example uses nothing else; providers and models of an example may be invented."""


def fact_values(record: Record, prefix: str, facts: Mapping[str, FactSpec], words: FactWords) -> dict[str, FactValue]:
    """Return the facts that an example gives; an unknown fact or word is a mistake at its place."""
    values: dict[str, FactValue] = {}
    for key in record.field_names():
        name = f"{prefix}{key}"
        spec = facts.get(name)
        if spec is None or is_option_fact(name) != bool(prefix):
            record.raw(key)
            record.mistake(f"unknown fact `{name}`{did_you_mean(name, facts)}", key, "key")
            continue
        value = read_value(record, key, spec.type, spec.fields)
        values[name] = value
        if isinstance(value, RecordValue):
            values.update({f"{name}.{field}": held for field, held in value.fields})
        for wrong in dict.fromkeys(_wrong_words(spec, value, words)):
            record.mistake(wrong, key)
    return values


def _wrong_words(spec: FactSpec, value: FactValue, words: FactWords) -> Iterator[str]:
    """Yield what is wrong with the words of a value; of records with those of every field."""
    if isinstance(value, RecordList | RecordValue):
        for element in value.elements if isinstance(value, RecordList) else (value,):
            for field in spec.fields:
                held = element.get(field_of(field))
                yield from _wrong_words(field, held, words) if held else ()
    elif spec.choices or spec.vocabulary in _CHECKED:
        written = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        yield from filter(None, (words.never_given(spec.name, word) for word in written))
