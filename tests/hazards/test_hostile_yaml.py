"""Hostile YAML: refused at the right line with every problem told, in bounded time, alike by both parsers."""

from __future__ import annotations

import time
import tracemalloc
from functools import cache

import pytest
from yaml_corpus import BOMBS, DEEP, READ, REFUSED, Refused

from aipolicy.source import builder
from aipolicy.source.limits import MAX_PROBLEMS
from aipolicy.source.yaml_reader import MAX_BYTES, ReadResult, read_yaml

PARSERS = ("libyaml", "pure Python")
STRICTER_IN_PURE_PYTHON = {"tab before a comment": b"a: 1\t# c", "tab after a colon": b"a:\tx"}
"""The pure Python parser refuses these; it never reads another value."""


@cache
def read(data: bytes, parser: str) -> ReadResult:
    """Return what a parser makes of a text; every text is read once by each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "HAS_LIBYAML", parser == "libyaml")
        return read_yaml("x.yaml", data)


def sound(result: ReadResult) -> list[tuple[int, object]]:
    """Return the documents that can be trusted."""
    return [(d.index, d.value) for d in result.documents if d.index not in result.broken]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_every_problem_is_told_at_its_line(case: Refused, parser: str) -> None:
    problems = read(case.data, parser).problems
    told = [(problem.span.start.line, problem.message) for problem in problems]
    assert [line for line, _ in told] == [line for line, _ in case.problems], told
    assert all(part in message for (_, message), (_, part) in zip(told, case.problems, strict=True)), told


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_messages_are_one_printable_line(case: Refused, parser: str) -> None:
    for problem in read(case.data, parser).problems:
        assert problem.message.isprintable()
        assert len(problem.message) < 300


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("data", "documents"), READ.values(), ids=READ)
def test_what_looks_hostile_but_is_sound_is_read(data: bytes, documents: list[object], parser: str) -> None:
    result = read(data, parser)
    assert result.problems == ()
    assert [repr(document.value) for document in result.documents] == [repr(value) for value in documents]


@pytest.mark.parametrize("data", [case.data for case in REFUSED.values()] + [data for data, _ in READ.values()])
def test_both_parsers_agree(data: bytes) -> None:
    fast, slow = (read(data, parser) for parser in PARSERS)
    assert repr(sound(slow)) == repr(sound(fast))
    assert [p.span.start.line for p in slow.problems] == [p.span.start.line for p in fast.problems]
    assert slow.broken == fast.broken
    assert slow.problems_left_out == fast.problems_left_out


@pytest.mark.parametrize(("data", "line"), DEEP.values(), ids=DEEP)
def test_nesting_beyond_the_limit_is_refused_at_its_line_by_both_parsers(data: bytes, line: int) -> None:
    """Which of the two says so, and in which words, is theirs: a newer libyaml has a limit of its own."""
    for result in (read(data, parser) for parser in PARSERS):
        assert {problem.span.start.line for problem in result.problems} == {line}, result.problems
        assert result.broken == {0}
        assert sound(result) == []


@pytest.mark.parametrize("data", STRICTER_IN_PURE_PYTHON.values(), ids=STRICTER_IN_PURE_PYTHON)
def test_where_the_parsers_differ_the_slow_one_refuses(data: bytes) -> None:
    fast, slow = (read(data, parser) for parser in PARSERS)
    assert fast.problems == ()
    assert len(slow.problems) == 1


CLEAN = b"- {a: 1, b: [x, y]}\n" * 14_000
DEEP_OR_BOMB = {name: case.data for name, case in BOMBS.items()} | {name: data for name, (data, _) in DEEP.items()}


@pytest.fixture(scope="module")
def seconds_for_a_clean_file() -> float:
    started = time.perf_counter()
    assert read_yaml("clean.yaml", CLEAN).problems == ()
    return time.perf_counter() - started


def peak_bytes(data: bytes) -> int:
    """Return the most memory that reading a text takes at a time."""
    tracemalloc.start()
    try:
        read_yaml("x.yaml", data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", DEEP_OR_BOMB.values(), ids=DEEP_OR_BOMB)
def test_a_bomb_costs_no_more_than_a_clean_file_of_the_same_limits(
    data: bytes, seconds_for_a_clean_file: float
) -> None:
    assert len(data) <= MAX_BYTES + 1
    started = time.perf_counter()
    read_yaml("bomb.yaml", data)
    assert time.perf_counter() - started < 20 * seconds_for_a_clean_file


@pytest.mark.parametrize("parser", PARSERS)
def test_nesting_takes_no_more_memory_than_a_clean_file(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = peak_bytes(CLEAN)
    monkeypatch.setattr(builder, "HAS_LIBYAML", parser == "libyaml")
    deepest = [data for name, (data, _) in DEEP.items() if "bomb" in name]
    assert [peak for peak in map(peak_bytes, deepest) if peak > limit] == []


def test_values_through_aliases_are_counted_and_never_copied() -> None:
    laughs = read_yaml(
        "x.yaml",
        b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 12)),
    )
    assert laughs.problems == ()
    value = laughs.documents[0].value
    assert isinstance(value, dict)
    level = value["a11"]
    assert isinstance(level, list)
    assert level[0] is level[1]


def test_a_flood_of_problems_is_cut_with_a_count() -> None:
    result = read_yaml("x.yaml", b"a: 1\n" * 500)
    assert len(result.problems) == MAX_PROBLEMS
    assert result.problems_left_out == 499 - MAX_PROBLEMS


def test_a_duplicate_key_names_both_places() -> None:
    (problem,) = read_yaml("x.yaml", b"a:\n  b: 1\n  c: 2\n  b: 3\n").problems
    assert (problem.span.start.line, problem.span.start.column) == (4, 3)
    ((first, label),) = problem.related
    assert (first.start.line, first.start.column, label) == (2, 3, "first written here")


def test_only_the_documents_with_a_problem_are_broken() -> None:
    result = read_yaml("x.yaml", b"a: 1\n---\na: .nan\n---\na: 2\n")
    assert [document.value for document in result.documents if document.index not in result.broken] == [
        {"a": 1},
        {"a": 2},
    ]
    assert result.broken == {1}


def test_python_tags_run_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    read_yaml("x.yaml", b"a: !!python/object/apply:os.system ['echo pwned']\nb: !!python/object/new:print ['pwned']")
    assert "pwned" not in "".join(capfd.readouterr())
