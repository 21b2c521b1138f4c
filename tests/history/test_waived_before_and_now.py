"""Waivers between the base of a change and now: what is newly waived is told, what is waived no more gates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from git_repos import GitRepo, on_call, pack
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "report.v2.json"
DIFF_SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "diff.v1.json"
HEAD = "apiVersion: aipolicy/v1\nkind: Waivers\n"
OWN = "policies = ['policies/own.yaml']\n"
FILES = {
    "aipolicy.toml": f"{OWN}waivers = ['w.yaml']\n",
    "policies/own.yaml": pack(),
    "a.aifeature.yaml": on_call("false"),
}


def waived(expires: str = "2027-01-15", feature: str = "desk", rule: str = "OWN-001") -> str:
    """Return an entry of a waivers file."""
    return (
        f"  - {{rule: {rule}, feature: {feature}, reason: r, owner: o, approver: p, approved_on: 2026-11-01, "
        f"expires: {expires}}}\n"
    )


def listed(*entries: str) -> str:
    """Return a waivers file."""
    return HEAD + ("waivers:\n" + "".join(entries) if entries else "waivers: []\n")


CASES: dict[str, tuple[str, str, int, dict[str, int]]] = {
    "a waiver is added": (listed(), listed(waived()), 0, {"waived": 1}),
    "a waiver stays": (listed(waived()), listed(waived()), 0, {"unchanged": 1}),
    "a waiver gets more time": (listed(waived("2026-12-31")), listed(waived()), 0, {"waived": 1, "fixed": 0}),
    "a waiver gets less time": (listed(waived()), listed(waived("2027-01-14")), 0, {"unchanged": 1}),
    "a waiver is taken away": (listed(waived()), listed(), 1, {"worse": 1}),
    "a waiver expires": (listed(waived()), listed(waived("2026-11-20")), 1, {"worse": 1, "new": 1}),
    "a waiver had expired": (listed(waived("2026-11-20")), listed(waived("2026-11-20")), 0, {"unchanged": 2}),
    "a wrong waiver is added above": (
        listed(waived("2026-11-20")), listed(waived(rule="OWN-01"), waived("2026-11-20")), 1, {"new": 1, "unchanged": 2}),
    "a waiver of nothing is added": (listed(waived()), listed(waived(), waived(feature="dsk")), 1,
                                     {"new": 1, "unchanged": 1}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_waivers_of_both_sides_are_compared(case: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    before, now, code, expected = CASES[case]
    repo.commit({**FILES, "w.yaml": before})
    repo.write({"w.yaml": now})
    done = run("check", "--base", "main", "--format", "json")
    report = json.loads(done.out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(report)
    found = {name: report["comparison"][name] for name in ("new", "worse", "waived", "unchanged")}
    assert (done.code, done.err) == (code, "")
    assert found == {name: expected.get(name, 0) for name in found}


def test_a_waiver_that_a_change_adds_is_told_by_check_and_diff(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "w.yaml": listed()})
    repo.write({"w.yaml": listed(waived())})
    out = run("check", "--base", "main").out
    assert "error[OWN-001]: waived: nobody is on call" in out
    assert "0 new, 0 worse, 0 unchanged, 1 newly waived or for longer" in " ".join(out.split())
    text = run("diff", "--base", "main").out
    assert "waived: nobody is on call (until 2027-01-15, w.yaml:4), was error [policy]" in " ".join(text.split())
    diff = json.loads(run("diff", "--base", "main", "--format", "json").out)
    Draft202012Validator(json.loads(DIFF_SCHEMA.read_text(encoding="utf-8"))).validate(diff)
    assert [(each["rule"], each["cause"]) for each in diff["features"][0]["waived"]] == [("OWN-001", "policy")]
    assert "- **waived**:" in run("diff", "--base", "main", "--format", "markdown").out


def test_a_waivers_file_that_is_new_was_none_at_the_base(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "aipolicy.toml": OWN})
    repo.write({**FILES, "w.yaml": listed(waived())})
    done = run("check", "--base", "main")
    assert (done.code, done.err) == (0, "")
    assert "1 newly waived" in done.out


def test_a_new_failure_with_its_waiver_is_new_and_does_not_gate(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "a.aifeature.yaml": on_call("true"), "w.yaml": listed()})
    repo.write({"a.aifeature.yaml": on_call("false"), "w.yaml": listed(waived())})
    done = run("check", "--base", "main")
    assert (done.code, "1 new" in done.out, "waived: nobody is on call" in done.out) == (0, True, True)


def test_a_baseline_accepts_neither_what_is_waived_nor_what_is_wrong_with_waivers(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "w.yaml": listed(waived(), waived(rule="OWN-01"))})
    run("check", "--write-baseline")
    assert json.loads((repo.folder / "aipolicy-baseline.json").read_text(encoding="utf-8"))["findings"] == []
    assert run("check", "--baseline", "aipolicy-baseline.json").code == 1
    repo.write({"w.yaml": listed(waived())})
    assert run("check", "--baseline", "aipolicy-baseline.json").code == 0
    repo.write({"w.yaml": listed()})
    assert run("check", "--baseline", "aipolicy-baseline.json").code == 1
