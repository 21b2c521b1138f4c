"""Frameworks and the rules that speak of them in, the same list as text, Markdown, CSV and JSON out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from aipolicy.findings.finding import Stage
from aipolicy.frameworks.asked import LinkedFramework
from aipolicy.policy.framework_links import OWN, Link
from aipolicy.policy.rule import Rule
from aipolicy.report.formats.csv_rows import csv_cell, csv_row
from aipolicy.report.packs.markdown_text import prose, table
from aipolicy.report.packs.rule_json import rule_object
from aipolicy.report.packs.rule_text import standing
from aipolicy.report.packs.rules_csv import COLUMNS, rule_cells
from aipolicy.report.packs.rules_markdown import stage_words
from aipolicy.report.terminal.drawing import Screen, aligned, said, stacked
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity
from aipolicy.value import Frozen

_HEAD = ("rule", "severity", "clause", "controls", "title", "stage")


class FrameworkRules(Frozen):
    """The rules of a run that speak of a framework, or of a pack of law, on a day."""

    linked: LinkedFramework
    rules: tuple[Rule, ...]
    """In the order of the clauses, without those that have ended."""
    added: tuple[str, ...]
    """The shipped packs that are listed though the configuration does not name them."""


def framework_rules(linked: LinkedFramework, added: tuple[str, ...], day: date) -> FrameworkRules:
    """Return the rules of a framework that have not ended on a day."""
    return FrameworkRules(linked, tuple(rule for rule in linked.rules if rule.stage_on(day) is not Stage.ENDED), added)


def framework_rules_text(listed: Iterable[FrameworkRules], day: date, *, width: int, style: Styler) -> str:
    """Return a section a framework: every rule with its severity, the controls and how it relates to them, its title."""
    screen = Screen(width, style)
    for framework in listed:
        rows = []
        for rule in framework.rules:
            stage = [] if rule.stage_on(day) is Stage.IN_FORCE else [standing(rule, day)]
            rows.append((
                said(rule.id, Role.STRONG), said(rule.severity.value, Role[rule.severity.name]),
                stacked(f"{related(framework.linked.links[rule.id])}: {rule.title}", *stage),
            ))  # fmt: skip
        screen.section(_title(framework), aligned(rows))
        if framework.added:
            screen.add(said(_added(framework)), 2)
    return screen.result()


def framework_rules_markdown(listed: Iterable[FrameworkRules], day: date) -> str:
    """Return a table a framework."""
    blocks: list[str] = []
    for framework in listed:
        rows = (_row(rule, framework.linked.links[rule.id], day) for rule in framework.rules)
        blocks += [f"## {prose(_title(framework))}", table(_HEAD, rows)]
        blocks += [prose(_added(framework))] if framework.added else []
    return "\n\n".join(blocks) + "\n"


def framework_rules_csv(listed: Iterable[FrameworkRules], day: date) -> Iterator[str]:
    """Yield a head and one row for each control of each rule, with CRLF as line end; the control may be empty."""
    yield csv_row(("framework", "control", "relation", *COLUMNS))
    for framework in listed:
        for rule in framework.rules:
            for control, relation in framework.linked.links[rule.id].related or (("", OWN),):
                yield csv_row(map(csv_cell, (framework.linked.id, control, relation, *rule_cells(rule, day))))


def framework_rules_object(listed: Sequence[FrameworkRules], day: date) -> dict[str, Any]:
    """Return the frameworks with what each rule has to do with them, and the rules once as they are always listed."""
    rules = {rule.id: rule for framework in listed for rule in framework.rules}
    return {
        "schema": "aipolicy/rules/v1",
        "frameworks": [
            {"id": framework.linked.id, "name": framework.linked.name, "added_packs": list(framework.added),
             "rules": [_link_object(rule, framework.linked.links[rule.id]) for rule in framework.rules]}
            for framework in listed
        ],
        "rules": [rule_object(rules[rule_id], day) for rule_id in sorted(rules)],
    }  # fmt: skip


def related(link: Link) -> str:
    """Return the controls in words, those of one relation together: `26, 14; supports MEASURE 2.8`.

    Before those of a rule of the framework itself stands nothing; where it has no control, its clause stands there.
    """
    words: dict[str, list[str]] = {}
    for control, relation in link.related:
        words.setdefault(relation, []).append(control)
    if not words:
        return link.clause
    return "; ".join(f"{relation} {', '.join(controls)}".strip() for relation, controls in words.items())


def _row(rule: Rule, link: Link, day: date) -> tuple[str, ...]:
    controls = related(link) if link.controls else ""
    words = (link.clause, controls, rule.title, stage_words(rule, day))
    return rule.id, rule.severity.value, *map(prose, words)


def _link_object(rule: Rule, link: Link) -> dict[str, Any]:
    controls = [{"id": control, "relation": relation or None} for control, relation in link.related]
    return {"rule": rule.id, "clause": link.clause, "controls": controls}


def _title(framework: FrameworkRules) -> str:
    return f"{framework.linked.id} ({framework.linked.name}): {quantity(len(framework.rules), 'rule')}"


def _added(framework: FrameworkRules) -> str:
    names = " and ".join(f"`{name}`" for name in framework.added)
    return f"No configured pack speaks of it: these are rules of the shipped {names}, which a check does not evaluate."
