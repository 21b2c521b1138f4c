"""A line on standard error that says what a long run is doing, and goes away when it is done; on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aipolicy.source.text import grouped

LONG_RUN = 200
"""Manifests to judge from which on a run takes long enough to say so."""
_ERASE = "\r\x1b[K"


@contextmanager
def told_while_evaluating(manifests: int) -> Iterator[None]:
    """Say how many manifests are being judged where people watch and it takes a while."""
    stream = sys.stderr
    if manifests < LONG_RUN or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    stream.write(f"evaluating {grouped(manifests)} manifests")
    stream.flush()
    try:
        yield
    finally:
        stream.write(_ERASE)
        stream.flush()
