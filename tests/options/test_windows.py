"""Whether a request and its answer fit the window of a model: by hand and over the shipped catalog."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest
from cost_worlds import API, ASSUMPTIONS
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_inputs import Speeds
from aipolicy.options.estimates import EstimateSettings, Estimator
from aipolicy.options.option import UNKNOWN_WINDOW, Window, window_of
from aipolicy.options.workload import Workload
from aipolicy.value import replace

PLAIN = Window(8_000.0, 8_000.0, 2_000.0, reasons=False)


def fits(window: Window, work: Workload) -> bool | None:
    """Return whether a workload fits a leg with a window."""
    speeds = Speeds(replace(API, window=window), None, cascade=False, retrieves=False)
    value = Estimator(work, EstimateSettings(ASSUMPTIONS, {}, (), 0.9)).value("option.fits_window", speeds, None)
    assert value is None or isinstance(value, bool)
    return value


@pytest.mark.parametrize(
    ("window", "work", "expected"),
    [
        (PLAIN, Workload(input_tokens=7_000.0, output_tokens=1_000.0), True),
        (PLAIN, Workload(input_tokens=7_001.0, output_tokens=1_000.0), False),
        (PLAIN, Workload(input_tokens=100.0, output_tokens=2_000.0), True),
        (PLAIN, Workload(input_tokens=100.0, output_tokens=2_001.0), False),
        (replace(PLAIN, input_tokens=6_000.0), Workload(input_tokens=6_001.0, output_tokens=1.0), False),
        # reasoning is part of an answer of a model that reasons, and of no other
        (PLAIN, Workload(input_tokens=100.0, output_tokens=1_500.0, reasoning_tokens=501.0), True),
        (
            replace(PLAIN, reasons=True),
            Workload(input_tokens=9.0, output_tokens=1_500.0, reasoning_tokens=501.0),
            False,
        ),
        (replace(PLAIN, reasons=None), Workload(input_tokens=9.0, output_tokens=1_500.0, reasoning_tokens=501.0), None),
        (replace(PLAIN, reasons=None), Workload(input_tokens=9.0, output_tokens=1_500.0, reasoning_tokens=500.0), True),
        # tokens that a cache serves are in the window all the same
        (
            PLAIN,
            Workload(input_tokens=4_000.0, output_tokens=1.0, cached_share=0.5, cached_counted="beside"),
            False,
        ),
        # what is not known never fits, and what is known may be too much already
        (PLAIN, Workload(), None),
        (PLAIN, Workload(input_tokens=8_001.0), False),
        (PLAIN, Workload(output_tokens=2_001.0), False),
        (UNKNOWN_WINDOW, Workload(input_tokens=1.0, output_tokens=1.0), None),
        (replace(PLAIN, output_tokens=None), Workload(input_tokens=1.0, output_tokens=1.0), None),
        (replace(PLAIN, output_tokens=None), Workload(input_tokens=1.0, output_tokens=8_000.0), False),
        (replace(PLAIN, context_tokens=None), Workload(input_tokens=1.0, output_tokens=1.0), None),
        (Window(inf, inf, inf, reasons=False), Workload(), True),
    ],
)
def test_a_request_fits_where_input_answer_and_both_together_do(
    window: Window, work: Workload, expected: bool | None
) -> None:
    assert fits(window, work) is expected


LIMIT = st.none() | st.sampled_from((0.0, 10.0, 20.0, inf))
LENGTH = st.none() | st.sampled_from((1.0, 10.0, 11.0, 20.0, 30.0))


@given(
    st.tuples(LIMIT, LIMIT, LIMIT, st.none() | st.booleans()),
    st.tuples(LENGTH, LENGTH),
    st.sampled_from((0.0, 5.0, 15.0)),
)
def test_learning_a_length_or_a_limit_never_turns_an_answer_around(
    limits: tuple[float | None, float | None, float | None, bool | None],
    lengths: tuple[float | None, float | None],
    thinking: float,
) -> None:
    def answer(window: Window, inputs: float | None, outputs: float | None) -> bool | None:
        return fits(window, Workload(input_tokens=inputs, output_tokens=outputs, reasoning_tokens=thinking))

    before = answer(Window(*limits), *lengths)
    known = [(5.0, 20.0, inf) if limit is None else (limit,) for limit in limits[:3]]
    reasons = (True, False) if limits[3] is None else (limits[3],)
    told = [(1.0, 20.0) if length is None else (length,) for length in lengths]
    for context, inputs, outputs, thinks, sent, written in product(*known, reasons, *told):
        after = answer(Window(context, inputs, outputs, thinks), sent, written)
        assert after is not None
        assert before in (None, after)


def test_every_way_that_is_offered_has_a_window_and_a_limit_of_answers(catalog: Catalog) -> None:
    legs = {leg.name: leg for option in candidate_legs(catalog, Organization()) for leg in option.legs}
    unknown = {name for name, leg in legs.items() if None in (leg.window.context_tokens, leg.window.output_tokens)}
    assert not unknown


def test_the_limits_of_a_provider_win_over_those_of_the_model(catalog: Catalog) -> None:
    offered = {(o.provider, o.model): o for o in catalog.offerings if "us-east-1" in o.regions}
    model = catalog.models["qwen3-32b"]
    assert window_of(model, offered["amazon-bedrock", "qwen3-32b"]).output_tokens == 8_192.0
    assert window_of(model, offered["amazon-bedrock", "qwen3-32b"]).context_tokens == 32_768.0
    assert window_of(model, None).output_tokens == model.context_tokens == 40_960.0
