"""Packs of law tell how far each rule was checked, say who looks, never that something is illegal; none is on by default."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.catalog.load import read_catalog
from aipolicy.cli.main import cli
from aipolicy.config.config import Config
from aipolicy.facts.facts import derive_facts
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.policy.law import FROM_MEMORY, IN_FORCE
from aipolicy.policy.law_words import law_of, status_on
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.policy.rule import Rule

DAY = date(2026, 11, 30)
WITHOUT_LAW = {"build-or-buy", "cost-control", "portfolio"}
LAW = tuple(name for name in shipped_packs() if name not in WITHOUT_LAW)
ACCUSING = re.compile(r"\b(illegal|unlawful|breaks the law|violates|criminal offence)\b", re.IGNORECASE)


@cache
def rules() -> tuple[Rule, ...]:
    catalog = read_catalog((), as_of=DAY)
    return tuple(rule for name in LAW for rule in load_packs([find_pack(name, Path())], catalog, {})[0].rules)


def test_every_rule_names_a_provision_and_the_day_on_which_it_was_checked() -> None:
    bare = [
        rule.id
        for rule in rules()
        if not (law_of(rule).clause and law_of(rule).verified and (basis := law_of(rule).basis) and basis.checked_on)
    ]
    assert rules()
    assert not bare


def test_at_most_a_fifth_rests_on_memory_and_says_so_where_it_decides() -> None:
    counts = Counter(law_of(rule).verified for rule in rules())
    assert 5 * counts["memory"] <= counts.total(), counts
    assert all(FROM_MEMORY in rule.why for rule in rules() if law_of(rule).verified == "memory")


def test_no_rule_accuses() -> None:
    texts = {
        rule.id: " ".join(
            (rule.title, rule.message, rule.fix, rule.name, *(each.message for each in rule.requirements))
        )
        for rule in rules()
    }
    assert not [rule for rule, text in texts.items() if ACCUSING.search(text)]


def test_reviews_say_who_looks_and_are_closed_by_evidence() -> None:
    reviewed = [rule for rule in rules() if law_of(rule).review is not None]
    assert len(reviewed) > 20
    assert all(rule.message.startswith("review by ") and "evidence." in rule.fix for rule in reviewed)


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 2)])
def test_points_ba_and_bb_of_article_5_and_the_end_of_the_grace_of_article_50_begin_on_their_day(day: date) -> None:
    begin = {"AIA-5BA-1", "AIA-5BA-2", "AIA-5BB-1", "AIA-50-2"}
    in_force = {rule.id for rule in rules() if rule.id in begin and status_on(rule, day) == IN_FORCE}
    assert in_force == (begin if day >= date(2026, 12, 2) else set())


CHATBOT = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: faq, lifecycle: production, owner: web}
task: {type: dialogue}
data: {classes: [public], residency: [any]}
latency: {p95_ms: 8000}
volume: {requests_per_day: 2000}
plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us}
"""
SCREEN = 45
"""Lines."""


def test_a_chatbot_over_public_data_with_every_pack_of_law_draws_at_most_one_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "aifeature.yaml").write_text(CHATBOT, encoding="utf-8")
    packs = [word for name in LAW for word in ("--policy", name)]
    output = CliRunner().invoke(cli, ["check", *packs, "--as-of", DAY.isoformat(), "aifeature.yaml"]).stdout
    assert len(output.splitlines()) <= SCREEN
    asked = [line for line in output.splitlines() if "[SCOPE-001]" in line]
    assert any("`deployment.regions`, `organization.regions`" in line for line in asked), output
    assert len([line for line in output.splitlines() if line.startswith("error[")]) <= 5, output


@pytest.mark.parametrize("people", ["", ", subject_regions: [DE]"])
def test_what_law_asks_to_be_written_is_to_be_done_and_makes_no_way_less_sure(
    people: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    (tmp_path / "aifeature.yaml").write_text(CHATBOT.replace("[public]", f"[personal]{people}"), encoding="utf-8")
    arguments = ["--policy", "gdpr", "--as-of", DAY.isoformat(), "--format", "json", "aifeature.yaml"]
    answer = json.loads(CliRunner().invoke(cli, ["explain", *arguments]).stdout)
    assert answer["answer"]["certainty"] == "expected", answer["gaps"]
    owed = {(each["rule"], each["fact"]) for each in answer["to_do"]}
    assert owed >= {("GDPR-6-1", "data.legal_basis"), ("GDPR-33-1", "security.incident_owner")}


def test_no_pack_of_law_is_on_by_default() -> None:
    assert not set(Config().policies) & set(LAW)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("deployment: {on_market_since: 2026-02-30}", "`2026-02-30` is not a day"),
        ("plan: {migration: {canary: 2026-02-30}}", "`2026-02-30` is not a day"),
        ("deployment: {on_market_since: 2026-02-28}", ""),
    ],
)
def test_a_day_that_the_calendar_does_not_have_is_told(written: str, found: str) -> None:
    text = f"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {{name: f}}\n{written}\n"
    feature = read_manifests([ManifestFile("f.yaml", text.encode(), True)]).features[0]
    problems = derive_facts(feature, read_catalog((), as_of=DAY), DAY).problems
    assert [each.message for each in problems if each.rule_id == "MAN-005"] == ([found] if found else [])
