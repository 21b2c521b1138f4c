"""The shipped mapping serves all three editions of the US federal inventory."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
from sample_tables import FEDERAL, federal_mapping, manifests_of, only_manifest, run, table_of

from aipolicy.facts.schema import manifest_schema
from aipolicy.importing.importer import ImportResult

OTHER = "If Other, please explain."
PII = "Does this AI use case involve personally identifiable information (PII) that is maintained by the agency?"
IMPACT = "Is the AI use case rights-impacting, safety-impacting, both, or neither?"
AUTONOMY = (
    "For this particular use case, can the AI carry out a decision or action without direct human involvement that "
    "could result in a significant impact on rights or safety?"
)
NOTICE = (
    "How is the agency providing reasonable and timely notice regarding the use of AI when people interact with an "
    "AI-enabled service as a result of this AI use case?"
)
ADVERSE = (
    "Is the AI used to significantly influence or inform decisions or actions that could have an adverse or negative "
    "impact on specific individuals or groups?"
)
APPEAL = (
    "Is there an established fallback and escalation process for this AI use case in the event that an impacted "
    "individual or group would like to appeal or contest the AI system’s outcome?"
)
OPT_OUT = (
    "Where practicable and consistent with applicable law and governmentwide policy, is there an established mechanism "
    "for individuals to opt-out from the AI functionality in favor of a human alternative?"
)
ASSESSMENT = "Has an AI impact assessment been conducted for this AI use case?"
EVALUATION = "Has an independent evaluation of the AI use case been conducted?"
ATO = "Does this AI use case have an associated Authority to Operate (ATO) for an AI system?"
DEMOGRAPHIC = "Which, if any, demographic variables does the AI use case explicitly use as model features?"
PURPOSE = "What is the intended purpose and expected benefits of the AI?"
OUTPUTS = "Describe the AI system’s outputs."

ROW_2024 = {
    "Use Case Name": "Benefit “Fast” Track – 2", "Agency": "Department of Tests ", "Agency Abbreviation": "DOT",
    "Bureau": "Office", "Use Case Topic Area": "Health & Medical", PURPOSE: "Sort claims.", OUTPUTS: "A score",
    "Stage of Development": "Operation and Maintenance", IMPACT: "Rights-Impacting\n", PII: "YES",
    DEMOGRAPHIC: '["Race/Ethnicity","Age"]', ATO: "No\xa0", ASSESSMENT: "Planned or in-progress.", EVALUATION: "TRUE",
    AUTONOMY: "No – Some individual decisions or actions require direct human oversight.", ADVERSE: "Yes",
    NOTICE: "Online - in the terms or instructions for the service.,In-person,Other",
    APPEAL: "No – it is not operationally practical to offer this.", OPT_OUT: "Yes",
}  # fmt: skip
SHORT_2024 = {
    "Use Case Name": "2_use_case_name", "Agency": "3_agency", "Agency Abbreviation": "3_abr", "Bureau": "4_bureau",
    "Use Case Topic Area": "8_topic_area", PURPOSE: "11_purpose_benefits", OUTPUTS: "12_outputs",
    "Stage of Development": "16_dev_stage", IMPACT: "17_impact_type", PII: "29_contains_pii",
    DEMOGRAPHIC: "35_demo_features", ATO: "40_has_ato", ASSESSMENT: "52_impact_assessment",
    EVALUATION: "55_independent_eval", AUTONOMY: "57_autonomous_impact", ADVERSE: "61_adverse_impact",
    NOTICE: "59_ai_notice", APPEAL: "65_appeal_process", OPT_OUT: "67_opt_out",
}  # fmt: skip
STATED_2024 = {
    "metadata": {
        "name": "benefit-fast-track-2", "owner": "Department of Tests, Office",
        "description": "Benefit “Fast” Track – 2: A score", "lifecycle": "production",
        "labels": {"agency": "DOT", "impact": "Rights-Impacting", "topic": "Health & Medical"},
    },
    "data": {"classes": ["personal", "racial-or-ethnic-origin"]},
    "purpose": {"statement": "Sort claims.", "domain": "health"},
    "decision": {"effect": "material", "affects_rights": True, "affects_safety": False},
    "oversight": {"mode": "pre-decision", "appeal": False, "opt_out": True},
    "disclosure": {"tells_people": True},
    "organization": {"sector": "us-federal", "public_body": True},
    "evidence": {"impact_assessment": False, "security_review": False},
}  # fmt: skip


def stated(manifest: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "source"}
    return {**manifest, "metadata": metadata}


def with_frame(sections: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "aipolicy/v1", "kind": "AIFeature", **sections}


def federal(row: Mapping[str, str]) -> ImportResult:
    return run(table_of(row.keys(), row.values()), federal_mapping())


def raw_edition() -> bytes:
    """The published 2024 file: Windows-1252, questions as headers, two of which repeat."""
    header = list(ROW_2024)
    cells = list(ROW_2024.values())
    for place in (5, 8, 10, 12, 14, 15, 16, 17, 18):
        header.insert(place, OTHER)
        cells.insert(place, f"other at {place}")
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[*header, "If No, please explain."], [*cells, ""]])
    return out.getvalue().encode("cp1252")


def test_raw_2024_edition_with_repeated_long_headers_in_windows_1252() -> None:
    result = run(raw_edition(), federal_mapping())
    assert result.report.reading.encoding == "cp1252"
    assert stated(only_manifest(result)) == with_frame(STATED_2024)
    unused = [column.column for column in result.report.unused_columns]
    assert unused == [*(f"{OTHER}#{number}" for number in range(1, 10)), "If No, please explain."]
    assert [(a.field, a.value) for a in result.report.incomplete] == [("evidence.independent_review", "TRUE")]
    assert result.report.unmapped == ()


def test_coded_2024_edition_states_the_same() -> None:
    row = {SHORT_2024[header]: cell for header, cell in ROW_2024.items()}
    data = b"\xef\xbb\xbf" + table_of(row.keys(), row.values())
    result = run(data, federal_mapping())
    assert result.report.reading.encoding == "utf-8"
    assert stated(only_manifest(result)) == with_frame(STATED_2024)


ROW_2025 = {
    "agency": "DOT", "agency_name": "The Department of Tests", "id": "DOT-7", "use_case_name": "Benefit Track",
    "agency_bureau": "Office", "contact_email": "", "is_withheld": "a) No",
    "development_stage": "b)  Pilot – The use case has been deployed in a limited test or pilot capacity.",
    "is_high_impact": "a) High-impact", "HI_justification": "", "topic_area": "Law Enforcement",
    "classification": "Computer Vision: AI that processes and interprets visual data (e.g., images and videos).",
    "problem_solved": "Backlog", "benefits": "Speed", "system_outputs": "N/A", "operational_date": "",
    "contracting_usage": "",
    "vendor_name": "", "have_ato": "Yes", "system_name_ato": "", "data_description": "", "link_to_data": "",
    "has_pii": "No",
    "pia_url": "", "demographic_features": "['a) Race/Ethnicity', 'c) Age']", "has_custom_code": "", "code_url": "",
    "hi_testing_conducted": "", "hi_assessment_completed": "b) In-progress", "hi_potential_impacts": "",
    "hi_independent_review": "c) Yes – by the CAIO", "hi_ongoing_monitoring": "", "hi_training_established": "",
    "hi_failsafe_presence": "", "hi_appeal_process": "a) Yes, an appropriate appeal process has been established",
    "hi_public_consultation": "",
}  # fmt: skip


def test_2025_edition_of_36_columns() -> None:
    assert len(ROW_2025) == 36
    result = federal(ROW_2025)
    assert stated(only_manifest(result)) == with_frame({
        "metadata": {
            "name": "benefit-track", "owner": "The Department of Tests, Office", "description": "Benefit Track",
            "lifecycle": "pilot",
            "labels": {
                "agency": "DOT", "ai-classification": ROW_2025["classification"], "impact": "a) High-impact",
                "topic": "Law Enforcement", "use-case-id": "DOT-7",
            },
        },
        "purpose": {"statement": "Backlog\nSpeed", "domain": "law-enforcement"},
        "oversight": {"appeal": True},
        "organization": {"sector": "us-federal", "public_body": True},
        "evidence": {"impact_assessment": False},
    })  # fmt: skip
    assert [a.field for a in result.report.incomplete] == ["evidence.independent_review", "evidence.security_review"]
    assert result.report.unmapped == ()


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        ("Both", {"affects_rights": True, "affects_safety": True}),
        ("Neither", {"affects_rights": False, "affects_safety": False}),
        ("Safety-impacting", {"affects_rights": False, "affects_safety": True}),
        ("", None),
    ],
)
def test_impact_of_2024(answer: str, decision: dict[str, bool] | None) -> None:
    assert only_manifest(federal({"Use Case Name": "a", IMPACT: answer})).get("decision") == decision


@pytest.mark.parametrize(
    ("stage", "lifecycle"),
    [
        ("Initiated", "idea"), ("Planned", "idea"), ("Acquisition and/or Development", "prototype"),
        ("Implementation and Assessment", "pilot"), ("In mission", "production"), ("In production", "production"),
        ("Retired", "retired"), ("Pre-deployment", "prototype"), ("Pilot", "pilot"), ("Deployed", "production"),
        ("c) Deployed - The use case is being actively authorized.", "production"),
        ("d) Retired – The use case was reported in the agency’s prior year’s inventory.", "retired"),
        ("Research or Administrative Action Complete", None), ("", None), ("Pilots are great", None),
    ],
)  # fmt: skip
def test_stages_of_all_editions(stage: str, lifecycle: str | None) -> None:
    result = federal({"Use Case Name": "a", "Stage of Development": stage})
    assert only_manifest(result)["metadata"].get("lifecycle") == lifecycle


@pytest.mark.parametrize("answer", ["No", "", "N/A", "\xa0", "b) No idea"])
def test_no_personal_data_does_not_tell_the_classes(answer: str) -> None:
    row = {"Use Case Name": "a", PII: answer, DEMOGRAPHIC: "Race/Ethnicity"}
    assert "data" not in only_manifest(federal(row))


def test_nothing_is_stated_about_a_plan_or_about_needs_that_no_row_has() -> None:
    for manifest in manifests_of(
        run((FEDERAL / "us-federal-inventory-2024-excerpt.csv").read_bytes(), federal_mapping())
    ):
        assert not {"plan", "latency", "volume", "budget", "team"} & set(manifest)
        assert "residency" not in manifest.get("data", {})


def test_the_excerpt_becomes_valid_manifests() -> None:
    result = run((FEDERAL / "us-federal-inventory-2024-excerpt.csv").read_bytes(), federal_mapping())
    validator = jsonschema.Draft202012Validator(manifest_schema({}))
    for manifest in manifests_of(result):
        validator.validate(manifest)
    names = [name for name, _ in result.manifests]
    assert len(set(names)) == result.report.rows_read == 13
    assert {"chatbot.aifeature.yaml", "chatbot-2.aifeature.yaml"} <= set(names)


def test_every_value_that_the_mapping_can_write_is_valid() -> None:
    validator = jsonschema.Draft202012Validator(manifest_schema({}))
    for rule in federal_mapping().fields:
        for answer in (*rule.answers.exact.values(), *(answer for _, answer in rule.answers.beginnings)):
            if answer.value is not None:
                value = list(answer.value) if isinstance(answer.value, tuple) else answer.value
                document: Any = value
                for part in reversed(rule.target.field.split(".")):
                    document = {part: document}
                document = with_frame(document)
                document["metadata"] = {"name": "a", **document.get("metadata", {})}
                validator.validate(document)
