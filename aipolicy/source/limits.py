"""How much of a file is read at most, whatever kind of file it is."""

from __future__ import annotations

MAX_BYTES = 1_048_576
