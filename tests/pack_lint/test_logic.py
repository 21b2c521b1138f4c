"""What conditions can come to: certain where it says so, held to the evaluator; silent where it does not understand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactValue
from aipolicy.pack_lint.logic import Logic
from aipolicy.pack_lint.normal_form import conjuncts, normal
from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.cel.expressions import Compiler, Condition, Truth

LOGIC = Logic(REGISTRY)
COMPILER = Compiler(REGISTRY, {})

ALWAYS = [
    "volume.cached_share <= 1.0",
    "volume.cached_share >= 0",
    "0 <= volume.cached_share",
    "latency.p95_ms > 0",
    "latency.p95_ms >= 0",
    "data.personal || !data.personal",
    "latency.p50_ms <= latency.p95_ms || latency.p50_ms > latency.p95_ms",
    "latency.p50_ms <= latency.p95_ms || latency.p95_ms < latency.p50_ms",
    'task.error_cost in ["low", "medium", "high", "critical"]',
    'task.error_cost != "low" || task.error_cost == "low"',
    'task.type != "a" || task.type != "b"',
    "data.personal ? true : !data.personal",
    '"health" in data.classes || !("health" in data.classes)',
]
NEVER = [
    "volume.cached_share > 1",
    "volume.cached_share == -1.0",
    "volume.requests_per_day > 5 && volume.requests_per_day < 3",
    "volume.requests_per_day > 5 && volume.requests_per_day <= 5",
    "volume.requests_per_day > 5 && 5 > volume.requests_per_day",
    'task.type == "a" && task.type == "b"',
    'task.type == "a" && task.type in ["b", "c"]',
    'task.error_cost != "low" && !(task.error_cost in ["medium", "high", "critical"])',
    "data.personal && !data.personal",
]
OPEN = [
    "volume.requests_per_day > 5 && volume.requests_per_day < 6",
    "volume.cached_share < 1",
    "volume.cached_share > 0",
    "latency.p95_ms > 0.5",
    'task.type in ["a", "b"]',
    'task.type != "a" && task.type != "b"',
    "latency.p50_ms <= latency.p95_ms && latency.p95_ms <= latency.p50_ms",
    "volume.requests_per_day * 2.0 > 5 && volume.requests_per_day * 2.0 < 3",
    'data.classes.exists(c, c == "health") && data.classes.exists(c, c == "contact")',
    '"health" in data.classes && "contact" in data.classes',
    'metadata.owner.startsWith("a") && metadata.owner.startsWith("b")',
    'task.error_cost in ["low", "medium", "high"]',
    " || ".join(f"volume.cached_share == 0.{number:03d}" for number in range(1, 120)),
]


def tree(text: str) -> Node:
    return decode(COMPILER.compile(text).checked)


@pytest.mark.parametrize("text", ALWAYS)
def test_what_is_always_true_cannot_fail(text: str) -> None:
    assert not LOGIC.can_fail(tree(text))
    assert LOGIC.can_hold(tree(text))


@pytest.mark.parametrize("text", NEVER)
def test_what_is_never_true_cannot_hold(text: str) -> None:
    assert not LOGIC.can_hold(tree(text))
    assert LOGIC.can_fail(tree(text))


@pytest.mark.parametrize("text", OPEN)
def test_what_may_be_either_is_not_concluded_upon(text: str) -> None:
    assert LOGIC.can_hold(tree(text))
    assert LOGIC.can_fail(tree(text))


NUMBERS = [-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0]
WORDS = ["low", "medium", "high", "critical"]
PARTS = st.one_of(
    st.builds(
        lambda fact, sign, number: f"{fact} {sign} {number}",
        st.sampled_from(["volume.cached_share", "task.hard_case_share"]),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(NUMBERS),
    ),
    st.builds(
        lambda sign, word: f'task.error_cost {sign} "{word}"', st.sampled_from(["==", "!="]), st.sampled_from(WORDS)
    ),
    st.builds(
        lambda words: f"task.error_cost in [{', '.join(map(repr, words))}]",
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    ),
    st.sampled_from(["data.tokenized", "volume.cached_share < task.hard_case_share", "true", "false"]),
)
CONDITIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.builds(lambda one, sign, two: f"({one} {sign} {two})", inner, st.sampled_from(["&&", "||"]), inner),
        st.builds(lambda one: f"!({one})", inner),
        st.builds(lambda a, b, c: f"({a} ? {b} : {c})", inner, inner, inner),
    ),
    max_leaves=6,
)
CASES = st.fixed_dictionaries(
    {
        "volume.cached_share": st.floats(0, 1),
        "task.hard_case_share": st.floats(0, 1),
        "task.error_cost": st.sampled_from(WORDS),
        "data.tokenized": st.booleans(),
    }
)


@given(CONDITIONS, st.lists(CASES, min_size=1, max_size=30))
def test_nothing_that_the_evaluator_finds_is_ruled_out(text: str, cases: list[dict[str, FactValue]]) -> None:
    compiled = COMPILER.compile(text)
    node, condition = decode(compiled.checked), Condition(compiled.checked)
    truths = {condition.evaluate(case)[0] for case in cases}
    assert LOGIC.can_hold(node) or Truth.TRUE not in truths
    assert LOGIC.can_fail(node) or Truth.FALSE not in truths


@given(CONDITIONS)
def test_the_normal_form_means_the_same(text: str) -> None:
    node = tree(text)
    assert not LOGIC.can_fail(normal(node), [node])
    assert not LOGIC.can_fail(node, [normal(node)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("volume.cached_share > 0.5", "0.5 < volume.cached_share"),
        ("!(volume.cached_share > 0.5)", "volume.cached_share <= 0.5"),
        ('task.type in ["b", "a"]', 'task.type in ["a", "b", "a"]'),
        ('task.type in ["a"]', '"a" == task.type'),
        ("data.personal && data.tokenized", "data.tokenized && !!data.personal"),
        (
            "data.personal || (data.tokenized || latency.realtime)",
            "latency.realtime || data.tokenized || data.personal",
        ),
    ],
)
def test_spelling_does_not_matter(one: str, other: str) -> None:
    assert conjuncts([tree(one)]) == conjuncts([tree(other)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("volume.cached_share > 0.5", "volume.cached_share >= 0.5"),
        ("latency.p50_ms - latency.p95_ms > 5.0", "latency.p95_ms - latency.p50_ms > 5.0"),
        ("data.personal && data.tokenized", "data.personal || data.tokenized"),
        ("volume.cached_share == 1.0", "volume.cached_share == 0.0"),
    ],
)
def test_meaning_does(one: str, other: str) -> None:
    assert conjuncts([tree(one)]) != conjuncts([tree(other)])


def test_deep_negations_are_read_in_no_time() -> None:
    text = "data.personal"
    for _ in range(14):
        text = f"!(data.personal == {text})"
    assert LOGIC.can_hold(tree(text))
