"""Runs `aipolicy check` for the GitHub Action: log, annotations, step summary, SARIF, and the comment as a file."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from event import merge_group_base, pull_request, read_event
from workflow_commands import Unusable, append, lines, required, say, set_output, stop

AUTO, NONE = "auto", "none"
_FAIL_ON = ("", "error", "warning", "note")
_LISTED = (0, 1, 2, 3, 4)
"""Exit codes of aipolicy; any other means that it did not come to its end."""


def base_revision(wanted: str) -> str:
    """Return the revision to compare with, or nothing for checking everything; raises `Unusable`.

    `auto` is the branch that a pull request goes to, or the commit that a merge queue builds on.
    """
    if wanted == NONE:
        return ""
    if wanted != AUTO:
        return wanted
    event = read_event()
    change = pull_request(event)
    if change is None:
        return merge_group_base(event)
    # NOTE: the commit in the event is of the day the request was opened; the fetched branch is what HEAD was merged with.
    branch = f"refs/remotes/origin/{change.base_branch}"
    if change.base_branch and _is_commit(branch):
        return branch
    if not change.base_commit:
        raise Unusable("the event names no base commit; set `base` to a revision, or to `none`")
    return change.base_commit


def arguments(known: str, base: str, sarif: Path, folder: Path) -> list[str]:
    """Return the arguments of `aipolicy` for what its help (`known`) says it can do; what it cannot is told."""
    command = ["check", "--format=text"]
    command += [f"--policy={policy}" for policy in lines("INPUT_POLICY")]
    fail_on = os.environ.get("INPUT_FAIL_ON", "")
    if fail_on not in _FAIL_ON:
        raise Unusable(f"`fail-on` takes error, warning or note, found `{fail_on[:40]}`")
    command += [f"--fail-on={fail_on}"] if fail_on else []
    category = os.environ.get("INPUT_CATEGORY", "")
    command += [f"--category={category}"] if category and "--category" in known else []
    if base and "--base" in known:
        command.append(f"--base={base}")
    elif base:
        say("warning", "this version of aipolicy knows no `--base`; everything is checked, not only what changed")
    if "--output" in known:
        command += [f"--output=sarif={sarif}", f"--output=markdown={folder / 'comment.md'}"]
        command.append(f"--output=github={folder / 'annotations.txt'}")
    else:
        say(
            "warning",
            "this version of aipolicy knows no `--output`; no annotations, summary, SARIF or comment are made",
        )
    return [*command, "--", *(lines("INPUT_PATHS") or (".",))]


def diff_arguments(known: str, base: str) -> list[str]:
    """Return the arguments of `aipolicy diff`; nothing without a base, or for a version that cannot say what costs do."""
    limit, ignored = (os.environ.get(f"INPUT_{name}", "").strip() for name in ("COST_INCREASE", "COST_CHANGE"))
    if not base or "--ignore-cost-below" not in known:
        if limit:
            reason = "there is no base" if not base else "this version of aipolicy cannot do so"
            say("warning", f"`fail-on-cost-increase` compares nothing: {reason}")
        return []
    command = ["diff", "--format=markdown", f"--base={base}", f"--ignore-cost-below={ignored or '1%'}"]
    command += [f"--fail-on-cost-increase={limit}"] if limit else []
    command += [f"--policy={policy}" for policy in lines("INPUT_POLICY")]
    return [*command, "--", *(lines("INPUT_PATHS") or (".",))]


def what_changes(python: str, base: str, comment: Path) -> tuple[int, bool]:
    """Add what the change does to the comment and the step summary; returns the exit code, and whether it does anything."""
    command = diff_arguments(_aipolicy(python, ["diff", "--help"]).stdout.decode("utf-8", "replace"), base)
    if not command:
        return 0, False
    done = _aipolicy(python, command, complaints=subprocess.PIPE)
    if done.stderr:
        print_log(done.stderr)
    text = done.stdout.decode("utf-8", "replace")
    if text:
        append("GITHUB_STEP_SUMMARY", f"\n{text}")
    if text and comment.is_file():
        with comment.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{text}")
    # NOTE: a check that is complete says already what is wrong; 3 says that no feature was there to compare.
    return (1 if done.returncode == 1 else 2 if done.returncode == 2 else 0), bool(text)


def print_log(text: bytes) -> None:
    """Print text of manifests and policies so that GitHub Actions reads no command in it."""
    # NOTE: the token is drawn anew each time, so that no text can end the pause.
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}")
    print(text.decode("utf-8", "replace"), end="" if text.endswith(b"\n") else "\n")
    print(f"::{token}::", flush=True)


def run(python: str, folder: Path, sarif: Path) -> tuple[int, bool]:
    """Run the check and return its exit code, and whether the change does anything; reports are in `folder` and `sarif`."""
    base = base_revision(os.environ.get("INPUT_BASE", "").strip() or AUTO)
    known = _aipolicy(python, ["check", "--help"]).stdout.decode("utf-8", "replace")
    for name in ("comment.md", "annotations.txt"):
        (folder / name).unlink(missing_ok=True)
    sarif.unlink(missing_ok=True)
    sarif.parent.mkdir(parents=True, exist_ok=True)
    done = _aipolicy(python, arguments(known, base, sarif, folder))
    print_log(done.stdout)
    annotations = folder / "annotations.txt"
    if annotations.is_file():
        print(annotations.read_text(encoding="utf-8"), end="", flush=True)
    code = done.returncode if done.returncode in _LISTED else 4
    costs, changes = what_changes(python, base, folder / "comment.md") if code < 2 else (0, False)
    if costs == 1:
        say(
            "error",
            "the change makes a feature cost more than `fail-on-cost-increase` allows; the log of this step says which",
        )
    code = max(code, costs)
    if code >= 2:
        append("GITHUB_STEP_SUMMARY", f"\naipolicy ended with exit code {code}; the log of this step says why.\n")
        say("error", f"aipolicy ended with exit code {code}; the log of this step says why")
    return code, changes


def _aipolicy(python: str, command: list[str],
              complaints: int = subprocess.STDOUT) -> subprocess.CompletedProcess[bytes]:  # fmt: skip
    environment = {**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "120"}
    # NOTE: one stream keeps complaints in their order; -I keeps the checkout from standing in for a module.
    return subprocess.run(
        [python, "-I", "-X", "utf8", "-m", "aipolicy", *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=environment, check=False,
    )  # fmt: skip


def _is_commit(revision: str) -> bool:
    command = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except (OSError, ValueError):
        return False


def main() -> None:
    """Run the check and set the outputs; the last step of the action exits."""
    try:
        folder = Path(required("RUNNER_TEMP")) / "aipolicy-reports"
        folder.mkdir(parents=True, exist_ok=True)
        wanted = os.environ.get("INPUT_SARIF_FILE", "").strip() or str(folder / "aipolicy.sarif")
        code, changes = run(required("AIPOLICY_PYTHON"), folder, Path(wanted))
        set_output("exit-code", str(code))
        set_output("changes", str(changes).lower())
        set_output("sarif-file", wanted if Path(wanted).is_file() else "")
        set_output("comment-file", str(folder / "comment.md") if (folder / "comment.md").is_file() else "")
    except Unusable as error:
        stop(error)
    except (OSError, ValueError) as error:
        stop(Unusable(f"the check cannot be run: {type(error).__name__}: {error}"))


if __name__ == "__main__":
    main()
