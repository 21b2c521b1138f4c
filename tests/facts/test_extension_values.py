"""Facts of packs that are days, countries and documents: what a manifest declares of them, and what follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.facts.facts import Facts, derive_facts
from aipolicy.facts.known_facts import KnownFacts, known_facts
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

DAY = date(2026, 11, 30)
CATALOG = read_catalog((), as_of=DAY)
FACTS = """facts:
- {name: contract_end, type: date, meaning: Last day of the contract}
- {name: home, type: place, meaning: Country from which the provider is controlled}
- {name: stores, type: places, meaning: Countries in which data is recorded}
- {name: soc2, type: evidence, meaning: Report of an auditor}
"""
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: acme, version: 1.0.0}\n"
RULE = "- {id: A-%d, name: a-%d, title: t, kind: duty, severity: error, message: m, require: [%s]}\n"
CONDITIONS = (
    'within(extensions.home, "EU")', 'extensions.stores.all(s, within(s, "EU"))', "extensions.soc2",
    "{evidence: extensions.soc2, at_most_days: 365}", "extensions.contract_end.day >= 20270101",
    "extensions.contract_end.age_days <= -30.0", 'extensions.soc2.signed_by == "auditor"',
)  # fmt: skip


def known() -> KnownFacts:
    texts = [text if text.startswith("{") else f"'{text}'" for text in CONDITIONS]
    rules = "".join(RULE % (number, number, text) for number, text in enumerate(texts, 1))
    pack = load_packs([PackFiles("p.yaml", (("p.yaml", f"{HEAD}{FACTS}rules:\n{rules}".encode()),))], CATALOG, {})[0]
    return known_facts(pack.facts)


def read(body: str) -> tuple[Facts | None, list[str]]:
    text = f"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {{name: f}}\nextensions: {body}\n"
    facts_known = known()
    file = ManifestFile("f.aifeature.yaml", text.encode(), named=True)
    manifests = read_manifests([file], extensions=facts_known.extensions_schema)
    if not manifests.features:
        return None, [finding.message for finding in manifests.findings]
    facts = derive_facts(manifests.features[0], CATALOG, DAY, facts_known)
    return facts, [problem.message for problem in facts.problems]


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("{contract_end: 2027-01-01}", {"contract_end": "2027-01-01", "contract_end.day": 20270101.0,
                                        "contract_end.age_days": -32.0}),
        ("{home: DE, stores: [FR, US]}", {"home": "DE", "stores": ("FR", "US"), "contract_end.day": None}),
        ("{soc2: {owner: a, date: 2025-11-30, signed_by: auditor}}",
         {"soc2": True, "soc2.age_days": 365.0, "soc2.owner": "a", "soc2.signed_by": "auditor"}),
        ("{soc2: {owner: a, date: 2025-11-30, expires: 2026-11-29}}", {"soc2": False, "soc2.expires_in_days": -1.0}),
        ("{soc2: false}", {"soc2": False, "soc2.owner": ""}),
        ("{}", {"soc2": None, "soc2.age_days": None, "home": None}),
    ],
)  # fmt: skip
def test_what_a_manifest_declares_is_known_with_what_follows(body: str, values: dict[str, Any]) -> None:
    facts, problems = read(body)
    assert problems == []
    assert facts is not None
    assert {name: facts.get(f"extensions.{name}") for name in values} == values


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{contract_end: 2027-02-30}", "`2027-02-30` is not a day"),
        ("{contract_end: soon}", "must be a day as YYYY-MM-DD"),
        ("{home: UK}", "`UK` is no country; did you mean `GB`?"),
        ("{home: EU}", "`EU` is no country; write codes of countries"),
        ("{stores: [DE, Atlantis]}", "`Atlantis` is no country; write codes of countries"),
        ("{soc2: true}", "soc2"),
        ("{soc2: {owner: a, date: 2026-13-01}}", "date"),
    ],
)
def test_what_no_such_fact_can_be_is_told(body: str, said: str) -> None:
    _, problems = read(body)
    assert any(said in problem for problem in problems), problems
