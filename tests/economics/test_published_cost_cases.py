"""Published cost cases through the functions of the engine: reproduced within a tolerance, or refused with the reason.

Every figure has the published value and the one worked out from the published inputs with a pocket calculator. The engine
must agree with the second exactly and with the first within the tolerance of the case. Pages were read on 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pytest

from aipolicy.economics.break_even import CostCurve, Crossings, break_even
from aipolicy.economics.fleet import SECONDS_PER_DAY, Redundancy, RentedMachines, Staircase, staircase
from aipolicy.economics.token_cost import (
    TokenPrice,
    TokenRates,
    TokenUse,
    request_usd,
    requests_per_month,
)
from aipolicy.economics.training import (
    accelerator_hours,
    requests_to_recover,
    tokens_usd,
    training_operations,
    training_tokens,
    training_usd,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a case: as published, as worked out by hand, and as the engine has it."""

    name: str
    published: float
    by_hand: float
    engine: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Case:
    """A published case; `tolerance` is how far its figures are rounded, relative to them."""

    name: str
    source: str
    published: str
    tolerance: float
    figures: tuple[Figure, ...]


def month_of(use: TokenUse, price: TokenPrice, requests_per_day: float, days: float = 30.0) -> float:
    """Return the cost of a month of equal requests without retries and evaluation, as published cases count it."""
    return request_usd(use, price) * requests_per_month(requests_per_day, days_per_month=days)


def one_machine(tokens_per_s: float, hourly_usd: float, *, hours: float = 730.0, utilisation: float = 1.0) -> Staircase:
    """Return a machine that is rented for some hours a month and asked for a share of its tokens; a request is one token."""
    rent = RentedMachines(hourly_usd=hourly_usd, sold_in=1.0, hours_per_month=hours)
    return staircase(tokens_per_s, 1, rent, Redundancy(utilisation, spare_replicas=0.0), peak_to_mean=1.0)


def usd_per_mtok(machine: Staircase, days_per_month: float = 730.0 / 24.0) -> float:
    """Return what a million tokens cost in the long run."""
    return machine.slope / days_per_month * 1e6


def calculator_case() -> Case:
    """120 M tokens in and 40 M out a month, at 0.25 and 2 USD a million, or one accelerator at 1.19 USD an hour.

    A break-even at the same mix of input and output: a unit of volume is a million tokens, three quarters of them input.
    Overhead of 15 % is part of the hourly rate.
    """
    price = TokenPrice(TokenRates(0.25, 2.0))
    machines = RentedMachines(hourly_usd=1.19 * 1.15, sold_in=1.0, hours_per_month=729.6)
    capacity = one_machine(2500.0, 1.19).requests_per_day
    api_usd = request_usd(TokenUse(120e6, 40e6), price)

    def billion_tokens() -> float:
        found = break_even(CostCurve(0.0, api_usd / 160.0), CostCurve(machines.monthly_usd(1.0), 0.0))
        assert isinstance(found, Crossings)
        assert found.first == found.last
        return found.first / 1000.0

    return Case(
        "induwara-calculator", "AI self-hosting cost calculator of induwara.lk, default scenario", "2026-06-09", 0.005,
        (
            Figure("own, USD a month", 998.46, 998.4576, lambda: machines.monthly_usd(1.0)),
            Figure("API, USD a month", 110.0, 110.0, lambda: api_usd),
            Figure("extra cost", 888.46, 888.4576, lambda: machines.monthly_usd(1.0) - api_usd),
            Figure("break-even, billion tokens a month", 1.45, 1.452302, billion_tokens),
            Figure("capacity, billion tokens a month", 6.57, 6.5664, lambda: capacity * 729.6 / 24.0 / 1e9),
        ),
    )  # fmt: skip


def unit_cost_case() -> Case:
    """Four H100 at 10 USD an hour, or 6.40 reserved, 3,400 tokens a second.

    The page counts the cost of 720 hours and the capacity of 730.
    """
    on_demand, reserved = one_machine(3400.0, 10.0), one_machine(3400.0, 6.4)

    def at(utilisation: float) -> float:
        return usd_per_mtok(one_machine(3400.0, 6.4, hours=720.0, utilisation=utilisation))

    return Case(
        "kshirol-4xh100", "https://kshirol-dev.github.io/learnAI/, 09-inference-infrastructure", "2025", 0.01,
        (
            Figure("million tokens an hour", 12.24, 12.24, lambda: on_demand.requests_per_day / 24.0 / 1e6),
            Figure("USD a million, on demand", 0.82, 0.816993, lambda: usd_per_mtok(on_demand)),
            Figure("USD a million, reserved", 0.52, 0.522876, lambda: usd_per_mtok(reserved)),
            Figure("machines, USD a month", 4608.0, 4608.0, lambda: one_machine(3400.0, 6.4, hours=720.0).usd),
            Figure("capacity, billion a month", 8.935, 8.9352, lambda: on_demand.requests_per_day * 730.0 / 24.0 / 1e9),
            Figure("USD a million at 30 % of capacity", 1.72, 1.719044, lambda: at(0.3)),
            Figure("USD a million at 10 % of capacity", 5.15, 5.157131, lambda: at(0.1)),
        ),
    )  # fmt: skip


def batch_window_case() -> Case:
    """Eight A100 at 20 USD an hour for some hours a day, against 1,500 USD a month; 30 days.

    A day of 16 M tokens in and 1.5 M out at 2 and 12 USD a million is 50 USD; the notes print about 48.
    """

    def month(hours: float, days: float = 30.0) -> float:
        return RentedMachines(hourly_usd=20.0, sold_in=1.0, hours_per_month=hours * days).monthly_usd(1.0)

    def break_even_hours() -> float:
        found = break_even(CostCurve(0.0, month(1.0)), CostCurve(1500.0, 0.0))  # over hours a day
        assert isinstance(found, Crossings)
        return found.first

    day = TokenUse(16e6, 1.5e6)
    return Case(
        "batch-window", "notes `When Does Self-Hosting an LLM Start to Make Sense?`, public repository", "2026-02", 0.05,
        (
            *(Figure(f"USD a month, {h} hours a day", h * 600.0, h * 600.0, lambda h=h: month(h)) for h in (1, 1.5, 2, 2.5)),
            Figure("break-even, hours a day", 2.5, 2.5, break_even_hours),
            Figure("% saved of 5,000 at 2 hours a day", 76.0, 76.0, lambda: 100.0 * (1.0 - month(2.0) / 5000.0)),
            Figure("% saved of 5,000 at 4 hours a day", 52.0, 52.0, lambda: 100.0 * (1.0 - month(4.0) / 5000.0)),
            Figure("API, USD a day", 48.0, 50.0, lambda: request_usd(day, TokenPrice(TokenRates(2.0, 12.0)))),
            Figure("63 minutes, USD", 21.0, 21.0, lambda: month(63.0 / 60.0, days=1.0)),
        ),
    )  # fmt: skip


GUIDE = "https://github.com/SyedMoasib000/ai-system-design-guide, 02-model-landscape/03-pricing-and-costs.md, commit 275113e"
GPT_4O = TokenPrice(TokenRates(2.5, 10.0))


def guide_case() -> Case:
    """A chat with retrieval, 2,600 tokens in and 300 out, 10,000 a day, and summaries of 8,000 into 500."""
    chat = TokenUse(2600.0, 300.0)
    machines = RentedMachines(hourly_usd=3.0, sold_in=1.0, hours_per_month=730.0)
    return Case(
        "guide-rag-api", GUIDE, "2025-12", 0.001,
        (
            Figure("USD a request", 0.0095, 0.0095, lambda: request_usd(chat, GPT_4O)),
            Figure("USD a day", 95.0, 95.0, lambda: month_of(chat, GPT_4O, 10_000.0, days=1.0)),
            Figure("USD a month", 2850.0, 2850.0, lambda: month_of(chat, GPT_4O, 10_000.0)),
            Figure("USD a summary", 0.025, 0.025, lambda: request_usd(TokenUse(8000.0, 500.0), GPT_4O)),
            Figure("four H100 at 3 USD, USD a month", 8760.0, 8760.0, lambda: machines.monthly_usd(4.0)),
        ),
    )  # fmt: skip


def training_case() -> Case:
    """7 B parameters on 140 B tokens, 140 to 170 TFLOPS reached, 1.50 to 2 USD an hour.

    The page rounds the hours before it multiplies them with the rate.
    """
    operations = training_operations(7.0, 140e9)
    return Case(
        "deepiix-train", "https://deepiix.com, economics of training large models", "2025", 0.01,
        (
            Figure("10^21 operations", 5.88, 5.88, lambda: operations / 1e21),
            Figure("hours at 170 TFLOPS", 9600.0, 9607.843137, lambda: accelerator_hours(operations, 170.0, 1.0)),
            Figure("hours at 140 TFLOPS", 11_700.0, 11_666.666667, lambda: accelerator_hours(operations, 140.0, 1.0)),
            Figure("USD, least", 14_400.0, 14_400.0, lambda: training_usd(9600.0, 1.5)),
            Figure("USD, most", 23_400.0, 23_400.0, lambda: training_usd(11_700.0, 2.0)),
        ),
    )  # fmt: skip


def fine_tuning_case() -> Case:
    """10,000 examples of 512 tokens, three times, at 0.008 USD a thousand tokens."""
    tokens = training_tokens(10_000.0, 512.0, 3.0)
    return Case(
        "kickllm-finetune", "https://kickllm.com/fine-tuning-cost-calculator", "2026", 0.01,
        (
            Figure("million tokens", 15.36, 15.36, lambda: tokens / 1e6),
            Figure("USD", 123.0, 122.88, lambda: tokens_usd(tokens, 8.0)),
        ),
    )  # fmt: skip


def fine_tuning_break_even_case() -> Case:
    """A run of 500 or 5,000 USD shortens prompts from 3,000 to 500 tokens at 2.50 USD a million; an order of magnitude."""

    def requests(run_usd: float, tuned_input_usd_per_mtok: float = 2.5) -> float:
        base = request_usd(TokenUse(3000.0, 0.0), TokenPrice(TokenRates(2.5, 10.0)))
        tuned = request_usd(TokenUse(500.0, 0.0), TokenPrice(TokenRates(tuned_input_usd_per_mtok, 10.0)))
        recovered = requests_to_recover(run_usd, base, tuned)
        assert recovered is not None
        return recovered

    return Case(
        "ftbreakeven", "https://yashbogam.me, fine-tuning vs prompting", "2026-04", 0.25,
        (
            Figure("requests, least", 100_000.0, 80_000.0, lambda: requests(500.0)),
            Figure("requests, most", 1_000_000.0, 800_000.0, lambda: requests(5000.0)),
        ),
    )  # fmt: skip


def trace_case() -> Case:
    """A week of Azure: 27.30 M conversations and 16.80 M coding requests; peaks of a minute read off the plots.

    What static machines are used at most on average, with a target of 0.7 at the peak, follows from peak over mean.
    """
    week_minutes = 7 * 24 * 60

    def mean_utilisation(peak_to_mean: float) -> float:
        rent, at_70 = RentedMachines(1.0, 1.0, 730.0), Redundancy(target_utilisation=0.7, spare_replicas=0.0)
        return staircase(1.0, 1, rent, at_70, peak_to_mean).requests_per_day / SECONDS_PER_DAY

    conversation, coding = 5200.0 / (27.304e6 / week_minutes), 5880.0 / (16.8037e6 / week_minutes)
    return Case(
        "azure-trace-shapes", "https://github.com/Azure/AzurePublicDataset, LLM inference traces 2024", "2024-05", 0.02,
        (
            Figure("peak over mean, conversation", 1.92, 1.919719, lambda: conversation),
            Figure("peak over mean, coding", 3.53, 3.527224, lambda: coding),
            Figure("mean utilisation, conversation", 0.36, 0.364637, lambda: mean_utilisation(conversation)),
            Figure("mean utilisation, coding", 0.20, 0.198456, lambda: mean_utilisation(coding)),
        ),
    )  # fmt: skip


CASES = (
    calculator_case(), unit_cost_case(), batch_window_case(), guide_case(), training_case(),
    fine_tuning_case(), fine_tuning_break_even_case(), trace_case(),
)  # fmt: skip
FIGURES = [pytest.param(case, figure, id=f"{case.name}: {figure.name}") for case in CASES for figure in case.figures]


@pytest.mark.parametrize(("case", "figure"), FIGURES)
def test_the_engine_reproduces_a_published_figure(case: Case, figure: Figure) -> None:
    assert case.source
    assert figure.engine() == pytest.approx(figure.published, rel=case.tolerance)


@pytest.mark.parametrize(("case", "figure"), FIGURES)
def test_the_engine_agrees_with_the_figure_worked_out_by_hand(case: Case, figure: Figure) -> None:
    assert figure.engine() == pytest.approx(figure.by_hand, rel=1e-5), case.source


@dataclass(frozen=True, slots=True)
class Trap:
    """A published figure that is wrong: by which factor, and the mistake that leads to it."""

    name: str
    source: str
    reason: str
    published: float
    engine: Callable[[], float]
    factor: float
    """The published figure over the right one."""
    mistaken: Callable[[], float]
    """The published figure, as the mistake yields it."""
    tolerance: float


MONTH_USE = TokenUse(2000.0, 400.0)
OPERATIONS = training_operations(7.0, 1e12)
HOURS = accelerator_hours(OPERATIONS, 989.0, 0.45)
INSTANCE_USD = 98.32
"""An hour of an instance with eight accelerators."""

TRAPS = (
    Trap(
        "guide-monthly", GUIDE,
        "50,000 requests a day of 2,000 tokens in and 400 out at 2.50 and 10 USD a million are 450 USD a day and 13,500 "
        "in 30 days; 12,500 leaves out 7 %, and no month has the 27.8 days that it would take",
        published=12_500.0, engine=lambda: month_of(MONTH_USE, GPT_4O, 50_000.0), factor=0.926,
        mistaken=lambda: month_of(MONTH_USE, GPT_4O, 50_000.0, days=27.78), tolerance=0.001,
    ),
    Trap(
        "alpha-train", "https://alpha-one-index.github.io, training costs",
        "7 B parameters on 10^12 tokens take 26,214 accelerator-hours; 98.32 USD is the price of an instance of eight "
        "accelerators and was paid for every single one, eight times too much",
        published=2.57e6, engine=lambda: training_usd(HOURS, INSTANCE_USD / 8.0), factor=7.98,
        mistaken=lambda: training_usd(HOURS, INSTANCE_USD), tolerance=0.01,
    ),
)  # fmt: skip


def by_name(items: Iterable[Trap]) -> Mapping[str, Trap]:
    """Return traps by their name."""
    return {item.name: item for item in items}


@pytest.mark.parametrize("trap", TRAPS, ids=[trap.name for trap in TRAPS])
def test_the_engine_refuses_a_published_figure_that_is_wrong(trap: Trap) -> None:
    assert trap.published / trap.engine() == pytest.approx(trap.factor, rel=0.005), trap.reason
    assert trap.engine() != pytest.approx(trap.published, rel=0.05), trap.reason


@pytest.mark.parametrize("trap", TRAPS, ids=[trap.name for trap in TRAPS])
def test_the_mistake_behind_a_wrong_figure_yields_it(trap: Trap) -> None:
    assert trap.mistaken() == pytest.approx(trap.published, rel=trap.tolerance), trap.reason


def test_the_right_figures_of_the_traps_are_those_worked_out_by_hand() -> None:
    traps = by_name(TRAPS)
    assert pytest.approx(26_249.0, rel=0.01) == HOURS
    assert pytest.approx(26_214.283039, rel=1e-6) == HOURS
    assert traps["alpha-train"].engine() == pytest.approx(322_174.0, rel=1e-5)
    assert traps["guide-monthly"].engine() == pytest.approx(13_500.0, rel=1e-9)
    assert month_of(MONTH_USE, GPT_4O, 50_000.0, days=365.0 / 12.0) == pytest.approx(13_687.5, rel=1e-9)


def test_a_dearer_tuned_token_can_take_the_break_even_away() -> None:
    """At 1.5 times the price and prompts of 2,000 instead of 3,000 tokens nothing is saved."""
    base, tuned = 3000 * 2.5e-6, 2000 * 3.75e-6
    assert requests_to_recover(500.0, base, tuned) is None
