"""A path that leads nowhere in, what to say of it out."""

from __future__ import annotations

import os

from aipolicy.source.regular_file import shown_path
from aipolicy.source.suggest import nearest
from aipolicy.source.text import shown

_MAX_NAMES = 2_000


def reason_for_missing(path: str) -> str:
    """Return what to say of a path that leads nowhere, with a near match from the folder that does exist."""
    if not path:
        return "a path is empty; name a file or a folder"
    if os.path.islink(path):
        return "a symbolic link to a file that does not exist"
    folder, name = os.path.split(path.rstrip("/" + os.sep))
    while folder and not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder, name = os.path.split(folder)
    try:
        match = nearest(name, sorted(os.listdir(folder or "."))[:_MAX_NAMES])
    except OSError:
        match = None
    hint = f"did you mean `{shown(shown_path(os.path.join(folder, match)))}`?" if match else "check the path"
    return f"no such file or folder; {hint}"
