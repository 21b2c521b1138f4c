"""What is expected of facts that a manifest leaves out: a value, what else it may be, and why; by the fact's name.

The answer rests on these, the gate never does. An organisation replaces any of them under `[expected]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from aipolicy.catalog.axes import WORKS
from aipolicy.catalog.places import ANYWHERE as ANYWHERE
from aipolicy.facts.spec import Expected, FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.value import replace

RESIDENCY = "data.residency"
RESULTS = "plan.evaluation.results"
TARGET = "task.quality.target"
NO_TARGET = 0.0
NONE_WORD = "none"
NOT_LIMITED = inf
"""The value of a number that is declared as `none`: nothing limits it."""

_THE_SEEDS = "API first: most features never need more than a prompt"
_TRACES = "Azure LLM inference traces 2023, mean of a conversation 1,155 tokens in and 211 out, of code 2,048 in; https://github.com/Azure/AzurePublicDataset"
_AGENTS = "9.3 million calls of a coding agent in a week of 2026, mean 67,900 tokens in and 528 out, in the same place"
_TOKENS_SOURCE = f"{_TRACES}; {_AGENTS}"
_BUDGETS = "10 s keep attention, 1 s the flow, 0.1 s seem instant; https://21xventures.com/blog/latency-budgets"

_WAITED_FOR = (
    "agent", "coding", "dialogue", "generation", "image-generation", "question-answering", "reasoning", "reranking",
    "search", "summarization", "translation",
)  # fmt: skip
"""The kinds of task whose answers somebody commonly waits for."""

_OF_TABLES = (
    "anomaly-detection", "clustering", "forecasting", "fraud-detection", "optimization", "predictive-maintenance",
    "ranking", "recommendation", "regression",
)  # fmt: skip

_TOKENS_IN: Mapping[str, FactValue] = {
    "agent": 67900.0, "classification": 600.0, "coding": 2000.0, "dialogue": 1200.0, "document-understanding": 3000.0,
    "embedding": 500.0, "extraction": 2000.0, "moderation": 400.0, "question-answering": 3000.0, "reasoning": 1200.0,
    "reranking": 15000.0, "search": 500.0, "summarization": 4000.0, "translation": 600.0,
    **dict.fromkeys(_OF_TABLES, 200.0),
}  # fmt: skip
_TOKENS_OUT: Mapping[str, FactValue] = {
    "agent": 528.0, "classification": 10.0, "coding": 500.0, "document-understanding": 300.0, "embedding": 1.0,
    "extraction": 200.0, "moderation": 10.0, "question-answering": 300.0, "reasoning": 500.0, "reranking": 100.0,
    "search": 50.0,
    "summarization": 300.0, "translation": 600.0,
    **dict.fromkeys(_OF_TABLES, 5.0),
}  # fmt: skip

_EXPECTED: Mapping[str, Expected] = {
    "task.type": Expected("generation", "most business features write text; asked first when undeclared"),
    "task.specialization": Expected("domain", "most business features speak of their business"),
    "task.prompting": Expected(
        "sufficient", _THE_SEEDS, "https://developers.openai.com/api/docs/guides/model-optimization",
        tried=("insufficient",), beside={"task.required_behavior": ("domain-terminology", "fixed-output-format")},
    ),
    "task.prompting_model": Expected(
        "small", "whoever tries a prompt hopes that a cheap model does", tried=("medium", "frontier")
    ),
    "task.needs_frontier_reasoning": Expected(False, "most tasks are solved by models below the largest"),
    "task.required_behavior": Expected(
        None, "the list is complete", tried=(("domain-terminology", "fixed-output-format"), ("full-control",))
    ),
    "task.knowledge_changes": Expected("yearly", "most tasks rest on what changes slowly", tried=("weekly",)),
    "task.answers_from": Expected("prompt", "what a request carries is enough for most", tried=("own-documents",)),
    "task.error_cost": Expected("medium", "neither harmless nor grave", tried=("high",)),
    "task.stable": Expected(True, "a feature that is written down has settled"),
    "task.hard_case_share": Expected(
        0.3, "between the 14 and the 50 % of requests that published routers send on", "https://arxiv.org/abs/2406.18665",
        tried=(0.1,),
    ),
    "data.classes": Expected(
        ("internal",), "one of the four facts that everybody is asked for",
        tried=(("personal",), ("health",), ("classified",)),
    ),
    RESIDENCY: Expected(
        (ANYWHERE,), "one of the four facts that everybody is asked for", tried=(("EU",), ("US",))
    ),
    "data.subjects": Expected(("none",), "asked where a rule reads it", tried=(("customer",), ("employee",), ("child",))),
    "data.subject_regions": Expected(None, "nothing is expected of where people are"),
    "data.must_stay_inside": Expected(False, "most data may go to a provider under contract"),
    "data.proprietary": Expected(False, "most features rest on data that others have too"),
    "data.differentiator": Expected(False, "most data does not set a product apart", beside={"data.proprietary": True}),
    "data.labelled_examples": Expected(
        0.0, "labels are rarely at hand before somebody asks; of tables, the records of the past are the labels",
        by="task.type", per_word=dict.fromkeys(_OF_TABLES, 10000.0), tried=(10000.0, 0.0),
    ),
    "latency.p95_ms": Expected(
        NOT_LIMITED, "10 s where somebody waits for the answer, no limit where nobody does", _BUDGETS,
        by="task.type", per_word=dict.fromkeys(_WAITED_FOR, 10000.0), tried=(1000.0, 100.0),
    ),
    "latency.streaming": Expected(True, "a budget for the first token is one for what is shown as it is written"),
    "volume.requests_per_day": Expected(
        1000.0, "one of the four facts that everybody is asked for", by="volume.growth_12_months", factors=(1000.0,)
    ),
    "volume.growth_12_months": Expected(1.5, "use of a feature that stays grows", tried=(10.0,)),
    "volume.predictable": Expected(True, "within a factor of two, most volume is"),
    "volume.input_tokens": Expected(
        1200.0, "by kind of task, after published traces", _TOKENS_SOURCE, by="task.type", per_word=_TOKENS_IN,
        factors=(0.2, 5.0),
    ),
    "volume.output_tokens": Expected(
        200.0, "by kind of task, after published traces", _TOKENS_SOURCE, by="task.type", per_word=_TOKENS_OUT,
        factors=(0.2, 5.0),
    ),
    "volume.documents": Expected(
        None, "only reranking is sent any: what a first search hands on, by common practice; nothing published was found",
        by="task.type", per_word={"reranking": 50.0}, factors=(0.2, 5.0),
    ),
    "volume.audio_seconds": Expected(
        None, "only transcription is sent any: a short recording; nothing published was found", by="task.type",
        per_word={"speech": 60.0}, factors=(0.1, 60.0),
    ),
    "volume.corpus_tokens": Expected(10000000.0, "some 15,000 pages", factors=(10.0,)),
    "team.ml_engineers": Expected(1.0, "who builds such a feature has somebody", tried=(0.0, 5.0)),
    "team.capacity_months": Expected(6.0, "half a year of one person", tried=(0.0,)),
    "team.deadline_weeks": Expected(NOT_LIMITED, "most features have no day on which they must be there", tried=(4.0,)),
    "budget.monthly_usd": Expected(NOT_LIMITED, "no budget of a month is known"),
    "budget.usd_per_request": Expected(NOT_LIMITED, "no budget of a request is known"),
    "budget.upfront_usd": Expected(NOT_LIMITED, "no budget for building is known"),
    "availability.critical": Expected(False, "most features may rest for an hour"),
    "availability.target_percent": Expected(
        99.0, "less than a single provider promises", "https://agentmodeai.com/enterprise-ai-vendor-sla-uptime-comparison/",
        tried=(99.9,),
    ),
    "purpose.domain": Expected("general", "most features serve no domain that law singles out"),
    "purpose.practices": Expected((), "practices that law restricts are rare, and known to those who use them"),
    "decision.area": Expected(
        "none", "most features decide nothing about people", by="decision.effect",
        per_word=dict.fromkeys(("assistive", "material", "sole"), "other"),
    ),
    "decision.effect": Expected("none", "most features decide nothing about people"),
    "decision.affects_rights": Expected(False, "most features touch no rights of people"),
    "decision.affects_safety": Expected(False, "most features put nobody in danger"),
    "disclosure.direct_interaction": Expected(
        False, "people talk to a dialogue", by="task.type", per_word={"dialogue": True}
    ),
    "outputs.kinds": Expected(("text",), "most features write text", tried=(("label",), ("code",), ("synthetic-image",))),
    "organization.role": Expected("deployer", "most organisations use systems of others under the AI Act"),
    "organization.sector": Expected("general", "asked where a rule reads it"),
    "organization.public_body": Expected(False, "most organisations are none"),
    "organization.critical_function": Expected(False, "most features support no critical function"),
    "organization.public_service": Expected(False, "most organisations provide none"),
    "organization.regions": Expected(None, "nothing is expected of where an organisation is"),
    "deployment.regions": Expected(None, "nothing is expected of where a feature is offered"),
    "purpose.infers": Expected((), "most features infer nothing from biometric data"),
    "purpose.safety_component": Expected(False, "most features guard neither people nor supply"),
    "purpose.regulated_product": Expected(False, "most features are in no product that a third party assesses"),
    "purpose.public_space": Expected(False, "most features watch no place"),
    "decision.life_or_health_insurance": Expected(False, "most features set no price of insurance"),
    "decision.legal_ground": Expected("none", "nothing allows it until somebody says what does"),
    "data.large_scale": Expected(False, "most features concern few people"),
    "data.bias_testing": Expected(False, "most features are tested without special categories"),
    "outputs.depicts_people": Expected(False, "most features show nobody"),
    "model.modification": Expected("none", "most models and systems are used as they are"),
    "model.offered_as_general_purpose": Expected(False, "few organisations offer a model of their own"),
    "model.training_flop": Expected(
        1e24, "most models take less than the law calls systemic",
        "https://eur-lex.europa.eu/eli/reg/2024/1689/oj, Art. 51(2), presumes it above 1e25", tried=(1e26,),
    ),
    "model.tuning_compute_share": Expected(
        0.0, "a fine-tuning takes next to nothing of the original computation", tried=(0.5,)
    ),
    "model.open_licence": Expected(False, "few models are free and open"),
}  # fmt: skip

WITHOUT_EXPECTATION: Mapping[str, str] = {
    "metadata.name": "every manifest has one",
    "metadata.lifecycle": "left out it is a prototype",
    "metadata.labels": "free words",
    "data.retention_days": "a limit that the organisation or law sets",
    "latency.p50_ms": "the budget for 95 % says more",
    "latency.p99_ms": "left out there is no such budget",
    "latency.first_token_p95_ms": "left out there is no such budget",
    "volume.requests_per_day_in_12_months": "follows from today's requests and their growth",
    **{f"team.people.{work}": "the catalog says how many it takes" for work in WORKS},
    "team.shared_over": "left out, no other feature shares its people",
    "deployment.on_market_since": "a day that only the team knows",
    "logs.retention_days": "a limit that the organisation or law sets",
    "task.quality.metric": "what a right answer is only the team can say",
    "logs.raw_prompts": "nothing is published on how many do",
}
"""The facts that describe a feature and of which nothing is expected, with the reason; undeclared they stay unknown."""

_DONE = frozenset(
    (
        "metadata.owner", "metadata.description", "metadata.source", "data.minimized", "data.tokenized",
        "data.legal_basis", "data.special_category_condition", "data.parental_consent", "team.on_call",
        "purpose.statement", "oversight.mode", "oversight.owner", "oversight.appeal", "oversight.opt_out",
        "oversight.correction",
        "disclosure.tells_people", "outputs.marked", "outputs.editorial_control", "data.criminal_authority",
        "disclosure.tells_workers", "disclosure.decision_notice", "disclosure.explains_decisions",
        "outputs.abuse_safeguards", "security.encryption_in_transit", "security.encryption_at_rest",
        "security.incident_owner",
    )
)  # fmt: skip
"""What is done or agreed, beside evidence and what a plan says of terms, evaluation and monitoring."""

_NOT_DONE_WORDS: Mapping[str, FactValue] = {"oversight.mode": "none", RESULTS: ()}

_SUBJECT = frozenset(
    (
        "task.type", "data.classes", RESIDENCY, "data.subjects", "data.subject_regions", "purpose.domain",
        "purpose.practices", "decision.area", "decision.effect", "decision.affects_rights", "decision.affects_safety",
        "decision.derogation_claimed", "disclosure.direct_interaction", "outputs.kinds", "organization.role",
        "organization.sector", "organization.public_body", "organization.critical_function", "metadata.lifecycle",
        "organization.public_service", "organization.regions",
        "deployment.regions", "deployment.on_market_since", "purpose.infers", "purpose.safety_component",
        "purpose.regulated_product", "purpose.public_space", "decision.life_or_health_insurance", "data.large_scale",
        "outputs.standard_editing", "outputs.depicts_people", "model.modification", "model.offered_as_general_purpose",
        "disclosure.obvious", "deployment.exclusion", "purpose.exclusions",
    )
)  # fmt: skip

_REPLACES: Mapping[str, str] = {
    "plan.terms.no_training": "option.no_training",
    "plan.terms.zero_retention": "option.retention_days",
    "plan.terms.retention_days": "option.retention_days",
    "plan.model_pinned": "option.model_pinned",
    **{f"team.people.{work}": "option.monthly_usd" for work in WORKS},
    "team.shared_over": "option.monthly_usd",
    **{
        f"plan.measured.{field}": "option.latency_p50_ms"
        for field in (
            "model", "machine", "requests_per_s", "tokens_per_s", "at_concurrency", "first_token_ms", "p50_ms",
            "p95_ms", "on",
        )
    },
}  # fmt: skip
"""What a contract, a choice, a team or a measurement says in place of the catalog."""

_SAYS_NONE = frozenset(
    (
        "latency.p95_ms", "latency.p50_ms", "latency.p99_ms", "latency.first_token_p95_ms",
        "team.deadline_weeks", "budget.monthly_usd", "budget.usd_per_request",
        "budget.upfront_usd",
    )
)  # fmt: skip


def with_expectations(specs: Iterable[FactSpec], plan_axes: Iterable[str]) -> tuple[FactSpec, ...]:
    """Return declared facts with their kind, and with what is expected of them when they are left out."""
    axes = frozenset(plan_axes)
    return tuple([_with_expectation(spec, axes) for spec in specs])


def _with_expectation(spec: FactSpec, plan_axes: frozenset[str]) -> FactSpec:
    kind = _kind(spec, plan_axes)
    expected = _EXPECTED.get(spec.name)
    if kind is Kind.DONE:
        not_done = False if spec.type is FactType.BOOL else _NOT_DONE_WORDS.get(spec.name)
        expected = Expected(not_done, "not done until it is declared")
    return replace(
        spec, kind=kind, expected=expected, is_subject=spec.name in _SUBJECT, says_none=spec.name in _SAYS_NONE,
        replaces=_REPLACES.get(spec.name, ""),
    )  # fmt: skip


def _kind(spec: FactSpec, plan_axes: frozenset[str]) -> Kind:
    if spec.name in plan_axes:
        return Kind.PLAN
    is_done = spec.origin is Origin.EVIDENCE or spec.name in _DONE or spec.name.startswith("plan.")
    return Kind.DONE if is_done else Kind.DESCRIBES
