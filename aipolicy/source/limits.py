"""How much of a file is read at most, whatever kind of file it is."""

from __future__ import annotations

MAX_BYTES = 1_048_576

MAX_FOLDER_BYTES = 33_554_432
"""The YAML of one folder of a git revision."""
MAX_FOLDER_FILES = 2_000
"""Files of YAML in one folder of a git revision."""
MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_DOCUMENTS = 5_000
MAX_PROBLEMS = 100
