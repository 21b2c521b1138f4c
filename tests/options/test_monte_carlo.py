"""Costs under draws: repeatable, drawn once for what options share, and compared with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from cost_worlds import ALL_INPUTS, API, ASSUMPTIONS, CHEAP_API, ENCODER, OPEN_API, OWN, RENTED, WORK, inputs

from aipolicy.catalog.assumptions import Assumption
from aipolicy.catalog.catalog import Catalog
from aipolicy.economics.arithmetic import ONE_DRAW
from aipolicy.economics.uncertainty import draw
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.options.costs import running_cost
from aipolicy.options.monte_carlo import DrawnCosts
from aipolicy.options.uncertain_inputs import CAPACITY, STAFF, applied
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.value import replace

FULL = replace(WORK, hard_case_share=0.2, corpus_tokens=1e7, labelled_examples=0.0, seed="claims-triage")


@pytest.fixture(scope="module")
def constants(request: pytest.FixtureRequest) -> Mapping[str, Assumption]:
    """Return the shipped constants."""
    catalog: Catalog = request.getfixturevalue("catalog")
    return catalog.assumptions


def drawn(work: Workload, constants: Mapping[str, Assumption], **more: Any) -> DrawnCosts:
    """Return costs under the draws of a workload."""
    return DrawnCosts(work, ASSUMPTIONS, constants, (), **more)


def array(costs: DrawnCosts, option: CostInputs) -> Any:
    """Return the cost in every draw, which is known."""
    usd = costs.monthly_usd(option)
    assert usd is not None
    return usd


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(constants: Mapping[str, Assumption]) -> None:
    for option in ALL_INPUTS:
        one, again = (array(drawn(FULL, constants), option).tobytes() for _ in range(2))
        assert one == again
    other = drawn(replace(FULL, seed="faq"), constants)
    assert array(other, ALL_INPUTS[0]).tobytes() != array(drawn(FULL, constants), ALL_INPUTS[0]).tobytes()


def test_draws_of_one_input_stay_when_another_input_is_added(constants: Mapping[str, Assumption]) -> None:
    """The price of an API does not depend on peaks: declaring them as a range changes none of its draws."""
    busy = replace(FULL, requests_per_day=1e6)
    ranged = replace(busy, ranges=(("peak_to_mean", 1.5, 2.0, 9.0), ("corpus_tokens", 1e6, 1e7, 1e8)))
    one, other = drawn(busy, constants), drawn(ranged, constants)
    assert array(one, inputs(API)).tobytes() == array(other, inputs(API)).tobytes()
    assert array(one, inputs(OWN)).tobytes() != array(other, inputs(OWN)).tobytes()


def test_every_draw_is_what_its_inputs_cost(constants: Mapping[str, Assumption]) -> None:
    costs = drawn(FULL, constants, draws=40)
    values = {name: draw(name, range_, seed=FULL.seed, count=40).tolist() for name, range_ in costs.drivers.items()}
    for option in ALL_INPUTS:
        usd = array(costs, option)
        for number in range(40):
            at = {name: column[number] for name, column in values.items()}
            work, assumptions = applied(at, FULL, ASSUMPTIONS)
            alone = running_cost(option, work, assumptions, likely=FULL, arithmetic=ONE_DRAW)
            assert alone is not None
            assert work.requests_per_day is not None
            assert usd[number] == pytest.approx(alone.monthly_usd(work.requests_per_day), rel=1e-12)


def test_the_median_lies_near_the_likely_value_and_the_ends_beside_it(constants: Mapping[str, Assumption]) -> None:
    found = drawn(FULL, constants).quantiles(inputs(API))
    likely = running_cost(inputs(API), FULL, ASSUMPTIONS)
    assert found is not None
    assert likely is not None
    assert found.p10 < found.p50 < found.p90
    assert found.p50 == pytest.approx(likely.monthly_usd(10_000.0), rel=0.05)
    assert drawn(FULL, constants).at_share(inputs(API), 0.9) == found.p90


def test_a_request_costs_the_month_over_its_requests(constants: Mapping[str, Assumption]) -> None:
    """The volume cancels out: 1,000 tokens in and 200 out, 5 % more traffic, within the spread of tokens."""
    costs = drawn(FULL, constants)
    usd = costs.usd_per_request(inputs(API))
    assert usd is not None
    assert float(np.median(usd)) == pytest.approx(0.0045 * 1.05, rel=0.03)
    assert costs.at_share(inputs(API), 0.5, per_request=True) == pytest.approx(float(np.median(usd)))


def test_what_options_share_is_drawn_once(constants: Mapping[str, Assumption], monkeypatch: pytest.MonkeyPatch) -> None:
    from aipolicy.options import monte_carlo as drawn_costs

    calls: list[object] = []
    real = drawn_costs.role_curve
    monkeypatch.setattr(
        drawn_costs, "role_curve", lambda leg, *rest, **named: calls.append(leg) or real(leg, *rest, **named)
    )
    costs = drawn(FULL, constants)
    for option in (
        inputs(OWN),
        inputs(OWN, engineers=1.0),
        inputs(OWN, engineers=2.0),
        inputs(API, standby=OWN, stands_by=True),
    ):
        assert costs.monthly_usd(option) is costs.monthly_usd(option)
    # the model twice, as itself and as what waits, and the API
    assert calls == [OWN, API, OWN]


@pytest.mark.parametrize(
    "option",
    [inputs(None), inputs(replace(API, price=None)), inputs(API, engineers=None), inputs(replace(OWN, cost=None))],
)
def test_an_unknown_cost_is_unknown_under_draws_too(option: CostInputs, constants: Mapping[str, Assumption]) -> None:
    costs = drawn(FULL, constants)
    assert costs.monthly_usd(option) is None
    assert costs.quantiles(option) is None
    assert costs.at_share(option, 0.8) is None
    assert costs.usd_per_request(option) is None
    assert costs.tornado(option) == ()
    for one, other in ((option, inputs(API)), (inputs(API), option)):
        assert costs.times(one, other, 0.5) is None
        assert costs.probability_cheaper(one, other) is None
        assert costs.tornado(one, other) == ()


def test_without_a_volume_nothing_is_drawn(constants: Mapping[str, Assumption]) -> None:
    assert drawn(NO_WORKLOAD, constants).monthly_usd(inputs(API)) is None


def test_one_of_two_options_is_cheaper_with_certainty(constants: Mapping[str, Assumption]) -> None:
    costs = drawn(FULL, constants)
    for one in ALL_INPUTS:
        for other in ALL_INPUTS:
            there, back = costs.probability_cheaper(one, other), costs.probability_cheaper(other, one)
            assert there is not None
            assert back is not None
            assert there + back == pytest.approx(1.0, abs=1e-12)


def test_options_that_share_their_inputs_are_compared_draw_by_draw(constants: Mapping[str, Assumption]) -> None:
    """A tenth of the price is cheaper in every draw, however uncertain the volume is, and ten times in every draw."""
    costs = drawn(FULL, constants)
    assert costs.probability_cheaper(inputs(CHEAP_API), inputs(API)) == 1.0
    assert costs.times(inputs(API), inputs(CHEAP_API), 0.01) == pytest.approx(10.0)
    assert costs.times(inputs(API), inputs(CHEAP_API), 0.99) == pytest.approx(10.0)


def test_a_tornado_is_sorted_and_names_what_moves_the_cost(constants: Mapping[str, Assumption]) -> None:
    costs = drawn(FULL, constants)
    for option in ALL_INPUTS:
        swings = [influence.swing for influence in costs.tornado(option)]
        assert swings == sorted(swings, reverse=True)
        assert all(swing > 0.0 for swing in swings)
    assert {influence.name for influence in costs.tornado(inputs(API))} == {
        "volume.requests_per_day", "volume.input_tokens", "volume.output_tokens"
    }  # fmt: skip
    assert costs.tornado(inputs(ENCODER, engineers=1.0))[0].name == STAFF
    assert costs.tornado(inputs(OPEN_API))[0].name == "price of an open model at a host"


def test_a_tornado_of_a_distance_leaves_out_what_both_share(constants: Mapping[str, Assumption]) -> None:
    busy = replace(FULL, requests_per_day=2e6)
    costs = drawn(busy, constants)
    with_people = inputs(OWN, engineers=1.0)
    assert [influence.name for influence in costs.tornado(with_people, inputs(OWN))] == [STAFF]
    assert CAPACITY in {influence.name for influence in costs.tornado(inputs(OWN))}


def test_a_tornado_keeps_the_budget_that_the_draws_keep(constants: Mapping[str, Assumption]) -> None:
    """Where the likely answer keeps a latency budget and a long one no longer does, the long one is not called cheap."""
    work = replace(FULL, requests_per_day=1e6, output_tokens=300.0, latency_budget_ms=2_000.0)
    moved = {influence.name: influence for influence in drawn(work, constants).tornado(inputs(OWN))}
    tokens = moved["volume.output_tokens"]
    assert tokens.at_high > tokens.at_low


def test_a_tornado_never_takes_what_no_longer_fits_as_free(constants: Mapping[str, Assumption]) -> None:
    """At its high value the prompt is larger than the memory beside the weights."""
    work = replace(FULL, input_tokens=400_000.0, ranges=(("input_tokens", 1e5, 4e5, 4e6),))
    tokens = {i.name: i for i in drawn(work, constants).tornado(inputs(OWN))}["volume.input_tokens"]
    assert tokens.at_high > tokens.at_low > 0.0


def test_prices_of_two_sellers_are_drawn_independently_and_those_of_one_together(
    constants: Mapping[str, Assumption],
) -> None:
    """The same machines at one list price: which seller is the cheaper one is a toss."""
    rented = {
        seller: inputs(replace(ENCODER, cost=replace(RENTED, seller=seller)))
        for seller in ("aws", "gcp", "")
    }  # fmt: skip
    stale = {seller: inputs(replace(API, price_stale=True, seller=seller)) for seller in ("openai", "mistral")}
    costs = drawn(FULL, constants)
    for one, other in ((rented["aws"], rented["gcp"]), (rented["aws"], rented[""]), tuple(stale.values())):
        assert costs.probability_cheaper(one, other) == pytest.approx(0.5, abs=0.05)
    again = drawn(FULL, constants)
    assert array(costs, rented["aws"]).tobytes() == array(again, rented["aws"]).tobytes()
    assert costs.probability_cheaper(rented["aws"], rented["aws"]) in (0.0, 0.5)
