"""Clauses as rules cite them name the parts of a framework; what no rule can speak of says why."""

from __future__ import annotations

import pytest

from aipolicy.catalog.catalog import Catalog


@pytest.mark.parametrize(
    ("framework", "clause", "controls"),
    [
        ("eu-ai-act", "Art. 50(2), 111(4)", ("50", "111")),
        ("eu-ai-act", "Art. 4a", ("4a",)),
        ("eu-ai-act", "Art. 4", ("4",)),
        ("eu-ai-act", "Art. 5(1)(ba), (bb) with 5(1a)", ("5",)),
        ("eu-ai-act", "Art. 6(2), (1a), Annex III point 2", ("6", "Annex III")),
        ("eu-ai-act", "Guidelines on general-purpose models, modification", ()),
        ("eu-ai-act", "51-53", ("51", "52", "53")),
        ("eu-ai-act", "Art. 114", ()),
        ("uk-gdpr", "Art. 22A-22C", ("22A", "22B", "22C")),
        ("hipaa", "164.404-164.410", ("164.404", "164.406", "164.408", "164.410")),
        ("hipaa", "90 FR 898, proposed 164.308, 164.312", ("164.308", "164.312")),
        ("omb-m-25-21", "section 4(b)(iii), (iv)", ("4(b)(iii)",)),
        ("nist-ai-rmf", "MEASURE 2.3, 2.5", ("MEASURE 2.3",)),
        ("coppa", "16 CFR 312.10", ("312.10",)),
    ],
)
def test_a_clause_names_the_parts_of_its_framework(
    framework: str, clause: str, controls: tuple[str, ...], catalog: Catalog
) -> None:
    assert catalog.frameworks[framework].controls_in(clause) == controls


def test_an_article_that_was_added_stands_behind_its_elder(catalog: Catalog) -> None:
    controls = catalog.frameworks["eu-ai-act"].controls
    assert controls[3:6] == ("4", "4a", "5")
    assert controls[-1] == "Annex XIII"


def test_what_no_rule_can_speak_of_says_why(catalog: Catalog) -> None:
    why = {control: each.why for each in catalog.frameworks["eu-ai-act"].unspoken for control in each.controls}
    assert "notified bodies" in why["31"]
    assert "50" not in why


def test_nothing_is_said_twice_of_a_part(catalog: Catalog) -> None:
    for framework in catalog.frameworks.values():
        told = [control for each in framework.unspoken for control in each.controls]
        assert len(told) == len(set(told)), framework.id
