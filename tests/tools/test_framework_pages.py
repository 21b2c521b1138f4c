"""A page for each framework of which shipped rules speak: every control with every rule that speaks to it."""

from __future__ import annotations

import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.policy.law_words import law_of

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from framework_pages import INDEX, framework_pages
from law_table import shipped_rules
from tables import table


@cache
def pages() -> dict[str, str]:
    frameworks = read_catalog((), as_of=date(2026, 11, 30)).frameworks
    return framework_pages(frameworks.values(), table, "<!-- generated -->")


def test_every_control_that_a_rule_names_stands_on_the_page_of_its_framework() -> None:
    for rule in shipped_rules():
        for control in law_of(rule).controls:
            link = f"[{rule.id}](../packs/{rule.pack}/{rule.id}.md)"
            row = f"| {control.id} | {link} | {control.relation} |"
            own = f"| {control.id} | {link} | of the framework itself |"
            page = pages()[f"{control.framework}.md"]
            assert row in page or own in page


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("eu-ai-act.md", "| 111 | [AIA-111-2](../packs/eu-ai-act/AIA-111-2.md) | of the framework itself | "),
        ("eu-ai-act.md", "| 22 to 24 | duties of representatives, importers and distributors |"),
        ("eu-data-act.md", "| 29 | [EDA-29-1](../packs/eu-data-act/EDA-29-1.md) | of the framework itself | "),
        ("hipaa.md", "and it has more that are not listed. Source of the ids: "),
        (INDEX, "| [eu-data-act](eu-data-act.md) | Regulation (EU) 2023/2854, articles | 3 | 3 | "),
    ],
)
def test_pages_say_what_is_covered_and_why_the_rest_is_not(page: str, row: str) -> None:
    assert row in pages()[page]


def test_the_index_names_every_page() -> None:
    assert {name for name in pages() if f"({name})" in pages()[INDEX]} == pages().keys() - {INDEX}
