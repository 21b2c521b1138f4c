"""Mutants of conditions: every slip that an author could make, each once, none inside quotes, all of them typed."""

from __future__ import annotations

from functools import cache

import pytest

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactSpec, FactType, Origin
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.reading.condition_lines import line_of
from aipolicy.rule_tests.mutation import Mutator, step_of

PARAMETERS = {"params.limit": 99.5, "params.words": ("a", "b")}
SPECS = {
    **REGISTRY,
    "params.limit": FactSpec("params.limit", FactType.NUMBER, "", Origin.ORGANIZATION),
    "params.words": FactSpec("params.words", FactType.TEXTS, "", Origin.ORGANIZATION),
}
VOCABULARIES = {"data-class": ("health", "public")}


@cache
def _compiler() -> Compiler:
    return Compiler(SPECS, VOCABULARIES, {})


def mutants(text: str) -> list[str]:
    mutator = Mutator(_compiler(), SPECS, VOCABULARIES, PARAMETERS)
    return [mutant.text for mutant in mutator.mutants(line_of(text, _compiler().compile(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latency.realtime", ["!(latency.realtime)", ""]),
        ("!latency.realtime", ["latency.realtime", ""]),
        ("data.sensitivity >= 3.0",
         ["data.sensitivity > 3.0", "data.sensitivity < 3.0", "data.sensitivity >= 4.0", "data.sensitivity >= (2.0)", ""]),
        ("availability.target_percent > params.limit",
         ["availability.target_percent >= params.limit", "availability.target_percent <= params.limit",
          "availability.target_percent > (params.limit + 0.1)", "availability.target_percent > (params.limit - 0.1)", ""]),
        ('option.fallback == "none"', ['option.fallback != "none"', 'option.fallback == "provider-api"', ""]),
        ('"health" in data.kinds', ['"public" in data.kinds', '!("health" in data.kinds)', ""]),
        ("latency.realtime && !latency.offline",
         ["latency.realtime || !latency.offline", "!(latency.realtime) && !latency.offline",
          "latency.realtime && latency.offline", ""]),
        ("!(latency.realtime == true)", ["!(latency.realtime != true)", "!(latency.realtime == false)", ""]),
    ],
)  # fmt: skip
def test_mutants(text: str, expected: list[str]) -> None:
    assert sorted(mutants(text)) == sorted(expected)


def test_words_of_the_fields_of_elements_are_swapped() -> None:
    risk = FactSpec("extensions.tools.risk", FactType.TEXT, "", choices=("low", "high"))
    specs = {"extensions.tools": FactSpec("extensions.tools", FactType.RECORDS, "", fields=(risk,))}
    compiler = Compiler(specs, {})
    line = line_of(text := 'extensions.tools.all(t, t.risk == "high")', compiler.compile(text))
    found = [mutant.text for mutant in Mutator(compiler, specs, {}, {}).mutants(line)]
    assert found == [
        'extensions.tools.all(t, t.risk != "high")', 'extensions.tools.all(t, t.risk == "low")', f"!({text})", "",
    ]  # fmt: skip


def test_what_stands_in_quotes_is_no_operator() -> None:
    texts = mutants('metadata.owner == "a && !b <= 3"')
    assert texts == ['metadata.owner != "a && !b <= 3"', ""]


def test_a_negation_is_added_to_operands_inside_brackets_and_macros() -> None:
    found = mutants("task.required_behavior.exists(b, b in params.words) || (latency.offline || latency.realtime)")
    assert "task.required_behavior.exists(b, !(b in params.words)) || (latency.offline || latency.realtime)" in found
    assert "task.required_behavior.exists(b, b in params.words) || (!(latency.offline) || latency.realtime)" in found


@pytest.mark.parametrize(
    ("value", "step"), [(4.0, 1.0), (165_000.0, 1.0), (0.5, 0.1), (99.95, 0.01), (0.0, 1.0), (1e-20, 1.0), (-3.0, 1.0)]
)
def test_a_step_is_one_unit_of_the_last_digit(value: float, step: float) -> None:
    assert step_of(value) == pytest.approx(step)
