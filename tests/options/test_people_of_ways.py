"""People in the cost of a way: who is counted, what a team says itself, what features share, and what a second leg adds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cost_worlds import API, ASSUMPTIONS, HEAD_COUNT, WORK, inputs

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import CostInputs, People
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.fixed_costs import head_counts
from aipolicy.options.option import Option, may_follow, pair_of, stands_apart
from aipolicy.value import replace

TODAY = date(2026, 11, 29)
SHARED = replace(HEAD_COUNT, id="on-call", work="on_call", engineers=0.2, shareable=True)
WAY = replace(inputs(API), people=People((HEAD_COUNT, SHARED)))
OWN_EFFORT = """\
effort:
  - {adaptation: prompting, hosting: own-cloud, ml_engineers: 0.42, lead_time_weeks: 6, build_weeks: 0, source: guide,
     checked_on: 2026-11-28, effective_from: 2026-11-22, verified: true}
"""


def inputs_where(catalog: Catalog, *, routing: str = "single", stands_by: bool = False,
                **wanted: str) -> tuple[Option, CostInputs]:  # fmt: skip
    """Return the first leg of an adaptation and so on, alone or with an own one, with what its cost depends on."""
    reader = CostInputsReader(catalog, cost_assumptions(catalog))
    legs = candidate_legs(catalog, Organization())
    mains = [each for each in legs if all(getattr(each, name) == word for name, word in wanted.items())]
    if not stands_by:
        return mains[0], reader.cost_inputs(mains[0])
    option = next(
        pair_of(main, own, routing)
        for main in mains
        for own in legs
        if own.hosting == "own-cloud" and own.adaptation == "prompting"
        and stands_apart(main.leg, own.leg, is_named=False)
        and (routing == "single" or may_follow(main.leg.model.tier, own.leg.model.tier))
    )  # fmt: skip
    return option, reader.cost_inputs(option)


def works(found: CostInputs) -> dict[str, float]:
    return dict(head_counts(found, WORK, ASSUMPTIONS) or ())


def test_what_the_team_says_of_a_kind_of_work_replaces_the_catalog() -> None:
    told = replace(WORK, people=(("prompts", 0.1),))
    assert head_counts(WAY, WORK, ASSUMPTIONS) == (("prompts", 0.5), ("on_call", 0.2))
    assert head_counts(WAY, told, ASSUMPTIONS) == (("prompts", 0.1), ("on_call", 0.2))


def test_features_share_their_platform_and_not_their_prompts() -> None:
    assert head_counts(WAY, replace(WORK, shared_over=4.0), ASSUMPTIONS) == (("prompts", 0.5), ("on_call", 0.05))


def test_more_or_fewer_people_are_drawn_and_what_a_team_states_is_not() -> None:
    ranged = replace(inputs(API), people=People((replace(HEAD_COUNT, low=0.25, high=2.0),)))
    many = replace(ASSUMPTIONS, people_deviation=1.0)
    assert head_counts(ranged, WORK, many) == (("prompts", 2.0),)
    assert head_counts(ranged, replace(WORK, people=(("prompts", 0.3),)), many) == (("prompts", 0.3),)


def test_nobody_knows_the_people_of_a_way_without_effort() -> None:
    assert head_counts(inputs(API, engineers=None), WORK, ASSUMPTIONS) is None


def test_a_prompted_api_takes_people_and_retrieval_a_little_more(catalog: Catalog) -> None:
    _, prompted = inputs_where(catalog, adaptation="prompting", hosting="provider-api")
    _, retrieving = inputs_where(catalog, adaptation="rag", hosting="provider-api")
    assert set(works(prompted)) == {"prompts", "evaluation", "monitoring", "compliance", "on_call"}
    assert works(retrieving) == {**works(prompted), "index": pytest.approx(0.1)}


@pytest.mark.parametrize("routing", ["single", "cascade"])
def test_machines_of_a_second_leg_are_run_too(catalog: Catalog, routing: str) -> None:
    option, found = inputs_where(
        catalog, routing=routing, stands_by=True, adaptation="prompting", hosting="provider-api"
    )
    assert option.other is not None
    assert works(found)["machines"] == pytest.approx(0.5)


def test_machines_of_both_legs_at_one_hosting_are_run_once(catalog: Catalog) -> None:
    _, alone = inputs_where(catalog, adaptation="prompting", hosting="own-cloud")
    _, both = inputs_where(catalog, stands_by=True, adaptation="prompting", hosting="own-cloud")
    assert works(both) == works(alone)


def test_what_an_organisation_says_of_a_way_stands_for_all_its_people_and_has_no_range(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN_EFFORT, encoding="utf-8")
    _, found = inputs_where(read_catalog([path], as_of=TODAY), adaptation="prompting", hosting="own-cloud")
    assert works(found) == {"everything": 0.42}
    assert dict(head_counts(found, WORK, replace(ASSUMPTIONS, people_deviation=1.0)) or ()) == {"everything": 0.42}
