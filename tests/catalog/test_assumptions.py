"""Constants of cost estimates: a closed list, each within its bounds, and an organisation's own value wins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog import catalog as catalog_parts
from aipolicy.catalog.assumptions import UNITS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import catalog_documents
from aipolicy.errors import CatalogError, Problems
from aipolicy.files.shipped import catalog_paths
from aipolicy.options import bill_reader, cost_assumptions
from aipolicy.options import uncertain_inputs as drivers
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import OfferedLegs, candidate_legs, own_adaptations
from aipolicy.source.document import Document
from aipolicy.value import fields

TODAY = date(2026, 11, 21)
DATED = "source: s, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"

Own = Callable[..., Catalog]


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, ...]:
    """Return the shipped files that hold assumptions."""
    paths = [path for path in map(Path, catalog_paths()) if path.name == "assumptions.yaml"]
    return catalog_documents([(path.name, path.read_bytes()) for path in paths])


@pytest.fixture(scope="module")
def with_own(shipped: tuple[Document, ...]) -> Own:
    """Return a catalog of the shipped assumptions and own files."""

    def build(*texts: str, as_of: date = TODAY) -> Catalog:
        own = catalog_documents([(f"own{n}.yaml", text.encode()) for n, text in enumerate(texts, 1)])
        return Catalog(shipped + own, as_of)

    return build


def entry(id_: str, unit: str, value: float | str, more: str = "", since: str = "2026-11-01") -> str:
    """Return an own file with one assumption."""
    dated = DATED.replace("effective_from: 2026-11-01", f"effective_from: {since}")
    return f"assumptions:\n- {{id: {id_}, unit: {unit}, value: {value}, {more}{dated}}}\n"


def test_every_constant_is_shipped_once_with_a_meaning(shipped: tuple[Document, ...], catalog: Catalog) -> None:
    assert set(catalog.assumptions) == set(UNITS)
    (document,) = shipped
    assert isinstance(document.value, dict)
    assert len(document.value["assumptions"]) == len(UNITS)
    assert all(assumption.meaning for assumption in catalog.assumptions.values())


def test_what_was_not_read_says_so(catalog: Catalog) -> None:
    for assumption in catalog.assumptions.values():
        if "rule of thumb" in assumption.dated.source:
            assert not assumption.dated.verified, assumption.id
        if not assumption.dated.verified:
            assert assumption.dated.note or assumption.dated.source, assumption.id


def test_no_constant_is_stated_that_nothing_reads() -> None:
    read = "".join(
        Path(module.__file__ or "").read_text() for module in (cost_assumptions, drivers, bill_reader, catalog_parts)
    )
    assert [id_ for id_ in UNITS if f'"{id_}"' not in read] == []


def test_every_field_of_the_estimates_is_a_constant_or_a_factor(catalog: Catalog) -> None:
    constants = cost_assumptions.cost_assumptions(catalog)
    for field in fields(constants):
        value = getattr(constants, field)
        if field.endswith("_factor"):
            assert value == 1.0


def test_the_price_of_embedding_is_that_of_the_catalog(catalog: Catalog) -> None:
    lowest: dict[tuple[str, str], float] = {}
    for price in catalog.prices:
        if price.mode == "embedding" and price.input_usd_per_mtok is not None:
            key = (price.provider, price.model)
            lowest[key] = min(price.input_usd_per_mtok, lowest.get(key, price.input_usd_per_mtok))
    tenths = quantiles(lowest.values(), n=10, method="inclusive")
    stated = catalog.assumptions["embedding-price"]
    assert (stated.low, stated.value, stated.high) == pytest.approx((tenths[0], tenths[4], tenths[8]), rel=0.15)


REFUSED = (
    (entry("loaded-staf-year", "USD/year", 1),
     "own1.yaml:2:8: unknown assumption `loaded-staf-year`; did you mean `loaded-staff-year`?"),
    (entry("loaded-staff-year", "USD/month", 190000), "`loaded-staff-year` is stated in `USD/year`, found `USD/month`"),
    (f"assumptions:\n- {{id: loaded-staff-year, value: 190000, {DATED}}}", "own1.yaml:2:3: missing key `unit`"),
    (f"assumptions:\n- {{unit: USD/year, value: 1, {DATED}}}", "own1.yaml:2:3: missing key `id`"),
    (f"assumptions:\n- {{id: loaded-staff-year, unit: USD/year, {DATED}}}", "own1.yaml:2:3: missing key `value`"),
    (entry("retry-share", "share", -0.1), "`value` must be at least 0, found -0.1"),
    (entry("retry-share", "share", 1.1), "`value` of `retry-share` is a share, at most 1, found 1.1"),
    (entry("retry-share", "share", 0.5, "low: 0.1, high: 2, "), "`high` of `retry-share` is a share, at most 1, found 2"),
    (entry("retry-share", "share", 0.5, "low: 0.1, "), "`low` and `high` are stated together or not at all"),
    (entry("retry-share", "share", 0.5, "high: 0.6, "), "`low` and `high` are stated together or not at all"),
    (entry("retry-share", "share", 0.5, "low: 0.6, high: 0.7, "),
     "`value` 0.5 must lie between `low` 0.6 and `high` 0.7"),
    (entry("retry-share", "share", 0.5, "low: -1, high: 0.7, "), "`low` must be at least 0, found -1"),
    (entry("target-utilisation", "share", 0), "`value` of `target-utilisation` must be more than 0"),
    (entry("amortisation-years", "years", 4, "low: 0, high: 5, "), "`low` of `amortisation-years` must be more than 0"),
    (entry("power-usage-effectiveness", "factor", 0.9), "`power-usage-effectiveness` must be at least 1, found 0.9"),
    (entry("spare-replicas", "replicas", 0.5), "`value` of `spare-replicas` must be a whole number, found 0.5"),
    (entry("retry-share", "share", "some"), "`value` must be a number, found text"),
    (entry("retry-share", "share", ".inf"), "not a finite number"),
    (entry("retry-share", "share", 0.1, "lo: 0.1, "), "unknown key `lo`; did you mean `low`?"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_mistake_is_told_once_at_its_line(text: str, message: str, with_own: Own) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        _ = with_own(text).assumptions
    (line,) = str(caught.value).splitlines()
    assert line.startswith("own1.yaml:2:")
    assert message in line


@pytest.mark.parametrize("since", ["1990-01-01", "2026-01-01", "2026-11-21"])
def test_an_own_value_wins_whatever_date_the_shipped_one_has(since: str, with_own: Own) -> None:
    catalog = with_own(entry("loaded-staff-year", "USD/year", 123456, since=since))
    assert catalog.assumptions["loaded-staff-year"].value == 123456.0
    assert catalog.assumptions["loaded-staff-year"].low is None


def test_an_own_value_of_the_future_waits_for_its_day(with_own: Own) -> None:
    text = entry("loaded-staff-year", "USD/year", 123456, since="2026-12-01")
    assert with_own(text).assumptions["loaded-staff-year"].value == 200000.0
    assert with_own(text, as_of=date(2026, 12, 1)).assumptions["loaded-staff-year"].value == 123456.0


def test_the_example_in_the_documentation_is_a_valid_own_file(with_own: Own) -> None:
    page = (Path(__file__).parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert with_own(example).assumptions["loaded-staff-year"].dated.source.startswith("controlling")


def test_of_two_own_files_the_one_that_is_read_later_wins(with_own: Own) -> None:
    first, second = (entry("spare-replicas", "replicas", n, since=f"2026-0{n}-01") for n in (3, 2))
    assert with_own(first, second).assumptions["spare-replicas"].value == 2.0


def test_within_an_own_file_the_newest_value_that_has_begun_holds(with_own: Own) -> None:
    old, new = (entry("spare-replicas", "replicas", n, since=f"2026-0{n}-01") for n in (2, 3))
    text = new + old.removeprefix("assumptions:\n")
    assert with_own(text).assumptions["spare-replicas"].value == 3.0
    assert with_own(text, as_of=date(2026, 2, 15)).assumptions["spare-replicas"].value == 2.0


SHARES = sorted(id_ for id_, unit in UNITS.items() if unit == "share")


@given(id_=st.sampled_from(SHARES), value=st.floats(0.001, 1.0), room=st.floats(0.0, 1.0))
def test_a_share_within_its_range_is_read_as_it_stands(id_: str, value: float, room: float) -> None:
    low, high = value * room, value + (1.0 - value) * room
    low = max(low, 1e-6)
    document = catalog_documents([("own.yaml", entry(id_, "share", value, f"low: {low}, high: {high}, ").encode())])
    read = Catalog(document, TODAY).assumptions[id_]
    assert (read.value, read.low, read.high) == (value, low, high)


def test_units_are_words_that_can_be_written_without_quotes() -> None:
    assert all(re.fullmatch(r"[A-Za-z/]+", unit) for unit in UNITS.values())


def test_every_option_has_an_effort(catalog: Catalog) -> None:
    organization = Organization()
    legs = OfferedLegs(catalog, organization)
    named = {(a, leg.hosting) for leg, adaptations in legs.api(every_region=True) for a in adaptations}
    named |= {(a, leg.hosting) for leg in legs.own(every_region=True) for a in own_adaptations(leg)}
    named |= {(option.adaptation, option.hosting) for option in candidate_legs(catalog, organization)}
    assert len(named) > 10
    assert sorted(named - set(catalog.efforts)) == []


def test_every_effort_says_what_it_takes_to_build(catalog: Catalog) -> None:
    for effort in catalog.efforts.values():
        assert effort.build_weeks is not None, (effort.adaptation, effort.hosting)
        assert effort.build_weeks > 0.0


HOSTINGS_BY_EFFORT = ("provider-api", "own-cloud", "on-premises")


@pytest.mark.parametrize("adaptation", ["prompting", "rag", "fine-tuning", "classical-ml", "training-from-scratch"])
def test_nearer_hosting_never_takes_less(adaptation: str, catalog: Catalog) -> None:
    efforts = [catalog.efforts[adaptation, h] for h in HOSTINGS_BY_EFFORT if (adaptation, h) in catalog.efforts]
    for attribute in ("ml_engineers", "lead_time_weeks", "build_weeks"):
        values = [getattr(effort, attribute) for effort in efforts]
        assert values == sorted(values), attribute


@pytest.mark.parametrize("hosting", ["provider-api", "own-cloud", "on-premises", "on-device"])
def test_adapting_further_never_takes_less_than_prompting(hosting: str, catalog: Catalog) -> None:
    for adaptation in ("rag", "fine-tuning"):
        for attribute in ("ml_engineers", "lead_time_weeks", "build_weeks"):
            least, more = (getattr(catalog.efforts[a, hosting], attribute) for a in ("prompting", adaptation))
            assert more >= least, (adaptation, attribute)
