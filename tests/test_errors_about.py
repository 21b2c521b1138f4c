"""An error that nobody foresaw says what was worked on; one that was foreseen says itself what is wrong."""

from __future__ import annotations

import pytest

from aipolicy.errors import About, PolicyError


def test_an_unforeseen_error_names_what_was_worked_on() -> None:
    with pytest.raises(ZeroDivisionError) as caught, About("rule RES-001"):
        _ = 1 / 0
    assert caught.value.__notes__ == ["at rule RES-001"]


def test_a_foreseen_error_stays_as_it_is() -> None:
    with pytest.raises(PolicyError) as caught, About("rule RES-001"):
        raise PolicyError("no")
    assert not hasattr(caught.value, "__notes__")
