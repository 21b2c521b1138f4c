"""The check of the action, its steps executed by bash in a repository with a base commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from action_steps import CLEAN, TOKEN, WRONG, FakeGitHub, git, run_step, serve, write_event
from run_check import arguments, base_revision
from workflow_commands import Unusable


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a repository: a wrong manifest on main, and a clean one on the branch that is checked out."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "old.aifeature.yaml").write_text(WRONG.replace("faq", "old"), encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(folder, "checkout", "-qb", "change")
    (folder / "new one.aifeature.yaml").write_text(CLEAN, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "change")
    return folder


def test_reports_outputs_and_summary_are_made_and_the_step_itself_passes(shop: Path) -> None:
    done, outputs = run_step("Check", shop, INPUT_BASE="none")
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs["exit-code"] == "1"
    sarif = json.loads(Path(outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert Path(outputs["comment-file"]).read_text(encoding="utf-8").startswith("<!-- aipolicy report -->\n")
    assert "unknown key" in (shop.parent / "runner" / "summary.md").read_text(encoding="utf-8")
    assert "\n::error file=old.aifeature.yaml,line=4," in done.stdout


def test_clean_manifests_are_exit_code_0(shop: Path) -> None:
    _, outputs = run_step("Check", shop, INPUT_BASE="none", INPUT_PATHS="new one.aifeature.yaml\n\n")
    assert outputs["exit-code"] == "0"


def test_what_was_wrong_before_the_pull_request_does_not_gate(shop: Path, tmp_path: Path) -> None:
    event = write_event(tmp_path / "event.json", base_sha=git(shop, "rev-parse", "main"))
    _, outputs = run_step("Check", shop, INPUT_BASE="auto", GITHUB_EVENT_PATH=event)
    assert outputs["exit-code"] == "0"
    (shop / "new one.aifeature.yaml").write_text(WRONG, encoding="utf-8")
    _, outputs = run_step("Check", shop, INPUT_BASE="auto", GITHUB_EVENT_PATH=event)
    assert outputs["exit-code"] == "1"


def priced(requests: int) -> str:
    return CLEAN.replace(
        "requests_per_day: 2000", f"requests_per_day: {requests}, input_tokens: 1000, output_tokens: 100"
    )


def test_what_the_change_does_stands_in_comment_and_summary(shop: Path, tmp_path: Path) -> None:
    git(shop, "checkout", "-q", "main")
    (shop / "old.aifeature.yaml").write_text(priced(2000), encoding="utf-8")
    git(shop, "commit", "-qam", "priced")
    git(shop, "update-ref", "refs/remotes/origin/main", "HEAD")
    event = write_event(tmp_path / "event.json", base_sha=git(shop, "rev-parse", "main"))
    for requests, limit, code, changes in ((2000, "10%", "0", "false"), (2010, "10%", "0", "false"),
                                           (200000, "", "0", "true"), (200000, "10%", "1", "true")):  # fmt: skip
        (shop / "old.aifeature.yaml").write_text(priced(requests), encoding="utf-8")
        done, outputs = run_step("Check", shop, GITHUB_EVENT_PATH=event, INPUT_COST_INCREASE=limit)
        assert (outputs["exit-code"], outputs["changes"]) == (code, changes), done.stdout
        comment = Path(outputs["comment-file"]).read_text(encoding="utf-8")
        assert ("### aipolicy: what this change does" in comment) is (changes == "true")
        assert ("costs more by more than 10%" in done.stdout) is (code == "1")


def test_a_limit_of_costs_without_a_base_is_told(shop: Path) -> None:
    done, _ = run_step("Check", shop, INPUT_BASE="none", INPUT_COST_INCREASE="10%")
    assert "`fail-on-cost-increase` compares nothing: there is no base" in done.stdout


def test_a_limit_that_is_none_is_exit_code_2(shop: Path, tmp_path: Path) -> None:
    event = write_event(tmp_path / "event.json", base_sha=git(shop, "rev-parse", "main"))
    done, outputs = run_step("Check", shop, GITHUB_EVENT_PATH=event, INPUT_COST_INCREASE="a lot")
    assert outputs["exit-code"] == "2"
    assert "takes USD a month such as 500" in done.stdout


def test_a_clone_without_the_base_is_exit_code_2_with_what_to_do(shop: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", shop.as_uri(), str(shallow))
    event = write_event(tmp_path / "event.json", base_sha=git(shop, "rev-parse", "main"))
    done, outputs = run_step("Check", shallow, GITHUB_EVENT_PATH=event)
    assert outputs["exit-code"] == "2"
    assert "fetch-depth: 0" in done.stdout


def test_a_pull_request_goes_from_check_to_comment_to_outcome(shop: Path, tmp_path: Path) -> None:
    (shop / "new one.aifeature.yaml").write_text(WRONG, encoding="utf-8")
    event = write_event(tmp_path / "event.json", base_sha=git(shop, "rev-parse", "main"))
    with serve(FakeGitHub()) as github:
        for manifest, status, headline in ((WRONG, 1, "1 finding blocks 1 feature"), (CLEAN, 0, "nothing blocks")):
            (shop / "new one.aifeature.yaml").write_text(manifest, encoding="utf-8")
            _, outputs = run_step("Check", shop, GITHUB_EVENT_PATH=event)
            run_step(
                "Comment", shop, GITHUB_EVENT_PATH=event, GITHUB_API_URL=github.url, GITHUB_TOKEN=TOKEN,
                INPUT_COMMENT="true", COMMENT_FILE=outputs["comment-file"], EXIT_CODE=outputs["exit-code"],
            )  # fmt: skip
            assert f"### aipolicy: {headline}" in github.comments[0]["body"]
            assert run_step("Outcome", shop, EXIT_CODE=outputs["exit-code"])[0].returncode == status
    assert len(github.comments) == 1


@pytest.mark.parametrize(("variables", "code", "said"), [
    ({"INPUT_PATHS": "missing"}, "2", "exit code 2"),
    ({"INPUT_POLICY": "no-such-pack"}, "2", "exit code 2"),
    ({"INPUT_PATHS": "empty"}, "3", "exit code 3"),
    ({"INPUT_PATHS": "--help"}, "2", "exit code 2"),
    ({"INPUT_PATHS": "--exit-zero\nold.aifeature.yaml"}, "2", "exit code 2"),
    ({"INPUT_PATHS": "$(touch pwned)`touch pwned`;touch pwned"}, "2", "exit code 2"),
])  # fmt: skip
def test_what_cannot_be_checked_is_told_in_log_and_summary(
    shop: Path, variables: dict[str, str], code: str, said: str
) -> None:
    (shop / "empty").mkdir()
    done, outputs = run_step("Check", shop, INPUT_BASE="none", **variables)
    assert outputs["exit-code"] == code
    assert said in done.stdout
    assert said in (shop.parent / "runner" / "summary.md").read_text(encoding="utf-8")
    assert not (shop / "pwned").exists()


def test_a_report_of_an_earlier_run_is_never_taken_for_this_one(shop: Path) -> None:
    run_step("Check", shop, INPUT_BASE="none", INPUT_SARIF_FILE="out/a.sarif")
    assert (shop / "out" / "a.sarif").is_file()
    _, outputs = run_step("Check", shop, INPUT_BASE="none", INPUT_SARIF_FILE="out/a.sarif", INPUT_PATHS="missing")
    assert (outputs["sarif-file"], outputs["comment-file"]) == ("", "")
    assert not (shop / "out" / "a.sarif").exists()


@pytest.mark.parametrize("variables", [
    {"INPUT_FAIL_ON": "errors"}, {"INPUT_FAIL_ON": "note --exit-zero"}, {"INPUT_SARIF_FILE": "a\nexit-code=0"},
    {"INPUT_SARIF_FILE": "old.aifeature.yaml/a.sarif"}, {"RUNNER_TEMP": ""},
])  # fmt: skip
def test_an_unusable_input_fails_the_step(shop: Path, variables: dict[str, str]) -> None:
    done, outputs = run_step("Check", shop, **{"INPUT_BASE": "none", **variables})
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1].startswith("::error title=aipolicy::")
    assert outputs.get("exit-code") != "0"


def test_text_of_manifests_is_no_workflow_command(shop: Path) -> None:
    hostile = WRONG.replace("residancy", '"::error::injected"').replace("faq", "hostile")
    (shop / "x.aifeature.yaml").write_text(hostile, encoding="utf-8")
    done, _ = run_step("Check", shop, INPUT_BASE="none")
    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    end = lines.index(f"::{lines[start].removeprefix('::stop-commands::')}::")
    assert any("injected" in line for line in lines[start:end])
    outside = [*lines[:start], *lines[end + 1 :]]
    assert all(line.startswith(("::error file=", "::warning ", "::notice ")) for line in outside)


def test_modules_of_the_checkout_do_not_stand_in_for_ours(shop: Path) -> None:
    for name in ("aipolicy", "json", "yaml", "secrets", "event", "pip", "venv"):
        (shop / f"{name}.py").write_text("raise SystemExit('pwned')\n", encoding="utf-8")
    done, outputs = run_step("Check", shop, INPUT_BASE="none", PYTHONPATH=str(shop))
    assert outputs["exit-code"] == "1"
    assert "pwned" not in done.stdout + done.stderr


@pytest.mark.parametrize(("code", "status"), [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("4", 4)])
def test_the_last_step_ends_with_the_code_of_the_check(shop: Path, code: str, status: int) -> None:
    assert run_step("Outcome", shop, EXIT_CODE=code)[0].returncode == status


@pytest.mark.parametrize("code", ["", "5", "00", "0; true", "-1", "$(echo 0)"])
def test_the_last_step_fails_when_the_check_left_no_code(shop: Path, code: str) -> None:
    done = run_step("Outcome", shop, EXIT_CODE=code)[0]
    assert done.returncode == 4
    assert "did not come to its end" in done.stdout


def test_an_older_aipolicy_judges_more_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments("", "main", tmp_path / "a.sarif", tmp_path) == ["check", "--format=text", "--", "."]
    said = capsys.readouterr().out
    assert "knows no `--base`; everything is checked" in said
    assert "knows no `--output`" in said


def test_every_input_becomes_one_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_PATHS", "a b\n--c\n")
    monkeypatch.setenv("INPUT_POLICY", "build-or-buy\npolicies/our own.yaml")
    monkeypatch.setenv("INPUT_FAIL_ON", "warning")
    sarif = tmp_path / "a.sarif"
    assert arguments("--base --output", "-x y", sarif, tmp_path) == [
        "check", "--format=text", "--policy=build-or-buy", "--policy=policies/our own.yaml", "--fail-on=warning",
        "--base=-x y", f"--output=sarif={sarif}", f"--output=markdown={tmp_path / 'comment.md'}",
        f"--output=github={tmp_path / 'annotations.txt'}", "--", "a b", "--c",
    ]  # fmt: skip


COMMIT = "ab" * 20


@pytest.mark.parametrize(("event", "wanted", "base"), [
    ({}, "auto", ""),
    ({"ref": "refs/heads/main", "before": COMMIT}, "auto", ""),
    ({"merge_group": {"base_sha": COMMIT}}, "auto", COMMIT),
    ({"merge_group": {"base_sha": "--upload-pack=x"}}, "auto", ""),
    ({"pull_request": {"number": 1, "base": {"ref": "main", "sha": COMMIT}}}, "auto", "refs/remotes/origin/main"),
    ({"pull_request": {"number": 1, "base": {"ref": "gone", "sha": COMMIT}}}, "auto", COMMIT),
    ({"pull_request": {"number": 1, "base": {"ref": "a\x00b", "sha": COMMIT}}}, "auto", COMMIT),
    ({"pull_request": {"number": 1, "base": {"ref": "main", "sha": COMMIT}}}, "none", ""),
    ({"pull_request": {"number": 1, "base": {"ref": "main", "sha": COMMIT}}}, "v1", "v1"),
])  # fmt: skip
def test_the_base_follows_from_the_event(
    shop: Path, monkeypatch: pytest.MonkeyPatch, event: object, wanted: str, base: str
) -> None:
    monkeypatch.chdir(shop)
    (shop / "event.json").write_text(json.dumps(event), encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", "event.json")
    assert base_revision(wanted) == base


def test_a_pull_request_without_any_base_is_refused(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.setenv("GITHUB_EVENT_PATH", write_event(shop / "event.json", base_ref="gone", base_sha="HEAD"))
    with pytest.raises(Unusable, match="names no base commit"):
        base_revision("auto")
