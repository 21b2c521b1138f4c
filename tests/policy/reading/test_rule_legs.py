"""Which legs a rule is about: the key `legs` on a rule and on a file, and facts of a leg and of the whole kept apart."""

from __future__ import annotations

import pytest
from worlds import PACK_HEAD, catalog, rule

from aipolicy.errors import PolicyError
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Rule, RuleLegs
from aipolicy.policy.sources.locate import PackFiles


def rules_of(*texts: str, head: str = PACK_HEAD) -> tuple[Rule, ...]:
    (pack,) = load_packs([PackFiles("world.yaml", (("world.yaml", (head + "".join(texts)).encode()),))], catalog(), {})
    return pack.rules


OF_LEG = '!(option.hosting == "on-device")'
OF_WHOLE = 'option.fallback == "none"'


def test_every_leg_has_to_satisfy_a_rule_that_says_nothing() -> None:
    (found,) = rules_of(rule("A-001", OF_LEG))
    assert (found.legs, found.is_of_partner, found.is_of_whole) == (RuleLegs.EVERY, True, False)


def test_a_rule_may_be_about_the_main_leg() -> None:
    (found,) = rules_of(rule("A-001", OF_LEG, extra="legs: main"))
    assert (found.legs, found.is_of_partner, found.is_of_whole) == (RuleLegs.MAIN, False, False)


def test_a_file_says_it_for_the_rules_that_say_nothing() -> None:
    head = PACK_HEAD.replace("rules:\n", "legs: main\nrules:\n")
    found = rules_of(rule("A-001", OF_LEG), rule("A-002", OF_LEG, extra="legs: every"), head=head)
    assert [each.legs for each in found] == [RuleLegs.MAIN, RuleLegs.EVERY]


def test_a_group_says_it_for_its_rules_whatever_the_file_says() -> None:
    group = "groups:\n  - title: G\n    legs: every\n    rules:\n"
    below = rule("A-002", OF_LEG).replace("\n", "\n    ").rstrip(" ")
    head = PACK_HEAD.replace("rules:\n", "legs: main\nrules:\n")
    found = rules_of(rule("A-001", OF_LEG), group, f"    {below}", head=head)
    assert [each.legs for each in found] == [RuleLegs.MAIN, RuleLegs.EVERY]
    assert [scope.legs for scope in found[1].shared] == [RuleLegs.MAIN, RuleLegs.EVERY]


@pytest.mark.parametrize("require", [OF_WHOLE, 'partner.hosting == "provider-api"', "option.monthly_usd <= 9.0"])
def test_what_reads_the_whole_option_is_about_it(require: str) -> None:
    (found,) = rules_of(rule("A-001", require))
    assert (found.is_of_partner, found.is_of_whole) == (False, True)


def test_the_tail_of_a_cascade_is_of_the_whole_where_the_main_leg_is_asked() -> None:
    tail = "option.latency_p95_ms <= latency.p95_ms"
    every, main = rules_of(rule("A-001", tail), rule("A-002", tail, extra="legs: main"))
    assert (every.is_of_whole, main.is_of_whole) == (False, True)


@pytest.mark.parametrize(
    ("require", "word"),
    [
        (f"{OF_LEG} && {OF_WHOLE}", "add `legs: main` to read `option.hosting` of the main leg"),
        ('!("aws" in option.providers) || option.works_offline', "write `option.provider`"),
        ('option.works_offline || partner.hosting == "on-device"', "write `option.hosting` to ask every leg"),
    ],
)
def test_a_rule_on_every_leg_that_reads_the_whole_is_refused_with_the_word_to_use(require: str, word: str) -> None:
    with pytest.raises(PolicyError, match="is a fact of the whole option") as caught:
        rules_of(rule("A-001", require.replace("'", '"')))
    assert word in str(caught.value)
    rules_of(rule("A-001", require, extra="legs: main"))


@pytest.mark.parametrize(
    ("require", "kind", "why"),
    [(OF_WHOLE, "constraint", "facts of the whole option alone"), ("task.stable", "duty", "no fact of a leg")],
)
def test_legs_that_say_nothing_are_refused(require: str, kind: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        rules_of(rule("A-001", require, kind=kind, extra="legs: main"))


def test_a_word_that_is_none_is_refused() -> None:
    with pytest.raises(PolicyError, match="`all` is not one of"):
        rules_of(rule("A-001", OF_LEG, extra="legs: all"))
