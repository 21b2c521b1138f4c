"""Conditions over lists of records: fields are typed when a pack loads; unknown ones never turn a definite answer around."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec, FactType, Origin, RecordList, RecordValue, cel_value
from aipolicy.policy.cel.expressions import Compiler, Condition, ExpressionError, Truth
from aipolicy.policy.cel.within import Within

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
TOOLS, SHOPS, VENDOR = "extensions.tools", "extensions.shops", "extensions.vendor"


def fields(fact: str, origin: Origin = Origin.DECLARED, reads: tuple[str, ...] = ()) -> tuple[FactSpec, ...]:
    return (
        FactSpec(f"{fact}.name", FactType.TEXT, "", origin, reads=reads, required=True),
        FactSpec(f"{fact}.writes", FactType.BOOL, "", origin, reads=reads),
        FactSpec(f"{fact}.approved", FactType.BOOL, "", origin, reads=reads),
        FactSpec(f"{fact}.calls", FactType.NUMBER, "", origin, reads=reads, minimum=0.0, maximum=100.0),
        FactSpec(f"{fact}.risk", FactType.TEXT, "", origin, reads=reads, choices=("low", "high")),
        FactSpec(f"{fact}.scopes", FactType.TEXTS, "", origin, reads=reads),
        FactSpec(f"{fact}.home", FactType.TEXT, "", origin, reads=reads, vocabulary="country"),
    )


LISTS = {name: FactSpec(name, FactType.RECORDS, "", fields=fields(name)) for name in (TOOLS, SHOPS)}
OF_VENDOR = fields(VENDOR, Origin.DOCUMENT, (VENDOR,))
SPECS = {
    **LISTS, VENDOR: FactSpec(VENDOR, FactType.RECORD, "", fields=OF_VENDOR), **{spec.name: spec for spec in OF_VENDOR},
    "a.flag": FactSpec("a.flag", FactType.BOOL, ""), "params.most": FactSpec("params.most", FactType.NUMBER, ""),
}  # fmt: skip
COMPILER = Compiler(SPECS, {"country": ("DE", "US")}, {"params.most": 200.0})
REFUND = RecordValue(
    (("name", "refund"), ("writes", True), ("approved", False), ("calls", 3.0), ("scopes", ("money",)))
)
SEARCH = RecordValue((("name", "search"), ("writes", False)))
UNSAID = RecordValue((("name", "mail"), ("writes", True)))


def truth(text: str, *elements: RecordValue, compiler: Compiler = COMPILER) -> Truth:
    values = {TOOLS: cel_value(RecordList(elements))}
    return Condition(compiler.compile(text).checked).evaluate(values)[0]


@pytest.mark.parametrize(
    ("text", "elements", "expected"),
    [
        (f"{TOOLS}.exists(t, t.writes && !t.approved)", (SEARCH, REFUND), TRUE),
        (f"{TOOLS}.exists(t, t.writes && !t.approved)", (UNSAID, REFUND), TRUE),
        (f"{TOOLS}.exists(t, t.writes && !t.approved)", (SEARCH, UNSAID), UNKNOWN),
        (f"{TOOLS}.exists(t, t.writes && !t.approved)", (SEARCH,), FALSE),
        (f"{TOOLS}.exists(t, t.writes && !t.approved)", (), FALSE),
        (f"{TOOLS}.all(t, !t.writes || t.approved)", (REFUND, UNSAID), FALSE),
        (f"{TOOLS}.all(t, !t.writes || t.approved)", (UNSAID, REFUND), FALSE),
        (f"{TOOLS}.all(t, !t.writes || t.approved)", (SEARCH, UNSAID), UNKNOWN),
        (f"{TOOLS}.all(t, !t.writes || t.approved)", (SEARCH,), TRUE),
        (f"{TOOLS}.all(t, t.calls <= 5)", (REFUND,), TRUE),
        (f"{TOOLS}.exists_one(t, t.writes)", (REFUND, SEARCH), TRUE),
        (f"{TOOLS}.exists_one(t, t.approved)", (REFUND, SEARCH), UNKNOWN),
        (f"size({TOOLS}) == 2", (REFUND, UNSAID), TRUE),
        (f"{TOOLS}.size() == 2", (REFUND, UNSAID), TRUE),
        (f"size({TOOLS}.filter(t, t.writes)) <= 1", (REFUND, UNSAID), FALSE),
        (f"{TOOLS}.filter(t, t.writes).filter(u, u.calls > 1.0).all(w, w.approved)", (REFUND, SEARCH), FALSE),
        (f'{TOOLS}.map(t, t.name).exists(n, n == "mail")', (UNSAID,), TRUE),
        (f'{TOOLS}.exists(t, t.scopes.exists(s, s == "money"))', (UNSAID, REFUND), TRUE),
        (f"{TOOLS}.all(t, {TOOLS}.all(u, t.name == u.name))", (REFUND, SEARCH), FALSE),
        (f"{TOOLS}.exists(t, t.writes) || a.flag", (REFUND,), TRUE),
        (f"{TOOLS}.all(t, t.writes) && a.flag", (SEARCH,), FALSE),
    ],
)  # fmt: skip
def test_an_element_that_decides_is_enough_and_else_what_it_lacks_is_unknown(
    text: str, elements: tuple[RecordValue, ...], expected: Truth
) -> None:
    assert truth(text, *elements) is expected


def test_a_list_that_is_not_declared_is_unknown() -> None:
    compiled = COMPILER.compile(f"{TOOLS}.all(t, t.writes) || size({TOOLS}) > 3")
    assert Condition(compiled.checked).evaluate({}) == (UNKNOWN, "")
    assert (compiled.reads, compiled.elements) == ((TOOLS,), (f"{TOOLS}.writes",))


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (f"{TOOLS}.exists(t, t.^writs)", f"an element of `{TOOLS}` has no `writs`; did you mean `writes`?"),
        (f"a.flag && {TOOLS}.exists(t, t.^zzz)", "has no `zzz`; it has `name`, `writes`"),
        (f'{TOOLS}.exists(t, t.writes ^== "yes")', "'_==_' applied to '(bool, string)'"),
        (f"{TOOLS}.exists(tool, tool.name ^< tool.risk)", "words have no order"),
        (f"{TOOLS}.exists(t, t.calls ^== 5)", "write whole numbers with a point"),
        (f'{TOOLS}.exists(t, t.scopes ^== "money")', "ask a list by `in`"),
        (f"{TOOLS}.exists(t, ^has(t.risk))", "`has` asks nothing of a fact"),
        (f"{TOOLS}.exists(t, ^t == t)", "`t` is an element"),
        (f'{TOOLS}.exists(t, ^t["risk"] == "low")', "`t` is an element"),
        (f"{TOOLS}.map(t, ^t).size() > 1", "`t` is an element"),
        (f"^{TOOLS}.writes", f"such as `{TOOLS}.exists(x, x.writes …)`"),
        (f"^{TOOLS}[0].writes", "is a list of records"),
        (f"^{TOOLS}.any(t, t.writes)", "has no `any` itself"),
        (f"!(^{TOOLS} == [])", "is a list of records"),
        (f'"mail" in ^{TOOLS}', "is a list of records"),
        (f"^{TOOLS}.filter(t, t.writes) == []", "cannot be compared"),
        (f"size(^{TOOLS}.filter(t, t.writes) + {TOOLS}.filter(t, t.writes)) > 1", "cannot be compared"),
        (f"{VENDOR}.^nam == 'x'", f"`{VENDOR}` has no `nam`; did you mean `name`?"),
        (f"{VENDOR} ^== 'x'", "ask what it says, by its fields"),
        ("^extensions.tool.exists(t, t.writes)", f"unknown fact `extensions.tool`; did you mean `{TOOLS}`?"),
    ],
)  # fmt: skip
def test_what_can_never_be_meant_is_an_error_at_its_column(marked: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile(marked.replace("^", ""))
    assert message in str(caught.value)
    assert caught.value.column == marked.index("^") + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{TOOLS}.exists(t, t.risk == "hihg")', f"`{TOOLS}.risk` is never `hihg`; did you mean `high`?"),
        (f'{TOOLS}.exists(t, t.risk.startsWith("x"))', f"`{TOOLS}.risk` never starts with `x`"),
        (f"{TOOLS}.exists(t, t.calls > params.most)", f"`params.most` is 200, which `{TOOLS}.calls` never passes"),
        (f"{TOOLS}.exists(t, 1.0 / t.calls > 1.0)", f"division by `{TOOLS}.calls`"),
    ],
)
def test_fields_of_elements_are_held_to_their_words_and_bounds(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        COMPILER.compile(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text", [f"{VENDOR}.writes && {VENDOR}.calls > 3.0", f"['a', 'b'].exists({'t'}, t == {VENDOR}.name)",
             f"{TOOLS}.exists(t, ['x'].exists(t, t == {VENDOR}.name))",
             f"{TOOLS}.exists(t, t.writes) && {SHOPS}.exists(t, t.writes)"],
)  # fmt: skip
def test_a_variable_that_stands_for_something_else_is_left_alone(text: str) -> None:
    COMPILER.compile(text)


def test_a_field_that_holds_countries_can_be_asked_whether_it_lies_within_a_place(catalog: Catalog) -> None:
    compiler = Compiler(SPECS, catalog.vocabularies, catalog=catalog)
    in_germany, in_america = (RecordValue((("name", "a"), ("home", home))) for home in ("DE", "US"))
    text = f'{TOOLS}.all(t, within(t.home, "EU"))'
    known = {name: cel_value(value) for name, value in compiler.constants.items()}
    found = [
        Condition(compiler.compile(text).checked).evaluate({**known, TOOLS: cel_value(RecordList(elements))})[0]
        for elements in ((in_germany,), (in_germany, in_america), (in_germany, UNSAID))
    ]
    assert found == [TRUE, FALSE, UNKNOWN]
    with pytest.raises(ExpressionError, match=r"`t\.name` holds no places"):
        compiler.compile(f'{TOOLS}.all(t, within(t.name, "EU"))')


def test_a_place_of_an_element_is_written_out_as_that_of_a_fact(catalog: Catalog) -> None:
    within = Within(catalog.places, SPECS, {})
    assert within.written_out(f'{TOOLS}.all(t, within(t.home, "DE"))') == f'{TOOLS}.all(t, (t.home == "DE"))'
    specs = {
        **SPECS,
        SHOPS: FactSpec(SHOPS, FactType.RECORDS, "", fields=(FactSpec(f"{SHOPS}.home", FactType.BOOL, ""),)),
    }
    both = f'{TOOLS}.all(t, within(t.home, "DE")) && {SHOPS}.all(t, t.home)'
    with pytest.raises(ExpressionError, match="`t` stands for elements of two lists"):
        Within(catalog.places, specs, {}).written_out(both)


ASKED = st.recursive(
    st.sampled_from(["t.writes", "t.approved", "t.calls > 2.0", 't.risk == "high"', 't.name == "a"']),
    lambda inner: st.one_of(
        inner.map("!({})".format), st.tuples(inner, inner).map("({0[0]} && {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} || {0[1]})".format),
    ),
    max_leaves=4,
)  # fmt: skip
FORMS = st.sampled_from(
    [
        "{0}.all(t, {1})",
        "{0}.exists(t, {1})",
        "!{0}.exists(t, {1})",
        "size({0}.filter(t, {1})) > 1",
        "{0}.exists_one(t, {1})",
    ]
)
VALUES = {
    "writes": st.booleans(), "approved": st.booleans(), "calls": st.sampled_from([1.0, 2.0, 3.0]),
    "risk": st.sampled_from(["low", "high"]),
}  # fmt: skip
WHOLE = st.lists(st.fixed_dictionaries({"name": st.sampled_from(["a", "b"]), **VALUES}), max_size=4)


@settings(max_examples=300, deadline=None)
@given(form=FORMS, asked=ASKED, whole=WHOLE, data=st.data())
def test_learning_a_field_never_turns_a_definite_answer_around(
    form: str, asked: str, whole: list[dict[str, bool | float | str]], data: st.DataObject
) -> None:
    left_out = [data.draw(st.sets(st.sampled_from(sorted(VALUES)))) for _ in whole]
    partly = [
        {name: value for name, value in one.items() if name not in out}
        for one, out in zip(whole, left_out, strict=True)
    ]
    text = form.format(TOOLS, asked)
    before, after = (
        truth(text, *(RecordValue(tuple(one.items())) for one in elements)) for elements in (partly, whole)
    )
    assert after is not UNKNOWN
    assert before in (UNKNOWN, after)
