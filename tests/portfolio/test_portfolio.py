"""Rules over all features: three-valued sums, and findings that name who adds the most or what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles
from aipolicy.portfolio.feature_records import KeptFeature, Subject, record_of
from aipolicy.portfolio.groups import GroupResult, Portfolio, shown_amount
from aipolicy.portfolio.portfolio_findings import portfolio_findings

AS_OF = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: 1.0.0}\nportfolio_rules:\n"
IN_USE = "metadata.lifecycle in ['pilot', 'production']"
Given = Mapping[str, FactValue]
Feature = tuple[Given, Given]
"""Declared facts, and the facts of the option of the plan."""


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=AS_OF)


@cache
def rule(require: str, measures: str, over: str = IN_USE, group_by: str = "", when: str = "") -> PortfolioRule:
    quoted = ", ".join('{}: "{}"'.format(*each.split(": ", 1)) for each in measures.split("; "))
    text = HEAD + (
        f'  - id: FOLIO-001\n    name: n\n    title: Title\n    severity: error\n    over: ["{over}"]\n'
        f'    measures: {{{quoted}}}\n    require: ["{require}"]\n'
        f'    message: "`{{total.{measures.split(":")[0]}}}` in all"\n'
    )
    text += f'    group_by: "{group_by}"\n' if group_by else ""
    text += f'    when: ["{when}"]\n' if when else ""
    (found,) = load_packs([PackFiles("own", (("own.yaml", text.encode()),))], _catalog(), {})[0].portfolio_rules
    return found


def record(name: str, feature: Feature, over: PortfolioRule) -> KeptFeature:
    declared, option = feature
    subject = Subject(
        name, f"{name}.yaml", facts_from_values(declared, _catalog()), lambda names: [tuple(map(option.get, names))]
    )
    return record_of(subject, (over,))


def portfolio(over: PortfolioRule, features: Iterable[Feature], unread: int = 0) -> Portfolio:
    records = [record(f"f{number}", feature, over) for number, feature in enumerate(features)]
    return Portfolio(over, ((each, each.entries[0]) for each in records), unread)


def outcomes(over: PortfolioRule, features: Iterable[Feature], unread: int = 0) -> dict[str | None, str]:
    return {result.key: result.outcome.value for result in portfolio(over, features, unread).results()}


def findings(over: PortfolioRule, features: Iterable[Feature], unread: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    records = [record(f"f{number}", feature, over) for number, feature in enumerate(features)]
    return portfolio_findings(records, unread, (over,), lambda record: None, as_of=AS_OF, strict=False)


def at(provider: str | None, requests: float | None, lifecycle: str | None = "production") -> Feature:
    number = None if requests is None else float(requests)
    given = {"plan.provider": provider, "volume.requests_per_day": number, "metadata.lifecycle": lifecycle}
    return {name: value for name, value in given.items() if value is not None}, {}


SHARE = ("group.requests <= 0.6 * total.requests", "requests: sum(volume.requests_per_day)", IN_USE, "plan.provider")


@pytest.mark.parametrize(
    ("features", "unread", "expected"),
    [
        ([at("a", 60), at("b", 40)], 0, {"a": "satisfied", "b": "satisfied"}),
        ([at("a", 61), at("b", 39)], 0, {"a": "violated", "b": "satisfied"}),
        ([at("a", 61), at("b", None)], 0, {"a": "undetermined", "b": "undetermined"}),
        ([at("a", 61), at("a", None), at("b", 10)], 0, {"a": "violated", "b": "satisfied"}),
        ([at("a", 50), at("b", 50), at(None, 1)], 0, {"a": "satisfied", "b": "satisfied"}),
        ([at("a", 50), at("b", 50), at(None, 40)], 0, {"a": "undetermined", "b": "undetermined"}),
        ([at("a", 50), at("b", 50), at(None, 900)], 0,
         {"a": "undetermined", "b": "undetermined", None: "undetermined"}),
        ([at("a", 50), at("b", 50), at("a", 900, None)], 0, {"a": "undetermined", "b": "satisfied"}),
        ([at("a", 50, "prototype")], 0, {}),
        ([at("a", 50, None)], 0, {"a": "undetermined"}),
        ([at("a", 50), at("b", 50)], 1, {"a": "undetermined", "b": "undetermined", None: "undetermined"}),
        ([], 0, {}),
        ([], 2, {None: "undetermined"}),
    ],
)  # fmt: skip
def test_a_share_is_decided_as_soon_as_what_is_known_decides_it(
    features: list[Feature], unread: int, expected: dict[str | None, str]
) -> None:
    found = outcomes(rule(*SHARE), features, unread)
    assert {key: outcome for key, outcome in found.items() if key is not None or outcome != "satisfied"} == expected


PRODUCTION = {"metadata.lifecycle": "production"}
TOKENS = "tokens: sum(volume.requests_per_day * (volume.input_tokens + volume.output_tokens))"


@pytest.mark.parametrize(
    ("require", "measures", "features", "expected"),
    [
        ("total.tokens <= 1000.0", TOKENS, [{"volume.requests_per_day": 10.0, "volume.input_tokens": 101.0}], "violated"),
        ("total.tokens <= 1000.0", TOKENS, [{"volume.requests_per_day": 10.0, "volume.input_tokens": 99.0}], "undetermined"),
        ("total.n <= 1.0", "n: count()", [{}, {}], "violated"),
        ("total.n <= 1.0", "n: count(availability.critical)", [{"availability.critical": True}, {}], "undetermined"),
        ("total.n <= 1.0", "n: count(availability.critical)", [{"availability.critical": False}, {}], "satisfied"),
        ("total.n <= 5.0", "n: max(team.ml_engineers)", [{"team.ml_engineers": 6.0}, {}], "violated"),
        ("total.n <= 5.0", "n: max(team.ml_engineers)", [{"team.ml_engineers": 4.0}, {}], "undetermined"),
        ("total.n >= 2.0", "n: min(team.ml_engineers)", [{"team.ml_engineers": 1.0}, {}], "violated"),
        ("total.n >= 2.0", "n: min(team.ml_engineers)", [{"team.ml_engineers": 4.0}, {}], "undetermined"),
        ("total.n <= 1.0", "n: distinct(plan.model)", [{"plan.model": "x"}, {"plan.model": "y"}], "violated"),
        ("total.n <= 1.0", "n: distinct(plan.model)", [{"plan.model": "x"}, {"plan.model": "x"}], "satisfied"),
        ("total.n <= 1.0", "n: distinct(plan.model)", [{"plan.model": "x"}, {}], "undetermined"),
        ("total.n <= 2.0", "n: distinct(plan.model)", [{"plan.model": "x"}, {}], "satisfied"),
        ("total.n <= 2.0", "n: distinct(data.classes)", [{"data.classes": ("health",)}, {}], "undetermined"),
        ("total.n <= 2.0", "n: distinct(data.classes)", [{"data.classes": ("a", "b", "c")}, {}], "violated"),
        ("total.n <= 9.0", "n: sum(volume.requests_per_day * volume.cached_share)",
         [{"volume.requests_per_day": 9.0}], "satisfied"),
        ("total.n <= 9.0", "n: sum(metadata.owner == 'x' ? 10.0 : 1.0)", [{"metadata.owner": "x"}], "violated"),
        ("total.n <= 9.0", "n: sum(metadata.owner == 'x' ? 1.0 : 2.0)", [{}], "undetermined"),
        ("total.n >= 0.0", "n: sum(volume.requests_per_day - volume.input_tokens)", [{}], "undetermined"),
    ],
)  # fmt: skip
def test_every_aggregate_is_bounded_by_what_is_known(
    require: str, measures: str, features: list[Given], expected: str
) -> None:
    found = outcomes(rule(require, measures), [({**PRODUCTION, **each}, {}) for each in features])
    assert found == {"": expected}


def test_a_feature_counts_in_each_of_its_groups_and_once_in_all() -> None:
    by_region = rule("group.n <= 0.5 * total.n", "n: count()", IN_USE, "option.regions")
    features = [(PRODUCTION, {"option.regions": ("DE", "FR")}), (PRODUCTION, {"option.regions": ("FR",)})]
    assert outcomes(by_region, features) == {"DE": "satisfied", "FR": "violated"}
    (found,) = findings(by_region, features)
    assert found.message == "`2` in all (`f0` and `f1`)"


def test_a_cost_is_unknown_without_a_plan_and_never_negative() -> None:
    cost = rule("total.usd <= 100.0", "usd: sum(option.monthly_usd)")
    assert outcomes(cost, [(PRODUCTION, {"option.monthly_usd": 150.0}), (PRODUCTION, {})]) == {"": "violated"}
    assert outcomes(cost, [(PRODUCTION, {"option.monthly_usd": 50.0}), (PRODUCTION, {})]) == {"": "undetermined"}


def test_a_violation_stands_at_the_largest_and_tells_the_shares_of_the_next() -> None:
    features = [at("a", 10.0 * number + 10) for number in range(6)]
    (found,) = findings(rule(*SHARE), features)
    assert found.outcome is Outcome.VIOLATED
    assert found.file == "f5.yaml"
    assert found.place.path == ("volume", "requests_per_day")
    assert [place.path for place in found.related] == [("plan", "provider")]
    assert found.message == "`210` in all (`f5` 29 %, `f4` 24 %, `f3` 19 % and 3 more)"
    assert found.subject == "group a"


def test_what_is_missing_is_told_once_for_all_groups_with_the_features_that_lack_it() -> None:
    features = [at("a", 50), at("b", 50), at("a", None), at("b", None), at(None, 900)]
    (found,) = findings(rule(*SHARE), features)
    assert found.outcome is Outcome.UNDETERMINED
    assert found.message == (
        "Title: unknown for `a`, `b` and groups not named yet without `volume.requests_per_day` of `f2` and "
        "`f3`; `plan.provider` of `f4`"
    )
    assert found.missing_facts == ("plan.provider", "volume.requests_per_day")
    assert (found.file, found.place.path, found.place.part) == ("f2.yaml", ("volume", "requests_per_day"), "key")


def test_a_manifest_that_cannot_be_read_is_named_and_no_fact_settles_it() -> None:
    (found,) = findings(rule("total.n <= 5.0", "n: count()"), [(PRODUCTION, {})], ("x.yaml", "y.yaml"))
    assert found.message == "Title: unknown while `x.yaml` and `y.yaml` have no readable facts"
    assert found.missing_facts == ()
    assert found.severity is Severity.ERROR
    assert found.file == "x.yaml"


def test_what_the_known_part_breaks_is_broken_whatever_else_cannot_be_read() -> None:
    (found,) = findings(rule("total.n <= 1.0", "n: count()"), [(PRODUCTION, {})] * 2, ("x.yaml",))
    assert found.outcome is Outcome.VIOLATED
    assert found.message == "`at least 2` in all (`f0` and `f1`)"


@pytest.mark.parametrize(("lifecycle", "severity"), [("production", Severity.ERROR), ("prototype", Severity.WARNING)])
def test_undetermined_gates_once_a_feature_is_past_prototype(lifecycle: str, severity: Severity) -> None:
    anybody = rule("total.requests <= 5.0", "requests: sum(volume.requests_per_day)", "true")
    (found,) = findings(anybody, [({"metadata.lifecycle": lifecycle}, {})])
    assert (found.outcome, found.severity) == (Outcome.UNDETERMINED, severity)


def test_what_an_unread_manifest_leaves_open_gates_whatever_the_others_are() -> None:
    anybody = rule("total.requests <= 5.0", "requests: sum(volume.requests_per_day)", "true")
    (found,) = findings(anybody, [({"metadata.lifecycle": "prototype"}, {})], ("x.yaml",))
    assert (found.outcome, found.severity) == (Outcome.UNDETERMINED, Severity.ERROR)


def test_what_is_open_gates_for_prototypes_too_where_that_was_asked_for() -> None:
    anybody = rule("total.requests <= 5.0", "requests: sum(volume.requests_per_day)", "true")
    idea = record("f", ({"metadata.lifecycle": "idea"}, {}), anybody)
    (found,) = portfolio_findings([idea], (), (anybody,), lambda _: None, as_of=AS_OF, strict=True)
    assert (found.outcome, found.severity) == (Outcome.UNDETERMINED, Severity.ERROR)


def test_a_label_that_is_not_declared_is_missing_by_its_own_name() -> None:
    by_tier = rule("group.n <= 1.0", "n: count()", IN_USE, "metadata.labels['tier']")
    labelled: Given = {**PRODUCTION, "metadata.labels": {"tier": "1"}}
    (found,) = findings(
        by_tier, [(labelled, {}), ({**PRODUCTION, "metadata.labels": {"unit": "x"}}, {}), (PRODUCTION, {})]
    )
    assert found.missing_facts == ("metadata.labels.tier",)
    assert "unknown for `1` and groups not named yet without `metadata.labels.tier` of `f1` and `f2`" in found.message


def test_names_from_input_are_shown_safely() -> None:
    (found,) = findings(rule(*SHARE), [at("a\u202e`b", 5.0)])
    assert "\u202e" not in found.subject + found.message


RULES = (
    rule(*SHARE),
    rule("group.n <= 2.0", "n: count()", IN_USE, "plan.provider", "total.n >= 2.0"),
    rule("total.requests < 100.0 || total.big <= 1.0",
         "requests: sum(volume.requests_per_day); big: count(volume.requests_per_day > 40.0)"),
    rule("group.most - group.least <= 50.0", "most: max(volume.requests_per_day); least: min(volume.requests_per_day)",
         IN_USE, "option.regions"),
    rule("total.places <= 1.0", "places: distinct(option.regions)"),
    rule("group.models >= 2.0", "models: distinct(metadata.owner)", IN_USE, "plan.provider"),
    rule("group.usd * 2.0 <= total.usd + 10.0", "usd: sum(option.monthly_usd)", IN_USE, "option.regions"),
    rule("group.x <= 0.4 * total.x", "x: sum(volume.requests_per_day * (volume.input_tokens - 2.0))", IN_USE,
         "metadata.owner"),
)  # fmt: skip
VALUES: Mapping[str, tuple[FactValue, ...]] = {
    "metadata.lifecycle": ("production", "pilot", "production", "prototype"),
    "metadata.owner": ("x", "y"),
    "plan.provider": ("a", "b"),
    "volume.requests_per_day": (0.1, 40.0, 60.0, 200.0),
    "volume.input_tokens": (0.0, 3.0),
    "option.regions": (("DE",), ("DE", "FR"), ()),
    "option.monthly_usd": (0.0, 7.5, 300.0),
}
values = st.fixed_dictionaries({name: st.integers(0, 11) for name in VALUES})
"""Which value a feature has for each fact, once all are known."""
portfolios = st.lists(st.tuples(values, st.sets(st.sampled_from(sorted(VALUES)), max_size=3)), max_size=4)
"""Features, each with the facts that are not known at first."""


def feature_of(chosen: Mapping[str, int], unknown: Iterable[str] = ()) -> Feature:
    values = {name: VALUES[name][n % len(VALUES[name])] for name, n in chosen.items() if name not in unknown}
    option = {name: value for name, value in values.items() if name.startswith("option.")}
    return {name: value for name, value in values.items() if name not in option}, option


@pytest.mark.parametrize("judged", RULES, ids=lambda each: each.rule.require[0].text)
@settings(max_examples=150)
@given(features=portfolios, unread=st.one_of(st.just([]), portfolios))
def test_learning_an_unknown_never_turns_a_definite_answer_around(
    judged: PortfolioRule,
    features: list[tuple[dict[str, int], set[str]]],
    unread: list[tuple[dict[str, int], set[str]]],
) -> None:
    before = portfolio(judged, [feature_of(*each) for each in features], len(unread))
    after = portfolio(judged, [feature_of(chosen) for chosen, _ in (*features, *unread)])
    assert allows(before.outcome(), after.outcome())
    known = {result.key: result for result in before.results()}
    for result in after.results():
        earlier = known.get(result.key) or known.get(None)
        if result.key is not None:
            assert earlier is None or allows(earlier.outcome, result.outcome) or is_new(earlier, result), result.key


def allows(before: Outcome, after: Outcome) -> bool:
    """Return whether one outcome may become another when more is known."""
    if before is Outcome.UNDETERMINED or before is after:
        return True
    return before is Outcome.SATISFIED and after is Outcome.NOT_APPLICABLE


def is_new(earlier: GroupResult, result: GroupResult) -> bool:
    """Return whether nothing was said of a group before, because rules did not apply to any."""
    return earlier.key is None and earlier.key != result.key and earlier.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("judged", RULES, ids=lambda each: each.rule.require[0].text)
@settings(max_examples=60)
@given(features=portfolios, seed=st.randoms(use_true_random=False), unread=st.sampled_from(((), ("x.yaml",))))
def test_the_order_of_features_never_matters(
    judged: PortfolioRule, features: list[tuple[dict[str, int], set[str]]], seed: object, unread: tuple[str, ...]
) -> None:
    records = [record(f"f{number}", feature_of(*each), judged) for number, each in enumerate(features)]
    shuffled = [*records]
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        portfolio_findings(each, unread, (judged,), lambda record: None, as_of=AS_OF, strict=False)
        for each in (records, shuffled)
    )
    assert one == other


def test_amounts_are_shown_as_far_as_they_are_known() -> None:
    total = portfolio(rule(*SHARE), [at("a", 50), at("a", None)]).result("a").group.amount("total.requests")
    assert shown_amount(total) == "at least 50"


REQUESTS = "requests: sum(volume.requests_per_day)"
BIG = "big: count(volume.requests_per_day > 15.0)"
ALL = ("total.requests <= 5.0", REQUESTS)
WHO: dict[str, tuple[PortfolioRule, list[Feature], str, str]] = {
    "the largest first, of equals by name": (rule(*ALL), [at("a", 10), at("a", 10), at("a", 30)], "f2",
                                             "(`f2` 60 %, `f0` 20 % and `f1` 20 %)"),
    "nobody who adds nothing": (rule(*ALL), [at("a", 0), at("a", 10), at("a", 30)], "f2", "(`f2` 75 % and `f1` 25 %)"),
    "four are named": (rule(*ALL), [at("a", 10)] * 4, "f0", "(`f0` 25 %, `f1` 25 %, `f2` 25 % and `f3` 25 %)"),
    "of five, three": (rule(*ALL), [at("a", 10)] * 5, "f0", "(`f0` 20 %, `f1` 20 %, `f2` 20 % and 2 more)"),
    "small shares by one digit": (rule(*ALL), [at("a", 1000), at("a", 10), at("a", 7.4), at("a", 0.1)], "f0",
                                  "(`f0` 98 %, `f1` 1 %, `f2` 0.7 % and `f3` 0.01 %)"),
    "one alone has no share": (rule(*ALL), [at("a", 10)], "f0", "(`f0`)"),
    "by the least that each adds, who may add something named too": (
        rule("total.cached <= 5.0", "cached: sum(volume.requests_per_day * volume.cached_share)"),
        [at("a", 100), ({**at("a", 30)[0], "volume.cached_share": 1.0}, {})], "f1", "(`f1` 100 % and `f0` 0 %)"),
    "what is no sum has no shares": (rule("total.most <= 5.0", "most: max(volume.requests_per_day)"),
                                     [at("a", 10), at("a", 2), at("a", 30)], "f2", "(`f2`, `f0` and `f1`)"),
    "one that certainly takes part before one that may": (
        rule("total.n <= 0.0", "n: count()"), [at("a", 10, None), at("a", 2)], "f1", "(`f1` and `f0`)"),
    "by what the group breaks rather than all": (
        rule("total.requests <= 5.0 && group.big <= 1.0", f"{REQUESTS}; {BIG}",
             IN_USE, "plan.provider"), [at("a", 10), at("a", 20), at("a", 30)], "f1", "(`f1` and `f2`)"),
    "by what the group breaks though all break something first": (
        rule('total.requests <= 5.0", "group.big <= 1.0', f"{REQUESTS}; {BIG}",
             IN_USE, "plan.provider"), [at("a", 10), at("a", 20), at("a", 30)], "f1", "(`f1` and `f2`)"),
    "by the first of two that the group breaks": (
        rule('group.requests <= 5.0", "group.big <= 1.0', f"{REQUESTS}; {BIG}",
             IN_USE, "plan.provider"), [at("a", 10), at("a", 20), at("a", 30)], "f2",
        "(`f2` 50 %, `f1` 33 % and `f0` 17 %)"),
    "by the first that all break": (
        rule("total.big <= 1.0 && total.requests <= 5.0", f"{REQUESTS}; {BIG}"),
        [at("a", 10), at("a", 20), at("a", 30)], "f1", "(`f1` and `f2`)"),
    "by none that holds": (
        rule("total.requests <= 5.0", f"{BIG}; {REQUESTS}", when="total.big > 1.0"),
        [at("a", 10), at("a", 20), at("a", 30)], "f2", "(`f2` 50 %, `f1` 33 % and `f0` 17 %)"),
}  # fmt: skip


@pytest.mark.parametrize(("over", "features", "first", "words"), WHO.values(), ids=WHO)
def test_who_adds_the_most_is_named_first_and_a_few_besides(
    over: PortfolioRule, features: list[Feature], first: str, words: str
) -> None:
    (found,) = findings(over, features)
    assert found.file == f"{first}.yaml"
    assert found.message.endswith(f" {words}")


THREE = "a: sum(latency.p95_ms); b: sum(volume.requests_per_day); e: sum(team.ml_engineers)"
PLACES: dict[str, tuple[PortfolioRule, Given, Given, str, tuple[str, ...]]] = {
    "what is added, then three of what else is read": (
        rule("total.e <= 1.0", f"{THREE}; c: sum(volume.input_tokens)", IN_USE, "plan.provider",
             "total.a > 0.0 && total.b > 0.0 && total.c > 0.0"),
        {"team.ml_engineers": 5.0, "latency.p95_ms": 1.0, "volume.input_tokens": 1.0, **at("a", 1)[0]}, {},
        "team.ml_engineers", ("latency.p95_ms", "volume.requests_per_day", "volume.input_tokens")),
    "the group where there is room": (
        rule("total.e <= 1.0", THREE, IN_USE, "plan.provider", "total.a > 0.0 && total.b > 0.0"),
        {"team.ml_engineers": 5.0, "latency.p95_ms": 1.0, **at("a", 1)[0]}, {},
        "team.ml_engineers", ("latency.p95_ms", "volume.requests_per_day", "plan.provider")),
    "the group where nothing is added": (
        rule("group.n <= 0.0", "n: count()", IN_USE, "plan.provider"), at("a", 1)[0], {}, "plan.provider", ()),
    "the same declaration once": (
        rule("total.e <= 1.0", "e: sum(team.ml_engineers); b: sum(volume.requests_per_day); c: max(volume.requests_per_day)",
             IN_USE, "plan.provider", "total.b > 0.0 && total.c > 0.0"),
        {"team.ml_engineers": 5.0, **at("a", 2)[0]}, {}, "team.ml_engineers",
        ("volume.requests_per_day", "plan.provider")),
    "what is added twice": (
        rule("total.x <= 1.0", "x: sum(volume.requests_per_day); y: max(volume.requests_per_day)", IN_USE,
             "plan.provider", "total.y > 0.0"), at("a", 2)[0], {}, "volume.requests_per_day", ("plan.provider",)),
    "the name where nothing is declared": (rule("total.n <= 0.0", "n: count()"), PRODUCTION, {}, "metadata.name", ()),
}  # fmt: skip


@pytest.mark.parametrize(("over", "declared", "option", "place", "related"), PLACES.values(), ids=PLACES)
def test_a_violation_points_at_what_its_largest_feature_adds_then_at_three_others(
    over: PortfolioRule, declared: Given, option: Given, place: str, related: tuple[str, ...]
) -> None:
    (found,) = findings(over, [(declared, option)])
    assert ".".join(map(str, found.place.path)) == place
    assert tuple((".".join(map(str, each.path)), each.label) for each in found.related) == tuple(
        (path, path) for path in related
    )


TOKENS_OF = "total.tokens <= 5.0", "tokens: sum(volume.requests_per_day * volume.input_tokens)"
PLANNED: Given = {**PRODUCTION, **{f"plan.{name}": "x" for name in ("model", "provider", "hosting", "adaptation")}}
INPUT, DAILY = ({**PRODUCTION, f"volume.{name}": 1.0} for name in ("input_tokens", "requests_per_day"))
OPEN: dict[str, tuple[PortfolioRule, list[Given], tuple[str, ...], str, str, str, tuple[str, ...]]] = {
    "what most lack first, and all who lack it": (
        rule(*TOKENS_OF), [DAILY, PRODUCTION, INPUT, INPUT], (),
        " without `volume.requests_per_day` of `f1`, `f2` and `f3`; `volume.input_tokens` of `f0` and `f1`", "f1",
        "volume.requests_per_day", ("volume.input_tokens", "volume.requests_per_day")),
    "what as many lack by name, together where the same lack it": (
        rule(*TOKENS_OF), [PRODUCTION, PRODUCTION], (),
        " without `volume.input_tokens` and `volume.requests_per_day` of `f0` and `f1`", "f0", "volume.input_tokens",
        ("volume.input_tokens", "volume.requests_per_day")),
    "of two that one lacks each the first by name": (
        rule(*TOKENS_OF), [INPUT, DAILY], (),
        " without `volume.input_tokens` of `f1`; `volume.requests_per_day` of `f0`", "f1", "volume.input_tokens",
        ("volume.input_tokens", "volume.requests_per_day")),
    "whether it takes part": (
        rule(*ALL), [at("a", 1, None)[0], at("a", 2, None)[0], at("a", None)[0]], (),
        " without `metadata.lifecycle` of `f0` and `f1`; `volume.requests_per_day` of `f2`", "f0", "metadata.lifecycle",
        ("metadata.lifecycle", "volume.requests_per_day")),
    "of six groups three, in the order of names": (
        rule("group.requests <= 5.0", REQUESTS, IN_USE, "plan.provider"), [at(name, None)[0] for name in "fedcba"], (),
        " for `a`, `b`, `c` and 3 more without `volume.requests_per_day` of `f0`, `f1`, `f2` and 3 more", "f0",
        "volume.requests_per_day", ("volume.requests_per_day",)),
    "of all features where all are counted": (
        rule("group.n <= 1.0 || total.requests >= 100.0", f"n: count(); {REQUESTS}", IN_USE, "plan.provider"),
        [at("a", 1)[0], at("a", 1)[0], at("b", None)[0]], (), " for `a` without `volume.requests_per_day` of `f2`", "f2",
        "volume.requests_per_day", ("volume.requests_per_day",)),
    "of the group alone where the group is counted": (
        rule("group.requests >= 5.0", REQUESTS, IN_USE, "plan.provider"),
        [at("a", None)[0], at("b", 10)[0], at("b", None)[0]], (), " for `a` without `volume.requests_per_day` of `f0`",
        "f0", "volume.requests_per_day", ("volume.requests_per_day",)),
    "of what is open alone": (
        rule("total.requests <= 5.0", f"{REQUESTS}; people: sum(team.ml_engineers)", when="total.people >= 0.0"),
        [PRODUCTION], (), " without `volume.requests_per_day` of `f0`", "f0", "volume.requests_per_day",
        ("volume.requests_per_day",)),
    "manifests that cannot be read are named too, and nothing settles it": (
        rule(*ALL), [at("a", None)[0]], ("x.yaml",),
        " without `volume.requests_per_day` of `f0` and while `x.yaml` has no readable facts", "f0",
        "volume.requests_per_day", ()),
    "what nobody can declare stands at the name, and nothing settles it": (
        rule("total.days >= 90.0", "days: min(option.days_until_retirement)"), [PLANNED], (),
        " without `option.days_until_retirement` of `f0`", "f0", "metadata.name", ()),
    "nothing but manifests that cannot be read": (
        rule(*ALL), [], tuple(f"{name}.yaml" for name in "fedcb"),
        " while `b.yaml`, `c.yaml`, `d.yaml` and 2 more have no readable facts", "b", "", ()),
}  # fmt: skip


@pytest.mark.parametrize(("over", "features", "unread", "words", "file", "place", "missing"), OPEN.values(), ids=OPEN)
def test_what_most_features_lack_is_named_first(
    over: PortfolioRule, features: list[Given], unread: tuple[str, ...], words: str, file: str, place: str,
    missing: tuple[str, ...],
) -> None:  # fmt: skip
    (found,) = findings(over, [(declared, {}) for declared in features], unread)
    assert found.message == f"Title: unknown{words}"
    assert (found.file, ".".join(map(str, found.place.path))) == (f"{file}.yaml", place)
    assert found.missing_facts == missing
