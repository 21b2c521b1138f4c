"""The candidates of each day: options are made once, and each day has those that are offered on it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import Organization
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.option_set_parts import OptionSetOnDay, PartOfOptionSet
from aipolicy.forecast.catalog_days import CatalogDays
from aipolicy.forecast.catalog_events import ends_of, stale_days_of
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.memo import Memo
from aipolicy.options.option import Leg, Option

Likeness = tuple[int, int, int]
"""The span of catalog entries, how many models are retired, and how many prices are stale, by their days."""
_Key = tuple[object, ...]


class CandidateDays:
    """The candidates as of any day of a horizon."""

    def __init__(self, catalogs: CatalogDays, organization: Organization, start: date, end: date) -> None:
        self._catalogs = catalogs
        self._organization = organization
        self._days = (start, *catalogs.turning_days, end)
        self._offered: dict[tuple[int, int], tuple[Option, ...]] = {}
        self._parts: dict[Likeness, OptionSet] = {}
        self._whole: dict[tuple[int, int], tuple[OptionSet, dict[_Key, int]] | None] = {}
        self._merged: dict[int, tuple[Option, ...] | None] = {}

    def likeness(self, catalog: Catalog) -> Likeness:
        """Return what is equal on two days whose options differ in their ages alone."""
        day = catalog.as_of
        return self._catalogs.span(day), bisect_right(ends_of(catalog), day), bisect_right(stale_days_of(catalog), day)

    def on(self, catalog: Catalog) -> OptionSet:
        """Return the candidates as of the day of a catalog."""
        likeness = self.likeness(catalog)
        if likeness not in self._parts:
            self._parts[likeness] = self._part(catalog, likeness)
        return OptionSetOnDay(self._parts[likeness], catalog)

    def _part(self, catalog: Catalog, likeness: Likeness) -> OptionSet:
        span, retired, stale = likeness
        options = self._options(catalog, retired)
        merged = self._merged_options(catalog, span)
        if merged is None:
            return OptionSet(lambda: options, catalog, self._organization)
        if (span, stale) not in self._whole:
            numbers = {key: number for number, key in enumerate(_keys(merged))}
            self._whole[span, stale] = OptionSet(lambda: merged, catalog, self._organization), numbers
        sets = self._whole[span, stale]
        assert sets is not None
        whole, numbers = sets
        mask = 0
        for key in _keys(options):
            mask |= 1 << numbers[key]
        return PartOfOptionSet(whole, mask)

    def _options(self, catalog: Catalog, retired: int) -> tuple[Option, ...]:
        key = (self._catalogs.span(catalog.as_of), retired)
        if key not in self._offered:
            self._offered[key] = candidate_legs(catalog, self._organization)
        return self._offered[key]

    def _merged_options(self, catalog: Catalog, span: int) -> tuple[Option, ...] | None:
        """Return the options of every day of a span in one order that is right for each, or None where there is none."""
        if span not in self._merged:
            first, after = self._days[span], self._days[span + 1]
            days = [first, *(day for day in ends_of(catalog) if first < day <= after)]
            offered = []
            for day in days:
                as_of = self._catalogs.on(day)
                if self._catalogs.span(day) == span:
                    offered.append(self._options(as_of, self.likeness(as_of)[1]))
            self._merged[span] = merged(offered)
        return self._merged[span]


def merged(offered: Sequence[Sequence[Option]]) -> tuple[Option, ...] | None:
    """Return every option once, in an order that agrees with the order of each sequence; None where none was found."""
    keyed = [_keys(options) for options in offered]
    by_key = dict(zip(keyed[0], offered[0], strict=True))
    order = keyed[0]
    for options, keys in zip(offered, keyed, strict=True):
        following: dict[_Key | None, list[_Key]] = {}
        last: _Key | None = None
        for option, key in zip(options, keys, strict=True):
            if key in by_key:
                last = key
            else:
                following.setdefault(last, []).append(key)
                by_key[key] = option
        if following:
            order = [
                *following.get(None, ()),
                *(option_key for key in order for option_key in (key, *following.get(key, ()))),
            ]
    for keys in keyed:
        there = set(keys)
        if [key for key in order if key in there] != keys:
            return None
    return tuple(by_key[key] for key in order)


def _keys(options: Sequence[Option]) -> list[_Key]:
    legs = Memo(_leg_key)
    return [(option.adaptation, legs.of(option.leg)) for option in options]


def _leg_key(leg: Leg) -> _Key:
    return leg.hosting, leg.provider, leg.region, leg.model.id, leg.accelerator, leg.retires_on
