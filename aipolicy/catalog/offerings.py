"""What can be bought: providers, their regions and terms, models, and where each is offered."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from aipolicy.catalog.axes import (
    ADAPTATIONS,
    BOUNDARIES,
    EFFORTS,
    KIND_TIERS,
    KINDS,
    MODEL_TIERS,
    PROMPTED_TIERS,
    TERMS_OF_PACKS,
)
from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.value import Frozen

PROVIDER_KINDS = ("model-provider", "cloud", "self")
SCOPES = ("region", "zone", "global")
HELPER_TIERS = ("moderation",)
"""Models that serve others: they have prices and are never an option for answering."""
_KINDS_OF_TIER = {
    "classical": ("labels",), "encoder": ("labels", "embedding", "reranking"), "moderation": ("labels",),
    **{tier: (kind,) for tier, kind in KIND_TIERS.items()}, **dict.fromkeys(PROMPTED_TIERS, ("text", "labels")),
}  # fmt: skip
TERMS = (
    "dpa_offered", "baa_offered", "eu_sccs_offered", "dpf_certified", "no_training_by_default",
    "zero_retention_offered", "retention_days", "fedramp_authorized", "pci_aoc", "sla_percent", "iso_27001",
)  # fmt: skip
NUMERIC_TERMS = frozenset({"retention_days", "sla_percent"})
BENCHMARKS = ("reasoning", "coding", "dialogue")
"""What a published score speaks for; none speaks for how faithful an answer is to what it was given."""
OPEN_WEIGHTS = "open"
"""The provider of models that can be hosted anywhere."""


class Provider(Frozen):
    id: str
    name: str
    kind: str
    boundary: str
    headquarters: str | None
    aliases: tuple[str, ...]
    dated: Dated
    model_prefixes: tuple[str, ...] = ()
    """What client libraries write before the names of its models, up to a `/`."""


class Region(Frozen):
    """A region of a provider; `countries` is None where the provider does not say where data is processed."""

    provider: str
    id: str
    countries: tuple[str, ...] | None
    scope: str
    aliases: tuple[str, ...]
    restricted: bool
    """Open to some customers only, such as public bodies: no candidate, but a plan may name it."""
    dated: Dated


class Term(Frozen):
    """One term that a provider offers, everywhere or in one region."""

    provider: str
    region: str | None
    term: str
    value: bool | float
    dated: Dated
    at: str = ""
    """`path:line:col` of a term that some pack has to add; empty for one that every catalog may state."""
    may_be_none: ClassVar[frozenset[str]] = frozenset({"value"})
    """A provider may keep nothing, for 0 days."""


class Model(Frozen):
    """A model; sizes are known for open weights only, in billions of parameters."""

    id: str
    provider: str
    name: str
    tier: str
    open_weights: bool
    tunable: bool | None
    pinned: bool | None
    reasoning: bool | None
    params_b: float | None
    active_params_b: float | None
    layers: float | None
    heads: float | None
    kv_heads: float | None
    head_dim: float | None
    hidden_size: float | None
    context_tokens: float | None
    embedding_dimensions: float | None
    modalities: tuple[str, ...]
    licence: str
    released_on: date | None
    retires_on: date | None
    dated: Dated
    aliases: tuple[str, ...] = ()
    """Other names of exactly this version; a name that moves to newer versions is a model of its own."""
    max_input_tokens: float | None = None
    """A limit of the input beside the window; None where there is none."""
    max_output_tokens: float | None = None
    """A limit of an answer, reasoning included; None where nobody stated it."""
    kinds: tuple[str, ...] = ()
    """What it gives; empty where nothing is known of the model."""
    audio_tokens_per_s: float | None = None
    """Input tokens that a second of a recording is to a model that also takes text; None where it is not known."""

    @property
    def answers(self) -> bool:
        """Return whether the model can be an option; one that moderates only helps another."""
        return self.tier not in HELPER_TIERS


class Offering(Frozen):
    """A model at a provider in some of its regions, and what can be done with it there."""

    provider: str
    model: str
    regions: tuple[str, ...]
    adaptations: tuple[str, ...]
    retires_on: date | None
    dated: Dated
    context_tokens: float | None = None
    """The window at this provider, None where it is the model's; so with the two limits below."""
    max_input_tokens: float | None = None
    max_output_tokens: float | None = None


class Score(Frozen):
    """What somebody published of a model on one benchmark, at one effort; empty where it does not think or nobody says."""

    model: str
    benchmark: str
    effort: str
    score: float
    dated: Dated


class Deployment(Frozen):
    """A name that an organisation gave a model at a provider."""

    provider: str
    name: str
    model: str
    dated: Dated


def read_provider(record: Record) -> Provider:
    """Return one entry of `providers`."""
    return Provider(
        id=record.text("id"),
        name=record.text("name"),
        kind=record.text("kind", choices=PROVIDER_KINDS),
        boundary=record.text("boundary", choices=BOUNDARIES),
        headquarters=record.text("headquarters") if record.has("headquarters") else None,
        aliases=record.texts("aliases", ()),
        dated=read_dated(record),
        model_prefixes=record.texts("model_prefixes", ()),
    )


def read_region(record: Record) -> Region:
    """Return one entry of `regions`."""
    return Region(
        provider=record.text("provider"),
        id=record.text("region"),
        countries=record.texts("countries") if record.has("countries") else None,
        scope=record.text("scope", choices=SCOPES),
        aliases=record.texts("aliases", ()),
        restricted=record.flag("restricted", default=False),
        dated=read_dated(record),
    )


def read_term(record: Record) -> Term:
    """Return one entry of `terms`."""
    term = record.text("term")
    of_pack = term.startswith(TERMS_OF_PACKS)
    if not of_pack:
        record.text("term", choices=TERMS)
    raw = record.raw("value")
    is_number = term in NUMERIC_TERMS or (of_pack and isinstance(raw, int | float) and not isinstance(raw, bool))
    return Term(
        provider=record.text("provider"),
        region=record.text("region") if record.has("region") else None,
        term=term,
        value=record.number("value") if is_number else record.flag("value"),
        dated=read_dated(record),
        at=_place_of_term(record) if of_pack else "",
    )


def _place_of_term(record: Record) -> str:
    start = record.document.locate((*record.path, "term")).start
    return f"{record.document.source.path}:{start.line}:{start.column}"


def read_model(record: Record) -> Model:
    """Return one entry of `models`; what a model gives follows from its class unless the entry says it."""
    tier = record.text("tier", choices=(*MODEL_TIERS, *HELPER_TIERS))
    return Model(
        id=record.text("id"),
        provider=record.text("provider"),
        name=record.text("name", ""),
        tier=tier,
        open_weights=record.flag("open_weights", default=False),
        tunable=record.optional_flag("tunable"),
        pinned=record.optional_flag("pinned"),
        reasoning=record.optional_flag("reasoning"),
        params_b=record.optional_positive("params_b"),
        active_params_b=record.optional_positive("active_params_b"),
        layers=record.optional_positive("layers"),
        heads=record.optional_positive("heads"),
        kv_heads=record.optional_positive("kv_heads"),
        head_dim=record.optional_positive("head_dim"),
        hidden_size=record.optional_positive("hidden_size"),
        context_tokens=record.optional_positive("context_tokens"),
        embedding_dimensions=record.optional_positive("embedding_dimensions"),
        modalities=record.texts("modalities", ()),
        licence=record.text("licence", ""),
        released_on=record.optional_day("released_on"),
        retires_on=record.optional_day("retires_on"),
        dated=read_dated(record),
        aliases=record.texts("aliases", ()),
        max_input_tokens=record.optional_positive("max_input_tokens"),
        max_output_tokens=record.optional_positive("max_output_tokens"),
        kinds=record.texts("kinds", _KINDS_OF_TIER.get(tier, ()), KINDS),
        audio_tokens_per_s=record.optional_positive("audio_tokens_per_s"),
    )


def read_score(record: Record) -> Score:
    """Return one entry of `scores`."""
    return Score(
        model=record.text("model"),
        benchmark=record.text("benchmark", choices=BENCHMARKS),
        effort=record.text("effort", "", choices=("", *EFFORTS)),
        score=record.number("score"),
        dated=read_dated(record),
    )


def read_deployment(record: Record) -> Deployment:
    """Return one entry of `deployments`."""
    return Deployment(
        provider=record.text("provider"),
        name=record.text("name"),
        model=record.text("model"),
        dated=read_dated(record),
    )


def read_offering(record: Record) -> Offering:
    """Return one entry of `offerings`."""
    return Offering(
        provider=record.text("provider"),
        model=record.text("model"),
        regions=record.texts("regions"),
        adaptations=record.texts("adaptations", choices=ADAPTATIONS),
        retires_on=record.optional_day("retires_on"),
        dated=read_dated(record),
        context_tokens=record.optional_positive("context_tokens"),
        max_input_tokens=record.optional_positive("max_input_tokens"),
        max_output_tokens=record.optional_positive("max_output_tokens"),
    )
