"""`within` in conditions: groups of the day, parts of countries, and words that a fact can never hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.policy.cel.expressions import Compiler, Condition, ExpressionError, Truth, cel_value

CATALOG = read_catalog((), as_of=date(2026, 11, 21))
PARAMETERS: dict[str, FactValue] = {
    "params.where": ("EU", "GB"), "params.home": "DE", "params.wrong": ("EU", "UK"), "params.days": 3.0,
    "params.states": ("US-CA",),
}  # fmt: skip
TYPES = {tuple: FactType.TEXTS, str: FactType.TEXT, float: FactType.NUMBER}
SPECS = {
    **REGISTRY,
    **{name: FactSpec(name, TYPES[type(value)], name, Origin.ORGANIZATION) for name, value in PARAMETERS.items()},
}  # fmt: skip
COMPILER = Compiler(SPECS, CATALOG.vocabularies, PARAMETERS, catalog=CATALOG)
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def truth_of(text: str, given: Mapping[str, FactValue], compiler: Compiler = COMPILER) -> Truth:
    compiled = compiler.compile(text)
    values = {**compiler.constants, **facts_from_values(given, CATALOG).values, **given}
    known = {name: cel_value(values[name]) for name in compiled.reads if name in values}
    return Condition(compiled.checked).evaluate(known)[0]


SUBJECTS = [
    ('within(data.subject_countries, "EU")', ("DE",), TRUE),
    ('within(data.subject_countries, "EU")', ("US",), FALSE),
    ('within(data.subject_countries, "EU")', ("US", "DE"), TRUE),
    ('within(data.subject_countries, "EU")', ("EU",), TRUE),
    ('within(data.subject_countries, "EU")', None, UNKNOWN),
    ('within(data.subject_countries, "GDPR-ADEQUATE")', ("GB",), TRUE),
    ('within(data.subject_countries, "GDPR-ADEQUATE")', ("US",), FALSE),
    ('within(data.subject_countries, "DE")', ("EU",), TRUE),
    ('within(data.subject_countries, ["CH", "EU"])', ("CH",), TRUE),
    ('within(data.subject_countries, ["CH", "EU"])', ("GB",), FALSE),
    ("within(data.subject_countries, params.where)", ("GB",), TRUE),
    ("within(data.subject_countries, params.where)", ("US",), FALSE),
    ("within(data.subject_countries, params.home)", ("DE",), TRUE),
    ('data.subject_countries.all(c, within(c, "EU"))', ("US", "DE"), FALSE),
    ('data.subject_countries.exists(c, within(c, "EU")) && !within("DE", "EEA")', ("DE",), FALSE),
    ('within(data.subject_countries.filter(c, c != "DE"), "EU")', ("DE",), FALSE),
    ('within(data.subject_places, "EU")', ("DE-BY",), TRUE),
    ('within(data.subject_places, "US-CA")', ("US-CA",), TRUE),
    ('within(data.subject_places, "US-CA")', ("US-NY",), FALSE),
    ('within(data.subject_places, "US-CA")', ("DE",), FALSE),
    ('within(data.subject_places, "US-CA")', ("US",), UNKNOWN),
    ('within(data.subject_places, "US-CA")', ("US-CA", "DE"), TRUE),
    ('within(data.subject_places, "US-NYC")', ("US-NYC",), TRUE),
    ('within(data.subject_places, "US-NYC")', ("US-NY",), UNKNOWN),
    ('within(data.subject_places, "US-NYC")', ("US",), UNKNOWN),
    ('within(data.subject_places, "US-NYC")', ("US-CA",), FALSE),
    ('within(data.subject_places, "US-NY")', ("US-NYC",), TRUE),
    ('within(data.subject_places, ["US-CA", "EU"])', ("US", "DE"), TRUE),
    ('within(data.subject_places, ["US-CA", "EU"])', ("US",), UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "regions", "truth"), SUBJECTS)
def test_places_lie_within_places(text: str, regions: tuple[str, ...] | None, truth: Truth) -> None:
    assert truth_of(text, {} if regions is None else {"data.subject_regions": regions}) is truth


def test_a_group_is_what_it_is_on_the_day() -> None:
    before = read_catalog((), as_of=date(2026, 1, 26))
    earlier = Compiler(SPECS, before.vocabularies, PARAMETERS, catalog=before)
    text, given = 'within(data.subject_countries, "GDPR-ADEQUATE")', {"data.subject_regions": ("BR",)}
    assert (truth_of(text, given, earlier), truth_of(text, given)) == (FALSE, TRUE)


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ('within(data.subject_countries, "EU")', (("data.subject_countries", True),)),
        ('!within(data.subject_countries, "EU")', (("data.subject_countries", False),)),
        ('!(data.personal && !within(data.subject_countries, "EU"))', (("data.subject_countries", True),)),
        ('data.personal ? within(option.regions, "EU") : false', (("option.regions", True),)),
        ('within(option.regions, "EU") == data.personal', (("option.regions", True), ("option.regions", False))),
        ('option.regions.all(c, within(c, "EU"))', ()),
        ('within(option.regions.filter(c, c != "DE"), "EU")', (("", True),)),
    ],
)
def test_a_list_is_told_with_the_side_on_which_it_stands(text: str, lists: tuple[tuple[str, bool], ...]) -> None:
    assert COMPILER.compile(text).some_within == lists


RAW = "holds places as they are written, groups among them"
REFUSED = [
    ('"EU" in data.subject_countries', "it holds countries; write `within(data.subject_countries, \"EU\")`"),
    ('"UK" in data.subject_countries', "is never `UK`; write `GB`"),
    ('"Germany" in option.regions', "is never `Germany`; write `DE`"),
    ('"Germny" in option.regions', "is never `Germny`; did you mean `DE`?"),
    ('"US-CA" in data.subject_countries', 'write `within(data.subject_places, "US-CA")`'),
    ('"US-CA" in data.subject_places', 'may be meant by its country too; write `within(data.subject_places, "US-CA")`'),
    ('data.subject_places.exists(p, within(p, "US-CA"))', 'tells parts apart: `within(data.subject_places, "US-CA")`'),
    ('within(option.regions, "US-CA")', 'tells parts apart: `within(data.subject_places, "US-CA")`'),
    ('"EU" in data.subject_regions', f'{RAW}; write `within(data.subject_countries, "EU")`'),
    ('"UK" in data.subject_regions', 'write `within(data.subject_countries, "GB")`'),
    ('"US-CA" in data.subject_regions', 'write `within(data.subject_places, "US-CA")`'),
    ('within(data.subject_regions, "US-CA")', 'write `within(data.subject_places, "US-CA")`'),
    ('data.subject_regions.exists(c, within(c, "EU"))', f"{RAW}; compare `data.subject_countries`"),
    ("option.regions.all(c, c in data.residency)", f"{RAW}; compare `data.residency_countries`"),
    ('data.residency == ["EU"]', 'write `within(data.residency_countries, "EU")`'),
    ('"any" in data.residency', "write `!data.residency_restricted` for `any`"),
    ("data.subject_countries.exists(c, c in params.where)", "write `within(data.subject_countries, params.where)`"),
    ("within(data.subject_countries, params.wrong)", "`params.wrong` holds `UK`"),
    ("within(data.subject_countries, params.states)", "takes a parameter of countries and groups"),
    ("within(data.subject_countries, data.residency)", "takes a place in quotes, a list of them or a parameter"),
    ('within(data.subject_countries, "Germany")', "unknown place `Germany`; write `DE`"),
    ('within(data.subject_countries, "Atlantis")', "unknown place `Atlantis`"),
    ('within(data.classes, "EU")', "`data.classes` holds no places"),
    ("within(data.subject_countries)", "write `within(PLACES, PLACE)`"),
    ('"personal" in data.classes', 'has kinds; write `"personal" in data.kinds`'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_a_fact_can_never_hold_is_refused_with_the_right_word(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile(text)
    assert message in str(caught.value)


def test_every_wrong_word_of_a_condition_is_told_at_once() -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile('"UK" in data.subject_countries || "EL" in option.regions')
    assert str(caught.value).count("is never") == 2


def test_a_class_without_kinds_is_compared_as_written() -> None:
    assert truth_of('"card-authentication" in data.classes', {"data.classes": ("card-authentication",)}) is TRUE


def test_conditions_without_a_catalog_have_no_places() -> None:
    with pytest.raises(ExpressionError, match="`within` needs the places of the catalog"):
        Compiler(REGISTRY, {}).compile('within(data.subject_countries, "EU")')
