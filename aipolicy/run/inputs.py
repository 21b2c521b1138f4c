"""Paths and options in, all that a run reads out: settings, policy files, manifests; nothing of it is ever written over."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from aipolicy.config.config_file import CONFIGURATION_FILES, LOCK_FILE
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.scope import RunScope, scope_of
from aipolicy.config.unread import unread_configurations
from aipolicy.discovery.find import FoundFiles, search_manifests
from aipolicy.errors import UsageError
from aipolicy.files.cache import pack_memory
from aipolicy.manifest.manifest_names import is_manifest_name
from aipolicy.policy.sources.locate import PolicyFiles, read_policy_files
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.config.settings import PolicySettings
    from aipolicy.manifest.manifest_file import ManifestFile


class RunInputs(NamedTuple):
    """All that a run reads, by the paths and options that it was asked for with."""

    paths: tuple[str, ...]
    config: Config
    settings: PolicySettings
    policy_files: PolicyFiles
    manifests: FoundFiles

    @property
    def files(self) -> tuple[ManifestFile, ...]:
        """Return the manifest files."""
        return self.manifests.files

    @property
    def scope(self) -> RunScope:
        """Return how much of all there is the run looks at."""
        return scope_of(self.paths, self.config)

    @property
    def read(self) -> tuple[str, ...]:
        """Return the paths of all that is read, and of configuration files that the run came across."""
        policy = policy_inputs(self.config, self.settings, self.policy_files)
        return (*self.manifests.read, *self.manifests.others, *policy)


def read_inputs(paths: Sequence[str], options: PolicyOptions, *, stdin: Callable[[], bytes], strict: bool = False,
                exclude: bool = True) -> RunInputs:  # fmt: skip
    """Return all that a run reads; `strict` says that undetermined rules gate whatever the configuration says.

    Raises `UsageError`, `ConfigError`, and what packs, catalog and waivers files raise that cannot be read.
    """
    config, settings = read_settings(options)
    settings = settings._replace(strict=settings.strict or strict)
    policy_files = read_policy_files(settings, memory=pack_memory())
    return RunInputs(
        tuple(paths), config, settings, policy_files, manifests_of(paths, config, stdin=stdin, exclude=exclude)
    )


def manifests_of(
    paths: Sequence[str], config: Config, *, stdin: Callable[[], bytes], exclude: bool = True
) -> FoundFiles:
    """Return the manifests at and below paths, without any below the working folder."""
    manifests = search_manifests(
        paths or (".",), patterns=config.manifests, exclude=config.exclude if exclude else (),
        others=CONFIGURATION_FILES, stdin=stdin,
    )  # fmt: skip
    notices = unread_configurations(manifests.others, config)
    return manifests._replace(left_out=manifests.left_out._replace(notices=(*manifests.left_out.notices, *notices)))


def policy_inputs(config: Config, settings: PolicySettings, files: PolicyFiles) -> Iterator[str]:
    """Yield the paths of configuration, lock, baseline, packs, catalog and waivers files, whether they exist or not."""
    yield from (path for path in (config.path, settings.lock, config.baseline) if path)
    for pack in files.packs:
        yield from (path for path, _ in pack.files)
    for path, _ in (*files.shipped_catalog, *files.own_catalog, *files.waivers):
        yield path


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
