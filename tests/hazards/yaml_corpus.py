"""YAML texts that other tools read wrongly, with the lines and words of the problems that ours must tell."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that is refused: for every problem its line and a part of its message."""

    data: bytes
    problems: tuple[tuple[int, str], ...]


def _refused(text: str | bytes, *problems: tuple[int, str]) -> Refused:
    return Refused(text if isinstance(text, bytes) else text.encode(), problems)


def _levels(first: str, line: str) -> str:
    """Return nine levels, each with nine aliases of the level before."""
    return first + "".join(line.format(n, ", ".join([f"*a{n - 1}"] * 9)) for n in range(1, 10))


KEY, TAG, CHARACTER = "a key must be text", "tags are not supported", "characters are not allowed"

LEVELS_BEYOND = {"one level": 65, "beyond what some parsers take": 1_001, "bomb": 100_000}
FLOW_NESTING = {"lists": ("[", "]"), "maps": ("{a: ", "}"), "mixed": ("[{a: ", "}]"), "unclosed lists": ("[", ""),
                "unclosed maps": ("{", "")}  # fmt: skip

DEEP: dict[str, tuple[bytes, int]] = {
    **{
        f"{name}, {extent}": (b"a: 1\nb: 2\nc: " + (opening * levels + closing * levels).encode(), 3)
        for name, (opening, closing) in FLOW_NESTING.items()
        for extent, levels in LEVELS_BEYOND.items()
    },
    "a level on each line": (b"[\n" * 2_000 + b"]\n" * 2_000, 65),
}
"""Flow collections nested beyond the limit and the line of it; a parser may end them first, in words of its own."""

BOMBS: dict[str, Refused] = {
    "nested lists": _refused("[" * 65 + "]" * 65, (1, "nested deeper than 64")),
    "nested maps": _refused("{a: " * 65 + "}" * 65, (1, "nested deeper than 64")),
    "nested block lists": _refused("- " * 50_000, (1, "nested deeper than 64")),
    "nested block maps": _refused("".join(" " * n + "a:\n" for n in range(1_000)), (65, "nested deeper than 64")),
    "unclosed maps": _refused("{" * 65, *[(1, KEY)] * 63, (1, "nested deeper than 64")),
    "billion laughs": _refused(_levels("a0: &a0 [lol]\n", "a{0}: &a{0} [{1}]\n"), (6, "aliases expanded")),
    "merge bomb": _refused(_levels("a0: &a0 {k: v}\n", "a{0}: &a{0}\n  <<: [{1}]\n"), (11, "aliases expanded")),
    "aliases in many documents": _refused(
        "---\n".join([_levels("a0: &a0 [lol]\n", "a{0}: &a{0} [{1}]\n").rsplit("\n", 6)[0] + "\n"] * 60),
        (41, "through aliases in a file"),
    ),
    "self alias": _refused("a: &a [*a]", (1, "refers to itself")),
    "many values": _refused("- [" + "1, " * 120_000 + "1]", (1, "more than 100000 values")),
    "many documents": _refused("---\n" * 6_000, (5_001, "more than 5000 documents")),
    "long integer": _refused("a: " + "9" * 5_000, (1, "number of 5000 characters")),
    "long float": _refused("a: 0." + "9" * 500_000, (1, "number of 500002 characters")),
    "large file": _refused(b"#" * 1_048_577, (1, "file of 1048577 bytes; the limit is 1048576")),
}

REFUSED: dict[str, Refused] = {
    **BOMBS,
    "duplicate keys": _refused("a: 1\nb: 2\na: 3\na: 4", (3, "key `a` is written twice"), (4, "`a` is written twice")),
    "duplicate nested key": _refused("x: {pii: true, pii: false}", (1, "key `pii` is written twice")),
    "number and text key": _refused('1: a\n"1": b', (2, "key `1` is written twice")),
    "escaped and plain key": _refused('"\\x61": 1\na: 2', (2, "key `a` is written twice")),
    "duplicate merge keys": _refused("b: &b {x: 1}\nc:\n  <<: *b\n  <<: *b", (4, "key `<<` is written twice")),
    "duplicate wide keys": _refused("日本: 1\nx: {😀: 1, 😀: 2}\n日本: 2", (2, "😀"), (3, "日本")),
    "duplicate keys, CRLF": _refused("a: 1\r\nb: 1\r\na: 2\r\n", (3, "written twice")),
    "duplicate keys, CR": _refused("a: 1\rb: 1\ra: 2\r", (3, "written twice")),
    "key with an escape": _refused('"\\e[31m": 1\n"\\e[31m": 2', (2, "key `\\u001b[31m` is written twice")),
    "list as key": _refused("? [a, b]\n: 1\nc: 2", (1, KEY)),
    "mapping as key": _refused("? {a: b}\n: 1\n? [c]\n: 2", (1, KEY), (3, KEY)),
    "template": _refused("a: {{ value }}", (1, KEY)),
    "alias as key": _refused("a: &x k\n*x : 1", (2, KEY)),
    "unknown alias": _refused("a: 1\nb: *x", (2, "alias `*x` has no anchor")),
    "anchor of another document": _refused("a: &x 1\n---\nb: *x", (3, "alias `*x` has no anchor")),
    "merge of text": _refused("<<: 3\na: 1", (1, "merge key")),
    "merge of a list of texts": _refused("a:\n  <<: [{b: 1}, c]", (2, "merge key")),
    "Python object": _refused("a: !!python/object/apply:os.system ['id']", (1, TAG)),
    "Python name": _refused("a: 1\nb: !!python/name:os.system ''", (2, TAG)),
    "local tags": _refused("a: !x 1\nb: !y [1]\nc: !z {a: 1}", (1, TAG), (2, TAG), (3, TAG)),
    "core tags": _refused("a: !!int 5\nb: !!bool maybe\nc: !!timestamp abc\nd: !!binary aGk=", *((n,
    TAG) for n in range(1, 5))),
    "lone exclamation mark": _refused("a: ! x\nb:\n- ! y\nc: &z ! 5\nd: ! 'q'", (1, TAG), (3, TAG), (4, TAG), (5, TAG)),
    "exclamation mark before a word": _refused("a: !option.x", (1, TAG)),
    "named tag handle": _refused("%TAG !e! tag:x,2000:\n---\na: !e!x 1", (3, TAG)),
    "NaN and infinities": _refused(
        "a: .nan\nb: [.inf,\n -.INF]\nc: +.Inf", *((n, "not a finite number") for n in range(1, 5))
    ),
    "float beyond range": _refused("a: 1e400", (1, "too large")),
    "Latin-1": _refused(b"a: 1\nb: caf\xe9", (2, "not UTF-8 at byte 11")),
    "cut UTF-8": _refused(b"a: \xe6\x97", (1, "not UTF-8 at byte 3")),
    "overlong UTF-8": _refused(b"a: \xc0\xaf", (1, "not UTF-8 at byte 3")),
    "encoded surrogate": _refused(b"a: \xed\xa0\x80", (1, "not UTF-8 at byte 3")),
    "UTF-16": _refused("a: 1".encode("utf-16"), (1, "not UTF-8 at byte 0")),
    "UTF-16 without mark": _refused("a: 1".encode("utf-16-be"), (1, CHARACTER)),
    "UTF-32": _refused("a: 1".encode("utf-32"), (1, "not UTF-8 at byte 0")),
    "NUL": _refused(b"a: 1\nb: 2\x00", (2, CHARACTER)),
    "NUL written as an escape": _refused(b'a: 1\nb: "eu\\0x"', (2, "text with the character U+0000")),
    "bell": _refused(b"a: \x07", (1, CHARACTER)),
    "escape sequence": _refused(b"a: \x1b[31m", (1, CHARACTER)),
    "DEL": _refused(b"a: x\n\x7f", (2, CHARACTER)),
    "C1 control": _refused("a: \x9b31m", (1, CHARACTER)),
    "NEL in a comment": _refused("a: 1\n# x\x85b: 2", (2, "U+0085")),
    "line separator": _refused("a: x\u2028b: 2", (1, "U+2028")),
    "paragraph separator": _refused("a: x\u2029b: 2", (1, "U+2029")),
    "byte-order mark inside": _refused("a: 1\n\ufeffb: 2", (2, "U+FEFF")),
    "two byte-order marks": _refused("\ufeff\ufeffa: 1", (1, "U+FEFF")),
    "lone surrogate": _refused('a: 1\nb: "\\ud800"', (2, "")),
    "surrogate pair": _refused('a: "\\ud83d\\ude00"', (1, "")),
    "surrogate in a key": _refused('"\\ud800": 1', (1, "")),
    "no character": _refused('a: 1\nb: "\\U00110000"', (2, "invalid Unicode character")),
    "unclosed list": _refused("a: [1, 2\nb: 3", (2, "invalid YAML")),
    "unclosed quote": _refused("a: 'x\nb: 3\n", (3, "invalid YAML")),
    "tab as indentation": _refused("a:\n\tb: 1", (2, "invalid YAML")),
    "reserved character": _refused("a: @x", (1, "invalid YAML")),
    "two colons": _refused("a: b: c", (1, "invalid YAML")),
    "later version": _refused("%YAML 3.0\n---\na: 1", (1, "invalid YAML")),
    "only an end mark": _refused("...\n", (1, "invalid YAML")),
    "several at once": _refused(
        "a: .nan\nb: !x 1\na: 2\nc: *q\n? [k]\n: 1\nd: [",
        (1, "finite"), (2, TAG), (3, "twice"), (4, "anchor"), (5, KEY), (7, "invalid YAML"),
    ),
}  # fmt: skip

READ: dict[str, tuple[bytes, list[object]]] = {
    "nothing": (b"", []),
    "only a comment": (b"# x\n", []),
    "only a byte-order mark": (b"\xef\xbb\xbf", []),
    "empty document": (b"---\n", [None]),
    "three documents": (b"---\na: 1\n---\n---\n# c\nb\n...\n", [{"a": 1}, None, "b"]),
    "byte-order mark": (b"\xef\xbb\xbfa: 1", [{"a": 1}]),
    "CRLF": (b"a: |\r\n  x\r\n  y\r\nb: 1\r\n", [{"a": "x\ny\n", "b": 1}]),
    "version 1.1": (b"%YAML 1.1\n---\na: NO", [{"a": "NO"}]),
    "null keys": (b"~: 1\nnull: 2\n'': 3", [{"~": 1, "null": 2, "": 3}]),
    "keys are text": (b"1: a\n1.0: b\ntrue: c\nTrue: d\nyes: e", [{"1": "a", "1.0": "b", "true": "c", "True": "d",
    "yes": "e"}]),
    "quoted": (b"a: '5'\nb: \"true\"\nc: ''\nd: '.nan'", [{"a": "5", "b": "true", "c": "", "d": ".nan"}]),
    "text tag": (b"a: !!str 5", [{"a": "5"}]),
    "alias": (b"a: &x [1, {b: 2}]\nc: *x", [{"a": [1, {"b": 2}], "c": [1, {"b": 2}]}]),
    "anchor again": (b"a: &x 1\nb: *x\nc: &x 2\nd: *x", [{"a": 1, "b": 1, "c": 2, "d": 2}]),
    "merge": (b"b: &b {x: 1, y: 1}\nc:\n  x: 2\n  <<: *b\n  z: 3", [{"b": {"x": 1, "y": 1}, "c": {"x": 2, "z": 3,
    "y": 1}}]),
    "merge before": (b"b: &b {x: 1}\nc: {<<: *b, x: 2}", [{"b": {"x": 1}, "c": {"x": 2}}]),
    "merge of several": (b"b: &b {x: 1}\nd: &d {x: 2, y: 2}\nc: {<<: [*b, *d]}", [{"b": {"x": 1}, "d": {"x": 2,
    "y": 2}, "c": {"x": 1, "y": 2}}]),
    "merge of what is written here": (b"a: {<<: {x: 1}, y: 2}", [{"a": {"y": 2, "x": 1}}]),
    "quoted merge key": (b"a: {'<<': {x: 1}}", [{"a": {"<<": {"x": 1}}}]),
    "quoted and plain merge key": (b"a: {'<<': 1, <<: {x: 1}}", [{"a": {"<<": 1, "x": 1}}]),
    "merge mark as value": (b"a: <<\nb: =", [{"a": "<<", "b": "="}]),
    "block texts": (b"a: |\n  x\n\n  y\nb: >-\n  z\n  w\n", [{"a": "x\n\ny\n", "b": "z w"}]),
    "zero-width keys are other keys": ("a\u200b: 1\na: 2".encode(), [{"a\u200b": 1, "a": 2}]),
    "long sexagesimal": (b"a: " + b"1:" * 200_000 + b"1", [{"a": "1:" * 200_000 + "1"}]),
    "long hexadecimal": (b"a: 0x" + b"f" * 100_000, [{"a": "0x" + "f" * 100_000}]),
    "deepest": (b"[" * 64 + b"]" * 64, [json.loads("[" * 64 + "]" * 64)]),
    "deepest maps": (b"{a: " * 64 + b"}" * 64, [json.loads('{"a":' * 64 + "null" + "}" * 64)]),
    "largest": (b"a: 1 #" + b"#" * (1_048_576 - 6), [{"a": 1}]),
    "exclamation mark in text": (b"a: x ! y\nb: '!x'\nc: \"! x\"\nd: &q x", [{"a": "x ! y", "b": "!x", "c": "! x",
    "d": "x"}]),
}  # fmt: skip
