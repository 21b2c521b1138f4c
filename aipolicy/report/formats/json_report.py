"""A report in, versioned JSON out (`schemas/report.v2.json`); numbers of lines and columns count from 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aipolicy import __version__
from aipolicy.evaluation.finding_words import option_name
from aipolicy.evaluation.option_masks import numbers_in
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.findings.comparison import Comparison, KnownFinding
from aipolicy.findings.finding import Finding, Place, Severity, Stage, WaiverNote
from aipolicy.manifest.skipped import SKIP_REASONS
from aipolicy.report.answer_json import answer_fields
from aipolicy.report.formats.json_text import ITEMS, JsonObject, json_with_items
from aipolicy.report.formats.json_value import json_value
from aipolicy.report.view import View
from aipolicy.run.feature_result import FeatureResult, VerdictResult
from aipolicy.run.policy import Policy
from aipolicy.run.run_result import RunResult
from aipolicy.run.totals_and_exit_code import Totals
from aipolicy.source.text import escaped, shown

REPORT_SCHEMA = "aipolicy/report/v2"


def render(result: RunResult, view: View) -> Iterator[str]:
    """Yield the run as strict JSON, ending with a newline."""
    specs = result.policy.evaluator.known.specs
    report = {
        **_head(result.policy, result.totals, Severity(view.fail_on)),
        "findings": [ITEMS],
        "features": [ITEMS],
        "skipped": [escaped(skip.path) for skip in result.totals.skipped],
        "skips": [
            {"path": escaped(skip.path), "reason": skip.reason, "why": SKIP_REASONS[skip.reason][1]}
            for skip in result.totals.skipped
        ],
    }
    return json_with_items(
        report,
        map(finding_object, result.findings()),
        (feature_object(feature, specs) for feature in result.features()),
    )


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
    return {
        "files": totals.files,
        "features": totals.features,
        "rules": policy.rule_count + totals.portfolio_rules,
        **({"notices": list(totals.notices)} if totals.notices else {}),
        "findings": {severity.value: count for severity, count in totals.counts().items()},
        "waived": totals.waived.total(),
        **({"waivers": dict(sorted(totals.waivers.items()))} if totals.waivers else {}),
        "undetermined": totals.undetermined,
        "fixable": {"safe": totals.fixable[True], "unsafe": totals.fixable[False]},
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
        "changed": comparison.changed,
        "unchanged": comparison.unchanged,
        "fixed": [known_object(known) for known in comparison.fixed],
        "gone": [escaped(name) for name in comparison.gone],
        "stale": [known_object(known) for known in comparison.stale],
        **({"without_values": comparison.without_values} if comparison.without_values else {}),
    }


def known_object(known: KnownFinding) -> JsonObject:
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


def feature_object(feature: FeatureResult, specs: Iterable[str]) -> JsonObject:
    """Return one feature with its facts and its verdict; `specs` are the names of all facts there are."""
    return {
        "name": feature.name,
        "file": escaped(feature.file),
        "lifecycle": feature.lifecycle,
        "facts": _facts(feature, specs),
        "plan": {"declared": feature.planned_options is not None, "options": feature.planned_options or 0},
        "verdict": None if feature.verdict is None else verdict_object(feature.verdict),
        **answer_fields(feature.answer),
    }


def verdict_object(verdict: VerdictResult) -> JsonObject:
    """Return a verdict: sets of options as counts, and the rules behind them."""
    return {
        "status": verdict.status,
        "needs": [
            {"id": n.id, "title": n.title, "certain": n.certain, "values": list(n.values)} for n in verdict.needs
        ],
        "options": verdict.options,
        "admissible": verdict.admissible,
        "open": verdict.open,
        "removed": verdict.removed,
        "remaining": {name: list(values) for name, values in verdict.remaining.items()},
        "removed_by": _counts(verdict.removed_by),
        "opened_by": _counts(verdict.opened_by),
        "counted_against": _counts(verdict.counted_against),
        "duties": _counts(verdict.duties),
        "conflict": list(verdict.conflict),
    }


def options_object(mask: int, option_set: OptionSet) -> list[JsonObject]:
    """Return every option of a mask with its axes and offering."""
    objects = []
    for number in numbers_in(mask):
        option = option_set.options[number]
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


def _counts(sizes: Mapping[str, int]) -> list[JsonObject]:
    return [{"rule": rule_id, "options": size} for rule_id, size in sizes.items()]


def _facts(feature: FeatureResult, specs: Iterable[str]) -> JsonObject:
    groups = {"declared": feature.declared, "assumed": feature.assumed, "derived": feature.derived}
    names = {name for facts in groups.values() for name in facts}
    return {
        **{
            group: {name: json_value(value) for name, value in facts.items() if name != "metadata.description"}
            for group, facts in groups.items()
        },
        "unknown": [name for name in specs if not is_option_fact(name) and name not in names],
    }


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
