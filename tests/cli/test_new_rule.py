"""`aipolicy new rule` begins a rule that loads, whose examples hold and that changes nothing else, or writes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aipolicy.cli.main import main

Run = Callable[..., tuple[int, str, str]]
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: house, version: 1.0.0, description: Our rules}\n"
RULES = "apiVersion: aipolicy/v1\nkind: PolicyRules\n"
RULE = """\
  - id: {id}
    name: {name}
    title: On call
    kind: duty
    severity: note
    require: [team.on_call]
    message: "`{{team.on_call}}`"
"""


def rule(rule_id: str) -> str:
    return RULE.format(id=rule_id, name=f"{rule_id.lower()}-broken")


A, Z = f"{RULES}rules:\n{rule('AB-001')}", f"{RULES}rules:\n{rule('Z-001')}"
ALONE, OTHER = (f"{head}rules:\n{rule('Z-001')}" for head in (HEAD, HEAD.replace("house", "b")))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aipolicy", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return call


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, files: dict[str, str]) -> dict[str, bytes]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return files_in(folder)


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_pack_is_begun_and_what_to_do_next_is_said(run: Run, tmp_path: Path) -> None:
    code, out, err = run("new", "rule", "DATA-101", "--pack", "org")
    assert (code, err) == (0, "")
    golden("new-rule.txt", out)
    assert [*files_in(tmp_path)] == ["org/pack.yaml"]
    golden("new-rule.yaml", (tmp_path / "org" / "pack.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["constraint", "duty"])
@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_what_is_begun_is_whole_but_for_its_source(kind: str, severity: str, run: Run) -> None:
    assert run("new", "rule", "AB-001", "--pack", "org/own.yaml", "--kind", kind, "--severity", severity)[0] == 0
    thresholds = ("--min-coverage", "100", "--mutate", "--min-mutation", "100")
    assert run("test", "--policy", "org/own.yaml", *thresholds)[0] == 0
    code, out, _ = run("lint-policy", "org/own.yaml", "--format", "concise", "--fail-on", "warning")
    assert (code, out.count("note[PACK-014]"), out.count("[PACK-")) == (0, 1, 1)
    assert f"{severity} " in run("rules", "--policy", "org/own.yaml")[1]


def test_name_title_kind_and_severity_are_written_as_given(run: Run, tmp_path: Path) -> None:
    given = ("--name", "data-leaves", "--title", 'Data: "stays"', "--kind", "duty", "--severity", "note")
    assert run("new", "rule", "AB-001", "--pack", "org", *given)[0] == 0
    text = (tmp_path / "org" / "pack.yaml").read_text(encoding="utf-8")
    for line in ("name: data-leaves", r'title: "Data: \"stays\""', "kind: duty", "severity: note"):
        assert f"    {line}\n" in text


WRITTEN = {
    "behind the last of its prefix": (
        {"org/pack.yaml": HEAD, "org/a.yaml": A, "org/z.yaml": Z},
        "org", "org/a.yaml", f"{A}\n",
    ),
    "into a new file": (
        {"org/pack.yaml": HEAD, "org/z.yaml": Z}, "org", "org/ab.yaml", f"{RULES}rules:\n",
    ),
    "into the file that is named after the prefix": (
        {"org/pack.yaml": HEAD, "org/ab.yaml": Z}, "org",
        "org/ab.yaml", f"{Z}\n",
    ),
    "into the file that was named": (
        {"org/pack.yaml": HEAD, "org/a.yaml": A, "org/z.yaml": Z},
        "org/z.yaml", "org/z.yaml", f"{Z}\n",
    ),
    "into a file of the pack that is not there": (
        {"org/pack.yaml": ALONE}, "org/more.yaml", "org/more.yaml", f"{RULES}rules:\n",
    ),
    "into a pack of one file": (
        {"a.yaml": ALONE, "b.yaml": OTHER},
        "a.yaml", "a.yaml", f"{ALONE}\n",
    ),
    "beside packs of one file": (
        {"packs/a.yaml": ALONE, "packs/b.yaml": OTHER},
        "packs/c d.yaml", "packs/c d.yaml", "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata:\n  name: c-d\n",
    ),
    "behind an empty list": ({"org/pack.yaml": HEAD + "rules: []\n"}, "org/pack.yaml", "org/pack.yaml", f"{HEAD}rules:\n"),
    "where no list is yet": (
        {"org/pack.yaml": HEAD, "org/ab.yaml": f"{RULES}variables:\n  - {{name: v, expression: team.on_call}}"}, "org",
        "org/ab.yaml", f"{RULES}variables:\n  - {{name: v, expression: team.on_call}}\nrules:\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "pack", "path", "before"), WRITTEN.values(), ids=WRITTEN)
def test_a_rule_goes_where_it_belongs_and_nothing_else_changes(
    files: dict[str, str], pack: str, path: str, before: str, run: Run, tmp_path: Path
) -> None:
    there = write(tmp_path, files)
    code, out, err = run("new", "rule", "AB-002", "--pack", pack)
    assert (code, err) == (0, "")
    now = files_in(tmp_path)
    assert {name for name in now if now[name] != there.get(name)} == {path}
    assert now[path].decode().startswith(before)
    line = now[path].decode()[: now[path].decode().index("- id: AB-002")].count("\n") + 1
    assert f"wrote AB-002 to {path}:{line}\n4 of 4 tests hold, of 1 rule\n" in out


def test_lines_behind_the_list_comments_and_line_ends_stay(run: Run, tmp_path: Path) -> None:
    behind = "  # the last\n\nvariables:\n  - {name: v, expression: team.on_call}\n# end"
    text = f"# ours\n{HEAD}rules:  # all\n{rule('AB-001')}{behind}"
    for ending in ("\n", "\r\n"):
        (tmp_path / "own.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
        assert run("new", "rule", "AB-002", "--pack", "own.yaml")[0] == 0
        grown = (tmp_path / "own.yaml").read_bytes().decode()
        start = grown.index(f"{ending}  - id: AB-002")
        end = grown.index(f"not-applicable{ending}") + len(f"not-applicable{ending}")
        assert grown[:start] + grown[end:] == "\ufeff" + text.replace("\n", ending)
        assert grown.count("\n") == grown.count(ending)


REFUSED = {
    "an id that is taken in the pack": (("Z-001",), "`Z-001` is taken by the rule at org/pack.yaml:5; `Z-002` is free"),
    "an id that a configured pack has": (("DATA-001",), "data.yaml:4; `DATA-007` is free"),
    "a name that is taken": (("Z-002", "--name", "z-001-broken"), "`z-001-broken` is taken by the rule at org/pack.yaml:5"),
    "lower case": (("data-001",), "`data-001` is no rule id; write it like `DATA-001`"),
    "no number": (("DATA",), "`DATA` is no rule id"),
    "no number at the end": (("DATA-X1",), "`DATA-X1` is no rule id"),
    "a secret for an id": (("ghp_abcdefghijk0123456789ABCD",), "`ghp_…` is no rule id"),
    "a name that is none": (("Z-002", "--name", "Two words"), "`Two words` is no rule name"),
    **{
        f"the prefix {prefix}": ((f"{prefix}-101",), f"`{prefix}-101` is reserved")
        for prefix in ("MAN", "PACK", "WAIVER", "PLAN", "VERDICT")
    },
    "a shipped pack": (("Z-002", "--pack", "build-or-buy"), "`build-or-buy` ships with aipolicy and is not written to"),
    "a pack of a revision": (("Z-002", "--pack", "git+.@main#org"), "is no folder or file of this computer"),
    "a pack of a package": (("Z-002", "--pack", "package:org"), "is no folder or file of this computer"),
    "a file that is no YAML": (("Z-002", "--pack", "notes.txt"), "notes.txt: is neither a folder nor a file"),
    "a pack that cannot be read": (("Z-002", "--pack", "broken"), "broken/pack.yaml:"),
    "a list that cannot grow": (("Z-002", "--pack", "flow.yaml"), "add it by hand:"),
    "a kind that is none": (("Z-002", "--kind", "rule"), "'rule' is not one of"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], message: str, run: Run, tmp_path: Path
) -> None:
    flow = f"{HEAD}rules: [{{id: Y-001, name: y, title: t, kind: duty, severity: note, require: x, message: m}}]\n"
    files = {"org/pack.yaml": ALONE, "broken/pack.yaml": f"{HEAD}rules: {{}}\n", "notes.txt": "",
             "flow.yaml": flow.replace("house", "flow")}  # fmt: skip
    there = write(tmp_path, files)
    rest = () if "--pack" in arguments else ("--pack", "org")
    code, out, err = run("new", "rule", *arguments, *rest)
    assert (code, out) == (2, "")
    assert message in err.replace("\\", "/")
    assert files_in(tmp_path) == there


def test_a_pack_that_the_configuration_names_need_not_be_named(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"aipolicy.toml": 'policies = ["build-or-buy", "./org"]\nselect = ["DATA"]\n'})
    assert run("new", "rule", "Z-001", "--pack", "org")[0] == 0
    code, out, _ = run("new", "rule", "Z-002")
    assert (code, "aipolicy.toml" in out, "policy lock" in out) == (0, False, False)
    assert run("policy", "lock")[0] == 0
    code, out, _ = run("new", "rule", "Z-003")
    assert (code, "aipolicy policy lock" in out) == (0, True)


@pytest.mark.parametrize("policies", ['["build-or-buy"]', '["./org", "./other"]'])
def test_without_one_pack_of_ones_own_the_pack_is_asked_for(policies: str, run: Run, tmp_path: Path) -> None:
    there = write(tmp_path, {
        "aipolicy.toml": f"policies = {policies}\n", "org/pack.yaml": ALONE,
        "other/pack.yaml": HEAD.replace("house", "other") + f"rules:\n{rule('Y-001')}",
    })  # fmt: skip
    code, _, err = run("new", "rule", "Z-002")
    assert (code, "name the pack with `--pack FOLDER`" in err) == (2, True)
    assert files_in(tmp_path) == there


def test_a_folder_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "org").write_text("a file", encoding="utf-8")
    code, _, err = run("new", "rule", "Z-001", "--pack", "org/own.yaml")
    assert (code, (tmp_path / "org").read_text(encoding="utf-8")) == (2, "a file")
    assert err.startswith("aipolicy: usage: org: ")
