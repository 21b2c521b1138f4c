"""A headless Chromium for tests of pages; where the system has none, or it cannot start, they are skipped and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NOT_RUN = "no headless Chromium here: install the package `chromium`"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser without a window, that of the system; skip where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(NOT_RUN)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # NOTE: pages of ours alone are opened; in a container the sandbox of the browser has no rights to set itself up.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
