"""How much of a document is read before it is refused."""

from __future__ import annotations

MAX_DEPTH = 64


MAX_NODES = 100_000


MAX_DOCUMENTS = 5_000


MAX_PROBLEMS = 100
