"""Cases that authorities decided keep their class: what they call prohibited or high-risk never passes as outside once its
facts are declared, and what they call outside is never accused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.reading.load import find_pack, load_packs
from aipolicy.source.yaml_reader import read_yaml

DAY = date(2028, 8, 2)
"""All of them apply on this day."""
IN_UNION: Mapping[str, Any] = {"deployment.regions": ["EU"], "data.subject_regions": ["EU"]}
PACKS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "eu": ("eu-ai-act", IN_UNION),
    "gdpr": ("gdpr", IN_UNION),
    "hipaa": ("us-health", {}),
    "omb": ("us-federal", {}),
    "co": ("us-states", {"data.subject_regions": ["US-CO"]}),
    "tx": ("us-states", {"data.subject_regions": ["US-TX"]}),
    "au": ("localization", {"data.subject_regions": ["AU"], "data.classes": ["customer"]}),
    "kr": ("localization", {"data.subject_regions": ["KR"]}),
    "br": ("localization", {"data.subject_regions": ["BR"]}),
    "qc": ("localization", {"data.subject_regions": ["CA-QC"]}),
    "uk": ("gdpr", {"data.subject_regions": ["GB"], "organization.regions": ["GB"]}),
    "ca": ("us-states", {"data.subject_regions": ["US-CA"]}),
    "nyc": ("us-states", {"data.subject_regions": ["US-NYC"]}),
    "il": ("us-states", {"data.subject_regions": ["US-IL"]}),
    "ut": ("us-states", {"data.subject_regions": ["US-UT"]}),
    "coppa": ("us-states", {"data.subject_regions": ["US-OH"]}),
    "dora": ("financial", {}),
    "pci": ("financial", {}),
    "cjis": ("us-federal", {}),
}
"""By what ids of cases begin with: the pack, and the places that the authority speaks of without saying so."""
NOT_SHOWN = {
    f"evidence.{kind}": False
    for kind in ("practice_review", "classification_review", "derogation_assessment", "eu_registration")
} | {
    "disclosure.tells_people": False, "outputs.marked": False, "evidence.dpia": False, "plan.terms.sccs": False,
    "plan.terms.bcr": False, "evidence.caio_determination": False, "disclosure.decision_notice": False,
    "disclosure.explains_decisions": False, "oversight.appeal": False, "oversight.correction": False,
    "data.parental_consent": False, "plan.terms.audit_rights": False, "plan.terms.baa": False,
    "outputs.abuse_safeguards": False,
}  # fmt: skip
"""What would close a finding."""

ABROAD = {"plan.hosting": "provider-api", "plan.provider": "azure", "plan.region": "australiaeast"}
"""A way that leaves the organisation, and the EEA, for a country without an adequacy decision."""
LEAVING = (
    "gdpr-transfer", "baa-required", "baa-not-required", "baa-unneeded", "cji-abroad",
    "dora-critical", "dora-not-critical", "dora-outside",
)  # fmt: skip
"""Classes whose cases are about such a way."""

PROHIBITED = tuple(f"AIA-5{point}-" for point in ("A", "B", "BA", "BB", "C", "D", "E", "F", "G", "H"))
LISTED = ("AIA-III-", "AIA-6-1")
TRANSPARENCY = ("AIA-50-",)
DEROGATION = ("AIA-6-4",)
CLASSES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "eu-prohibited": (PROHIBITED, ()),
    "eu-not-prohibited": ((), PROHIBITED),
    "eu-high-risk": (LISTED, PROHIBITED),
    "eu-not-annex-iii": ((), (*LISTED, *DEROGATION, *PROHIBITED)),
    "eu-exempt-6-3": (DEROGATION, (*LISTED, *PROHIBITED)),
    "eu-transparency": (TRANSPARENCY, (*LISTED, *PROHIBITED)),
    "eu-minimal": ((), (*TRANSPARENCY, *LISTED, *PROHIBITED)),
    "dpia-required": (("GDPR-35-",), ()),
    "dpia-not-required": ((), ("GDPR-35-",)),
    "gdpr-transfer": (("GDPR-44-1",), ()),
    "baa-required": (("HIPAA-502-1",), ()),
    "baa-not-required": ((), ("HIPAA-",)),
    "omb-high-impact": (("OMB-21-",), ()),
    "omb-presumed-not-high-impact": (("OMB-21-4",), ("OMB-21-1", "OMB-21-2", "OMB-21-3")),
    "co-not-covered": ((), ("CO-",)),
    "tx-no-duty": ((), ("TX-",)),
    "tx-disclose": (("TX-552-",), ()),
    "au-policy-names-it": (("AU-1-7",), ()),
    "kr-high-impact": (("KR-33-",), ()),
    "kr-label": (("KR-31-2",), ("KR-33-",)),
    "kr-outside": ((), ("KR-",)),
    "au-outside": ((), ("AU-",)),
    "eu-exposed": (("AIA-50-3",), PROHIBITED),
    "gdpr-no-transfer": ((), ("GDPR-44-1",)),
    "baa-unneeded": ((), ("HIPAA-502-1",)),
    "omb-not-high-impact": ((), ("OMB-21-",)),
    "co-covered": (("CO-1704-1",), ()),
    "tx-restricted": (("TX-552-052", "TX-552-053", "TX-552-054", "TX-552-057"), ()),
    "ca-admt": (("CCPA-7200-1",), ()),
    "ca-outside": ((), ("CCPA-",)),
    "ca-records": (("CA-CRD-",), ("CCPA-",)),
    "ca-no-records": ((), ("CA-CRD-", "CCPA-")),
    "ca-risk": (("CCPA-7150",), ("CCPA-72",)),
    "nyc-audit": (("NYC-",), ()),
    "nyc-outside": ((), ("NYC-",)),
    "il-notice": (("IL-",), ()),
    "ut-tell": (("UT-",), ()),
    "ut-outside": ((), ("UT-",)),
    "coppa-consent": (("COPPA-312-1",), ()),
    "coppa-outside": ((), ("COPPA-",)),
    "dora-critical": (("DORA-30-3",), ()),
    "dora-not-critical": ((), ("DORA-30-3", "DORA-28-8", "DORA-28-3B")),
    "dora-outside": ((), ("DORA-",)),
    "pci-readable": (("PCI-3-5",), ()),
    "pci-unreadable": ((), ("PCI-3-5",)),
    "cji-abroad": (("CJIS-5-1",), ()),
    "cji-inside": ((), ("CJIS-5-1",)),
    "uk-safeguards": (("UK-22-1",), ()),
    "uk-outside": ((), ("UK-22-",)),
    "br-review": (("BR-",), ()),
    "br-outside": ((), ("BR-",)),
    "qc-told": (("QC-",), ()),
    "qc-outside": ((), ("QC-",)),
}
"""For each class the rules one of which is violated until somebody acts, and those that never are; ids begin so."""


def _file(name: str) -> dict[str, Any]:
    path = Path(__file__).with_name(name)
    value = read_yaml(path.name, path.read_bytes()).documents[0].value
    assert isinstance(value, dict)
    return value


FILES = ("cases.yaml", "further_cases.yaml", "told_cases.yaml")
CASES: list[dict[str, Any]] = [case for name in FILES for case in _file(name)["cases"]]


@cache
def _evaluator(pack: str) -> Evaluator:
    catalog = read_catalog((), as_of=DAY)
    return Evaluator(load_packs([find_pack(pack, Path())], catalog, {}), catalog, Organization())


def _outcomes(pack: str, facts: Mapping[str, Any]) -> dict[str, Outcome]:
    """Return what became of every rule for the facts of a case."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "case"}}
    for name, value in facts.items():
        *sections, last = name.split(".")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = value
    evaluator = _evaluator(pack)
    file = ManifestFile("aifeature.yaml", json.dumps(root).encode(), True)
    read = read_manifests([file], {}, evaluator.known.extensions_schema)
    assert not read.findings, read.findings
    evaluation = evaluator.evaluate(read.features[0])
    assert not evaluation.facts.problems
    return {ruled.active.rule.id: ruled.planned.outcome_of(0) for ruled in evaluation.rules}


def _of(case: Mapping[str, Any], *more: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(PACKS[case["id"].partition("-")[0]][1])
    for each in (case["facts"], case.get("beside", {}), *more):
        facts |= each
    return facts


def _pack(case: Mapping[str, Any]) -> str:
    """Return the pack whose law a case is about."""
    return PACKS[case["id"].partition("-")[0]][0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_keeps_the_class_that_its_authority_gave(case: dict[str, Any]) -> None:
    asked, never = CLASSES[case["class"]]
    outcomes = _outcomes(_pack(case), _of(case, NOT_SHOWN, ABROAD if case["class"] in LEAVING else {}))
    violated = {rule for rule, outcome in outcomes.items() if outcome is Outcome.VIOLATED}
    assert not asked or any(rule.startswith(asked) for rule in violated), sorted(violated)
    assert not {rule for rule in violated if never and rule.startswith(never)}


GRAVE = [case for case in CASES if case["class"] in ("eu-prohibited", "eu-high-risk")]


@pytest.mark.parametrize("case", GRAVE, ids=lambda case: case["id"])
def test_what_is_listed_passes_only_once_somebody_has_looked(case: dict[str, Any]) -> None:
    asked, _ = CLASSES[case["class"]]
    open_still = _outcomes("eu-ai-act", _of(case))
    assert Outcome.UNDETERMINED in {outcome for rule, outcome in open_still.items() if rule.startswith(asked)}
    shown = {name: True for name in NOT_SHOWN if not name.startswith("evidence.")}
    looked = {name: {"owner": "law", "date": "2026-11-30"} for name in NOT_SHOWN if name.startswith("evidence.")}
    closed = _outcomes("eu-ai-act", _of(case, shown, looked))
    assert not {rule for rule, outcome in closed.items() if rule.startswith(asked) and outcome is Outcome.VIOLATED}
