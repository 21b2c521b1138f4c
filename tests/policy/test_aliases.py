"""An id that a rule had before still names it: in waivers, comments, baselines, choices, layers and tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from law_pack import law_catalog, law_pack

from aipolicy.errors import AipolicyError
from aipolicy.findings.rule_ids import current
from aipolicy.policy.pack import aliases_of
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import find_packs
from aipolicy.waivers.read import Vocabulary

PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: law, version: 1.0.0}
waivers: {never: [OLD-7]}
rules:
- {id: NEW-028-3, aliases: [OLD-7, AIA50-001], name: n, title: T, kind: duty, severity: warning, require: data.minimized,
   message: 'not {data.minimized}', references: [{title: t}]}
- {id: NEW-029, aliases: [OLD-8], name: o, title: T, kind: duty, severity: warning,
   require: [{that: team.on_call, name: call, message: 'nobody {team.on_call}'}]}
"""
MANIFEST = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: f, owner: web, lifecycle: pilot}
data: {minimized: false, classes: [health]}
team: {on_call: false}
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aipolicy", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "law.yaml").write_text(PACK)
    (tmp_path / "f.aifeature.yaml").write_text(MANIFEST)
    return tmp_path


def test_an_old_id_means_the_one_of_today() -> None:
    pack = law_pack(PACK)
    aliases = aliases_of([pack])
    assert aliases == {"OLD-7": "NEW-028-3", "AIA50-001": "NEW-028-3", "OLD-8": "NEW-029"}
    assert current("OLD-8/call", aliases) == "NEW-029/call"
    assert pack.waivers is not None
    assert [never.word for never in pack.waivers.never] == ["NEW-028-3"]
    assert Vocabulary([pack], law_catalog()).aliases == aliases


def test_a_choice_by_an_old_id_holds(folder: Path) -> None:
    chosen = ("--policy", "law.yaml", "--ignore", "OLD-8", "--format", "concise")
    told = run(folder, "check", "f.aifeature.yaml", *chosen).stdout
    assert "NEW-028-3" in told
    assert "NEW-029" not in told
    assert "NEW-028-3" in run(folder, "explain", "OLD-7", "--policy", "law.yaml").stdout


def test_a_baseline_of_old_ids_accepts_what_has_a_new_one(folder: Path) -> None:
    options = ("f.aifeature.yaml", "--policy", "law.yaml", "--fail-on", "warning")
    (folder / "law.yaml").write_text(PACK.replace("waivers: {never: [OLD-7]}\n", ""))
    written = run(folder, "check", *options, "--write-baseline=b.json")
    baseline = folder / "b.json"
    assert "NEW-029/call" in baseline.read_text(), written.stderr
    baseline.write_text(baseline.read_text().replace("NEW-029", "OLD-8"))
    assert run(folder, "check", *options).returncode == 1
    assert run(folder, "check", *options, "--baseline", "b.json").returncode == 0


def test_a_layer_overrides_by_an_old_id(folder: Path) -> None:
    (folder / "top.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: top, version: 1.0.0}\nextends: [{pack: ./law.yaml}]\n"
        "overrides: [{rule: OLD-7, severity: error, reason: it matters}]\n"
    )
    base, _ = load_packs(find_packs([str(folder / "top.yaml")], folder), law_catalog(), {})
    assert [rule.severity.value for rule in base.rules] == ["error", "warning"]


@pytest.mark.parametrize(
    ("aliases", "message"),
    [
        ("[NEW-029]", "rule `NEW-029` at line"),
        ("[old-7]", "`old-7` is no id that a rule can have had"),
        ("[MAN-001]", "`MAN-001` is no id that a rule can have had"),
    ],
)
def test_an_alias_of_another_rule_or_no_id_is_refused(aliases: str, message: str) -> None:
    with pytest.raises(AipolicyError) as caught:
        law_pack(PACK.replace("[OLD-7, AIA50-001]", aliases).replace("waivers: {never: [OLD-7]}\n", ""))
    assert message in str(caught.value)
