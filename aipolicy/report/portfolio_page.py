"""A rule over all features in, the page that explains it out."""

from __future__ import annotations

from datetime import date
from typing import Any

from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.report.json_text import json_text
from aipolicy.report.rule_page import render_rule, rule_object
from aipolicy.report.style import Role, Styler
from aipolicy.source.text import escaped


def render_portfolio_rule(rule: PortfolioRule, *, width: int, style: Styler, day: date | None = None) -> str:
    """Return a rule over all features: which take part and what is added up, then all that other rules have too."""
    lines = [render_rule(rule.rule, width=width, style=style, day=day, kind="portfolio").rstrip("\n")]
    sections = (
        ("over features where", [line.text for line in rule.over]),
        ("for each", [rule.group_by.text] if rule.group_by is not None else []),
        ("measures", [f"{measure.name}: {measure.text}" for measure in rule.measures]),
        ("examples", [f"{test.expect.value:<15} {test.name}" for test in rule.tests]),
    )
    for heading, texts in sections:
        if texts:
            lines += ["", style.paint(heading, Role.STRONG), *(f"  {escaped(text)}" for text in texts)]
    return "\n".join(lines) + "\n"


def portfolio_json(rule: PortfolioRule, day: date | None = None) -> str:
    """Return a rule over all features as JSON."""
    return json_text(portfolio_object(rule, day))


def portfolio_object(rule: PortfolioRule, day: date | None = None) -> dict[str, Any]:
    """Return a rule over all features as plain JSON values."""
    formulas = [measure.formula for measure in rule.measures if measure.formula is not None]
    readings = (*rule.over, *formulas, *((rule.group_by,) if rule.group_by is not None else ()))
    return {
        **rule_object(rule.rule, day),
        "kind": "portfolio",
        "over": [line.text for line in rule.over],
        "group_by": rule.group_by.text if rule.group_by is not None else None,
        "measures": {measure.name: measure.text for measure in rule.measures},
        "reads": sorted({name for each in readings for name in (*each.feature_reads, *each.option_reads)}),
        "examples": [{"name": test.name, "expect": test.expect.value} for test in rule.tests],
    }
