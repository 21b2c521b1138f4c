"""What was found in packs in, any of the output formats out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aipolicy import __version__
from aipolicy.errors import EXIT_NOTHING
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.pack_lint.lint import LintReport
from aipolicy.pack_lint.registry import LINT_RULES
from aipolicy.report.formats.concise import render_concise
from aipolicy.report.formats.json_report import finding_object
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.formats.records import FeatureRecord, FileRecords, FindingRecord, RuleRecord, Run, record_of
from aipolicy.report.formats.registry import FORMATS, rendered_records
from aipolicy.report.terminal.findings_text import render_findings
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import escaped, quantity

LINT_SCHEMA = "aipolicy/lint/v1"
_NOT_OF_PACKS = ("outcome", "feature", "missing_facts", "references")


def render_lint(report: LintReport, output_format: str, fail_on: Severity, width: int, style: Styler) -> str:
    """Return the report in a format, ending with a newline where it is not empty."""
    if FORMATS[output_format].renderer:
        run = _run(report, fail_on, with_rules_that_hold=output_format == "junit")
        return "".join(rendered_records(output_format, run))
    if output_format == "json":
        return json_text(_json(report, fail_on))
    if output_format == "concise":
        return render_concise(report.findings)
    findings = f"{render_findings(report.findings, width=width, style=style)}\n" if report.findings else ""
    return findings + _summary(report, fail_on, width, style)


def _summary(report: LintReport, fail_on: Severity, width: int, style: Styler) -> str:
    from aipolicy.report.terminal.drawing import Screen, joined, said

    screen = Screen(width, style)
    screen.add(said(f"{_checked(report)} as of {report.as_of.isoformat()}"))
    counts = [said(quantity(count, level.value), Role[level.name]) for level, count in _counts(report).items() if count]
    none = said("no findings", Role.GOOD if report.rules else None)
    screen.add(joined("found ", said(", ").join(counts)) if counts else none)
    if not report.is_loadable:
        screen.add(said("nothing is evaluated with these packs until PACK-001 is corrected", Role.ERROR))
    elif report.exit_code(fail_on) == EXIT_NOTHING:
        screen.add(said("nothing was linted; the packs hold no rule", Role.ERROR))
    return screen.result()


def _checked(report: LintReport) -> str:
    """Return what was looked at, in words."""
    own = sum(len(pack.all_rules) for pack in report.packs)
    beside = f" beside {quantity(report.rules - own, 'rule')} that they extend" if report.rules > own else ""
    packs = ", ".join(escaped(f"{pack.name} {pack.version}".strip()) for pack in report.packs)
    looked_at = f"{quantity(own, 'rule')} in {quantity(report.files, 'file')} linted{beside}"
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
