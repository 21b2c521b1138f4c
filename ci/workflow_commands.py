"""What a step says to GitHub Actions: messages, outputs and the step summary, each escaped for its place."""

from __future__ import annotations

import os
from typing import Literal, NoReturn

MOST_CHARACTERS = 2_000
"""Longer messages are cut; the log above them has the rest."""


class Unusable(Exception):
    """An input that the step cannot work with; the message says what to do."""


def say(level: Literal["notice", "warning", "error"], message: str) -> None:
    """Write an annotation without a place; a message never becomes a command of its own."""
    print(f"::{level} title=aipolicy::{escaped(message[:MOST_CHARACTERS])}", flush=True)


def escaped(message: str) -> str:
    """Return a message as the data of a workflow command."""
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def set_output(name: str, value: str) -> None:
    """Set an output of the step; raises `Unusable` for a value that could set a second one."""
    if "\n" in value or "\r" in value:
        raise Unusable(f"`{name}` has a line break; give it on one line")
    append("GITHUB_OUTPUT", f"{name}={value}\n")


def append(variable: str, text: str) -> None:
    """Append to the file that GitHub names in a variable, if it names one."""
    path = os.environ.get(variable)
    if path:
        with open(path, "a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def required(variable: str) -> str:
    """Return a variable of the environment; raises `Unusable` when it is missing or empty."""
    value = os.environ.get(variable, "")
    if not value:
        raise Unusable(f"`{variable}` is not set; run this as a step of the action")
    return value


def lines(variable: str) -> tuple[str, ...]:
    """Return the entries of an input that takes one a line; blank lines are none."""
    return tuple(line.strip() for line in os.environ.get(variable, "").splitlines() if line.strip())


def stop(error: Unusable) -> NoReturn:
    """End the step with exit code 2, as aipolicy does for what is unusable."""
    say("error", str(error))
    raise SystemExit(2)
