"""Speeds of hosted models: published ones by provider, model and effort, and a tier's range where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.axes import EFFORTS, KIND_TIERS, TIERS, USUAL
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import catalog_documents
from aipolicy.catalog.machines import Ends, HostedSpeed, speeds_at
from aipolicy.errors import CatalogError, Problems
from aipolicy.files.shipped import catalog_paths
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import OfferedLegs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import HostedInputs
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.option import Option
from aipolicy.source.document import Document

TODAY = date(2026, 11, 21)
DATED = "source: s, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"
LUNA = "provider: openai, model: gpt-6-luna, effort: none"
LEAST_PUBLISHED = 0.6
"""The share of hosted chat models whose speed somebody published, which the catalog must not fall below."""


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, ...]:
    return catalog_documents([(str(path), path.read_bytes()) for path in map(Path, catalog_paths())])


@pytest.fixture
def with_own(shipped: tuple[Document, ...]) -> Callable[[str], Catalog]:
    """Return a catalog of the shipped files and entries of `speeds`, validated."""

    def build(entries: str) -> Catalog:
        text = f"speeds:\n- {{{entries}, {DATED}}}\n"
        catalog = Catalog(shipped + catalog_documents([("own.yaml", text.encode())]), TODAY)
        catalog.validate()
        return catalog

    return build


def at(catalog: Catalog, provider: str, model: str, other_host: float = 1.5) -> tuple[HostedSpeed, ...]:
    """Return how fast a model of the catalog is at a provider, by effort."""
    entry = catalog.models[model]
    return speeds_at(provider, entry, catalog.speeds, other_host, catalog.tier_speeds.get(entry.tier))


def first(speed: HostedSpeed) -> Ends:
    """Return the first token of a speed of which it is known."""
    assert speed.first_token_ms is not None
    return speed.first_token_ms


def output(speed: HostedSpeed) -> Ends:
    """Return the tokens a second of a speed of which they are known."""
    assert speed.tokens_per_s is not None
    return speed.tokens_per_s


def test_most_hosted_chat_models_have_a_published_speed(catalog: Catalog) -> None:
    on_sale = {
        (offering.provider, offering.model)
        for offering in catalog.offerings
        if catalog.models[offering.model].answers
        and catalog.models[offering.model].tier not in KIND_TIERS
        and not ((ends := offering.retires_on or catalog.models[offering.model].retires_on) and ends <= TODAY)
    }
    models = sorted({model for _, model in on_sale})
    published = [model for model in models if any(name == model for _, name in catalog.speeds)]
    ranged = [model for model in models if model not in published]
    pairs = [
        (p, m) for p, m in on_sale if (p, m) in catalog.speeds or (catalog.models[m].provider, m) in catalog.speeds
    ]
    print(
        f"{len(models)} hosted chat models: {len(published)} with a published speed, {len(ranged)} with the range of a tier"
    )
    print(f"{len(on_sale)} at a provider: {len(pairs)} published there, at the maker or over hosts; ranges: {ranged}")
    assert len(published) >= LEAST_PUBLISHED * len(models), ranged
    assert len(pairs) >= LEAST_PUBLISHED * len(on_sale)


def test_every_hosted_model_has_a_speed_with_ends_around_what_is_usual(catalog: Catalog) -> None:
    for offering in catalog.offerings:
        if not catalog.models[offering.model].answers:
            continue
        speeds = at(catalog, offering.provider, offering.model)
        assert speeds
        assert [speed.effort for speed in speeds] == sorted(
            {speed.effort for speed in speeds}, key=("", *EFFORTS).index
        )
        for speed in speeds:
            assert first(speed).fast <= first(speed).usual <= first(speed).slow
            if catalog.models[offering.model].tier in KIND_TIERS:
                assert speed.tokens_per_s is None, "it writes nothing token by token"
                assert (speed.audio_per_s is not None) == (catalog.models[offering.model].tier == "speech")
            else:
                assert output(speed).fast >= output(speed).usual >= output(speed).slow > 0.0


def test_every_tier_of_hosted_models_has_a_wide_range_that_nobody_measured(catalog: Catalog) -> None:
    for tier in set(TIERS) - {"classical", "encoder"}:
        speed = catalog.tier_speeds[tier]
        assert not speed.dated.verified
        assert first(speed).slow / first(speed).fast > 4.0
        assert output(speed).fast / output(speed).slow > 3.0
    for tier in KIND_TIERS:
        speed = catalog.tier_speeds[tier]
        assert not speed.dated.verified
        assert first(speed).slow / first(speed).fast > 4.0


def test_a_host_of_a_closed_model_is_as_fast_as_its_maker_over_a_wider_range(catalog: Catalog) -> None:
    maker, other = at(catalog, "openai", "gpt-6-luna")[0], at(catalog, "azure-openai", "gpt-6-luna", 3.0)[0]
    assert (maker.effort, first(maker).usual) == (other.effort, first(other).usual) == ("none", 823.0)
    assert first(other).fast == pytest.approx(823.0 / 3.0)
    assert output(other).slow == pytest.approx(134.0 / 3.0)
    assert first(maker).fast > first(other).fast


def test_hosts_of_the_same_weights_differ_and_others_have_the_median_over_hosts(catalog: Catalog) -> None:
    fast, slow = (at(catalog, provider, "gpt-oss-120b")[0] for provider in ("cerebras", "together"))
    assert output(fast).usual > 10 * output(slow).usual
    assert slow == at(catalog, "scaleway", "gpt-oss-120b")[0]
    assert output(slow).fast >= output(fast).usual, "a host that nobody measured may be as fast as the fastest"


def test_a_part_that_nobody_published_is_the_range_of_the_tier(catalog: Catalog) -> None:
    (speed,) = at(catalog, "openai", "gpt-4o")
    tier = catalog.tier_speeds["medium"]
    assert first(speed).usual == 639.0
    assert (output(speed), speed.first_token_p95_ms) == (output(tier), 1144.0)
    (unpublished,) = at(catalog, "anthropic", "claude-haiku-5-5")
    assert unpublished == catalog.tier_speeds["small"]


def test_what_an_organisation_measured_replaces_the_published_speed_of_that_effort(
    with_own: Callable[[str], Catalog],
) -> None:
    catalog = with_own(f"{LUNA}, first_token_ms: 500, tokens_per_s: 200")
    none, low, *_ = at(catalog, "openai", "gpt-6-luna")
    assert (first(none), output(none)) == (Ends(500.0, 500.0, 500.0), Ends(200.0, 200.0, 200.0))
    assert first(low).usual == 2093.0


REFUSED = {
    f"{LUNA}": "says neither `first_token_ms` nor `tokens_per_s`",
    f"{LUNA}, first_token_ms: 0, tokens_per_s: 9": "`first_token_ms` must be more than 0",
    f"{LUNA}, tokens_per_s_fast: 9": "`tokens_per_s_fast` is an end of `tokens_per_s`, which is not stated",
    f"{LUNA}, first_token_ms: 500, first_token_ms_fast: 600": "`first_token_ms` 500 must lie between its ends, 600 (fast)",
    f"{LUNA}, tokens_per_s: 90, tokens_per_s_slow: 95": "`tokens_per_s` 90 must lie between its ends, 90 (fast) and 95",
    f"{LUNA}, first_token_ms: 500, first_token_p95_ms: 400": "`first_token_p95_ms` must be at least `first_token_ms` (500)",
    f"{LUNA}, first_token_ms: 500, spread: 0.5": "`spread` must be at least 1",
    "provider: openai, model: gpt-6-luna, effort: hgh, tokens_per_s: 9": "did you mean `high`?",
    "provider: opnai, model: gpt-6-luna, tokens_per_s: 9": "unknown provider `opnai`; did you mean `openai`?",
    "provider: openai, model: gpt-6-lunar, tokens_per_s: 9": "unknown model `gpt-6-lunar`",
    f"{LUNA}, first_token_ms: 0.823, tokens_per_s: 134": "`first_token_ms` is 0.823, 1,000 times below the 823",
    f"{LUNA}, first_token_ms: 823, tokens_per_s: 0.134": "`tokens_per_s` is 0.134, 1,000 times below the 134",
}


@pytest.mark.parametrize("entry", REFUSED)
def test_a_mistake_in_a_speed_is_told_at_its_line(entry: str, with_own: Callable[[str], Catalog]) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(entry)
    assert any(line.startswith("own.yaml:2:") and REFUSED[entry] in line for line in str(caught.value).splitlines())


def test_a_model_inside_the_service_crosses_no_network_and_farther_places_take_longer(catalog: Catalog) -> None:
    for boundary in ("own-account", "on-premises"):
        trips = [
            catalog.networks[boundary, where].round_trip_p50_ms for where in ("own-process", USUAL, "other-continent")
        ]
        assert trips[0] == 0.0
        assert trips == sorted(trips)
    assert ("third-party", "own-process") not in catalog.networks


def test_a_round_trip_that_an_organisation_states_is_no_range_of_ours(shipped: tuple[Document, ...]) -> None:
    text = f"network:\n- {{from: third-party, round_trip_p50_ms: 30, round_trip_p95_ms: 50, {DATED}}}\n"
    own = Catalog(shipped + catalog_documents([("own.yaml", text.encode())]), TODAY)
    network = {}
    for name, catalog in (("ours", Catalog(shipped, TODAY)), ("own", own)):
        leg, _ = next(iter(OfferedLegs(catalog, Organization()).api(every_region=False)))
        option = Option(adaptation="prompting", fallback="none", routing="single", leg=leg, other=None)
        main = CostInputsReader(catalog, cost_assumptions(catalog)).speeds(option).main
        assert isinstance(main, HostedInputs)
        assert main.network is not None
        network[name] = main.network
    assert network["ours"].at(USUAL, "fast").p50_ms < network["ours"].at(USUAL, "slow").p50_ms
    assert {network["own"].at(USUAL, end).p50_ms for end in ("fast", "usual", "slow")} == {30.0}
