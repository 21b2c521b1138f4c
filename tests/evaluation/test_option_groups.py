from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aipolicy.evaluation.option_groups import NumberLine

NUMBERS = st.none() | st.integers(-3, 3).map(float)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12), st.integers(-4, 4).map(float))
def test_a_split_is_what_comparing_every_option_gives(
    pairs: list[tuple[float | None, float | None]], value: float
) -> None:
    numbers = [number for number, _ in pairs]
    split = NumberLine(
        numbers, [1 << place for place in range(len(pairs))], [least or 0.0 for _, least in pairs]
    ).split(value)
    for place, (number, least) in enumerate(pairs):
        if number is None:
            where = "above" if least and least > value else "unknown"
        else:
            where = "below" if number < value else "equal" if number == value else "above"
        assert [name for name in split._fields if getattr(split, name) & 1 << place] == [where]
