"""The catalog of a run: shipped files and the organisation's own, read part by part, as of one day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from aipolicy.catalog.axes import PROMPTED_TIERS
from aipolicy.errors import CatalogError
from aipolicy.source.document import Document
from aipolicy.source.records import Mistakes, Record

if TYPE_CHECKING:
    from aipolicy.catalog import machines
    from aipolicy.catalog import offerings as offered
    from aipolicy.catalog.assumptions import Assumption, HeadCount
    from aipolicy.catalog.currencies import ExchangeRate
    from aipolicy.catalog.data_classes import DataClasses
    from aipolicy.catalog.entries import Dated
    from aipolicy.catalog.frameworks import Framework
    from aipolicy.catalog.machine_prices import MachinePrices
    from aipolicy.catalog.places import Places
    from aipolicy.catalog.prices import Price, PriceIndex
    from aipolicy.catalog.task_types import TaskType

T = TypeVar("T")
K = TypeVar("K")

PARTS = (
    "places", "data_classes", "task_types", "providers", "regions", "terms", "models", "scores", "deployments", "offerings",
    "exchange_rates", "prices", "accelerators", "machine_prices", "networks", "speeds", "tier_speeds", "self_hosted",
    "efforts", "people", "assumptions", "frameworks",
)  # fmt: skip
"""The parts of a catalog; each is read when first asked for, so that a run pays for what it uses."""


class Catalog:
    """Reference data that holds on `as_of`; parts are read when first asked for, mistakes raise `CatalogError`."""

    def __init__(self, documents: tuple[Document, ...], as_of: date) -> None:
        self.documents = documents
        self.as_of = as_of

    @cached_property
    def places(self) -> Places:
        """Return countries and groups."""
        from aipolicy.catalog.places import read_places

        return self._read(lambda files: read_places(files, self.as_of))

    @cached_property
    def data_classes(self) -> DataClasses:
        """Return the hierarchy of data classes."""
        from aipolicy.catalog.data_classes import read_data_classes

        return self._read(read_data_classes)

    @cached_property
    def task_types(self) -> Mapping[str, TaskType]:
        """Return the task types by id."""
        from aipolicy.catalog.task_types import read_task_types

        return self._read(read_task_types)

    @cached_property
    def providers(self) -> Mapping[str, offered.Provider]:
        """Return the providers by id."""
        from aipolicy.catalog import offerings as offered

        return self._by_key("providers", offered.read_provider, lambda e: e.id)

    @cached_property
    def regions(self) -> tuple[offered.Region, ...]:
        """Return the regions of all providers."""
        from aipolicy.catalog import offerings as offered

        return self._section("regions", offered.read_region, lambda e: (e.provider, e.id))

    @cached_property
    def terms(self) -> tuple[offered.Term, ...]:
        """Return the terms that hold on the day."""
        return tuple(term for term in self.stated_terms if term.dated.has_begun(self.as_of))

    @cached_property
    def stated_terms(self) -> tuple[offered.Term, ...]:
        """Return the terms that hold on the day, and those that an organisation states from a later day on."""
        from aipolicy.catalog import offerings as offered

        return self._section("terms", offered.read_term, lambda e: (e.provider, e.region, e.term))

    @cached_property
    def models(self) -> Mapping[str, offered.Model]:
        """Return the models by id."""
        from aipolicy.catalog import offerings as offered

        return self._by_key("models", offered.read_model, lambda e: e.id)

    @cached_property
    def scores(self) -> Mapping[str, Mapping[str, float]]:
        """Return the best that was published of every model by benchmark, over how much it thinks."""
        from aipolicy.catalog import offerings as offered

        best: dict[str, dict[str, float]] = {}
        for entry in self._section("scores", offered.read_score, lambda e: (e.model, e.benchmark, e.effort)):
            of_model = best.setdefault(entry.model, {})
            of_model[entry.benchmark] = max(entry.score, of_model.get(entry.benchmark, entry.score))
        return best

    @cached_property
    def deployments(self) -> Mapping[tuple[str, str], str]:
        """Return the models behind the names that an organisation gave them, by provider and name."""
        from aipolicy.catalog import offerings as offered

        entries = self._section("deployments", offered.read_deployment, lambda e: (e.provider, e.name))
        return {(entry.provider, entry.name): entry.model for entry in entries}

    @cached_property
    def offerings(self) -> tuple[offered.Offering, ...]:
        """Return which models are offered where."""
        from aipolicy.catalog import offerings as offered

        return self._section("offerings", offered.read_offering, lambda e: (e.provider, e.model, e.regions))

    @cached_property
    def exchange_rates(self) -> Mapping[str, ExchangeRate]:
        """Return what a unit of each currency is worth on the day; a rate of a later day is not there."""
        from aipolicy.catalog.currencies import read_exchange_rate

        return self._by_key("exchange_rates", read_exchange_rate, lambda e: e.currency, strict=True)

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """Return the prices that hold on the day; what was not known then is not there."""
        from aipolicy.catalog.price_entries import read_prices

        return self._read(lambda files: read_prices(files, self.exchange_rates, self.as_of))

    @cached_property
    def price_index(self) -> PriceIndex:
        """Return the prices that hold on the day by provider, model and region."""
        from aipolicy.catalog.prices import price_index

        return price_index(self.prices)

    @cached_property
    def accelerators(self) -> Mapping[str, machines.Accelerator]:
        """Return the accelerators by id."""
        from aipolicy.catalog import machines

        return self._by_key("accelerators", machines.read_accelerator, lambda e: e.id)

    @cached_property
    def machine_prices(self) -> MachinePrices:
        """Return what sellers charge for machines, by accelerator, provider and region."""
        from aipolicy.catalog.machine_prices import MachinePrices, read_machine_price

        entries = self._section(
            "machine_prices", read_machine_price, lambda e: (e.accelerator, e.provider, e.region),
            alike=lambda e: (e.accelerator, e.provider),
        )  # fmt: skip
        begun = (entry for entry in entries if entry.dated.has_begun(self.as_of))
        return MachinePrices(begun, self.assumptions["machine-price-elsewhere"].value)

    @cached_property
    def networks(self) -> Mapping[tuple[str, str], machines.Network]:
        """Return network round trips by boundary and distance."""
        from aipolicy.catalog import machines

        return self._by_key("network", machines.read_network, lambda e: (e.boundary, e.distance))

    @cached_property
    def speeds(self) -> Mapping[tuple[str, str], tuple[machines.HostedSpeed, ...]]:
        """Return the published speeds of hosted models by provider and model, one for each effort."""
        from aipolicy.catalog import machines

        speeds: dict[tuple[str, str], tuple[machines.HostedSpeed, ...]] = {}
        for entry in self._section("speeds", machines.read_speed, lambda e: (e.provider, e.model, e.effort)):
            speeds[entry.provider, entry.model] = (*speeds.get((entry.provider, entry.model), ()), entry)
        return speeds

    @cached_property
    def tier_speeds(self) -> Mapping[str, machines.HostedSpeed]:
        """Return how fast hosted models of a tier are of which nothing is published."""
        from aipolicy.catalog import machines

        return self._by_key("tier_speeds", machines.read_tier_speed, lambda e: e.tier)

    @cached_property
    def self_hosted(self) -> Mapping[tuple[str, str], machines.SelfHosted]:
        """Return the models on accelerators that own hosting considers, by model and accelerator."""
        from aipolicy.catalog import machines

        return self._by_key("self_hosted", machines.read_self_hosted, lambda e: (e.model, e.accelerator))

    @cached_property
    def efforts(self) -> Mapping[tuple[str, str], machines.Effort]:
        """Return the effort by adaptation and hosting."""
        from aipolicy.catalog import machines

        return self._by_key("effort", machines.read_effort, lambda e: (e.adaptation, e.hosting))

    @cached_property
    def people(self) -> tuple[HeadCount, ...]:
        """Return whom a feature takes while it runs, by kind of work."""
        from aipolicy.catalog.assumptions import read_head_count

        return self._section("people", read_head_count, lambda e: e.id)

    @cached_property
    def assumptions(self) -> Mapping[str, Assumption]:
        """Return the constants of cost estimates by id."""
        from aipolicy.catalog.assumptions import read_assumptions

        return self._read(lambda files: read_assumptions(files, self.as_of))

    @cached_property
    def frameworks(self) -> Mapping[str, Framework]:
        """Return the frameworks whose controls rules may name, by id."""
        from aipolicy.catalog.frameworks import read_frameworks

        return self._read(read_frameworks)

    def region(self, provider: str, name: str) -> offered.Region | None:
        """Return a region of a provider by id or alias."""
        for region in self.regions:
            if region.provider == provider and (region.id == name or name in region.aliases):
                return region
        return None

    def provider(self, name: str) -> offered.Provider | None:
        """Return a provider by id or alias."""
        aliased = (entry for entry in self.providers.values() if name in entry.aliases)
        return self.providers.get(name) or next(aliased, None)

    def vocabulary(self, name: str) -> tuple[str, ...]:
        """Return the words of an open vocabulary; an unknown vocabulary has none."""
        words = _VOCABULARIES.get(name)
        return tuple(words(self)) if words is not None else ()

    @property
    def vocabularies(self) -> Mapping[str, tuple[str, ...]]:
        """Return the words of every open vocabulary by its name."""
        return {name: self.vocabulary(name) for name in _VOCABULARIES}

    def validate(self) -> None:
        """Read everything once; raises with every mistake, cross references included."""
        from aipolicy.catalog.references import Named, check_references, check_sections

        check_sections(self.documents)
        for part in PARTS:
            getattr(self, part)
        named = Named(
            providers=tuple(self.providers), models=tuple(self.models), accelerators=tuple(self.accelerators),
            regions=frozenset((region.provider, region.id) for region in self.regions), countries=self.places.codes,
        )  # fmt: skip
        check_references(self.documents, named)

    def _read(self, read: Callable[[list[Record]], T]) -> T:
        mistakes = Mistakes(CatalogError)
        records = [Record(document, (), document.value, mistakes) for document in self.documents]
        result = read(records)
        mistakes.raise_if_any()
        return result

    def _by_key(
        self, name: str, read: Callable[[Record], T], key: Callable[[T], K], *, strict: bool = False
    ) -> dict[K, T]:
        return {key(entry): entry for entry in self._section(name, read, key, strict=strict)}

    def _section(self, name: str, read: Callable[[Record], T], key: Callable[[T], object], *,
                 strict: bool = False, alike: Callable[[T], object] | None = None) -> tuple[T, ...]:  # fmt: skip
        from aipolicy.catalog.sections import read_section

        return self._read(
            lambda files: read_section(files, name, read, key, _dated, self.as_of, strict=strict, alike=alike)
        )


def _dated(entry: Any) -> Dated:
    dated: Dated = entry.dated
    return dated


_VOCABULARIES: Mapping[str, Callable[[Catalog], Iterable[str]]] = {
    "data-class": lambda catalog: catalog.data_classes.by_id,
    "place": lambda catalog: catalog.places.names(),
    "country": lambda catalog: sorted(catalog.places.codes),
    "residency": lambda catalog: catalog.places.residencies(),
    "task-type": lambda catalog: catalog.task_types,
    "provider": lambda catalog: sorted(catalog.providers),
    "model": lambda catalog: sorted(model.id for model in catalog.models.values() if model.answers),
    "prompting-model": lambda catalog: (*PROMPTED_TIERS, *catalog.vocabulary("model")),
    "machine": lambda catalog: sorted(catalog.accelerators),
    "region": lambda catalog: sorted({region.id for region in catalog.regions}),
    "regime": lambda catalog: sorted({r for entry in catalog.data_classes.by_id.values() for r in entry.regimes}),
}
"""The open vocabularies, and where the words of each come from; only what is asked for is read."""
