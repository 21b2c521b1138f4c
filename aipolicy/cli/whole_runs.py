"""Whether a run covers every feature, which rules over all of them need."""

from __future__ import annotations

import os
from collections.abc import Sequence

from aipolicy.settings import FILES_NAMED
from aipolicy.source.text import shown


def partial_reason(paths: Sequence[str], config_path: str | None) -> str:
    """Return why rules over all features are not evaluated; empty where the paths hold every feature.

    The folder of the configuration file is what the features of an organisation are below; without one, what is named.
    """
    folders = [path for path in paths or (".",) if os.path.isdir(path)]
    if len(folders) < len(paths):
        return FILES_NAMED
    if config_path is None:
        return ""
    home = os.path.join(os.path.dirname(os.path.realpath(config_path)), "")
    below = [folder for folder in folders if os.path.join(os.path.realpath(folder), "").startswith(home)]
    at_home = [folder for folder in below if os.path.join(os.path.realpath(folder), "") == home]
    if len(below) < len(folders) or at_home:
        return ""
    name = shown(os.path.relpath(home))
    return f"they need every feature below `{name}`, the folder of the configuration; name it, or run there"
