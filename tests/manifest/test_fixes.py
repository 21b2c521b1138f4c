"""Corrections: a misspelt word is replaced where it stands, everything else stays byte for byte."""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.findings.finding import Finding, Place, Replacement
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest import renamed
from aipolicy.manifest.fixes import FindFixable, FixedFile, fixed_file
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.manifest.renamed import RENAMED
from aipolicy.run.evaluated_run import check as check_files
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.source.span import Position, Span

DAY = ("--as-of", "2026-11-21")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: x}\n"
CASES = {
    "key in flow": ("data: {clases: [health]}   # note\n", "data: {classes: [health]}   # note\n"),
    "key in block": ("data:\n  # note\n  clases: [health]\n", "data:\n  # note\n  classes: [health]\n"),
    "quoted key": ("data: {'clases': [health]}\n", "data: {'classes': [health]}\n"),
    "enum": ("latency: {device: brwoser}\n", "latency: {device: browser}\n"),
    "quoted enum": ('latency: {device: "brwoser"}\n', 'latency: {device: "browser"}\n'),
    "data class": ("data: {classes: [helth, internal]}\n", "data: {classes: [health, internal]}\n"),
    "country by name": ("data: {residency: [Germany, 'france']}\n", "data: {residency: [DE, 'FR']}\n"),
    "one mistake behind another": ("data: {clases: [helth]}\n", "data: {classes: [health]}\n"),
    "section": ("volum: {requests_per_day: 5}\n", "volume: {requests_per_day: 5}\n"),
    "beside an alias": (
        "data: {clases: &c [health], residency: [EU]}\n",
        "data: {classes: &c [health], residency: [EU]}\n",
    ),
}


GUESSES = {
    "what people call a class": ("data: {classes: [pii]}\n", "data: {classes: [personal]}\n"),
    "what people call a task": ("task: {type: chatbot}\n", "task: {type: dialogue}\n"),
    "a place that is misspelt": ("data: {residency: [Germny]}\n", "data: {residency: [DE]}\n"),
}


@pytest.mark.parametrize(("before", "after"), GUESSES.values(), ids=GUESSES)
def test_what_may_change_the_meaning_is_written_only_when_asked_for(before: str, after: str) -> None:
    assert fixed(HEAD + before) == HEAD + before
    assert fixed(HEAD + before, unsafe=True) == HEAD + after


def fixed(text: str, *, unsafe: bool = False) -> str:
    file = ManifestFile("x.aifeature.yaml", text.encode(), named=True)
    return fixed_file(file, lambda each: judged(each.data), unsafe=unsafe).after.decode()


@cache
def policy() -> Policy:
    return load_policy(PolicySettings(as_of=date(2026, 11, 21)))


def judged(data: bytes) -> tuple[Finding, ...]:
    return check_files((ManifestFile("x.aifeature.yaml", data, named=True),), policy()).findings


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", CASES)
def test_a_misspelt_word_is_corrected_and_the_rest_stays(name: str, line_end: str, mark: str) -> None:
    wrong, right = ((mark + HEAD + text).replace("\n", line_end) for text in CASES[name])
    assert fixed(wrong) == right
    assert fixed(right) == right


@pytest.mark.parametrize(
    "text",
    [
        "data: {clases: [health], classes: [internal]}\n",  # the right key is there already
        "data: {zzz: [health]}\n",  # nothing is near
        "latency: {p96_ms: 5}\n",  # two keys are near
        "data: {classes: [health]\n",  # broken YAML
        "data: {? [a] : b}\n",
    ],
)
def test_what_could_mean_something_else_is_left_alone(text: str) -> None:
    assert fixed(HEAD + text) == HEAD + text


def test_a_key_that_was_renamed_gets_its_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", {"volume.queries_a_day": "requests_per_day"})
    wrong = HEAD + "volume: {queries_a_day: 5}\n"
    finding = judged(wrong.encode())[0]
    assert (finding.rule_id, finding.message) == ("MAN-003", "`queries_a_day` is called `requests_per_day` now")
    assert fixed(wrong) == HEAD + "volume: {requests_per_day: 5}\n"


def test_a_renamed_key_leads_to_one_that_exists() -> None:
    names = {spec.name for spec in DECLARED_FACTS}
    for old, new in RENAMED.items():
        assert old not in names
        assert f"{old.rpartition('.')[0]}.{new}" in names


def test_unsafe_fixes_take_the_nearest_of_several() -> None:
    slip = HEAD + "latency: {p955_ms: 5}\n"
    assert "p955_ms" in fixed(slip)
    assert "{p95_ms: 5}" in fixed(slip, unsafe=True)


@settings(max_examples=30)
@given(st.sampled_from(sorted(CASES)), st.sampled_from(sorted(CASES)))
def test_correcting_twice_is_correcting_once(first: str, second: str) -> None:
    text = HEAD + CASES[first][0] + f"---\n{HEAD.replace('x', 'y', 1)}" + CASES[second][0]
    assert fixed(fixed(text)) == fixed(text)


def test_a_corrected_file_conforms_better_than_before() -> None:
    text = HEAD + CASES["one mistake behind another"][0]
    before = read_manifests([ManifestFile("x", text.encode(), named=True)])
    after = read_manifests([ManifestFile("x", fixed(text).encode(), named=True)])
    assert before.findings
    assert not after.findings


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "x.aifeature.yaml"
    path.write_text(HEAD + CASES["key in flow"][0], encoding="utf-8")
    return path


def check(*arguments: str, **more: str) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments, *DAY], **more)  # type: ignore[arg-type]


def test_fix_writes_the_file_tells_it_and_checks_what_is_written(manifest: Path) -> None:
    manifest.chmod(0o640)
    result = check("x.aifeature.yaml", "--fix", "--format", "concise")
    assert "fixed x.aifeature.yaml:4: `clases` is now `classes`" in result.stderr
    assert "MAN-003" not in result.stdout
    assert manifest.read_text(encoding="utf-8") == HEAD + CASES["key in flow"][1]
    assert manifest.stat().st_mode & 0o777 == 0o640
    assert "fixed" not in check("x.aifeature.yaml", "--fix").stderr


def test_diff_shows_what_would_change_and_writes_nothing(manifest: Path) -> None:
    before = manifest.read_bytes()
    result = check("x.aifeature.yaml", "--diff")
    assert result.exit_code == 1
    assert "-data: {clases: [health]}   # note\n+data: {classes: [health]}   # note\n" in result.stdout
    assert manifest.read_bytes() == before
    check("x.aifeature.yaml", "--fix")
    again = check("x.aifeature.yaml", "--diff")
    assert (again.exit_code, again.stdout) == (0, "")


def test_a_link_stays_a_link(manifest: Path) -> None:
    (manifest.parent / "there").mkdir()
    os.symlink(manifest, manifest.parent / "there" / "y.aifeature.yaml")
    check("there/y.aifeature.yaml", "--fix")
    assert (manifest.parent / "there" / "y.aifeature.yaml").is_symlink()
    assert "classes" in manifest.read_text(encoding="utf-8")


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("-", "--fix"), "standard input cannot be corrected"), (("--unsafe-fixes",), "add one of them")],
)
def test_what_cannot_be_corrected_is_refused(arguments: tuple[str, ...], words: str) -> None:
    result = check(*arguments, input=HEAD)
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


Wrong = tuple[str, str, bool]
"""A word, what it should be, and whether nothing else can be meant."""


def finder_of(*wrong: Wrong) -> FindFixable:
    """Return a find that finds wrong words wherever they stand, in the order in which it was given them."""

    def find(file: ManifestFile) -> list[Finding]:
        lines = file.data.decode().splitlines()
        found = []
        for old, new, safe in wrong:
            for number, line in enumerate(lines, 1):
                for match in re.finditer(re.escape(old), line):
                    span = Span(Position(number, match.start() + 1), Position(number, match.end() + 1))
                    replacement = Replacement(old.strip("'\""), new, safe)
                    found.append(reserved_finding(
                        "MAN-003", "m", file=file.path, place=Place(path=(number, match.start()), span=span),
                        replacement=replacement,
                    ))  # fmt: skip
        return found

    return find


CHOICES: dict[str, tuple[str, list[Wrong], bool, str, list[tuple[int, str]]]] = {
    "told from the beginning of the file, whatever was found first": (
        "ab cd\nef\n", [("ef", "EF", True), ("cd", "CD", True), ("ab", "AB", True)], False, "AB CD\nEF\n",
        [(1, "ab"), (1, "cd"), (2, "ef")]),
    "longer and shorter words move nothing": (
        "a bb a\n", [("a", "AAAA", True), ("bb", "B", True)], False, "AAAA B AAAA\n", [(1, "a"), (1, "bb"), (1, "a")]),
    "of two that overlap the first found": ("abcd\n", [("abc", "X", True), ("bcd", "Y", True)], False, "Xd\n", [(1, "abc")]),
    "of one inside another the first found": (
        "abcd\n", [("bc", "X", True), ("abcd", "Y", True)], False, "aXd\n", [(1, "bc")]),
    "words that touch": ("abcd\n", [("cd", "Y", True), ("ab", "X", True)], False, "XY\n", [(1, "ab"), (1, "cd")]),
    "one place found twice": ("ab\n", [("ab", "X", True), ("ab", "Y", True)], False, "X\n", [(1, "ab")]),
    "nothing that could mean something else": (
        "ab cd\n", [("ab", "X", False), ("cd", "Y", True)], False, "ab Y\n", [(1, "cd")]),
    "that too, where it was asked for": (
        "ab cd\n", [("ab", "X", False), ("cd", "Y", True)], True, "X Y\n", [(1, "ab"), (1, "cd")]),
    "one behind another": (
        "ab\n", [("ab", "cd", True), ("cd", "ef", True)], False, "ef\n", [(1, "ab"), (1, "cd")]),
    "five times and no more": (
        "a0\n", [(f"a{n}", f"a{n + 1}", True) for n in range(9)], False, "a5\n", [(1, f"a{n}") for n in range(5)]),
    "a round that leaves its own to be made again is taken back, with all of it": (
        "ab x\n", [("ab", "abc", True), ("x", "y", True)], False, "ab x\n", []),
    "those before it stay": (
        "zz\n", [("zz", "ab", True), ("ab", "abc", True)], False, "ab\n", [(1, "zz")]),
    "in its own quotes": ("'ab' \"ab\"\n", [("'ab'", "X", True), ('"ab"', "Y", True)], False, "'X' \"Y\"\n",
                          [(1, "ab"), (1, "ab")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wrong", "unsafe", "after", "told"), CHOICES.values(), ids=CHOICES)
def test_corrections_never_overlap_and_are_told_in_the_order_of_the_file(
    text: str, wrong: list[Wrong], unsafe: bool, after: str, told: list[tuple[int, str]]
) -> None:
    file = ManifestFile("x.aifeature.yaml", text.encode(), named=True)
    corrected = fixed_file(file, finder_of(*wrong), unsafe=unsafe)
    assert (corrected.before.decode(), corrected.after.decode()) == (text, after)
    assert [(each.line, each.old) for each in corrected.corrections] == told


@pytest.mark.parametrize("token", ["a b", "'ab", "|", '"a\\u0062"', "!!str ab", "'ab\""])
def test_a_word_that_is_not_written_plainly_is_left_alone(token: str) -> None:
    span = Span(Position(1, 1), Position(1, len(token) + 1))
    found = reserved_finding(
        "MAN-003", "m", file="x", place=Place(span=span), replacement=Replacement("ab", "cd", safe=True)
    )
    file = ManifestFile("x", token.encode(), named=True)
    corrected = fixed_file(file, lambda each: [found] if each.data == file.data else [], unsafe=True)
    assert corrected == FixedFile("x", file.data, file.data, ())


def test_the_same_word_is_corrected_at_each_place_where_it_is_found_later() -> None:
    find = finder_of(("ab", "cd", True))
    file = ManifestFile("x", b"ab ab\nab\n", named=True)
    corrected = fixed_file(file, lambda each: find(each)[:1], unsafe=False)
    assert corrected.after == b"cd cd\ncd\n"
