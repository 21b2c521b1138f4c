"""Every fact that a condition can read of one option; `option.` facts without a value are unknown."""

from __future__ import annotations

from aipolicy.catalog.axes import AXES, BOUNDARIES, KINDS, MODEL_TIERS
from aipolicy.facts.spec import FactSpec, FactType, Origin
from aipolicy.value import replace


def _text(name: str, meaning: str, choices: tuple[str, ...] = (), vocabulary: str = "") -> FactSpec:
    return FactSpec(f"option.{name}", FactType.TEXT, meaning, Origin.OPTION, choices=choices, vocabulary=vocabulary)


def _texts(name: str, meaning: str, vocabulary: str = "") -> FactSpec:
    return FactSpec(f"option.{name}", FactType.TEXTS, meaning, Origin.OPTION, vocabulary=vocabulary)


def _whole(spec: FactSpec) -> FactSpec:
    """Return a fact as one of the whole option, main leg and partner together."""
    return replace(spec, of_whole=True)


def _flag(name: str, meaning: str) -> FactSpec:
    return FactSpec(f"option.{name}", FactType.BOOL, meaning, Origin.OPTION)


def _number(name: str, meaning: str, unit: str, reads: tuple[str, ...] = ()) -> FactSpec:
    least = 0.0 if unit.startswith("USD") else None
    return FactSpec(f"option.{name}", FactType.NUMBER, meaning, Origin.OPTION, unit=unit, reads=reads, minimum=least)


_LENGTHS = ("volume.input_tokens", "volume.output_tokens")
_LATENCY_READS = ("volume.requests_per_day", *_LENGTHS, "latency.chained_calls", "latency.p95_ms")
_FIRST_TOKEN_READS = (*_LATENCY_READS, "latency.streaming")
HOSTED_LATENCY_READS = frozenset({"volume.output_tokens", "latency.streaming", "latency.chained_calls"})
"""What the latency of a provider's model hangs on; how busy its machines are is its own business."""
_COST_READS = (
    "volume.requests_per_day", *_LENGTHS, "volume.cached_share", "volume.peak_to_mean", "latency.p95_ms",
)  # fmt: skip

_OF_PLANS = tuple(
    replace(spec, plan_only=True, of_whole=True)
    for spec in (
        _number("monthly_usd_at_least", "Running cost that is exceeded with the confidence that the organisation asks for",
                "USD/month", _COST_READS),
        _number("monthly_usd_at_most", "Running cost that is not exceeded with that confidence", "USD/month", _COST_READS),
        _number("usd_per_request_at_least", "Running cost of a request that is exceeded with that confidence", "USD/request",
                _COST_READS),
        _number("usd_per_request_at_most", "Running cost of a request that is not exceeded with that confidence",
                "USD/request", _COST_READS),
        _text("most_uncertain_input", "Input whose range moves the running cost the most: measure it first"),
        _number("times_cheapest_at_least",
                "Factor over the cheapest option that remains that its cost exceeds with that confidence", "factor",
                _COST_READS),
        _flag("breaks_even", "Whether own machines that remain cost less than this provider above some volume"),
        _number("months_until_break_even", "Months until growth reaches that volume; unknown when it never does", "months",
                (*_COST_READS, "volume.growth_12_months")),
    )
)  # fmt: skip

OPTION_FACTS: tuple[FactSpec, ...] = (
    *(_text(name, AXES[name].meaning, tuple(AXES[name].words)) for name in ("adaptation", "hosting")),
    *(_whole(_text(name, AXES[name].meaning, tuple(AXES[name].words))) for name in ("fallback", "routing")),
    _text("provider", "Who offers the model or the machines", vocabulary="provider"),
    _text("model", "The model", vocabulary="model"),
    _text("way", "Adaptation and model, as results of evaluations name them"),
    _text("region", "The region as the provider names it", vocabulary="region"),
    _text("boundary", "Whose infrastructure processes the data", BOUNDARIES),
    _flag(
        "leaves_organization",
        "Whether data reaches infrastructure that the organisation does not count as its own",
    ),
    _texts("regions", "Countries in which data is processed; unknown for a global endpoint", "country"),
    _whole(_texts("providers", "Providers that data reaches, on either leg", "provider")),
    _whole(_flag("second_provider", "Whether the partner is with another provider than the main leg")),
    _flag("offers_dpa", "Whether the provider offers a data processing agreement"),
    _flag("offers_baa", "Whether the provider offers a business associate agreement"),
    _flag("offers_sccs", "Whether the provider offers standard contractual clauses"),
    _flag("dpf_certified", "Whether the provider is certified under the EU-US Data Privacy Framework"),
    _flag("no_training", "Whether the provider excludes training on the data"),
    _flag("offers_zero_retention", "Whether the provider offers zero retention"),
    _number("retention_days", "Time for which the provider keeps data", "days"),
    _text("tier", "Capability class of the model, or the one kind of work that it does", MODEL_TIERS),
    _whole(_text("top_tier", "Capability class of the more capable model of a cascade, else of the model", MODEL_TIERS)),
    _number("reasoning_score", "Best published score of the model as it is on tasks of reasoning, 0 to 100", "points"),
    _number("coding_score", "Best published score of the model as it is on tasks of coding, 0 to 100", "points"),
    _number("dialogue_score", "Published rating of the model as it is by votes on its answers", "points"),
    _texts("modalities", "What the model takes in: text, image, audio"),
    FactSpec("option.kinds", FactType.TEXTS,
             "What the model gives: text that it writes, labels, vectors, an order of documents, what was said",
             Origin.OPTION, choices=KINDS),
    _flag("foundation_model", "Whether the model is a general pretrained one, not trained for one task"),
    _flag("weights_controlled", "Whether the organisation holds the weights"),
    _flag("model_pinned", "Whether the model id is a dated version rather than a moving alias"),
    _flag("retirement_announced", "Whether the provider announced the end of the model"),
    _number("days_until_retirement", "Days from the day of the run until that end", "days"),
    _flag("works_offline", "Whether it answers without any outside network"),
    _number("latency_floor_ms", "Least time that half of the interactions take, with answers of one token", "ms",
            ("latency.chained_calls",)),
    _number("latency_p50_ms", "Estimated time that half of the interactions take", "ms", _LATENCY_READS),
    *(
        replace(fact, meaning=f"{fact.meaning}; with `legs: main` that of a whole cascade", joins_legs=True)
        for fact in (
            _number("latency_p95_ms", "Estimated time that 95 % of interactions take", "ms", _LATENCY_READS),
            _number("latency_p99_ms", "Estimated time that 99 % of interactions take", "ms", _LATENCY_READS),
            _number("first_token_p50_ms", "Estimated time until half of the interactions show something",
                    "ms", _FIRST_TOKEN_READS),
            _number("first_token_p95_ms", "Estimated time until 95 % of the interactions show something",
                    "ms", _FIRST_TOKEN_READS),
        )
    ),
    _number("network_p95_ms", "Estimated network time of 95 % of interactions, every chained call crossing it", "ms",
            ("latency.chained_calls",)),
    FactSpec("option.fits_load", FactType.BOOL, "Whether the model and the cache of one request fit its machines",
             Origin.OPTION, reads=_LENGTHS),
    FactSpec("option.fits_window", FactType.BOOL,
             "Whether a request and its answer fit the model's window and the limits that are set beside it",
             Origin.OPTION, reads=(*_LENGTHS, "volume.reasoning_tokens")),
    _number("context_tokens", "Tokens that the window of the model holds, input and answer together", "tokens"),
    _number("max_input_tokens", "Tokens of input that the model takes", "tokens"),
    _number("max_output_tokens", "Tokens that an answer may have, reasoning included", "tokens"),
    _whole(_number("monthly_usd", "Estimated running cost, people included, at likely values", "USD/month", _COST_READS)),
    _whole(_number("fixed_monthly_usd", "Part of the running cost that stays at zero requests", "USD/month", _COST_READS)),
    _whole(_number("usd_per_request", "Estimated running cost of a request", "USD/request", _COST_READS)),
    _whole(_number("upfront_usd", "Estimated cost before it serves: engineering, labels, training, indexing", "USD",
                   ("data.labelled_examples",))),
    *_OF_PLANS,
    _number("price_age_days", "Days since the price of the model was checked", "days"),
    _flag("price_converted", "Whether the price of the model is stated in another currency than USD"),
    _number("exchange_rate_age_days", "Days since the exchange rate behind that price was checked", "days"),
    _number("ml_engineers", "People who can run and improve models that it takes", "people"),
    _number("capacity_months", "Person-months before the first release", "person-months"),
    _number("lead_time_weeks", "Weeks until the first release", "weeks"),
    _number("labelled_examples", "Labelled examples that it takes", "examples"),
)  # fmt: skip

PARTNER_PREFIX = "partner."

PARTNER_FACTS: tuple[FactSpec, ...] = tuple(
    replace(spec, name=spec.name.replace("option.", PARTNER_PREFIX, 1), of_whole=True, joins_legs=False)
    for spec in OPTION_FACTS
    if not spec.of_whole
)
"""What a rule on the whole option reads of the fallback or the far side of a cascade; unknown where there is none."""

ALWAYS_KNOWN = frozenset({
    "option.hosting", "option.fallback", "option.routing", "option.boundary", "option.leaves_organization",
    "option.providers", "option.second_provider", "option.works_offline", "option.weights_controlled",
    "option.retirement_announced",
})  # fmt: skip
"""What is known of every option, even of one that the catalog knows nothing about."""

PLAN_PATHS: dict[str, tuple[str, ...]] = {
    "option.adaptation": ("plan.adaptation",),
    "option.hosting": ("plan.hosting",),
    "option.fallback": ("plan.fallback",),
    "option.routing": ("plan.routing",),
    "option.provider": ("plan.provider",),
    "option.model": ("plan.model",),
    "option.way": ("plan.model", "plan.adaptation"),
    "option.region": ("plan.region",),
    "option.regions": ("plan.region", "plan.provider", "plan.hosting"),
    "option.boundary": ("plan.hosting", "plan.provider"),
    "option.leaves_organization": ("plan.hosting", "plan.provider"),
    "option.providers": ("plan.provider", "plan.fallback_provider"),
    "option.second_provider": ("plan.fallback_provider", "plan.fallback"),
    "option.retention_days": ("plan.terms.retention_days", "plan.provider"),
    "option.no_training": ("plan.terms.no_training", "plan.provider"),
    "option.model_pinned": ("plan.model_pinned", "plan.model"),
    "option.works_offline": ("plan.hosting",),
}
"""Where a plan decides an option fact: the declarations that a finding points at, the closest first."""

PARTNER_PLAN_PATHS = (
    "plan.fallback_provider", "plan.fallback_region", "plan.fallback_model", "plan.fallback_hosting", "plan.fallback",
    "plan.routing",
)  # fmt: skip
"""Where a plan decides the facts of its partner, where it does not say them themselves."""

DEFAULT_PLAN_PATHS = ("plan.model", "plan.provider", "plan.hosting", "plan.adaptation")
"""Where a plan decides every other option fact, such as latency or tier."""
