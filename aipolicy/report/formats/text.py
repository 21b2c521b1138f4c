"""A report in, text for a terminal out: findings, what to do about each feature, and a summary that hides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.findings.finding import Finding, FindingChange, Outcome, Severity
from aipolicy.manifest.skipped import skip_lines
from aipolicy.report.formats.answers_shown import MAX_BLOCKS, MAX_NAMED
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.report.view import View
from aipolicy.run.feature_result import FeatureResult
from aipolicy.run.policy import Policy
from aipolicy.run.run_result import RunResult
from aipolicy.run.totals_and_exit_code import Totals
from aipolicy.source.text import escaped, quantity

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def render(result: RunResult, view: View) -> Iterator[str]:
    """Yield the findings, what to do about each feature, and a summary."""
    parted = False
    for text in _by_file(result, view):
        yield ("\n" if parted else "") + text
        parted = True
    totals = result.totals
    rest = _without_findings(result, totals, view)
    if rest:
        yield ("\n" if parted else "") + rest
        parted = True
    yield ("\n" if parted else "") + _summary(result.policy, totals, view) + "\n"


def _by_file(result: RunResult, view: View) -> Iterator[str]:
    """Yield what is found in each file and in the run as a whole, with the answers to the features it is found of."""
    for file in result.files:
        findings = _shown(file.findings, view)
        if findings:
            named = _acted_on(findings)
            yield _text(findings, (feature for feature in file.features if feature.name in named), view)
    closing = _shown(result.closing, view)
    if closing:
        yield _text(closing, (), view)


def _text(findings: Sequence[Finding], features: Iterable[FeatureResult], view: View) -> str:
    from aipolicy.report.terminal.feature_text import answer_block
    from aipolicy.report.terminal.findings_text import render_findings

    text = render_findings(findings, width=view.width, style=view.style, verbose=view.verbose)
    blocks = ["\n".join(answer_block(feature, view.width, view.style)) for feature in features]
    return "\n".join([text, *(f"{block}\n" for block in blocks if block)])


def _shown(findings: Sequence[Finding], view: View) -> list[Finding]:
    return [finding for finding in findings if view.unchanged or finding.change is not FindingChange.UNCHANGED]


def _acted_on(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(finding.feature for finding in findings if finding.outcome is not Outcome.WAIVED)


def _without_findings(result: RunResult, totals: Totals, view: View) -> str:
    """Return the answers to features of which nothing is found, or how many there are."""
    clean = totals.features - totals.features_acted_on
    if totals.features > MAX_NAMED:
        verb = "are" if clean != 1 else "is"
        return f"{quantity(clean, 'feature')} {verb} without findings; `aipolicy explain NAME` answers one\n"
    from aipolicy.report.terminal.feature_text import answer_block, answer_line

    features = [
        feature
        for file in result.files
        for feature in file.features
        if feature.answer is not None and feature.name not in _acted_on(_shown(file.findings, view))
    ]
    if totals.features <= MAX_BLOCKS:
        blocks = ["\n".join(answer_block(feature, view.width, view.style)) + "\n" for feature in features]
        return "\n".join(blocks)
    return "".join(f"{answer_line(feature, view.width, view.style)}\n" for feature in features)


def _summary(policy: Policy, totals: Totals, view: View) -> str:
    width, style = view.width, view.style
    packs = ", ".join(escaped(pack.label) for pack in policy.packs)
    features, files = totals.features, totals.files
    rules = quantity(policy.rule_count + totals.portfolio_rules, "rule")
    lines = wrapped(
        f"{quantity(features, 'feature')} in {quantity(files, 'file')} checked against {rules} ({packs}) "
        f"as of {policy.catalog.as_of.isoformat()}",
        width,
    )
    if features or totals.severities:
        lines.extend(_counts(totals, width, style))
    if totals.waivers:
        states = [f"{count} {state}" for state, count in sorted(totals.waivers.items())]
        lines.extend(wrapped(f"waivers of these features: {', '.join(states)}", width))
    if totals.comparison is not None:
        from aipolicy.report.terminal.comparison_text import comparison_lines

        for line in comparison_lines(totals.comparison):
            lines.extend(wrapped(line, width))
    for notice in totals.notices:
        lines.extend(wrapped(notice, width))
    if policy.ignored_rules:
        lines.extend(wrapped(f"not evaluated by choice: {', '.join(policy.ignored_rules)}", width))
    for line in skip_lines(totals.skipped):
        lines.extend(wrapped(line, width))
    reason = _why_it_exits(policy, totals, view)
    lines.extend(style.paint(line, role) for text, role in reason for line in wrapped(text, width))
    return "\n".join(lines)


def _counts(totals: Totals, width: int, style: Styler) -> list[str]:
    if not totals.severities:
        return [style.paint("no findings", Role.GOOD) if totals.features else "no findings"]
    words = [
        style.paint(quantity(count - totals.waived[severity], severity.value), _ROLES[severity])
        for severity, count in totals.counts().items()
        if count > totals.waived[severity]
    ]
    waived = totals.waived.total()
    if waived:
        words.append(f"{waived} waived")
    lines = [f"found {', '.join(words)}"]
    safe, unsafe = totals.fixable[True], totals.fixable[False]
    mended = [f"`--fix` mends {safe}"] if safe else []
    mended += (
        [f"`--fix --unsafe-fixes` {'mends ' if not safe else ''}{unsafe}{' more' if safe else ''}"] if unsafe else []
    )
    return [*lines, *(wrapped(", ".join(mended), width) if mended else [])]


def _why_it_exits(policy: Policy, totals: Totals, view: View) -> list[tuple[str, Role | None]]:
    """Return why the run exits as it does, in words."""
    fail_on = Severity(view.fail_on)
    code = totals.exit_code(fail_on)
    if code == EXIT_FINDINGS:
        gating = totals.gating(fail_on)
        exits = "0 by `--exit-zero`" if view.exit_zero else str(code)
        milder = f" by `--fail-on {fail_on.value}`" if fail_on is not Severity.ERROR else ""
        of = f"{quantity(gating, 'finding')} gate{'s' if gating == 1 else ''}" if gating else "stale entries gate"
        return [(f"exit {exits}: {of}{milder}", Role.ERROR)]
    if code == EXIT_NOTHING:
        return [(f"exit {code}: {_nothing(policy, totals)}", Role.ERROR)]
    if totals.nothing_asked:
        return [(f"exit {EXIT_CLEAN}: nothing to evaluate: the configuration excludes every file that was named", None)]
    return [(f"exit {EXIT_CLEAN}: nothing gates", None)] if totals.severities else []


def _nothing(policy: Policy, totals: Totals) -> str:
    if not totals.features and totals.severities:
        return "nothing was evaluated; mend what is shown above"
    if not totals.features:
        return "nothing was evaluated; name a manifest, or a folder that holds `aifeature.yaml`"
    if not policy.rules and not totals.portfolio_rules:
        return "nothing was evaluated; no rule is left to evaluate"
    return "nothing was evaluated; no rule had anything to evaluate"
