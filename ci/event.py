"""What the event of a GitHub workflow says about the change; everything in it is text from others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow_commands import Unusable

MAX_BYTES = 32 * 1024 * 1024
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request: its number, the branch and the commit it goes to, and whether it comes from another repository."""

    number: int
    base_branch: str
    base_commit: str
    from_fork: bool


def read_event() -> Mapping[str, Any]:
    """Return the event of the run, empty where there is none; raises `Unusable` for one that cannot be read."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        with open(path, "rb") as stream:
            event = json.loads(stream.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"the event in `GITHUB_EVENT_PATH` cannot be read: {type(error).__name__}") from None
    return event if isinstance(event, dict) else {}


def pull_request(event: Mapping[str, Any]) -> PullRequest | None:
    """Return the pull request that an event is about, or None."""
    found = _part(event, "pull_request")
    number = found.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        return None
    base, head = _part(found, "base"), _part(found, "head")
    # NOTE: the repository of the head is null when its fork was deleted.
    from_fork = _part(head, "repo").get("id") != _part(base, "repo").get("id")
    return PullRequest(number, _text(base, "ref"), _commit(base, "sha"), from_fork)


def merge_group_base(event: Mapping[str, Any]) -> str:
    """Return the commit that a merge queue builds on, or nothing."""
    return _commit(_part(event, "merge_group"), "base_sha")


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    return text if isinstance(text, str) else ""


def _commit(value: Mapping[str, Any], key: str) -> str:
    text = _text(value, key)
    return text if _COMMIT.fullmatch(text) else ""
