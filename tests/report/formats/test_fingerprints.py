"""Fingerprints: a finding is the same wherever its manifest moves and wherever a run starts, and no two are equal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from worlds import DAY

from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import find_manifests
from aipolicy.report.formats.registry import rendered
from aipolicy.report.view import View
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import Policy, load_policy

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
LEAK = HEAD + (
    "metadata: {name: leak, lifecycle: pilot}\ndata: {classes: [itar], residency: [US]}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)
BROKEN = HEAD + "metadata: {name: broken}\ndata: {clases: [health]}\n"
TORN = "a: [1\n"
FILES = {"svc/a": LEAK, "svc/b": BROKEN, "c": TORN, "d": BROKEN}
READ: dict[str, Callable[..., list[str]]] = {
    "sarif": lambda log: [each["partialFingerprints"]["aipolicy/v1"] for each in log["runs"][0]["results"]],
    "gitlab": lambda issues: [each["fingerprint"] for each in issues],
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Return the shipped policy."""
    return load_policy(PolicySettings(as_of=DAY))


def fingerprints(output_format: str, path: str, policy: Policy) -> list[str]:
    """Return the fingerprints of a run over a path, sorted."""
    files = find_manifests([path], stdin=bytes)
    text = "".join(rendered(output_format, check(files, policy).result, View("error")))
    return sorted(READ[output_format](json.loads(text)))


@pytest.mark.parametrize("output_format", READ)
def test_a_finding_is_the_same_wherever_it_stands(
    output_format: str, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(folder: str, names: dict[str, str]) -> Path:
        for name, text in names.items():
            path = tmp_path / folder / f"{name}.aifeature.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / folder

    here = written("here", FILES)
    written("there", {"z": LEAK, "deep/er/b": "# a line\n" + BROKEN, "x/y": TORN, "a": BROKEN})
    monkeypatch.chdir(here)
    first = fingerprints(output_format, ".", policy)
    assert len(set(first)) == len(first) > 5
    assert fingerprints(output_format, str(here), policy) == first
    monkeypatch.chdir(tmp_path)
    assert fingerprints(output_format, "here", policy) == first
    assert fingerprints(output_format, "there", policy) == first
