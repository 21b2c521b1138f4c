"""Plans that name their legs are evaluated leg by leg, and like the short form where that can say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from any_manifest import feature_of, shipped
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.findings import findings_of
from aipolicy.manifest.read import ManifestFile, read_manifests

FACTS: Mapping[str, Any] = {
    "data.classes": ["health", "internal"], "data.residency": ["EU"], "latency.p95_ms": 8000,
    "volume.requests_per_day": 3000, "volume.input_tokens": 800, "volume.output_tokens": 100,
    "task.type": "summarization", "team.ml_engineers": 1,
}  # fmt: skip
MAINS = (
    {"adaptation": "prompting", "hosting": "provider-api", "provider": "openai", "model": "gpt-6-luna", "region": "us"},
    {"hosting": "provider-api", "provider": "azure", "region": "westeurope"},
    {"adaptation": "fine-tuning", "hosting": "own-cloud", "provider": "aws", "model": "llama-3.1-8b",
     "region": "eu-central-1"},
    {"hosting": "own-cloud"},
)  # fmt: skip


def with_legs(*legs: Mapping[str, Any]) -> Evaluation:
    return shipped().evaluate(feature_of({**FACTS, "plan.legs": [dict(leg) for leg in legs]}, "pilot"))


def with_plan(**plan: str) -> Evaluation:
    return shipped().evaluate(feature_of({**FACTS, **{f"plan.{key}": word for key, word in plan.items()}}, "pilot"))


def told(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    found = findings_of(evaluation, shipped().rule_evaluator, strict=False)
    return sorted((each.rule_id, str(each.outcome), each.message) for each in found)


@pytest.mark.parametrize("main", MAINS, ids=lambda main: "-".join(main.values()))
def test_one_leg_is_evaluated_as_the_short_form_without_a_fallback(main: Mapping[str, str]) -> None:
    legs, short = with_legs({"role": "main", **main}), with_plan(**main, fallback="none", routing="single")
    assert told(legs) == told(short)
    assert legs.planned.full.bit_count() == short.planned.full.bit_count() > 0


@given(main=st.sampled_from(MAINS), provider=st.sampled_from(("mistral", "openai", "stackit", "groq")))
@settings(max_examples=8)
def test_a_fallback_that_says_its_provider_is_evaluated_as_in_the_short_form(
    main: Mapping[str, str], provider: str
) -> None:
    legs = with_legs({"role": "main", **main}, {"role": "fallback", "hosting": "provider-api", "provider": provider})
    short = with_plan(**main, fallback="provider-api", routing="single", fallback_provider=provider)
    assert told(legs) == told(short)


def test_the_model_of_a_fallback_is_the_one_that_is_evaluated() -> None:
    evaluation = with_legs(
        {"role": "main", **MAINS[2]},
        {"role": "fallback", "provider": "mistral", "model": "mistral-small-2603"},
        )  # fmt: skip
    partners = {option.other.model.id for option in evaluation.planned.options if option.other is not None}
    assert partners == {"mistral-small-2603"}


def test_the_machine_of_a_leg_is_the_one_that_is_evaluated() -> None:
    evaluation = with_legs({"role": "main", "hosting": "own-cloud", "model": "llama-3.1-8b", "machine": "h100-80gb"})
    assert {option.leg.accelerator for option in evaluation.planned.options} == {"h100-80gb"}


@pytest.mark.parametrize(
    ("leg", "fact", "message"),
    [
        ({"model": "llama-3.3-70b", "machine": "l4"}, "plan.machine",
         "parameters take 141 GB in 16 bits, and a `l4` holds 24 GB"),
        ({"model": "gpt-6-luna", "machine": "l4"}, "plan.machine", "the weights of `gpt-6-luna` are not at hand"),
        ({"model": "llama-3.1-8b", "machine": "h100"}, "plan.machine", "did you mean `h100-80gb`?"),
        ({"model": "lama-3.1-8b"}, "plan.model", "did you mean `llama-3.1-8b`?"),
        ({"hosting": "provider-api", "machine": "l4"}, "plan.hosting", "no hosting `provider-api` with machine `l4`"),
    ],
)  # fmt: skip
def test_a_leg_that_nobody_offers_is_told_with_what_is_offered(leg: dict[str, str], fact: str, message: str) -> None:
    main = with_legs({"role": "main", **leg}).plan_problems
    assert [(problem.fact, message in problem.message) for problem in main] == [(fact, True)]
    partner = with_legs({"role": "main", **MAINS[0]}, {"role": "fallback", **leg}).plan_problems
    # NOTE: where the hosting of a fallback and its machine clash, the machine is the closer one.
    asked = fact.replace("plan.", "plan.fallback_").replace("hosting", "machine")
    assert [problem.fact for problem in partner] == [asked]


def test_a_fallback_that_is_the_main_leg_in_other_words_is_refused() -> None:
    main = {"role": "main", "hosting": "provider-api", "provider": "openai", "model": "gpt-6-luna", "region": "us"}
    found = with_legs(main, {"role": "fallback", "provider": "openai", "model": "gpt-6-luna", "region": "us"})
    assert [problem.message.partition(",")[0] for problem in found.plan_problems] == [
        "the fallback is the main leg itself"
    ]


def test_each_route_is_evaluated_by_the_data_that_it_carries() -> None:
    text = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims, lifecycle: pilot}
data: {classes: [itar, internal], residency: [US]}
plan:
  legs:
    - {role: main, hosting: provider-api, provider: openai, region: us}
    - {role: main, hosting: on-premises, when: {data.classes: [itar]}}
"""

    def broken(text: str) -> dict[str, set[str]]:
        read = read_manifests([ManifestFile("f.yaml", text.encode(), True)])
        assert not read.findings
        return {
            feature.name: {
                f.rule_id for f in findings_of(shipped().evaluate(feature), shipped().rule_evaluator, strict=False)
                if str(f.outcome) == "violated"
            }
            for feature in read.features
        }  # fmt: skip

    assert all("DATA-001" not in rules for rules in broken(text).values())
    turned = text.replace("classes: [itar]}", "classes: [internal]}")
    assert "DATA-001" in broken(turned)["claims"]
