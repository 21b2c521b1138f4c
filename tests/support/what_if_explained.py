"""What `aipolicy explain --set` says of a feature, as rows that a page can be held to."""

from __future__ import annotations

import shlex
from functools import cache

from answer_pages import ROOT
from command_line import run_here

DAY = ("--as-of", "2026-11-21")


@cache
def explained_rows(path: str, declared: str) -> dict[str, str]:
    """Return what the answer would be by what it is, for declarations as they are typed; for none, what it is today."""
    done = run_here(["explain", path, *shlex.split(declared or _NOTHING), "--format", "markdown", *DAY], ROOT)
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in done.stdout.splitlines()
            if line.startswith("| ")]  # fmt: skip
    place = 2 if declared else 1
    return {row[0].strip(): plain(row[1] if row[place] == "the same" else row[place]) for row in rows[1:]}


_NOTHING = "--set metadata.description=x"
"""A declaration that no rule reads."""


def plain(text: str) -> str:
    """Return text without marks of Markdown, white space as one space."""
    return " ".join(text.replace("\\", "").replace("`", "").replace("&gt;", ">").split())
