"""A report in, versioned JSON out (`schemas/report.v1.json`); numbers of lines and columns count from 1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aipolicy import __version__
from aipolicy.checking import Policy, Report
from aipolicy.comparison import Comparison, Known
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.findings import option_name
from aipolicy.evaluation.universe import Universe, numbers_in
from aipolicy.evaluation.verdict import Verdict
from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.facts import Provenance
from aipolicy.facts.registry import is_option_fact
from aipolicy.findings import Finding, Place, Severity, Stage, WaiverNote
from aipolicy.source.text import UNSAFE, escaped, shown
from aipolicy.totals import Totals

REPORT_SCHEMA = "aipolicy/report/v1"

JsonObject = dict[str, Any]


def render_json(report: Report, fail_on: Severity) -> str:
    """Return the report as strict JSON, ending with a newline."""
    page = JsonPage(fail_on)
    findings, features = page.findings(report.findings), page.features(report.evaluations)
    return page.whole(report.policy, report.totals, [findings], [features])


@dataclass(frozen=True, slots=True)
class JsonPage:
    """Strict JSON: the findings and features of a file as items of lists, put together into a whole report."""

    fail_on: Severity

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return the findings of a file as items of a list."""
        return _items(finding_object(finding) for finding in findings)

    def features(self, evaluations: Sequence[Evaluation]) -> str:
        """Return the features of a file as items of a list."""
        return _items(feature_object(evaluation) for evaluation in evaluations)

    def whole(self, policy: Policy, totals: Totals, findings: Iterable[str], features: Iterable[str]) -> str:
        """Return the whole report from the parts of its files, ending with a newline."""
        fields = {
            **{name: _indented(value) for name, value in _head(policy, totals, self.fail_on).items()},
            "findings": _list(findings),
            "features": _list(features),
            "skipped": _indented([escaped(path) for path in totals.skipped]),
        }
        return "{\n" + ",\n".join(f'  "{name}": {text}' for name, text in fields.items()) + "\n}\n"


def _items(objects: Iterable[JsonObject]) -> str:
    return ",\n".join("    " + _safe_json(each).replace("\n", "\n    ") for each in objects)


def _list(parts: Iterable[str]) -> str:
    items = ",\n".join(filter(None, parts))
    return f"[\n{items}\n  ]" if items else "[]"


def _indented(value: object) -> str:
    return _safe_json(value).replace("\n", "\n  ")


def json_text(value: object) -> str:
    """Return strict JSON (no NaN), non-ASCII characters kept, those that a terminal obeys or hides as `\\uXXXX`."""
    return f"{_safe_json(value)}\n"


def _safe_json(value: object) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, sort_keys=False)
    return "\n".join([UNSAFE.sub(_json_escape, line) for line in text.split("\n")])


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]


def _head(policy: Policy, totals: Totals, fail_on: Severity) -> JsonObject:
    return {
        "schema": REPORT_SCHEMA,
        "tool": {"name": "aipolicy", "version": __version__},
        "as_of": policy.catalog.as_of.isoformat(),
        "policy": {
            "packs": [
                {"name": p.name, "version": p.version, "rules": len(p.all_rules), "extends": list(p.extends)}
                for p in policy.packs
            ],
            "digest": policy.digest,
            "ignored_rules": list(policy.ignored_rules),
        },
        "summary": _summary(policy, totals, fail_on),
        **({"comparison": _comparison(totals.comparison)} if totals.comparison is not None else {}),
    }


def _summary(policy: Policy, totals: Totals, fail_on: Severity) -> JsonObject:
    facts, settled = totals.shortest_settling()
    return {
        "files": totals.files,
        "features": totals.features,
        "rules": len(policy.rules) + totals.portfolio_rules,
        **({"notices": list(totals.notices)} if totals.notices else {}),
        "findings": {severity.value: count for severity, count in totals.counts().items()},
        "waived": totals.waived.total(),
        **({"waivers": dict(sorted(totals.waivers.items()))} if totals.waivers else {}),
        "undetermined": totals.undetermined,
        "settling_facts": [{"fact": fact, "findings": count} for fact, count in totals.settling_facts()],
        "shortest_settling": {"facts": list(facts), "findings": settled},
        "fail_on": fail_on.value,
        "exit_code": totals.exit_code(fail_on),
    }


def _comparison(comparison: Comparison) -> JsonObject:
    return {
        "base": shown(comparison.base) or None,
        "commit": comparison.commit or None,
        "baseline": escaped(comparison.baseline) or None,
        "new": comparison.new,
        "worse": comparison.worse,
        "waived": comparison.waived,
        "unchanged": comparison.unchanged,
        "fixed": [known_object(known) for known in comparison.fixed],
        "stale": [known_object(known) for known in comparison.stale],
    }


def known_object(known: Known) -> JsonObject:
    """Return a finding that was known before."""
    return {
        "rule": escaped(known.identity.rule),
        "feature": escaped(known.identity.feature),
        "path": escaped(known.identity.path),
        "severity": known.severity.value,
        "outcome": known.outcome.value,
    }


def finding_object(finding: Finding) -> JsonObject:
    """Return one finding."""
    return {
        "rule": finding.rule_id,
        "name": finding.rule_name,
        "severity": finding.severity.value,
        "outcome": finding.outcome.value,
        **({"stage": finding.stage.value} if finding.stage and finding.stage is not Stage.IN_FORCE else {}),
        **({"change": finding.change.value} if finding.change is not None else {}),
        "message": escaped(finding.message),
        "feature": escaped(finding.feature),
        **({"subject": escaped(finding.subject)} if finding.subject and not finding.feature else {}),
        "file": escaped(finding.file),
        **_place(finding, finding.place),
        "related": [{**_place(finding, place), "label": escaped(place.label)} for place in finding.related],
        "why": finding.why,
        "fix": finding.fix,
        "references": [{"title": r.title, "url": r.url, "clause": r.clause} for r in finding.references],
        "missing_facts": list(finding.missing_facts),
        **({"waiver": waiver_object(finding.waiver)} if finding.waiver is not None else {}),
    }


def waiver_object(waiver: WaiverNote) -> JsonObject:
    """Return the waiver that names a finding, whether it holds or not."""
    return {
        "at": escaped(waiver.at),
        "holds": waiver.holds,
        "state": waiver.state,
        "detail": escaped(waiver.detail),
        "reason": escaped(waiver.reason),
        "owner": escaped(waiver.owner),
        "approver": escaped(waiver.approver),
        "ticket": escaped(waiver.ticket),
        "expires": waiver.expires,
        "days_left": waiver.days_left,
        "inline": waiver.inline,
    }


def feature_object(evaluation: Evaluation) -> JsonObject:
    """Return one feature with its facts and its verdict."""
    facts = evaluation.facts
    return {
        "name": evaluation.feature.name,
        "file": escaped(evaluation.feature.file),
        "lifecycle": str(facts.values["metadata.lifecycle"]),
        "facts": _facts(evaluation),
        "plan": {
            "declared": evaluation.has_plan,
            "options": len(evaluation.planned.options) if evaluation.has_plan else 0,
        },
        "verdict": verdict_object(evaluation.expected.verdict, evaluation.candidates),
    }


def verdict_object(verdict: Verdict, universe: Universe) -> JsonObject:
    """Return a verdict: sets of options as counts, and the rules behind them."""
    return {
        "status": verdict_status(verdict),
        "needs": [
            {"id": n.id, "title": n.title, "certain": n.certain, "values": list(n.values)} for n in verdict.needs
        ],
        "options": verdict.full.bit_count(),
        "admissible": verdict.admissible.bit_count(),
        "open": verdict.open.bit_count(),
        "removed": verdict.removed.bit_count(),
        "remaining": {
            name.partition(".")[2]: list(values) for name, values in sorted(verdict.remaining_values.items())
        },
        "removed_by": _counts(verdict.removed_by),
        "opened_by": _counts(verdict.opened_by),
        "counted_against": _counts(verdict.counted_against),
        "duties": _counts(verdict.duties),
        "conflict": list(verdict.conflict),
    }


def verdict_status(verdict: Verdict) -> str:
    """Return `conflict`, `admissible` (some way is free of doubt) or `open` (every way that remains hangs on a fact)."""
    if not verdict.remaining:
        return "conflict"
    return "admissible" if verdict.admissible else "open"


def options_object(mask: int, universe: Universe) -> list[JsonObject]:
    """Return every option of a mask with its axes and offering."""
    objects = []
    for number in numbers_in(mask):
        option = universe.options[number]
        objects.append(
            {
                "adaptation": option.adaptation,
                "hosting": option.hosting,
                "fallback": option.fallback,
                "routing": option.routing,
                "offering": option.leg.name,
                "other": option.other.name if option.other is not None else None,
                "name": option_name(option),
            }
        )
    return objects


def _counts(masks: Mapping[str, int]) -> list[JsonObject]:
    return [{"rule": rule_id, "options": mask.bit_count()} for rule_id, mask in sorted(masks.items())]


def _facts(evaluation: Evaluation) -> JsonObject:
    by_provenance: dict[str, Any] = {"declared": {}, "assumed": {}, "derived": {}, "unknown": []}
    for name in evaluation.facts.known.specs:
        if is_option_fact(name):
            continue
        fact = evaluation.facts.fact(name)
        if fact.provenance is Provenance.UNKNOWN:
            by_provenance["unknown"].append(name)
        elif name != "metadata.description":
            by_provenance[fact.provenance.value][name] = json_value(fact.value)
    return by_provenance


def json_value(value: object) -> object:
    """Return a fact value as JSON: whole numbers as integers, no limit as `none`, text without secrets."""
    match value:
        case float() if value == NOT_LIMITED:
            return NONE_WORD
        case float() if value.is_integer():
            return int(value)
        case tuple():
            return [shown(str(item)) for item in value]
        case str():
            return shown(value)
        case Mapping():
            return {shown(str(key)): shown(str(item)) for key, item in sorted(value.items())}
        case _:
            return value


def _place(finding: Finding, place: Place) -> JsonObject:
    span = finding.span_of(place)
    path: Iterable[str | int] = place.path
    return {
        "path": [escaped(step) if isinstance(step, str) else step for step in path],
        "region": None
        if span is None
        else {
            "start_line": span.start.line,
            "start_column": span.start.column,
            "end_line": span.end.line,
            "end_column": span.end.column,
        },
    }
