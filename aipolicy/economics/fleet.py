"""How many machines a load takes, and what they cost a month: whole replicas, whole instances, one to spare.

Sources of the formulas: sections on serving of the scaling book, https://github.com/jax-ml/scaling-book commit 04d8de5, read
2026-11-21 (capacity a replica); the rest is counting.
"""

from __future__ import annotations

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.value import Frozen

SECONDS_PER_DAY = 86_400.0
_LEAST_SHARE = 1e-6
"""Share of an instance below which a volume counts as this share: a machine stands ready for the first request."""
_ROUNDING = 1e-9
"""Relative slack below which a load counts as exactly filling a replica, so that rounding never buys a machine."""


class Redundancy(Frozen):
    """How machines are kept from being full: the load at the peak, and replicas beyond those that the peak takes."""

    target_utilisation: float
    spare_replicas: float


class RentedMachines(Frozen):
    """Accelerators by the hour, sold in whole instances."""

    hourly_usd: float
    """For one accelerator."""
    sold_in: float
    hours_per_month: float
    estimated: bool = True
    """Whether nobody who pays it said so: then it is drawn, and not where an organisation states what it pays."""
    committed_monthly_usd: float = 0.0
    """For one accelerator, what is paid a month besides, whether it is on or not."""
    seller: str = ""
    """Who rents them: the prices of two sellers are uncertain independently of each other."""

    def monthly_usd(self, accelerators: float) -> float:
        """Return the rent of a number of accelerators in USD a month."""
        return accelerators * (self.hourly_usd * self.hours_per_month + self.committed_monthly_usd)


class BoughtMachines(Frozen):
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
    estimated: bool = True

    def monthly_usd(self, accelerators: float) -> float:
        """Return depreciation, power and space of a number of accelerators in USD a month."""
        drawn_kw = self.power_kw * self.power_usage_effectiveness
        power = drawn_kw * self.hours_per_month * self.electricity_usd_per_kwh
        return accelerators * (self._depreciation_usd + power + self.power_kw * self.colocation_usd_per_kw)

    @property
    def depreciation_share(self) -> float:
        """Return the share of a month's cost that is writing the machines off; the rest is power and space."""
        return self._depreciation_usd / self.monthly_usd(1.0)

    @property
    def _depreciation_usd(self) -> float:
        return self.purchase_usd * (1.0 + self.server_overhead_share) / (12.0 * self.amortisation_years)


MachineCost = RentedMachines | BoughtMachines


class Staircase(Frozen):
    """Machines over volume: `usd` a month for every instance, which adds `requests_per_day` of capacity."""

    usd: float
    requests_per_day: float
    """Capacity of one instance in mean requests a day, the peak and the target utilisation taken into account."""
    spare_requests_per_day: float
    """Capacity that is kept free: that of the spare replicas."""

    def instances(self, requests_per_day: float, arithmetic: Arithmetic = SCALARS) -> float:
        """Return the whole instances for a volume; they always hold one replica and the spare ones."""
        held = arithmetic.maximum(requests_per_day, _LEAST_SHARE * self.requests_per_day) + self.spare_requests_per_day
        return arithmetic.ceil(held / self.requests_per_day * (1.0 - _ROUNDING))

    def edge(self, instances: float) -> float:
        """Return the largest volume that so many instances hold, in requests a day."""
        return instances * self.requests_per_day - self.spare_requests_per_day

    def monthly_usd(self, requests_per_day: float, arithmetic: Arithmetic = SCALARS) -> float:
        """Return the cost of the instances for a volume in USD a month."""
        return self.usd * self.instances(requests_per_day, arithmetic)

    @property
    def slope(self) -> float:
        """Return the USD a month that one more request a day costs in the long run."""
        return self.usd / self.requests_per_day


def staircase(replica_requests_per_s: float, accelerators_per_replica: int, cost: MachineCost, redundancy: Redundancy,
              peak_to_mean: float) -> Staircase:  # fmt: skip
    """Return what replicas of so many accelerators cost over volume: whole replicas in whole instances."""
    sold_in = int(cost.sold_in)
    bought = sold_in * -(-accelerators_per_replica // sold_in)
    replicas_per_instance = bought // accelerators_per_replica
    replica_per_day = replica_requests_per_s * SECONDS_PER_DAY * redundancy.target_utilisation / peak_to_mean
    return Staircase(
        usd=cost.monthly_usd(bought),
        requests_per_day=replica_per_day * replicas_per_instance,
        spare_requests_per_day=replica_per_day * redundancy.spare_replicas,
    )
