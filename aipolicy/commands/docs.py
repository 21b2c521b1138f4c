"""What `aipolicy docs` does: a folder of Markdown pages made of packs, or what is out of date in it."""

from __future__ import annotations

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.report.packs.pack_pages import pack_pages
from aipolicy.report.packs.page_folder import StalePages, put_right, standing
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped, quantity


def pages_in(folder: str, policy: Policy, *, writes: bool) -> tuple[str, int]:
    """Return what is to be said of the pages of a policy in a folder, and the exit code; `writes` puts them right.

    Raises `UsageError` for a folder that cannot be used.
    """
    pages = pack_pages(policy.packs_with_tests())
    if not pages:
        return "no pack to write pages of\n", EXIT_NOTHING
    stale_pages = standing(folder, pages)
    if not writes:
        return _compared(folder, stale_pages, len(pages)), EXIT_CLEAN if stale_pages.is_current else EXIT_FINDINGS
    put_right(folder, pages, stale_pages)
    written = len(stale_pages.out_of_date) + len(stale_pages.missing)
    removed = "".join(f"removed {escaped(path)}, a page of an earlier run\n" for path in stale_pages.left_over)
    return f"{removed}{escaped(folder)}: {quantity(len(pages), 'page')}, {written} written\n", EXIT_CLEAN


def _compared(folder: str, stale_pages: StalePages, count: int) -> str:
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
