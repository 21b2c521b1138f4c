"""The examples, against golden output that was read before it was accepted (AIPOLICY_UPDATE_GOLDEN=1 rewrites it)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import run_here

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).parent / "golden"
DAY = ("--as-of", "2026-11-21")
HARBOR = ("--config", "examples/organization/aipolicy.toml", *DAY)
CLAIMS = ("--config", "examples/organization/services/claims/aipolicy.toml", *DAY)
HOSPITAL, BANK, AGENCY = (
    ("--config", f"examples/{name}/aipolicy.toml", *DAY) for name in ("hospital", "bank", "public-agency")
)
LAYERS = ("--config", "examples/layers/aipolicy.toml")

CASES: dict[str, tuple[str, ...]] = {
    "quickstart-check.txt": ("check", "examples/quickstart", *DAY),
    "quickstart-check-concise.txt": ("check", "examples/quickstart", "--format", "concise", *DAY),
    "quickstart-explain.txt": ("explain", "claims-triage", "examples/quickstart", *DAY),
    "quickstart-framework.txt": ("explain", "--framework", "gdpr", "claims-triage", "examples/quickstart", *DAY),
    "hospital-check.txt": ("check", "examples/hospital", *HOSPITAL),
    "hospital-hipaa.txt": ("explain", "--framework", "hipaa", "visit-notes", "examples/hospital", *HOSPITAL),
    "hospital-texas.txt": ("explain", "--framework", "tx-traiga", "sepsis-alert", "examples/hospital", *HOSPITAL),
    "bank-check.txt": ("check", "examples/bank", *BANK),
    "bank-eu-ai-act.txt": ("explain", "--framework", "eu-ai-act", "credit-score", "examples/bank", *BANK),
    "bank-dora.txt": ("explain", "--framework", "dora", "dispute-assistant", "examples/bank", *BANK),
    "bank-coverage.txt": ("coverage", "examples/bank", "--framework", "gdpr", *BANK),
    "agency-check.txt": ("check", "examples/public-agency", *AGENCY),
    "agency-us-federal.txt": (
        "explain",
        "--framework",
        "us-federal",
        "claim-triage",
        "examples/public-agency",
        *AGENCY,
    ),
    "agency-coverage.txt": ("coverage", "examples/public-agency", "--framework", "us-federal", *AGENCY),
    "quickstart-cost.txt": ("cost", "claims-triage", "examples/quickstart", *DAY),
    "decisions-check.txt": ("check", "examples/decisions", *DAY),
    "waivers-check.txt": ("check", "examples/waivers", "--config", "examples/waivers/aipolicy.toml", *DAY),
    "waivers-list.txt": ("waive", "--list", "examples/waivers", "--config", "examples/waivers/aipolicy.toml", *DAY),
    "portfolio-check.txt": ("check", "examples/portfolio", "--config", "examples/portfolio/aipolicy.toml", *DAY),
    "organization-check.txt": ("check", "examples/organization", *HARBOR),
    "organization-waivers.txt": ("waive", "--list", "examples/organization", *HARBOR),
    "organization-forecast.txt": ("forecast", "examples/organization", *HARBOR),
    "organization-claims-check.txt": ("check", "examples/organization/services/claims", "--format", "concise", *CLAIMS),
    "organization-claims-rule.txt": ("policy", "show", "OPS-002", *CLAIMS),
    "decisions-summary.txt": ("explain", "examples/decisions", "--summary", *DAY),
    "rule-explain.txt": ("explain", "QUAL-002", *DAY),
    "policy-show.txt": ("policy", "show", *LAYERS, *DAY),
    "policy-show-rule.txt": ("policy", "show", "VOL-002", *LAYERS, *DAY),
    "policy-show-parameter.txt": ("policy", "show", "build-or-buy.network_share", *LAYERS, *DAY),
}


@pytest.mark.parametrize("name", CASES)
def test_an_example_prints_what_was_read_and_accepted(name: str) -> None:
    result = run_here(list(CASES[name]), ROOT)
    assert result.returncode in (0, 1), result.stderr
    output = result.stdout.replace(f"{ROOT.as_posix()}/", "")
    path = GOLDEN / name
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(output, encoding="utf-8")
    assert output == path.read_text(encoding="utf-8")


def test_the_summary_of_an_imported_inventory_is_what_was_read_and_accepted(tmp_path: Path) -> None:
    inventory = ROOT / "examples" / "federal-inventory"
    mapping, table = (
        inventory / "us-federal-inventory.mapping.yaml",
        inventory / "us-federal-inventory-2024-excerpt.csv",
    )
    imported = run_here(["import", "--mapping", str(mapping), str(table), "manifests"], tmp_path)
    assert imported.returncode == 0, imported.stderr
    result = run_here(["explain", "manifests", "--summary", *DAY], tmp_path)
    path = GOLDEN / "federal-inventory-summary.txt"
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == path.read_text(encoding="utf-8")


def test_the_answers_to_the_published_decisions_are_those_of_the_page() -> None:
    text = (GOLDEN / "decisions-check.txt").read_text(encoding="utf-8")
    answers = {
        "checkr-hard-charges": "EXPECTED: nothing remains, ADAPT-006, ADAPT-009, TEAM-001 clash",
        "clause-extraction": "EXPECTED: nothing remains, ADAPT-006, ADAPT-009, TEAM-001 clash",
        "transaction-fraud": "EXPECTED WITH A GAP: Use classical machine learning, in your own cloud account",
        "procedure-instructions": "EXPECTED: Self-host a small model in your own cloud account",
        "laboratory-llm": "EXPECTED WITH A GAP: Self-host a small model on your own premises",
        "army-top-secret": "EXPECTED: Self-host a small model on your own premises",
        "army-low-risk": "EXPECTED: Use an API",
        "sales-copilot": "EXPECTED: Use an API",
        "ticket-classifier": "EXPECTED: Use an API",
    }
    for name, answer in answers.items():
        assert f"{name}: {answer}" in text


REGISTER = ROOT / "examples" / "register"
TEAM_EDITS = (
    ("anonymiser-r-018", "owner: Public Prosecution", "owner: Redaction Team  # since July"),
    ("letter-drafting-r-021", "  residency: [EU]", "  residency: [DE]\n  classes: [personal]"),
)


def test_a_register_is_imported_again_after_teams_worked_on_their_manifests(tmp_path: Path) -> None:
    def imported(month: str) -> str:
        mapping = ("--mapping", "register.mapping.yaml", "--policy", "facts.yaml")
        result = run_here(["import", *mapping, f"register-{month}.csv", str(tmp_path)], REGISTER)
        assert result.returncode == 0, result.stderr
        return result.stdout.replace(tmp_path.as_posix(), "manifests")

    output = imported("june")
    for name, old, new in TEAM_EDITS:
        path = tmp_path / f"{name}.aifeature.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    beside_its_code = tmp_path / "services" / "letters" / "aifeature.yaml"
    beside_its_code.parent.mkdir(parents=True)
    (tmp_path / "letter-drafting-r-021.aifeature.yaml").rename(beside_its_code)
    output += f"\n\n{imported('november')}\n\n{beside_its_code.read_text(encoding='utf-8')}"
    path = GOLDEN / "register-import.txt"
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(output, encoding="utf-8")
    assert output == path.read_text(encoding="utf-8")
