"""`aipolicy check --watch`: checks again whenever a manifest, a pack, the catalog or the configuration has changed."""

from __future__ import annotations

from collections.abc import Callable

SECONDS_BETWEEN_LOOKS = 0.5


def watch(look: Callable[[], object], run: Callable[[], None], wait: Callable[[], None]) -> None:
    """Run at once, and again when what `look` returns has changed and stayed the same for one look; ends on Ctrl-C.

    A change that is seen once only may be half of one: a file that is being written.
    """
    done: object = None
    last = look()
    try:
        while True:
            now = look()
            if now == last and now != done:
                run()
                done = now
            last = now
            wait()
    except KeyboardInterrupt:
        return
