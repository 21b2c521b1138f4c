"""What a line of a rule reads of what has parts: of labels those that it names, of lists of records what nobody declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aipolicy.facts.facts import LABELS
from aipolicy.facts.record_values import fields_missing
from aipolicy.facts.spec import FactValue, RecordList
from aipolicy.policy.cel.expressions import Truth, cel_value
from aipolicy.policy.rule import Line

NO_SUCH_KEY = "Key not found in map"
"""How the runtime's message begins when a label, or a field of an element, is read that is not there."""


def with_parts(line: Line, values: Mapping[str, FactValue | None], labels: Mapping[str, str],
               truth: Callable[[Mapping[str, Any]], Truth]) -> dict[str, FactValue | None]:  # fmt: skip
    """Return what a line reads with the parts that it names in place of all labels, and what elements lack; None is unknown.

    `truth` is that of the line with some values changed.
    """
    read = dict(values)
    if line.label_keys:
        # NOTE: a label that is not declared is a missing fact, by its own name.
        read.pop(LABELS, None)
        read.update({f"{LABELS}.{key}": labels.get(key) for key in line.label_keys})
    if line.elements and truth({}) is Truth.UNKNOWN:
        read.update(dict.fromkeys(_fields_unknown(line, values, truth)))
    return read


def _fields_unknown(line: Line, values: Mapping[str, FactValue | None],
                    truth: Callable[[Mapping[str, Any]], Truth]) -> Iterator[str]:  # fmt: skip
    """Yield the fields that elements lack: of those that leave the line unknown by themselves, where there are such ones."""
    for fact, value in values.items():
        if isinstance(value, RecordList):
            elements = dict(enumerate(value.elements))
            alone = {number: element for number, element in elements.items()
                     if truth({fact: [cel_value(element)]}) is Truth.UNKNOWN}  # fmt: skip
            yield from fields_missing(fact, alone or elements, line.elements)
