"""The other values that a fact may well have, besides the one that is expected of it."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.spec import Expected, FactSpec, FactType, FactValue, Kind


def tried_values(spec: FactSpec, expected: Expected | None, value: FactValue | None,
                 vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[FactValue, ...]:  # fmt: skip
    """Return the values to try besides `value`, which is expected; words of a vocabulary only where it is given."""
    tried: tuple[FactValue, ...] = () if expected is None else expected.tried
    if expected is not None and isinstance(value, float) and value != NOT_LIMITED:
        tried += tuple(value * factor for factor in expected.factors)
    if not tried:
        match spec.type:
            case FactType.BOOL:
                tried = (True, False) if spec.kind is Kind.DESCRIBES else (True,)
            case FactType.TEXT:
                tried = spec.choices or vocabulary.get(spec.vocabulary, ())
            case FactType.TEXTS:
                tried = tuple((word,) for word in spec.choices)
            case _:
                tried = ()
    return tuple(dict.fromkeys(other for other in tried if other != value))
