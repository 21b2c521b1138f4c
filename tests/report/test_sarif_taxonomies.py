"""Controls of rules stand in SARIF as taxonomies of their frameworks, and rules point at them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
basis: {instrument: Some law, checked_on: 2026-11-20}
rules:
  - {id: IN-001, name: first, title: First, kind: duty, severity: error, require: [team.on_call], message: m, clause: 7,
     controls: [{framework: gdpr, id: 28, relation: satisfies}, {framework: iso-42001, id: A.10.3, relation: relates}]}
"""
MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f}\nteam: {on_call: false}\n"


def test_controls_are_taxa_and_relationships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    (tmp_path / "house.yaml").write_text(PACK)
    (tmp_path / "aifeature.yaml").write_text(MANIFEST)
    log = json.loads(
        CliRunner().invoke(cli, ["check", "--policy", "./house.yaml", "--format", "sarif", "aifeature.yaml"]).stdout
    )["runs"][0]
    assert log["taxonomies"] == [
        {"name": "gdpr", "taxa": [{"id": "28"}]}, {"name": "iso-42001", "taxa": [{"id": "A.10.3"}]},
    ]  # fmt: skip
    driver = log["tool"]["driver"]
    assert driver["supportedTaxonomies"] == [{"name": "gdpr", "index": 0}, {"name": "iso-42001", "index": 1}]
    rule = next(each for each in driver["rules"] if each["id"] == "IN-001")
    assert rule["relationships"] == [
        {"target": {"id": "28", "toolComponent": {"name": "gdpr"}}, "kinds": ["equal"]},
        {"target": {"id": "A.10.3", "toolComponent": {"name": "iso-42001"}}, "kinds": ["relevant"]},
    ]
    assert (rule["properties"]["law"]["law"], rule["properties"]["law"]["status"]) == ("Some law 7", "in-force")
