"""Whom a feature takes while it runs: what entries may say, which ways they belong to, and how head counts are drawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from aipolicy.catalog.assumptions import HeadCount
from aipolicy.catalog.axes import KIND_TIERS, WORKS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import CatalogError

TODAY = date(2026, 11, 29)
DATES = "source: we, checked_on: 2026-11-01, effective_from: 2026-11-22, verified: true"


def with_own(tmp_path: Path, text: str) -> Catalog:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    return read_catalog([own], as_of=TODAY)


def total(catalog: Catalog, adaptation: str, hosting: str, tier: str = "small") -> float:
    return sum(each.engineers for each in catalog.people if each.belongs_to(adaptation, hosting, tier))


def test_every_way_of_building_takes_somebody_and_an_api_a_tenth_of_a_post(catalog: Catalog) -> None:
    assert all(total(catalog, *way) > 0.05 for way in catalog.efforts)
    assert total(catalog, "prompting", "provider-api") == pytest.approx(0.11)
    assert total(catalog, "rag", "provider-api") == pytest.approx(0.21)
    assert total(catalog, "prompting", "own-cloud") == pytest.approx(0.61)
    assert {each.work for each in catalog.people} == set(WORKS)


@pytest.mark.parametrize("tier", sorted(KIND_TIERS))
def test_a_model_that_is_told_nothing_takes_nobody_for_prompts_and_fewer_for_its_machines(
    catalog: Catalog, tier: str
) -> None:
    """Without the 0.03 of prompts; and 0.2 rather than 0.5 of a post for machines that embed, rerank or transcribe."""
    assert total(catalog, "prompting", "provider-api", tier) == pytest.approx(0.08)
    assert total(catalog, "prompting", "own-cloud", tier) == pytest.approx(0.28)
    assert total(catalog, "prompting", "on-premises", tier) == pytest.approx(0.48)


def test_a_model_of_no_known_class_takes_all_work_that_there_may_be(catalog: Catalog) -> None:
    entries = [each for each in catalog.people if each.tiers]
    assert entries
    assert all(each.belongs_to(*(each.adaptations or ("prompting",))[:1], *(each.hostings or ("own-cloud",))[:1], "")
               for each in entries)  # fmt: skip


def test_a_class_of_models_that_there_is_not_is_a_mistake_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="reranking"):
        with_own(tmp_path, f"people:\n  - {{id: x, work: prompts, engineers: 0.2, tiers: [reranking], {DATES}}}\n")


def test_every_shipped_head_count_has_a_range_around_it(catalog: Catalog) -> None:
    for each in catalog.people:
        assert each.low is not None, each.id
        assert each.high is not None, each.id
        assert 0.0 < each.low < each.engineers < each.high, each.id
        assert not each.dated.verified, "a judgement is not marked as read"


def test_an_own_head_count_replaces_the_shipped_one(tmp_path: Path) -> None:
    own = f"people:\n  - {{id: prompts, work: prompts, engineers: 0.2, {DATES}}}\n"
    found = with_own(tmp_path, own)
    prompts = next(each for each in found.people if each.id == "prompts")
    assert (prompts.engineers, prompts.low, prompts.dated.own) == (0.2, None, True)
    assert total(found, "prompting", "provider-api") == pytest.approx(0.28)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("engineers: 0.2, low: 0.1", "`low` and `high` are stated together or not at all"),
        ("engineers: 0.2, low: 0.3, high: 0.4", "`engineers` 0.2 must lie between `low` 0.3 and `high` 0.4"),
        ("engineers: 0.2, low: 0, high: 0.4", "`low` must be more than 0"),
        ("engineers: 0.2, adaptations: [promting]", "did you mean `prompting`"),
        ("engineers: 0.2, hostings: [cloud]", "`cloud` is not one of `provider-api`"),
        ("engineers: 0.2, shared: true", "unknown key `shared`"),
        ("low: 0.1, high: 0.2", "missing key `engineers`"),
    ],
)
def test_a_slip_is_told_at_its_line(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(CatalogError) as raised:
        with_own(tmp_path, f"people:\n  - {{id: own, work: prompts, {entry}, {DATES}}}\n")
    assert message in str(raised.value)


def test_a_draw_of_few_and_of_many_people_is_the_range(catalog: Catalog) -> None:
    each: HeadCount = catalog.people[0]
    assert each.at(-1.0) == pytest.approx(each.low)
    assert each.at(0.0) == each.engineers
    assert each.at(1.0) == pytest.approx(each.high)
    drawn = each.at(np.array([-1.0, 0.0, 1.0]))  # type: ignore[arg-type]
    assert list(drawn) == pytest.approx([each.low, each.engineers, each.high])  # type: ignore[call-overload]
