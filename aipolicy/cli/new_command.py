"""`aipolicy new`: what people write by hand, begun for them."""

from __future__ import annotations

import click

from aipolicy.cli.lazy_group import LazyGroup

_SUBCOMMANDS = {
    "rule": ("new_rule_command", "Write a new rule with its examples into a pack, and run them."),
}
"""Subcommand: its module, and what help says of it."""


class _Subcommands(LazyGroup):
    subcommands = _SUBCOMMANDS


@click.group("new", cls=_Subcommands)
def command() -> None:
    """Begin what people write by hand; a manifest is begun by `aipolicy init`."""
