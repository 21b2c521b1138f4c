"""What is shown as a change that leads somewhere leads there, and nothing of it can be left out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from answers import WEIGHING, answering, catalog, evaluator
from hypothesis import given, settings
from hypothesis import strategies as st
from test_answer_properties import DECLARED, PLANS, VALUES, answering_of

from aipolicy.answer.alternatives import Alternative
from aipolicy.answer.answer import Answering
from aipolicy.answer.counterfactuals import Counterfactual, Counterfactuals, WayStanding
from aipolicy.answer.targets import AskedWays, ways_asked
from aipolicy.answer.turns import declared_alternatives
from aipolicy.answer.why_not import WhyNot, why_not
from aipolicy.errors import ConfigError
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.facts.assume import with_changes
from aipolicy.facts.hardness import Hardness, fixed_facts, hardness_of
from aipolicy.facts.known_facts import STANDARD_FACTS
from aipolicy.facts.spec import FactValue
from aipolicy.report.explain.sheet import sheet_text
from aipolicy.report.explain.why_not_sheet import why_not_sheet
from aipolicy.report.terminal.style import Styler
from aipolicy.value import replace

TARGETS: tuple[dict[str, str], ...] = (
    {"hosting": "provider-api"}, {"hosting": "own-cloud"}, {"hosting": "on-premises"}, {"adaptation": "fine-tuning"},
    {"adaptation": "rag"}, {"provider": "openai"}, {"hosting": "own-cloud", "adaptation": "prompting"},
)  # fmt: skip


def asked(of: Answering, target: Mapping[str, str]) -> WhyNot:
    return why_not(of, AskedWays(target), evaluator().rule_evaluator)


def standing_anew(of: Answering, target: Mapping[str, str], changes: Mapping[str, FactValue]) -> WayStanding:
    """Return how ways stand by an evaluation that shares nothing with the search."""
    feature = of.certain.feature
    facts = with_changes(of.certain.facts, changes, catalog(), feature.path_in_repository)
    evaluation = evaluator().evaluate_facts(feature, facts)
    mask = ways_asked(evaluation.candidates, AskedWays(target))
    chosen = Recommender(evaluation, WEIGHING).chosen()
    if chosen is not None and mask >> chosen.number & 1:
        return WayStanding.ANSWER
    if evaluation.verdict.admissible & mask:
        return WayStanding.ADMISSIBLE
    return WayStanding.OPEN if evaluation.verdict.open & mask else WayStanding.REMOVED


@settings(max_examples=25)
@given(DECLARED, st.sampled_from(PLANS), st.sampled_from(TARGETS))
def test_every_change_shown_flips_the_outcome_which_no_part_of_it_does_and_is_not_what_the_feature_is(
    declared: dict[str, Any], plan: dict[str, Any], target: dict[str, str]
) -> None:
    of = answering_of(declared, plan)
    shown = asked(of, target)
    assert shown.standing is standing_anew(of, target, {})
    for change in shown.changes:
        assert not [name for name in change.facts if STANDARD_FACTS.specs[name].is_subject]
    for change in shown.changes[:4]:
        assert change.reaches > shown.standing
        assert standing_anew(of, target, change.facts) is change.reaches
        for size in range(len(change.facts)):
            for names in combinations(change.facts, size):
                part = {name: change.facts[name] for name in names}
                assert standing_anew(of, target, part) < change.reaches


@settings(max_examples=15)
@given(DECLARED, st.sampled_from(TARGETS), st.sampled_from(sorted(VALUES)))
def test_what_the_organisation_fixes_is_never_proposed(
    declared: dict[str, Any], target: dict[str, str], fixed: str
) -> None:
    of = answering_of(declared, {})
    held = Answering(evaluator(), of.certain, WEIGHING._replace(fixed=frozenset({fixed})))
    assert not [change for change in asked(held, target).changes if fixed in change.facts]


CLAIMS = (
    "metadata: {name: f, lifecycle: pilot}\ndata: {classes: [health], residency: [EU]}\nlatency: {p95_ms: 300}\n"
    "task: {type: summarization}\nvolume: {requests_per_day: 9000, input_tokens: 1200, output_tokens: 200}\n"
)
TUNED = (
    "data: {classes: [internal], residency: [US], labelled_examples: 0}\nlatency: {p95_ms: 8000}\n"
    "task: {type: classification, prompting: insufficient, required_behavior: [domain-terminology]}\n"
    "team: {ml_engineers: 0}\nvolume: {requests_per_day: 9000}\n"
)


def facts_of(changes: tuple[Counterfactual, ...], reaches: WayStanding) -> list[tuple[str, ...]]:
    return [tuple(change.facts) for change in changes if change.reaches is reaches]


def test_a_longer_budget_makes_an_api_the_answer() -> None:
    shown = asked(answering(CLAIMS), {"hosting": "provider-api"})
    assert shown.standing is WayStanding.REMOVED
    assert {"LAT-002", "RES-001"} <= {each.rule for each in shown.in_the_way}
    assert ("latency.p95_ms",) in facts_of(shown.changes, WayStanding.ANSWER)
    (change,) = (each for each in shown.changes if tuple(each.facts) == ("latency.p95_ms",))
    assert dict(change.bounds) == {"latency.p95_ms": "from"}
    assert change.then.hosting == "provider-api"
    assert {"data.classes", "data.residency"} <= set(shown.held)


def test_several_changes_are_told_together_where_none_does_alone() -> None:
    of = answering(TUNED)
    changes = {"data.labelled_examples": 500.0, "team.ml_engineers": 1.0}
    assert changes in [dict(change.facts) for change in asked(of, {"adaptation": "fine-tuning"}).changes]
    for fact, value in changes.items():
        assert standing_anew(of, {"adaptation": "fine-tuning"}, {fact: value}) is WayStanding.REMOVED
    inside = {"team.ml_engineers": 1.0, "task.prompting": "sufficient", "data.must_stay_inside": True}
    assert inside in [dict(change.facts) for change in asked(of, {"hosting": "own-cloud"}).changes]


def legs_asked(of: Answering, target: AskedWays) -> int:
    """Return the main legs that a target is about."""
    candidates = of.expected.candidates
    return candidates.legs_of(ways_asked(candidates, target))


@pytest.mark.parametrize("body", [CLAIMS, TUNED])
@pytest.mark.parametrize("target", TARGETS)
def test_where_nothing_is_found_and_nothing_was_left_untried_no_pair_of_changes_leads_there(
    body: str, target: dict[str, str]
) -> None:
    of = answering(body)
    mask = legs_asked(of, AskedWays(target))
    search = Counterfactuals(of.trials, mask, of.vocabulary)
    found = search.found()
    if found.changes or found.is_cut_short or search.standing({}) is WayStanding.ANSWER:
        return
    singles = {(change.fact, change.value) for change in search.proposed()}
    for one, other in combinations(sorted(singles, key=str), 2):
        assert search.standing(dict((one, other))) <= max(search.standing({}), WayStanding.OPEN), (one, other)


def test_a_search_that_stops_early_says_so_and_not_that_nothing_leads_there() -> None:
    of = answering(TUNED)
    mask = legs_asked(of, AskedWays({"adaptation": "fine-tuning"}))
    found = Counterfactuals(of.trials, mask, of.vocabulary, most_tried=0).found()
    assert (found.changes, found.is_cut_short) == ((), True)
    shown = asked(of, {"hosting": "on-premises"})
    assert not shown.is_cut_short
    whole, short = (sheet_text(why_not_sheet(of, each), width=100, style=Styler())
                    for each in (shown, replace(shown, is_cut_short=True)))  # fmt: skip
    assert "no change of up to three facts that may be proposed makes it admissible" in whole
    assert "no change of up to" not in short
    assert "the search stopped before everything was tried" in short


def test_the_answer_itself_takes_no_change() -> None:
    of = answering(TUNED.replace("task: {type: classification, prompting: insufficient", "task: {type: classification"))
    recommended = of.recommended
    assert recommended is not None
    shown = asked(of, {"hosting": recommended.hosting})
    assert (shown.standing, shown.changes, shown.in_the_way) == (WayStanding.ANSWER, (), ())


def test_of_a_retired_feature_nothing_is_proposed() -> None:
    assert asked(answering("metadata: {name: f, lifecycle: retired}\n"), {"hosting": "own-cloud"}).changes == ()


def test_easy_changes_come_before_hard_ones() -> None:
    for target in TARGETS:
        for body in (CLAIMS, TUNED):
            for reaches in (WayStanding.ANSWER, WayStanding.ADMISSIBLE):
                hard = [c.hardness for c in asked(answering(body), target).changes if c.reaches is reaches]
                assert hard == sorted(hard)


@pytest.mark.parametrize(
    ("fact", "hardness"),
    [
        ("plan.evaluation.set", Hardness.PLAN),
        ("plan.terms.dpa", Hardness.AGREEMENT),
        ("evidence.dpia", Hardness.AGREEMENT),
        ("budget.monthly_usd", Hardness.BUDGET),
        ("team.ml_engineers", Hardness.BUDGET),
        ("latency.p95_ms", Hardness.DEMAND),
        ("extensions.seats", Hardness.DEMAND),
        ("data.labelled_examples", Hardness.DATA),
        ("data.legal_basis", Hardness.AGREEMENT),
    ],
)
def test_how_hard_a_change_is_follows_from_what_has_to_move(fact: str, hardness: Hardness) -> None:
    assert hardness_of(fact) is hardness


def test_a_plan_moves_before_an_agreement_before_a_budget_before_data() -> None:
    assert Hardness.PLAN < Hardness.AGREEMENT < Hardness.BUDGET < Hardness.DEMAND < Hardness.DATA


def test_a_section_fixes_all_that_is_below_it() -> None:
    fixed = fixed_facts(("budget", "data.must_stay_inside"), STANDARD_FACTS.specs, None)
    assert fixed == {"budget.monthly_usd", "budget.usd_per_request", "budget.upfront_usd", "data.must_stay_inside"}


def test_a_slip_in_what_is_fixed_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"unknown fact or section `budgets`; did you mean `budget`\?"):
        fixed_facts(("budgets",), STANDARD_FACTS.specs, "aipolicy.toml")


@pytest.mark.parametrize("p95_ms", [0.5, 1, 2, 50, 300])
@pytest.mark.parametrize("people", [0, 1, 3])
def test_no_change_is_proposed_that_no_manifest_can_declare(p95_ms: float, people: int) -> None:
    of = answering(
        f"task: {{type: fraud-detection}}\nlatency: {{p95_ms: {p95_ms}}}\nteam: {{ml_engineers: {people}}}\n"
    )
    alternatives = declared_alternatives(of.trials, of.vocabulary)
    proposed = [*of.turns, *of.questions, *alternatives]
    for change in proposed:
        for name, value in (change.changes if isinstance(change, Alternative) else change.facts).items():
            spec = STANDARD_FACTS.specs[name]
            if isinstance(value, float) and not isinstance(value, bool):
                assert spec.above is None or value > spec.above, name
                assert spec.minimum is None or value >= spec.minimum, name
                assert spec.maximum is None or value <= spec.maximum or spec.says_none, name
