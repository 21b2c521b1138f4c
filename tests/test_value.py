"""Value classes behave as frozen, slotted dataclasses do, named tuples as Python's, and both tell mypy as much."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import keyword
import operator
import pickle
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy import value
from aipolicy.findings.comparison import Identity, KnownFinding
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.source.document import SourceFile
from aipolicy.source.span import Position
from aipolicy.value import Frozen, fields, replace

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")


class Held(Frozen, Generic[T]):
    """A value class that is generic, with a constant, a method of its own and a default."""

    LIMIT: ClassVar[int] = 3
    __test__ = False

    item: T
    note: str = ""

    def __repr__(self) -> str:
        return "held"


class Pair(NamedTuple):
    """A value class and the dataclass of the same fields."""

    ours: Any
    theirs: Any


def made(
    annotations: dict[str, Any], defaults: dict[str, Any], bases: tuple[type, ...] = (Frozen,), **keywords: bool
) -> Any:
    """Return a value class called Made that can be pickled while no other is made."""
    names = {"__module__": __name__, "__qualname__": "Made", "__annotations__": annotations, **defaults}
    made_class = types.new_class("Made", bases, keywords, lambda namespace: namespace.update(names))
    globals()["Made"] = made_class
    return made_class


NAMES = st.from_regex(r"_?[a-z][a-z0-9]{0,2}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))
PLAIN = st.one_of(
    st.integers(-2, 2), st.floats(-2, 2), st.text("ab", max_size=2), st.none(), st.tuples(st.integers(0, 1))
)
ANYTHING = PLAIN | st.lists(st.integers(0, 1), max_size=1)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    names = draw(st.lists(NAMES | st.sampled_from(["f0", "f1", "other", "hash", "set0"]), max_size=6, unique=True))
    kw_only, eq = draw(st.booleans()), draw(st.booleans())
    order = eq and draw(st.booleans())
    defaulted = (
        draw(st.sets(st.sampled_from(names))) if kw_only and names else names[draw(st.integers(0, len(names))) :]
    )
    defaults = {name: draw(PLAIN) for name in names if name in defaulted}
    ours = made(dict.fromkeys(names, "object"), defaults, kw_only=kw_only, eq=eq, order=order)
    listed = [(n, object, dataclasses.field(default=defaults[n])) if n in defaults else (n, object) for n in names]
    theirs = dataclasses.make_dataclass(
        "Made", listed, frozen=True, slots=True, kw_only=kw_only, eq=eq, order=order, namespace={"__qualname__": "Made"}
    )  # fmt: skip
    return Pair(ours, theirs)


def outcome(of: Callable[..., object], *arguments: Any, **named: Any) -> object:
    """Return what comes of a call: its result, or the error with its words."""
    try:
        return of(*arguments, **named)
    except (TypeError, AttributeError, ValueError) as error:
        return type(error), str(error)


@st.composite
def arguments(draw: st.DrawFn, pair: Pair) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments of a call, most of them good, some missing, some twice or unknown."""
    names = fields(pair.ours)
    count = draw(st.integers(0, len(pair.ours.__match_args__)))
    given_ = {name: draw(ANYTHING) for name in names}
    wrong = draw(st.sampled_from(["", "", "", "", "missing", "twice", "unknown"]))
    named = {name: item for name, item in given_.items() if name not in names[:count]}
    if wrong == "missing" and named:
        named.pop(draw(st.sampled_from(list(named))))
    extra = {"twice": dict.fromkeys(names[:count][:1], 1), "unknown": {"unknown": 1}}.get(wrong, {})
    return [given_[name] for name in names[:count]], {**extra, **named}


@given(st.data())
def test_a_value_class_behaves_as_a_frozen_slotted_dataclass(data: st.DataObject) -> None:
    pair = data.draw(pairs())
    assert fields(pair.ours) == tuple(field.name for field in dataclasses.fields(pair.theirs))
    assert pair.ours.__match_args__ == pair.theirs.__match_args__
    parameters = [[(p.name, p.kind, p.default) for p in inspect.signature(each).parameters.values()] for each in pair]
    assert parameters[0] == parameters[1]
    one, other = data.draw(arguments(pair)), data.draw(arguments(pair))
    ours = [outcome(pair.ours, *positional, **named) for positional, named in (one, other)]
    theirs = [outcome(pair.theirs, *positional, **named) for positional, named in (one, other)]
    assert list(map(repr, ours)) == list(map(repr, theirs))
    good = [number for number, each in enumerate(ours) if isinstance(each, pair.ours)]
    if good:
        first_and_last = [[side[good[0]], side[good[-1]]] for side in (ours, theirs)]
        behave_alike(*first_and_last, data.draw(st.dictionaries(st.sampled_from([*fields(pair.ours), "x9"]), PLAIN)))


def behave_alike(ours: list[Any], theirs: list[Any], changes: dict[str, Any]) -> None:
    """Check that two values of a value class behave as those of a dataclass with the same fields do."""
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        for left, right in ((0, 0), (0, 1), (1, 0)):
            assert outcome(compare, ours[left], ours[right]) == outcome(compare, theirs[left], theirs[right])
    assert ours[0] != theirs[0]
    if type(ours[0]).__eq__ is not object.__eq__:
        assert outcome(hash, ours[0]) == outcome(hash, theirs[0])
    assert repr(outcome(replace, ours[0], **changes)) == repr(outcome(dataclasses.replace, theirs[0], **changes))
    for same in (copy.copy(ours[0]), copy.deepcopy(ours[0]), pickle.loads(pickle.dumps(ours[0])), replace(ours[0])):
        assert repr(same) == repr(ours[0])
    for name in (*fields(ours[0]), "x9"):
        with pytest.raises(AttributeError):
            setattr(ours[0], name, 1)
        with pytest.raises(AttributeError):
            delattr(ours[0], name)
    assert repr(ours) == repr(theirs)
    assert not hasattr(ours[0], "__dict__")


@pytest.mark.parametrize(
    ("annotations", "namespace", "keywords", "told"),
    [
        ({"a": "int", "b": "int"}, {"a": 1}, {}, "Made has a field without a default after one that has one"),
        ({"a": "list[int]"}, {"a": []}, {}, "the default of `a` of Made is mutable"),
        ({"a": "dict[str, int]"}, {"a": {}}, {"kw_only": True}, "the default of `a` of Made is mutable"),
        ({"a": int}, {}, {}, "Made needs `from __future__ import annotations`"),
        ({"a": "int"}, {"__post_init__": len}, {}, "Made has a __post_init__, which is never called"),
        ({"self": "int"}, {}, {}, "Made has a field `self`"),
        ({f"f{number}": "int" for number in range(33)}, {}, {}, "more fields than tools/value_templates.py makes"),
        ({"a": "int"}, {}, {"frozen": False}, "frozen"),
    ],
)  # fmt: skip
def test_a_class_that_would_not_do_what_it_says_is_refused(
    annotations: dict[str, Any], namespace: dict[str, Any], keywords: dict[str, bool], told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        made(annotations, namespace, **keywords)


@st.composite
def tuple_pairs(draw: st.DrawFn) -> Pair:
    names = draw(st.lists(NAMES.filter(lambda name: name[0] != "_"), max_size=6, unique=True))
    defaults = {name: draw(PLAIN) for name in names[draw(st.integers(0, len(names))) :]}
    ours = made(dict.fromkeys(names, "object"), dict(defaults), bases=(value.NamedTuple,))
    listed = {"__annotations__": dict.fromkeys(names, object), "__module__": __name__, **defaults}
    return Pair(ours, types.new_class("Made", (NamedTuple,), {}, lambda namespace: namespace.update(listed)))


@given(st.data())
def test_a_named_tuple_behaves_as_pythons(data: st.DataObject) -> None:
    pair = data.draw(tuple_pairs())
    names = pair.theirs._fields
    for name in ("_fields", "_field_defaults", "__match_args__", "__name__", "__slots__"):
        assert getattr(pair.ours, name) == getattr(pair.theirs, name)
    parameters = [
        [(p.name, p.kind, p.default) for p in inspect.signature(each.__new__).parameters.values()] for each in pair
    ]
    assert parameters[0] == parameters[1]
    positional, named = data.draw(arguments(pair))
    ours, theirs = (outcome(each, *positional, **named) for each in pair)
    assert repr(ours) == repr(theirs)
    changes = data.draw(st.dictionaries(st.sampled_from([*names, "x9"]), PLAIN))
    values = data.draw(st.lists(PLAIN, min_size=max(len(names) - 1, 0), max_size=len(names)))
    assert repr(outcome(pair.ours._make, values)) == repr(outcome(pair.theirs._make, values))
    if isinstance(ours, pair.ours):
        assert ours == theirs == tuple(theirs)
        assert outcome(hash, ours) == outcome(hash, theirs)
        assert ours._asdict() == theirs._asdict()
        assert [getattr(ours, name) for name in names] == list(ours)
        replaced = [repr(outcome(each._replace, **changes)) for each in (ours, theirs)]
        assert replaced[0] == replaced[1].replace("ValueError", "TypeError")  # as from Python 3.13 on
        for same in (copy.copy(ours), copy.deepcopy(ours), pickle.loads(pickle.dumps(ours)), ours._replace()):
            assert (type(same), same) == (type(ours), ours)
        for name in (*names, "x9"):
            with pytest.raises(AttributeError):
                setattr(ours, name, 1)


def test_a_named_tuple_with_another_base_is_refused() -> None:
    with pytest.raises(TypeError, match="Made has other bases beside NamedTuple"):
        made({"a": "int"}, {}, bases=(value.NamedTuple, Path))


def test_a_value_class_is_not_extended() -> None:
    with pytest.raises(TypeError, match="Made extends a value class"):
        made({"b": "int"}, {}, bases=(Position,))


def test_the_most_fields_have_methods() -> None:
    names = [f"a{number}" for number in range(32)]
    many = made(dict.fromkeys(names, "int"), {})
    assert (many(*range(32)), hash(many(*range(32)))) == (
        many(**dict(zip(names, range(32), strict=True))),
        hash(tuple(range(32))),
    )


def test_what_a_class_writes_itself_is_kept() -> None:
    held: Held[int] = Held[int](3, note="n")
    assert (repr(held), Held.LIMIT, Held.__test__, fields(Held)) == ("held", 3, False, ("item", "note"))
    match held:
        case Held(item, note):
            assert (item, note) == (3, "n")


def test_a_field_that_is_made_for_each_value_is_not_shared() -> None:
    one, other = SourceFile("a", "b"), SourceFile("a", "b")
    assert one.positions_cache is not other.positions_cache
    assert one != other
    assert replace(one, path="c").positions_cache is one.positions_cache
    with pytest.raises(AttributeError, match="cannot assign to field `path` of SourceFile"):
        one.path = "c"  # type: ignore[misc]


def test_the_finding_of_what_was_known_makes_no_difference() -> None:
    finding = Finding(
        rule_id="A-1", rule_name="n", severity=Severity.ERROR, outcome=Outcome.VIOLATED, message="m", file="f"
    )  # fmt: skip
    known = KnownFinding(Identity("A-1", "f", "p"), Severity.ERROR, Outcome.VIOLATED)
    assert {known: 1}[replace(known, finding=finding)] == 1
    assert known != replace(known, outcome=Outcome.UNDETERMINED)


TYPED = (
    ("Place(1)", ""),
    ("Place(line=1, name='a')", ""),
    ("Place('1')", "arg-type"),
    ("Place()", "call-arg"),
    ("Place(1, colour=2)", "call-arg"),
    ("Named(1)", "call-arg"),
    ("place.line = 2", "misc"),
    ("replace(place, line=2)", ""),
    ("replace(place, line='2')", "arg-type"),
    ("replace(place, colour=2)", "call-arg"),
    ("place < place", "operator"),
    ("Named(line=1) < Named(line=2)", ""),
    ("Pair(1)", "call-arg"),
    ("Pair(1, b=2)", "arg-type"),
    ("one, other = Pair(1, '')", ""),
    ("Pair(1, '')._replace(c=1)", "call-arg"),
)
HEAD = """from __future__ import annotations
from aipolicy.value import Frozen, NamedTuple, replace
class Pair(NamedTuple):
    a: int
    b: str
class Place(Frozen):
    line: int
    name: str = ""
class Named(Frozen, kw_only=True, order=True):
    line: int
place = Place(1)
"""


def test_mypy_sees_value_classes_as_dataclasses(tmp_path: Path) -> None:
    (tmp_path / "typed.py").write_text(HEAD + "\n".join(statement for statement, _ in TYPED) + "\n")
    command = (
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        str(tmp_path / "cache"),
        "typed.py",
    )
    run = subprocess.run(
        command, cwd=tmp_path, env={"MYPYPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, check=False
    )
    first = HEAD.count("\n") + 1
    found = {line.split(":")[1]: line.rpartition("[")[2].rstrip("]") for line in run.stdout.splitlines()}
    assert [(s, found.get(str(first + number), "")) for number, (s, _) in enumerate(TYPED)] == list(TYPED), run
