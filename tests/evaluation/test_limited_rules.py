"""Rules that are limited by lifecycle, owner, label or path: what holds for every feature and every limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import evaluator_over, feature, findings, option_set_of_some, pack, rule

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.feature import Feature
from aipolicy.value import replace

LIMITS: Mapping[str, object] = {
    "lifecycle": ["pilot", "production"],
    "owners": ["claims", "retail-*"],
    "labels": {"tier": ["critical", "high"]},
    "paths": ["services/**"],
}
MATCHING = {"lifecycle": "pilot", "owners": "retail-eu", "labels": "critical", "paths": "services/a/b.yaml"}
OTHERS = {"lifecycle": "prototype", "owners": "loans", "labels": "low", "paths": "tools/b.yaml"}
CONDITIONS = (
    ("", "team.on_call"),
    ("data.personal", "team.on_call"),
    ("", "!option.leaves_organization"),
    ('option.hosting == "provider-api"', "option.latency_p95_ms <= latency.p95_ms"),
    ("metadata.past_prototype", "option.monthly_usd <= budget.monthly_usd"),
)
BODIES = (
    "",
    "data: {classes: [health]}\nteam: {on_call: false}\n",
    "latency: {p95_ms: 20}\nvolume: {requests_per_day: 100, output_tokens: 90}\n",
    "team: {on_call: true}\nplan: {hosting: provider-api, provider: openai, region: eu}\n",
)


@cache
def judging(limits: tuple[str, ...]) -> Evaluator:
    """Return an evaluator of rules that are limited in these ways, over some options."""
    extra = f"applies_to: {json.dumps({key: LIMITS[key] for key in limits})}"
    texts = [
        rule(
            f"RULE-{number:03}", require, when=when, kind="constraint" if "option." in require else "duty", extra=extra
        )
        for number, (when, require) in enumerate(CONDITIONS)
    ]
    return evaluator_over(option_set_of_some(), pack(*texts))


def declared(values: Mapping[str, str], body: str) -> Feature:
    """Return a feature of which some of the limits are known."""
    metadata = {"name": "f"}
    metadata |= {name: values[key] for key, name in (("lifecycle", "lifecycle"), ("owners", "owner")) if key in values}
    labels = {"tier": values["labels"]} if "labels" in values else {"unit": "x"}
    made = feature(f"metadata: {json.dumps({**metadata, 'labels': labels})}\n{body}")
    return replace(made, path_in_repository=values.get("paths"))


def values_of(*states: bool | None) -> dict[str, str]:
    """Return what is known of a feature: True matches the limit, False does not, None is not declared."""
    known = zip(LIMITS, states, strict=True)
    return {key: (MATCHING if state else OTHERS)[key] for key, state in known if state is not None}


STATE = st.sampled_from((True, False, None))
# An undeclared lifecycle is assumed to be `prototype`, so that it is not unknown.
STATES = st.tuples(st.booleans(), STATE, STATE, STATE)
CHOSEN = st.lists(st.sampled_from(sorted(LIMITS)), min_size=1, unique=True).map(lambda names: tuple(sorted(names)))


def outcomes(evaluation: Evaluation) -> list[tuple[int, int, int, int]]:
    return [
        (each.not_applicable, each.satisfied, each.violated, each.undetermined)
        for ruled in evaluation.rules
        for each in (ruled.candidates, ruled.planned)
    ]


@settings(max_examples=80)
@given(CHOSEN, STATES, st.sampled_from(BODIES))
def test_a_feature_outside_of_a_limit_is_not_concerned_whatever_else_it_says(
    limits: tuple[str, ...], states: tuple[bool | None, ...], body: str
) -> None:
    evaluation = judging(limits).evaluate(declared(values_of(*states), body))
    known = dict(zip(LIMITS, states, strict=True))
    for ruled in evaluation.rules:
        if any(known[key] is False for key in limits):
            assert ruled.candidates.not_applicable == evaluation.candidates.full
            assert ruled.planned.not_applicable == evaluation.planned.full
        elif any(known[key] is None for key in limits):
            assert not ruled.candidates.violated
            assert not ruled.planned.violated


@settings(max_examples=60)
@given(CHOSEN, st.sampled_from(BODIES))
def test_a_feature_within_every_limit_is_judged_as_if_there_were_none(limits: tuple[str, ...], body: str) -> None:
    values = values_of(True, True, True, True)
    limited = judging(limits).evaluate(declared(values, body))
    free = judging(("lifecycle",)).evaluate(declared(values, body))
    assert outcomes(limited) == outcomes(free)


@settings(max_examples=80)
@given(CHOSEN, STATES, STATES, st.sampled_from(BODIES))
def test_learning_an_owner_a_label_or_a_path_never_turns_a_definite_answer_around(
    limits: tuple[str, ...], before: tuple[bool | None, ...], learnt: tuple[bool | None, ...], body: str
) -> None:
    after = tuple(new if old is None else old for old, new in zip(before, learnt, strict=True))
    first, second = (judging(limits).evaluate(declared(values_of(*states), body)) for states in (before, after))
    for old, new in zip(first.rules, second.rules, strict=True):
        assert not old.candidates.violated & ~new.candidates.violated
        cleared = old.candidates.satisfied | old.candidates.not_applicable
        assert not cleared & (new.candidates.violated | new.candidates.undetermined)
    assert not first.verdict.removed & ~second.verdict.removed
    assert not first.verdict.admissible & ~second.verdict.admissible


def only_finding(metadata: str, limit: str) -> tuple[str, tuple[str, ...]]:
    (found,) = findings(
        f"metadata: {{name: f, lifecycle: production{metadata}}}\nteam: {{on_call: false}}\n",
        rule("OPS-001", "team.on_call", kind="duty", extra=f"applies_to: {limit}"),
    )[1:]
    assert found.outcome is Outcome.UNDETERMINED
    return found.message, found.missing_facts


def test_an_unknown_limit_is_told_by_the_name_under_which_it_is_declared() -> None:
    assert only_finding("", "{owners: [a]}")[1] == ("metadata.owner",)
    assert only_finding("", "{labels: {tier: x}}")[1] == ("metadata.labels.tier",)
    assert only_finding(", labels: {teir: x}", "{labels: {tier: x}}")[1] == ("metadata.labels.tier",)


def test_a_path_that_nobody_can_declare_is_told_with_what_would_give_it() -> None:
    message, missing = only_finding("", "{paths: ['services/**']}")
    assert message == "put the file into a repository: the rule reads where it is"
    assert missing == ()


def test_a_label_that_is_not_there_is_undetermined_even_where_nothing_is_planned() -> None:
    for extra in ("", "plan: {hosting: own-cloud}\n"):
        found = findings(
            f"metadata: {{name: f, lifecycle: pilot, labels: {{unit: x}}}}\nteam: {{on_call: false}}\n{extra}",
            rule("OPS-001", "team.on_call", when='metadata.labels.tier == "a"', kind="duty"),
        )
        assert ("OPS-001", ("metadata.labels.tier",)) in [(each.rule_id, each.missing_facts) for each in found]
