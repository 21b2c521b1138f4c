"""Conditions: typed when loaded, three-valued when evaluated, alike to another implementation of CEL."""

from __future__ import annotations

import sys
import time
from typing import Any

import celpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.policy.cel.expressions import MAX_EXPRESSION, Compiler, Condition, ExpressionError, Truth, cel_value

VOCABULARIES = {
    "data-class": ("health", "personal", "public"),
    "place": ("EU", "DE"),
    "country": ("DE", "FR"),
    "provider": ("openai",),
}
COMPILER = Compiler(REGISTRY, VOCABULARIES)
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

SMALL = {
    "a.flag": FactSpec("a.flag", FactType.BOOL, ""), "b.flag": FactSpec("b.flag", FactType.BOOL, ""),
    "a.amount": FactSpec("a.amount", FactType.NUMBER, ""), "b.amount": FactSpec("b.amount", FactType.NUMBER, ""),
    "a.word": FactSpec("a.word", FactType.TEXT, ""), "b.word": FactSpec("b.word", FactType.TEXT, ""),
    "a.words": FactSpec("a.words", FactType.TEXTS, ""), "b.words": FactSpec("b.words", FactType.TEXTS, ""),
}  # fmt: skip
SMALL_COMPILER = Compiler(SMALL, {})


def other_implementation() -> celpy.Environment:
    """Return an environment of cel-python, which raises the recursion limit of the process while it is made."""
    limit = sys.getrecursionlimit()
    try:
        return celpy.Environment()
    finally:
        sys.setrecursionlimit(limit)


OTHER = other_implementation()


def evaluate(text: str, values: dict[str, Any], compiler: Compiler = COMPILER) -> tuple[Truth, str]:
    """Return the truth of a condition under known values, and why it has none."""
    return Condition(compiler.compile(text).checked).evaluate(
        {name: cel_value(value) for name, value in values.items()}
    )


REFUSED = (
    ("has(data.minimized)", "`has` asks nothing of a fact"),
    ("data.personal && has(evidence.dpia)", "`has` asks nothing of a fact"),
    ("latency.p95 < 500", "unknown fact `latency.p95`; did you mean `latency.p95_ms`?"),
    ("latncy.p95_ms < 500", "did you mean `latency.p95_ms`?"),
    ("latency.p95_s < 5", "unknown fact `latency.p95_s`"),
    ("data", "unknown fact `data`"),
    ("nonsense(1)", "nonsense"),
    ("params.limit > 1", "unknown fact `params.limit`"),
    ("data.classes.exists(c, d == 'health')", "unknown fact `d`"),
    ("latency.p95_ms < '500'", "no matching overload for '_<_' applied to '(double, string)'"),
    ("plan.hosting < 'own-cloud'", "words have no order, compare them by `==` or `in`"),
    ("latency.p95_ms / volume.input_tokens > 1.0", "division by `volume.input_tokens`, which may be 0"),
    ("latency.p95_ms / (2.0 * volume.input_tokens) > 1.0", "division by `volume.input_tokens`"),
    ("latency.p95_ms == 500", "write whole numbers with a point, such as `5.0`"),
    ("latency.p95_ms in [500]", "write whole numbers with a point"),
    ("latency.p95_ms + 1 > 2", "write whole numbers with a point"),
    ("data.minimized > 1", "no matching overload"),
    ("data.minimized == 'true'", "no matching overload"),
    ("data.classes == 'health'", "no matching overload"),
    ("data.classes in 'health'", "no matching overload"),
    ("!plan.hosting", "no matching overload"),
    ("data.minimized && latency.p95_ms", "no matching overload"),
    ("latency.p95_ms", "must be true or false, this one is double"),
    ("plan.hosting", "must be true or false, this one is string"),
    ("data.classes", "must be true or false"),
    ("null", "no fact is ever `null`"),
    ("plan.hosting == 'own-clod'", "`plan.hosting` is never `own-clod`; did you mean `own-cloud`?"),
    ("'own-clod' == plan.hosting", "`plan.hosting` is never `own-clod`"),
    ("plan.hosting != 'Own-Cloud'", "`plan.hosting` is never `Own-Cloud`; did you mean `own-cloud`?"),
    ("plan.hosting in ['own-cloud', 'cloud']", "`plan.hosting` is never `cloud`"),
    ("!(plan.hosting in ['own-clod'])", "`plan.hosting` is never `own-clod`"),
    ("'helth' in data.classes", "`data.classes` is never `helth`; did you mean `health`?"),
    ("data.kinds.exists(k, k == 'helth')", "`data.kinds` is never `helth`"),
    ("data.kinds.all(k, k != 'helth')", "`data.kinds` is never `helth`"),
    ("data.kinds.filter(k, k in ['helth']).size() > 0", "`data.kinds` is never `helth`"),
    ("data.subjects.exists(s, s == 'custmer')", "`data.subjects` is never `custmer`; did you mean `customer`?"),
    ("plan.hosting.startsWith('on-prmises')", "`plan.hosting` never starts with `on-prmises`; did you mean `on-premises`?"),
    ("plan.hosting.endsWith('-prem')", "`plan.hosting` never ends with `-prem`"),
    ("plan.hosting.contains('clod')", "`plan.hosting` never contains `clod`"),
    ("plan.hosting.matches('^on-prem$')", "`plan.hosting` never matches `^on-prem$`"),
    ("data.classes.exists(c, c.startsWith('helth'))", "`data.classes` never starts with `helth`"),
    ("['applicants'].exists(s, s in data.subjects)", "`data.subjects` is never `applicants`; did you mean `applicant`?"),
    ("['applicants'].all(s, data.subjects.exists(t, t == s))", "`data.subjects` is never `applicants`"),
    ("[plan.hosting].exists(h, h == 'clod')", "`plan.hosting` is never `clod`"),
    ("plan.hosting == (data.minimized ? 'on-premises' : 'on-prem')", "`plan.hosting` is never `on-prem`"),
    ("(data.minimized ? plan.hosting : plan.fallback) == 'own-clod'", "`plan.hosting` is never `own-clod`"),
    ("plan.hosting in (data.minimized ? ['clod'] : [])", "`plan.hosting` is never `clod`"),
    ("data.minimized ? 'helth' in data.classes : true", "`data.classes` is never `helth`"),
    ("data.classes[0] == 'helth'", "`data.classes` is never `helth`"),
    ("data.kinds.filter(k, true).exists(k, k == 'helth')", "`data.kinds` is never `helth`"),
    ("string(plan.hosting) == 'clod'", "`plan.hosting` is never `clod`"),
    ("dyn(plan.hosting) == dyn('clod')", "`plan.hosting` is never `clod`"),
    ("plan.hosting == 'own-' + 'cloud'", "text that is put together with `+` cannot be checked; write the words out"),
    ("plan.hosting in ['own-' + 'cloud']", "text that is put together"),
    ("plan.hosting in ['own-cloud'] + ['clod']", "text that is put together"),
    ("plan.hosting + '' == 'own-cloud'", "text that is put together"),
    ("data.classes.exists(c, c + 's' == 'healths')", "text that is put together"),
    ("(plan.hosting + '').startsWith('own')", "text that is put together"),
    ("data.minimized || option.hosting == 'cloud'", "`option.hosting` is never `cloud`"),
    ("option.regions.exists(r, r == 'ZZ')", "`option.regions` is never `ZZ`"),
    ("metadata.name.matches('(')", "invalid regular expression `(`"),
    ("metadata.name.matches('(?=a)')", "invalid regular expression"),
    ("latency.p95_ms > 99999999999999999999", "invalid int literal"),
    ("", "syntax error"),
    ("  ", "syntax error"),
    ("latency.p95_ms <", "syntax error"),
    ("latency.p95_ms < 5 < 6", "no matching overload"),
    ("data.minimized = true", "write `==`"),
    ("data.minimized and true", "write `&&`"),
    ("data.minimized; true", "syntax error"),
    ("__import__('os')", "__import__"),
    ("true" + " " * MAX_EXPRESSION, f"the limit is {MAX_EXPRESSION}"),
    ("(" * 1_000 + "true" + ")" * 1_000, "recursion"),
    ("[" * 1_000 + "]" * 1_000 + " == []", "recursion"),
    ("1" + " + 1" * 900 + " > 1", "recursion"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text[:40] or "empty" for text, _ in REFUSED])
def test_a_condition_that_could_never_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text",
    [
        "plan.hosting.startsWith('on-')", "plan.hosting.endsWith('cloud')", "plan.hosting.matches('^on-.*')",
        "['applicant'].exists(s, s in data.subjects)", "metadata.owner.startsWith('team-')", "metadata.name + '-x' == 'a-x'",
        "plan.hosting == (data.minimized ? 'on-premises' : 'own-cloud')", "size(data.classes) + 1 == 2",
        "data.kinds.filter(k, k != 'health').size() == 0", "metadata.labels['a'] == 'whatever'",
        "latency.p95_ms + 1.0 == 2.0",
    ],
)  # fmt: skip
def test_words_that_a_fact_can_be_and_free_text_are_let_through(text: str) -> None:
    COMPILER.compile(text)


@pytest.mark.parametrize(
    ("text", "column"),
    [("zz == 1", 1), ("latncy.p95_ms < 1", 1), ("data.minimized && latncy.x < 1", 19), ("'日本😀' == 'x' && zz", 17)],
)
def test_the_column_of_a_mistake_counts_characters(text: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile(text)
    assert caught.value.column == column


TRUTHS = (
    ("latency.p95_ms < 800", {"latency.p95_ms": 800.0}, FALSE),
    ("latency.p95_ms <= 800", {"latency.p95_ms": 800.0}, TRUE),
    ("800 >= latency.p95_ms", {"latency.p95_ms": 800.0}, TRUE),
    ("latency.p95_ms > 799.5", {"latency.p95_ms": 800.0}, TRUE),
    ("1 < 2", {}, TRUE),
    ("1.5 < 2", {}, TRUE),
    ("latency.p95_ms < 1", {}, UNKNOWN),
    ("!data.minimized", {}, UNKNOWN),
    ("data.minimized || true", {}, TRUE),
    ("true || data.minimized", {}, TRUE),
    ("data.minimized || false", {}, UNKNOWN),
    ("data.minimized && false", {}, FALSE),
    ("false && data.minimized", {}, FALSE),
    ("data.minimized && true", {}, UNKNOWN),
    ("data.minimized || data.tokenized", {"data.tokenized": True}, TRUE),
    ("data.minimized && data.tokenized", {"data.tokenized": False}, FALSE),
    ("data.minimized == data.minimized", {}, UNKNOWN),
    ("data.minimized ? true : true", {}, UNKNOWN),
    ("data.tokenized ? true : data.minimized", {"data.tokenized": True}, TRUE),
    ("data.tokenized ? true : data.minimized", {"data.tokenized": False}, UNKNOWN),
    ("'health' in data.classes", {}, UNKNOWN),
    ("'health' in data.classes", {"data.classes": ()}, FALSE),
    ("data.classes.exists(c, c == 'health')", {"data.classes": ("health",)}, TRUE),
    ("data.classes.exists(c, c == 'health')", {}, UNKNOWN),
    ("data.classes.exists(c, c == metadata.name)", {"data.classes": ("health",)}, UNKNOWN),
    ("data.classes.exists(c, c == metadata.name || c == 'health')", {"data.classes": ("card", "health")}, TRUE),
    ("data.classes.all(c, c == metadata.name && c == 'health')", {"data.classes": ("health", "public")}, FALSE),
    ("data.classes.all(c, c == metadata.name)", {"data.classes": ()}, TRUE),
    ("data.classes.size() == 0", {"data.classes": ()}, TRUE),
    ("option.regions.all(c, c in data.residency_countries)", {"option.regions": ("DE",),
     "data.residency_countries": ("DE", "FR")}, TRUE),
    ("option.regions.all(c, c in data.residency_countries)", {"data.residency_countries": ("DE",)}, UNKNOWN),
    ("metadata.labels['unit'] == 'x'", {"metadata.labels": {"unit": "x"}}, TRUE),
    ("'unit' in metadata.labels", {"metadata.labels": {}}, FALSE),
    ("has(metadata.labels.unit)", {}, UNKNOWN),
)  # fmt: skip


@pytest.mark.parametrize(("text", "values", "truth"), TRUTHS, ids=[f"{t} {sorted(v)}" for t, v, _ in TRUTHS])
def test_a_missing_fact_makes_a_condition_unknown_unless_the_rest_decides(
    text: str, values: dict[str, Any], truth: Truth
) -> None:
    assert evaluate(text, values) == (truth, "")


ERRORS = (
    ("1 / 0 > 1", {}, "divide by zero"),
    ("1 % 0 > 1", {}, "modulus by zero"),
    ("data.classes[5] == 'health'", {"data.classes": ("health",)}, "index"),
    ("metadata.labels['unit'] == 'x'", {"metadata.labels": {}}, "unit"),
    ("double(metadata.name) > 1.0", {"metadata.name": "x"}, "cannot convert"),
    ("metadata.name.matches(metadata.owner)", {"metadata.name": "x", "metadata.owner": "("}, "regular expression"),
    ("9223372036854775807 + 1 > 0", {}, "overflow"),
    ("".join(f"[1,2,3,4,5,6,7,8,9,10].all({name}, " for name in "abcdefg") + "true" + ")" * 7, {}, "budget"),
    ("1 / 0 > 1 || data.minimized", {"data.minimized": False}, "divide by zero"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "values", "reason"), ERRORS, ids=[text[:40] for text, _, _ in ERRORS])
def test_what_cannot_be_evaluated_is_unknown_with_a_reason(text: str, values: dict[str, Any], reason: str) -> None:
    truth, told = evaluate(text, values)
    assert truth is UNKNOWN
    assert reason in told.lower()


def test_an_error_does_not_outweigh_a_decisive_fact() -> None:
    assert evaluate("1 / 0 > 1 || data.minimized", {"data.minimized": True}) == (TRUE, "")
    assert evaluate("1 / 0 > 1 && data.minimized", {"data.minimized": False}) == (FALSE, "")


def test_regular_expressions_take_linear_time() -> None:
    condition = Condition(COMPILER.compile("metadata.name.matches('(a+)+$')").checked)
    started = time.perf_counter()
    assert condition.evaluate({"metadata.name": "a" * 100_000 + "!"}) == (FALSE, "")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "text",
    ["!" * 3_990 + "true", " && ".join(["true"] * 400), "-" * 1_000 + "1 > 0", "data.minimized || " * 200 + "true"],
)
def test_long_conditions_survive(text: str) -> None:
    assert evaluate(text, {})[0] in Truth


def test_a_condition_names_what_it_reads_and_nothing_else() -> None:
    compiled = COMPILER.compile(
        "data.classes.exists(c, c == metadata.name) && (latency.p95_ms > 1 || 'data.minimized' == plan.model)"
    )
    assert compiled.reads == ("data.classes", "latency.p95_ms", "metadata.name", "plan.model")
    assert COMPILER.compile("true").reads == ()


NUMBERS = ("0.0", "1.0", "2.5", "-1.0")
WORDS = ("'x'", "'y'", "''")


def conditions() -> st.SearchStrategy[str]:
    """Return conditions over the small set of facts."""
    number = st.sampled_from((*NUMBERS, "a.amount", "b.amount")) | st.builds(
        "({} {} {})".format,
        st.sampled_from((*NUMBERS, "a.amount")),
        st.sampled_from("+-*"),
        st.sampled_from((*NUMBERS, "b.amount")),
    )
    word = st.sampled_from((*WORDS, "a.word", "b.word")) | st.just("(a.word + b.word)")
    plain_word = st.sampled_from((*WORDS, "a.word", "b.word"))
    words = st.sampled_from(("a.words", "b.words", "['x', 'y']", "[a.word]"))
    compare = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
    inner = st.builds("w {} {}".format, st.sampled_from(("==", "!=")), word) | st.builds("w in {}".format, words)
    leaf = (
        st.sampled_from(("true", "false", "a.flag", "b.flag"))
        | st.builds("{} {} {}".format, number, compare, number)
        | st.builds("{} {} {}".format, word, st.sampled_from(("==", "!=")), word)
        | st.builds("{} in {}".format, word, words)
        | st.builds("{}.size() {} {}".format, words, compare, st.sampled_from(("0", "1", "2")))
        | st.builds("{} == {}".format, words, words)
        | st.builds("{}.{}({})".format, plain_word, st.sampled_from(("startsWith", "endsWith", "contains")), word)
        | st.builds("{}.{}(w, {})".format, words, st.sampled_from(("exists", "all", "exists_one")), inner)
        | st.builds("{}.exists(w, {} || a.flag)".format, words, inner)
        | st.builds("{}.all(w, {} && b.flag)".format, words, inner)
    )  # fmt: skip
    return st.recursive(
        leaf,
        lambda c: (
            st.builds("({} && {})".format, c, c)
            | st.builds("({} || {})".format, c, c)
            | st.builds("!({})".format, c)
            | st.builds("({} ? {} : {})".format, c, c, c)
        ),
        max_leaves=6,
    )


LISTS = st.lists(st.sampled_from(("x", "y", "z")), max_size=3).map(lambda words: tuple(sorted(words)))
ALL_VALUES = st.fixed_dictionaries(
    {
        name: {
            FactType.BOOL: st.booleans(), FactType.NUMBER: st.sampled_from((0.0, 1.0, -1.0, 2.5, 1e9)),
            FactType.TEXT: st.sampled_from(("", "x", "y", "xy")), FactType.TEXTS: LISTS,
        }[spec.type]
        for name, spec in SMALL.items()
    }
)  # fmt: skip


@settings(max_examples=400)
@given(conditions(), ALL_VALUES, st.sets(st.sampled_from(sorted(SMALL))), st.sets(st.sampled_from(sorted(SMALL))))
def test_learning_a_fact_never_turns_a_definite_truth_around(
    text: str, values: dict[str, Any], known: set[str], learned: set[str]
) -> None:
    before, _ = evaluate(text, {name: values[name] for name in known}, SMALL_COMPILER)
    after, _ = evaluate(text, {name: values[name] for name in known | learned}, SMALL_COMPILER)
    if before is not UNKNOWN:
        assert after is before


@settings(max_examples=300)
@given(conditions(), ALL_VALUES)
def test_with_every_fact_known_every_condition_is_decided(text: str, values: dict[str, Any]) -> None:
    assert evaluate(text, values, SMALL_COMPILER)[0] is not UNKNOWN


@settings(max_examples=300)
@given(conditions(), conditions(), ALL_VALUES, st.sets(st.sampled_from(sorted(SMALL))))
def test_the_order_of_operands_never_matters(left: str, right: str, values: dict[str, Any], known: set[str]) -> None:
    some = {name: values[name] for name in known}
    for operator in ("&&", "||"):
        one, other = (
            evaluate(f"({a}) {operator} ({b})", some, SMALL_COMPILER)[0] for a, b in ((left, right), (right, left))
        )
        assert one is other


@settings(max_examples=300)
@given(conditions(), ALL_VALUES)
def test_another_implementation_of_cel_comes_to_the_same_truth(text: str, values: dict[str, Any]) -> None:
    plain = text.replace("a.", "a_").replace("b.", "b_")
    program = OTHER.program(OTHER.compile(plain))
    expected = bool(
        program.evaluate(
            {
                name.replace(".", "_"): celpy.json_to_cel(list(v) if isinstance(v, tuple) else v)
                for name, v in values.items()
            }
        )
    )
    assert evaluate(text, values, SMALL_COMPILER)[0] is (TRUE if expected else FALSE)
