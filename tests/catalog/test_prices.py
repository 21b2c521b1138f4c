"""Prices: what an entry may say, which of several holds, and what an organisation's own file changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.axes import KIND_TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import catalog_documents, read_catalog
from aipolicy.catalog.price_entries import RATES, usd_name
from aipolicy.catalog.prices import OUTPUT_MODES, Price, price_of
from aipolicy.errors import CatalogError, Problems
from aipolicy.files.shipped import catalog_paths
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.plan import plan_legs
from aipolicy.source.document import Document

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 21)
DATED = "source: s, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"
RATE = "exchange_rates:\n- {currency: EUR, usd: 1.25, " + DATED + "}\n"


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, ...]:
    return catalog_documents([(path.name, path.read_bytes()) for path in map(Path, catalog_paths())])


With = Callable[..., Catalog]


@pytest.fixture
def with_own(shipped: tuple[Document, ...]) -> With:
    """Return a validated catalog of the shipped files and own ones."""

    def build(*texts: str, as_of: date = TODAY) -> Catalog:
        files = [(f"own{number}.yaml", text.encode()) for number, text in enumerate(texts)]
        catalog = Catalog(shipped + catalog_documents(files), as_of)
        catalog.validate()
        return catalog

    return build


def entry(fields: str, *, region: str = "au", currency: str = "USD", since: str = "2026-11-01") -> str:
    """Return a price of gpt-4o-mini at OpenAI, where the shipped file has none for the region `au`."""
    place = f"provider: openai, model: gpt-4o-mini, region: {region}, currency: {currency}"
    return f"- {{{place}, {fields}, {DATED.replace('effective_from: 2026-11-01', f'effective_from: {since}')}}}\n"


def own_price(catalog: Catalog, region: str = "au") -> Price:
    """Return the price of gpt-4o-mini in a region."""
    found = price_of(catalog.price_index, "openai", "gpt-4o-mini", region)
    assert found is not None
    return found


def astra(amounts: str) -> str:
    """Return a price of gpt-6-astra at OpenAI in the region `us`, which the shipped file lists at 11 and 55 USD."""
    return f"prices:\n- {{provider: openai, model: gpt-6-astra, region: us, currency: USD, {amounts}, {DATED}}}\n"


FAR_OFF = {
    "input_per_mtok: 1.1e-5, output_per_mtok: 5.5e-5": (
        "`input_per_mtok` comes to 1.1e-05 USD per million tokens, less than 0.001",
        "`output_per_mtok` comes to 5.5e-05 USD per million tokens, less than 0.001",
    ),
    "input_per_mtok: 0.05, output_per_mtok: 55": (
        "`input_per_mtok` comes to 0.05 USD, 220 times below the 11 USD of the price that it replaces",
    ),
    "input_per_mtok: 11, output_per_mtok: 5500": (
        "`output_per_mtok` comes to 5500 USD, 100 times above the 55 USD of the price that it replaces",
    ),
    "input_per_mtok: 0.12, output_per_mtok: 5400": (),
    "input_per_mtok: 11, output_per_mtok: 55, long_context: {above_input_tokens: 9, input_per_mtok: 1.1e-5}": (
        "`long_context.input_per_mtok` comes to 1.1e-05 USD per million tokens",
    ),
    "input_per_mtok: 0, output_per_mtok: 55, free: true": (),
    "input_per_mtok: 0.05, output_per_mtok: 55, far_off_because: sold below cost until March": (),
    "input_per_mtok: 0.05, output_per_mtok: 55, far_off_because: ' '": ("`far_off_because` is empty",),
}  # fmt: skip


@pytest.mark.parametrize("amounts", FAR_OFF)
def test_an_own_price_far_from_the_one_it_replaces_or_nearly_nothing_is_refused(amounts: str, with_own: With) -> None:
    messages = FAR_OFF[amounts]
    if not messages:
        with_own(astra(amounts))
        return
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(astra(amounts))
    told = str(caught.value).splitlines()
    assert all(any(message in line for line in told) for message in messages), told


def test_an_own_price_that_replaces_none_is_refused_only_where_it_is_nearly_nothing(with_own: With) -> None:
    with_own("prices:\n" + entry("input_per_mtok: 900, output_per_mtok: 900"))
    with pytest.raises(CatalogError, match=r"less than 0\.001"):
        with_own("prices:\n" + entry("input_per_mtok: 0.0009, output_per_mtok: 900"))


def test_every_amount_of_an_entry_becomes_usd_under_its_name(with_own: With) -> None:
    fields = {key: n for n, key in enumerate(RATES, start=100)} | {"input_per_mtok": 900, "output_per_mtok": 900}
    written = ", ".join(f"{key}: {amount}" for key, amount in fields.items())
    tier = "long_context: {above_input_tokens: 200000, input_per_mtok: 40, output_per_mtok: 80}"
    found = own_price(with_own("prices:\n" + entry(f"{written}, {tier}")))
    assert {key: getattr(found, usd_name(key)) for key in RATES} == fields
    assert found.long_context is not None
    assert (found.long_context.above_input_tokens, found.long_context.output_usd_per_mtok) == (200_000, 80)
    assert found.long_context.cached_input_usd_per_mtok is None


def test_dates_and_package_of_a_price_can_be_asked_for(catalog: Catalog) -> None:
    found = price_of(catalog.price_index, "openai", "gpt-4o", "global")
    assert found is not None
    assert found.source_package is not None
    assert (found.checked_on, found.retrieved_on, found.source_package.name) == (TODAY, TODAY, "litellm")


def test_a_price_in_another_currency_is_converted_with_the_rate_in_force(with_own: With) -> None:
    later = RATE.replace("1.25", "2").replace("effective_from: 2026-11-01", "effective_from: 2027-01-01")
    rates = RATE + later.removeprefix("exchange_rates:\n")
    prices = "prices:\n" + entry("input_per_mtok: 4", currency="EUR")
    found = own_price(with_own(rates + prices))
    assert (found.input_usd_per_mtok, found.currency, found.output_usd_per_mtok) == (5, "EUR", None)
    assert found.exchange_rate is not None
    assert found.exchange_rate.usd == 1.25
    assert own_price(with_own(rates + prices, as_of=date(2027, 2, 1))).input_usd_per_mtok == 8


def test_rate_and_price_may_stand_in_different_files_in_either_order(with_own: With) -> None:
    files = (RATE, "prices:\n" + entry("input_per_mtok: 4", currency="EUR"))
    assert own_price(with_own(*files)) == own_price(with_own(*reversed(files)))


def test_a_discount_is_taken_off_every_amount(with_own: With) -> None:
    tier = "long_context: {above_input_tokens: 1000, input_per_mtok: 20}"
    text = "prices:\n" + entry(f"input_per_mtok: 10, output_per_mtok: 40, discount_percent: 25, {tier}")
    found = own_price(with_own(text))
    assert (found.input_usd_per_mtok, found.output_usd_per_mtok, found.discount_percent) == (7.5, 30, 25)
    assert found.long_context is not None
    assert found.long_context.input_usd_per_mtok == 15


REFUSED = (
    ("input_per_mtok: -1", "`input_per_mtok` must be at least 0, found -1"),
    ("input_per_mtok: 0", "`input_per_mtok` is 0; leave out what is unknown, or write `free: true`"),
    ("free: true, input_per_mtok: 1", "`free` is true but no price is 0"),
    ("input_per_mtok: '1'", "`input_per_mtok` must be a number, found text"),
    ("input_usd_per_mtok: 1", "unknown key `input_usd_per_mtok`; did you mean `input_per_mtok`?"),
    ("input_per_mtok: 1, cached_input_per_mtok: 2", "`cached_input_per_mtok` must be at most `input_per_mtok` (1), found 2"),
    ("output_per_mtok: 1, batch_output_per_mtok: 2", "`batch_output_per_mtok` must be at most `output_per_mtok`"),
    ("mode: embedding, output_per_mtok: 1", "output is not charged in mode `embedding`; remove `output_per_mtok`"),
    ("mode: embeding", "`embeding` is not one of `chat`, `embedding`"),
    ("discount_percent: 100", "`discount_percent` must be less than 100, found 100"),
    ("long_context: {input_per_mtok: 1}", "missing key `above_input_tokens`"),
    ("long_context: {above_input_tokens: 0}", "`above_input_tokens` must be more than 0"),
    ("long_context: {above_input_tokens: 9, input_per_mtok: 0}", "`input_per_mtok` is 0"),
    ("long_context: {above_input_tokens: 9, input: 1}", "unknown key `input`"),
    ("source_package: {name: litellm}", "missing key `version`"),
    ("deprecation_date: soon", "`deprecation_date` must be a day as YYYY-MM-DD, found `soon`"),
)  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), REFUSED, ids=[fields[:40] for fields, _ in REFUSED])
def test_a_wrong_price_is_told_at_its_line(fields: str, message: str, with_own: With) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own("prices:\n" + entry(fields))
    lines = str(caught.value).splitlines()
    assert any(line.startswith("own0.yaml:2:") and message in line for line in lines), lines


NO_RATE = (
    ("EUR", "no exchange rate for `EUR` in force on 2026-11-21; add `exchange_rates: [{currency: EUR, usd: …"),
    ("EURO", "unknown currency `EURO`; did you mean `EUR`?"),
    ("eur", "unknown currency `eur`; did you mean `EUR`?"),
)


@pytest.mark.parametrize(("currency", "message"), NO_RATE)
def test_a_currency_without_a_rate_is_told_with_what_to_add(currency: str, message: str, with_own: With) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own("prices:\n" + entry("input_per_mtok: 1", currency=currency))
    assert message in str(caught.value)


def test_a_rate_that_has_not_begun_does_not_convert_a_price_that_has(with_own: With) -> None:
    rate = RATE.replace("effective_from: 2026-11-01", "effective_from: 2026-12-01")
    begun = "prices:\n" + entry("input_per_mtok: 1", currency="EUR")
    with pytest.raises(CatalogError, match="no exchange rate for `EUR` in force on 2026-11-21"):
        with_own(rate + begun)
    later = "prices:\n" + entry("input_per_mtok: 1", currency="EUR", since="2026-12-01")
    assert price_of(with_own(rate + later).price_index, "openai", "gpt-4o-mini", "au") is None


@pytest.mark.parametrize(
    ("rate", "message"),
    [("currency: USD, usd: 1", "`USD` needs no exchange rate"), ("currency: EUR, usd: 0", "`usd` must be more than 0"),
     ("currency: EUR", "missing key `usd`"), ("currency: XXX, usd: 1", "unknown currency `XXX`")],
)  # fmt: skip
def test_a_wrong_exchange_rate_is_refused(rate: str, message: str, with_own: With) -> None:
    with pytest.raises((CatalogError, Problems), match=message):
        with_own(f"exchange_rates:\n- {{{rate}, {DATED}}}")


def test_two_entries_of_one_price_and_day_in_a_file_are_a_mistake(with_own: With) -> None:
    with pytest.raises(CatalogError, match=r"own0\.yaml:3:3: a second price of `openai`, `gpt-4o-mini`, `au`, `chat`"):
        with_own("prices:\n" + entry("input_per_mtok: 1") + entry("input_per_mtok: 2"))


def test_the_day_picks_between_two_entries_of_one_price(with_own: With) -> None:
    old, new = entry("input_per_mtok: 2", since="2026-01-01"), entry("input_per_mtok: 1", since="2026-06-01")
    for text in ("prices:\n" + old + new, "prices:\n" + new + old):
        held = {day: own_price(with_own(text, as_of=day)).input_usd_per_mtok for day in (date(2026, 5, 31), TODAY)}
        assert held == {date(2026, 5, 31): 2, TODAY: 1}
        assert price_of(with_own(text, as_of=date(2025, 12, 31)).price_index, "openai", "gpt-4o-mini", "au") is None


def test_an_own_price_wins_over_a_shipped_one_of_a_later_day(with_own: With) -> None:
    catalog = with_own("prices:\n" + entry("input_per_mtok: 7", region="global", since="2026-01-01"))
    assert own_price(catalog, "global").input_usd_per_mtok == 7


def test_an_own_price_for_any_region_wins_over_the_shipped_ones_of_every_region(with_own: With) -> None:
    catalog = with_own("prices:\n" + entry("input_per_mtok: 7", region="any", since="2026-01-01"))
    assert {own_price(catalog, region).input_usd_per_mtok for region in ("global", "eu", "us")} == {7}


def test_an_own_price_that_has_not_begun_leaves_the_shipped_one(with_own: With) -> None:
    catalog = with_own("prices:\n" + entry("input_per_mtok: 7", region="any", since="2027-01-01"))
    assert own_price(catalog, "global").input_usd_per_mtok == 0.15


def test_the_price_of_the_region_comes_before_that_of_any_region(with_own: With) -> None:
    text = entry("input_per_mtok: 5", region="any") + entry("input_per_mtok: 6", region="eu")
    catalog = with_own("prices:\n" + text)
    assert (own_price(catalog, "eu").input_usd_per_mtok, own_price(catalog, "us").input_usd_per_mtok) == (6, 5)


def test_a_price_of_another_mode_is_not_taken(catalog: Catalog) -> None:
    assert price_of(catalog.price_index, "openai", "text-embedding-3-small", "eu", "chat") is None
    assert price_of(catalog.price_index, "openai", "text-embedding-3-small", "eu", "embedding") is not None
    assert price_of(catalog.price_index, "openai", "gpt-4o", "nowhere") is None


def test_shipped_prices_are_positive_or_said_to_be_free(catalog: Catalog) -> None:
    for price in catalog.prices:
        amounts = [amount for key in RATES if (amount := getattr(price, usd_name(key))) is not None]
        assert amounts, price
        assert min(amounts) > 0 or price.free, price
        assert price.currency == "USD"


def test_every_shipped_chat_price_charges_output_and_no_other_does(catalog: Catalog) -> None:
    assert {price.mode for price in catalog.prices} >= {"chat", "embedding", "rerank", "moderation"}
    for price in catalog.prices:
        assert (price.output_usd_per_mtok is not None) == (price.mode in OUTPUT_MODES) == price.charges_output


def test_a_long_request_never_costs_less_a_token(catalog: Catalog) -> None:
    tiers = [(price, price.long_context) for price in catalog.prices if price.long_context is not None]
    assert len(tiers) > 20
    for price, tier in tiers:
        assert (tier.input_usd_per_mtok or 0) >= (price.input_usd_per_mtok or 0)
        assert (tier.output_usd_per_mtok or 0) >= (price.output_usd_per_mtok or 0)


def test_the_premium_of_a_region_is_in_its_price(catalog: Catalog) -> None:
    base, eu = (price_of(catalog.price_index, "openai", "gpt-6-astra", region) for region in ("global", "eu"))
    assert base is not None
    assert eu is not None
    assert eu.input_usd_per_mtok == pytest.approx(1.1 * (base.input_usd_per_mtok or 0))


def test_models_that_only_help_are_no_options(catalog: Catalog, with_own: With) -> None:
    helpers = {model.id for model in catalog.models.values() if not model.answers}
    assert "omni-moderation-2024-09-26" in helpers
    assert not {"text-embedding-3-small", "rerank-v3.5", "whisper-large-v3"} & helpers
    offered = "provider: openai, model: omni-moderation-2024-09-26, regions: [eu], adaptations: [prompting]"
    own = with_own(f"offerings:\n- {{{offered}, {DATED}}}\n")
    options = candidate_legs(own, Organization())
    assert not {leg.model.id for option in options for leg in option.legs} & helpers
    assert not set(own.vocabulary("model")) & helpers


def test_a_plan_that_names_a_model_that_only_helps_is_told_so(catalog: Catalog) -> None:
    plan = {"plan.model": "omni-moderation-2024-09-26"}
    found = plan_legs(plan, plan, catalog, Organization())
    assert [problem.fact for problem in found.problems] == ["plan.model"]
    assert "is of the kind `moderation` and answers nothing" in found.problems[0].message
    assert found.mains[0].leg.model.tier == ""


def test_the_examples_of_the_page_on_prices_are_valid_and_hold(with_own: With) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "prices.md").read_text(encoding="utf-8"), re.DOTALL)
    catalog = with_own(*blocks)
    found = price_of(catalog.price_index, "mistral", "mistral-small-2603", "eu")
    assert len(blocks) == 2
    assert found is not None
    assert found.input_usd_per_mtok == pytest.approx(0.14 * 0.9 * 1.08)


@given(st.dictionaries(st.sampled_from(RATES[:2]), st.floats(0.2, 1e6), min_size=1), st.floats(0.01, 100))
def test_conversion_is_linear_in_the_rate(amounts: dict[str, float], usd: float) -> None:
    written = ", ".join(f"{key}: {amount!r}" for key, amount in amounts.items())
    text = RATE.replace("1.25", repr(usd)) + "prices:\n" + entry(written, currency="EUR")
    catalog = Catalog(catalog_documents([("own.yaml", text.encode())]), TODAY)
    for key, amount in amounts.items():
        assert getattr(catalog.prices[0], usd_name(key)) == pytest.approx(amount * usd)


def test_shipped_prices_are_the_same_whatever_the_order_of_asking() -> None:
    first, second = (read_catalog((), as_of=TODAY) for _ in range(2))
    assert first.exchange_rates == {}
    assert second.price_index.keys() == first.price_index.keys()
    assert first.prices == second.prices


@pytest.mark.parametrize(
    ("sold", "usd_per_hour"), [("per_audio_minute: 0.006", 0.36), ("per_audio_hour: 0.111", 0.111)]
)
def test_a_recording_is_priced_as_it_is_sold(with_own: With, sold: str, usd_per_hour: float) -> None:
    own = with_own("prices:\n" + entry(f"{sold}, mode: transcription"))
    found = own_price(own)
    assert found.usd_per_audio_hour == pytest.approx(usd_per_hour)


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ("per_audio_minute: 0.006, per_audio_hour: 0.36", "say the same; state the one that is sold"),
        ("per_audio_minute: 0", "`per_audio_minute` is 0"),
        ("per_thousand_requests: 2, documents_per_request: 0", "`documents_per_request`"),
    ],
)
def test_a_price_of_recordings_or_documents_that_contradicts_itself_is_told(
    with_own: With, amounts: str, message: str
) -> None:
    with pytest.raises((CatalogError, Problems), match=message):
        with_own("prices:\n" + entry(f"{amounts}, mode: transcription"))


def test_what_orders_documents_says_how_many_are_one_request(catalog: Catalog) -> None:
    """Cohere and Amazon count a query with up to 100 documents; https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-pricing.html."""
    sold = [price for price in catalog.prices if price.mode == "rerank" and price.usd_per_thousand_requests is not None]
    assert {price.documents_per_request for price in sold} == {100.0}


@pytest.mark.parametrize("kind", sorted(KIND_TIERS))
def test_every_kind_of_model_is_sold_by_several_and_priced_wherever_it_is(catalog: Catalog, kind: str) -> None:
    offered = [each for each in catalog.offerings if catalog.models[each.model].tier == kind]
    assert len({each.provider for each in offered}) >= 4
    for each in offered:
        for region in each.regions:
            assert price_of(catalog.price_index, each.provider, each.model, region) is not None, (each.model, region)


def test_no_price_names_a_place_in_which_its_model_is_not_sold(catalog: Catalog) -> None:
    """Amazon Rerank 1.0 had a price in us-east-1, where only Rerank 3.5 is sold; https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html."""
    sold = {(each.provider, each.model, region) for each in catalog.offerings for region in each.regions}
    named = {(each.provider, each.model, each.region) for each in catalog.prices if each.mode != "moderation"}
    assert {place for place in named if place[2] != "any"} <= sold


def test_who_offers_to_tune_says_what_training_and_the_tuned_model_cost() -> None:
    catalog = read_catalog([], as_of=date(2026, 12, 1))
    sold = [
        (offering.provider, offering.model, region)
        for offering in catalog.offerings
        if "fine-tuning" in offering.adaptations
        for region in offering.regions
    ]
    priced = {place: price_of(catalog.price_index, *place) for place in sold}
    assert priced
    assert [
        place
        for place, price in priced.items()
        if price is None or price.training_usd_per_mtok is None or price.tuned_input_usd_per_mtok is None
    ] == []
