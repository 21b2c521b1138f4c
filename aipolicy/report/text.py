"""A report in, text for a terminal out: findings, verdicts, and a summary that hides nothing."""

from __future__ import annotations

from collections import Counter

from aipolicy.checking import Report
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings import Outcome, Severity
from aipolicy.report.style import Role, Styler, wrapped
from aipolicy.source.text import escaped

MAX_VERDICTS = 20
MAX_FACTS = 5

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render_text(report: Report, *, width: int, style: Styler) -> str:
    """Return the whole report as text, ending with a newline."""
    parts = []
    if report.findings:
        from aipolicy.report.findings_text import render_findings

        parts.append(render_findings(report.findings, width=width, style=style))
    verdicts = _verdicts(report, width, style)
    if verdicts:
        parts.append(verdicts)
    parts.append(_summary(report, width, style))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def verdict_line(evaluation: Evaluation) -> str:
    """Return the verdict on a feature in one sentence."""
    verdict = evaluation.verdict
    if not verdict.remaining:
        return f"no option satisfies every constraint ({', '.join(verdict.conflict)} clash)"
    needs = [need.id for need in verdict.needs if need.certain and need.id != "places"]
    maybe = [need.id for need in verdict.needs if not need.certain and need.id != "places"]
    places = [need for need in verdict.needs if need.id == "places" and need.certain]
    words = []
    if needs:
        words.append("needs " + ", ".join(needs))
    if maybe:
        words.append("may need " + ", ".join(maybe))
    if not words:
        words.append("no special need; a provider API is possible" if _api_possible(evaluation) else "no special need")
    if places and len(places[0].values) <= 12:
        words.append("processing in " + ", ".join(places[0].values))
    if not verdict.admissible:
        words.append("every way that remains hangs on undeclared facts")
    return "; ".join(words)


def _api_possible(evaluation: Evaluation) -> bool:
    return "provider-api" in evaluation.verdict.remaining_values["option.hosting"]


def _verdicts(report: Report, width: int, style: Styler) -> str:
    if not report.evaluations:
        return ""
    if len(report.evaluations) > MAX_VERDICTS:
        return _needs_counted(report, style)
    lines = []
    for evaluation in report.evaluations:
        verdict = evaluation.verdict
        name = style.paint(escaped(evaluation.feature.name), Role.STRONG)
        counts = (
            f"{verdict.admissible.bit_count()} options admissible, {verdict.open.bit_count()} open, "
            f"{verdict.removed.bit_count()} removed"
        )
        text = wrapped(f"{verdict_line(evaluation)} ({counts})", width - 4)
        lines.append(f"verdict on {name}:")
        lines.extend(f"    {line}" for line in text)
    lines.append("explain one with `aipolicy explain NAME`")
    return "\n".join(lines)


def _needs_counted(report: Report, style: Styler) -> str:
    counts = Counter(need.id for e in report.evaluations for need in e.verdict.needs if need.certain)
    conflicts = sum(1 for evaluation in report.evaluations if not evaluation.verdict.remaining)
    title = style.paint(f"verdicts on {len(report.evaluations)} features:", Role.STRONG)
    lines = [f"    {count:>6}  need {need}" for need, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]
    free = sum(1 for evaluation in report.evaluations if evaluation.verdict.admissible)
    lines.append(f"    {free:>6}  have a way that is free of doubt")
    lines.append(f"    {len(report.evaluations) - free - conflicts:>6}  hang on undeclared facts")
    if conflicts:
        lines.append(f"    {conflicts:>6}  have no way left")
    return "\n".join([title, *lines])


def _summary(report: Report, width: int, style: Styler) -> str:
    policy = report.policy
    packs = ", ".join(escaped(f"{pack.name} {pack.version}") for pack in policy.packs)
    features, files = len(report.evaluations), report.files
    lines = wrapped(
        f"{_count(features, 'feature')} in {_count(files, 'file')} checked against {_count(len(policy.rules), 'rule')} "
        f"({packs}) as of {policy.catalog.as_of.isoformat()}",
        width,
    )
    if features or report.findings:
        lines.append(_counts(report, style))
    undetermined = report.undetermined()
    if undetermined:
        facts, settled = report.shortest_settling(MAX_FACTS)
        named = ", ".join(f"`{fact}`" for fact in facts)
        lines.extend(
            wrapped(f"{len(undetermined)} undetermined; declaring {named} would settle {settled} of them", width)
        )
    if policy.ignored_rules:
        lines.extend(wrapped(f"not evaluated by choice: {', '.join(policy.ignored_rules)}", width))
    if report.skipped:
        lines.append(f"{_count(len(report.skipped), 'file')} skipped: not an AI feature manifest")
    if not features:
        lines.append(
            style.paint("nothing was evaluated; name a manifest, or a folder that holds `aifeature.yaml`", Role.ERROR)
        )
    elif not policy.rules:
        lines.append(style.paint("nothing was evaluated; no rule is left to evaluate", Role.ERROR))
    return "\n".join(lines)


def _counts(report: Report, style: Styler) -> str:
    if not report.findings:
        return style.paint("no findings", Role.GOOD) if report.evaluations else "no findings"
    words = [
        style.paint(_count(count, severity.value), _ROLES[severity])
        for severity, count in report.counts().items()
        if count
    ]
    waived = sum(1 for finding in report.findings if finding.outcome is Outcome.WAIVED)
    return "found " + ", ".join(words) + (f" ({waived} waived)" if waived else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
