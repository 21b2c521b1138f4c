"""One comment on a pull request, against a local server: written, found, updated, and refused in every way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from action_steps import BOT, TOKEN, FakeGitHub, run_step, serve, write_event
from comment_body import MARKER, MOST_CHARACTERS, comment_key, cut, is_ours, with_key
from github_api import GitHub, Refused
from github_comment import ATTEMPTS, Comments, retried
from workflow_commands import Unusable

KEY = comment_key("", "", "", "", "")
REPORT = f"{MARKER}\n### aipolicy: 1 finding blocks 1 feature\n"
OURS = with_key("### old\n", KEY)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with serve(FakeGitHub()) as fake:
        yield fake


def comment(number: int, body: object, user: object = BOT) -> dict[str, Any]:
    return {"id": number, "body": body, "user": user}


def run(github: FakeGitHub, tmp_path: Path, *, report: str = REPORT, fork: bool = False, **variables: str) -> Any:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    (tmp_path / "comment.md").write_text(report, encoding="utf-8")
    event = write_event(tmp_path / "event.json", fork=fork)
    settings = {
        "GITHUB_API_URL": github.url, "GITHUB_TOKEN": TOKEN, "GITHUB_EVENT_PATH": event, "INPUT_COMMENT": "true",
        "COMMENT_FILE": str(tmp_path / "comment.md"), "EXIT_CODE": "1", "GITHUB_WORKFLOW": "", "GITHUB_JOB": "",
    } | variables  # fmt: skip
    done, _ = run_step("Comment", folder, **settings)
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_the_first_comment_is_created(github: FakeGitHub, tmp_path: Path) -> None:
    done = run(github, tmp_path)
    assert (done.returncode, done.stdout) == (0, "comment created\n")
    assert github.comments[0]["body"] == f"{MARKER}\n{KEY}\n### aipolicy: 1 finding blocks 1 feature\n"
    assert github.tokens == {f"Bearer {TOKEN}"}
    assert github.requests[-1] == "POST /repos/acme/shop/issues/7/comments"


def test_a_second_run_updates_the_comment_and_a_third_leaves_it(github: FakeGitHub, tmp_path: Path) -> None:
    run(github, tmp_path)
    assert run(github, tmp_path, report=f"{MARKER}\nnothing blocks\n").stdout == "comment updated\n"
    assert run(github, tmp_path, report=f"{MARKER}\nnothing blocks\n").stdout == "comment unchanged\n"
    assert len(github.comments) == 1
    assert "nothing blocks" in github.comments[0]["body"]


def test_a_comment_is_found_on_a_later_page_and_no_link_is_followed(github: FakeGitHub, tmp_path: Path) -> None:
    github.comments = [comment(number, "hello") for number in range(1, 251)]
    github.comments[240] = comment(241, OURS.replace("\n", "\r\n"))
    assert run(github, tmp_path).stdout == "comment updated\n"
    pages = [request for request in github.requests if "page=" in request]
    assert [request[-7:] for request in pages] == ["&page=1", "&page=2", "&page=3"]
    assert len(github.comments) == 250


@pytest.mark.parametrize(
    "other",
    [
        comment(1, OURS, {"login": "mallory", "type": "User"}),
        comment(1, f"> quoted\n{OURS}"),
        comment(1, with_key("other job", comment_key("other"))),
        comment(1, None),
        comment(1, OURS, None),
        "not a comment",
        comment("../../1", OURS),  # type: ignore[arg-type]
    ],
)
def test_the_comment_of_another_is_never_touched(github: FakeGitHub, tmp_path: Path, other: Any) -> None:
    github.comments = [other]
    assert run(github, tmp_path).stdout == "comment created\n"
    assert github.comments[0] == other


def test_a_personal_token_finds_the_comment_of_its_user(github: FakeGitHub, tmp_path: Path) -> None:
    github.user = "release-robot"
    github.comments = [comment(1, OURS), comment(2, OURS, {"login": "release-robot", "type": "User"})]
    assert run(github, tmp_path).stdout == "comment updated\n"
    assert github.comments[0]["body"] == OURS
    assert "1 finding blocks" in github.comments[1]["body"]


def test_failures_only_begins_no_comment_while_nothing_blocks(github: FakeGitHub, tmp_path: Path) -> None:
    assert run(github, tmp_path, INPUT_COMMENT="failures", EXIT_CODE="0").stdout == "comment not needed\n"
    assert run(github, tmp_path, INPUT_COMMENT="failures", EXIT_CODE="1").stdout == "comment created\n"
    green = f"{MARKER}\nnothing blocks\n"
    assert run(github, tmp_path, report=green, INPUT_COMMENT="failures", EXIT_CODE="0").stdout == "comment updated\n"


@pytest.mark.parametrize("failure", [
    (500, {}, b"oops"), (502, {}, b""), (429, {"Retry-After": "0"}, b"{}"),
    (403, {"Retry-After": "1"}, b'{"message": "You have exceeded a secondary rate limit"}'), (200, {}, b'{"a": 1}'),
    (200, {}, b"\xff not json"), (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, b"{}"),
])  # fmt: skip
def test_a_passing_failure_is_tried_again(github: FakeGitHub, tmp_path: Path, failure: Any) -> None:
    github.failures = [failure]
    done = run(github, tmp_path)
    assert (done.returncode, done.stdout) == (0, "comment created\n")
    assert len(github.comments) == 1


def test_a_comment_whose_answer_was_lost_is_not_written_twice(github: FakeGitHub, tmp_path: Path) -> None:
    github.lose_created = 1
    assert run(github, tmp_path).stdout == "comment unchanged\n"
    assert len(github.comments) == 1


FORBIDDEN = (403, {}, b'{"message": "Resource not accessible by integration"}')


@pytest.mark.parametrize(("failure", "fork", "said"), [
    (FORBIDDEN, True, "::notice title=aipolicy::no comment: the token of a pull request from a fork can only read"),
    (FORBIDDEN, False, "::warning title=aipolicy::no comment: GitHub answered 403 Resource not accessible"),
    ((404, {}, b"{}"), False, "pull-requests: write"),
    ((301, {"Location": "http://127.0.0.1:9/x"}, b""), False, "301: a redirect, which is not followed"),
    ((429, {"Retry-After": "3600"}, b"{}"), False, "rate limit"),
    ((422, {}, b'{"message": "x\\n::error::injected %0A"}'), False, "422 x%0A::error::injected %250A"),
    ((418, {}, json.dumps({"message": "m" * 100_000}).encode()), False, "418 mmm"),
])  # fmt: skip
def test_a_refusal_is_told_and_changes_no_outcome(
    github: FakeGitHub, tmp_path: Path, failure: Any, fork: bool, said: str
) -> None:
    github.failures = [failure] * ATTEMPTS
    done = run(github, tmp_path, fork=fork)
    assert done.returncode == 0
    assert said in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stdout) < 1_000
    assert not github.comments


@pytest.mark.parametrize(("variables", "said"), [
    ({"GITHUB_API_URL": "http://api.example"}, "no https address"),
    ({"GITHUB_API_URL": "https://user:pass@api.example"}, "no https address"),
    ({"GITHUB_API_URL": "file:///etc/passwd"}, "no https address"),
    ({"GITHUB_TOKEN": ""}, "`GITHUB_TOKEN` is not set"),
    ({"GITHUB_TOKEN": "a\nX-Evil: 1"}, "empty or malformed"),
    ({"GITHUB_REPOSITORY": "acme/shop/../../user"}, "not owner/name"),
    ({"GITHUB_REPOSITORY": "acme/.."}, "not owner/name"),
    ({"INPUT_COMMENT": "yes"}, "`comment` takes false, true, failures or changes"),
    ({"GITHUB_EVENT_PATH": "missing.json"}, "cannot be read"),
    ({"COMMENT_FILE": "missing.md"}, "cannot be read"),
])  # fmt: skip
def test_an_unusable_input_is_exit_2_without_a_request(
    github: FakeGitHub, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    done = run(github, tmp_path, **variables)
    assert done.returncode == 2
    assert said in done.stdout
    assert not github.requests


def test_a_report_without_the_marker_is_refused(github: FakeGitHub, tmp_path: Path) -> None:
    assert run(github, tmp_path, report="hello").returncode == 2


@pytest.mark.parametrize("number", [None, "7", True, -1, {"a": 1}])
def test_an_event_without_a_pull_request_is_a_notice(github: FakeGitHub, tmp_path: Path, number: object) -> None:
    event = write_event(tmp_path / "other.json", number=number)
    done = run(github, tmp_path, GITHUB_EVENT_PATH=event)
    assert (done.returncode, github.requests) == (0, [])
    assert done.stdout.startswith("::notice title=aipolicy::no comment: this run is not about a pull request")


def test_a_check_without_a_report_is_a_warning(github: FakeGitHub, tmp_path: Path) -> None:
    done = run(github, tmp_path, COMMENT_FILE="")
    assert done.stdout.startswith("::warning title=aipolicy::no comment: the check made no report")


def test_a_hostile_report_is_sent_as_text_and_cut(github: FakeGitHub, tmp_path: Path) -> None:
    hostile = '"}\n\x00\\u0000 $(id) `id` ${{ github.token }} \U0001f4a9' * 3_000
    run(github, tmp_path, report=f"{MARKER}\n{hostile}")
    body = github.comments[0]["body"]
    assert len(body.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert "$(id) `id` ${{ github.token }}" in body
    assert body.endswith("the step summary of the run has all of it._\n")


def test_no_server_at_all_is_given_up_after_a_few_tries() -> None:
    api = GitHub("http://127.0.0.1:9", TOKEN)
    pauses: list[float] = []
    started = time.monotonic()
    with pytest.raises(Refused, match="no answer"):
        retried(lambda: Comments(api, "acme/shop", 1).put("b", "k", first=True), pauses.append)
    assert pauses == [1, 2, 4]
    assert time.monotonic() - started < 60


def test_the_token_is_not_in_any_representation() -> None:
    assert TOKEN not in repr(GitHub("https://api.github.com", TOKEN))


@pytest.mark.parametrize("url", ["", "https://", "ftp://h", "http://127.0.0.1.evil.example", "https://h/?a=b"])
def test_an_address_that_is_not_https_is_refused(url: str) -> None:
    with pytest.raises(Unusable):
        GitHub(url, TOKEN)


@pytest.mark.parametrize("line", ["x" * 50, "<details>", "```", "\U0001f4a9" * 30, ""])
@pytest.mark.parametrize("most", [1_000, 2_000])
def test_a_cut_text_fits_and_closes_what_it_opened(line: str, most: int) -> None:
    text = cut("\n".join([MARKER, "<details>", *([line] * 2_000)]), most)
    assert len(text.encode("utf-16-le")) // 2 <= most
    assert text.count("<details>") == text.count("</details>")
    assert sum(each.startswith("```") for each in text.split("\n")) % 2 == 0
    assert text.startswith(MARKER)


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert cut("a\n" * 10) == "a\n" * 10


def test_jobs_keep_comments_of_their_own() -> None:
    assert comment_key("a", "b") != comment_key("ab", "")
    assert is_ours(with_key(REPORT, KEY), KEY)
    assert not is_ours(with_key(REPORT, KEY), comment_key("x"))
