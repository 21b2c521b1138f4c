"""`aipolicy policy`: what is in force, and where it comes from."""

from __future__ import annotations

import click

from aipolicy.cli.lazy_group import LazyGroup

_SUBCOMMANDS = {
    "show": ("policy_show_command", "Show packs, rules and parameters in force, and where each value comes from."),
    "export": ("policy_export_command", "Print the rules in force in a format of others, such as CEL Policy."),
    "import": ("policy_import_command", "Print a pack with what a policy of Kubernetes says."),
    "lock": ("policy_lock_command", "Pin the packs that the configuration leads to."),
}
"""Subcommand: its module, and what help says of it."""


class _Subcommands(LazyGroup):
    subcommands = _SUBCOMMANDS


@click.group("policy", cls=_Subcommands)
def command() -> None:
    """Look at the packs of this configuration as they are in force, after every layer."""
