"""Every format of the same results tells the same findings, whatever was checked."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from functools import cache
from urllib.parse import unquote
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from sample_runs import BROKEN, CALM, DEAR, FOREIGN, LEAK, NOWHERE, UNSURE, policy

from aipolicy.findings.finding import Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.report.formats.github_commands import MOST_OF_A_LEVEL
from aipolicy.report.formats.registry import FORMATS, rendered
from aipolicy.report.view import View
from aipolicy.run.evaluated_run import Report, check

POOL = (CALM, LEAK, UNSURE, NOWHERE, DEAR, BROKEN, FOREIGN, "a: [\n", "", LEAK + "---\n" + CALM)
_CONCISE = re.compile(r"^(.*?):(\d+):\d+: (error|warning|note)\[([A-Z0-9-]+)\]: ", re.MULTILINE)

Told = Counter[tuple[str, str, int]]
"""Findings by rule, file and line."""


@cache
def report_on(chosen: tuple[int, ...], named: bool) -> Report:
    files = [ManifestFile(f"m{n}.aifeature.yaml", POOL[kind].encode(), named) for n, kind in enumerate(chosen)]
    return check(files, policy())


def text_of(report: Report, output_format: str, fail_on: str) -> str:
    return "".join(rendered(output_format, report.result, View(fail_on)))


def in_json(text: str) -> Told:
    return Counter(
        (f["rule"], f["file"], f["region"]["start_line"] if f["region"] else 1) for f in json.loads(text)["findings"]
    )


def in_concise(text: str) -> Told:
    return Counter((rule, file, int(line)) for file, line, _, rule in _CONCISE.findall(text))


def in_sarif(text: str) -> Told:
    places = [(r["ruleId"], r["locations"][0]["physicalLocation"]) for r in json.loads(text)["runs"][0]["results"]]
    return Counter(
        (rule, unquote(at["artifactLocation"]["uri"]), at.get("region", {"startLine": 1})["startLine"])
        for rule, at in places
    )


def in_gitlab(text: str) -> Told:
    return Counter(
        (issue["description"].partition(":")[0], issue["location"]["path"], issue["location"]["lines"]["begin"])
        for issue in json.loads(text)
    )


def in_csv(text: str) -> Told:
    return Counter(
        (row["rule"], row["file"], int(row["line"])) for row in csv.DictReader(io.StringIO(text, newline=""))
    )


WHOLE = {"json": in_json, "concise": in_concise, "sarif": in_sarif, "gitlab": in_gitlab, "csv": in_csv}
"""Formats that show every finding by itself."""


@given(
    st.lists(st.integers(0, len(POOL) - 1), max_size=6).map(tuple), st.booleans(), st.sampled_from(["error", "note"])
)
def test_every_format_of_the_same_results_tells_the_same_findings(
    chosen: tuple[int, ...], named: bool, fail_on: str
) -> None:
    report = report_on(chosen, named)
    texts = {name: text_of(report, name, fail_on) for name in FORMATS}
    told = {name: read(texts[name]) for name, read in WHOLE.items()}
    assert all(each == told["json"] for each in told.values()), told
    rules = Counter(rule for rule, _, _ in told["json"].elements())
    gating = sum(finding.severity.rank <= Severity(fail_on).rank for finding in report.findings)
    assert {row.split()[3]: int(row.split()[0]) for row in texts["statistics"].splitlines()[1:]} == rules
    assert len(re.findall(r"\.aifeature\.yaml:\d+ \|", texts["markdown"])) == rules.total()
    severities = Counter(finding.severity for finding in report.findings)
    annotations = re.findall(r"^::\w+ file=", texts["github"], re.MULTILINE)
    most = {severity: MOST_OF_A_LEVEL - (severity is Severity.NOTE) for severity in Severity}
    assert len(annotations) == sum(min(count, most[severity]) for severity, count in severities.items())
    assert {rule for rule in rules if rule in texts["text"]} == set(rules)
    root = ElementTree.fromstring(texts["junit"])
    failing = int(root.get("failures", "0")) + int(root.get("errors", "0"))
    assert bool(failing) == bool(gating)
    assert {case.get("name", "").split()[0] for case in root.iter("testcase")} >= set(rules)
