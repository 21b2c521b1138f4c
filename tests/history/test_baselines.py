"""Baselines: written by a run, read by the next; what was accepted does not gate, and nothing pays for anything else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from git_repos import HEAD, OWN, GitRepo, clean, on_call, pack

from aipolicy.changes.baseline import baseline_text, read_baseline, write_baseline
from aipolicy.errors import AipolicyError
from aipolicy.findings.comparison import Identity, KnownFinding
from aipolicy.findings.finding import DecidingValue, Finding, Outcome, Severity

BROKEN = HEAD + "metadata: {name: broken}\ndata: {clases: [health]}\n"
OWN_FILES = {"aipolicy.toml": OWN, "policies/own.yaml": pack()}
FILE = "aipolicy-baseline.json"
ENTRY = {"feature": "desk", "rule": "OWN-001", "path": "team.on_call", "severity": "error", "outcome": "violated"}


def known(rule: str = "OWN-001", feature: str = "desk", path: str = "team.on_call",
          values: dict[str, DecidingValue] | None = None) -> KnownFinding:  # fmt: skip
    return KnownFinding(Identity(rule, feature, path), Severity.ERROR, Outcome.VIOLATED, None, values)


def text_of(*entries: dict[str, object], schema: str = "aipolicy/baseline/v2") -> str:
    return json.dumps({"schema": schema, "findings": list(entries)}, indent=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """Return a folder that is the working folder; it need not be a repository."""
    monkeypatch.chdir(tmp_path)
    repo = GitRepo(tmp_path)
    repo.write(OWN_FILES)
    return repo


def test_accepted_findings_do_not_gate_and_new_ones_do(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false")})
    assert run("check").code == 1
    assert run("check", "--write-baseline").code == 0
    assert json.loads((folder.folder / FILE).read_text()) == {"schema": "aipolicy/baseline/v2", "findings": [ENTRY]}
    done = run("check", "--baseline", FILE)
    assert done.code == 0
    assert f"compared with {FILE}: 0 new, 0 worse, 1 unchanged" in done.out
    folder.write({"b.aifeature.yaml": on_call("false", "b")})
    assert run("check", "--baseline", FILE).code == 1


def test_the_same_findings_are_the_same_bytes_whatever_the_lines(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false"), "b.aifeature.yaml": on_call("false", "b")})
    run("check", "--write-baseline")
    first = (folder.folder / FILE).read_bytes()
    folder.write({"a.aifeature.yaml": "# moved\n" + on_call("false", "b"), "b.aifeature.yaml": on_call("false")})
    run("check", "--write-baseline")
    assert (folder.folder / FILE).read_bytes() == first


def test_a_fix_and_a_new_violation_never_cancel_out(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false"), "b.aifeature.yaml": on_call("true", "b")})
    run("check", "--write-baseline")
    folder.write({"a.aifeature.yaml": on_call("true"), "b.aifeature.yaml": on_call("false", "b")})
    done = run("check", "--baseline", FILE, "--format", "json")
    comparison = json.loads(done.out)["comparison"]
    assert (done.code, comparison["new"], comparison["stale"]) == (1, 1, [
        {name: ENTRY[name] for name in ("rule", "feature", "path", "severity", "outcome")}])  # fmt: skip


@pytest.mark.parametrize(
    ("before", "severity", "after", "severity_after", "code"),
    [
        ("false", "error", "false", "error", 0),
        ("null", "error", "false", "error", 1),
        ("false", "warning", "false", "error", 1),
        ("false", "error", "false", "warning", 0),
        ("false", "error", "null", "error", 0),
    ],
)
def test_an_accepted_finding_gates_when_it_is_worse(
    before: str, severity: str, after: str, severity_after: str, code: int, folder: GitRepo, run
) -> None:  # type: ignore[no-untyped-def]
    def manifest(answer: str) -> str:
        return on_call(None if answer == "null" else answer)

    folder.write({"policies/own.yaml": pack(severity), "a.aifeature.yaml": manifest(before)})
    run("check", "--write-baseline")
    folder.write({"policies/own.yaml": pack(severity_after), "a.aifeature.yaml": manifest(after)})
    assert run("check", "--baseline", FILE).code == code


def test_stale_entries_are_told_and_gate_only_when_asked_to(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false"), "b.aifeature.yaml": on_call("false", "b")})
    run("check", "--write-baseline")
    folder.write({"a.aifeature.yaml": on_call("true")})
    done = run("check", "--baseline", FILE)
    assert done.code == 0
    assert "note: 1 entry is stale" in done.out
    assert "OWN-001 of desk at team.on_call" in done.out.replace("\n", " ")
    assert run("check", "--baseline", FILE, "--fail-on-stale").code == 1
    run("check", "--write-baseline")
    assert "stale" not in run("check", "--baseline", FILE, "--fail-on-stale").out


def test_a_run_over_some_files_says_nothing_of_the_others(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false"), "b.aifeature.yaml": on_call("false", "b")})
    run("check", "--write-baseline")
    before = (folder.folder / FILE).read_bytes()
    done = run("check", "--baseline", FILE, "--fail-on-stale", "a.aifeature.yaml")
    assert (done.code, "stale" in done.out) == (0, False)
    run("check", "a.aifeature.yaml", "--write-baseline")
    assert (folder.folder / FILE).read_bytes() == before
    (folder.folder / "b.aifeature.yaml").unlink()
    assert run("check", "--baseline", FILE, "--fail-on-stale", "a.aifeature.yaml").code == 0
    assert run("check", "--baseline", FILE, "--fail-on-stale").code == 1


def test_rules_that_were_not_evaluated_are_not_stale(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    more = pack().replace("rules:\n", "rules:\n  - {id: NEW-001, name: new, title: t, kind: duty, severity: error, "
                          "require: [team.on_call], message: m}\n")  # fmt: skip
    folder.write({"policies/own.yaml": more, "a.aifeature.yaml": on_call("false")})
    run("check", "--write-baseline")
    before = (folder.folder / FILE).read_bytes()
    assert run("check", "--baseline", FILE, "--fail-on-stale", "--select", "OWN").code == 0
    run("check", "--write-baseline", "--select", "OWN")
    assert (folder.folder / FILE).read_bytes() == before


def test_broken_manifests_are_never_accepted(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write(
        {"a.aifeature.yaml": on_call("false"), "b.aifeature.yaml": BROKEN, "c.aifeature.yaml": on_call("false")}
    )
    done = run("check", "--write-baseline")
    assert done.code == 1
    assert "MAN-" not in (folder.folder / FILE).read_text()
    assert "error[MAN-003]" in run("check", "--baseline", FILE).out


def test_a_feature_whose_manifest_is_broken_now_is_not_called_fixed(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false")})
    run("check", "--write-baseline")
    before = (folder.folder / FILE).read_bytes()
    folder.write(
        {"a.aifeature.yaml": on_call("false").replace("team", "taem"), "b.aifeature.yaml": on_call("true", "b")}
    )
    assert "stale" not in run("check", "--baseline", FILE).out
    run("check", "--write-baseline")
    assert (folder.folder / FILE).read_bytes() == before


def test_the_configuration_names_a_baseline_from_its_own_folder(folder: GitRepo, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"aipolicy.toml": OWN + "baseline = 'ci/known.json'\n", "svc/a.aifeature.yaml": on_call("false"),
                  "ci/keep": ""})  # fmt: skip
    assert run("check").code == 2
    assert run("check", "--write-baseline").code == 0
    assert (folder.folder / "ci" / "known.json").exists()
    monkeypatch.chdir(folder.folder / "svc")
    assert run("check").code == 0


def test_a_baseline_and_a_base_each_hold_what_they_know(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({**OWN_FILES, "a.aifeature.yaml": on_call("false")})
    run("check", "--write-baseline")
    (repo.folder / "a.aifeature.yaml").unlink()
    repo.commit({"b.aifeature.yaml": on_call("false", "b")})
    repo.write({"a.aifeature.yaml": on_call("false")})
    assert run("check", "--base", "main").code == 1
    assert run("check", "--baseline", FILE).code == 1
    done = run("check", "--base", "main", "--baseline", FILE, "--format", "json")
    assert (done.code, json.loads(done.out)["comparison"]["unchanged"]) == (0, 2)


def test_nothing_is_written_where_nothing_was_evaluated(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    done = run("check", "--write-baseline")
    assert done.code == 3
    assert "no baseline is written" in done.err
    folder.write({"policies/own.yaml": "nonsense: 1\n", "a.aifeature.yaml": on_call("false")})
    assert run("check", "--write-baseline").code == 2
    assert not (folder.folder / FILE).exists()


DAMAGED = {
    "cut off": (text_of(ENTRY)[:60], "no JSON at line "),
    "a merge conflict": ("<<<<<<< ours\n" + text_of(ENTRY), "no JSON at line 1, column 1"),
    "empty": ("", "no JSON at line 1, column 1"),
    "a list": ("[]", "expected a mapping"),
    "no version": ('{"findings": []}', "missing key `schema`"),
    "another version": (text_of(ENTRY, schema="aipolicy/baseline/v3"), ":2:12: version `aipolicy/baseline/v3`"),
    "values before their time": (
        text_of({**ENTRY, "values": {}}, schema="aipolicy/baseline/v1"),
        "unknown key `values`",
    ),
    "values in a list": (text_of({**ENTRY, "values": [1]}), "`values` must be a mapping, found a list"),
    "a value that is none": (
        text_of({**ENTRY, "values": {"x": {}}}),
        "`x` must be true or false, a number, text or a list",
    ),
    "no findings": ('{"schema": "aipolicy/baseline/v1"}', "missing key `findings`"),
    "a misspelt key": (text_of({**ENTRY, "sevrity": "error"}), "unknown key `sevrity`; did you mean `severity`?"),
    "a missing key": (text_of({"rule": "OWN-001"}), ":4:3: missing key `feature`"),
    "a misspelt severity": (text_of({**ENTRY, "severity": "eror"}), "`eror` is not one of"),
    "a wrong outcome": (text_of({**ENTRY, "outcome": "satisfied"}), "`satisfied` is not one of"),
    "a number": (text_of({**ENTRY, "path": 3}), "`path` must be text, found a number"),
    "a broken manifest accepted": (text_of({**ENTRY, "rule": "MAN-001"}), "never accepted"),
    "a key twice": ('{"schema": "aipolicy/baseline/v1", "schema": "x", "findings": []}', "written twice"),
    "deeply nested": ("[" * 100_000, "nested too deeply"),
    "no number": ('{"schema": NaN}', "is no JSON"),
    "text after the end": (text_of(ENTRY) + "x", "no JSON at line"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_baseline_is_exit_2_with_the_place_and_is_not_overwritten(damage: str, folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    text, message = DAMAGED[damage]
    folder.write({FILE: text, "a.aifeature.yaml": on_call("false")})
    done = run("check", "--baseline", FILE)
    assert done.code == 2
    assert done.err.startswith((f"aipolicy: baseline: {FILE}", f"aipolicy: error: {FILE}:"))
    assert message in done.err
    assert run("check", "--write-baseline").code == 2
    assert (folder.folder / FILE).read_text(encoding="utf-8") == text


def test_no_other_file_is_overwritten(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": on_call("false"), "package.json": "{}", "svc/keep": ""})
    assert run("check", "--write-baseline", "package.json").code == 2
    assert (folder.folder / "package.json").read_text() == "{}"
    done = run("check", "--write-baseline", "a.aifeature.yaml")
    assert done.code == 2
    assert "ends in `.json`" in done.err
    (folder.folder / "link.json").symlink_to("elsewhere.json")
    assert run("check", "--write-baseline", "link.json").code == 2
    assert not (folder.folder / "elsewhere.json").exists()
    assert run("check", "--write-baseline", "nowhere/b.json").code == 2
    assert run("check", "--write-baseline", "new.json").code == 0


@pytest.mark.parametrize(
    "arguments",
    [("--fail-on-stale",), ("--base", "main", "--write-baseline"), ("--baseline", "x.json", "--write-baseline"),
     ("--baseline", ""), ("--baseline", "nowhere.json"), ("--baseline", "."), ("--baseline", "/dev/null")],
)  # fmt: skip
def test_what_cannot_be_meant_is_exit_2(arguments: tuple[str, ...], folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    folder.write({"a.aifeature.yaml": clean()})
    assert run("check", *arguments).code == 2


NEEDS = (
    "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
    "  - {id: OWN-001, name: a, title: t, kind: duty, severity: error, "
    "require: [volume.requests_per_day <= 100.0], message: m}\n"
)


def asked(requests: str = "500", lifecycle: str = "pilot") -> str:
    volume = f"volume: {{requests_per_day: {requests}}}\n" if requests else ""
    plan = "plan: {hosting: on-premises}\n"
    return f"{HEAD}metadata: {{name: desk, lifecycle: {lifecycle}}}\ndata: {{classes: [internal]}}\n{volume}{plan}"


@pytest.mark.parametrize(
    ("requests", "code", "count"),
    [("500", 0, "unchanged"), ("501", 1, "worse"), ("499", 0, "changed"), ("50", 0, "stale")],
)
def test_an_accepted_violation_is_compared_by_what_decided_it(
    requests: str, code: int, count: str, folder: GitRepo, run
) -> None:  # type: ignore[no-untyped-def]
    folder.write({"policies/own.yaml": NEEDS, "a.aifeature.yaml": asked()})
    run("check", "--write-baseline")
    (entry,) = json.loads((folder.folder / FILE).read_text())["findings"]
    assert entry["values"] == {"volume.requests_per_day": 500.0}
    folder.write({"a.aifeature.yaml": asked(requests)})
    done = run("check", "--baseline", FILE, "--format", "json")
    comparison = json.loads(done.out)["comparison"]
    assert (done.code, bool(comparison[count])) == (code, True)


def test_a_baseline_of_before_still_works_and_says_how_to_refresh_it(folder: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    entry = {**ENTRY, "path": "volume.requests_per_day"}
    folder.write({"policies/own.yaml": NEEDS, "a.aifeature.yaml": asked("501"),
                  FILE: text_of(entry, schema="aipolicy/baseline/v1")})  # fmt: skip
    done = run("check", "--baseline", FILE)
    assert done.code == 0
    assert "1 entry of aipolicy-baseline.json does not say what decided the violation" in done.out.replace("\n", " ")
    assert run("check", "--write-baseline").code == 0
    assert "does not say" not in run("check", "--baseline", FILE).out
    folder.write({"a.aifeature.yaml": asked("502")})
    assert run("check", "--baseline", FILE).code == 1


@pytest.mark.parametrize(
    ("requests", "schema", "stale"),
    [("", "v1", False), ("", "v2", False), ("50", "v1", False), ("50", "v2", True)],
)
def test_what_was_accepted_as_undetermined_and_gates_no_more_is_not_stale(
    requests: str, schema: str, stale: bool, folder: GitRepo, run, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    # early undetermined rules are questions, which are no findings
    from aipolicy.evaluation import findings

    real = findings._rule_finding
    monkeypatch.setattr(findings, "_rule_finding", lambda *given: _if_violated(real(*given)))
    entry = {**ENTRY, "path": "volume.requests_per_day", "outcome": "undetermined"}
    folder.write({"policies/own.yaml": NEEDS, "a.aifeature.yaml": asked(requests, "prototype"),
                  FILE: text_of(entry, schema=f"aipolicy/baseline/{schema}")})  # fmt: skip
    assert run("check", "--baseline", FILE, "--fail-on-stale").code == stale
    run("check", "--write-baseline")
    assert len(json.loads((folder.folder / FILE).read_text())["findings"]) == (not requests)


def _if_violated(finding: Finding | None) -> Finding | None:
    return finding if finding is not None and finding.outcome is Outcome.VIOLATED else None


def test_an_empty_baseline_holds_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "b.json")
    write_baseline(path, ())
    assert read_baseline(path).findings == ()


def test_what_is_written_is_read_back_whatever_is_in_it(tmp_path: Path) -> None:
    values: dict[str, DecidingValue] = {"a": True, "b": 1.5, "c": "\u202e\udce4", "d": ("x", '"'), "e": ()}
    findings = (known(feature='"\n\u202e\udce4'), known(), known(), known(path="", values=values))
    path = str(tmp_path / "b.json")
    write_baseline(path, findings)
    assert sorted(read_baseline(path).findings, key=lambda k: k.identity) == sorted(findings, key=lambda k: k.identity)
    assert baseline_text(findings) == baseline_text(reversed(findings))


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.json"
    write_baseline(str(path), (known(),))
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(AipolicyError, match="no space left"):
        write_baseline(str(path), ())
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["b.json"]
