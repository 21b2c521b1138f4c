"""A JUnit report: a suite a manifest, a case a feature and rule, those that hold included."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree

from aipolicy.findings import Outcome
from aipolicy.report.records import FeatureRecord, FindingRecord, Run

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = {
    Outcome.NOT_APPLICABLE.value: "the rule does not apply",
    Outcome.UNDETERMINED.value: "cannot be decided",
    Outcome.UNDECLARED.value: "not declared",
    Outcome.VIOLATED.value: "reported under another rule",
    Outcome.WAIVED.value: "waived",
}


def render(run: Run) -> str:
    """Return the report as XML; what gates is a failure, a broken manifest an error, what is milder is skipped."""
    names = {rule.id: rule.name for rule in run.rules}
    found: dict[str, list[FindingRecord]] = defaultdict(list)
    features: dict[str, list[FeatureRecord]] = defaultdict(list)
    for finding in run.findings:
        found[finding.file].append(finding)
    for feature in run.features:
        features[feature.file].append(feature)
    root = ElementTree.Element("testsuites", name="aipolicy")
    for file in sorted({*found, *features}):
        _suite(root, file, features[file], found[file], run, names)
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, file: str, features: Sequence[FeatureRecord], findings: Sequence[FindingRecord],
           run: Run, names: dict[str, str]) -> None:  # fmt: skip
    suite = ElementTree.SubElement(root, "testsuite", name=_clean(file))
    by_case: dict[tuple[str, str], list[FindingRecord]] = defaultdict(list)
    for finding in findings:
        by_case[(finding.feature, finding.rule)].append(finding)
    for feature in features:
        for rule, outcome in feature.outcomes:
            reported = by_case.pop((feature.name, rule), [])
            _case(suite, file, feature.name, f"{rule} {names.get(rule, '')}".strip(), reported, outcome, run)
    for (feature_name, rule), reported in by_case.items():
        name = f"{rule} {reported[0].name}"
        _case(suite, file, feature_name or "manifest", name, reported, Outcome.VIOLATED.value, run)
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _case(suite: ElementTree.Element, file: str, feature: str, name: str, reported: Sequence[FindingRecord], outcome: str,
          run: Run) -> None:  # fmt: skip
    case = ElementTree.SubElement(suite, "testcase", classname=_clean(feature), name=_clean(name), file=_clean(file))
    if not reported:
        if outcome != Outcome.SATISFIED.value:
            ElementTree.SubElement(case, "skipped", message=_SKIPPED[outcome])
        return
    case.set("line", str(reported[0].line))
    gating = [finding for finding in reported if run.gates(finding)]
    first = (gating or reported)[0]
    text = "\n".join(f"{each.file}:{each.line}: {each.severity}: {each.message}" for each in gating or reported)
    text += "".join(f"\n{label}: {words}" for label, words in (("why", first.why), ("fix", first.fix)) if words)
    message = _clean(first.message)
    if not gating:
        waived = f" (waived {_clean(first.waived)})" if first.waived else ""
        ElementTree.SubElement(case, "skipped", message=f"{first.severity}: {message}{waived}")
        return
    tag = "error" if first.rule.startswith("MAN-") else "failure"
    ElementTree.SubElement(case, tag, message=message, type=first.rule).text = _clean(text)


def _clean(text: str) -> str:
    """Return text without characters that XML cannot hold; they are shown as they would be in a terminal."""
    return _NOT_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
