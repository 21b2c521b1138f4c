"""Names in a plan as people write them in, names of the catalog out, and where a name contradicts the plan.

Conditions compare names, so they must read the one that the catalog has: a rule about `amazon-bedrock` holds for `bedrock`.
"""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.model_names import ModelName, read_model_name
from aipolicy.facts.spec import FactValue
from aipolicy.source.text import shown

_LEGS = ("plan.", "plan.fallback_", "current.")
"""What the names of a leg begin with."""
_PROVIDERS = ("plan.provider", "plan.fallback_provider", "current.provider")
_REGIONS = (("plan.region", "plan.provider"), ("plan.fallback_region", "plan.fallback_provider"))


def with_catalog_names(values: dict[str, FactValue], catalog: Catalog) -> Iterable[tuple[str, str, str]]:
    """Replace names by those of the catalog; return models whose names contradict a fact, with it and the message.

    What the catalog does not know stays as it is written, and is reported with the plan.
    """
    for fact in _PROVIDERS:
        provider = catalog.provider(str(values[fact])) if fact in values else None
        if provider is not None:
            values[fact] = provider.id
    conflicts: list[tuple[str, str, str]] = []
    for leg in _LEGS:
        written, provider_id = values.get(f"{leg}model"), values.get(f"{leg}provider")
        if isinstance(written, str):
            name = read_model_name(written, catalog, str(provider_id) if provider_id is not None else None)
            conflicts += [(f"{leg}model", *conflict) for conflict in _conflicts(written, name, leg, values, catalog)]
            values[f"{leg}model"] = name.model or written
    for fact, owner in _REGIONS:
        region = catalog.region(str(values[owner]), str(values[fact])) if fact in values and owner in values else None
        if region is not None:
            values[fact] = region.id
    return conflicts


def _conflicts(written: str, name: ModelName, leg: str, values: dict[str, FactValue],
               catalog: Catalog) -> Iterable[tuple[str, str]]:  # fmt: skip
    """Yield the fact of the plan that the name of a leg's model contradicts, with what to do."""
    provider, place = values.get(f"{leg}provider"), values.get(f"{leg}region")
    maker = catalog.models[name.model].provider if name.model is not None else name.provider
    # NOTE: `anthropic/…` may as well name who made the model as who hosts it.
    if provider is not None and name.provider not in ("", provider, maker):
        yield f"{leg}provider", f"`{shown(written)}` names the provider `{name.provider}`, not `{shown(str(provider))}`"
        return
    host = name.provider or provider
    if not (name.place and isinstance(host, str) and isinstance(place, str)):
        return
    named = catalog.region(host, name.place)
    meant = catalog.region(host, place)
    if named is not None and (meant is None or meant.id != named.id):
        yield (
            f"{leg}region",
            f"`{shown(written)}` is processed in `{named.id}`, not in `{shown(place)}`; name one region",
        )
