"""`aipolicy policy lock`: writes the lock file, or says whether it is current."""

from __future__ import annotations

import click

from aipolicy.cli.terminal import write_out
from aipolicy.commands.policy_lock import compared_lock, written_lock
from aipolicy.config.run_options import PolicyOptions


@click.command("lock")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the lock is not what would be written.")
def command(config: str | None, check: bool) -> None:
    """Pin the packs that the configuration leads to, in `aipolicy.lock` beside it.

    From then on nothing is evaluated with other packs than those: not with a folder that was edited, a tag that was
    moved, or a pack that changed with aipolicy or with another package.
    """
    options = PolicyOptions(config, (), None, (), ())
    text, code = compared_lock(options) if check else written_lock(options)
    write_out(text)
    raise click.exceptions.Exit(code)
