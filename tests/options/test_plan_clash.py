"""A plan that agrees with nothing: the smallest part that clashes, at the place to look, and what is offered instead."""

from __future__ import annotations

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.plan import plan_legs

API = {"adaptation": "prompting", "hosting": "provider-api"}
CLASHES: list[tuple[dict[str, str], str, str]] = [
    ({**API, "provider": "amazon-bedrock", "model": "claude-opus-5-5", "region": "us-east-1"}, "region",
     "the catalog offers no region `us-east-1` with model `claude-opus-5-5`; with the rest of the plan it offers `us`, "),
    ({**API, "provider": "azure-openai", "model": "gpt-6-luna", "region": "swedencentral"}, "region",
     "no region `swedencentral` with model `gpt-6-luna`; with the rest of the plan it offers `datazone-eu`, "),
    ({**API, "provider": "azure-openai", "model": "gpt-4o", "region": "eastus"}, "model",
     "no model `gpt-4o` with provider `azure-openai`; with the rest of the plan it offers `gpt-4o-2024-11-20`, "),
    ({**API, "provider": "azure", "model": "gpt-4o", "region": "eastus2"}, "provider",
     "no provider `azure` with hosting `provider-api`; with this it offers `azure-openai`, "),
    ({"hosting": "own-cloud", "provider": "aws", "model": "gpt-6-luna"}, "model",
     "no model `gpt-6-luna` with hosting `own-cloud`; with the rest of the plan it offers `"),
    ({"hosting": "provider-api", "adaptation": "classical-ml", "provider": "openai"}, "adaptation",
     "no adaptation `classical-ml` with hosting `provider-api`; with the rest of the plan it offers `"),
    ({**API, "provider": "openai", "model": "gpt-6-astra", "routing": "cascade"}, "routing",
     "no routing `cascade` with model `gpt-6-astra`; with the rest of the plan it offers `single`"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "fact", "message"), CLASHES)
def test_the_smallest_part_that_clashes_is_named_with_what_is_offered(
    plan: dict[str, str], fact: str, message: str, catalog: Catalog
) -> None:
    values = {f"plan.{name}": word for name, word in plan.items()}
    (problem,) = plan_legs(values, frozenset(values), catalog, Organization()).problems
    assert problem.fact == f"plan.{fact}"
    assert message in problem.message


def test_a_model_that_is_not_offered_is_replaced_by_one_that_does_what_it_does(catalog: Catalog) -> None:
    plan = {"plan.hosting": "own-cloud", "plan.provider": "aws", "plan.model": "gpt-6-luna"}
    (problem,) = plan_legs(plan, plan, catalog, Organization()).problems
    offered = [word for word in problem.message.rpartition("it offers ")[2].split("`") if word in catalog.models]
    kinds = set(catalog.models["gpt-6-luna"].kinds)
    assert offered
    assert [word for word in offered if kinds.isdisjoint(catalog.models[word].kinds)] == []


@pytest.mark.parametrize(("plan", "fact", "message"), CLASHES)
def test_what_is_offered_ends_the_clash(plan: dict[str, str], fact: str, message: str, catalog: Catalog) -> None:
    values = {f"plan.{name}": word for name, word in plan.items()}
    (problem,) = plan_legs(values, frozenset(values), catalog, Organization()).problems
    if "the rest of the plan" in problem.message:
        offered = problem.message.rpartition("it offers ")[2].partition(" and ")[0].replace("`", "").split(", ")
        for word in offered:
            changed = {**values, f"plan.{fact}": word}
            assert plan_legs(changed, frozenset(changed), catalog, Organization()).problems == (), word


@pytest.mark.parametrize(
    ("plan", "fact", "message"),
    [
        ({"model": "gpt-4o-2024-08-06"}, "model",
         "unknown model: `gpt-4o-2024-08-06`; of the same model the catalog has `gpt-4o`, `gpt-4o-2024-11-20`"),
        ({"model": "claude-sonnet-4-5"}, "model", "did you mean `claude-sonnet-4-5-20250929`?"),
        ({"model": "gemini-2.5-pro"}, "model", "unknown model: `gemini-2.5-pro`; it is not in the catalog; where it is"),
        ({"provider": "OpenAI"}, "provider", "unknown provider: `OpenAI`; did you mean `openai`?"),
        ({"provider": "vertexai"}, "provider", "did you mean `google-vertex-ai`?"),
        ({"provider": "gemini"}, "provider", "unknown provider: `gemini`; it is not in the catalog"),
        ({"provider": "azure-openai", "region": "East US"}, "region", "`East US`; did you mean `eastus`?"),
        ({"provider": "amazon-bedrock", "region": "us-east-3"}, "region", "`us-east-3`; it is not in the catalog"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_taken_for_a_slip_or_for_nothing(
    plan: dict[str, str], fact: str, message: str, catalog: Catalog
) -> None:
    values = {f"plan.{name}": word for name, word in plan.items()}
    (problem,) = plan_legs(values, frozenset(values), catalog, Organization()).problems
    assert (problem.fact, message in problem.message) == (f"plan.{fact}", True), problem.message
