"""SARIF 2.1.0 for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), within what GitHub takes in."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aipolicy import __version__
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.formats.fingerprints import Fingerprints
from aipolicy.report.formats.json_text import ITEMS, json_with_items
from aipolicy.report.formats.records import FindingRecord, PlaceRecord, RuleRecord, Run
from aipolicy.report.repository_places import RepositoryPlaces

MOST_RESULTS = 5000
"""GitHub shows so many results of a run (https://docs.github.com/en/code-security/code-scanning, read 2026-11-21)."""
FINGERPRINT = "aipolicy/v1"
"""Name of our fingerprint: rule, feature and declaration, so that a finding stays the same when lines move."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_BASELINE_STATES = {
    "new": "new",
    "worse": "updated",
    "waived": "updated",
    "changed": "updated",
    "unchanged": "unchanged",
}
_RELATIONS = {"satisfies": "equal", "supports": "superset", "relates": "relevant"}
"""What a control is to a rule, in the words of the format (section 3.53.3)."""
_LEVELS = {Severity.ERROR.value: "error", Severity.WARNING.value: "warning", Severity.NOTE.value: "note"}


def render(run: Run) -> Iterator[str]:
    """Yield the run as a SARIF log, ending with a newline; what is beyond the limit is told in a notification."""
    counts = Counter(finding.severity for finding in run.findings())
    most = _most(counts)
    taxonomies = _taxonomies(run)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "aipolicy",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in run.rules],
                        **({"supportedTaxonomies": _references_to(taxonomies)} if taxonomies else {}),
                    }
                },
                **({"taxonomies": taxonomies} if taxonomies else {}),
                "automationDetails": {"id": f"aipolicy/{run.category}"},
                "columnKind": "utf16CodeUnits",
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": _notifications(run, counts.total() - sum(most.values())),
                    }
                ],
                "results": [ITEMS],
                "properties": {"features": [ITEMS]},
            }
        ],
    }
    return json_with_items(log, _results(run, most), _features(run))


def _taxonomies(run: Run) -> list[dict[str, Any]]:
    """Return the frameworks whose controls rules name, each with those controls (section 3.19 of the specification)."""
    frameworks: dict[str, set[str]] = {}
    for framework, control, _ in (named for rule in run.rules for named in rule.controls):
        frameworks.setdefault(framework, set()).add(control)
    return [
        {"name": name, "taxa": [{"id": control_id} for control_id in sorted(frameworks[name])]}
        for name in sorted(frameworks)
    ]


def _references_to(taxonomies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": taxonomy["name"], "index": number} for number, taxonomy in enumerate(taxonomies)]


def _relationships(rule: RuleRecord) -> list[dict[str, Any]]:
    return [
        {"target": {"id": control, "toolComponent": {"name": framework}}, "kinds": [_RELATIONS[relation]]}
        for framework, control, relation in rule.controls
    ]


def _most(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how many findings of each severity are shown, the worst first, within the limit."""
    room = MOST_RESULTS
    most = {}
    for severity in Severity:
        most[severity.value] = min(counts.get(severity.value, 0), room)
        room -= most[severity.value]
    return most


def _results(run: Run, most: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    index = {rule.id: number for number, rule in enumerate(run.rules)}
    fingerprints = Fingerprints()
    shown: Counter[str] = Counter()
    places = RepositoryPlaces()
    for finding in run.findings():
        if shown[finding.severity] < most[finding.severity]:
            shown[finding.severity] += 1
            yield _result(finding, index, fingerprints.of(finding), places)


def _features(run: Run) -> Iterator[dict[str, Any]]:
    """Yield what is to be asked, done and looked up of each feature: these are no results, so that they raise no alert."""
    for feature in run.features():
        if feature.answer is not None:
            yield {"name": feature.name, "file": feature.file, **feature.answer}


def _notifications(run: Run, left_out: int) -> list[dict[str, Any]]:
    notifications = [{"level": "note", "message": {"text": _literal(notice)}} for notice in run.notices]
    if left_out:
        text = f"{left_out} milder findings are left out; {MOST_RESULTS} is the limit"
        notifications.append({"level": "warning", "message": {"text": text}})
    return notifications


def _rule(rule: RuleRecord) -> dict[str, Any]:
    url = next((url for _, url, _ in rule.references if url), "")
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {"text": " ".join(part for part in (rule.why, rule.fix and f"Fix: {rule.fix}") if part) or rule.title},
        **({"helpUri": url} if url else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": [rule.id.partition("-")[0].lower()],
            **({"stage": rule.stage, "becomes": rule.coming} if rule.stage else {}),
            **({"law": dict(rule.law)} if rule.law else {}),
        },
        **({"relationships": _relationships(rule)} if rule.controls else {}),
    }


def _result(finding: FindingRecord, index: dict[str, int], fingerprint: str,
            places: RepositoryPlaces) -> dict[str, Any]:  # fmt: skip
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        **({"ruleIndex": index[finding.rule]} if finding.rule in index else {}),
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(finding)},
        "locations": [_location(finding, finding.place, places)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": {
            "outcome": finding.outcome,
            "feature": finding.feature,
            "missingFacts": list(finding.missing_facts),
            **({"stage": finding.stage} if finding.stage else {}),
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": _literal(place.label or "see also")},
                **_location(finding, place, places),
            }
            for number, place in enumerate(finding.related)
        ]
    if finding.change:
        result["baselineState"] = _BASELINE_STATES[finding.change]
    if finding.outcome == Outcome.WAIVED.value:
        kind = "inSource" if finding.waived_inline else "external"
        justification = {"justification": _literal(f"waived {finding.waived}")} if finding.waived else {}
        result["suppressions"] = [{"kind": kind, "status": "accepted", **justification}]
    return result


def _text(finding: FindingRecord) -> str:
    sentences = [finding.message]
    sentences += [f"{label}: {words}" for label, words in (("Why", finding.why), ("Fix", finding.fix)) if words]
    return _literal("\n".join(sentences))


def _literal(text: str) -> str:
    """Return text in which no bracket begins a link (section 3.11.6 of the specification)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(finding: FindingRecord, place: PlaceRecord | None, places: RepositoryPlaces) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(finding.file, places)}
    if place is not None:
        physical["region"] = _region(place)
    return {"physicalLocation": physical}


def _region(place: PlaceRecord) -> dict[str, int]:
    """Return a region of one line: GitHub shows the first line of longer ones and loses the columns."""
    region = {"startLine": place.line, "startColumn": place.column}
    if place.end_line == place.line:
        region["endColumn"] = place.end_column
    return {**region, "endLine": place.line}


def _artifact(path: str, places: RepositoryPlaces) -> dict[str, str]:
    relative = places.from_here(path)
    if relative.startswith(".."):
        return {"uri": "file://" + quote(os.path.abspath(path).replace(os.sep, "/"), safe="/")}
    return {"uri": quote(relative, safe="/"), "uriBaseId": _ROOT}
