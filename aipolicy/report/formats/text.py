"""A report in, text for a terminal out: findings, verdicts, and a summary that hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from aipolicy.findings.finding import Change, Finding, Severity
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.report.verdict_line import verdict_line
from aipolicy.report.view import View
from aipolicy.run.policy import Policy
from aipolicy.run.run_result import RunResult
from aipolicy.run.totals import Totals
from aipolicy.source.text import escaped, quantity

MAX_VERDICTS = 20
MAX_FACTS = 5

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render(result: RunResult, view: View) -> Iterator[str]:
    """Yield the findings, the verdicts, and a summary."""
    width, style = view.width, view.style
    parted = False
    for findings in _by_file(result, view):
        from aipolicy.report.terminal.findings_text import render_findings

        yield ("\n" if parted else "") + render_findings(findings, width=width, style=style)
        parted = True
    totals = result.totals
    if totals.features:
        yield ("\n" if parted else "") + _verdicts(result, totals, view)
        parted = True
    yield ("\n" if parted else "") + _summary(result.policy, totals, width, style) + "\n"


def _by_file(result: RunResult, view: View) -> Iterator[Sequence[Finding]]:
    """Yield the findings that are shown of each file, and of the run as a whole, where there are any."""
    for findings in chain((file.findings for file in result.files), lazily(lambda: result.closing)):
        shown = [each for each in findings if view.unchanged or each.change is not Change.UNCHANGED]
        if shown:
            yield shown


def lazily(made: Callable[[], Sequence[Finding]]) -> Iterator[Sequence[Finding]]:
    """Yield what is made when it is asked for."""
    yield made()


def _verdicts(result: RunResult, totals: Totals, view: View) -> str:
    if totals.features > MAX_VERDICTS:
        return _needs_counted(totals, view.style) + "\n"
    lines = []
    for feature in result.features():
        verdict = feature.verdict
        counts = f"{verdict.admissible} options admissible, {verdict.open} open, {verdict.removed} removed"
        lines.append(f"verdict on {view.style.paint(escaped(feature.name), Role.STRONG)}:")
        lines.extend(f"    {line}" for line in wrapped(f"{verdict_line(verdict)} ({counts})", view.width - 4))
    return "\n".join((*lines, "explain one with `aipolicy explain NAME`\n"))


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
    rules = quantity(len(policy.rules) + totals.portfolio_rules, "rule")
    lines = wrapped(
        f"{quantity(features, 'feature')} in {quantity(files, 'file')} checked against {rules} ({packs}) "
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
        from aipolicy.report.terminal.comparison_text import comparison_lines

        for line in comparison_lines(totals.comparison):
            lines.extend(wrapped(line, width))
    for notice in totals.notices:
        lines.extend(wrapped(notice, width))
    if policy.ignored_rules:
        lines.extend(wrapped(f"not evaluated by choice: {', '.join(policy.ignored_rules)}", width))
    if totals.skipped:
        lines.append(f"{quantity(len(totals.skipped), 'file')} skipped: not an AI feature manifest")
    if not features:
        # NOTE: a manifest that is broken was named; what is wrong with it stands above.
        advice = (
            "mend what is shown above"
            if totals.severities
            else "name a manifest, or a folder that holds `aifeature.yaml`"
        )
        lines.append(style.paint(f"nothing was evaluated; {advice}", Role.ERROR))
    elif not policy.rules and not totals.portfolio_rules:
        lines.append(style.paint("nothing was evaluated; no rule is left to evaluate", Role.ERROR))
    return "\n".join(lines)


def _counts(totals: Totals, style: Styler) -> str:
    if not totals.severities:
        return style.paint("no findings", Role.GOOD) if totals.features else "no findings"
    words = [
        style.paint(quantity(count - totals.waived[severity], severity.value), _ROLES[severity])
        for severity, count in totals.counts().items()
        if count > totals.waived[severity]
    ]
    waived = totals.waived.total()
    if waived:
        words.append(f"{waived} waived")
    return "found " + ", ".join(words)
