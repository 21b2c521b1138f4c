"""A report in, text for a terminal out: findings, verdicts, and a summary that hides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aipolicy.checking import Policy, Report
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings import Finding, Severity
from aipolicy.report.comparison_text import comparison_lines
from aipolicy.report.style import Role, Styler, wrapped
from aipolicy.source.text import escaped
from aipolicy.totals import Totals

MAX_VERDICTS = 20
MAX_FACTS = 5

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render_text(report: Report, *, width: int, style: Styler) -> str:
    """Return the whole report as text, ending with a newline."""
    page = TextPage(width, style)
    findings, features = page.findings(report.findings), page.features(report.evaluations)
    return page.whole(report.policy, report.totals, [findings], [features])


@dataclass(frozen=True, slots=True)
class TextPage:
    """Text for a terminal: findings and verdicts of a file each as a part, put together into a whole report."""

    width: int
    style: Styler

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return the findings of a file as text."""
        if not findings:
            return ""
        from aipolicy.report.findings_text import render_findings

        return render_findings(findings, width=self.width, style=self.style)

    def features(self, evaluations: Sequence[Evaluation]) -> str:
        """Return the verdicts on the features of a file as text; nothing where they will only be counted."""
        return "" if len(evaluations) > MAX_VERDICTS else _verdicts(evaluations, self.width, self.style)

    def whole(self, policy: Policy, totals: Totals, findings: Iterable[str], features: Iterable[str]) -> str:
        """Return the whole report from the parts of its files, ending with a newline."""
        parts = ["\n".join(filter(None, findings))]
        if totals.features > MAX_VERDICTS:
            parts.append(_needs_counted(totals, self.style))
        elif totals.features:
            parts.append("".join(features) + "explain one with `aipolicy explain NAME`")
        parts.append(_summary(policy, totals, self.width, self.style))
        return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def verdict_line(evaluation: Evaluation) -> str:
    """Return the verdict on a feature in one sentence: what is expected to remain."""
    verdict = evaluation.expected.verdict
    if not verdict.remaining:
        return f"no option satisfies every constraint ({', '.join(verdict.conflict)} clash)"
    needs = [need.id for need in verdict.needs if need.certain]
    maybe = [need.id for need in verdict.needs if not need.certain]
    words = []
    if needs:
        words.append("needs " + ", ".join(needs))
    if maybe:
        words.append("may need " + ", ".join(maybe))
    if not words:
        words.append("no special need; a provider API is possible" if _api_possible(evaluation) else "no special need")
    if not verdict.admissible:
        words.append("every way that remains hangs on undeclared facts")
    return "; ".join(words)


def _api_possible(evaluation: Evaluation) -> bool:
    return "provider-api" in evaluation.expected.verdict.remaining_values["option.hosting"]


def _verdicts(evaluations: Iterable[Evaluation], width: int, style: Styler) -> str:
    lines = []
    for evaluation in evaluations:
        verdict = evaluation.expected.verdict
        name = style.paint(escaped(evaluation.feature.name), Role.STRONG)
        counts = (
            f"{verdict.admissible.bit_count()} options admissible, {verdict.open.bit_count()} open, "
            f"{verdict.removed.bit_count()} removed"
        )
        text = wrapped(f"{verdict_line(evaluation)} ({counts})", width - 4)
        lines.append(f"verdict on {name}:")
        lines.extend(f"    {line}" for line in text)
    return "".join(f"{line}\n" for line in lines)


def _needs_counted(totals: Totals, style: Styler) -> str:
    title = style.paint(f"verdicts on {totals.features} features:", Role.STRONG)
    lines = [
        f"    {count:>6}  need {need}" for need, count in sorted(totals.needs.items(), key=lambda i: (-i[1], i[0]))
    ]
    lines.append(f"    {totals.free:>6}  have a way that is free of doubt")
    lines.append(f"    {totals.features - totals.free - totals.conflicts:>6}  hang on undeclared facts")
    if totals.conflicts:
        lines.append(f"    {totals.conflicts:>6}  have no way left")
    return "\n".join([title, *lines])


def _summary(policy: Policy, totals: Totals, width: int, style: Styler) -> str:
    packs = ", ".join(escaped(pack.label) for pack in policy.packs)
    features, files = totals.features, totals.files
    rules = _count(len(policy.rules) + totals.portfolio_rules, "rule")
    lines = wrapped(
        f"{_count(features, 'feature')} in {_count(files, 'file')} checked against {rules} ({packs}) "
        f"as of {policy.catalog.as_of.isoformat()}",
        width,
    )
    if features or totals.severities:
        lines.append(_counts(totals, style))
    if totals.waivers:
        states = [f"{count} {state}" for state, count in sorted(totals.waivers.items())]
        lines.extend(wrapped(f"waivers of these features: {', '.join(states)}", width))
    if totals.undetermined:
        facts, settled = totals.shortest_settling(MAX_FACTS)
        named = ", ".join(f"`{fact}`" for fact in facts)
        lines.extend(
            wrapped(f"{totals.undetermined} undetermined; declaring {named} would settle {settled} of them", width)
        )
    if totals.comparison is not None:
        for line in comparison_lines(totals.comparison):
            lines.extend(wrapped(line, width))
    for notice in totals.notices:
        lines.extend(wrapped(notice, width))
    if policy.ignored_rules:
        lines.extend(wrapped(f"not evaluated by choice: {', '.join(policy.ignored_rules)}", width))
    if totals.skipped:
        lines.append(f"{_count(len(totals.skipped), 'file')} skipped: not an AI feature manifest")
    if not features:
        lines.append(
            style.paint("nothing was evaluated; name a manifest, or a folder that holds `aifeature.yaml`", Role.ERROR)
        )
    elif not policy.rules and not totals.portfolio_rules:
        lines.append(style.paint("nothing was evaluated; no rule is left to evaluate", Role.ERROR))
    return "\n".join(lines)


def _counts(totals: Totals, style: Styler) -> str:
    if not totals.severities:
        return style.paint("no findings", Role.GOOD) if totals.features else "no findings"
    words = [
        style.paint(_count(count - totals.waived[severity], severity.value), _ROLES[severity])
        for severity, count in totals.counts().items()
        if count > totals.waived[severity]
    ]
    waived = totals.waived.total()
    if waived:
        words.append(f"{waived} waived")
    return "found " + ", ".join(words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
