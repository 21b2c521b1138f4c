"""How many machines a load takes, and what they cost a month: whole replicas, whole instances, one to spare.

Sources of the formulas: sections on serving of the scaling book, https://github.com/jax-ml/scaling-book commit 04d8de5, read
2026-11-21 (capacity a replica); the rest is counting.
"""

from __future__ import annotations

from dataclasses import dataclass

from aipolicy.economics.arithmetic import SCALARS, Arithmetic

SECONDS_PER_DAY = 86_400.0
_ROUNDING = 1e-9
"""Relative slack below which a load counts as exactly filling a replica, so that rounding never buys a machine."""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """How machines are kept from being full: the load at the peak, and replicas beyond those that the peak takes."""

    target_utilisation: float
    spare_replicas: float


@dataclass(frozen=True, slots=True)
class RentedMachines:
    """Accelerators by the hour, sold in whole instances."""

    hourly_usd: float
    """For one accelerator."""
    sold_in: float
    hours_per_month: float

    def monthly_usd(self, accelerators: float) -> float:
        """Return the rent of a number of accelerators in USD a month."""
        return accelerators * self.hourly_usd * self.hours_per_month


@dataclass(frozen=True, slots=True)
class BoughtMachines:
    """Accelerators that are bought and written off; the purchase itself is not counted again."""

    purchase_usd: float
    """For one accelerator."""
    sold_in: float
    power_kw: float
    server_overhead_share: float
    amortisation_years: float
    power_usage_effectiveness: float
    electricity_usd_per_kwh: float
    colocation_usd_per_kw: float
    hours_per_month: float

    def monthly_usd(self, accelerators: float) -> float:
        """Return depreciation, power and space of a number of accelerators in USD a month."""
        depreciation = self.purchase_usd * (1.0 + self.server_overhead_share) / (12.0 * self.amortisation_years)
        drawn_kw = self.power_kw * self.power_usage_effectiveness
        power = drawn_kw * self.hours_per_month * self.electricity_usd_per_kwh
        return accelerators * (depreciation + power + self.power_kw * self.colocation_usd_per_kw)

    def purchase_total_usd(self, accelerators: float) -> float:
        """Return the money that a number of accelerators takes at once, servers included, in USD."""
        return accelerators * self.purchase_usd * (1.0 + self.server_overhead_share)


MachineCost = RentedMachines | BoughtMachines


def replicas(peak_requests_per_s: float, replica_requests_per_s: float, redundancy: Redundancy, *,
             arithmetic: Arithmetic = SCALARS) -> float:  # fmt: skip
    """Return the whole replicas for a peak load, spare ones included; never fewer than one and the spare ones."""
    filled = peak_requests_per_s / (redundancy.target_utilisation * replica_requests_per_s)
    needed = arithmetic.maximum(arithmetic.ceil(filled * (1.0 - _ROUNDING)), 1.0)
    return needed + redundancy.spare_replicas


def accelerators(replica_count: float, accelerators_per_replica: float, sold_in: float, *,
                 arithmetic: Arithmetic = SCALARS) -> float:  # fmt: skip
    """Return the accelerators of whole instances that hold a number of replicas."""
    if sold_in >= accelerators_per_replica:
        per_instance = float(sold_in // accelerators_per_replica)
        return arithmetic.ceil(replica_count / per_instance * (1.0 - _ROUNDING)) * sold_in
    instances_per_replica = -(-accelerators_per_replica // sold_in)
    return replica_count * instances_per_replica * sold_in


def peak_requests_per_s(requests_per_day: float, peak_to_mean: float) -> float:
    """Return the requests a second in the busiest minute."""
    return requests_per_day / SECONDS_PER_DAY * peak_to_mean
