"""Conditions read the names of the catalog, however a plan writes them."""

from __future__ import annotations

import pytest
from test_facts import facts_of

PLANS = [
    ({"provider": "bedrock", "model": "us.anthropic.claude-opus-5-5-v1:0", "region": "us-profile"},
     {"provider": "amazon-bedrock", "model": "claude-opus-5-5", "region": "us"}, []),
    ({"provider": "azure-ai", "region": "eu", "fallback_provider": "aoai", "fallback_region": "us"},
     {"provider": "azure-openai", "region": "datazone-eu", "fallback_region": "datazone-us"}, []),
    ({"provider": "nobody", "model": "nothing", "region": "nowhere"}, {"provider": "nobody", "region": "nowhere"}, []),
    ({"provider": "openai", "model": "azure/gpt-4o"}, {"model": "gpt-4o"},
     ["`azure/gpt-4o` names the provider `azure-openai`, not `openai`"]),
    ({"provider": "bedrock", "model": "anthropic/claude-opus-5-5"}, {"model": "claude-opus-5-5"}, []),
    ({"provider": "bedrock", "model": "us.anthropic.claude-opus-5-5", "region": "eu"}, {"model": "claude-opus-5-5"},
     ["`us.anthropic.claude-opus-5-5` is processed in `us`, not in `eu`; name one region"]),
    ({"provider": "bedrock", "model": "bedrock/us-east-1/anthropic.claude-opus-5-5", "region": "us"}, {},
     ["`bedrock/us-east-1/anthropic.claude-opus-5-5` is processed in `us-east-1`, not in `us`; name one region"]),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "read", "messages"), PLANS)
def test_names_of_a_plan_are_those_of_the_catalog(
    plan: dict[str, str], read: dict[str, str], messages: list[str]
) -> None:
    facts = facts_of({f"plan.{key}": value for key, value in plan.items()})
    assert {key: facts.values[f"plan.{key}"] for key in read} == read
    assert [problem.message for problem in facts.problems] == messages
    assert all(problem.path == ("plan", "model") and problem.related for problem in facts.problems)
