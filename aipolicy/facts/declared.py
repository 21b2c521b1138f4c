"""Every fact that a manifest can declare; the manifest's JSON Schema is generated from this list."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from aipolicy.catalog.axes import AXES, DISTANCES, EFFORTS
from aipolicy.facts.expected import NOT_LIMITED, with_expectations
from aipolicy.facts.migration_stages import DAY_PATTERN, NOT_PLANNED, STAGE_FACTS, STAGES
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.value import replace

RETIRED = "retired"
"""The lifecycle of a feature that runs no more: only rules that name it are evaluated, and nothing is recommended."""
LIFECYCLES = ("idea", "prototype", "pilot", "production", RETIRED)
FOUR_FACTS = ("data.classes", "data.residency", "latency.p95_ms", "volume.requests_per_day")
"""What everybody is asked for, whatever the feature."""

_ONE_DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])"
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*(?![\s\S])"


def _flag(name: str, meaning: str, default: bool | None = None) -> FactSpec:
    return FactSpec(name, FactType.BOOL, meaning, default=default, examples=(True,))


def _text(name: str, meaning: str, example: str, *, vocabulary: str = "", pattern: str = "",
          required: bool = False, default: str | None = None) -> FactSpec:  # fmt: skip
    return FactSpec(
        name, FactType.TEXT, meaning, vocabulary=vocabulary, examples=(example,), pattern=pattern, required=required,
        default=default,
    )  # fmt: skip


def _choice(name: str, meaning: str, choices: tuple[str, ...], default: str | None = None) -> FactSpec:
    return FactSpec(name, FactType.TEXT, meaning, choices=choices, default=default, examples=(choices[0],))


def _axis(name: str) -> FactSpec:
    return _choice(f"plan.{name}", AXES[name].meaning, tuple(AXES[name].words))


def _list(name: str, meaning: str, example: tuple[str, ...], *, choices: tuple[str, ...] = (),
          vocabulary: str = "", default: tuple[str, ...] | None = None) -> FactSpec:  # fmt: skip
    return FactSpec(
        name, FactType.TEXTS, meaning, choices=choices, vocabulary=vocabulary, examples=(example,), default=default
    )


def _number(name: str, meaning: str, unit: str, example: float, *, default: float | None = None,
            default_source: str = "", maximum: float | None = None, positive: bool = False) -> FactSpec:  # fmt: skip
    return FactSpec(
        name, FactType.NUMBER, meaning, unit=unit, examples=(example,), default=default,
        default_source=default_source, minimum=None if positive else 0, above=0 if positive else None, maximum=maximum,
    )  # fmt: skip


def _estimate(name: str, meaning: str, unit: str, example: float, **rest: Any) -> FactSpec:
    """Return a number that a manifest may give as a range, because nobody knows it exactly."""
    return replace(_number(name, meaning, unit, example, **rest), ranged=True)


def _answered_by_absence(spec: FactSpec, says: str) -> FactSpec:
    """Return a fact of which a manifest that leaves it out says something."""
    return replace(spec, says_when_absent=says)


def _evidence(kind: str, meaning: str) -> FactSpec:
    example: FactValue = False
    return FactSpec(f"evidence.{kind}", FactType.BOOL, meaning, origin=Origin.EVIDENCE, examples=(example,))


_METADATA = (
    _text(
        "metadata.name", "Name of the feature, unique in a run", "claims-triage", pattern=NAME_PATTERN, required=True
    ),
    _text("metadata.owner", "Team or person who answers for the feature", "claims-platform"),
    _text("metadata.description", "What the feature does, for people", "Sorts incoming claims by urgency"),
    _choice(
        "metadata.lifecycle",
        "How far the feature has come; from `pilot` on, undetermined rules gate like violations; of a retired one only "
        "rules that name `retired` are evaluated",
        LIFECYCLES,
        default="prototype",
    ),
    FactSpec("metadata.labels", FactType.LABELS, "Free labels for selecting features", examples=({"unit": "claims"},)),
    _text("metadata.source", "Where these facts were taken from, when not from the team itself", "https://example.com"),
)

_TASK = (
    _text("task.type", "Kind of task", "summarization", vocabulary="task-type"),
    _choice("task.specialization", "How special the subject matter is", ("generic", "domain", "niche")),
    _choice(
        "task.reasoning_effort", "How much a model that reasons thinks first; where nothing is said, the least that it can",
        EFFORTS, default=EFFORTS[0],
    ),
    _flag("task.needs_frontier_reasoning", "Whether only the most capable models solve the task"),
    _list(
        "task.required_behavior",
        "Behaviour that must hold on every answer; the list is complete",
        ("fixed-output-format",),
        choices=(
            "fixed-output-format", "domain-terminology", "strict-rules", "consistent-style", "full-control",
        ),
        default=(),
    ),
    _choice(
        "task.knowledge_changes",
        "How often the knowledge that answers rest on changes",
        ("never", "yearly", "monthly", "weekly", "daily", "hourly"),
    ),
    _choice(
        "task.prompting", "Whether prompting was tried on an evaluation set, and how it went",
        ("not-tried", "sufficient", "insufficient"),
    ),
    _text(
        "task.prompting_model",
        "Model on which prompting was tried, or its class: `small`, `medium`, `frontier`", "gpt-6-luna",
        vocabulary="prompting-model",
    ),
    _choice(
        "task.answers_from", "What answers rest on beside the model: what a request carries, or documents of one's own",
        ("prompt", "own-documents"),
    ),
    _choice("task.input", "What a request brings to be labelled: a text, or a row of a table", ("text", "table")),
    _text("task.quality.metric", "What a right answer is, and how it is measured", "cases that both reviewers accept"),
    _number(
        "task.quality.target", "Share of cases that must be answered right", "share", 0.9, default=0, maximum=1,
        default_source="by definition: nobody set a target",
    ),
    _choice("task.error_cost", "What a wrong answer costs", ("low", "medium", "high", "critical")),
    _flag("task.stable", "Whether inputs, outputs and rules of the task have settled"),
    _estimate("task.hard_case_share", "Share of requests that need a larger model", "share", 0.1, maximum=1),
)  # fmt: skip

_DATA = (
    _list("data.classes", "Classes of data that requests or answers carry", ("health",), vocabulary="data-class"),
    _list("data.residency", "Places in which the data must be processed and stored", ("EU",),
          vocabulary="residency"),
    _list(
        "data.subjects", "Whom the data is about", ("patient",),
        choices=("customer", "employee", "applicant", "patient", "student", "child", "citizen", "business", "none"),
    ),
    _list(
        "data.subject_regions", "Where the people whom the data is about are: countries, groups, or subdivisions",
        ("DE",), vocabulary="place",
    ),
    _number("data.retention_days", "Longest time for which anyone may keep the data", "days", 30),
    _flag("data.must_stay_inside", "Whether the data may not leave the organisation, whatever its class"),
    _flag("data.minimized", "Whether requests carry only the data that the task needs"),
    _flag("data.tokenized", "Whether identifiers and card numbers are replaced before the model sees them"),
    _flag("data.proprietary", "Whether the feature rests on data that only the organisation has"),
    _flag("data.differentiator", "Whether data that only the organisation has is what sets the product apart"),
    _estimate(
        "data.labelled_examples", "Labelled examples of good quality that exist today", "examples", 1500, maximum=1e12
    ),
    _choice(
        "data.legal_basis", "Legal basis for processing personal data",
        ("consent", "contract", "required-by-law", "vital-interests", "public-task", "legitimate-interests"),
    ),
    _choice(
        "data.special_category_condition", "Condition under which special categories are processed",
        (
            "explicit-consent", "employment-law", "vital-interests", "non-profit-body", "made-public", "legal-claims",
            "substantial-public-interest", "health-care", "public-health", "research",
        ),
    ),
    _flag("data.criminal_authority", "Whether law authorises this use of data on offences, or an authority controls it"),
    _flag("data.large_scale", "Whether data about people is processed on a large scale"),
    _flag("data.bias_testing", "Whether special categories are processed to find and correct bias"),
    _flag("data.parental_consent", "Whether verifiable parental consent covers this use of children's data"),
)  # fmt: skip

_LATENCY = (
    _number("latency.p95_ms", "Budget for 95 % of interactions, end to end", "ms", 800, positive=True, maximum=1e10),
    _number(
        "latency.p50_ms", "Budget for half of the interactions, end to end", "ms", 300, positive=True, maximum=1e10
    ),
    replace(
        _number(
            "latency.p99_ms", "Budget for 99 % of interactions, end to end", "ms", 2000, positive=True, maximum=1e10
        ),
        default=NOT_LIMITED, default_source="by definition: nobody set such a budget",
    ),
    replace(
        _number(
            "latency.first_token_p95_ms", "Budget for 95 % of interactions until something is shown", "ms", 1000,
            positive=True, maximum=1e10,
        ),
        default=NOT_LIMITED, default_source="by definition: nobody set such a budget",
    ),
    _flag("latency.streaming", "Whether an answer is shown while it is written"),
    _number(
        "latency.chained_calls", "Model calls that follow one another in an interaction", "calls", 1, default=1,
        positive=True, maximum=1e4,
    ),
    _choice(
        "latency.network", "How far the feature is from where its model runs, `own-process` for a model inside the service",
        DISTANCES, default=DISTANCES[0],
    ),
    _flag("latency.realtime", "Whether somebody or something waits for every answer", default=False),
    _flag("latency.offline", "Whether the feature must work without a network", default=False),
    _flag("latency.air_gapped", "Whether the feature runs where no outside network exists", default=False),
    _choice(
        "latency.device", "Device on which the feature must run by itself",
        ("none", "browser", "mobile", "desktop", "edge"), default="none",
    ),
)  # fmt: skip

_MOST_REQUESTS = 1e14
"""A billion a second; the busiest feature of which figures are published gets 46 million."""

_VOLUME = (
    _estimate(
        "volume.requests_per_day", "Mean requests a day today, or at launch", "requests/day", 120000, positive=True,
        maximum=_MOST_REQUESTS,
    ),
    _estimate(
        "volume.requests_per_day_in_12_months", "Mean requests a day in twelve months", "requests/day", 400000,
        maximum=_MOST_REQUESTS,
    ),
    _estimate(
        "volume.growth_12_months", "Factor by which requests grow in twelve months", "factor", 2.5, positive=True,
        maximum=1e4,
    ),
    _estimate(
        "volume.peak_to_mean", "Requests in the busiest minute over the mean minute", "factor", 3, default=2,
        default_source="Azure LLM inference traces 2024, conversation week, 1-minute peak 1.92 times the mean; "
        "https://github.com/Azure/AzurePublicDataset, read 2026-11-21",
        positive=True, maximum=1e4,
    ),
    _flag("volume.predictable", "Whether the volume can be forecast within a factor of two"),
    _estimate(
        "volume.input_tokens", "Mean tokens sent with a request, prompt and context included", "tokens", 1200,
        maximum=1e8,
    ),
    _estimate(
        "volume.output_tokens", "Mean tokens of an answer as people see it", "tokens", 200,
        maximum=1e8,
    ),
    _estimate(
        "volume.reasoning_tokens",
        "Mean reasoning tokens of an answer that `output_tokens` does not include; 0 where it does", "tokens", 800,
        default=0,
        default_source="by definition: where nothing is said, estimates add what each model is published to think",
        maximum=1e8,
    ),
    _estimate(
        "volume.cached_share", "Share of input tokens that a provider's prompt cache serves", "share", 0.5, default=0,
        default_source="upper bound of the cost", maximum=1
    ),
    _choice(
        "volume.cached_counted",
        "Whether `input_tokens` includes the tokens that a cache serves; providers report it either way",
        ("inside", "beside"), default="inside",
    ),
    _estimate(
        "volume.cache_written_tokens", "Mean input tokens of a request that are written to a provider's cache", "tokens",
        100, default=0, default_source="small where a prefix is used many times while it is cached", maximum=1e8,
    ),
    _choice(
        "volume.cache_kept", "For how long what is written to a cache is kept; an hour costs more where providers have it",
        ("minutes", "hour"), default="minutes",
    ),
    _number(
        "volume.batchable_share", "Share of requests that may wait for hours, at the price of batches", "share", 0.3,
        default=0, default_source="upper bound of the cost", maximum=1,
    ),
    _number(
        "volume.hours_per_day", "Hours of a day in which something is asked; rented machines are given back in the others",
        "h", 10, default=24, default_source="upper bound of the cost of machines", maximum=24, positive=True,
    ),
    _estimate(
        "volume.documents", "Mean documents that a request asks to put in order, for reranking", "documents", 50,
        positive=True, maximum=1e6,
    ),
    _answered_by_absence(
        _estimate(
            "volume.audio_seconds", "Mean length of the recording that a request carries, for transcription", "s", 60,
            positive=True, maximum=1e6,
        ),
        "no recording is sent to models that are paid by text; unknown of those that are paid by it",
    ),
    _estimate(
        "volume.corpus_tokens", "Tokens of the documents that answers draw on, for retrieval", "tokens", 20000000,
        maximum=1e15,
    ),
)  # fmt: skip

_TEAM = (
    _number("team.ml_engineers", "People who can run and improve models", "people", 2),
    _number("team.capacity_months", "Person-months that the team can spend on the feature", "person-months", 6),
    _number("team.deadline_weeks", "Weeks until the first release", "weeks", 8),
    *(
        _number(f"team.people.{work}", meaning, "people", 0.1)
        for work, meaning in (
            ("prompts", "Upkeep of prompts, and testing them again with a new model"),
            ("evaluation", "A test set that keeps up, and reading a sample of answers"),
            ("monitoring", "Looking at quality, drift and spending"),
            ("compliance", "Reviews, assessments and records that law or contracts ask for"),
            ("on_call", "Incidents of the feature"),
            ("index", "Documents that are searched, and access rights to them"),
            ("training", "Examples, training runs, and what comes of them"),
            ("machines", "Running models on machines of one's own, or on devices"),
        )
    ),
    replace(
        _number(
            "team.shared_over",
            "Features that share the people who watch and run the platform under it",
            "features",
            4,
            maximum=1e4,
        ),
        minimum=1,
    ),
    _flag("team.on_call", "Whether the team has an on-call rota for what it runs"),
    _number("budget.monthly_usd", "What the feature may cost a month, people included", "USD/month", 5000),
    _number("budget.usd_per_request", "What one request may cost on average", "USD/request", 0.02),
    _number("budget.upfront_usd", "What may be spent before the first release", "USD", 20000),
    _number(
        "availability.target_percent", "Share of time for which the feature must answer", "percent", 99.9, maximum=100
    ),
    _flag("availability.critical", "Whether a business process stops when the feature does"),
)

_PEOPLE_AND_LAW = (
    _text("purpose.statement", "What the feature is for", "Order claims for review"),
    _choice(
        "purpose.domain", "Area of life or business that the feature serves",
        (
            "general", "customer-service", "marketing", "software", "employment", "education", "health", "finance",
            "insurance", "housing", "legal", "public-services", "law-enforcement", "migration", "justice", "elections",
            "critical-infrastructure", "science", "security", "transport", "energy", "agriculture", "defense", "other",
        ),
    ),
    _list(
        "purpose.practices",
        "Practices that law restricts or wants assessed and that the feature uses; the list is complete",
        (),
        choices=(
            "behaviour-manipulation", "exploitation-of-vulnerability", "social-scoring", "crime-prediction-by-profiling",
            "face-scraping", "emotion-recognition", "biometric-categorisation", "real-time-remote-biometric-identification",
            "remote-biometric-identification", "intimate-imagery", "child-abuse-imagery", "profiling",
            "systematic-monitoring", "location-tracking", "data-matching", "covert-collection",
        ),
    ),
    _list(
        "purpose.exclusions",
        "What laws leave out and is claimed for all of the feature; each claim has to be made, and holds for what it names "
        "alone",
        (),
        choices=(
            "medical-or-safety", "dataset-labelling", "ancillary-categorisation", "consent-of-depicted", "fraud-detection",
            "travel-document-verification", "search-and-rescue", "crime-investigation", "internal-technical-output",
            "ephemeral-output", "own-training", "legal-persons", "non-essential-service",
        ),
        default=(),
    ),
    _list(
        "purpose.infers", "What is inferred about people from biometric data; the list is complete", (),
        choices=(
            "race", "political-opinion", "trade-union-membership", "religion-or-belief", "sex-life-or-orientation",
            "health", "disability", "other-protected-trait", "gender", "emotion", "age", "other",
        ),
    ),
    _flag(
        "purpose.safety_component",
        "Whether a failure endangers people, property or the supply of something vital; help, convenience, quality control "
        "and security against attacks alone do not count",
    ),
    _flag(
        "purpose.regulated_product",
        "Whether it is a product, or a safety component of one, that a third party assesses under the EU law of Annex I",
    ),
    _flag("purpose.public_space", "Whether places that the public can enter are watched systematically"),
    _choice(
        "decision.area", "Area in which the feature takes part in decisions about people",
        (
            "none", "employment", "education", "credit", "insurance", "housing", "health", "benefits", "legal",
            "law-enforcement", "migration", "emergency", "justice", "other",
        ),
    ),
    _choice(
        "decision.effect", "Part that the output has in those decisions",
        ("none", "assistive", "material", "sole"),
    ),
    _flag("decision.affects_rights", "Whether decisions affect people's rights"),
    _flag("decision.affects_safety", "Whether decisions affect people's safety"),
    _flag(
        "decision.derogation_claimed", "Whether the narrow-task derogation of AI Act article 6(3) is claimed", default=False
    ),
    _flag(
        "decision.life_or_health_insurance",
        "Whether it assesses risks or sets prices of life or health insurance for people; claims do not count",
    ),
    _choice(
        "decision.legal_ground", "What allows a decision by the output alone that weighs on people",
        ("contract", "law", "explicit-consent", "none"),
    ),
    _choice("oversight.mode", "When a person looks at outputs", ("pre-decision", "post-hoc", "none")),
    _text("oversight.owner", "Who oversees the feature", "claims-lead"),
    _flag("oversight.appeal", "Whether people can contest an outcome before a person"),
    _flag("oversight.correction", "Whether people can have wrong data behind an outcome corrected"),
    _flag("oversight.opt_out", "Whether people can choose a person instead"),
    _flag("disclosure.direct_interaction", "Whether people talk to the feature directly"),
    _flag("disclosure.tells_people", "Whether people are told that they deal with AI"),
    _flag(
        "disclosure.obvious", "Whether everybody who talks to the feature knows that it is AI, such as trained staff",
        default=False,
    ),
    _flag("disclosure.tells_workers", "Whether workers and their representatives are told before it is used on them"),
    _flag(
        "disclosure.decision_notice",
        "Whether people are told that a system takes part in decisions about them, and by which logic",
    ),
    _flag("disclosure.explains_decisions", "Whether people get the main reasons of a decision about them when they ask"),
    _list(
        "outputs.kinds", "What the feature puts out; the list is complete", ("text",),
        choices=(
            "text", "label", "score", "code", "structured-data", "synthetic-image", "synthetic-audio", "synthetic-video",
            "deepfake", "public-interest-text",
        ),
    ),
    _flag("outputs.marked", "Whether synthetic output carries a machine-readable mark"),
    _flag("outputs.editorial_control", "Whether a person answers for published text"),
    _flag(
        "outputs.standard_editing", "Whether the feature only helps with standard editing, or leaves the sense of its input",
        default=False,
    ),
    _flag("outputs.depicts_people", "Whether generated images, video or audio can be taken for people who exist"),
    _flag(
        "outputs.abuse_safeguards",
        "Whether intimate imagery of people without their consent and child abuse material are reliably prevented, and "
        "misuse that is seen or reported is corrected",
    ),
    _choice("organization.role", "Role under the AI Act", ("provider", "deployer", "both")),
    _choice(
        "organization.sector", "Sector of the organisation",
        (
            "general", "eu-financial", "us-bank", "insurance", "health", "education", "public", "us-federal",
            "law-enforcement", "defense", "telecommunications", "energy", "other",
        ),
    ),
    _flag("organization.public_body", "Whether the organisation is, or acts for, a public body"),
    _flag("organization.public_service", "Whether the organisation provides public services, whoever owns it"),
    _flag("organization.critical_function", "Whether the feature supports a critical or important function"),
    _list("organization.regions", "Where the organisation is established", ("DE",), vocabulary="place"),
    _list(
        "deployment.regions", "Where the feature is offered, or its output used", ("EU",), vocabulary="place"
    ),
    _choice(
        "deployment.exclusion", "Use that the AI Act leaves out, where the feature has no other",
        ("none", "defense", "research", "personal"), default="none",
    ),
    _text(
        "deployment.on_market_since", "Day on which it was first offered or put into service, as YYYY-MM-DD", "2026-03-01",
        pattern=_ONE_DAY,
    ),
    _choice(
        "model.modification", "What was done to a system of somebody else that makes one answer for it",
        ("none", "rebranded", "repurposed", "substantial"),
    ),
    _flag("model.offered_as_general_purpose", "Whether the organisation offers a general-purpose model to others"),
    _flag("model.open_licence", "Whether weights, architecture and use of the model are public under a free licence"),
    _number(
        "model.training_flop", "Computation with which the model was trained", "FLOP", 1e25, positive=True, maximum=1e40
    ),
    _number(
        "model.tuning_compute_share", "Computation of one's own training over that of the original model", "share", 0.01,
        maximum=1e6,
    ),
    _flag("security.encryption_in_transit", "Whether data is encrypted on its way"),
    _flag("security.encryption_at_rest", "Whether data is encrypted where it is kept"),
    _text("security.incident_owner", "Who answers for incidents and their reports", "security-desk"),
    _number("logs.retention_days", "How long logs of inputs and outputs are kept", "days", 183),
    _flag("logs.raw_prompts", "Whether logs hold prompts as they were sent"),
)  # fmt: skip

_EVIDENCE = (
    _evidence("dpia", "Data protection impact assessment"),
    _evidence("fria", "Fundamental rights impact assessment"),
    _evidence("tia", "Transfer impact assessment"),
    _evidence("bias_audit", "Independent bias audit"),
    _evidence("risk_assessment", "Risk assessment of the feature"),
    _evidence("impact_assessment", "AI impact assessment"),
    _evidence("independent_review", "Review by somebody outside the team"),
    _evidence("vendor_assessment", "Due diligence on the provider"),
    _evidence("data_governance", "Documentation of training and test data"),
    _evidence("security_review", "Security review or authority to operate"),
    _evidence("red_team", "Adversarial test"),
    _evidence("consent", "Record of consent"),
    _evidence("literacy", "Measures for the AI literacy of staff"),
    _evidence("practice_review", "Review by counsel of a practice that law restricts"),
    _evidence("classification_review", "Review of what risk class the law gives the feature"),
    _evidence("derogation_assessment", "Assessment that a use listed as high risk is none"),
    _evidence("risk_management", "Risk management over the whole life of the system"),
    _evidence("technical_documentation", "Technical documentation of the system or model"),
    _evidence("instructions_for_use", "Instructions for whoever uses the system"),
    _evidence("conformity_assessment", "Conformity assessment"),
    _evidence("eu_registration", "Registration in the EU database"),
    _evidence("post_market_plan", "Plan for monitoring after release"),
    _evidence("incident_process", "Process for reporting incidents in time"),
    _evidence("copyright_policy", "Policy on copyright of training data"),
    _evidence("training_summary", "Published summary of training content"),
    _evidence("bias_safeguards", "Safeguards for special categories used against bias"),
    _evidence("ict_register", "Entry in the register of information on ICT contracts"),
    _evidence("authority_notice", "Notice to the supervisor of a planned contract"),
    _evidence("pci_attestation", "Attestation of compliance of the provider with PCI DSS"),
    _evidence("model_validation", "Independent validation of the model"),
    _evidence("caio_determination", "Written determination of the chief AI officer"),
    _evidence("separate_consent", "Separate parental consent to disclosure to third parties"),
    _evidence("decision_records", "Records of automated decisions, kept as long as the law asks"),
    _evidence("ropa", "Record of processing"),
)

_CURRENT = (
    _text("current.provider", "Provider of the model that answers today, as the catalog names it", "openai",
          vocabulary="provider"),
    _text("current.model", "Model that answers today, as the catalog names it", "gpt-5.5-2026-04-23", vocabulary="model"),
    _number("current.monthly_usd", "What that provider billed for a month of today's volume, without people", "USD/month",
            4200, positive=True, maximum=1e12),
)  # fmt: skip

TODAY_FACTS = frozenset(spec.name for spec in _CURRENT)
"""What a manifest says of what runs today."""

_PLAN = (
    _axis("adaptation"),
    _axis("hosting"),
    _text("plan.provider", "Provider of the model or of the machines, as the catalog names it", "openai",
          vocabulary="provider"),
    _text("plan.model", "Model, as the catalog names it", "gpt-4o-mini", vocabulary="model"),
    _text("plan.region", "Region of the provider, or the place of an own site", "eu", vocabulary="region"),
    _axis("fallback"),
    _text("plan.fallback_provider", "Provider of the fallback", "mistral", vocabulary="provider"),
    _text("plan.fallback_region", "Region of the fallback", "eu", vocabulary="region"),
    _flag("plan.fallback_tested", "Whether the fallback was rehearsed"),
    _axis("routing"),
    _flag("plan.terms.dpa", "Whether a data processing agreement is signed"),
    _flag("plan.terms.baa", "Whether a business associate agreement is signed"),
    _flag("plan.terms.sccs", "Whether standard contractual clauses are signed"),
    _flag("plan.terms.bcr", "Whether binding corporate rules cover the transfer"),
    _flag("plan.terms.idta", "Whether the UK agreement or addendum on transfers is signed"),
    _flag("plan.terms.subprocessors", "Whether the contract binds further processors, and says which there are"),
    _flag("plan.terms.locations", "Whether the contract names the places of processing, and says changes in advance"),
    _flag("plan.terms.sla", "Whether the contract describes service levels with targets"),
    _flag("plan.terms.data_return", "Whether the contract gives data back when it ends or the provider fails"),
    _flag("plan.terms.termination", "Whether the contract can be ended, with notice periods"),
    _flag("plan.terms.incident_support", "Whether the provider has to help with incidents at no cost, or an agreed one"),
    _flag("plan.terms.authority_cooperation", "Whether the provider has to cooperate with the authorities of its customer"),
    _flag("plan.terms.security_measures", "Whether the contract obliges the provider to safeguard the data"),
    _flag("plan.terms.direct_control", "Whether the provider acts under the direct control of the organisation"),
    _flag("plan.terms.no_redisclosure", "Whether the contract forbids passing the data on"),
    _flag("plan.terms.unbiased_ai", "Whether the contract holds the model to the federal principles on unbiased AI"),
    _flag("plan.terms.no_training", "Whether the contract forbids training on the data"),
    _flag("plan.terms.zero_retention", "Whether the contract provides zero retention"),
    _number("plan.terms.retention_days", "How long the contract lets the provider keep data", "days", 30),
    _flag("plan.terms.audit_rights", "Whether the contract gives audit rights"),
    _flag("plan.terms.us_persons_only", "Whether only US persons can reach the data"),
    _flag("plan.evaluation.set", "Whether an evaluation set of real cases exists"),
    _flag("plan.evaluation.baseline", "Whether an API baseline was measured on it"),
    _flag("plan.evaluation.side_by_side", "Whether candidates were compared side by side on it"),
    FactSpec(
        "plan.evaluation.results", FactType.TEXTS,
        "What evaluations on cases of one's own came to, for each model and adaptation; of several the newest counts",
        examples=((),),
    ),
    _flag("plan.evaluation.validated", "Whether the chosen model reached the required quality in production"),
    _text("plan.measured.model", "Model that was measured, where the plan names none", "llama-3.1-8b", vocabulary="model"),
    _text("plan.measured.machine", "Machine on which it was measured, where the plan names none", "h100-80gb",
          vocabulary="machine"),
    _number("plan.measured.requests_per_s", "Requests that a replica answered", "requests/s", 12, positive=True),
    _number("plan.measured.tokens_per_s", "Tokens that it wrote, of all requests together", "tokens/s", 2400, positive=True),
    _number("plan.measured.at_concurrency", "Requests at once, at which it was measured", "requests", 16, positive=True),
    _number("plan.measured.first_token_ms", "Time to the first token that half of the requests took", "ms", 200,
            positive=True),
    _number("plan.measured.p50_ms", "Time of a whole request that half took, as of an API", "ms", 900, positive=True),
    _number("plan.measured.p95_ms", "Time of a whole request that 95 % of them took at most", "ms", 1600, positive=True),
    _text("plan.measured.on", "Day of the measurement, as YYYY-MM-DD", "2026-10-12", pattern=_ONE_DAY),
    _text("plan.measured.link", "Where the measurement is kept", "https://wiki.example/bench-4"),
    _flag("plan.monitoring.quality", "Whether answer quality is watched in operation"),
    _flag("plan.monitoring.drift", "Whether shifts of inputs and outputs are watched"),
    _flag("plan.monitoring.cost", "Whether spending is watched with an alarm"),
    *(
        FactSpec(fact, FactType.TEXT, f"Day by which {STAGES[stage]}, as YYYY-MM-DD; `none` where it is not planned",
                 default=NOT_PLANNED, pattern=DAY_PATTERN, examples=("2027-03-01",))
        for stage, fact in STAGE_FACTS.items()
    ),
    _list("plan.migration.go_back_on", "What makes the team go back to what ran before", ("cost", "quality"),
          choices=("quality", "latency", "failures", "cost")),
    _flag("plan.exit_plan", "Whether it is written down how to leave the provider"),
    _flag("plan.model_pinned", "Whether a dated model version is used rather than a moving alias"),
)  # fmt: skip

PLAN_AXES = (
    "plan.adaptation", "plan.hosting", "plan.provider", "plan.model", "plan.region", "plan.fallback",
    "plan.fallback_provider", "plan.fallback_region", "plan.routing",
)  # fmt: skip
"""The declarations that choose among options."""

_OF_LEGS = (
    _text("plan.machine", "Machine that the model runs on, as the catalog names it", "h100-80gb", vocabulary="machine"),
    _choice("plan.fallback_hosting", "Where the model of the partner runs", tuple(AXES["hosting"].words)),
    _choice("plan.fallback_adaptation", "How the model of the partner is made to do the task",
            tuple(AXES["adaptation"].words)),
    _text("plan.fallback_model", "Model of the partner", "gpt-6-luna", vocabulary="model"),
    _text("plan.fallback_machine", "Machine that the model of the partner runs on", "h100-80gb",
          vocabulary="machine"),
)  # fmt: skip
LEG_AXES = tuple(spec.name for spec in _OF_LEGS)
LEG_FACTS: tuple[FactSpec, ...] = with_expectations(_OF_LEGS, LEG_AXES)
"""What a plan says that names its legs one by one, and none in the short form."""
PLAN_CHOICES = (*PLAN_AXES, *LEG_AXES)
"""Everything in a plan that chooses among options."""

DECLARED_FACTS: tuple[FactSpec, ...] = with_expectations(
    (*_METADATA, *_TASK, *_DATA, *_LATENCY, *_VOLUME, *_TEAM, *_PEOPLE_AND_LAW, *_EVIDENCE, *_CURRENT, *_PLAN),
    PLAN_AXES,
)

SECTIONS: dict[str, str] = {
    "metadata": "What the feature is called, who answers for it and how far it has come",
    "task": "What the model is asked to do",
    "task.quality": "How good answers must be",
    "data": "What data requests and answers carry, and where it may go",
    "latency": "How fast answers must come",
    "volume": "How much is asked; numbers are means, not typical values",
    "team": "Who builds and runs the feature",
    "team.people": "Full-time equivalents that stay with the feature, by kind of work; they replace those of the catalog",
    "budget": "What may be spent",
    "availability": "How dependable the feature must be",
    "purpose": "What the feature is for, and practices that law restricts",
    "decision": "Which decisions about people the feature takes part in",
    "oversight": "How people watch over outputs",
    "disclosure": "What people are told",
    "outputs": "What the feature puts out",
    "organization": "Facts about the organisation that this feature runs in",
    "deployment": "Where and since when the feature is used",
    "model": "What the organisation does with models of others, and which it offers itself",
    "security": "How the data is protected, and who answers for incidents",
    "logs": "What is logged, and for how long",
    "evidence": "Documents that exist: each with owner, date, link and expiry, or `false` when there is none",
    "current": "What answers today, and its bill, which says how long requests are where that is not declared",
    "plan": "How the team means to build the feature; may be partial or absent",
    "plan.terms": "Terms that were agreed with the provider",
    "plan.evaluation": "How quality is measured",
    "plan.measured": "What was measured of the main leg; it stands in the place of our estimate",
    "plan.monitoring": "What is watched in operation",
    "plan.migration": "Days by which the stages on the way to the plan are done, and when to go back",
}
"""Every nested object of a manifest."""

RESULT_FIELDS: dict[str, str] = {
    "model": "The model, as the catalog names it or as code does",
    "adaptation": "What was done to it; `prompting` where nothing is said",
    "passed": "Cases that were answered right",
    "of": "Cases that were asked",
    "on": "Day of the evaluation, as YYYY-MM-DD",
    "link": "Where cases and answers are kept",
}
"""What a manifest says of an evaluation; every field but adaptation and link is required."""

LEG_FIELDS: dict[str, str] = {
    "role": "What the leg is for: the `main` one answers, the `fallback` when that fails, an `escalation` its hard cases",
    **{key: f"{AXES[key].meaning} of this leg" for key in ("adaptation", "hosting")},
    "provider": "Provider of the model or of the machines, as the catalog names it",
    "model": "Model, as the catalog names it",
    "machine": "Machine of one's own that the model runs on, as the catalog names it",
    "region": "Region of the provider, or the place of an own site",
    "terms": "Terms that were agreed with the provider of this leg, in the place of those under `plan.terms`",
    "measured": "What was measured of this leg, a `main` one, in the place of what stands under `plan.measured`",
    "when": "Which requests take this leg; without it, all that take no other",
}
"""What a plan says of a leg."""

ROUTE_FIELDS: dict[str, str] = {
    "data.classes": "Requests that carry data of one of these classes, of those that `data.classes` holds",
    "data.subject_regions": "Requests about people in one of these places, of those that `data.subject_regions` holds",
    "share": "Share of all requests that takes this route",
}
"""What a plan says of the requests that take a leg."""

EVIDENCE_FIELDS: dict[str, str] = {
    "owner": "Who answers for the document",
    "date": "Day on which it was approved, as YYYY-MM-DD",
    "link": "Where it is kept",
    "expires": "Last day on which it holds, as YYYY-MM-DD",
    "signed_by": "Role of who signed it, such as `data protection officer`",
}

AGE, HOLDS, OWNER, SIGNED_BY = "age_days", "expires_in_days", "owner", "signed_by"
PARTS: Mapping[str, tuple[FactType, str, str]] = {
    AGE: (FactType.NUMBER, "days", "Days since it was approved; endless where there is none, or not yet"),
    HOLDS: (FactType.NUMBER, "days", "Days until its last one; endless where none is said, -1 where there is none"),
    OWNER: (FactType.TEXT, "", "Who answers for it; empty where there is none"),
    SIGNED_BY: (FactType.TEXT, "", "Role of who signed it; empty where there is none"),
}
"""What is known of every document, by how the name of the fact ends."""
EVIDENCE = frozenset(spec.name for spec in DECLARED_FACTS if spec.origin is Origin.EVIDENCE)
EVIDENCE_PARTS: tuple[FactSpec, ...] = tuple(
    FactSpec(
        f"{name}.{part}", type_, meaning, Origin.DOCUMENT, unit=unit, reads=(name,), kind=Kind.DONE,
        minimum=0.0 if part == AGE else None,
    )
    for name in sorted(EVIDENCE)
    for part, (type_, unit, meaning) in PARTS.items()
)  # fmt: skip
NO_DOCUMENT: Mapping[str, FactValue] = {AGE: inf, HOLDS: -1.0, OWNER: "", SIGNED_BY: ""}
"""What is known of a document that there is not: nothing that a requirement is content with."""
