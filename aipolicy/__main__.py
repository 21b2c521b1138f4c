"""Runs the command line, as `aipolicy` and as `python -m aipolicy`."""

from __future__ import annotations

import gc

_INTERRUPTED = 130
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Python's 700 make it look through all that was imported again and again, a tenth of a short run, and find nothing."""


def main() -> None:
    """Run the command line and exit; Ctrl-C is told by the exit code alone, also while Python still imports."""
    try:
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        from aipolicy.cli.main import main as run
        from aipolicy.cli.terminal import end_at_once

        with end_at_once():
            run()
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None


if __name__ == "__main__":
    main()
