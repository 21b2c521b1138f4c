"""A JUnit report: a suite a manifest, a case a feature and rule, those that hold included."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from aipolicy.findings.finding import Outcome
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.report.formats.records import FeatureRecord, FindingRecord, Run
from aipolicy.source.regex import regex

_NOT_XML = regex("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = {
    Outcome.NOT_APPLICABLE.value: "the rule does not apply",
    Outcome.UNDETERMINED.value: "undetermined",
    Outcome.UNDECLARED.value: "not declared",
    Outcome.VIOLATED.value: "reported under another rule",
    Outcome.WAIVED.value: "waived",
}


_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(run: Run) -> Iterator[str]:
    """Yield the report as XML; what gates is a failure, a broken manifest an error, what is milder is skipped."""
    totals: Counter[str] = Counter({attribute: 0 for attribute in ("tests", *_COUNTED)})
    for suite in _suites(run):
        totals.update({attribute: int(suite.get(attribute, "0")) for attribute in totals})
    root = ElementTree.Element("testsuites", {"name": "aipolicy", **{name: str(totals[name]) for name in totals}})
    whole = ElementTree.tostring(root, encoding="unicode")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    opened = False
    for suite in _suites(run):
        if not opened:
            yield whole.removesuffix(" />") + ">\n"
            opened = True
        ElementTree.indent(suite, level=1)
        yield f"  {ElementTree.tostring(suite, encoding='unicode').rstrip()}\n"
    yield "</testsuites>\n" if opened else f"{whole}\n"


def _suites(run: Run) -> Iterator[ElementTree.Element]:
    """Yield a suite a file, by path: findings on the run as a whole stand beside those of the file they point into."""
    names = {rule.id: rule.name for rule in run.rules}
    closing: dict[str, list[FindingRecord]] = defaultdict(list)
    for finding in run.closing:
        closing[finding.file].append(finding)
    for part in run.by_file:
        by_file: dict[str, list[FindingRecord]] = defaultdict(list)
        features: dict[str, list[FeatureRecord]] = defaultdict(list)
        for finding in part.findings:
            by_file[finding.file].append(finding)
        for feature in part.features:
            features[feature.file].append(feature)
        for file in sorted({*by_file, *features}):
            for before in sorted(other for other in closing if other < file):
                yield _suite(before, (), closing.pop(before), run, names)
            yield _suite(file, features[file], [*by_file[file], *closing.pop(file, ())], run, names)
    for file in sorted(closing):
        yield _suite(file, (), closing[file], run, names)


def _suite(file: str, features: Sequence[FeatureRecord], findings: Sequence[FindingRecord], run: Run,
           names: dict[str, str]) -> ElementTree.Element:  # fmt: skip
    suite = ElementTree.Element("testsuite", name=_clean(file))
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
    for attribute, tag in _COUNTED.items():
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    return suite


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
    text = "\n".join(
        f"{finding.file}:{finding.line}: {finding.severity}: {finding.message}" for finding in gating or reported
    )
    text += "".join(f"\n{label}: {words}" for label, words in (("why", first.why), ("fix", first.fix)) if words)
    message = _clean(first.message)
    if not gating:
        waived = f" (waived {_clean(first.waived)})" if first.waived else ""
        ElementTree.SubElement(case, "skipped", message=f"{first.severity}: {message}{waived}")
        return
    tag = "error" if first.rule.startswith(MANIFEST_PREFIX) else "failure"
    ElementTree.SubElement(case, tag, message=message, type=first.rule).text = _clean(text)


def _clean(text: str) -> str:
    """Return text without characters that XML cannot hold; they are shown as they would be in a terminal."""
    return _NOT_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
