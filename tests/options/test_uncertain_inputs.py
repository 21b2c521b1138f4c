"""What is uncertain about a cost: declared ranges, spreads and ranges of constants, and how they are put to use."""

from __future__ import annotations

import pytest
from cost_worlds import API, ASSUMPTIONS, CHEAP_API, DEVICE, ENCODER, OWN, WORK, inputs

from aipolicy.catalog.catalog import Catalog
from aipolicy.economics.uncertainty import around
from aipolicy.options.cost_assumptions import CostAssumptions, cost_assumptions
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.options.uncertain_inputs import (
    ACCELERATOR_PRICE,
    CAPACITY,
    LIST_PRICE,
    MIXTURE_CAPACITY,
    OPEN_PRICE,
    PEOPLE,
    STAFF,
    applied,
    drivers_of,
    unknown_because,
)
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.value import fields, replace

DECLARED = replace(
    WORK,
    ranges=(("requests_per_day", 5_000.0, 10_000.0, 40_000.0), ("cached_share", 0.2, 0.4, 0.9)),
    cached_share=0.4,
)


def test_a_declared_range_stands_as_it_is_and_one_number_gets_the_spread_of_the_catalog(catalog: Catalog) -> None:
    drivers = drivers_of(DECLARED, catalog.assumptions, catalog.people)
    requests, tokens = drivers["volume.requests_per_day"], drivers["volume.output_tokens"]
    assert (requests.low, requests.likely, requests.high) == (5_000.0, 10_000.0, 40_000.0)
    assert tokens == around(200.0, catalog.assumptions["mean-tokens-spread"].value)


def test_prices_capacity_people_and_services_are_uncertain_whatever_is_declared(catalog: Catalog) -> None:
    assert set(drivers_of(NO_WORKLOAD, catalog.assumptions, catalog.people)) == {
        CAPACITY, ACCELERATOR_PRICE, OPEN_PRICE, LIST_PRICE, STAFF, "volume.peak_to_mean", "monitoring-monthly",
        "evaluation-monthly", "embedding-price", "vector-store-monthly",
        PEOPLE, MIXTURE_CAPACITY,
    }  # fmt: skip


def test_a_peak_is_never_below_the_mean(catalog: Catalog) -> None:
    assert (
        drivers_of(replace(WORK, peak_to_mean=1.1), catalog.assumptions, catalog.people)["volume.peak_to_mean"].low
        == 1.0
    )


@pytest.mark.parametrize(("counted", "most"), [("inside", 1.0), ("beside", 0.9)])
def test_cached_tokens_beside_the_input_never_grow_without_bound(catalog: Catalog, counted: str, most: float) -> None:
    work = replace(DECLARED, cached_counted=counted)  # type: ignore[arg-type]
    assert drivers_of(work, catalog.assumptions, catalog.people)["volume.cached_share"].at_most == most


@pytest.mark.parametrize("name", [STAFF, "monitoring-monthly", "evaluation-monthly", "embedding-price"])
def test_a_constant_is_drawn_within_its_published_range(catalog: Catalog, name: str) -> None:
    constant, driver = catalog.assumptions[name], drivers_of(WORK, catalog.assumptions, catalog.people)[name]
    assert (driver.low, driver.likely, driver.high) == (constant.low, constant.value, constant.high)


def test_people_without_a_published_range_have_the_spread_of_the_catalog(catalog: Catalog) -> None:
    own = replace(catalog.assumptions[STAFF], value=90_000.0, low=None, high=None)
    drivers = drivers_of(WORK, {**catalog.assumptions, STAFF: own}, ())
    assert drivers[STAFF] == around(90_000.0, catalog.assumptions["staff-spread"].value)


def test_what_is_certain_is_no_driver(catalog: Catalog) -> None:
    work = replace(WORK, output_tokens=0.0, ranges=(("requests_per_day", 7.0, 7.0, 7.0),))
    drivers = drivers_of(work, catalog.assumptions, catalog.people)
    assert "volume.requests_per_day" not in drivers
    assert "volume.output_tokens" not in drivers
    assert not any(range_.certain for range_ in drivers.values())


def test_every_driver_reaches_the_number_that_it_is_about(catalog: Catalog) -> None:
    """Each one alone changes one field of the workload or of the constants, and to its own value."""
    for number, name in enumerate(drivers_of(DECLARED, catalog.assumptions, catalog.people), start=1):
        value = 1e6 + number
        work, assumptions = applied({name: value}, DECLARED, ASSUMPTIONS)
        changed = [*_changed(work, DECLARED), *_changed(assumptions, ASSUMPTIONS)]
        assert changed == [value], name


def test_likely_values_change_nothing(catalog: Catalog) -> None:
    constants = cost_assumptions(catalog)
    drivers = drivers_of(DECLARED, catalog.assumptions, catalog.people)
    likely = {name: range_.likely for name, range_ in drivers.items()}
    assert applied(likely, DECLARED, constants) == (DECLARED, constants)


@pytest.mark.parametrize(
    ("option", "work", "reasons"),
    [
        (inputs(API), WORK, ()),
        (inputs(DEVICE), WORK, ()),
        (inputs(API), replace(WORK, requests_per_day=None), ("`volume.requests_per_day` is not declared",)),
        (inputs(OWN), replace(WORK, latency_budget_ms=None), ("`latency.p95_ms` is not declared",)),
        (inputs(API, engineers=None), WORK, ("no figure for the people it takes",)),
        (inputs(replace(API, price=None)), WORK, ("no price for the model",)),
        (inputs(None), WORK, ("no figures for the model",)),
        (
            inputs(CHEAP_API, far=replace(OWN, cost=None), cascade=True),
            WORK,
            ("`task.hard_case_share` is not declared", "no price for the machines of the far side"),
        ),
        (inputs(API, standby=replace(ENCODER, cost=None), stands_by=True), WORK,
         ("no price for the machines of the fallback",)),
    ],
)  # fmt: skip
def test_an_unknown_cost_is_explained(option: CostInputs, work: Workload, reasons: tuple[str, ...]) -> None:
    assert unknown_because(option, work) == reasons


def _changed(after: Workload | CostAssumptions, before: Workload | CostAssumptions) -> list[object]:
    return [getattr(after, field) for field in fields(after) if getattr(after, field) != getattr(before, field)]
