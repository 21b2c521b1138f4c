"""What an expression reads and compares, found in its serialised form."""

from __future__ import annotations

import pytest

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.policy.cel.checked_expr import decode, identifiers, patterns
from aipolicy.policy.cel.comparisons import WordComparison, comparisons
from aipolicy.policy.cel.expressions import Compiler

COMPILER = Compiler(REGISTRY, {})
COMPARISONS = (
    ("plan.hosting == 'own-cloud'", [("plan.hosting", ("own-cloud",))]),
    ("'own-cloud' == plan.hosting", [("plan.hosting", ("own-cloud",))]),
    ("plan.hosting != 'own-cloud'", [("plan.hosting", ("own-cloud",))]),
    ("plan.hosting in ['own-cloud', 'on-premises']", [("plan.hosting", ("own-cloud", "on-premises"))]),
    ("'x' in data.classes", [("data.classes", ("x",))]),
    ("data.classes.exists(c, c == 'x')", [("data.classes", ("x",))]),
    ("data.classes.all(c, !(c in ['x', 'y']))", [("data.classes", ("x", "y"))]),
    ("data.minimized ? plan.hosting == 'own-cloud' : 'x' in data.kinds", [("plan.hosting", ("own-cloud",)),
     ("data.kinds", ("x",))]),
    ("plan.hosting == plan.fallback", [("plan.hosting", (), "plan.fallback"), ("plan.fallback", (), "plan.hosting")]),
    ("latency.p95_ms == 5.0", []),
    ("plan.hosting == 'own-cloud' && data.kinds.exists(k, data.classes.exists(c, c == 'x' || k == 'y'))",
     [("plan.hosting", ("own-cloud",)), ("data.classes", ("x",)), ("data.kinds", ("y",))]),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COMPARISONS, ids=[text for text, _ in COMPARISONS])
def test_comparisons_with_words_are_found(text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    found = list(comparisons(decode(COMPILER.compile(text).checked)))
    assert found == [WordComparison(*entry) for entry in expected]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("data.minimized", {"data.minimized"}),
        ("has(metadata.labels.x)", {"metadata.labels"}),
        ("metadata.labels['a'] == plan.model", {"metadata.labels", "plan.model"}),
        ("size([plan.model, plan.region]) > 0", {"plan.model", "plan.region"}),
        ("data.minimized ? latency.p95_ms > 1 : latency.p50_ms > 1", {"data.minimized", "latency.p95_ms",
         "latency.p50_ms"}),
        ("-latency.p95_ms < 0 && metadata.name.startsWith(plan.model)", {"latency.p95_ms", "metadata.name",
         "plan.model"}),
        ("{'a': latency.p95_ms}['a'] > 1", {"latency.p95_ms"}),
        ("{plan.model: true}[plan.region]", {"plan.model", "plan.region"}),
    ],
)  # fmt: skip
def test_everything_that_is_read_is_found(text: str, names: set[str]) -> None:
    assert {name for name in identifiers(decode(COMPILER.compile(text).checked)) if name in REGISTRY} == names
    assert set(COMPILER.compile(text).reads) == names


def test_regular_expressions_are_found() -> None:
    text = "metadata.name.matches('^a+$') || metadata.labels.exists(k, k.matches('b')) || metadata.name.matches(plan.model)"
    assert list(patterns(decode(COMPILER.compile(text).checked))) == ["^a+$", "b"]
