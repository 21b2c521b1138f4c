"""The rules that would be evaluated in, a line for each out, pack by pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.text import Text

from aipolicy.findings.finding import Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES, ReservedRule
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule
from aipolicy.report.packs.rule_text import standing
from aipolicy.report.terminal.drawing import Screen, columns, said, stacked
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity

_WIDTH_FOR_KINDS = 60
"""In narrower terminals the kind of a rule stands behind its title."""


def render_rules(packs: Sequence[PolicyPack], rules: Sequence[Rule], over_all: Sequence[Rule], day: date, *,
                 width: int, style: Styler) -> str:  # fmt: skip
    """Return every rule with its severity, kind and title, with its stage where it is not in force."""
    screen = Screen(width, style)
    for pack in packs:
        rows = [(rule, rule.kind.value) for rule in rules if rule.pack == pack.name]
        rows += [(rule, "portfolio") for rule in over_all if rule.pack == pack.name]
        drawn = columns(4) if width >= _WIDTH_FOR_KINDS else columns(3)
        for rule, kind in rows:
            title = said(rule.title if width >= _WIDTH_FOR_KINDS else f"{rule.title} ({kind})")
            if rule.stage_on(day) is not Stage.IN_FORCE:
                title = stacked(title, standing(rule, day))
            kinds = [said(kind)] if width >= _WIDTH_FOR_KINDS else []
            drawn.add_row(*_head(rule), *kinds, title)
        screen.section(f"{pack.name} {pack.version}: {quantity(len(rows), 'rule')}", drawn)
    drawn = columns(3)
    for reserved in RESERVED_RULES:
        drawn.add_row(*_head(reserved), said(reserved.title))
    screen.section("about manifests, plans and waivers themselves; always checked", drawn)
    return screen.result()


def _head(rule: Rule | ReservedRule) -> tuple[Text, Text]:
    return said(rule.id, Role.STRONG), said(rule.severity.value, Role[rule.severity.name])
