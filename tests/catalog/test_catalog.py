"""The catalog: dated, sourced, checked against itself, and what an organisation adds or replaces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from aipolicy.catalog.axes import KIND_TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.entries import Dated, in_force
from aipolicy.catalog.load import catalog_documents, read_catalog
from aipolicy.catalog.references import SECTIONS
from aipolicy.errors import CatalogError, Problems
from aipolicy.files.shipped import catalog_paths
from aipolicy.source.document import Document

TODAY = date(2026, 11, 21)
LAST_CHECKED = date(2026, 12, 1)
"""The day on which something of the catalog was looked at last."""
DATED = "source: s, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"
STAFF = "id: loaded-staff-year, unit: USD/year"


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, ...]:
    return catalog_documents([(path.name, path.read_bytes()) for path in map(Path, catalog_paths())])


With = Callable[..., Catalog]


@pytest.fixture
def with_own(shipped: tuple[Document, ...]) -> With:
    """Return a catalog of the shipped files and one more, validated."""

    def build(text: str, as_of: date = TODAY) -> Catalog:
        catalog = Catalog(shipped + catalog_documents([("own.yaml", text.encode())]), as_of)
        catalog.validate()
        return catalog

    return build


def test_every_shipped_entry_has_a_source_and_was_checked(shipped: tuple[Document, ...]) -> None:
    undated = {"countries", "country_names", "aliases", "levels", "task_types"}
    undated |= {"subdivisions", "local_places", "subdivision_names"}
    entries = [
        (document.source.path, section, entry)
        for document in shipped
        if isinstance(document.value, dict)
        for section, listed in document.value.items()
        if section not in undated and isinstance(listed, list)
        for entry in listed
    ]
    assert len(entries) > 500
    for path, section, entry in entries:
        assert isinstance(entry, dict)
        assert str(entry["source"]).strip(), (path, section, entry)
        assert date.fromisoformat(str(entry["checked_on"])) <= LAST_CHECKED
        assert (
            date.fromisoformat(str(entry["effective_from"])) <= date.fromisoformat(str(entry["checked_on"]))
            or section == "prices"
        )


@pytest.mark.parametrize("as_of", [date.min, date(2020, 1, 1), date(2025, 6, 1), TODAY, date.max])
def test_the_shipped_files_are_valid_on_every_day(as_of: date) -> None:
    assert read_catalog((), as_of=as_of).providers


def test_no_price_is_zero_or_negative_and_a_missing_one_is_none(catalog: Catalog) -> None:
    paid = [
        p for price in catalog.prices for p in (price.input_usd_per_mtok, price.output_usd_per_mtok) if p is not None
    ]
    assert len(paid) > 100
    assert min(paid) >= 0
    assert any(price.cached_input_usd_per_mtok is None for price in catalog.prices)


REFUSED = (
    ("- x", "own.yaml:1:1: expected a mapping, found a list"),
    ("", "own.yaml: the file is empty"),
    ("~", "own.yaml:1:1: expected a mapping, found nothing"),
    ("provders: []", "own.yaml:1:1: unknown catalog section `provders`; did you mean `providers`?"),
    ("providers: {}", "own.yaml:1:12: `providers` must be a list, found a mapping"),
    ("providers: [x]", "own.yaml:1:13: expected a mapping, found text"),
    (f"assumptions:\n- {{{STAFF}, value: 1, vale: 2, {DATED}}}", "own.yaml:2:53: unknown key `vale`"),
    (f"assumptions:\n- {{{STAFF}, value: 1, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true}}",
     "own.yaml:2:3: missing key `source`"),
    (f"assumptions:\n- {{{STAFF}, value: 1, source: s, effective_from: 2026-11-01, verified: true}}",
     "own.yaml:2:3: missing key `checked_on`"),
    (f"assumptions:\n- {{{STAFF}, value: -1, {DATED}}}", "own.yaml:2:50: `value` must be at least 0, found -1"),
    (f"assumptions:\n- {{{STAFF}, value: '1', {DATED}}}", "own.yaml:2:50: `value` must be a number, found text"),
    (f"assumptions:\n- {{{STAFF}, value: 1, value: 2, {DATED}}}", "own.yaml:2:53: key `value` is written twice"),
    (f"assumptions:\n- {{{STAFF}, value: .nan, {DATED}}}", "own.yaml:2:50: not a finite number"),
    (f"assumptions:\n- {{{STAFF}, value: 1, {DATED.replace('2026-11-01, e', '2026-02-30, e')}}}",
     "`checked_on` must be a day as YYYY-MM-DD, found `2026-02-30`"),
    (f"providers:\n- {{id: x, name: X, kind: clud, boundary: third-party, {DATED}}}", "`clud` is not one of"),
    (f"regions:\n- {{provider: opnai, region: r, scope: region, {DATED}}}",
     "own.yaml:2:14: unknown provider `opnai`; did you mean `openai`?"),
    (f"regions:\n- {{provider: openai, region: r, countries: [DE, XX], scope: region, {DATED}}}",
     "own.yaml:2:44: unknown country code `XX`"),
    (f"terms:\n- {{provider: openai, term: dpa_ofered, value: true, {DATED}}}", "did you mean `dpa_offered`?"),
    (f"terms:\n- {{provider: openai, region: ue, term: dpa_offered, value: true, {DATED}}}",
     "own.yaml:2:30: provider `openai` has no region `ue`"),
    (f"models:\n- {{id: m, provider: opnai, tier: small, {DATED}}}", "unknown provider `opnai`"),
    (f"models:\n- {{id: m, provider: openai, tier: smal, {DATED}}}", "did you mean `small`?"),
    (f"offerings:\n- {{provider: openai, model: gpt-4o-mni, regions: [eu], adaptations: [rag], {DATED}}}",
     "unknown model `gpt-4o-mni`; did you mean `gpt-4o-mini`?"),
    (f"offerings:\n- {{provider: openai, model: gpt-4o-mini, regions: [ue], adaptations: [rag], {DATED}}}",
     "provider `openai` has no region `ue`"),
    (f"offerings:\n- {{provider: openai, model: gpt-4o-mini, regions: [eu], adaptations: [rga], {DATED}}}",
     "`rga` is not one of `prompting`, `rag`"),
    (f"prices:\n- {{provider: openai, model: gpt-4o-mini, region: ue, currency: USD, {DATED}}}",
     "provider `openai` has no region `ue`"),
    (f"prices:\n- {{provider: openai, model: gpt-4o-mini, currency: EUR, {DATED}}}", "no exchange rate for `EUR`"),
    (f"self_hosted:\n- {{model: nope, accelerator: l4, accelerators: 1, ms_per_request: 1, {DATED}}}",
     "unknown model `nope`"),
    (f"self_hosted:\n- {{model: gpt-4o-mini, accelerator: l5, accelerators: 1, ms_per_request: 1, {DATED}}}",
     "unknown accelerator `l5`"),
    (f"effort:\n- {{adaptation: rga, hosting: own-cloud, {DATED}}}", "`rga` is not one of"),
    (f"effort:\n- {{adaptation: rag, hosting: own-clod, {DATED}}}", "did you mean `own-cloud`?"),
    (f"network:\n- {{from: moon, round_trip_p50_ms: 1, round_trip_p95_ms: 1, {DATED}}}", "`moon` is not one of"),
    (f"classes:\n- {{id: mine, level: 3, parents: [helth], {DATED}}}",
     "own.yaml:2:33: unknown data class `helth`; did you mean `health`?"),
    (f"classes:\n- {{id: mine, level: 9, {DATED}}}", "own.yaml:2:21: unknown level 9"),
    (f"classes:\n- {{id: mine, level: 1.5, {DATED}}}", "own.yaml:2:21: `level` must be a whole number"),
    (f"groups:\n- {{id: OURS, countries: [DE, XX], {DATED}}}", "own.yaml:2:25: unknown country code `XX`"),
    (f"groups:\n- {{id: DE, countries: [FR], {DATED}}}", "own.yaml:2:8: `DE` is a country code"),
    ("aliases:\n- {alias: OUR, country: QQ}", "own.yaml:2:25: unknown country code `QQ`"),
    ("task_types:\n- {id: x, family: langage}", "did you mean `language`?"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[f"{n}: {m[-30:]}" for n, (_, m) in enumerate(REFUSED)])
def test_a_mistake_in_an_own_file_is_told_at_its_line(text: str, message: str, with_own: With) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(text)
    assert any(line.startswith("own.yaml") and message in line for line in str(caught.value).splitlines())


def test_all_mistakes_are_told_at_once(with_own: With) -> None:
    with pytest.raises(Problems) as caught:
        with_own(
            f"assumptions:\n- {{{STAFF}, value: a, {DATED}}}\n- {{id: 1, unit: h, value: 1, {DATED}}}\n"
            f"- {{unit: h, value: 1, {DATED}}}\n"
        )
    assert [error.span.start.line for error in caught.value.errors if error.span is not None] == [2, 3, 4]


def test_a_file_that_cannot_be_read_is_a_catalog_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such file"):
        read_catalog([tmp_path / "absent.yaml"], as_of=TODAY)


def price(usd: float | None, since: str, region: str = "eu") -> str:
    """Return a price of gpt-4o-mini."""
    amount = "" if usd is None else f"input_per_mtok: {usd}, "
    dated = DATED.replace("effective_from: 2026-11-01", f"effective_from: {since}")
    return f"- {{provider: openai, model: gpt-4o-mini, region: {region}, currency: USD, {amount}{dated}}}\n"


def price_on(catalog: Catalog, region: str = "eu") -> list[float | None]:
    """Return the input prices of gpt-4o-mini in a region."""
    return [
        p.input_usd_per_mtok
        for p in catalog.prices
        if (p.provider, p.model, p.region) == ("openai", "gpt-4o-mini", region)
    ]


def test_a_price_that_is_not_written_is_unknown_and_not_free(with_own: With) -> None:
    assert price_on(with_own("prices:\n" + price(None, "2026-11-20", "au")), "au") == [None]


def test_a_price_of_the_future_is_not_used_before_its_day(with_own: With) -> None:
    text = "prices:\n" + price(7, "2026-12-01", "au")
    assert price_on(with_own(text, date(2026, 11, 30)), "au") == []
    assert price_on(with_own(text, date(2026, 12, 1)), "au") == [7.0]


def test_prices_are_appended_and_the_newest_that_has_begun_holds(with_own: With) -> None:
    text = "prices:\n" + price(3, "2026-03-01", "au") + price(1, "2026-01-01", "au") + price(2, "2026-02-01", "au")
    days = {
        date(2025, 12, 31): [],
        date(2026, 1, 1): [1.0],
        date(2026, 2, 28): [2.0],
        date(2026, 3, 1): [3.0],
        TODAY: [3.0],
    }
    assert {day: price_on(with_own(text, day), "au") for day in days} == days


OWN_ENTRIES: tuple[tuple[str, str, Callable[[Catalog], object], object], ...] = (
    ("effort", "adaptation: rag, hosting: own-cloud, ml_engineers: 7",
     lambda c: c.efforts["rag", "own-cloud"].ml_engineers, 7.0),
    ("accelerators", "id: l4, memory_gb: 24, bandwidth_gb_per_s: 300, bf16_tflops: 121, sold_in: 1, hourly_usd: 0.3",
     lambda c: c.accelerators["l4"].hourly_usd, 0.3),
    ("network", "from: on-premises, round_trip_p50_ms: 3, round_trip_p95_ms: 4",
     lambda c: c.networks["on-premises", "usual"].round_trip_p50_ms, 3.0),
    ("self_hosted", "model: modernbert-base, accelerator: l4, accelerators: 1, ms_per_request: 4",
     lambda c: c.self_hosted["modernbert-base", "l4"].pass_ms, 4.0),
    ("models", "id: gpt-6-luna, provider: openai, tier: medium", lambda c: c.models["gpt-6-luna"].tier, "medium"),
    ("providers", "id: groq, name: Ours, kind: model-provider, boundary: third-party",
     lambda c: c.providers["groq"].name, "Ours"),
    ("regions", "provider: openai, region: us, countries: [CA], scope: zone",
     lambda c: [r.countries for r in c.regions if (r.provider, r.id) == ("openai", "us")], [("CA",)]),
    ("terms", "provider: openai, term: dpa_offered, value: false",
     lambda c: [t.value for t in c.terms if (t.provider, t.region, t.term) == ("openai", None, "dpa_offered")], [False]),
    ("offerings", "provider: cohere, model: command-r-08-2024, regions: [global], adaptations: [rag]",
     lambda c: [o.adaptations for o in c.offerings if o.model == "command-r-08-2024"], [("rag",)]),
    ("prices", "provider: openai, model: gpt-6-luna, region: us, currency: USD, input_per_mtok: 0.7",
     lambda c: [p.input_usd_per_mtok for p in c.price_index["openai", "gpt-6-luna", "us"]], [0.7]),
    ("assumptions", f"{STAFF}, value: 123456", lambda c: c.assumptions["loaded-staff-year"].value, 123456.0),
)  # fmt: skip
"""One entry of every dated section that replaces a shipped one, and what a reader of the catalog then sees."""


@pytest.mark.parametrize("since", ["2001-01-01", "2026-11-20"])
@pytest.mark.parametrize(("section", "text", "seen", "own"), OWN_ENTRIES, ids=[row[0] for row in OWN_ENTRIES])
def test_an_own_entry_wins_whatever_date_the_shipped_one_has(
    section: str, text: str, seen: Callable[[Catalog], object], own: object, since: str, with_own: With
) -> None:
    dated = DATED.replace("effective_from: 2026-11-01", f"effective_from: {since}")
    assert seen(with_own(f"{section}: []")) != own
    assert seen(with_own(f"{section}:\n- {{{text}, {dated}}}")) == own


@pytest.mark.parametrize(("section", "text", "seen", "own"), OWN_ENTRIES, ids=[row[0] for row in OWN_ENTRIES])
def test_an_own_entry_of_the_future_leaves_the_field_until_its_day(
    section: str, text: str, seen: Callable[[Catalog], object], own: object, with_own: With
) -> None:
    own_file = f"{section}:\n- {{{text}, {DATED.replace('effective_from: 2026-11-01', 'effective_from: 2026-12-01')}}}"
    shipped = seen(with_own(f"{section}: []", date(2026, 11, 30)))
    assert (seen(with_own(own_file, date(2026, 11, 30))), seen(with_own(own_file, date(2026, 12, 1)))) == (shipped, own)


UNITS = (
    ("accelerators", "id: l4, memory_gb: 24000, bandwidth_gb_per_s: 300, bf16_tflops: 121, sold_in: 1",
     "`memory_gb` is 24000, 1,000 times above the 24 of the entry that it replaces"),
    ("network", "from: on-premises, round_trip_p50_ms: 0.002, round_trip_p95_ms: 10",
     "`round_trip_p50_ms` is 0.002, 1,000 times below the 2 of the entry that it replaces"),
    ("assumptions", f"{STAFF}, value: 150", "`value` is 150, 1,333 times below the 200000 of the entry that it replaces"),
    ("models", "id: llama-3.1-8b, provider: open, tier: small, params_b: 8030",
     "`params_b` is 8030, 1,000 times above the 8.03 of the entry that it replaces"),
    ("assumptions", f"{STAFF}, value: 0",
     "`value` is 0 in place of the 200000 of the entry that it replaces (https://kshirol-dev.github.io/l"),
    ("network", "from: third-party, round_trip_p50_ms: 0, round_trip_p95_ms: 10",
     "`round_trip_p50_ms` is 0 in place of the 80 of the entry that it replaces"),
    ("effort", "adaptation: rag, hosting: own-cloud, ml_engineers: 0",
     "`ml_engineers` is 0 in place of the 1 of the entry that it replaces"),
)  # fmt: skip


@pytest.mark.parametrize(("section", "text", "message"), UNITS, ids=[row[0] for row in UNITS])
def test_an_own_figure_far_from_the_one_it_replaces_is_refused_unless_it_says_why(
    section: str, text: str, message: str, with_own: With
) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(f"{section}:\n- {{{text}, {DATED}}}")
    assert str(caught.value).startswith("own.yaml:2:")
    assert message in str(caught.value)
    with_own(f"{section}:\n- {{{text}, far_off_because: it is another thing, {DATED}}}")


ZEROS = {
    "accelerators": (
        "id: a, memory_gb: 0, bandwidth_gb_per_s: 0, bf16_tflops: 0, fp8_tflops: 0, fp4_tflops: 0, link_gb_per_s: 0, "
        "sold_in: 1, hourly_usd: 0, vendor_factor: 0, operations_factor: 0, purchase_usd: 0, power_kw: 0"
    ),
    "machine_prices": "accelerator: l4, provider: aws, hourly_usd: 0",
    "speeds": "provider: openai, model: gpt-4o, first_token_ms: 0, first_token_p95_ms: 0, tokens_per_s: 0",
    "self_hosted": "model: llama-3.1-8b, accelerator: l4, accelerators: 1, ms_per_request: 0",
    "models": (
        "id: m, provider: open, tier: small, params_b: 0, active_params_b: 0, layers: 0, heads: 0, kv_heads: 0, "
        "head_dim: 0, hidden_size: 0, context_tokens: 0, embedding_dimensions: 0, max_input_tokens: 0, max_output_tokens: 0"
    ),
    "exchange_rates": "currency: EUR, usd: 0",
}  # fmt: skip
"""Of every section with figures that are divided by, an entry in which all of them are 0."""


@pytest.mark.parametrize(("section", "text"), ZEROS.items(), ids=ZEROS)
def test_a_figure_that_is_divided_by_or_that_nobody_has_none_of_is_never_0(
    section: str, text: str, with_own: With
) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(f"{section}:\n- {{{text}, far_off_because: it is nothing, {DATED}}}")
    errors = caught.value.errors if isinstance(caught.value, Problems) else (caught.value,)
    zeros = [each.partition(":")[0] for each in text.split(", ") if each.endswith(": 0")]
    assert [str(e).startswith("own.yaml:2:") and str(e).split("`")[1] for e in errors] == zeros
    assert all("must be more than 0, found 0" in str(error) for error in errors)


NOTHING = (
    ("assumptions", "id: retry-share, unit: share, value: 0"),
    ("assumptions", "id: spare-replicas, unit: replicas, value: 0"),
    ("assumptions", "id: monitoring-monthly, unit: USD/month, value: 0"),
    ("assumptions", f"{STAFF}, value: 150000, low: 0, high: 300000"),
    ("effort", "adaptation: prompting, hosting: own-cloud, ml_engineers: 0.4, lead_time_weeks: 0, build_weeks: 0"),
    ("terms", "provider: openai, term: retention_days, value: 0"),
)


@pytest.mark.parametrize(("section", "text"), NOTHING, ids=[row[1] for row in NOTHING])
def test_what_an_organisation_may_have_none_of_is_said_with_0(section: str, text: str, with_own: With) -> None:
    with_own(f"{section}:\n- {{{text}, {DATED}}}")


ENTRIES = {"old": date(2026, 1, 1), "new": date(2026, 6, 1), "future": date(2027, 1, 1), "later": date(2028, 1, 1)}
HOLDS = (
    (date(2025, 1, 1), False, "old"), (date(2025, 1, 1), True, None), (date(2026, 1, 1), False, "old"),
    (date(2026, 5, 31), True, "old"), (date(2026, 6, 1), True, "new"), (date(2026, 12, 31), False, "new"),
    (date(2027, 1, 1), False, "future"), (date.max, True, "later"),
)  # fmt: skip


@pytest.mark.parametrize(("as_of", "strict", "holds"), HOLDS)
def test_the_entry_in_force_does_not_depend_on_the_order_of_files(as_of: date, strict: bool, holds: str | None) -> None:
    def dated(name: str) -> Dated:
        return Dated("s", ENTRIES[name], ENTRIES[name], True)

    for order in permutations(ENTRIES):
        assert in_force(order, lambda _: "key", dated, as_of, strict=strict) == ((holds,) if holds else ())


def test_of_entries_of_one_day_the_last_read_holds() -> None:
    dated = Dated("s", TODAY, TODAY, True)
    assert in_force(["shipped", "own"], lambda _: "key", lambda _: dated, TODAY, strict=True) == ("own",)


PLACES = (
    (["DE"], ("DE",)), (["UK"], ("GB",)), (["UK", "GB"], ("GB",)), (["USA"], ("US",)), (["EL"], ("GR",)), (["XX"], ()),
    (["DE", "xx", ""], ("DE",)), (["de"], ()), ([], ()), (["DACH"], ("AT", "CH", "DE")), (["DACH", "DE", "FR"], ("AT",
     "CH", "DE", "FR")),
)  # fmt: skip


@pytest.mark.parametrize(("places", "countries"), PLACES)
def test_places_resolve_to_countries(places: list[str], countries: tuple[str, ...], catalog: Catalog) -> None:
    assert catalog.places.countries(places) == countries


def test_groups_hold_their_members_of_today(catalog: Catalog) -> None:
    union, area = (set(catalog.places.countries([group])) for group in ("EU", "EEA"))
    assert (len(union), "GB" in union, "CH" in union) == (27, False, False)
    assert area - union == {"IS", "LI", "NO"}


def test_an_own_group_is_a_place(with_own: With) -> None:
    catalog = with_own(f"groups:\n- {{id: SITES, countries: [DE, NO], {DATED}}}")
    assert catalog.places.knows("SITES")
    assert catalog.places.countries(["SITES"]) == ("DE", "NO")


def test_a_class_belongs_to_everything_that_its_parents_belong_to(catalog: Catalog) -> None:
    classes = catalog.data_classes
    assert classes.kinds(["health"]) == ("health", "personal", "special-category")
    assert classes.level(["health"]) == max(classes.level([kind]) for kind in classes.kinds(["health"]))
    assert set(classes.regimes(["personal"])) <= set(classes.regimes(["health"]))
    for name in classes.by_id:
        assert classes.level([name, "public"]) >= classes.level(["public"])
        assert set(classes.kinds([name])) >= {name, *classes.by_id[name].parents}
        assert classes.kinds(classes.kinds([name])) == classes.kinds([name])


def test_an_own_class_takes_part_in_the_hierarchy(with_own: With) -> None:
    classes = with_own(
        f"classes:\n- {{id: genome, level: 4, parents: [health], regimes: [own-law], {DATED}}}"
    ).data_classes
    assert classes.kinds(["genome"]) == ("genome", "health", "personal", "special-category")
    assert (classes.level(["genome"]), classes.level(["health", "genome"])) == (4.0, 4.0)
    assert set(classes.regimes(["genome"])) == {"own-law", *classes.regimes(["health"])}


def test_an_own_class_never_lowers_what_its_parents_demand(with_own: With) -> None:
    classes = with_own(f"classes:\n- {{id: pseudo, level: 0, parents: [health], {DATED}}}").data_classes
    assert classes.level(["pseudo"]) == classes.level(["health"])


def test_a_circle_of_classes_ends(with_own: With) -> None:
    classes = with_own(
        f"classes:\n- {{id: a1, level: 1, parents: [b1], {DATED}}}\n- {{id: b1, level: 2, parents: [a1], {DATED}}}"
    ).data_classes
    assert (classes.kinds(["a1"]), classes.level(["a1"])) == (("a1", "b1"), 2.0)


def test_unknown_classes_have_no_kinds(catalog: Catalog) -> None:
    assert (catalog.data_classes.kinds(["nope"]), catalog.data_classes.level([])) == ((), 0.0)


def test_providers_and_regions_are_found_by_alias(catalog: Catalog) -> None:
    for provider in catalog.providers.values():
        assert all(catalog.provider(name) is provider for name in (provider.id, *provider.aliases))
    for region in catalog.regions:
        assert all(catalog.region(region.provider, name) is region for name in (region.id, *region.aliases))
    assert catalog.provider("nope") is None
    assert catalog.region("openai", "nope") is None


def test_a_global_endpoint_has_unknown_countries(catalog: Catalog) -> None:
    assert [r.countries for r in catalog.regions if r.scope == "global"] == [None] * sum(
        r.scope == "global" for r in catalog.regions
    )


@pytest.mark.parametrize("name", ["data-class", "place", "task-type", "provider", "model", "region", "regime"])
def test_vocabularies_have_words_without_repetition(name: str, catalog: Catalog) -> None:
    words = catalog.vocabulary(name)
    assert len(words) == len(set(words)) > 5


def test_an_unknown_vocabulary_has_no_words(catalog: Catalog) -> None:
    assert catalog.vocabulary("nope") == ()


def test_every_section_may_be_given_by_an_own_file(with_own: With) -> None:
    with_own("\n".join(f"{section}: []" for section in SECTIONS))


def test_a_model_that_answers_in_one_pass_states_how_long_a_pass_takes(catalog: Catalog) -> None:
    for hosted in catalog.self_hosted.values():
        one_pass = catalog.models[hosted.model].tier in ("encoder", "classical", *KIND_TIERS)
        assert (hosted.pass_ms is not None) == one_pass
