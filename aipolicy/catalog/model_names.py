"""A model as code and consoles name it in, the model of the catalog out, or models that are the same in another version.

Hosts write the same version in their own ways: with a prefix for the client library, for a place or for the maker, with a
suffix for their own revision. An organisation names deployments. What is another version is another model: it is never
taken for the one of the catalog, only named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from aipolicy.source.regex import regex
from aipolicy.source.suggest import misspelt
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog

_BEDROCK = "amazon-bedrock"
_BEDROCK_ID = regex(
    r"(?:(us|eu|apac|au|jp|ca|us-gov|global)\.)?([a-z0-9]+)\.(.+?)((?:-v[0-9]+)?(?::[0-9]+k?)*|-[0-9]:[0-9])"
)
"""Geography, maker, model and revision. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
and inference-profiles-support.html, known since 2025; the form is checked against whole names of the catalog only."""
_BEDROCK_REVISION = regex(r"(?::[0-9]+k?)+")
_VERSION = regex(
    r"[-@](?:20[0-9]{2}-?[0-9]{2}-?[0-9]{2}|[0-9]{2}-20[0-9]{2}|[0-9]{3,4}|latest|preview|default|v[0-9]+(?::[0-9]+)*)"
)
"""What tells versions of one model apart at the end of a name: a day, a month, a number of three or four digits."""
_OWN_SERVERS = frozenset({"hosted_vllm", "ollama", "ollama_chat", "vllm"})
"""What client libraries write before a model that a server of one's own serves: it says nothing of where that server is.
Source: https://docs.litellm.ai/docs/providers/ollama and https://docs.litellm.ai/docs/providers/vllm."""
_SEPARATORS = regex(r"[^a-z0-9]+")


class ModelName(Frozen):
    """What a name of a model says."""

    model: str | None
    """The id of the catalog, None where the catalog does not have this version."""
    provider: str = ""
    """The provider that the name says by its prefix, empty where it says none."""
    place: str = ""
    """The region that it says, as written."""


def read_model_name(name: str, catalog: Catalog, provider: str | None = None) -> ModelName:
    """Return what a name says; `provider` is the id of the one that the plan names."""
    if name in catalog.models:
        return ModelName(name)
    names = _names(catalog)
    if name in names:
        return ModelName(names[name])
    rest, named_host, place = _without_prefixes(name, catalog)
    host = named_host or provider or ""
    model = catalog.deployments.get((host, rest)) or catalog.deployments.get((host, name))
    if model is not None:
        return ModelName(model, named_host, place)
    bedrock = _BEDROCK_ID.fullmatch(rest) if host in ("", _BEDROCK) else None
    if bedrock is not None and bedrock.group(1):
        place = bedrock.group(1)
    for form in (rest, *_forms(rest, bedrock)):
        if form in names:
            return ModelName(names[form], named_host, place)
    return ModelName(None, named_host, place)


def same_model(name: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the ids of the catalog that are the same model in another version or spelling."""
    rest, _, _ = _without_prefixes(name, catalog)
    bedrock = _BEDROCK_ID.fullmatch(rest.casefold())
    stems = {_stem(form) for form in (name, rest, *_forms(rest.casefold(), bedrock))}
    names = _names(catalog)
    exact = {names[form] for form in names if _squashed(form) in {_squashed(name), _squashed(rest)}}
    return tuple(sorted(exact or {model for form, model in names.items() if _stem(form) in stems}))


def meant_model(name: str, catalog: Catalog) -> str | None:
    """Return the id of the model whose name is misspelt, None where it may be another model that the catalog lacks."""
    names = _names(catalog)
    rest, _, _ = _without_prefixes(name, catalog)
    near = misspelt(rest, names)
    return names[near] if near is not None else None


def _names(catalog: Catalog) -> Mapping[str, str]:
    """Return the ids of models that answer by every name that they have."""
    models = [model for model in catalog.models.values() if model.answers]
    by_alias = {alias: model.id for model in models for alias in model.aliases}
    return {**by_alias, **{model.id: model.id for model in models}}


def _without_prefixes(name: str, catalog: Catalog) -> tuple[str, str, str]:
    """Return a name without what a client library puts before it, with the provider and the region that this says."""
    *prefixes, rest = name.split("/")
    owners = {prefix: entry.id for entry in catalog.providers.values() for prefix in entry.model_prefixes}
    regions = {word for region in catalog.regions for word in (region.id, *region.aliases)}
    provider = place = ""
    for number, prefix in enumerate(prefixes):
        owner = owners.get(prefix)
        if prefix in _OWN_SERVERS and not provider:
            continue
        if owner is not None and provider in ("", owner):
            provider = owner
        elif prefix in regions and number:
            place = prefix
        else:
            return "/".join((*prefixes[number:], rest)), provider, place
    return rest, provider, place


def _forms(name: str, bedrock: re.Match[str] | None) -> Iterator[str]:
    """Yield the names that a host's way of writing may stand for; only whole names of the catalog count."""
    if "@" in name:
        yield name.replace("@", "-")
    if bedrock is not None:
        maker, model, revision = bedrock.group(2, 3, 4)
        yield model
        yield f"{model}{_BEDROCK_REVISION.sub('', revision)}"
        yield f"{maker}-{model}{_BEDROCK_REVISION.sub('', revision)}"


def _stem(name: str) -> str:
    """Return a name without the version at its end, in comparable form."""
    name = name.casefold()
    while (match := re.search(f"(?:{_VERSION.pattern})$", name)) is not None and match.start():
        name = name[: match.start()]
    return _squashed(name)


def _squashed(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


def list_of(names: Iterable[str], most: int = 3) -> str:
    """Return some names for a message, and how many more there are."""
    listed = tuple(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(f"`{name}`" for name in listed[:most]) + more
