"""The features of a report in, what is assumed of all of them alike out, so that it is said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aipolicy.facts.facts import Provenance

_FEWEST = 2
"""Features from which on it pays to say once what each would say."""


def assumed_alike(details: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the facts that are assumed with the same value of every feature that does not declare them, by name.

    `details` are what `feature_details` made of each feature; with one feature nothing is alike.
    """
    values: dict[str, str] = {}
    unlike: set[str] = set()
    features = 0
    for feature in details:
        features += 1
        for name, value in feature["facts"][Provenance.ASSUMED.value]:
            if values.setdefault(name, value) != value:
                unlike.add(name)
    if features < _FEWEST:
        return {}
    return {name: value for name, value in values.items() if name not in unlike}
