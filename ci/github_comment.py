"""Keeps one comment on a pull request: finds it page by page, updates it, or writes it for the first time.

A comment that cannot be written is told and does not change the outcome of the check.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from comment_body import MARKER, comment_key, is_ours, with_key
from event import PullRequest, pull_request, read_event
from github_api import GitHub, Refused
from workflow_commands import Unusable, required, say, stop

PAGE_SIZE = 100
MOST_PAGES = 100
ATTEMPTS = 4
MODES = ("true", "failures", "changes")
"""`failures` writes no first comment while nothing blocks, `changes` none while nothing blocks or changes; a comment that is
there is updated in all."""
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_HELP = "the job needs `permissions: pull-requests: write`"


class Comments:
    """The comments of one pull request."""

    def __init__(self, api: GitHub, repository: str, number: int) -> None:
        if not _REPOSITORY.fullmatch(repository) or ".." in repository:
            raise Unusable("`GITHUB_REPOSITORY` is not owner/name; leave it as GitHub sets it")
        self._api = api
        self._repository = f"/repos/{repository}"
        self._issue = f"{self._repository}/issues/{number}/comments"

    def put(self, body: str, key: str, *, first: bool) -> str:
        """Update our comment, or create it if `first` allows; returns what was done."""
        found = self._find(key)
        if found is not None:
            comment, before = found
            if _same(before, body):
                return "unchanged"
            self._api.request("PATCH", f"{self._repository}/issues/comments/{comment}", {"body": body})
            return "updated"
        if not first:
            return "not needed"
        self._api.request("POST", self._issue, {"body": body})
        return "created"

    def _find(self, key: str) -> tuple[int, str] | None:
        login = self._login()
        for comment in self._all():
            number, body = comment.get("id"), comment.get("body")
            if isinstance(number, int) and isinstance(body, str) and is_ours(body, key) and _is_by(comment, login):
                return number, body
        return None

    def _all(self) -> Iterator[Mapping[str, Any]]:
        for page in range(1, MOST_PAGES + 1):
            answer = self._api.request("GET", f"{self._issue}?per_page={PAGE_SIZE}&page={page}")
            if not isinstance(answer.body, list):
                raise Refused(answer.status, "the answer is no list of comments", 0.0)
            yield from (each for each in answer.body if isinstance(each, dict))
            if len(answer.body) < PAGE_SIZE and 'rel="next"' not in answer.headers.get("link", ""):
                return
        raise Refused(0, f"more than {PAGE_SIZE * MOST_PAGES} comments")

    def _login(self) -> str | None:
        """Return the name that a personal token writes under; None for the token of a workflow, which may not ask."""
        try:
            user = self._api.request("GET", "/user").body
        except Refused as refused:
            if refused.wait_seconds is not None:
                raise
            return None
        login = user.get("login") if isinstance(user, dict) else None
        return login if isinstance(login, str) else None


def _is_by(comment: Mapping[str, Any], login: str | None) -> bool:
    """Return whether the token's own user wrote a comment: anybody can write the marker."""
    user = comment.get("user")
    if not isinstance(user, dict):
        return False
    return user.get("login") == login if login is not None else user.get("type") == "Bot"


def _same(before: str, after: str) -> bool:
    return before.replace("\r\n", "\n").rstrip() == after.rstrip()


def retried(work: Callable[[], str], sleep: Callable[[float], None] = time.sleep) -> str:
    """Return what work returns, tried again a few times where that is worth it; raises the last `Refused`.

    The whole work is tried again: after an answer that was lost, the comment may already be there.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except Refused as refused:
            if refused.wait_seconds is None or attempt == ATTEMPTS - 1:
                raise
            sleep(max(refused.wait_seconds, float(2**attempt)))
    raise AssertionError


def explain(refused: Refused, change: PullRequest) -> None:
    """Say why there is no comment, and what to do."""
    if refused.status in (401, 403, 404) and change.from_fork:
        say(
            "notice",
            "no comment: the token of a pull request from a fork can only read; the step summary has the report",
        )
    elif refused.status in (401, 403, 404) and refused.wait_seconds is None:
        say("warning", f"no comment: GitHub answered {refused.reason}; {_HELP}")
    else:
        say("warning", f"no comment: {refused.reason}; the step summary has the report")


def main() -> None:
    """Write the comment of the run; exit code 2 is for inputs that cannot be used."""
    try:
        mode = os.environ.get("INPUT_COMMENT", "")
        if mode not in MODES:
            raise Unusable(f"`comment` takes false, true, failures or changes, found `{mode[:40]}`")
        change = pull_request(read_event())
        if change is None:
            return say("notice", "no comment: this run is not about a pull request")
        path = os.environ.get("COMMENT_FILE", "")
        if not path:
            return say("warning", "no comment: the check made no report; its own step says why")
        report = Path(path).read_text(encoding="utf-8", errors="replace")
        if not report.startswith(MARKER):
            raise Unusable("the report for the comment begins with no marker; use the `markdown` format")
        names = ("GITHUB_WORKFLOW", "GITHUB_JOB", "INPUT_PATHS", "INPUT_POLICY", "INPUT_CATEGORY")
        key = comment_key(*(os.environ.get(name, "") for name in names))
        api = GitHub(os.environ.get("GITHUB_API_URL") or "https://api.github.com", required("GITHUB_TOKEN"))
        comments = Comments(api, required("GITHUB_REPOSITORY"), change.number)
        changes = mode == "changes" and os.environ.get("CHANGES") == "true"
        first = mode == "true" or changes or os.environ.get("EXIT_CODE") != "0"
        try:
            done = retried(lambda: comments.put(with_key(report, key), key, first=first))
        except Refused as refused:
            return explain(refused, change)
        print(f"comment {done}")
    except Unusable as error:
        stop(error)
    except OSError as error:
        stop(Unusable(f"the report for the comment cannot be read: {type(error).__name__}"))


if __name__ == "__main__":
    main()
