"""What holds for every pack and every manifest: judged over packs and manifests that Hypothesis makes up."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged_alone import numbers_of, outcome_alone, outcome_in_masks
from worlds import (
    OWN,
    PACK_HEAD,
    catalog,
    evaluator_over,
    feature,
    option_set_of_some,
    pack,
    rule,
    some_options,
)

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.gate import passing_options
from aipolicy.evaluation.option_masks import numbers_in
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.recommendation import recommend
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.manifest.feature import Feature
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import RuleKind
from aipolicy.policy.sources.locate import PackFiles

FEATURE_ATOMS = (
    "data.personal",
    "data.minimized",
    "data.sensitivity >= 3.0",
    "latency.p95_ms < 1000.0",
    "volume.requests_per_second_peak > 1.0",
    "team.on_call",
    'task.error_cost == "high"',
    'data.residency_countries.exists(c, c == "US")',
    "latency.realtime",
    "evidence.dpia",
)
LEG_ATOMS = (
    "option.leaves_organization",
    'option.hosting == "on-premises"',
    "option.latency_p95_ms <= latency.p95_ms",
    "option.latency_p50_ms > 900.0",
    "option.regions.all(c, c in data.residency_countries)",
    "option.offers_baa",
    "option.retention_days <= data.retention_days",
    "option.ml_engineers <= team.ml_engineers",
    'option.adaptation in ["prompting", "rag"]',
    "option.days_until_retirement > 365.0",
)
WHOLE_ATOMS = (
    "option.monthly_usd <= budget.monthly_usd",
    "option.monthly_usd > 10000.0",
    "option.upfront_usd <= 200000.0",
    'option.top_tier in ["frontier", "medium"]',
    'option.fallback != "none"',
    "option.second_provider",
    'partner.hosting == "provider-api"',
    "partner.latency_floor_ms <= latency.p95_ms",
)
OPTION_ATOMS = (*LEG_ATOMS, *WHOLE_ATOMS)
VALUES: Mapping[str, tuple[str, ...]] = {
    "data.classes": ("[internal]", "[health]", "[itar, personal]"),
    "data.residency": ("[EU]", "[US]", "[DE, FR]"),
    "data.minimized": ("true", "false"),
    "data.retention_days": ("0", "30"),
    "latency.p95_ms": ("20", "800", "8000"),
    "volume.requests_per_day": ("100", "200000"),
    "volume.input_tokens": ("100", "3000"),
    "volume.output_tokens": ("1", "300"),
    "task.hard_case_share": ("0", "0.4"),
    "task.error_cost": ("low", "high"),
    "budget.monthly_usd": ("10", "20000"),
    "team.on_call": ("true", "false"),
    "team.ml_engineers": ("0", "3"),
    "evidence.dpia": ("{owner: a, date: 2026-01-01}",),
}
"""Facts without a default: undeclared they are unknown."""

PLANS = (
    "",
    "plan: {hosting: own-cloud, adaptation: rag}\n",
    "plan: {provider: openai, region: eu, fallback: none}\n",
    "plan: {provider: openai, model: gpt-6-luna, adaptation: prompting, fallback: none}\n",
)


@dataclass(frozen=True)
class Draft:
    """One made-up rule, before it has an id."""

    when: str
    require: str
    kind: str
    severity: str
    legs: str = ""

    def text(self, number: int) -> str:
        """Return the rule as it stands in a pack."""
        extra = f"legs: {self.legs}" if self.legs else ""
        return rule(
            f"RULE-{number:03}", self.require, when=self.when, kind=self.kind, severity=self.severity, extra=extra
        )


def conditions(atoms: Iterable[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(tuple(atoms)),
        lambda inner: st.one_of(
            inner.map(lambda one: f"!({one})"),
            st.tuples(inner, st.sampled_from(("&&", "||")), inner).map(lambda parts: f"({' '.join(parts)})"),
        ),
        max_leaves=3,
    )


def _draft(lines: tuple[str, str], severity: str, duty: bool, legs: str) -> Draft:
    when, require = lines
    reads = set(re.findall(r"(?:option|partner)\.\w+", f"{when} {require}"))
    of_whole = {name for name in reads if REGISTRY[name].of_whole}
    # NOTE: a rule that reads the whole option beside a leg has to say that the main leg is meant, and one that reads no
    # leg says nothing.
    said = "" if reads == of_whole else "main" if of_whole else legs
    return Draft(when, require, "duty" if duty or not reads else "constraint", severity, said)


def _lines(*atoms: str) -> st.SearchStrategy[tuple[str, str]]:
    """Return what a rule applies to and requires, of features and of some facts of options."""
    when = st.one_of(st.just(""), conditions(FEATURE_ATOMS), conditions((*FEATURE_ATOMS, *atoms)))
    return st.tuples(when, conditions((*FEATURE_ATOMS, *atoms, *atoms)))


DRAFTS = st.builds(
    _draft,
    st.one_of(_lines(*LEG_ATOMS), _lines(*WHOLE_ATOMS), _lines(*OPTION_ATOMS)),
    st.sampled_from(("error", "error", "warning", "note")),
    st.sampled_from((False, False, True)),
    st.sampled_from(("", "", "every", "main")),
)
RULES = st.lists(DRAFTS, min_size=1, max_size=4)
DECLARED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})
LIFECYCLES = st.sampled_from(("prototype", "production"))


def manifest(declared: Mapping[str, str], plan: str = "", lifecycle: str = "prototype") -> Feature:
    sections: dict[str, list[str]] = {}
    for name, value in sorted(declared.items()):
        section, _, key = name.partition(".")
        sections.setdefault(section, []).append(f"{key}: {value}")
    body = "".join(f"{section}: {{{', '.join(keys)}}}\n" for section, keys in sections.items())
    return feature(f"metadata: {{name: f, lifecycle: {lifecycle}}}\n{body}{plan}")


@cache
def rules_of(drafts: tuple[Draft, ...]) -> tuple[PolicyPack, ...]:
    return pack(*(draft.text(number) for number, draft in enumerate(drafts)))


def evaluator_of(drafts: Iterable[Draft]) -> Evaluator:
    return evaluator_over(option_set_of_some(), rules_of(tuple(drafts)))


def facts_of(found: Iterable[Finding]) -> list[tuple[object, ...]]:
    """Return everything that a finding says, in one order."""
    return sorted(
        (*f.sort_key, f.severity.value, f.outcome.value, f.missing_facts, str(f.place), str(f.related)) for f in found
    )


def said(evaluation: Evaluation, judging: Evaluator) -> tuple[Finding, ...]:
    return findings_of(evaluation, judging.rule_evaluator, strict=False)


@settings(max_examples=30)
@given(RULES, DECLARED, st.sampled_from(PLANS))
def test_the_masks_say_of_every_option_what_judging_it_alone_says(
    drafts: list[Draft], declared: dict[str, str], plan: str
) -> None:
    judging = evaluator_of(drafts)
    evaluation = judging.evaluate(manifest(declared, plan))
    for ruled in evaluation.rules:
        for option_set, outcomes in ((evaluation.candidates, ruled.candidates), (evaluation.planned, ruled.planned)):
            numbers = numbers_of(option_set)
            for number in numbers[:: 1 + len(numbers) // 60]:
                alone = outcome_alone(judging, ruled.active.rule, evaluation, option_set, number)
                assert outcome_in_masks(outcomes, number) is alone, (ruled.active.rule.id, number)


@settings(max_examples=100)
@given(RULES, DECLARED, st.data())
def test_learning_a_fact_never_turns_a_definite_answer_around(
    drafts: list[Draft], declared: dict[str, str], data: st.DataObject
) -> None:
    """What more is known of changes which partners are the best ones, and with them the options that are put together.

    A rule says of one option, of before or of after, what it said, once it was definite. Of a leg it is so whatever its
    partner: one that no partner saves is never saved, and one that some partner leaves admissible is left so by some.
    """
    unknown = sorted(VALUES.keys() - declared.keys())
    learnt = data.draw(st.lists(st.sampled_from(unknown), min_size=1, unique=True)) if unknown else []
    more = declared | {name: data.draw(st.sampled_from(VALUES[name])) for name in learnt}
    judging = evaluator_of(drafts)
    before, after = judging.evaluate(manifest(declared)), judging.evaluate(manifest(more))
    for ruled in before.rules:
        for option_set in (before.candidates, after.candidates):
            old, new = (
                judging.rule_evaluator.evaluate(ruled.active.rule, each.facts, each.workload, option_set)
                for each in (before, after)
            )
            assert not old.violated & ~new.violated
            cleared = old.satisfied | old.not_applicable
            assert not cleared & (new.violated | new.undetermined)
    ways, then = (ways_of(each.verdict, each.candidates) for each in (before, after))
    assert not ways.removed & ~then.removed
    assert not ways.admissible & ~then.admissible
    certain = {need.id for need in before.verdict.needs if need.certain and need.id not in ("provider", "places")}
    if after.verdict.remaining:
        # NOTE: a more particular need may take the place of a general one.
        kept = {need.id for need in after.verdict.needs if need.certain}
        assert certain <= kept | {"fallback", "second-provider", "fine-tuning"}


@settings(max_examples=50)
@given(RULES, DECLARED, st.sampled_from(PLANS), LIFECYCLES, st.randoms(use_true_random=False))
def test_the_order_of_rules_and_packs_changes_nothing(
    drafts: list[Draft], declared: dict[str, str], plan: str, lifecycle: str, rng: random.Random
) -> None:
    texts = [draft.text(number) for number, draft in enumerate(drafts)]
    shuffled = rng.sample(texts, len(texts))
    one = pack(*texts)
    split = load_packs(
        [
            PackFiles(f"{name}.yaml", ((f"{name}.yaml", PACK_HEAD.replace("world", name).encode() + part.encode()),))
            for name, part in zip("abcd", shuffled, strict=False)
        ],
        catalog(),
        {},
    )
    subject = manifest(declared, plan, lifecycle)
    results = []
    for packs in (one, pack(*shuffled), split, split[::-1]):
        judging = evaluator_over(option_set_of_some(), packs)
        evaluation = judging.evaluate(subject)
        results.append((facts_of(said(evaluation, judging)), evaluation.verdict))
    assert all(result == results[0] for result in results[1:])


@settings(max_examples=50)
@given(RULES, DECLARED, LIFECYCLES, st.randoms(use_true_random=False))
def test_the_order_of_options_changes_neither_findings_nor_verdict(
    drafts: list[Draft], declared: dict[str, str], lifecycle: str, rng: random.Random
) -> None:
    options = rng.sample(some_options(), len(some_options()))
    subject = manifest(declared, lifecycle=lifecycle)
    results = []
    for option_set in (option_set_of_some(), OptionSet(lambda: options, catalog(), OWN)):
        judging = evaluator_over(option_set, rules_of(tuple(drafts)))
        evaluation = judging.evaluate(subject)
        verdict, found = evaluation.verdict, recommend(evaluation, margin_percent=20.0)
        ids = [evaluation.candidates.options[number].id for number in numbers_in(verdict.admissible)]
        results.append(
            (
                sorted((f.rule_id, f.outcome.value, f.severity.value) for f in said(evaluation, judging)),
                sorted(ids),
                {name: mask.bit_count() for name, mask in verdict.removed_by.items()},
                verdict.needs,
                verdict.remaining_values,
                len(verdict.conflict),
                None if found is None else found.chosen.option.id,
            )
        )
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("require", "legs"),
    [
        ("option.monthly_usd <= budget.monthly_usd", ""),
        ('option.top_tier in ["frontier", "medium"] && option.latency_p95_ms <= latency.p95_ms', "main"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_legs_chooses_none_of_the_partners_that_cost_the_same(require: str, legs: str, seed: int) -> None:
    options = random.Random(seed).sample(some_options(), len(some_options()))
    chosen = []
    for option_set in (option_set_of_some(), OptionSet(lambda: options, catalog(), OWN)):
        judging = evaluator_over(option_set, rules_of((Draft("", require, "constraint", "error", legs),)))
        candidates = judging.evaluate(manifest({"latency.p95_ms": "8000", "budget.monthly_usd": "20000"})).candidates
        chosen.append({candidates.options[number].id for number in numbers_of(candidates)})
    assert chosen[0] == chosen[1]


@settings(max_examples=80)
@given(RULES, DRAFTS, DECLARED, st.sampled_from(PLANS), LIFECYCLES)
def test_adding_a_rule_never_removes_the_finding_of_another(
    drafts: list[Draft], extra: Draft, declared: dict[str, str], plan: str, lifecycle: str
) -> None:
    """Without a plan, what a rule cannot decide is told only while an option on which it hangs is still possible."""
    subject = manifest(declared, plan, lifecycle)
    fewer, more = evaluator_of(drafts), evaluator_of([*drafts, extra])
    before, after = fewer.evaluate(subject), more.evaluate(subject)
    gone = {f.rule_id for f in said(before, fewer)} - {f.rule_id for f in said(after, more)}
    for ruled in after.rules:
        if ruled.active.rule.id not in gone:
            continue
        assert not plan
        assert ruled.active.rule.kind is RuleKind.CONSTRAINT
        assert not ruled.candidates.undetermined & after.verdict.remaining
    assert gone <= {ruled.active.rule.id for ruled in after.rules} | {"PLAN-004"}
    assert "PLAN-004" not in gone or not after.verdict.remaining


@settings(max_examples=80)
@given(RULES, DECLARED, st.sampled_from(PLANS[1:]), LIFECYCLES)
def test_an_error_that_no_way_of_a_plan_is_free_of_is_told_and_nothing_else_that_is_open(
    drafts: list[Draft], declared: dict[str, str], plan: str, lifecycle: str
) -> None:
    judging = evaluator_of(drafts)
    evaluation = judging.evaluate(manifest(declared, plan, lifecycle))
    found = {f.rule_id: f for f in said(evaluation, judging)}
    passing = passing_options(evaluation)
    for ruled in evaluation.rules:
        outcomes, rule_id = ruled.planned, ruled.active.rule.id
        if outcomes.violated == evaluation.planned.full:
            assert found[rule_id].outcome is Outcome.VIOLATED
            assert found[rule_id].severity is ruled.active.severity
        elif (
            outcomes.violated | outcomes.undetermined
            and lifecycle == "production"
            and ruled.active.severity is Severity.ERROR
            and not passing
        ):
            assert found[rule_id].outcome is Outcome.UNDETERMINED
            assert found[rule_id].missing_facts or "look up" in found[rule_id].message
            assert found[rule_id].severity is Severity.ERROR
        else:
            assert rule_id not in found


@settings(max_examples=60)
@given(RULES, DECLARED)
def test_a_verdict_is_what_its_rules_say_option_by_option(drafts: list[Draft], declared: dict[str, str]) -> None:
    evaluation = evaluator_of(drafts).evaluate(manifest(declared))
    verdict = evaluation.verdict
    judged = [
        ruled
        for ruled in evaluation.rules
        if ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity.value == "error"
    ]
    for number in numbers_of(evaluation.candidates):
        outcomes = {ruled.candidates.outcome_of(number) for ruled in judged}
        bit = 1 << number
        assert bool(verdict.removed & bit) is (Outcome.VIOLATED in outcomes)
        assert bool(verdict.open & bit) is (Outcome.VIOLATED not in outcomes and Outcome.UNDETERMINED in outcomes)
    clash = 0
    for rule_id in verdict.conflict:
        # NOTE: what removes nothing but partners, so that the others are left without one, is none of these.
        clash |= verdict.removed_by.get(rule_id, 0)
    assert bool(verdict.conflict) is (not verdict.remaining)
    assert not verdict.conflict or clash == verdict.full


@settings(max_examples=40)
@given(RULES, DECLARED, LIFECYCLES)
def test_without_a_plan_an_error_is_told_that_is_open_whatever_is_built(
    drafts: list[Draft], declared: dict[str, str], lifecycle: str
) -> None:
    judging = evaluator_of(drafts)
    evaluation = judging.evaluate(manifest(declared, lifecycle=lifecycle))
    told = {f.rule_id for f in said(evaluation, judging) if f.outcome is Outcome.UNDETERMINED}
    for ruled in evaluation.rules:
        rule_ = ruled.active.rule
        hangs_on_option = any(line.option_reads for line in (*rule_.when, *rule_.require))
        stands = evaluation.candidates.full if rule_.kind is RuleKind.DUTY else evaluation.verdict.remaining
        is_open = bool(ruled.candidates.undetermined & stands)
        gates = lifecycle == "production" and ruled.active.severity is Severity.ERROR
        assert (rule_.id in told) is (is_open and gates and not hangs_on_option)


MANY_FACTS = (
    *(
        Draft("", condition, "constraint", "error")
        for condition in (*OPTION_ATOMS, "option.latency_floor_ms <= latency.p95_ms", "option.fixed_monthly_usd < 1.0")
    ),
    Draft("option.foundation_model && data.personal", "option.offers_dpa && option.no_training", "constraint", "error"),
    Draft("option.weights_controlled", "option.capacity_months <= 3.0 || team.on_call", "duty", "warning"),
    Draft('"text" in option.modalities', "!option.retirement_announced && option.works_offline", "constraint", "note"),
    Draft('option.fallback != "none"', "option.latency_p95_ms <= latency.p95_ms", "constraint", "error", "main"),
    Draft("partner.leaves_organization", "option.leaves_organization", "constraint", "warning", "main"),
    Draft('option.routing == "cascade"', "option.fixed_monthly_usd <= 20000.0", "constraint", "error"),
)


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"data.classes": "[health]", "data.residency": "[EU]", "latency.p95_ms": "900"},
        {name: values[-1] for name, values in VALUES.items()},
    ],
)
def test_the_fast_path_equals_the_plain_one_over_the_whole_catalog(declared: dict[str, str]) -> None:
    """These rules leave nothing together, so that partners stand in plans alone, where each is met once."""
    judging = Evaluator(rules_of(MANY_FACTS), catalog(), OWN)
    evaluation = judging.evaluate(manifest(declared))
    assert evaluation.candidates.full.bit_count() > 1000
    # NOTE: neighbours differ in little; a fourth of the legs are of every kind.
    agree_with_judging_alone(judging, evaluation, numbers_of(evaluation.candidates)[::4])
    for hosting in ("provider-api", "own-cloud"):
        evaluation = judging.evaluate(manifest(declared, f"plan: {{hosting: {hosting}}}\n"))
        planned = evaluation.planned
        assert isinstance(planned, PairedSet)
        mains = [list(numbers_in(planned.able(slot))) for slot in range(len(planned.slots))]
        each = [planned.number_of(able[slot % len(able)], slot) for slot, able in enumerate(mains) if able]
        assert len(each) > 300
        agree_with_judging_alone(judging, evaluation, each)


def agree_with_judging_alone(judging: Evaluator, evaluation: Evaluation, numbers: Iterable[int]) -> None:
    """Hold what masks say of some options of a plan, or of all that could be built, against what judging each says."""
    for number in numbers:
        for ruled in evaluation.rules:
            alone = outcome_alone(judging, ruled.active.rule, evaluation, evaluation.planned, number)
            assert outcome_in_masks(ruled.planned, number) is alone, (ruled.active.rule.id, number)
