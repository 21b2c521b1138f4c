"""The constants of cost estimates as the catalog states them, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aipolicy.economics.fleet import Redundancy
from aipolicy.economics.retrieval import Index
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog


class OwnSite(Frozen, kw_only=True):
    """What machines of one's own cost besides their price."""

    server_overhead_share: float
    server_power_factor: float
    amortisation_years: float
    power_usage_effectiveness: float
    electricity_usd_per_kwh: float
    colocation_usd_per_kw: float


class SpeedAssumptions(Frozen):
    """How far hosted answers differ: slow ones from the median, and one host of a model from another."""

    p95_over_p50_fast: float
    p95_over_p50_usual: float
    p95_over_p50_slow: float
    other_host: float
    unthinking_ms: float
    """First token of a model that does not think first."""


class TrainingConstants(Frozen, kw_only=True):
    """What training takes whatever is trained."""

    runs_per_year: float
    usd_per_label: float
    tokens_per_example: float
    epochs: float
    utilisation: float
    tokens_per_parameter: float


class CostAssumptions(Frozen, kw_only=True):
    """Constants of the catalog; units as in `docs/assumptions.md`. A factor is 1 unless an estimate draws it."""

    hours_per_month: float
    days_per_month: float
    redundancy: Redundancy
    own_site: OwnSite
    staff_year_usd: float
    monitoring_monthly_usd: float
    evaluation_monthly_usd: float
    retry_share: float
    evaluation_traffic_share: float
    batch_latency_hours: float
    machine_start_hours: float
    """Until a machine that was given back answers again."""
    training: TrainingConstants
    index: Index
    vector_store_usd_per_gb: float
    index_refreshes_per_year: float | None
    """What the organisation states; None, and an index is made anew as often as knowledge changes."""
    query_tokens: float
    embedding_usd_per_mtok: float
    retrieval_ms: float
    speed: SpeedAssumptions
    judge_input_tokens: float
    judge_output_tokens: float
    one_step_requests_per_s: float
    stale_price_days: float
    capacity_spread: float
    """Standard deviation of the logarithm of what machines reach around their estimate."""
    people_deviation: float = 0.0
    """How many people ways take: -1 few, 0 as likely, 1 many."""
    capacity_factor: float = 1.0
    mixture_capacity_factor: float = 1.0
    accelerator_price_factor: float = 1.0
    open_price_factor: float = 1.0
    list_price_factor: float = 1.0
    committed_share: float = 0.0
    """Of rented machines, for a year."""


def cost_assumptions(catalog: Catalog) -> CostAssumptions:
    """Return the constants of a catalog."""
    refreshes = catalog.assumptions["index-refreshes-per-year"]
    value = {id_: assumption.value for id_, assumption in catalog.assumptions.items()}
    return CostAssumptions(
        hours_per_month=value["hours-per-month"],
        days_per_month=value["days-per-month"],
        redundancy=Redundancy(value["target-utilisation"], value["spare-replicas"]),
        own_site=_own_site(value),
        staff_year_usd=value["loaded-staff-year"],
        monitoring_monthly_usd=value["monitoring-monthly"],
        evaluation_monthly_usd=value["evaluation-monthly"],
        retry_share=value["retry-share"],
        evaluation_traffic_share=value["evaluation-traffic-share"],
        batch_latency_hours=value["batch-latency-hours"],
        machine_start_hours=value["machine-start-hours"],
        committed_share=value["committed-share"],
        training=_training(value),
        index=Index(
            chunk_tokens=value["chunk-tokens"],
            dimensions=value["embedding-dimensions"],
            bytes_per_dimension=value["bytes-per-dimension"],
            overhead=value["index-overhead"],
        ),
        vector_store_usd_per_gb=value["vector-store-monthly"],
        index_refreshes_per_year=refreshes.value if refreshes.dated.own else None,
        query_tokens=value["query-tokens"],
        embedding_usd_per_mtok=value["embedding-price"],
        retrieval_ms=value["retrieval-ms"],
        speed=_speed(catalog),
        judge_input_tokens=value["judge-input-tokens"],
        judge_output_tokens=value["judge-output-tokens"],
        one_step_requests_per_s=value["classical-requests-per-second"],
        stale_price_days=value["stale-price-days"],
        capacity_spread=value["capacity-spread"],
    )


def _own_site(value: Mapping[str, float]) -> OwnSite:
    return OwnSite(
        server_overhead_share=value["server-overhead-share"],
        server_power_factor=value["server-power-factor"],
        amortisation_years=value["amortisation-years"],
        power_usage_effectiveness=value["power-usage-effectiveness"],
        electricity_usd_per_kwh=value["electricity-price"],
        colocation_usd_per_kw=value["colocation-monthly"],
    )


def _training(value: Mapping[str, float]) -> TrainingConstants:
    return TrainingConstants(
        runs_per_year=value["retrainings-per-year"],
        usd_per_label=value["labelling-cost"],
        tokens_per_example=value["training-tokens-per-example"],
        epochs=value["training-epochs"],
        utilisation=value["training-utilisation"],
        tokens_per_parameter=value["training-tokens-per-parameter"],
    )


def _speed(catalog: Catalog) -> SpeedAssumptions:
    slow_answers = catalog.assumptions["first-token-p95"]
    usual = slow_answers.value
    fast, slow = (usual if end is None else end for end in (slow_answers.low, slow_answers.high))
    other_host, unthinking = (catalog.assumptions[id_].value for id_ in ("other-host-speed", "unthinking-first-token"))
    return SpeedAssumptions(fast, usual, slow, other_host, unthinking)
