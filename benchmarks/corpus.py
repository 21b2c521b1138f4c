"""Manifests and packs to measure with: the same for the same number, whatever machine writes them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

SEED = 20261121
CLASSES = ("public", "internal", "personal", "health", "financial", "source-code", "itar")
PLACES = ("EU", "US", "DE", "GB", "JP")
TASKS = ("summarization", "classification", "question-answering", "extraction", "fraud-detection", "dialogue")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"

GROUP_PER_FEATURE = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: shares, version: 1.0.0}
portfolio_rules:
  - id: SHARE-001
    name: one-feature-takes-most
    title: No feature takes most of all requests
    severity: warning
    group_by: metadata.name
    measures: {requests: sum(volume.requests_per_day)}
    require: [group.requests <= 0.5 * total.requests]
    message: "`{group.key}` has `{group.requests}` of `{total.requests}` requests"
"""
"""A pack whose one rule makes a group of every feature and holds each against all of them."""


def varied_manifest(number: int, pick: random.Random) -> str:
    """Return a manifest in which every number varies, as in real portfolios."""
    lines = [
        f"metadata: {{name: feature-{number:05}, owner: team-{pick.randrange(40)}, lifecycle: prototype}}",
        f"task: {{type: {pick.choice(TASKS)}, specialization: {pick.choice(('generic', 'domain', 'niche'))}}}",
        f"data: {{classes: [{pick.choice(CLASSES)}], residency: [{pick.choice(PLACES)}]}}",
        f"latency: {{p95_ms: {pick.randrange(20, 20000)}}}",
        "volume:",
        f"  requests_per_day: {pick.randrange(10, 1_000_000)}",
        f"  input_tokens: {pick.randrange(50, 8000)}",
        f"  output_tokens: {pick.randrange(1, 1500)}",
        f"team: {{ml_engineers: {pick.randrange(0, 6)}}}",
    ]
    if pick.random() < 0.5:
        lines.append(
            "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: eu, fallback: none}"
        )
    return HEAD + "\n".join(lines) + "\n"


def imported_manifest(number: int, pick: random.Random) -> str:
    """Return a manifest that declares no volume, as after an import, so that sums over it stay open."""
    return HEAD + (
        f"metadata: {{name: feature-{number:05}, owner: team-{pick.randrange(40)}, lifecycle: prototype}}\n"
        f"data: {{classes: [{pick.choice(CLASSES)}], residency: [{pick.choice(PLACES)}]}}\n"
    )


def clean_manifest(number: int, pick: random.Random) -> str:
    """Return a manifest without findings that gate; what the start of a run costs is taken from it."""
    return HEAD + (
        "metadata: {name: faq, owner: web}\ndata: {classes: [internal], residency: [US]}\n"
        "latency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
    )


def write_corpus(folder: Path, size: int, manifest: Callable[[int, random.Random], str]) -> list[str]:
    """Write `size` manifests into a new folder; returns their paths."""
    folder.mkdir(parents=True)
    pick = random.Random(SEED)
    paths = []
    for number in range(size):
        path = folder / f"feature-{number:05}.aifeature.yaml"
        path.write_text(manifest(number, pick), encoding="utf-8")
        paths.append(str(path))
    return paths
