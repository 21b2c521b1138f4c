"""A rule in, the page that explains it out."""

from __future__ import annotations

from datetime import date
from typing import Any

from aipolicy.facts.value_text import exact_value
from aipolicy.findings.reserved_rules import PACK_PREFIX, ReservedRule
from aipolicy.policy.rule import Rule, RuleScope
from aipolicy.policy.stages import coming_words
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.source.text import escaped


def render_rule(rule: Rule, *, width: int, style: Styler, day: date | None = None, kind: str = "") -> str:
    """Return a rule with its stages, reason, fix, conditions, parameters, references and examples, as on a day."""
    lines = [style.paint(f"{rule.id} {rule.name}", Role.STRONG)]
    lines += wrapped(escaped(rule.title), width)
    lines += [
        "",
        f"{kind or rule.kind.value}{_scope(rule)}, {rule.severity.value}, pack {escaped(rule.pack)}, "
        f"defined at {escaped(rule.defined_at)}",
    ]
    lines += _stage_lines(rule)
    if day is not None and any(rule.stages):
        lines.append(f"on {day.isoformat()}: {standing(rule, day)}")
    for heading, text in (("why", rule.why), ("fix", rule.fix), ("message", rule.message)):
        if text:
            lines += ["", style.paint(heading, Role.STRONG), *_indented(text, width)]
    for heading, conditions in (("applies when", rule.when), ("requires", rule.require)):
        if conditions:
            lines += ["", style.paint(heading, Role.STRONG), *(f"  {escaped(line.text)}" for line in conditions)]
    if rule.must_declare:
        lines += ["", style.paint("must be declared", Role.STRONG), *(f"  {name}" for name in rule.must_declare)]
    if rule.parameters:
        lines += ["", style.paint("parameters", Role.STRONG)]
        lines += [
            f"  {name.partition('.')[2]} = {exact_value(value, escaped)}" for name, value in rule.parameters.items()
        ]
    if rule.references:
        lines += ["", style.paint("references", Role.STRONG)]
        lines += [
            "  " + escaped(" ".join(part for part in (ref.title, ref.clause, ref.url) if part))
            for ref in rule.references
        ]
    if rule.tests:
        lines += ["", style.paint("examples", Role.STRONG)]
        lines += [f"  {test.expect.value:<15} {escaped(test.name)}" for test in rule.tests]
    return "\n".join(lines) + "\n"


def render_reserved(rule: ReservedRule, output_format: str) -> str:
    """Return a rule about manifests, plans or packs, as text or JSON."""
    if output_format == "json":
        return json_text(
            {"id": rule.id, "name": rule.name, "title": rule.title, "severity": rule.severity.value, "why": rule.why,
             "fix": rule.fix, "reserved": True}
        )  # fmt: skip
    about = "about manifests and plans themselves; always checked"
    if rule.id.startswith(PACK_PREFIX):
        about = "about packs themselves; checked by `aipolicy lint-policy`"
    return (
        f"{rule.id} {rule.name}\n{rule.title}\n\n{rule.severity.value}, {about}\n\n"
        f"why\n  {rule.why}\n\nfix\n  {rule.fix}\n"
    )


def _scope(rule: Rule) -> str:
    return " on plans" if rule.scope is RuleScope.PLAN else ""


def _stage_lines(rule: Rule) -> list[str]:
    announced, warning, from_, until = rule.stages
    lines = []
    if announced is not None:
        lines.append(f"announced from {announced.isoformat()}; not evaluated before, a note at most then")
    if warning is not None:
        lines.append(f"a warning at most from {warning.isoformat()}")
    if from_ is not None:
        alone = announced is None and warning is None
        lines.append(f"in force from {from_.isoformat()}" + ("; a warning before" if alone else ""))
    if until is not None:
        lines.append(f"in force until {until.isoformat()}")
    return lines


def standing(rule: Rule, day: date) -> str:
    """Return how far a rule has come on a day and what becomes of it, in words."""
    stage = rule.stage_on(day)
    severity = rule.severity_on(day)
    words = "not evaluated" if severity is None else severity.value
    coming = coming_words(rule.stages, rule.severity, day)
    return f"{stage.value}, {words}" + (f"; {coming}" if coming else "")


def rule_json(rule: Rule, day: date | None = None) -> str:
    """Return a rule as JSON, as on a day."""
    return json_text(rule_object(rule, day))


def rule_object(rule: Rule, day: date | None = None) -> dict[str, Any]:
    """Return a rule as plain JSON values, as on a day."""
    severity = rule.severity_on(day) if day is not None else None
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "scope": rule.scope.value,
        "pack": rule.pack,
        "when": [line.text for line in rule.when],
        "require": [line.text for line in rule.require],
        **({"must_declare": list(rule.must_declare)} if rule.must_declare else {}),
        "reads": sorted({n for line in (*rule.when, *rule.require) for n in (*line.feature_reads, *line.option_reads)}),
        "parameters": {
            name.partition(".")[2]: list(value) if isinstance(value, tuple) else value
            for name, value in rule.parameters.items()
        },
        "message": rule.message,
        "why": rule.why,
        "fix": rule.fix,
        "references": [{"title": r.title, "url": r.url, "clause": r.clause} for r in rule.references],
        "announced_on": rule.announced_on.isoformat() if rule.announced_on else None,
        "warning_from": rule.warning_from.isoformat() if rule.warning_from else None,
        "effective_from": rule.effective_from.isoformat() if rule.effective_from else None,
        "effective_until": rule.effective_until.isoformat() if rule.effective_until else None,
        **({"stage": rule.stage_on(day).value, "severity_now": severity and severity.value} if day is not None else {}),
        "defined_at": rule.defined_at,
        "examples": [{"name": test.name, "expect": test.expect.value} for test in rule.tests],
    }


def _indented(text: str, width: int) -> list[str]:
    return [f"  {line}" for line in wrapped(escaped(" ".join(text.split())), width - 2)]
