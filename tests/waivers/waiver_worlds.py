"""Small worlds for waivers: a pack, a manifest and a waivers file as text in, the report of a run out."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aipolicy.config.scope import RunScope
from aipolicy.config.settings import PART_OF_RUN
from aipolicy.manifest.read import ManifestFile
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.value import replace
from aipolicy.waivers.read import read_waivers

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: Waivers\n"
FILE = "policies/waivers.yaml"
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
%s
rules:
  - id: IN-001
    name: leaves-the-house
    title: Data stays inside
    kind: constraint
    severity: error
    when: [data.sensitivity >= 3.0]
    require: ["!option.leaves_organization"]
    message: "`{data.classes}` leaves"
  - id: IN-002
    name: nobody-on-call
    title: Somebody is on call
    kind: duty
    severity: error
    require: [team.on_call]
    message: nobody is on call
  - id: OUT-001
    name: too-many
    title: Not too many
    kind: duty
    severity: warning
    require: [volume.requests_per_day <= 100.0]
    message: too many
"""
MANIFEST = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: chat, owner: claims, lifecycle: pilot}
data: {classes: [health]}
team: {on_call: false}
volume: {requests_per_day: 50}
plan:
  hosting: provider-api
  provider: openai
  region: us
  fallback: none
"""
ENTRY = {
    "rule": "IN-001",
    "feature": "chat",
    "reason": "moving house",
    "owner": "claims",
    "approver": "privacy",
    "approved_on": "2026-11-01",
    "expires": "2027-01-15",
}


def entry(without: str = "", **changes: str) -> str:
    """Return an entry of a waivers file, one line, with some keys changed or one left out."""
    fields = {**ENTRY, **{key.rstrip("_"): value for key, value in changes.items()}}
    fields.pop(without, None)
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}\n"


def waivers_text(*entries: str) -> str:
    """Return a waivers file."""
    return HEAD + ("waivers:\n" + "".join(entries) if entries else "waivers: []\n")


@cache
def policy(governance: str = "", day: date = DAY) -> Policy:
    """Return the policy of the house with what it asks of waivers."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "house.yaml").write_text(PACK % governance, encoding="utf-8")
        return load_policy(PolicySettings(as_of=day, packs=("./house.yaml",), base=Path(folder)))


def judged(waivers: str | None, manifest: str = MANIFEST, governance: str = "", *, day: date = DAY,
           covers: bool = True) -> Report:  # fmt: skip
    """Return the report on a manifest beside a waivers file; None for no file."""
    of_house = policy(governance, day)
    files = () if waivers is None else ((FILE, waivers.encode()),)
    read = read_waivers(files, of_house.packs, of_house.catalog, day)
    file = ManifestFile("chat.aifeature.yaml", manifest.encode(), True)
    return check([file], replace(of_house, waivers=read), RunScope(PART_OF_RUN, covers))


def told(report: Report) -> list[tuple[str, int, str]]:
    """Return the findings on waivers: id, line, message."""
    found = []
    for finding in report.findings:
        if finding.rule_id.startswith("WAIVER-"):
            span = finding.span_of(finding.place)
            found.append((finding.rule_id, span.start.line if span is not None else 0, finding.message))
    return found


def outcomes(report: Report) -> dict[str, str]:
    """Return the outcome of every finding of a rule."""
    return {f.rule_id: f.outcome.value for f in report.findings if not f.rule_id.startswith("WAIVER-")}


def gating(report: Report) -> set[tuple[str, str]]:
    """Return rule and feature of every finding that is not waived."""
    return {(f.rule_id, f.feature) for f in report.findings if f.outcome.value != "waived"}
