"""Runs the command line, as `aipolicy` and as `python -m aipolicy`."""

from __future__ import annotations

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit; Ctrl-C is told by the exit code alone, also while Python still imports."""
    try:
        from aipolicy.cli.main import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None


if __name__ == "__main__":
    main()
