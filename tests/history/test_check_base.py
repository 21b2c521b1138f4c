"""`check --base`: what was there before does not gate; what a change makes worse does, wherever it comes from."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from git_repos import HEAD, OWN, GitRepo, clean, leak, on_call, pack, repository_in
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "report.v2.json"
BROKEN = HEAD + "metadata: {name: broken}\ndata: {clases: [health]}\n"
OWN_FILES = {"aipolicy.toml": OWN, "policies/own.yaml": pack()}


def changes(out: str) -> dict[str, int]:
    comparison = json.loads(out)["comparison"]
    return {
        **{name: comparison[name] for name in ("new", "worse", "changed", "unchanged") if comparison[name]},
        **{name: len(comparison[name]) for name in ("fixed", "stale") if comparison[name]},
    }


CASES: dict[str, tuple[dict[str, str | None], dict[str, str | None], int, dict[str, int]]] = {
    "an old violation stays": ({"a": on_call("false")}, {}, 0, {"unchanged": 1}),
    "a new violation": ({"a": on_call("true")}, {"a": on_call("false")}, 1, {"new": 1}),
    "a new feature with a violation": ({"a": on_call("true")}, {"b": on_call("false", "b")}, 1, {"new": 1}),
    "a violation is fixed": ({"a": on_call("false")}, {"a": on_call("true")}, 0, {"fixed": 1}),
    "undetermined becomes violated": (
        {"a": on_call(None)}, {"a": on_call("false")}, 1, {"worse": 1}
    ),
    "violated becomes undetermined": ({"a": on_call("false")}, {"a": on_call(None)}, 0, {"unchanged": 1}),
    "an early feature goes to pilot, and what was open gates": (
        {"a": on_call(None, lifecycle="prototype")}, {"a": on_call(None)}, 1, {"new": 1}
    ),
    "a fix elsewhere does not pay for a violation": (
        {"a": on_call("false"), "b": on_call("true", "b")},
        {"a": on_call("true"), "b": on_call("false", "b")}, 1, {"new": 1, "fixed": 1},
    ),
    "a file is renamed": ({"a": on_call("false")}, {"a": None, "deep/b": on_call("false")}, 0, {"unchanged": 1}),
    "two files swap their features": (
        {"a": on_call("false"), "b": on_call("true", "b")},
        {"b": on_call("false"), "a": on_call("true", "b")}, 0, {"unchanged": 1},
    ),
    "lines move": ({"a": on_call("false")}, {"a": "# one\n# two\n" + on_call("false")}, 0, {"unchanged": 1}),
    "a feature is renamed": ({"a": on_call("false")}, {"a": on_call("false", "new")}, 1, {"new": 1, "fixed": 1}),
    "a file is deleted": ({"a": on_call("true"), "b": on_call("false", "b")}, {"b": None}, 0, {"fixed": 1}),
    "a broken manifest stays": ({"a": on_call("true"), "b": BROKEN}, {}, 0, {"unchanged": 1}),
    "a manifest breaks": ({"a": on_call("true"), "b": on_call("true", "b")}, {"b": BROKEN}, 1, {"new": 1}),
    "a broken manifest does not pay for another": (
        {"a": on_call("true"), "b": BROKEN}, {"b": on_call("true", "b"), "c": BROKEN}, 1, {"new": 1, "fixed": 1}
    ),
    "a name is used twice": (
        {"a": on_call("false")}, {"b": on_call("false")}, 1, {"new": 2, "unchanged": 1}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_only_what_a_change_makes_worse_gates(case: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    before, after, code, expected = CASES[case]
    repo.commit({**OWN_FILES, **{f"{name}.aifeature.yaml": str(text) for name, text in before.items()}})
    for name, text in after.items():
        if text is None:
            (repo.folder / f"{name}.aifeature.yaml").unlink()
        else:
            repo.write({f"{name}.aifeature.yaml": text})
    for dirty in (True, False):
        revision = "HEAD" if dirty else "HEAD~1"
        done = run("check", "--base", revision, "--format", "json")
        assert (done.code, changes(done.out)) == (code, expected), done.err
        assert json.loads(done.out)["summary"]["exit_code"] == code
        Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(done.out))
        for output in ("text", "concise"):
            assert run("check", "--base", revision, "--format", output).code == code
        repo.commit()


def asked(classes: str = "health", residency: str = "DE", requests: int = 500) -> str:
    """Return a manifest that breaks both rules of `LIMITS` by default."""
    return HEAD + (
        "metadata: {name: desk, lifecycle: prototype}\n"
        f"data: {{classes: [{classes}], residency: [{residency}]}}\nvolume: {{requests_per_day: {requests}}}\n"
    )


LIMITS = (
    "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
    "  - {id: OWN-001, name: a, title: t, kind: duty, severity: error, when: [data.sensitivity >= 1.0], "
    "require: [volume.requests_per_day <= 100.0], message: m}\n"
    "  - {id: OWN-002, name: b, title: t, kind: duty, severity: error, "
    "require: [\"data.residency_countries.all(c, c in ['FR'])\"], message: m}\n"
)
DECIDED: dict[str, tuple[dict[str, object], int, dict[str, int]]] = {
    "nothing moved": ({}, 0, {"unchanged": 2}),
    "a larger number is worse": ({"requests": 600}, 1, {"worse": 1, "unchanged": 1}),
    "a smaller one is shown": ({"requests": 400}, 0, {"changed": 1, "unchanged": 1}),
    "one that breaks the rule no longer is fixed": ({"requests": 90}, 0, {"fixed": 1, "unchanged": 1}),
    "one more country outside is worse": ({"residency": "DE, US"}, 1, {"worse": 1, "unchanged": 1}),
    "another country outside is worse": ({"residency": "US"}, 1, {"worse": 1, "unchanged": 1}),
    "one more country inside is nothing": ({"residency": "DE, FR"}, 0, {"unchanged": 2}),
    "a higher sensitivity is worse": ({"classes": "itar"}, 1, {"worse": 1, "unchanged": 1}),
    "a lower one is shown": ({"classes": "internal"}, 0, {"changed": 1, "unchanged": 1}),
}


@pytest.mark.parametrize("case", DECIDED)
def test_a_violation_that_was_there_is_compared_by_the_values_that_decided_it(case: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    changed, code, expected = DECIDED[case]
    repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": LIMITS, "a.aifeature.yaml": asked()})
    repo.write({"a.aifeature.yaml": asked(**changed)})  # type: ignore[arg-type]
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (code, expected), done.err
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(done.out))
    shown = run("check", "--base", "main", "--format", "concise").out
    assert ("worse than before: " in shown, "not as before: " in shown) == ("worse" in expected, "changed" in expected)


def test_a_violation_elsewhere_in_the_world_is_worse_and_says_why(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    manifest = asked() + "plan: {hosting: provider-api, provider: openai, region: eu, fallback: none}\n"
    repo.commit({"a.aifeature.yaml": manifest})
    repo.write({"a.aifeature.yaml": manifest.replace("region: eu", "region: us")})
    done = run("check", "--base", "main", "--select", "RES-001", "--format", "concise")
    assert (done.code, "(worse than before: `option.regions` also `US`)" in done.out) == (1, True)


def test_more_sensitive_data_where_it_must_not_be_is_worse(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    manifest = asked("internal") + "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
    repo.commit({"a.aifeature.yaml": manifest})
    repo.write({"a.aifeature.yaml": manifest.replace("[internal]", "[internal, health]")})
    done = run("check", "--base", "main", "--select", "RES-001", "--format", "concise")
    assert (done.code, "(worse than before: `data.sensitivity` was `1`, is `3`)" in done.out) == (1, True)


def test_another_wrong_word_of_the_plan_is_not_the_one_that_was_there(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit(OWN_FILES)
    planned = on_call("true").replace("hosting: on-premises", "provider: {}")
    repo.commit({"a.aifeature.yaml": planned.replace("{}", "atlantis")})
    assert changes(run("check", "--base", "main", "--format", "json").out) == {"unchanged": 1}
    repo.write({"a.aifeature.yaml": planned.replace("{}", "lemuria")})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"changed": 1})


def hide_by_ignoring(repo: GitRepo) -> None:
    repo.write({".gitignore": "svc/\n"})


def hide_by_excluding(repo: GitRepo) -> None:
    repo.write({"aipolicy.toml": OWN + "exclude = ['svc/*']\n"})


def hide_by_another_kind(repo: GitRepo) -> None:
    repo.write({"svc/a.aifeature.yaml": on_call("false").replace(HEAD, "apiVersion: other.io/v1\nkind: Component\n")})


def rename_feature(repo: GitRepo) -> None:
    repo.write({"svc/a.aifeature.yaml": on_call("true", "other")})


def move_file(repo: GitRepo) -> None:
    repo.git("mv", "svc/a.aifeature.yaml", "elsewhere.aifeature.yaml")


def remove_file(repo: GitRepo) -> None:
    repo.git("rm", "-q", "svc/a.aifeature.yaml")


SECOND = "---\n" + on_call("true", "second")


def hide_second_document(repo: GitRepo) -> None:
    other = SECOND.replace(HEAD, "apiVersion: other.io/v1\nkind: Component\n")
    repo.write({"z.aifeature.yaml": on_call("true", "z") + other})


def remove_second_document(repo: GitRepo) -> None:
    repo.write({"z.aifeature.yaml": on_call("true", "z")})


def break_file(repo: GitRepo) -> None:
    repo.write({"svc/a.aifeature.yaml": BROKEN})


HIDING = {
    "a document that is removed": (remove_second_document, [], 0),
    "a file that is broken": (break_file, ["MAN-003"], 1),
    "ignored by git, which tracks it all the same": (hide_by_ignoring, [], 0),
    "excluded": (hide_by_excluding, ["MAN-010"], 1),
    "another kind of document": (hide_by_another_kind, ["MAN-010"], 1),
    "renamed in its file": (rename_feature, [], 0),
    "moved": (move_file, [], 0),
    "removed with its file": (remove_file, [], 0),
}


def test_another_document_in_the_place_of_a_feature_is_never_passed_over(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "z.aifeature.yaml": on_call("true", "z") + SECOND})
    hide_second_document(repo)
    done = run("check", "--base", "main", "--format", "json")
    rules = {each["rule"] for each in json.loads(done.out)["findings"]}
    # what a stream may hold beside features is for discovery to say; either way the feature is missed
    assert (done.code, bool(rules & {"MAN-006", "MAN-010"})) == (1, True)


@pytest.mark.parametrize("case", HIDING)
def test_a_feature_that_vanished_while_its_file_is_there_is_a_finding(case: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    hide, expected, code = HIDING[case]
    repo.commit({**OWN_FILES, "svc/a.aifeature.yaml": on_call("false"),
                 "z.aifeature.yaml": on_call("true", "z") + SECOND})  # fmt: skip
    hide(repo)
    done = run("check", "--base", "main", "--format", "json")
    report = json.loads(done.out)
    told = [each["rule"] for each in report["findings"] if each["rule"].startswith("MAN-")]
    assert (told, done.code) == (expected, code)
    assert bool(report["comparison"]["fixed"]) is (hide in (rename_feature, remove_file))


def test_a_feature_that_is_gone_with_its_file_is_named(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "svc/a.aifeature.yaml": on_call("false"), "z.aifeature.yaml": on_call("true", "z")})
    (repo.folder / "svc" / "a.aifeature.yaml").rename(repo.folder / "svc" / "feature.yaml")
    done = run("check", "--base", "main")
    assert "1 feature of the base is declared nowhere any more, and nothing is found there: `desk`" in " ".join(
        done.out.split()
    )
    assert json.loads(run("check", "--base", "main", "--format", "json").out)["comparison"]["gone"] == ["desk"]


def test_a_changed_policy_makes_findings_worse(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": pack("warning"), "a.aifeature.yaml": on_call("false")})
    assert run("check").code == 0
    repo.write({"policies/own.yaml": pack("error")})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"worse": 1})


def test_a_base_is_judged_by_the_packs_that_its_packs_extended(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    top = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: top, version: '1'}\n"
    top += "extends: [{pack: ../org/own.yaml}]\n"
    repo.commit({"aipolicy.toml": "policies = ['packs/top.yaml']\n", "packs/top.yaml": top, "org/own.yaml": pack("warning"),
                 "a.aifeature.yaml": on_call("false")})  # fmt: skip
    assert changes(run("check", "--base", "main", "--format", "json").out) == {"unchanged": 1}
    repo.write({"org/own.yaml": pack("error")})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"worse": 1})
    raised = top + "overrides: [{rule: OWN-001, severity: error, reason: ours}]\n"
    repo.write({"org/own.yaml": pack("warning"), "packs/top.yaml": raised})
    assert changes(run("check", "--base", "main", "--format", "json").out) == {"worse": 1}


def test_the_base_is_judged_by_its_own_configuration(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"policies/own.yaml": pack(), "aipolicy.toml": OWN + "ignore = ['OWN']\n",
                 "svc/a.aifeature.yaml": on_call("false")})  # fmt: skip
    repo.write({"aipolicy.toml": OWN})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"new": 1})


def test_a_run_over_one_renamed_file_finds_the_feature_at_the_base(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("false"), "z.aifeature.yaml": on_call("false", "z")})
    repo.git("mv", "a.aifeature.yaml", "b.aifeature.yaml")
    done = run("check", "--base", "main", "--format", "json", "b.aifeature.yaml")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 1})


@pytest.mark.parametrize("where", [".", "..", "../svc/a.aifeature.yaml", "a.aifeature.yaml", "{top}/svc"])
def test_paths_mean_the_same_at_the_base_as_now(where: str, repo: GitRepo, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "svc/a.aifeature.yaml": on_call("false"), "svc/b.aifeature.yaml": BROKEN})
    monkeypatch.chdir(repo.folder / "svc")
    done = run("check", "--base", "main", where.format(top=repo.folder))
    assert done.code == 0
    assert " 0 new, 0 worse" in done.out.replace("\n", " ")


def test_command_line_choices_hold_on_both_sides(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"policies/own.yaml": pack(), "a.aifeature.yaml": on_call("false")})
    for extra in (["--policy", "policies/own.yaml"], ["--policy", "policies/own.yaml", "--select", "OWN"],
                  ["--policy", "./policies/own.yaml", "--strict"],
                  ["--policy", str(repo.folder / "policies/own.yaml")]):  # fmt: skip
        done = run("check", "--base", "main", "--format", "json", *extra)
        assert (done.code, changes(done.out)) == (0, {"unchanged": 1}), extra


def test_a_chosen_rule_need_not_exist_at_the_base(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("false")})
    more = pack().replace("rules:\n", "rules:\n  - {id: NEW-001, name: new, title: t, kind: duty, severity: error, "
                          "require: [team.on_call], message: m}\n")  # fmt: skip
    repo.write({"policies/own.yaml": more})
    done = run("check", "--base", "main", "--select", "NEW", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"new": 1})


def test_a_pack_of_the_command_line_that_is_new_found_nothing_at_the_base(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": on_call("false")})
    repo.write({"policies/own.yaml": pack()})
    done = run("check", "--base", "main", "--policy", "policies/own.yaml", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"new": 1})


def test_packs_catalog_and_configuration_outside_of_the_repository_are_the_same_for_both(
    repo: GitRepo, tmp_path: Path, run
) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": on_call("false")})
    (tmp_path / "own.yaml").write_text(pack(), encoding="utf-8")
    (tmp_path / "shared.toml").write_text("policies = ['./own.yaml']\n", encoding="utf-8")
    for extra in (["--policy", "../own.yaml"], ["--config", "../shared.toml"]):
        done = run("check", "--base", "main", "--format", "json", *extra)
        assert (done.code, changes(done.out)) == (0, {"unchanged": 1}), done.err


def test_a_base_whose_policy_is_unusable_is_exit_2_with_the_place(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    commit = repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": "rules: 3\n", "a.aifeature.yaml": clean()})
    repo.write({"policies/own.yaml": pack()})
    done = run("check", "--base", "main")
    assert done.code == 2
    assert f"{commit[:12]}:policies/own.yaml:" in done.err
    assert "aipolicy-base-" not in done.err


def test_the_configuration_of_a_base_is_refused_with_its_place(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    commit = repo.commit({"aipolicy.toml": "polices = []\n", "a.aifeature.yaml": clean()})
    repo.write({"aipolicy.toml": ""})
    done = run("check", "--base", "main")
    assert done.code == 2
    assert f"{commit[:12]}:aipolicy.toml:1:1" in done.err


def test_unchanged_findings_are_counted_and_shown_when_asked_for(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("false")})
    done = run("check", "--base", "main")
    assert "[OWN-001]" not in done.out
    assert "1 unchanged" in done.out
    assert "error[OWN-001]" in run("check", "--base", "main", "--show-unchanged").out
    concise = run("check", "--base", "main", "--format", "concise")
    assert concise.out == ""
    assert "1 unchanged" in concise.err


def test_standard_input_and_paths_outside_have_no_base(repo: GitRepo, tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    (tmp_path / "x.aifeature.yaml").write_text(clean("x"), encoding="utf-8")
    done = run("check", "--base", "main", "../x.aifeature.yaml")
    assert done.code == 2
    assert "outside of the repository" in done.err


def test_nothing_evaluated_stays_exit_3(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    (repo.folder / "a.aifeature.yaml").unlink()
    assert run("check", "--base", "main").code == 3


def test_links_within_the_tree_are_followed_and_those_out_of_it_are_not(repo: GitRepo, tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.yaml"
    secret.write_text(on_call("false", "secret"), encoding="utf-8")
    repo.write({**OWN_FILES, "shared/text.yaml": on_call("false"), "real/own.yaml": pack()})
    (repo.folder / "policies" / "own.yaml").unlink()
    (repo.folder / "policies" / "own.yaml").symlink_to("../real/own.yaml")
    (repo.folder / "svc").mkdir()
    (repo.folder / "svc" / "aifeature.yaml").symlink_to("../shared/text.yaml")
    for name, target in {"out": secret, "up": "../../secret.yaml", "circle": "circle.aifeature.yaml",
                         "gone": "nowhere", "trick": "svc/../../../secret.yaml"}.items():  # fmt: skip
        (repo.folder / f"{name}.aifeature.yaml").symlink_to(target)
    repo.commit()
    # what leads nowhere, or out of the repository, stops a run over now; at the base it is nothing
    for name in ("circle", "gone", "out", "up", "trick"):
        (repo.folder / f"{name}.aifeature.yaml").unlink()
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 1}), done.err


def test_a_submodule_is_part_of_both_sides(repo: GitRepo, tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    inner = repository_in(tmp_path / "inner")
    inner.commit({"in.aifeature.yaml": on_call("false", "inner")})
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("true")})
    repo.git("submodule", "add", "-q", str(inner.folder), "sub")
    repo.commit()
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 1})
    (repo.folder / "sub" / "in.aifeature.yaml").write_text(on_call("true", "inner"), encoding="utf-8")
    assert changes(run("check", "--base", "main", "--format", "json").out) == {"fixed": 1}


def test_a_file_over_the_size_limit_is_the_same_finding_on_both_sides(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("true"), "big.aifeature.yaml": "# x\n" * 400_000})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 1})


def test_what_is_tracked_is_ignored_on_neither_side(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({**OWN_FILES, "a.aifeature.yaml": on_call("false"), "old/b.aifeature.yaml": on_call("false", "b"),
                ".gitignore": "old/\n", "c.aifeature.yaml": on_call("false", "c")})  # fmt: skip
    repo.git("add", "-f", ".")
    repo.commit()
    (repo.folder / ".git" / "info" / "exclude").write_text("c.aifeature.yaml\n", encoding="utf-8")
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 3})


def test_a_change_that_ignores_a_tracked_manifest_and_breaks_it_gates(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("true"), "svc/aifeature.yaml": on_call("true", "svc")})
    repo.write({".gitignore": "svc/\n", "svc/aifeature.yaml": on_call("false", "svc")})
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "hide")
    done = run("check", "--base", "main~1", "--format", "json")
    assert (done.code, changes(done.out)) == (1, {"new": 1})


def test_a_named_file_that_is_excluded_is_left_out_on_both_sides(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    own = f"exclude = ['fixtures/']\n{OWN}"
    repo.commit({**OWN_FILES, "aipolicy.toml": own, "fixtures/a.aifeature.yaml": on_call("false")})
    done = run("check", "fixtures/a.aifeature.yaml", "--base", "main")
    assert (done.code, "0 fixed" in done.out or "fixed" not in done.out) == (0, True), done.out


def test_odd_file_names_are_the_same_on_both_sides(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    for name in ("ä ö", "tab\tline\nbreak", '"quoted"', "-dash", "a\\b", "\udce4"):
        with open(os.fsencode(f"{name}.aifeature.yaml"), "w", encoding="utf-8") as stream:
            stream.write(BROKEN)
    repo.commit({**OWN_FILES, "z.aifeature.yaml": on_call("true")})
    done = run("check", "--base", "main", "--format", "json")
    assert (done.code, changes(done.out)) == (0, {"unchanged": 6})


def test_the_working_tree_the_index_and_git_are_left_alone(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**OWN_FILES, "a.aifeature.yaml": on_call("false")})
    repo.write({"a.aifeature.yaml": on_call("true"), "untracked": ""})

    def state() -> dict[str, tuple[int, bytes]]:
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes())
                for path in sorted(repo.folder.rglob("*")) if path.is_file()}  # fmt: skip

    before = state()
    assert run("check", "--base", "main").code == 0
    assert state() == before


def test_a_hostile_tree_is_refused_before_anything_is_written(repo: GitRepo, tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    blob = repo.git("hash-object", "-w", "--stdin", stdin=clean("evil").encode())
    line = f"100644 blob {blob}\taifeature.yaml\n"
    inner = repo.git("mktree", stdin=line.encode())
    tree = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin",
                    stdin=b"40000 ..\0" + bytes.fromhex(inner))  # fmt: skip
    commit = repo.git("commit-tree", tree, "-m", "evil")
    repo.git("checkout", "-q", "-b", "evil")
    repo.git("update-ref", "refs/heads/evil", commit)
    done = run("check", "--base", "evil")
    assert done.code == 2
    assert "no usable path" in done.err


MANIFESTS = (
    clean(), leak(), BROKEN, "a: [1\n", "", on_call(None), on_call("false", "faq"), "foo: bar\n", leak() + "---\n" + leak(),
    leak("x") + "---\n" + clean("y") + "---\n" + BROKEN, HEAD + "metadata: {name: w}\nplan: {provider: opnai}\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(MANIFESTS), min_size=1, max_size=5), st.sampled_from(["note", "warning", "error"]))
@settings(max_examples=15)
def test_an_unchanged_tree_never_gates(
    tmp_path_factory: pytest.TempPathFactory, kept: Path, texts: list[str], fail_on: str
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    repo = repository_in(folder / "repo")
    repo.commit({f"{number}.aifeature.yaml": text for number, text in enumerate(texts)})
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.chdir(repo.folder)
        context.setenv("AIPOLICY_CACHE_DIR", str(kept))
        context.setattr(sys, "stdout", open(folder / "out", "w", encoding="utf-8"))  # noqa: SIM115
        code = cli.main(
            ["check", "--base", "main", "--fail-on", fail_on, "--as-of", "2026-11-21"], standalone_mode=False
        )
        sys.stdout.close()
    assert code in (0, 3)
    assert " 0 new, 0 worse" in (folder / "out").read_text(encoding="utf-8").replace("\n", " ")
