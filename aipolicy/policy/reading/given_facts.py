"""What an example gives in, typed facts out."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.spec import FactSpec, FactValue
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
        value = read_value(record, key, spec.type)
        values[name] = value
        written = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        for word in written if spec.choices or spec.vocabulary in _CHECKED else ():
            if wrong := words.never_given(name, word):
                record.mistake(wrong, key)
    return values
