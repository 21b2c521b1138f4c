"""How much of all there is a run looks at, which rules over all features and waivers files ask."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aipolicy.config.settings import FILES_NAMED, PART_OF_RUN
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config


class RunScope(NamedTuple):
    """What a run covers."""

    partial: str = ""
    """Why rules over all features are not evaluated; empty where they are."""
    covers: bool = False
    """Whether every feature that the waivers files are about is evaluated."""
    waivers: bool = True
    """Whether anything is said of the waivers files themselves."""


A_PART = RunScope(PART_OF_RUN)
"""A run over a part of what there is."""
SOME_FEATURES = RunScope(PART_OF_RUN, waivers=False)
"""A run over some features, about nothing but these."""


def scope_of(paths: Sequence[str], config: Config) -> RunScope:
    """Return what a run over paths covers of what a configuration is about."""
    return RunScope(partial_reason(paths, config.path), covers_all(config, paths))


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


def covers_all(config: Config, paths: Sequence[str]) -> bool:
    """Return whether the paths of a run hold everything that a configuration is about: all beside and below it.

    Waivers files that lie elsewhere are shared with others: a run over them as well holds everything they are about.
    """
    home = os.path.realpath(os.path.dirname(config.path) or os.curdir) if config.path is not None else os.getcwd()
    files = (os.path.realpath(os.path.join(home, name)) for name in config.waivers)
    try:
        home = os.path.commonpath((home, *(os.path.dirname(file) for file in files)))
    except ValueError:  # another drive, which no folder holds together with this one
        return False
    folders = [os.path.realpath(path) for path in paths or (os.curdir,) if os.path.isdir(path)]
    return any(os.path.join(home, "").startswith(os.path.join(folder, "")) for folder in folders)
