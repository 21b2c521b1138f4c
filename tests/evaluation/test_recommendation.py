"""A table of choices: each branch of the order in which ways are recommended decides one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import LEAVES, OWN, catalog, evaluate, feature, pack, rule

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_masks import fewest
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import OutcomeMasks
from aipolicy.evaluation.ranking import Ranked, Ranking, Weighing
from aipolicy.evaluation.recommendation import Recommender, recommend
from aipolicy.evaluation.verdict import verdict_of
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.options.horizon_costs import HorizonCost, HorizonCosts
from aipolicy.options.option import Option
from aipolicy.value import replace

WEIGHING = Weighing(margin_percent=20.0, horizon_months=36.0)
RULES = {"E-001": "error", "E-002": "error", "W-001": "warning", "W-002": "warning", "N-001": "note", "N-002": "note"}


@dataclass(frozen=True)
class Way:
    """One way of a made-up world: what tells it apart, what it costs, and which rules it breaks."""

    total: float
    hosting: str = "provider-api"
    adaptation: str = "prompting"
    routing: str = "single"
    fallback: str = "none"
    provider: str = "p"
    model: str = "m"
    is_whole: bool = True
    breaks: str = ""
    """Ids of rules that it breaks, separated by blanks; those with `?` are open for it, with `~` only between the ends
    of an estimate that is usually kept."""


@cache
def templates() -> Mapping[str, Option]:
    """Return one option of the shipped catalog for each hosting."""
    found: dict[str, Option] = {}
    for option in candidate_legs(catalog(), OWN):
        found.setdefault(option.hosting, option)
    return found


@cache
def judging() -> Evaluator:
    return Evaluator(pack(*(rule(i, "option.works_offline", severity=s) for i, s in RULES.items())), catalog(), OWN)


class World:
    """Ways, judged and costed as they say."""

    def __init__(self, ways: Iterable[Way], monkeypatch: pytest.MonkeyPatch) -> None:
        self.ways = tuple(ways)
        options = tuple(self._option(number, way) for number, way in enumerate(self.ways))
        option_set = OptionSet(lambda: options, catalog(), OWN)
        empty = CostInputs(None, None, None, False, False, None, None, False, False, None)
        monkeypatch.setitem(
            option_set.__dict__, "_costs", tuple(replace(empty, build_weeks=float(n)) for n in range(len(options)))
        )
        monkeypatch.setattr(HorizonCosts, "of", lambda _, inputs: self._cost(int(inputs.build_weeks)))
        self.evaluation = self._evaluated(option_set)

    def _cost(self, number: int) -> HorizonCost:
        way = self.ways[number]
        return HorizonCost(way.total, way.total / 36.0, 0.0, 0.0, way.is_whole)

    def _option(self, number: int, way: Way) -> Option:
        shape = templates()[way.hosting]
        model = replace(shape.leg.model, id=way.model)
        leg = replace(shape.leg, provider=way.provider, model=model, region=f"r{number:02}")
        return replace(shape, adaptation=way.adaptation, routing=way.routing, fallback=way.fallback, leg=leg)

    def _evaluated(self, option_set: OptionSet) -> Evaluation:
        evaluation = (
            judging().evaluate(feature("data: {classes: [internal]}\nvolume: {requests_per_day: 10}\n")).expected
        )
        rules = []
        for ruled in evaluation.rules:
            violated, open_, close = (self._mask(f"{ruled.active.rule.id}{mark}") for mark in ("", "?", "~"))
            outcomes = OutcomeMasks(
                not_applicable=0, violated=violated, undetermined=open_ | close, close=close, kept=close,
                satisfied=option_set.full & ~violated & ~open_ & ~close,
            )  # fmt: skip
            rules.append(replace(ruled, candidates=outcomes, planned=outcomes))
        verdict = verdict_of(
            option_set.full, ((r.active.rule, r.active.severity, r.candidates) for r in rules), option_set, lambda: ()
        )
        return replace(evaluation, candidates=option_set, planned=option_set, rules=tuple(rules), verdict=verdict)

    def _mask(self, word: str) -> int:
        return sum(1 << number for number, way in enumerate(self.ways) if word in way.breaks.split())

    def chosen(self, weighing: Weighing = WEIGHING) -> int | None:
        ranked = Recommender(self.evaluation, weighing).chosen()
        return None if ranked is None else ranked.number

    def runner_up(self) -> int | None:
        recommender = Recommender(self.evaluation, WEIGHING)
        ranked = recommender.chosen()
        assert ranked is not None
        second = recommender.runner_up(ranked)
        return None if second is None else second.number


OWN_CLOUD, PREMISES, DEVICE = "own-cloud", "on-premises", "on-device"

CHOICES: tuple[tuple[str, tuple[Way, ...], int | None], ...] = (
    ("nothing remains", (Way(1, breaks="E-001"), Way(2, breaks="E-002")), None),
    ("an error removes the cheapest", (Way(1, breaks="E-001"), Way(9)), 1),
    ("a way free of doubt before one that is open", (Way(1, breaks="E-001?"), Way(9)), 1),
    ("open ways where nothing is free of doubt", (Way(1, breaks="E-001"), Way(9, breaks="E-001?")), 1),
    ("of open ways that with the fewest doubts", (Way(1, breaks="E-001? E-002?"), Way(9, breaks="E-002?")), 1),
    ("fewer warnings before cheaper", (Way(1, breaks="W-001"), Way(9)), 1),
    ("two warnings weigh more than one", (Way(1, breaks="W-001 W-002"), Way(9, breaks="W-001")), 1),
    ("one warning weighs more than two notes", (Way(1, breaks="W-001"), Way(9, breaks="N-001 N-002")), 1),
    ("fewer notes before cheaper", (Way(1, breaks="N-001"), Way(9)), 1),
    ("two notes weigh more than one", (Way(1, breaks="N-001 N-002"), Way(9, breaks="N-002")), 1),
    ("a warning that cannot be decided counts", (Way(1, breaks="W-001?"), Way(9)), 1),
    ("a note that cannot be decided counts", (Way(1, breaks="N-001?"), Way(9)), 1),
    ("violated and undecided warnings count alike", (Way(9, breaks="W-001?"), Way(1, breaks="W-002")), 1),
    ("the cheapest", (Way(9), Way(7), Way(8)), 1),
    ("known cost before an unknown one that may be less", (Way(1, is_whole=False), Way(9)), 1),
    ("of unknown costs the least known part", (Way(9, is_whole=False), Way(7, is_whole=False)), 1),
    ("unknown cost with less against it", (Way(9, breaks="W-001"), Way(7, is_whole=False)), 1),
    ("an API within the margin", (Way(100, OWN_CLOUD), Way(120)), 1),
    ("an API beyond the margin", (Way(100, OWN_CLOUD), Way(121)), 0),
    ("own cloud is simpler than own premises", (Way(100, PREMISES), Way(120, OWN_CLOUD)), 1),
    ("own premises are simpler than a device", (Way(100, DEVICE), Way(120, PREMISES)), 1),
    ("prompting is simpler than retrieval", (Way(100, adaptation="rag"), Way(120)), 1),
    ("retrieval is simpler than classical ML", (Way(100, OWN_CLOUD, "classical-ml"), Way(120, OWN_CLOUD, "rag")), 1),
    ("classical ML is simpler than tuning",
     (Way(100, OWN_CLOUD, "fine-tuning"), Way(120, OWN_CLOUD, "classical-ml")), 1),
    ("tuning is simpler than training",
     (Way(100, OWN_CLOUD, "training-from-scratch"), Way(120, OWN_CLOUD, "fine-tuning")), 1),
    ("hosting weighs more than adaptation", (Way(100, OWN_CLOUD), Way(120, adaptation="fine-tuning")), 1),
    ("adaptation weighs more than routing", (Way(100, adaptation="rag"), Way(120, routing="cascade")), 1),
    ("one model is simpler than a cascade", (Way(100, routing="cascade"), Way(120)), 1),
    ("routing weighs more than the fallback", (Way(100, routing="cascade"), Way(120, fallback="self-hosted")), 1),
    ("no fallback is simpler than one", (Way(100, fallback="provider-api"), Way(120)), 1),
    ("a hosted fallback is simpler than an own one",
     (Way(100, fallback="self-hosted"), Way(120, fallback="provider-api")), 1),
    ("of equally simple ones the cheaper", (Way(100, OWN_CLOUD), Way(118), Way(110)), 2),
    ("what is not simpler than the cheapest does not win", (Way(100), Way(110, OWN_CLOUD)), 0),
    ("of those alike the first by provider", (Way(5, provider="b"), Way(5, provider="a")), 1),
    ("then by model", (Way(5, model="y"), Way(5, model="x")), 1),
    ("then by region", (Way(5), Way(5)), 0),
    ("what is to be measured as well as what is sure", (Way(100, breaks="E-001~"), Way(121)), 0),
    ("what is sure before what is to be measured and costs hardly less", (Way(100, breaks="E-001~"), Way(120)), 1),
    ("of those that are sure the cheapest", (Way(100, breaks="E-001~"), Way(120), Way(119)), 2),
    ("an API to be measured before what is built surely", (Way(100, breaks="E-001~"), Way(101, OWN_CLOUD)), 0),
    ("prompting to be measured before retrieval surely", (Way(100, breaks="E-001~"), Way(101, adaptation="rag")), 0),
    ("what is sure and has more against it", (Way(100, breaks="E-001~"), Way(101, breaks="W-001")), 0),
    ("a note counts as well", (Way(100, breaks="E-001~"), Way(101, breaks="N-001")), 0),
    ("what is sure of unknown cost", (Way(100, breaks="E-001~"), Way(101, is_whole=False)), 0),
)  # fmt: skip


@pytest.mark.parametrize(("ways", "expected"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_each_branch_of_the_order_decides(
    ways: tuple[Way, ...], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert World(ways, monkeypatch).chosen() == expected


@pytest.mark.parametrize(("ways", "expected"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_the_order_of_the_catalog_decides_nothing(
    ways: tuple[Way, ...], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = World(ways[::-1], monkeypatch).chosen()
    if ways.count(ways[0]) == 1:  # equal ways differ in their region alone
        assert chosen == (None if expected is None else len(ways) - 1 - expected)


@pytest.mark.parametrize(("margin", "expected"), [(0.0, 0), (19.0, 0), (20.0, 1), (100.0, 1)])
def test_the_margin_is_that_of_the_organisation(margin: float, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World((Way(100, OWN_CLOUD), Way(120)), monkeypatch)
    assert world.chosen(Weighing(margin, 36.0)) == expected


RUNNERS: tuple[tuple[str, tuple[Way, ...], int | None], ...] = (
    ("nothing else remains", (Way(1),), None),
    ("another hosting", (Way(1), Way(9, OWN_CLOUD)), 1),
    ("another hosting before another provider", (Way(1), Way(2, provider="q"), Way(9, OWN_CLOUD)), 2),
    ("another adaptation", (Way(1), Way(9, adaptation="fine-tuning")), 1),
    ("another provider where nothing else differs", (Way(1), Way(9, provider="q")), 1),
    ("the same model with an index is none", (Way(1), Way(2, adaptation="rag"), Way(9, provider="q")), 2),
    ("another model with an index is one", (Way(1), Way(2, adaptation="rag", model="n"), Way(9, provider="q")), 1),
    ("another model of the same provider is none", (Way(1), Way(2, model="n")), None),
    ("the least against it", (Way(1), Way(2, OWN_CLOUD, breaks="W-001"), Way(9, DEVICE)), 2),
    ("removed ways are none", (Way(1), Way(2, OWN_CLOUD, breaks="E-001"), Way(9, DEVICE)), 2),
    ("open ways are none where some are free of doubt", (Way(1), Way(2, OWN_CLOUD, breaks="E-001?")), None),
)  # fmt: skip


@pytest.mark.parametrize(("ways", "expected"), [c[1:] for c in RUNNERS], ids=[c[0] for c in RUNNERS])
def test_the_runner_up_is_another_way(
    ways: tuple[Way, ...], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert World(ways, monkeypatch).runner_up() == expected


PRICES: tuple[tuple[str, tuple[Way, ...], list[tuple[str, int]]], ...] = (
    ("a cheaper way that one rule removes", (Way(9), Way(1, breaks="E-001")), [("E-001", 1)]),
    ("a dearer way", (Way(9), Way(10, breaks="E-001")), []),
    ("a way of the same cost", (Way(9), Way(9, breaks="E-001")), []),
    ("a way that two rules remove", (Way(9), Way(1, breaks="E-001 E-002")), []),
    ("a way of unknown cost", (Way(9), Way(1, is_whole=False, breaks="E-001")), []),
    ("a way that a warning counts against", (Way(9), Way(1, breaks="W-001")), []),
    ("the cheapest of each rule, the cheapest rule first",
     (Way(9), Way(3, breaks="E-001"), Way(2, breaks="E-001"), Way(1, breaks="E-002")), [("E-002", 3), ("E-001", 2)]),
)  # fmt: skip


@pytest.mark.parametrize(("ways", "expected"), [c[1:] for c in PRICES], ids=[c[0] for c in PRICES])
def test_the_price_of_a_rule_is_the_cheapest_way_that_it_alone_removes(
    ways: tuple[Way, ...], expected: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender = Recommender(World(ways, monkeypatch).evaluation, WEIGHING)
    chosen = recommender.chosen()
    assert chosen is not None
    assert [(price.rule, price.ranked.number) for price in recommender.rule_prices(chosen)] == expected


def test_what_counts_against_a_way_is_told_by_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World((Way(1, breaks="W-002 W-001? N-001"),), monkeypatch)
    ranked = Ranking(world.evaluation, world.evaluation.candidates, WEIGHING).first(1)
    assert isinstance(ranked, Ranked)
    assert (ranked.warnings, ranked.notes, ranked.against) == (
        ("W-001", "W-002"),
        ("N-001",),
        ("N-001", "W-001", "W-002"),
    )


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ((Way(1),), "cheapest of those with the least against them"),
        ((Way(100, OWN_CLOUD), Way(120)), "simplest within 20 % of the cheapest of those with the least against them"),
        (
            (Way(100, breaks="E-001~"), Way(120)),
            "surest within 20 % of the cheapest of those with the least against them, which is to be measured",
        ),
        ((Way(1, is_whole=False),), "least known cost of those with the least against them; part of it is unknown"),
    ],
)
def test_it_is_said_why_a_way_comes_first(ways: tuple[Way, ...], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recommender = Recommender(World(ways, monkeypatch).evaluation, WEIGHING)
    ranked = recommender.chosen()
    assert ranked is not None
    assert recommender.because(ranked) == words


@given(st.integers(1, 255), st.lists(st.integers(0, 255), max_size=6))
def test_the_fewest_is_what_counting_one_by_one_says(mask: int, against: list[int]) -> None:
    counts = {n: sum(other >> n & 1 for other in against) for n in range(8) if mask >> n & 1}
    least = min(counts.values())
    assert fewest(mask, against) == sum(1 << n for n, count in counts.items() if count == least)
    assert fewest(0, against) == 0


COST_FACTS = "volume: {requests_per_day: 1000, input_tokens: 1000, output_tokens: 200}\nlatency: {p95_ms: 8000}\n"


def total_of(body: str) -> HorizonCost:
    """Return what the way costs that is recommended for a manifest."""
    found = recommend(evaluate(body, LEAVES).expected, margin_percent=0)
    assert found is not None
    return found.chosen.ranked.cost


def test_the_total_holds_building_running_and_growth_over_the_horizon() -> None:
    same = total_of(COST_FACTS.replace("{requests", "{growth_12_months: 1, requests"))
    grown = total_of(COST_FACTS.replace("{requests", "{growth_12_months: 10, requests"))
    assert same.monthly_usd == grown.monthly_usd
    assert same.people_usd == grown.people_usd > 0.0
    assert same.total_usd == pytest.approx(same.upfront_usd + 36 * same.monthly_usd, rel=1e-9)
    running = same.monthly_usd - same.people_usd
    # NOTE: growth is costed in four steps a year; after twelve months volume stays ten times what it is today.
    steps = [10 ** ((n + 0.5) / 4) for n in range(4)]
    growing = running * (sum(3 * step for step in steps) + 24 * 10)
    assert grown.total_usd == pytest.approx(same.upfront_usd + 36 * same.people_usd + growing, rel=1e-9)
