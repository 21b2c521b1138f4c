"""The one list of facts: declared, derived and option facts by name."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.derived import DERIVED_FACTS
from aipolicy.facts.option_facts import OPTION_FACTS
from aipolicy.facts.spec import FactSpec

OPTION_PREFIX = "option."
PLACES_PREFIX = "places."
"""Names of groups in conditions: `places.EU` is the list of its countries on the day."""
_PARAMETER_PREFIXES = ("params.", PLACES_PREFIX)
"""Names in conditions to which a policy gives their value."""

REGISTRY: Mapping[str, FactSpec] = {
    spec.name: spec for spec in (*DECLARED_FACTS, *(fact.spec for fact in DERIVED_FACTS), *OPTION_FACTS)
}


def is_option_fact(name: str) -> bool:
    """Return whether a fact belongs to an option rather than to the feature."""
    return name.startswith(OPTION_PREFIX)


def is_parameter(name: str) -> bool:
    """Return whether a name in a condition is a value of the policy rather than a fact."""
    return name.startswith(_PARAMETER_PREFIXES)
