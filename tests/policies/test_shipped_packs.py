"""Every shipped pack keeps what it promises; the default pack reaches the verdicts that it exists for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_masks import numbers_in
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.findings.finding import Outcome
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.examples import run_example
from aipolicy.rule_tests.portfolio_examples import portfolio_results

AS_OF = date(2026, 11, 21)
PACKS = shipped_packs()
UNIT_FACTORS = {0.0, 1.0, 24.0, 60.0, 100.0, 1000.0, 86_400.0}

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=AS_OF)


@cache
def _pack(name: str) -> PolicyPack:
    return load_packs([find_pack(name, Path())], _catalog(), {})[0]


@cache
def _evaluator(name: str) -> Evaluator:
    return Evaluator((_pack(name),), _catalog(), Organization())


def _evaluate(manifest: str) -> Evaluation:
    text = "apiVersion: aipolicy/v1\nkind: AIFeature\n" + manifest
    read = read_manifests([ManifestFile("ai-feature.yaml", text.encode(), True)])
    assert not read.findings
    return _evaluator("build-or-buy").evaluate(read.features[0]).expected


def _manifest(*, classes: str = "internal", latency: str = "p95_ms: 8000", lifecycle: str = "prototype",
              more: str = "") -> str:  # fmt: skip
    return (
        f"metadata: {{name: feature, lifecycle: {lifecycle}}}\n"
        f"data: {{classes: [{classes}], residency: [US]}}\n"
        f"latency: {{{latency}}}\n"
        f"volume: {{requests_per_day: 20000}}\n{more}"
    )


def _certain_needs(evaluation: Evaluation) -> set[str]:
    return {need.id for need in evaluation.verdict.needs if need.certain}


def _ways(evaluation: Evaluation, mask: int) -> set[tuple[str, str]]:
    options = (evaluation.candidates.options[number] for number in numbers_in(mask))
    return {(option.adaptation, option.hosting) for option in options}


def _numbers(text: str) -> Iterator[float]:
    return (float(number) for number in _NUMBER.findall(_QUOTED.sub("", text)))


def _all_rules(name: str) -> tuple[Rule, ...]:
    return _pack(name).all_rules


def _conditions(rule: Rule) -> Iterator[str]:
    return (line.text for line in chain(rule.when, rule.require))


def test_default_pack_is_shipped() -> None:
    assert "build-or-buy" in PACKS


@pytest.mark.parametrize("name", PACKS)
def test_pack_is_named_like_its_folder_and_described(name: str) -> None:
    pack = _pack(name)
    assert pack.name == name
    assert pack.title
    assert pack.description
    assert re.fullmatch(r"\d+\.\d+\.\d+", pack.version)


@pytest.mark.parametrize("name", PACKS)
def test_every_example_comes_out_as_stated(name: str) -> None:
    judge = RuleEvaluator()
    results = [
        *(run_example(rule, test, _catalog(), judge) for rule in _pack(name).rules for test in rule.tests),
        *portfolio_results(_pack(name).portfolio_rules, _catalog()),
    ]
    failed = [f"{r.rule.id} {r.test.name}: {r.outcome}, not {r.test.expect}" for r in results if not r.passed]
    assert results
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", PACKS)
def test_every_example_of_a_rule_states_a_fact_of_its_own(name: str) -> None:
    for rule in _pack(name).rules:
        names = [test.name for test in rule.tests]
        assert len(names) == len(set(names)), (rule.id, names)
        values = [(dict(test.given), dict(test.option), dict(test.partner)) for test in rule.tests]
        assert all(value not in values[:index] for index, value in enumerate(values)), rule.id


def _outcomes(rule: Rule) -> set[Outcome]:
    broken = ({Outcome.VIOLATED} if rule.require else set()) | ({Outcome.UNDECLARED} if rule.must_declare else set())
    return {Outcome.SATISFIED, Outcome.UNDETERMINED, *broken}


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_has_an_example_of_each_outcome(name: str) -> None:
    wanted = {Outcome.VIOLATED, Outcome.SATISFIED, Outcome.UNDETERMINED}
    lacking = {rule.id: _outcomes(rule) - {test.expect for test in rule.tests} for rule in _pack(name).rules}
    lacking |= {r.rule.id: wanted - {test.expect for test in r.tests} for r in _pack(name).portfolio_rules}
    assert not {rule_id: missing for rule_id, missing in lacking.items() if missing}


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_says_why_and_how_and_where_from(name: str) -> None:
    mute = [rule.id for rule in _all_rules(name) if not (rule.why and rule.fix and rule.references)]
    assert not mute
    bare = [rule.id for rule in _all_rules(name) for r in rule.references if not r.url.startswith("https://")]
    assert not bare


@pytest.mark.parametrize("name", PACKS)
def test_every_placeholder_of_a_message_stands_in_backticks(name: str) -> None:
    bare = [rule.id for rule in _all_rules(name) if re.search(r"(?<!`)\{|\}(?!`)", rule.message)]
    assert not bare


@pytest.mark.parametrize("name", PACKS)
def test_every_parameter_is_used_and_sourced(name: str) -> None:
    pack = _pack(name)
    used = {parameter for rule in _all_rules(name) for parameter in rule.parameters}
    assert not {f"params.{parameter.name}" for parameter in pack.parameters} - used
    assert not [p.name for p in pack.parameters if not p.source or not (p.checked_on or p.disputed)]


@pytest.mark.parametrize("name", PACKS)
def test_thresholds_are_parameters(name: str) -> None:
    hidden = [
        f"{rule.id}: {text}"
        for rule in _all_rules(name)
        for text in _conditions(rule)
        if not UNIT_FACTORS.issuperset(_numbers(text))
    ]
    assert not hidden


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("latency.p95_ms <= 800", [800.0]), ('"a 7" in data.classes', []), ("option.capacity_months == 0.0", [0.0])],
)
def test_numbers_are_found_outside_names_and_quotes(text: str, numbers: list[float]) -> None:
    assert list(_numbers(text)) == numbers


def test_minimal_manifest_keeps_a_prompted_api_admissible() -> None:
    evaluation = _evaluate(_manifest())
    assert ("prompting", "provider-api") in _ways(evaluation, evaluation.verdict.admissible)
    assert not _certain_needs(evaluation)


@pytest.mark.parametrize(
    "more",
    [
        "task: {type: summarization}\n",
        "task: {type: other}\n",
        "team: {ml_engineers: 0}\n",
        "plan: {exit_plan: false}\n",
        "availability: {critical: true}\n",
        "budget: {monthly_usd: 100}\n",
    ],
)
@pytest.mark.parametrize("lifecycle", ["prototype", "production"])
def test_an_optional_fact_more_keeps_a_prompted_api_admissible(more: str, lifecycle: str) -> None:
    evaluation = _evaluate(_manifest(more=more, lifecycle=lifecycle))
    assert ("prompting", "provider-api") in _ways(evaluation, evaluation.verdict.admissible)


def test_sensitive_data_may_go_to_an_api_under_strict_terms() -> None:
    evaluation = _evaluate(_manifest(classes="phi"))
    assert ("prompting", "provider-api") in _ways(evaluation, evaluation.verdict.admissible)


@pytest.mark.parametrize(
    "manifest",
    [
        _manifest(classes="itar"),
        _manifest(classes="cui, ucni"),
        _manifest(latency="p95_ms: 8000, air_gapped: true"),
        _manifest(latency="p95_ms: 100, network: same-region", more="task: {type: classification}\n"),
        _manifest(more="").replace("residency: [US]", "residency: [US], must_stay_inside: true"),
    ],
    ids=["export-controlled", "controlled", "air-gapped", "100-ms", "must-stay-inside"],
)
def test_what_leaves_no_api_needs_self_hosting(manifest: str) -> None:
    evaluation = _evaluate(manifest)
    assert "self-hosting" in _certain_needs(evaluation)
    assert not evaluation.verdict.conflict


def test_fraud_detection_needs_classical_machine_learning() -> None:
    evaluation = _evaluate(_manifest(more="task: {type: fraud-detection}\n"))
    assert "classical-ml" in _certain_needs(evaluation)


def test_fraud_detection_without_people_is_a_conflict_of_two_rules() -> None:
    evaluation = _evaluate(_manifest(more="task: {type: fraud-detection}\nteam: {ml_engineers: 0}\n"))
    assert evaluation.verdict.conflict == ("TASK-001", "TEAM-001")


def test_unvalidated_own_model_past_prototype_needs_an_api_fallback() -> None:
    task = "task: {type: classification, specialization: domain}\n"
    plan = "plan: {evaluation: {validated: %s}}\n"
    latency = "p95_ms: 100, network: same-region"
    unvalidated = _evaluate(_manifest(latency=latency, lifecycle="production", more=task + plan % "false"))
    validated = _evaluate(_manifest(latency=latency, lifecycle="production", more=task + plan % "true"))
    prototype = _evaluate(_manifest(latency=latency, more=task + plan % "false"))
    assert "api-fallback" in _certain_needs(unvalidated)
    assert "api-fallback" not in _certain_needs(validated)
    assert "api-fallback" not in _certain_needs(prototype)


@pytest.mark.parametrize("classes", ["itar", "credentials"])
def test_fallback_obeys_the_same_data_rules(classes: str) -> None:
    evaluation = _evaluate(_manifest(classes=classes, lifecycle="production"))
    fallbacks = {evaluation.candidates.options[number].fallback for number in numbers_in(evaluation.verdict.remaining)}
    assert fallbacks == {"none", "self-hosted"}


def test_fallback_obeys_residency() -> None:
    evaluation = _evaluate(_manifest().replace("residency: [US]", "residency: [DE]"))
    options = evaluation.candidates.options
    for number in numbers_in(evaluation.verdict.admissible):
        assert all(leg.countries == ("DE",) for leg in options[number].legs if leg.boundary != "device")


def test_sources_name_public_places_only() -> None:
    folder = Path(find_pack("build-or-buy", Path()).path)
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"/work\b|economics\.md|decisions\.json", text), file.name
