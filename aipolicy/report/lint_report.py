"""What was found in packs in, any of the output formats out."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import Any

from aipolicy import __version__
from aipolicy.errors import EXIT_NOTHING
from aipolicy.findings import Finding, Outcome, Severity
from aipolicy.pack_lint.lint import LintReport
from aipolicy.pack_lint.registry import LINT_RULES
from aipolicy.report.concise import render_concise
from aipolicy.report.findings_text import render_findings
from aipolicy.report.formats import FORMATS
from aipolicy.report.json_report import finding_object
from aipolicy.report.json_text import json_text
from aipolicy.report.records import FeatureRecord, FileRecords, FindingRecord, RuleRecord, Run, record_of
from aipolicy.report.style import Role, Styler, wrapped
from aipolicy.source.text import escaped

LINT_SCHEMA = "aipolicy/lint/v1"
_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}
_NOT_OF_PACKS = ("outcome", "feature", "missing_facts", "references")


def render_lint(report: LintReport, output_format: str, fail_on: Severity, width: int, style: Styler) -> str:
    """Return the report in a format, ending with a newline where it is not empty."""
    if FORMATS[output_format].renderer:
        run = _run(report, fail_on, with_rules_that_hold=output_format == "junit")
        return "".join(import_module(f"aipolicy.report.{FORMATS[output_format].renderer}").render(run))
    if output_format == "json":
        return json_text(_json(report, fail_on))
    if output_format == "concise":
        return render_concise(report.findings)
    findings = render_findings(report.findings, width=width, style=style) if report.findings else ""
    return findings + ("\n" if findings else "") + _summary(report, fail_on, width, style) + "\n"


def _summary(report: LintReport, fail_on: Severity, width: int, style: Styler) -> str:
    lines = wrapped(f"{_checked(report)} as of {report.as_of.isoformat()}", width)
    counts = _counts(report)
    if any(counts.values()):
        found = [
            style.paint(_counted(number, severity.value), _ROLES[severity])
            for severity, number in counts.items()
            if number
        ]
        lines.append("found " + ", ".join(found))
    else:
        lines.append(style.paint("no findings", Role.GOOD) if report.rules else "no findings")
    if not report.is_loadable:
        lines.append(style.paint("nothing is evaluated with these packs until PACK-001 is corrected", Role.ERROR))
    elif report.exit_code(fail_on) == EXIT_NOTHING:
        lines.append(style.paint("nothing was linted; the packs hold no rule", Role.ERROR))
    return "\n".join(lines)


def _checked(report: LintReport) -> str:
    """Return what was looked at, in words."""
    own = sum(len(pack.all_rules) for pack in report.packs)
    beside = f" beside {_counted(report.rules - own, 'rule')} that they extend" if report.rules > own else ""
    packs = ", ".join(escaped(f"{pack.name} {pack.version}".strip()) for pack in report.packs)
    looked_at = f"{_counted(own, 'rule')} in {_counted(report.files, 'file')} linted{beside}"
    return f"{looked_at} ({packs})" if packs else looked_at


def _json(report: LintReport, fail_on: Severity) -> dict[str, Any]:
    return {
        "schema": LINT_SCHEMA,
        "tool": {"name": "aipolicy", "version": __version__},
        "as_of": report.as_of.isoformat(),
        "packs": [
            {"name": escaped(p.name), "version": escaped(p.version), "path": escaped(p.path), "rules": len(p.all_rules)}
            for p in report.packs
        ],
        "summary": {
            "files": report.files,
            "rules": report.rules,
            "loadable": report.is_loadable,
            "findings": {severity.value: number for severity, number in _counts(report).items()},
            "fail_on": fail_on.value,
            "exit_code": report.exit_code(fail_on),
        },
        "findings": [_finding_object(finding) for finding in report.findings],
    }


def _finding_object(finding: Finding) -> dict[str, Any]:
    return {key: value for key, value in finding_object(finding).items() if key not in _NOT_OF_PACKS}


def _run(report: LintReport, fail_on: Severity, *, with_rules_that_hold: bool) -> Run:
    """Return the report as records: a pack stands where features stand in reports on manifests."""
    rules = tuple(RuleRecord(r.id, r.name, r.title, r.severity.value, r.why, r.fix, ()) for r in LINT_RULES)
    files = {file: pack.name for pack in report.packs for file in report.files_of[pack.path]}
    held = tuple((rule.id, Outcome.SATISFIED.value) for rule in LINT_RULES)
    packs = tuple(FeatureRecord(escaped(name), escaped(file), "", held) for file, name in sorted(files.items()))
    findings = tuple(_record(finding, files.get(finding.file, "")) for finding in report.findings)
    return Run(
        by_file=(FileRecords(findings, packs if with_rules_that_hold else ()),),
        rules=rules,
        packs=tuple((pack.name, pack.version) for pack in report.packs),
        files=report.files,
        as_of=report.as_of.isoformat(),
        fail_on=fail_on.value,
        exit_code=report.exit_code(fail_on),
        noun="pack",
        checked=_checked(report),
        category="lint-policy/",
    )  # fmt: skip


def _record(finding: Finding, pack: str) -> FindingRecord:
    return record_of(finding)._replace(feature=escaped(pack), path=escaped(_stable_path(finding)))


def _stable_path(finding: Finding) -> str:
    """Return the path of a finding with ids and names for numbers of entries, so that it stays when others come and go."""
    value = finding.document.value if finding.document is not None else None
    steps = []
    for step in finding.place.path:
        value = value[step] if isinstance(value, list | dict) and _has(value, step) else None  # type: ignore[index]
        named = (value.get("id") or value.get("name")) if isinstance(value, dict) and isinstance(step, int) else None
        steps.append(str(named or step))
    return ".".join(steps)


def _has(value: list[Any] | dict[str, Any], step: str | int) -> bool:
    return 0 <= step < len(value) if isinstance(value, list) and isinstance(step, int) else step in value


def _counts(report: LintReport) -> dict[Severity, int]:
    counts = Counter(finding.severity for finding in report.findings)
    return {severity: counts[severity] for severity in Severity}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
