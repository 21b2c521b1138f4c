"""`python -m aipolicy`."""

from __future__ import annotations

from aipolicy.cli.main import main

main()
