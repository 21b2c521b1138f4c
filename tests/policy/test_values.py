"""Typed values in packs."""

from __future__ import annotations

import pytest

from aipolicy.errors import PolicyError
from aipolicy.facts.spec import FactType
from aipolicy.policy.values import read_value
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.yaml_reader import read_yaml

VALUES = (
    ("true", FactType.BOOL, True), ("5", FactType.NUMBER, 5.0), ("-5", FactType.NUMBER, -5.0), ("x", FactType.TEXT, "x"),
    ("[b, a]", FactType.TEXTS, ("a", "b")), ("[]", FactType.TEXTS, ()), ("{a: x}", FactType.LABELS, {"a": "x"}),
)  # fmt: skip
WRONG = (
    ("1", FactType.BOOL), ("true", FactType.NUMBER), ("'5'", FactType.NUMBER), ("5", FactType.TEXT), ("x", FactType.TEXTS),
    ("[1]", FactType.TEXTS), ("{a: 1}", FactType.LABELS), ("", FactType.NUMBER), ("~", FactType.TEXTS),
)  # fmt: skip


def record_of(text: str) -> tuple[Record, Mistakes]:
    """Return a record with the field `v`."""
    mistakes = Mistakes(PolicyError)
    (document,) = read_yaml("p.yaml", f"v: {text}".encode()).documents
    return Record(document, (), document.value, mistakes), mistakes


@pytest.mark.parametrize(("text", "type_", "value"), VALUES)
def test_a_value_is_read_as_its_type(text: str, type_: FactType, value: object) -> None:
    record, mistakes = record_of(text)
    read = read_value(record, "v", type_)
    mistakes.raise_if_any()
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(("text", "type_"), WRONG)
def test_a_value_of_another_type_is_a_mistake(text: str, type_: FactType) -> None:
    record, mistakes = record_of(text)
    read_value(record, "v", type_)
    with pytest.raises(PolicyError) as caught:
        mistakes.raise_if_any()
    assert str(caught.value).startswith("p.yaml:1:")
