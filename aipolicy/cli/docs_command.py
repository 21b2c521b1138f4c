"""`aipolicy docs`: packs in, a folder of Markdown pages out."""

from __future__ import annotations

import click

from aipolicy.cli.page_folder import StalePages, put_right, standing
from aipolicy.cli.terminal import write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.files.cache import cache_folder
from aipolicy.source.text import escaped, quantity


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
    from aipolicy.files.cache import Cache
    from aipolicy.report.packs.pack_pages import pack_pages
    from aipolicy.run.policy import load_policy

    _, settings = read_settings(PolicyOptions(config, policies, None, (), ()))
    # NOTE: pages are about packs; waivers that cannot be read do not concern them.
    policy = load_policy(settings._replace(waivers=()), Cache(cache_folder()))
    pages = pack_pages(policy.packs_with_tests())
    if not pages:
        write_out("no pack to write pages of\n")
        raise click.exceptions.Exit(EXIT_NOTHING)
    stale_pages = standing(folder, pages)
    if check:
        write_out(_told(folder, stale_pages, len(pages)))
        raise click.exceptions.Exit(EXIT_CLEAN if stale_pages.is_current else EXIT_FINDINGS)
    put_right(folder, pages, stale_pages)
    written = len(stale_pages.out_of_date) + len(stale_pages.missing)
    removed = "".join(f"removed {escaped(path)}, a page of an earlier run\n" for path in stale_pages.left_over)
    write_out(f"{removed}{escaped(folder)}: {quantity(len(pages), 'page')}, {written} written\n")


def _told(folder: str, stale_pages: StalePages, count: int) -> str:
    if stale_pages.is_current:
        return f"{escaped(folder)} is current: {quantity(count, 'page')}\n"
    states = (
        ("out of date", stale_pages.out_of_date),
        ("missing", stale_pages.missing),
        ("left over", stale_pages.left_over),
        ("not made by `aipolicy docs`, move it", stale_pages.in_the_way),
    )
    lines = [f"{state}: {escaped(path)}\n" for state, paths in states for path in paths]
    return "".join((*lines, f"{escaped(folder)} is not current; run `aipolicy docs` with the same packs\n"))
