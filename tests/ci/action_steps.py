"""The action as data, its steps run by bash, and a local server that stands in for GitHub's comments API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
sys.path.insert(0, str(CI))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
TOKEN = "ghs_a-token-that-is-never-shown"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
WRONG = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq}\ndata: {classes: [internal], residancy: [US]}\n"
    "latency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)
CLEAN = WRONG.replace("residancy", "residency")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def run_step(name: str, folder: Path, **variables: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Return what bash did with a step of the action as GitHub runs it, and the outputs that the step set."""
    runner = folder.parent / "runner"
    runner.mkdir(exist_ok=True)
    outputs = runner / "outputs"
    outputs.write_text("", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {
        "ACTION_PATH": str(ROOT), "AIPOLICY_PYTHON": sys.executable, "PYTHON": sys.executable,
        "RUNNER_TEMP": str(runner), "GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
        "GITHUB_REPOSITORY": "acme/shop", "AIPOLICY_CACHE_DIR": "", **variables,
    }  # fmt: skip
    script = runner / "step.sh"
    script.write_text(STEPS[name]["run"], encoding="utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    lines = outputs.read_text(encoding="utf-8").splitlines()
    return done, dict(line.split("=", 1) for line in lines)


def write_event(
    path: Path, *, number: object = 7, base_sha: str = "", base_ref: str = "main", fork: bool = False
) -> str:
    event = {
        "pull_request": {
            "number": number,
            "base": {"ref": base_ref, "sha": base_sha, "repo": {"id": 1}},
            "head": {"ref": "change", "repo": {"id": 2 if fork else 1}},
        }
    }
    path.write_text(json.dumps(event), encoding="utf-8")
    return str(path)


@dataclass
class FakeGitHub:
    """Comments in memory; `failures` are answers given before the real ones: status, headers, body."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    failures: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    user: str | None = None
    url: str = ""
    lose_created: int = 0
    """Comments that are made although the answer says that they were not."""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any, Mapping[str, str]]:
        parts = urlsplit(path)
        if parts.path == "/user":
            return (200, {"login": self.user}, {}) if self.user else (403, {"message": "not accessible"}, {})
        if method == "POST":
            self.comments.append({"id": 1000 + len(self.comments), "body": body["body"], "user": BOT})
            if self.lose_created:
                self.lose_created -= 1
                return 502, {"message": "bad gateway"}, {}
            return 201, self.comments[-1], {}
        if method == "PATCH":
            comment = next(each for each in self.comments if each["id"] == int(parts.path.rpartition("/")[2]))
            comment["body"] = body["body"]
            return 200, comment, {}
        query = parse_qs(parts.query)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        found = self.comments[(page - 1) * size : page * size]
        return 200, found, {"Link": '<https://evil.example/>; rel="next"'} if len(self.comments) > page * size else {}


@contextmanager
def serve(fake: FakeGitHub) -> Iterator[FakeGitHub]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            fake.requests.append(f"{self.command} {self.path}")
            fake.tokens.add(self.headers.get("Authorization", ""))
            if fake.failures and self.path != "/user":
                status, headers, data = fake.failures.pop(0)
            else:
                status, answer, headers = fake.answer(self.command, self.path, body)
                data = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815  (names that http.server looks for)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
