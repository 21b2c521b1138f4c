"""Rules over all features in a run: over everything or not at all, told either way, and the same however it is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from git_repos import HEAD, GitRepo
from jsonschema import Draft202012Validator

from aipolicy.config.scope import RunScope
from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import find_manifests
from aipolicy.findings.finding import Outcome
from aipolicy.report.formats.registry import FORMATS
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import load_policy

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schemas" / "report.v2.json"
CONFIG = {"aipolicy.toml": "policies = ['own.yaml']\n"}
NOT_EVALUATED = "1 portfolio rule was not evaluated"


def pack(severity: str = "error", limit: float = 0.6) -> str:
    return (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\n"
        f"parameters:\n  - {{name: share, type: number, default: {limit}, description: d, source: s}}\n"
        "portfolio_rules:\n  - id: FOLIO-001\n    name: too-much\n    title: No provider has too much\n"
        f"    severity: {severity}\n    over: [metadata.lifecycle == 'production']\n    group_by: plan.provider\n"
        "    measures: {requests: sum(volume.requests_per_day)}\n"
        "    require: [group.requests <= params.share * total.requests]\n"
        '    message: "`{group.key}` has `{group.requests}` of `{total.requests}`"\n'
    )


def manifest(name: str, provider: str, requests: int | None, lifecycle: str = "production") -> str:
    volume = "" if requests is None else f"volume: {{requests_per_day: {requests}}}\n"
    return (
        f"{HEAD}metadata: {{name: {name}, owner: web, lifecycle: {lifecycle}}}\ndata: {{classes: [internal]}}\n{volume}"
        f"plan: {{hosting: provider-api, provider: {provider}}}\n"
    )


EVEN = {"own.yaml": pack(), **CONFIG, "svc/a.aifeature.yaml": manifest("a", "openai", 50),
        "svc/b.aifeature.yaml": manifest("b", "mistral", 50)}  # fmt: skip
AT_MOST = pack().replace("params.share * total.requests", "params.share * 1000.0")
UNEVEN = {**EVEN, "svc/c.aifeature.yaml": manifest("c", "openai", 900)}


@pytest.mark.parametrize("paths", [(), (".",), ("{top}",), ("svc", ".")])
def test_folders_that_hold_everything_are_judged_together(paths: tuple[str, ...], repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    done = run("check", *(path.format(top=repo.folder) for path in paths))
    assert done.code == 1
    assert "error[FOLIO-001]: `openai` has `950` of `1 000` (`c` 95 % and `a` 5 %)" in done.out
    assert "svc/c.aifeature.yaml:5:28" in done.out
    assert "3 features in 3 files checked against 1 rule" in done.out


@pytest.mark.parametrize(
    ("paths", "reason"),
    [(("svc/a.aifeature.yaml",), "a file was named"), (("svc", "svc/a.aifeature.yaml"), "a file was named"),
     (("svc",), "they need every feature below `.`")],
)  # fmt: skip
@pytest.mark.parametrize("output_format", ["text", "concise", "json", "csv"])
def test_a_part_of_a_run_is_never_judged_as_if_it_were_all_and_that_is_told_every_time(
    output_format: str, paths: tuple[str, ...], reason: str, repo: GitRepo, run
) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    for _ in range(2):
        done = run("check", "--format", output_format, *paths)
        assert done.code == 3
        assert "FOLIO-001" not in done.out
        told = done.out if output_format in ("text", "json") else done.err
        assert f"{NOT_EVALUATED}: {reason}" in " ".join(told.split())


def test_a_part_of_a_run_that_other_rules_judge_stays_clean_and_says_so(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    rules = (
        "rules:\n  - {id: OWN-001, name: own, title: t, kind: duty, severity: error, "
        'require: [metadata.lifecycle != "retired"], message: m}\n'
    )
    repo.write({**UNEVEN, "own.yaml": pack() + rules})
    done = run("check", "svc/a.aifeature.yaml")
    assert (done.code, NOT_EVALUATED in done.out) == (0, True)
    assert run("check").code == 1


def test_a_working_folder_below_the_configuration_is_a_part(repo: GitRepo, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    monkeypatch.chdir(repo.folder / "svc")
    assert "they need every feature below `..`" in run("check").out
    assert run("check", "..").code == 1


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_shows_a_finding_on_all_features(output_format: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    done = run("check", "--format", output_format)
    assert done.code == 1
    assert "FOLIO-001" in done.out
    assert not done.err


def test_json_is_as_its_schema_says(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    repo.write(UNEVEN)
    for paths in ((), ("svc/a.aifeature.yaml",)):
        validator.validate(json.loads(run("check", "--format", "json", *paths).out))


@pytest.mark.parametrize(
    "broken",
    ["a: [1\n", "", f"{HEAD}metadata: {{name: x}}\ndata: {{clases: [health]}}\n",
     manifest("x", "openai", 1) + "---\n" + f"{HEAD}metadata: {{nam: y}}\n"],
)  # fmt: skip
def test_a_broken_manifest_leaves_undetermined_what_it_could_change(broken: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({**EVEN, "svc/x.aifeature.yaml": broken})
    done = run("check", "--format", "concise")
    assert done.code == 1
    assert "error[FOLIO-001]: undetermined: No provider has too much: unknown for" in done.out
    assert "while `svc/x.aifeature.yaml` has no readable facts" in done.out


def test_a_name_that_is_used_twice_counts_twice_and_is_told(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({**EVEN, "svc/c.aifeature.yaml": manifest("a", "openai", 50)})
    done = run("check", "--format", "concise")
    assert "MAN-007" in done.out
    assert "`openai` has `100` of `150`" in done.out


def test_a_remembered_run_and_one_with_a_changed_manifest_are_as_one_from_the_start(
    repo: GitRepo, run, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    first = run("check")
    assert run("check") == first
    repo.write({"svc/b.aifeature.yaml": manifest("b", "mistral", 900)})
    changed = run("check")
    assert changed != first
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    assert run("check") == changed


WITH_PROCESSES = (
    "import sys, aipolicy.run.remembered_files as run\n"
    "count = int(sys.argv.pop(1))\nrun.usable_processes = lambda: count\n"
    "from aipolicy.cli.main import main\nmain()\n"
)


def test_bytes_are_equal_however_many_processes_judge(repo: GitRepo) -> None:
    many = {f"m{n:03}.aifeature.yaml": manifest(f"f{n}", "openai" if n % 9 else "mistral", n + 1) for n in range(160)}
    repo.write({**EVEN, **many, "m007.aifeature.yaml": "a: [\n"})
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": ""}
    results = []
    for processes in ("1", "2"):
        command = [sys.executable, "-c", WITH_PROCESSES, processes, "check", "--as-of", "2026-11-21"]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        results.append((done.returncode, done.stdout, done.stderr))
    assert results[0] == results[1]
    assert b"FOLIO-001" in results[0][1]


def test_the_python_api_judges_what_was_not_named(repo: GitRepo) -> None:
    repo.write(UNEVEN)
    policy = load_policy(PolicySettings(as_of=date(2026, 11, 21), packs=("./own.yaml",)))
    report = check(find_manifests((".",), stdin=bytes), policy)
    assert [(f.rule_id, f.outcome, f.subject) for f in report.findings] == [
        ("FOLIO-001", Outcome.VIOLATED, "group openai")
    ]
    assert report.totals.portfolio_rules == 1
    named = check(find_manifests(("svc/c.aifeature.yaml",), stdin=bytes), policy)
    assert not named.findings
    assert named.totals.notices
    assert not named.totals.evaluated
    assert check(find_manifests(("svc/c.aifeature.yaml",), stdin=bytes), policy, RunScope()).findings


@pytest.mark.parametrize(
    ("before", "after", "code", "counts"),
    [
        (EVEN, {"svc/c.aifeature.yaml": manifest("c", "openai", 900)}, 1, {"new": 1}),
        (UNEVEN, {"svc/d.aifeature.yaml": manifest("d", "openai", 9000)}, 0, {"changed": 1}),
        ({**UNEVEN, "own.yaml": AT_MOST}, {"svc/d.aifeature.yaml": manifest("d", "openai", 9000)}, 1, {"worse": 1}),
        (UNEVEN, {"svc/c.aifeature.yaml": manifest("c", "openai", 20)}, 0, {"fixed": 1}),
        (UNEVEN, {"svc/c.aifeature.yaml": manifest("c", "mistral", 900)}, 1, {"new": 1, "fixed": 1}),
        ({**UNEVEN, "own.yaml": pack("warning")}, {"own.yaml": pack()}, 1, {"worse": 1}),
        (UNEVEN, {"own.yaml": pack(limit=0.99)}, 0, {"fixed": 1}),
        ({**UNEVEN, "own.yaml": pack(limit=0.99)}, {"own.yaml": pack()}, 1, {"new": 1}),
        ({**EVEN, "svc/c.aifeature.yaml": manifest("c", "openai", None)},
         {"svc/c.aifeature.yaml": manifest("c", "openai", 900)}, 1, {"worse": 1}),
    ],
)  # fmt: skip
def test_a_change_is_judged_by_the_groups_it_makes_worse(
    before: dict[str, str], after: dict[str, str], code: int, counts: dict[str, int], repo: GitRepo, run
) -> None:  # type: ignore[no-untyped-def]
    repo.commit(before)
    repo.write(after)
    done = run("check", "--base", "main", "--format", "json")
    comparison = json.loads(done.out)["comparison"]
    found = {name: comparison[name] for name in ("new", "worse", "changed", "unchanged") if comparison[name]}
    found |= {"fixed": len(comparison["fixed"])} if comparison["fixed"] else {}
    assert (done.code, found) == (code, counts)


def test_a_baseline_holds_a_group_whatever_the_numbers(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    assert run("check", "--write-baseline").code == 0
    repo.write({"svc/d.aifeature.yaml": manifest("d", "openai", 9000)})
    assert run("check", "--baseline", "aipolicy-baseline.json").code == 0
    repo.write({"svc/d.aifeature.yaml": manifest("d", "mistral", 9000)})
    assert run("check", "--baseline", "aipolicy-baseline.json").code == 1
    partial = run("check", "--baseline", "aipolicy-baseline.json", "--fail-on-stale", "svc/a.aifeature.yaml")
    assert NOT_EVALUATED in partial.out


@pytest.mark.parametrize("arguments", [("explain", "FOLIO-001"), ("rules",), ("rules", "--format", "json")])
def test_a_rule_over_all_features_is_listed_and_explained(arguments: tuple[str, ...], repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(EVEN)
    done = run(*arguments)
    assert done.code == 0
    assert "FOLIO-001" in done.out
    assert "portfolio" in done.out


def test_a_rule_over_all_features_can_be_left_out_by_choice(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write(UNEVEN)
    done = run("check", "--ignore", "FOLIO")
    assert (done.code, "not evaluated by choice: FOLIO-001" in done.out) == (3, True)
    repo.commit()
    assert run("check", "--base", "main", "--select", "FOLIO").code == 0
