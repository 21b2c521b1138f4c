"""`aipolicy docs`: packs in, a folder of Markdown pages out."""

from __future__ import annotations

import click

from aipolicy.cli.terminal import write_out
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.files.cache import Cache, cache_folder


@click.command("docs")
@click.argument("folder", metavar="OUT_FOLDER")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--policy", "policies", multiple=True, metavar="PACK",
              help="A shipped pack, a folder or file, package:PACK, or git+PATH@REVISION#FOLDER; repeatable.")  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a page is out of date, missing or left over.")
def command(folder: str, config: str | None, policies: tuple[str, ...], check: bool) -> None:
    """Write packs, and those that they extend, as Markdown pages with the values in force.

    OUT_FOLDER gets PACK.md for each pack and PACK/RULE.md for each of its rules. Pages of earlier runs that do not belong
    there any more are removed; what was not made by this command is never touched.

    Exit codes: 0 when all pages are written or current, 1 with --check when not, 2 for a pack or a folder that cannot be
    used, 3 when there is nothing to write.
    """
    from aipolicy.commands.docs import pages_in
    from aipolicy.run.policy import load_policy

    _, settings = read_settings(PolicyOptions(config, policies, None, (), ()))
    # NOTE: pages are about packs; waivers that cannot be read do not concern them.
    policy = load_policy(settings._replace(waivers=()), Cache(cache_folder()))
    text, code = pages_in(folder, policy, writes=not check)
    write_out(text)
    raise click.exceptions.Exit(code)
