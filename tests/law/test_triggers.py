"""What sets off a duty in 106 places of law can be said: where it is a matter of a manifest it is a rule with examples."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.findings.finding import Outcome
from aipolicy.policy.reading.load import find_pack, load_packs
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.examples import run_example

FOLDER = Path(__file__).parent / "triggers"
DAY = date(2026, 11, 30)
COUNT = 106
NO_MATTER_OF_A_MANIFEST = {
    36: "guidelines on Art. 50 of the AI Act bind nobody",
    41: "fines follow a duty, and are none",
    55: "the list of countries that the Commission found adequate is data: the group GDPR-ADEQUATE",
    56: "so is what it found of the United Kingdom",
    61: "how an organisation answers complaints is asked of the organisation",
    64: "what switching costs is a matter of the contract's price",
    72: "whom authorities designate as critical is a list of theirs",
    95: "an executive order that ends no law of a state",
}
CATALOG = read_catalog((), as_of=DAY)
EVALUATOR = RuleEvaluator()


@cache
def rules() -> dict[str, Rule]:
    packs = load_packs([find_pack(str(FOLDER), Path())], CATALOG, {})
    return {rule.id: rule for rule in packs[0].rules}


def test_every_trigger_that_is_a_matter_of_a_manifest_is_a_rule() -> None:
    said = {int(rule_id.removeprefix("TRIGGER-")) for rule_id in rules()}
    assert said == set(range(1, COUNT + 1)) - NO_MATTER_OF_A_MANIFEST.keys()


@pytest.mark.parametrize("number", sorted(set(range(1, COUNT + 1)) - NO_MATTER_OF_A_MANIFEST.keys()))
def test_a_trigger_has_an_example_that_breaks_it_one_that_keeps_it_and_one_that_says_too_little(number: int) -> None:
    rule = rules()[f"TRIGGER-{number:03}"]
    results = [run_example(rule, test, CATALOG, EVALUATOR) for test in rule.tests]
    assert [result for result in results if not result.passed] == []
    assert {result.outcome for result in results} >= {Outcome.VIOLATED, Outcome.SATISFIED, Outcome.UNDETERMINED}
