"""What sellers charge for machines: an entry of a catalog file in, the price of a machine in a region out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from statistics import median

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.catalog.prices import ANY_REGION
from aipolicy.catalog.unit_checks import is_far_off
from aipolicy.source.records import Record
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace


class MachinePrice(Frozen):
    """What a seller charges for an hour of one accelerator on demand in a region."""

    accelerator: str
    provider: str
    hourly_usd: float
    sold_in: float
    """The smallest number that can be rented there."""
    dated: Dated
    committed_hourly_usd: float | None = None
    """What it asks of who commits to a year; None where it is not known."""
    region: str = ANY_REGION
    """Where that is asked, or any region of the seller."""
    by_region: tuple[tuple[str, float], ...] = ()
    """What an hour costs in other regions of the seller, in USD."""
    by_region_source: str = ""
    """Where that was read; empty where the entry has one source."""
    factor: float | None = None
    """How many times the price of the region that it was read for; None where the price itself was read or stated."""

    def is_read_in(self, region: str) -> bool:
        """Return whether the entry itself says what is charged in a region."""
        return self.region in (ANY_REGION, region) or any(name == region for name, _ in self.by_region)

    def elsewhere(self, region: str, factor: float | None) -> MachinePrice:
        """Return the price in another region: the one that the entry says, else so many times that of its own region."""
        own_usd = dict(self.by_region).get(region)
        committed = self.committed_hourly_usd
        times = own_usd / self.hourly_usd if own_usd is not None else factor or 1.0
        dated = replace(self.dated, source=self.by_region_source or self.dated.source) if own_usd is not None else (
            replace(self.dated, verified=False)
        )  # fmt: skip
        return replace(
            self, region=region, by_region=(), by_region_source="", dated=dated,
            hourly_usd=self.hourly_usd * times if own_usd is None else own_usd,
            committed_hourly_usd=None if committed is None else committed * times,
            factor=None if own_usd is not None else factor,
        )  # fmt: skip


class MachinePrices:
    """What sellers charge for machines, by machine, seller and region."""

    def __init__(self, entries: Iterable[MachinePrice], unread_factor: float) -> None:
        """Take the entries that hold; `unread_factor` is what a region costs of which no price of its seller was read."""
        self.entries = tuple(entries)
        self._unread_factor = unread_factor
        self._by_machine: dict[tuple[str, str], list[MachinePrice]] = {}
        self._factors: dict[tuple[str, str], float] = {}
        for entry in self.entries:
            self._by_machine.setdefault((entry.accelerator, entry.provider), []).append(entry)

    def at(self, accelerator: str, provider: str, region: str) -> MachinePrice | None:
        """Return what a seller charges for a machine in a region; None where it is not listed with the machine.

        What an organisation states for the region comes first, then what it states for every one. A price that was read
        for other regions only is that of the region it is of, times what machines of the seller cost there.
        """
        entries = self._by_machine.get((accelerator, provider), [])
        for own in (True, False):
            for entry in sorted(entries, key=partial(_generality, region)):
                if entry.dated.own is own and entry.is_read_in(region):
                    return entry if entry.region in (ANY_REGION, region) else entry.elsewhere(region, None)
        shipped = next((entry for entry in entries if not entry.dated.own), None)
        return None if shipped is None else shipped.elsewhere(region, self._factor(shipped, region))

    def how_read(self, provider: str, region: str) -> int:
        """Return how prices of a seller are known in a region: 0 read for it, 1 read beside another's, 2 estimated."""
        entries = [entry for entry in self.entries if entry.provider == provider]
        if any(entry.region in (ANY_REGION, region) for entry in entries):
            return 0
        return 1 if any(entry.is_read_in(region) for entry in entries) else 2

    def _factor(self, of: MachinePrice, region: str) -> float:
        """Return what machines of a seller cost in a region, in proportion to where their price was read."""
        key = (of.provider, region)
        if key not in self._factors:
            factors = [
                usd / entry.hourly_usd
                for entry in self.entries
                if entry.provider == of.provider and not entry.dated.own
                for name, usd in entry.by_region
                if name == region
            ]
            self._factors[key] = median(factors) if factors else self._unread_factor
        return self._factors[key]


def _generality(region: str, price: MachinePrice) -> int:
    """Return how little a price is of a region alone: of that one, of another beside which it stands, of every one."""
    return 0 if price.region == region else 2 if price.region == ANY_REGION else 1


def read_machine_price(record: Record) -> MachinePrice:
    """Return one entry of `machine_prices`."""
    record.text("instance", "")
    hourly, committed = record.positive("hourly_usd"), record.optional_positive("committed_hourly_usd")
    if committed is not None and record.has("hourly_usd") and committed > hourly:
        record.mistake(f"`committed_hourly_usd` {committed:g} is above `hourly_usd` {hourly:g}", "committed_hourly_usd")
    region = record.text("region", ANY_REGION)
    return MachinePrice(
        record.text("accelerator"), record.text("provider"), hourly, record.number("sold_in", 1.0, minimum=1),
        read_dated(record), committed, region, _by_region(record, region), record.text("other_regions_source", ""),
    )  # fmt: skip


def _by_region(record: Record, region: str) -> tuple[tuple[str, float], ...]:
    if not record.has("other_regions"):
        return ()
    if region == ANY_REGION:
        record.mistake(
            "`other_regions` are others than `region`, which is not stated; say of which region `hourly_usd` is",
            "other_regions",
        )
    others = record.record("other_regions")
    prices = tuple((name, others.positive(name)) for name in others.field_names())
    hourly = record.optional_positive("hourly_usd")
    for name, usd in prices:
        if hourly is not None and is_far_off(hourly, usd):
            others.mistake(f"{usd:g} USD an hour is far from the {hourly:g} of `{shown(region)}`; check its unit", name)
    if any(name == region for name, _ in prices):
        others.mistake(f"the price of `{region}` is `hourly_usd`; remove it here", region)
    others.finish()
    return prices
