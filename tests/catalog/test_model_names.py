"""Models under the names that code, consoles and organisations give them; another version is another model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.catalog.model_names import ModelName, meant_model, read_model_name, same_model

CATALOG = read_catalog((), as_of=date(2026, 11, 29))
BEDROCK, AZURE, VERTEX, OPEN = "amazon-bedrock", "azure-openai", "google-vertex-ai", "hosted-open-weights"

NAMES: list[tuple[str, str | None, ModelName]] = [
    ("gpt-6-luna", None, ModelName("gpt-6-luna")),
    ("openai/gpt-6-luna", None, ModelName("gpt-6-luna", "openai")),
    ("azure/gpt-6-luna", AZURE, ModelName("gpt-6-luna", AZURE)),
    ("azure/eu/gpt-4o-2024-11-20", None, ModelName("gpt-4o-2024-11-20", AZURE, "eu")),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", BEDROCK, ModelName("claude-sonnet-4-5-20250929")),
    ("us.anthropic.claude-opus-5-5", BEDROCK, ModelName("claude-opus-5-5", "", "us")),
    ("global.anthropic.claude-opus-5-5-v1:0", None, ModelName("claude-opus-5-5", "", "global")),
    ("bedrock/us-east-1/anthropic.claude-opus-5-5", None, ModelName("claude-opus-5-5", BEDROCK, "us-east-1")),
    ("bedrock/eu.anthropic.claude-opus-5-5", None, ModelName("claude-opus-5-5", BEDROCK, "eu")),
    ("amazon.nova-pro-v1:0", BEDROCK, ModelName("amazon-nova-pro-v1")),
    ("meta.llama3-3-70b-instruct-v1:0", BEDROCK, ModelName("llama-3.3-70b")),
    ("openai.gpt-oss-120b-1:0", BEDROCK, ModelName("gpt-oss-120b")),
    ("vertex_ai/claude-sonnet-4-5@20250929", None, ModelName("claude-sonnet-4-5-20250929", VERTEX)),
    ("meta-llama/Llama-3.3-70B-Instruct", None, ModelName("llama-3.3-70b")),
    ("together_ai/meta-llama/Llama-3.3-70B-Instruct", None, ModelName("llama-3.3-70b", "together")),
    # a server of one's own says which model it is, and not where it stands
    ("ollama/llama3.1:8b", None, ModelName("llama-3.1-8b")),
    ("ollama_chat/gpt-oss:20b", None, ModelName("gpt-oss-20b")),
    ("vllm/meta-llama/Llama-3.3-70B-Instruct", None, ModelName("llama-3.3-70b")),
    ("hosted_vllm/Qwen/Qwen3-32B", None, ModelName("qwen3-32b")),
    ("qwen3:14b", None, ModelName("qwen3-14b")),
    ("nebius/meta-llama/Llama-3.3-70B-Instruct", None, ModelName("llama-3.3-70b", OPEN)),
    # other models, other versions, other makers
    ("gpt-4o-2024-08-06", "openai", ModelName(None)),
    ("claude-sonnet-4-5", "anthropic", ModelName(None)),
    ("anthropic.claude-opus-4-5-20251101-v1:0", BEDROCK, ModelName(None)),
    ("nvidia/Llama-3.3-70B-Instruct-FP8", None, ModelName(None)),
    ("somebody/Llama-3.3-70B-Instruct", None, ModelName(None)),
    ("GPT-6-Luna", None, ModelName(None)),
    ("us.anthropic.claude-opus-5-5", "anthropic", ModelName(None)),
    ("azure/my-deployment", AZURE, ModelName(None, AZURE)),
    ("", None, ModelName(None)),
    ("/", None, ModelName(None)),
]


@pytest.mark.parametrize(("name", "provider", "expected"), NAMES)
def test_a_name_says_which_model_it_is_or_none(name: str, provider: str | None, expected: ModelName) -> None:
    assert read_model_name(name, CATALOG, provider) == expected


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("gpt-4o-2024-08-06", ("gpt-4o", "gpt-4o-2024-11-20")),
        ("gpt-4.1", ("gpt-4.1-2025-04-14",)),
        ("claude-sonnet-4-5", ("claude-sonnet-4-5-20250929",)),
        ("claude-haiku-4-5-latest", ("claude-haiku-4-5-20251001",)),
        ("gemini-2.5-flash-001", ("gemini-2.5-flash",)),
        ("mistral-small-latest", ("mistral-small-2603",)),
        ("GPT-6-Luna", ("gpt-6-luna",)),
        ("gpt_6_luna", ("gpt-6-luna",)),
        ("us.anthropic.claude-sonnet-4-5-20260101-v1:0", ("claude-sonnet-4-5-20250929",)),
        ("gemini-2.5-pro", ()),
        ("gpt-4.1-nano", ()),
        ("o4-mini-2025-04-16", ()),
        ("claude-opus-4-5", ()),
        ("gpt-6-terra", ()),
        ("mistral-large-2411", ()),
    ],
)
def test_only_versions_of_the_same_model_are_named(name: str, versions: tuple[str, ...]) -> None:
    assert same_model(name, CATALOG) == versions


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt-6-lna", "gpt-6-luna"),
        ("gemini-2.5-flsh", "gemini-2.5-flash"),
        ("claude-opsu-5-5", "claude-opus-5-5"),
        ("gemini-2.5-pro", None),
        ("gemini-3.5-flash", None),
        ("gpt-6-terra", None),
        ("gpt-7-luna", None),
        ("claude-sonnet-5", None),
        ("pii", None),
    ],
)
def test_a_slip_is_mended_and_another_model_is_not_taken_for_one(name: str, meant: str | None) -> None:
    assert meant_model(name, CATALOG) == meant


OWN = """
deployments:
  - {provider: azure-openai, name: my-deployment, model: gpt-5.1-2025-11-13, source: own, checked_on: 2026-11-01,
     effective_from: 2026-11-01}
  - {provider: azure-openai, name: my-deployment, model: gpt-4o-2024-11-20, source: own, checked_on: 2025-11-01,
     effective_from: 2025-01-01}
"""


def own_catalog(folder: Path, text: str) -> Catalog:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return read_catalog((path.as_posix(),), as_of=date(2026, 11, 29))


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("my-deployment", AZURE, "gpt-5.1-2025-11-13"),
        ("azure/my-deployment", None, "gpt-5.1-2025-11-13"),
        ("azure/eu/my-deployment", AZURE, "gpt-5.1-2025-11-13"),
        ("my-deployment", "openai", None),
        ("my-deployment", None, None),
        ("my-deployment-2", AZURE, None),
    ],
)
def test_a_deployment_is_the_model_that_the_organisation_says_it_is_on_that_day(
    tmp_path: Path, name: str, provider: str | None, model: str | None
) -> None:
    assert read_model_name(name, own_catalog(tmp_path, OWN), provider).model == model


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model: gpt-5.1-2025-11-13", "model: gpt-5.1", "unknown model `gpt-5.1`"),
        ("provider: azure-openai", "provider: azur-openai", "unknown provider `azur-openai`"),
    ],
)
def test_a_deployment_of_something_unknown_is_an_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    from aipolicy.errors import AipolicyError

    with pytest.raises(AipolicyError, match=message):
        own_catalog(tmp_path, OWN.replace(old, new, 1))


def test_no_two_models_have_a_name_in_common() -> None:
    names = [name for model in CATALOG.models.values() for name in (model.id, *model.aliases)]
    assert len({name.casefold() for name in names}) == len(names)
    prefixes = [prefix for provider in CATALOG.providers.values() for prefix in provider.model_prefixes]
    assert len(set(prefixes)) == len(prefixes)


@given(st.text(alphabet="abgpt4o-./:@_v10us ", max_size=30), st.sampled_from([None, BEDROCK, AZURE, "nobody"]))
def test_any_name_is_read(name: str, provider: str | None) -> None:
    found = read_model_name(name, CATALOG, provider)
    assert found.model is None or found.model in CATALOG.models
    assert set(same_model(name, CATALOG)) <= set(CATALOG.models)
    assert meant_model(name, CATALOG) in {None, *CATALOG.models}
