"""Manifests that declare anything: values for every fact of the registry, for properties over all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from worlds import OWN, catalog

from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.facts.declared import DECLARED_FACTS, PLAN_AXES
from aipolicy.facts.migration_stages import STAGE_FACTS
from aipolicy.facts.spec import FactSpec, FactType, Kind, Origin
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs

Declared = Mapping[str, Any]

_LISTS = {
    "data.classes": (
        ["internal"],
        ["public"],
        ["health"],
        ["phi"],
        ["payment-card"],
        ["itar"],
        ["contact", "contract"],
    ),
    "data.residency": (["EU"], ["US"], ["DE"], ["any"]),
    "data.subject_regions": (["DE"], ["US", "EU"]),
    "deployment.regions": (["JP"], ["DE"], ["US-CO", "GB"]),
    "organization.regions": (["JP"], ["EU"]),
    "plan.evaluation.results": (
        [{"model": "gpt-6-luna", "passed": 158, "of": 180, "on": "2026-11-01"}],
        [{"model": "gpt-6-luna", "passed": 20, "of": 180, "on": "2026-11-01"}],
    ),
}
_NUMBERS = {
    "latency.p95_ms": (20, 900, 8000, "none"),
    "volume.requests_per_day": (1, 3000, 400000),
    "volume.input_tokens": (50, 3000),
    "volume.output_tokens": (1, 300),
    "volume.growth_12_months": (0.5, 1, 20),
    "volume.corpus_tokens": (0, 20000000),
    "data.labelled_examples": (0, 700, 20000),
    "task.hard_case_share": (0, 0.2, 1),
    "team.ml_engineers": (0, 1, 6),
    "team.capacity_months": (0, 3, 40),
    "team.deadline_weeks": (1, 12, "none"),
    "budget.monthly_usd": (10, 20000, "none"),
    "budget.usd_per_request": (0.0001, 1, "none"),
    "budget.upfront_usd": (100, 200000, "none"),
    "availability.target_percent": (90, 99.9),
    "plan.terms.retention_days": (0, 30),
}
_WORDS = {
    "task.type": ("classification", "dialogue", "fraud-detection", "vision", "speech", "embedding", "other"),
    "plan.provider": ("openai", "aws", "azure", "on-premises"),
    "plan.model": ("gpt-6-luna", "qwen3-32b"),
    "plan.region": ("eu", "us"),
    "plan.fallback_provider": ("openai", "mistral", "aws"),
    "plan.fallback_region": ("eu", "us"),
    "plan.measured.model": ("llama-3.1-8b",),
    "plan.measured.machine": ("h100-80gb", "l4"),
    "plan.measured.on": ("2026-10-12", "2025-01-01"),
    "deployment.on_market_since": ("2024-01-01", "2026-09-01"),
    **dict.fromkeys(STAGE_FACTS.values(), ("2026-01-01", "2027-03-01", "none")),
}
_SILENT = {
    "metadata.name", "metadata.description", "metadata.labels", "metadata.source", "metadata.lifecycle",
    "volume.requests_per_day_in_12_months", "latency.p50_ms", "plan.terms.zero_retention",
}  # fmt: skip
"""Facts that no rule reads, and those that another one may contradict."""

TOLD = tuple(spec for spec in DECLARED_FACTS if spec.name not in _SILENT)
LEARNABLE = tuple(
    spec for spec in TOLD if not spec.is_answered_by_absence and spec.name not in PLAN_AXES and not spec.replaces
)
"""The facts that are unknown until they are declared; what a plan names chooses among options."""
REPLACING = tuple(spec for spec in TOLD if spec.replaces)
ABSENT = tuple(spec for spec in TOLD if spec.is_answered_by_absence)
OTHERS = {spec.name for spec in (*LEARNABLE, *ABSENT)}


def values_of(spec: FactSpec) -> tuple[Any, ...]:
    """Return a few values that a fact may be declared with."""
    name = spec.name
    if spec.origin is Origin.EVIDENCE:
        return (
            {"owner": "a", "date": "2026-01-01"},
            {"owner": "a", "date": "2020-01-01", "expires": "2021-01-01"},
            False,
        )
    if name in _LISTS or name in _NUMBERS or name in _WORDS:
        return (*_LISTS.get(name, ()), *_NUMBERS.get(name, ()), *_WORDS.get(name, ()))
    match spec.type:
        case FactType.BOOL:
            return (True, False)
        case FactType.NUMBER:
            return (0.5,) if spec.maximum == 1 else (1, 5)
        case FactType.TEXT:
            return spec.choices or ("something",)
        case _:
            return tuple([word] for word in spec.choices[:4])


def declarations(specs: tuple[FactSpec, ...], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return strategies for some of the facts, each with a value."""
    each = {spec.name: st.sampled_from(values_of(spec)) for spec in specs}
    names = st.lists(st.sampled_from(sorted(each)), unique=True, max_size=most)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: each[name] for name in chosen}))


DONE = tuple(spec for spec in LEARNABLE if spec.kind is Kind.DONE)
DESCRIBED = tuple(spec for spec in LEARNABLE if spec.kind is Kind.DESCRIBES)
PLANS = (
    {},
    {"plan.hosting": "own-cloud"},
    {"plan.adaptation": "rag", "plan.hosting": "provider-api"},
    {"plan.provider": "openai", "plan.region": "eu", "plan.fallback": "none", "plan.routing": "single"},
    {
        "plan.provider": "openai", "plan.model": "gpt-6-luna", "plan.adaptation": "prompting", "plan.region": "us",
        "plan.fallback": "none", "plan.routing": "single",
    },
    {
        "plan.provider": "aws", "plan.model": "llama-3.1-8b", "plan.adaptation": "fine-tuning",
        "plan.hosting": "own-cloud", "plan.region": "us-east-1", "plan.fallback": "provider-api",
        "plan.fallback_provider": "openai",
    },
)  # fmt: skip


def feature_of(declared: Declared, lifecycle: str | None = None) -> Feature:
    """Return the feature of a manifest with these declarations."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    if lifecycle is not None:
        root["metadata"]["lifecycle"] = lifecycle
    for name, value in declared.items():
        *sections, last = name.split(".")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = value
    read = read_manifests([ManifestFile("f.yaml", json.dumps(root).encode(), True)])
    assert not read.findings, read.findings
    return read.features[0]


@cache
def shipped() -> Evaluator:
    """Return an evaluator of every shipped pack over the shipped catalog."""
    packs = load_packs([find_pack(name, Path()) for name in shipped_packs()], catalog(), {})
    return Evaluator(tuple(packs), catalog(), OWN)


EVERYTHING: Declared = {
    "metadata.owner": "web", "task.type": "dialogue", "task.specialization": "domain", "task.prompting": "sufficient",
    "task.needs_frontier_reasoning": False, "task.knowledge_changes": "yearly", "task.answers_from": "prompt",
    "task.error_cost": "medium", "task.stable": True, "task.hard_case_share": 0.2, "data.classes": ["internal"],
    "data.residency": ["US"], "data.must_stay_inside": False, "data.proprietary": False, "data.differentiator": False,
    "data.tokenized": True, "data.labelled_examples": 0, "latency.p95_ms": 20000, "volume.requests_per_day": 1000,
    "volume.growth_12_months": 1, "volume.predictable": True, "volume.input_tokens": 500, "volume.output_tokens": 100,
    "volume.corpus_tokens": 0, "team.ml_engineers": 3, "team.capacity_months": 40, "team.deadline_weeks": "none",
    "team.on_call": True, "budget.monthly_usd": "none", "budget.usd_per_request": "none", "budget.upfront_usd": "none",
    "availability.critical": False, "availability.target_percent": 99, "plan.terms.dpa": True, "plan.terms.baa": True,
    "plan.terms.no_training": True, "plan.terms.zero_retention": True, "plan.evaluation.set": True,
    "plan.evaluation.baseline": True, "plan.evaluation.side_by_side": True, "plan.evaluation.validated": True,
    "plan.monitoring.quality": True, "plan.monitoring.drift": True, "plan.monitoring.cost": True,
    "plan.exit_plan": True, "plan.model_pinned": True, "plan.fallback_tested": True,
    "deployment.regions": ["JP"], "organization.regions": ["JP"], "organization.sector": "other",
    "organization.public_body": False, "data.subject_regions": ["JP"], "decision.area": "other",
    "decision.effect": "assistive", "disclosure.tells_people": True,
}  # fmt: skip
"""Declarations with which a whole plan of each kind passes every shipped rule of severity error."""

WHOLE_PLANS = (
    {
        "plan.provider": "openai", "plan.model": "gpt-6-luna", "plan.adaptation": "prompting", "plan.region": "us",
        "plan.hosting": "provider-api", "plan.fallback": "provider-api", "plan.fallback_provider": "amazon-bedrock",
        "plan.fallback_region": "us", "plan.routing": "single",
    },
    {
        "plan.provider": "aws", "plan.model": "llama-3.1-8b", "plan.adaptation": "prompting",
        "plan.hosting": "own-cloud", "plan.region": "us-east-1", "plan.fallback": "provider-api",
        "plan.fallback_provider": "openai", "plan.fallback_region": "us", "plan.routing": "single",
    },
)  # fmt: skip
