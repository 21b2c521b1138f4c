"""A command with subcommands, each in a module that is imported only when it is run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import click


class LazyGroup(click.Group):
    """A group whose subcommands are named with their modules and what help says of them."""

    subcommands: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        return list(self.subcommands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand, imported now."""
        if cmd_name not in self.subcommands:
            return None
        module = import_module(f"aipolicy.cli.{self.subcommands[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the subcommand that arguments name; an unknown one is told with the nearest."""
        if args and args[0] not in self.subcommands and not args[0].startswith("-"):
            from aipolicy.source.suggest import did_you_mean
            from aipolicy.source.text import shown

            ctx.fail(f"unknown command `{shown(args[0])}`{did_you_mean(args[0], self.subcommands)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.subcommands.items()])
