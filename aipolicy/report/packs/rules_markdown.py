"""The rules that would be evaluated in, Markdown out: a table a pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aipolicy.findings.finding import Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule
from aipolicy.report.packs.markdown_text import prose, table
from aipolicy.report.packs.rule_text import standing
from aipolicy.source.text import quantity

_HEAD = ("rule", "severity", "kind", "title", "stage")


def rules_markdown(
    packs: Sequence[PolicyPack], rules: Sequence[Rule], portfolio_rules: Sequence[Rule], day: date
) -> str:
    """Return every rule with its severity, kind, title and stage, pack by pack, then those about manifests themselves."""
    blocks: list[str] = []
    for pack in packs:
        kinds = [(rule, rule.kind.value) for rule in rules if rule.pack == pack.name]
        kinds += [(rule, "portfolio") for rule in portfolio_rules if rule.pack == pack.name]
        if kinds:
            title = f"{pack.name} {pack.version}: {quantity(len(kinds), 'rule')}"
            blocks += [f"## {prose(title)}", table(_HEAD, (_row(rule, kind, day) for rule, kind in kinds))]
    reserved = ((rule.id, rule.severity.value, prose(rule.title)) for rule in RESERVED_RULES)
    blocks += ["## Always checked, about manifests, plans and waivers", table(("rule", "severity", "title"), reserved)]
    return "\n\n".join(blocks) + "\n"


def stage_words(rule: Rule, day: date) -> str:
    """Return that a rule is in force, or how far it has come and what becomes of it."""
    return "in force" if rule.stage_on(day) is Stage.IN_FORCE else standing(rule, day)


def _row(rule: Rule, kind: str, day: date) -> tuple[str, ...]:
    return rule.id, rule.severity.value, kind, prose(rule.title), prose(stage_words(rule, day))
