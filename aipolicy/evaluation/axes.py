"""The axes along which ways of building differ as facts of options, what the catalog offers along them, and which is named.

Of options that are equal in all that is counted no order of the catalog and no alphabet names a region: the place of the
data or of the organisation comes first, then the region whose price was read, then one that nobody has to ask for (a
provider's default endpoint, the country of the seller). Names decide only what is left after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from aipolicy.catalog import axes as catalog_axes
from aipolicy.evaluation.option_masks import first_in

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.facts.spec import FactValue

SIMPLEST_FIRST: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (f"option.{name}", tuple(axis.words)) for name, axis in catalog_axes.AXES.items()
)
"""The words of each axis, the simplest first; the first axis weighs most."""

AXES = tuple(name for name, _ in SIMPLEST_FIRST)
"""The axes for which a verdict names the values that remain."""

OFFERING = ("option.provider", "option.model", "option.region")
"""What the catalog offers along them."""

AXES_OF_LEGS = AXES[:2]
"""Those of a leg by itself."""

AXES_OF_WHOLE = AXES[2:]
"""Those of a leg and its partner."""

_PLACES = ("data.subject_countries", "organization.countries")
"""Facts that say where the data and the organisation are, what decides first."""
_COUNTRIES = "option.regions"
_PROVIDER, _MODEL, _REGION = OFFERING


class Options(Protocol):
    """What is asked of the options of a set to name one of them."""

    catalog: Catalog

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        """Return the values of a fact among the options of a mask."""

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        """Return the options that have one of some values of a fact."""


def places_of(facts: Mapping[str, FactValue], own_sites: tuple[str, ...] | None) -> tuple[frozenset[str], ...]:
    """Return the countries of the data, of the organisation and of its own sites, as far as they are known."""
    places = (*(facts.get(name) for name in _PLACES), own_sites)
    return tuple(frozenset(map(str, countries)) for countries in places if isinstance(countries, tuple) and countries)


def first_of_equals(options: Options, mask: int, places: Sequence[frozenset[str]] = ()) -> int:
    """Return of options that are equal in all that is counted the one to name, the places of the data first."""
    if mask & (mask - 1) == 0:
        return first_in(mask)
    for countries in places:
        mask = _within(options, mask, countries) or mask
    for name in (_PROVIDER, _MODEL):
        if mask & (mask - 1) == 0:
            return first_in(mask)
        word = options.distinct(name, mask)[0]
        mask &= options.mask_of(name, frozenset({word})) if word is not None else mask
    regions = [word for word in options.distinct(_REGION, mask) if word is not None]
    if len(regions) > 1:
        of = str(options.distinct(_PROVIDER, mask)[0]), str(options.distinct(_MODEL, mask)[0])
        best = min(regions, key=lambda region: (*_far_fetched(options.catalog, *of, str(region)), str(region)))
        mask &= options.mask_of(_REGION, frozenset({best}))
    return first_in(mask)


def _within(options: Options, mask: int, countries: frozenset[str]) -> int:
    """Return the options of a mask that process data in no other countries."""
    inside = [
        value
        for value in options.distinct(_COUNTRIES, mask)
        if isinstance(value, tuple) and value and countries.issuperset(value)
    ]
    return mask & options.mask_of(_COUNTRIES, frozenset(inside)) if inside else 0


def _far_fetched(catalog: Catalog, provider: str, model: str, region: str) -> tuple[int, bool, bool]:
    """Return how little speaks for a region: its price was not read, it is not the default, nor the seller's country."""
    seller, place = catalog.providers.get(provider), catalog.region(provider, region)
    if seller is not None and seller.kind == "cloud":
        how_read = catalog.machine_prices.how_read(provider, region)
    else:
        how_read = 0 if (provider, model, region) in catalog.price_index else 1
    home = None if seller is None else seller.headquarters
    countries = None if place is None else place.countries
    return how_read, place is None or place.scope != "global", home is None or (home,) != countries
