"""People in the cost of a way: who is counted, what a team says itself, what features share, and what a second leg adds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cost_worlds import API, ASSUMPTIONS, HEAD_COUNT, WORK, basis

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_options
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import CostBasis, People
from aipolicy.options.cost_inputs_reader import BasisReader
from aipolicy.options.fixed_costs import head_counts
from aipolicy.options.option import Option
from aipolicy.value import replace

TODAY = date(2026, 11, 29)
SHARED = replace(HEAD_COUNT, id="on-call", work="on_call", engineers=0.2, shareable=True)
WAY = replace(basis(API), people=People((HEAD_COUNT, SHARED)))
OWN_EFFORT = """\
effort:
  - {adaptation: prompting, hosting: own-cloud, ml_engineers: 0.42, lead_time_weeks: 6, build_weeks: 0, source: guide,
     checked_on: 2026-11-28, effective_from: 2026-11-22, verified: true}
"""


def basis_where(catalog: Catalog, fallback: str = "none", **wanted: str) -> tuple[Option, CostBasis]:
    """Return the first candidate of an adaptation, a hosting and so on, with what its cost depends on."""
    reader = BasisReader(catalog, cost_assumptions(catalog))
    for option in candidate_options(catalog, Organization()):
        if option.fallback == fallback and all(getattr(option, name) == word for name, word in wanted.items()):
            return option, reader.cost_basis(option)
    raise AssertionError(f"no option with {wanted}")


def works(found: CostBasis) -> dict[str, float]:
    return dict(head_counts(found, WORK, ASSUMPTIONS) or ())


def test_what_the_team_says_of_a_kind_of_work_replaces_the_catalog() -> None:
    told = replace(WORK, people=(("prompts", 0.1),))
    assert head_counts(WAY, WORK, ASSUMPTIONS) == (("prompts", 0.5), ("on_call", 0.2))
    assert head_counts(WAY, told, ASSUMPTIONS) == (("prompts", 0.1), ("on_call", 0.2))


def test_features_share_their_platform_and_not_their_prompts() -> None:
    assert head_counts(WAY, replace(WORK, shared_over=4.0), ASSUMPTIONS) == (("prompts", 0.5), ("on_call", 0.05))


def test_more_or_fewer_people_are_drawn_and_what_a_team_states_is_not() -> None:
    ranged = replace(basis(API), people=People((replace(HEAD_COUNT, low=0.25, high=2.0),)))
    many = replace(ASSUMPTIONS, people_deviation=1.0)
    assert head_counts(ranged, WORK, many) == (("prompts", 2.0),)
    assert head_counts(ranged, replace(WORK, people=(("prompts", 0.3),)), many) == (("prompts", 0.3),)


def test_nobody_knows_the_people_of_a_way_without_effort() -> None:
    assert head_counts(basis(API, engineers=None), WORK, ASSUMPTIONS) is None


def test_a_prompted_api_takes_people_and_retrieval_a_little_more(catalog: Catalog) -> None:
    _, prompted = basis_where(catalog, adaptation="prompting", hosting="provider-api", routing="single")
    _, retrieving = basis_where(catalog, adaptation="rag", hosting="provider-api", routing="single")
    assert set(works(prompted)) == {"prompts", "evaluation", "monitoring", "compliance", "on_call"}
    assert works(retrieving) == {**works(prompted), "index": pytest.approx(0.1)}


@pytest.mark.parametrize("routing", ["single", "cascade"])
def test_machines_of_a_second_leg_are_run_too(catalog: Catalog, routing: str) -> None:
    option, found = basis_where(
        catalog, fallback="self-hosted", adaptation="prompting", hosting="provider-api", routing=routing
    )
    assert option.other is not None
    assert works(found)["machines"] == pytest.approx(0.5)


def test_machines_of_both_legs_at_one_hosting_are_run_once(catalog: Catalog) -> None:
    _, alone = basis_where(catalog, adaptation="prompting", hosting="own-cloud", routing="single")
    _, both = basis_where(
        catalog, fallback="self-hosted", adaptation="prompting", hosting="own-cloud", routing="single"
    )
    assert works(both) == works(alone)


def test_what_an_organisation_says_of_a_way_stands_for_all_its_people_and_has_no_range(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN_EFFORT, encoding="utf-8")
    _, found = basis_where(
        read_catalog([path], as_of=TODAY), adaptation="prompting", hosting="own-cloud", routing="single"
    )
    assert works(found) == {"everything": 0.42}
    assert dict(head_counts(found, WORK, replace(ASSUMPTIONS, people_deviation=1.0)) or ()) == {"everything": 0.42}
