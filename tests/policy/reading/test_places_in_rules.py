"""Places in rules: which side of a rule a list may stand on, what examples give, and the groups of the day."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError
from aipolicy.evaluation.evaluation import with_places_of_day
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

HEAD = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: '1'}
parameters:
- {name: where, type: texts, default: [EU, GB], description: d, source: s}
variables:
- {name: in_union, expression: 'within(data.subject_countries, "EU")'}
rules:
"""
AT_LEAST = "is too little here"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


def load(catalog: Catalog, overrides: dict[str, object] | None = None, **changes: str) -> PolicyPack:
    rule = {"id": "T-001", "name": "t", "title": "T", "kind": "duty", "severity": "error", "message": "m", **changes}
    text = HEAD + "- " + "\n  ".join(f"{key}: {value}" for key, value in rule.items()) + "\n"
    return load_packs([PackFiles("p.yaml", (("p.yaml", text.encode()),))], catalog, overrides or {})[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"require": "'within(data.subject_countries, \"EU\")'"}, AT_LEAST),
        ({"when": "'!variables.in_union'", "require": "data.minimized"}, AT_LEAST),
        ({"require": "variables.in_union || data.minimized"}, AT_LEAST),
        ({"when": "variables.in_union", "require": "data.minimized",
          "tests": "[{name: n, given: {data.subject_countries: [EU]}, expect: undetermined}]"},
         "is never `EU`, it holds countries; give `data.subject_regions: [EU]`"),
        ({"when": "variables.in_union", "require": "data.minimized",
          "tests": "[{name: n, given: {data.subject_regions: [UK, Atlantis]}, expect: undetermined}]"},
         "`data.subject_regions` is never `Atlantis`"),
    ],
)  # fmt: skip
def test_a_place_in_the_wrong_place_is_a_mistake(catalog: Catalog, changes: dict[str, str], message: str) -> None:
    with pytest.raises(AipolicyError) as caught:
        load(catalog, **changes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"when": "variables.in_union", "require": "data.minimized"},
        {"require": "'!within(data.subject_countries, \"RU\")'"},
        {"require": "'option.regions.all(c, within(c, \"EU\"))'"},
        {"when": "within(data.subject_countries, params.where)", "require": "data.minimized"},
    ],
)
def test_a_place_in_its_place_is_none(catalog: Catalog, changes: dict[str, str]) -> None:
    assert load(catalog, **changes).rules


def test_a_word_that_is_no_place_is_refused_where_an_organisation_sets_it(catalog: Catalog) -> None:
    with pytest.raises(AipolicyError, match=r"`params.where` holds `Germany`; .*; write `DE`"):
        load(catalog, {"p.where": ["Germany"]}, when="within(data.subject_countries, params.where)", require="'false'")


def test_a_rule_knows_the_groups_of_each_day(catalog: Catalog) -> None:
    pack = load(catalog, when="'within(data.subject_countries, \"GDPR-ADEQUATE\")'", require="data.minimized")
    earlier = with_places_of_day(pack.rules[0], read_catalog((), as_of=date(2026, 1, 26)))
    assert [("BR" in rule.parameters["places.GDPR_ADEQUATE"]) for rule in (pack.rules[0], earlier)] == [True, False]  # type: ignore[operator]
    assert with_places_of_day(pack.rules[0], catalog) is pack.rules[0]


def test_countries_of_a_parameter_follow_the_parameter(catalog: Catalog) -> None:
    kept = {"when": "within(data.subject_countries, params.where)", "require": "data.minimized"}
    rule = load(catalog, {"p.where": ["CH"]}, **kept).rules[0]
    assert rule.parameters == {"params.where": ("CH",), "places.of.where": ("CH",)}
