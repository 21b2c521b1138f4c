"""A client for the few requests of the comment: one host, no redirects, a few retries, bounded answers."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from workflow_commands import Unusable

TIMEOUT_SECONDS = 20
MOST_BYTES = 64 * 1024 * 1024
"""A page of 100 comments of 65,536 characters fits."""
LONGEST_WAIT_SECONDS = 60
"""When GitHub asks for a longer pause, the comment is given up rather than the runner kept waiting."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers with names in lower case, and JSON body of an answer; None for a body that is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Refused(Exception):
    """An answer, or its absence, after which the comment cannot be written: `status` is 0 without an answer.

    `wait_seconds` is the pause after which it is worth trying again; None for never.
    """

    def __init__(self, status: int, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.wait_seconds = status, reason, wait_seconds


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: the token is for one host."""


class GitHub:
    """The API at one address, with a token that is sent nowhere else and never shown."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise Unusable("`GITHUB_API_URL` is no https address; leave it as GitHub sets it")
        if not token or not token.isascii() or not token.isprintable():
            raise Unusable("`token` is empty or malformed; pass `github.token`")
        self._url = url.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)

    def __repr__(self) -> str:
        return "GitHub(...)"

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """Return the answer to one request; raises `Refused` for every status but 2xx."""
        request = urllib.request.Request(
            self._url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                "User-Agent": "aipolicy-action",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Answer(answer.status, _headers(answer.headers), _json(answer.read(MOST_BYTES + 1)))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, _headers(error.headers), _bounded(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise Refused(0, f"no answer: {type(error).__name__}", 0.0) from None


def _refusal(status: int, headers: Mapping[str, str], body: Any) -> Refused:
    """Return what an answer means for trying again.

    Rate limits: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api, read 2026-11-21.
    """
    said = body.get("message") if isinstance(body, dict) else None
    reason = f"{status} {said[:200]}" if isinstance(said, str) else str(status)
    if 300 <= status < 400:
        return Refused(status, f"{status}: a redirect, which is not followed")
    if status >= 500:
        return Refused(status, reason, _seconds(headers.get("retry-after")) or 0.0)
    limited = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    if status == 429 or (status == 403 and limited):
        wait = _seconds(headers.get("retry-after"))
        if wait is None:
            reset = _seconds(headers.get("x-ratelimit-reset"))
            wait = max(0.0, reset - time.time()) if reset is not None else float(LONGEST_WAIT_SECONDS)
        return Refused(status, f"rate limit, {reason}", wait if wait <= LONGEST_WAIT_SECONDS else None)
    return Refused(status, reason)


def _headers(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _bounded(error: urllib.error.HTTPError) -> Any:
    try:
        return _json(error.read(MOST_BYTES + 1))
    except (OSError, http.client.HTTPException):
        return None


def _json(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise Refused(0, "the answer is too long")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
