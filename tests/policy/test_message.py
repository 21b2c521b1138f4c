"""What stands between the braces of a rule's message."""

from __future__ import annotations

import pytest

from aipolicy.facts.spec import FactValue
from aipolicy.policy.message import names_in, value_of

VALUES: dict[str, FactValue] = {"a": ("CH", "DE", "US"), "b": ("DE",), "c": 3.0, "d": ("CH", "DE", "US")}


@pytest.mark.parametrize(
    ("placeholder", "value"),
    [
        ("a", ("CH", "DE", "US")),
        ("a without b", ("CH", "US")),
        ("a without unknown", ("CH", "DE", "US")),
        ("a without d", ("CH", "DE", "US")),
        ("unknown without b", None),
        ("c", 3.0),
        ("unknown", None),
    ],
)
def test_a_list_can_be_shown_without_what_is_in_another(placeholder: str, value: FactValue | None) -> None:
    assert value_of(placeholder, VALUES.get) == value


def test_the_facts_that_a_message_names_are_those_of_every_placeholder() -> None:
    assert names_in("`{a without b}` and {params.x}, not {}") == ("a", "b", "params.x", "")
