"""Every file that a run reads, and the refusal to write over one: by whatever path or link it is named."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from aipolicy.config.config_file import CONFIGURATION_FILES, LOCK_FILE
from aipolicy.errors import UsageError
from aipolicy.manifest.manifest_names import is_manifest_name
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.config.settings import PolicySettings
    from aipolicy.discovery.find import FoundFiles
    from aipolicy.policy.sources.locate import PolicyFiles


def policy_inputs(config: Config, settings: PolicySettings, files: PolicyFiles) -> Iterator[str]:
    """Yield the paths of configuration, lock, baseline, packs, catalog and waivers files, whether they exist or not."""
    yield from (path for path in (config.path, settings.lock, config.baseline) if path)
    for pack in files.packs:
        yield from (path for path, _ in pack.files)
    for path, _ in (*files.shipped_catalog, *files.own_catalog, *files.waivers):
        yield path


def run_inputs(found: FoundFiles, config: Config, settings: PolicySettings, files: PolicyFiles) -> tuple[str, ...]:
    """Return the paths of all that a run over manifests reads, and of configuration files that it came across."""
    return (*found.read, *found.others, *policy_inputs(config, settings, files))


def refuse_overwriting(targets: Iterable[str], inputs: Iterable[str]) -> None:
    """Raise `UsageError` when something is written over a file that is read, or under a name that later runs look for."""
    targets = list(targets)
    refuse_same_files(targets, inputs)
    for target in targets:
        name = os.path.basename(target)
        if is_manifest_name(name) or name in (*CONFIGURATION_FILES, LOCK_FILE):
            raise UsageError(f"`{shown(target)}` has a name that runs look for and read; write to another file")


def refuse_same_files(targets: Collection[str], inputs: Iterable[str]) -> None:
    """Raise `UsageError` when something is written over a file that is read."""
    if not targets:
        return
    paths: set[str] = set()
    files: set[tuple[int, int]] = set()
    for path in inputs:
        paths.add(_real(path))
        files.update(_identity(path))
    for target in targets:
        if _real(target) in paths or not files.isdisjoint(_identity(target)):
            raise UsageError(f"`{shown(target)}` is read by this run; write to another file")


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _identity(path: str) -> Iterator[tuple[int, int]]:
    """Yield what tells that two paths are one file, hard links included; nothing for a path that leads nowhere."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return
    if status.st_ino:
        yield status.st_dev, status.st_ino
