"""Real repositories for tests, and manifests to put into them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
DAY = "2026-11-21"


def clean(name: str = "faq", lifecycle: str = "prototype") -> str:
    """Return a manifest without findings above a note."""
    return HEAD + (
        f"metadata: {{name: {name}, owner: web, lifecycle: {lifecycle}}}\n"
        "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
    )


def leak(name: str = "leak", lifecycle: str = "pilot") -> str:
    """Return a manifest with a violation of DATA-001."""
    return HEAD + (
        f"metadata: {{name: {name}, lifecycle: {lifecycle}}}\ndata: {{classes: [itar], residency: [US]}}\n"
        "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
    )


def pack(severity: str = "error") -> str:
    """Return a pack of one rule: somebody is on call."""
    return (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\n"
        "rules:\n  - id: OWN-001\n    name: nobody-on-call\n    title: Somebody is on call\n    kind: duty\n"
        f"    severity: {severity}\n    require: [team.on_call]\n    message: nobody is on call\n"
    )


def on_call(answer: str | None, name: str = "desk", lifecycle: str = "pilot") -> str:
    """Return a manifest that says whether somebody is on call, or does not say it."""
    team = "" if answer is None else f"team: {{on_call: {answer}}}\n"
    plan = "plan: {hosting: on-premises}\n"
    return f"{HEAD}metadata: {{name: {name}, lifecycle: {lifecycle}}}\ndata: {{classes: [internal]}}\n{team}{plan}"


OWN = "policies = ['policies/own.yaml']\n"


@dataclass(frozen=True, slots=True)
class GitRepo:
    """A repository in a folder; its commits have fixed people and days."""

    folder: Path

    def git(self, *arguments: str, day: str = "2026-10-01", stdin: bytes | None = None) -> str:
        """Run git and return its output."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", f"{day}T12:00:00Z"))},
        }  # fmt: skip
        command = ["git", "-c", "protocol.file.allow=always", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files of the working tree."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str] | None = None, day: str = "2026-10-01") -> str:
        """Write files, commit everything, and return the hash."""
        self.write(files or {})
        self.git("add", "-A", "--", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "change", day=day)
        return self.git("rev-parse", "HEAD")


def repository_in(folder: Path) -> GitRepo:
    """Return a new repository."""
    folder.mkdir(parents=True, exist_ok=True)
    repo = GitRepo(folder)
    repo.git("init", "-q", "-b", "main")
    return repo
