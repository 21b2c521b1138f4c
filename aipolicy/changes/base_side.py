"""The base of a change as a run sees it: its configuration, packs, own catalog and manifests, all from git's objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aipolicy.config.config_file import CONFIG_FILE, LOCK_FILE, PYPROJECT_FILE, Config, read_config
from aipolicy.config.run_options import PolicyOptions, settings_from
from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import STDIN, find_manifests
from aipolicy.discovery.globs import manifest_matcher, near_matcher
from aipolicy.errors import AipolicyError, BaseError, Problems
from aipolicy.files.paths import joined
from aipolicy.history.repository import Base, Repository, find_base, find_repository
from aipolicy.history.snapshot import Snapshot
from aipolicy.history.tree import read_tree
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import PackFiles, PolicyFiles, find_pack, read_policy_files
from aipolicy.policy.sources.pack_files import GIT_PREFIX
from aipolicy.source.text import escaped, shown
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.policy.sources.git_pack import GitReference


class BaseSide(Frozen):
    """What evaluates at the base, and the manifests there."""

    base: Base
    config: Config
    settings: PolicySettings
    """With the rules that the command line chooses, which a base need not know."""
    policy_files: PolicyFiles
    files: tuple[ManifestFile, ...]
    """The manifests at and below the paths of the run, each with the path that it would be shown under now."""
    elsewhere: Callable[[], tuple[ManifestFile, ...]]
    """Returns the manifests of the whole tree that are not among `files`, for features that moved."""

    def file_of(self, path: str) -> str:
        """Return a path as shown relative to the repository, the same on both sides."""
        return os.path.relpath(os.path.abspath(path), self.base.repository.top)


@contextmanager
def base_side(revision: str, paths: Sequence[str], options: PolicyOptions) -> Iterator[BaseSide]:
    """Yield the base that a change of the working tree began from; raises `BaseError` where it cannot be evaluated.

    The options must name the day, so that midnight does not come between the two sides.
    """
    repository = find_repository(os.curdir)
    absolute = [_in_repository(path, repository) for path in paths or (".",)]
    base = find_base(repository, revision)
    tree = read_tree(repository.top, base.commit)
    with Snapshot(tree, repository.top) as snapshot:
        try:
            yield _Reader(base, snapshot, options, {}).read(absolute)
        except BaseError:
            raise
        except AipolicyError as error:
            raise _told_of_base(error, base, snapshot) from error


class _Reader(Frozen):
    base: Base
    snapshot: Snapshot
    options: PolicyOptions
    commits: dict[GitReference, str]
    """The commits to which the lock of the base pins revisions; repositories by their absolute path."""

    def read(self, wanted: Sequence[str]) -> BaseSide:
        snapshot, tree = self.snapshot, self.snapshot.tree
        try:
            config = self._config()
            settings = self._settings(config)
            policy_files = read_policy_files(settings, self._find)
            policy_files = policy_files._replace(
                waivers=tuple((self._now(path), data) for path, data in policy_files.waivers)
            )
            matches, is_near = manifest_matcher(config.manifests), near_matcher(config.manifests)

            def is_wanted(path: str) -> bool:
                name, whole = os.path.basename(path), f"{snapshot.root}/{path}"
                return matches(name, whole) or is_near(name, whole)

            manifests = [path for path in tree.files if is_wanted(path)]
            linked = [path for path in tree.links if is_wanted(path)]
            behind = {tree.resolve(path) for path in linked} & tree.files.keys()
            snapshot.write_links()
            taken = {path for root in wanted for path in self._below(root)}
            named = {tree.resolve(self._relative(root)) for root in wanted}
            snapshot.write(taken & {*manifests, *behind, *named})
            files = self._found([snapshot.inside(path) for path in wanted], config)
        except BaseError:
            raise
        except AipolicyError as error:
            raise _told_of_base(error, self.base, snapshot) from error

        def elsewhere() -> tuple[ManifestFile, ...]:
            snapshot.write({*manifests, *(str(path) for path in behind)})
            paths = {file.path for file in files}
            return tuple(file for file in self._found([snapshot.root], config) if file.path not in paths)

        return BaseSide(self.base, config, settings, policy_files, files, elsewhere)

    def _config(self) -> Config:
        snapshot = self.snapshot
        if self.options.config is not None:
            path = os.path.abspath(self.options.config)
            inside = snapshot.inside(path)
            if inside == path:
                return read_config(path, os.curdir)
            snapshot.write(self._below(path))
            return read_config(inside, os.curdir) if os.path.lexists(inside) else Config()
        here = self._relative(os.getcwd())
        folder = here
        while True:
            for name in (CONFIG_FILE, PYPROJECT_FILE):
                snapshot.write(self._below(os.path.join(snapshot.top, folder, name)))
            if not folder:
                return read_config(None, snapshot.folder(here))
            folder = os.path.dirname(folder)

    def _settings(self, config: Config) -> PolicySettings:
        """Return the settings at the base, with paths that lead into the snapshot, or to what no tree holds."""
        snapshot = self.snapshot
        settings = settings_from(config._replace(catalog=(), waivers=()), self.options)
        here = snapshot.inside(os.getcwd())
        beside = os.path.realpath(os.path.dirname(config.path) or ".") if config.path is not None else here
        folder = here if self.options.policies else beside
        self._read_lock(beside)
        packs = [self._located(name, folder) for name in settings.packs]
        catalog = [self._located(f"./{name}", beside) for name in config.catalog]
        if self.options.policies:
            # NOTE: a pack of the command line that the base does not hold is new: it found nothing there.
            packs = [name for name in packs if not os.path.isabs(name) or os.path.lexists(name)]
        waivers = [self._located(f"./{name}", beside) for name in config.waivers]
        return settings._replace(
            packs=tuple(packs), base=folder, own_catalog=tuple(catalog), waivers=tuple(waivers), lock=""
        )  # fmt: skip

    def _read_lock(self, beside: str) -> None:
        """Note to which commits the base pins revisions: a branch may have moved since.

        Nothing else is compared with the lock of the base. Packs of the repository are those of its commit; others are the
        same for both sides, and after an upgrade of aipolicy are not what the base pinned.
        """
        path = os.path.join(self._outside(beside), LOCK_FILE)
        self.snapshot.write(self._below(path))
        inside = self.snapshot.inside(path)
        if inside != path and os.path.lexists(inside):
            from aipolicy.policy.sources.pinning import locked_commits

            self.commits.update(locked_commits(inside, os.path.dirname(path)))

    def _outside(self, folder: str) -> str:
        """Return the folder of the working tree that one of the snapshot stands for; others stand for themselves."""
        if not folder.startswith(self.snapshot.root):
            return folder
        return os.path.normpath(os.path.join(self.snapshot.top, os.path.relpath(folder, self.snapshot.root)))

    def _located(self, reference: str, folder: str) -> str:
        """Return where a pack or catalog file is at the base, written to the snapshot if the tree holds it."""
        snapshot = self.snapshot
        outside = self._outside(folder)
        if reference.startswith(GIT_PREFIX):
            from aipolicy.policy.sources.git_pack import reference_at

            return reference_at(reference, outside, self.commits)
        path = os.path.normpath(os.path.join(outside, reference))
        inside = snapshot.inside(path)
        if inside != path:
            snapshot.write(self._below(path))
            real = snapshot.tree.resolve(self._relative(path))
            inside = os.path.join(snapshot.root, real) if real is not None else inside
        by_path = "/" in reference or reference.endswith((".yaml", ".yml"))
        return inside if by_path else reference

    def _find(self, reference: str, folder: str) -> PackFiles:
        """Return the files of a pack; what one of the base extends is of the base too."""
        in_snapshot = joined(os.getcwd(), folder).startswith(f"{self.snapshot.root}/")
        return find_pack(self._located(reference, folder) if in_snapshot else reference, folder)

    def _below(self, path: str) -> Iterator[str]:
        return self.snapshot.tree.below(self._relative(path))

    def _relative(self, path: str) -> str:
        relative = os.path.relpath(path, self.snapshot.top).replace(os.sep, "/")
        return "" if relative == "." else relative

    def _found(self, paths: Sequence[str], config: Config) -> tuple[ManifestFile, ...]:
        there = [path for path in paths if os.path.exists(path)]
        if not there:
            return ()
        # NOTE: all that a tree holds is tracked, and what is tracked is never ignored.
        files = find_manifests(
            there, patterns=config.manifests, exclude=config.exclude, respect_gitignore=False, stdin=bytes
        )
        shown_as = [
            file._replace(path=self._shown(file.path), path_in_repository=self._in_tree(file.path)) for file in files
        ]
        return tuple(sorted(shown_as, key=lambda file: file.path))

    def _in_tree(self, path: str) -> str:
        return escaped(os.path.relpath(os.path.realpath(path), self.snapshot.root).replace(os.sep, "/"))

    def _now(self, path: str) -> str:
        """Return a path as it would be shown now, whether the snapshot holds it or not."""
        inside = os.path.abspath(path).startswith(os.path.join(self.snapshot.root, ""))
        return self._shown(path) if inside else path

    def _shown(self, path: str) -> str:
        now = os.path.join(self.snapshot.top, os.path.relpath(path, self.snapshot.root))
        return os.path.relpath(now).replace(os.sep, "/")


def _in_repository(path: str, repository: Repository) -> str:
    """Return the absolute path of what a run is about; raises `BaseError` for what no commit can hold."""
    if path == STDIN:
        raise BaseError("standard input has no base; name a file")
    absolute = os.path.abspath(path)
    for spelling in (absolute, os.path.join(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute))):
        if os.path.commonpath([spelling, repository.top]) == repository.top:
            return spelling
    raise BaseError(f"`{shown(path)}` is outside of the repository, so that no commit holds it; leave it out")


def _told_of_base(error: AipolicyError, base: Base, snapshot: Snapshot) -> BaseError:
    """Return an error of the base's files with paths as people know them, and what to do."""
    roots = {snapshot.root, os.path.relpath(snapshot.root)}
    errors = error.errors if isinstance(error, Problems) else (error,)
    lines = []
    for line in "\n".join(str(problem) for problem in errors).split("\n"):
        for root in sorted(roots, key=len, reverse=True):
            line = line.replace(f"{root}/", f"{base.short}:").replace(root, base.short)
        lines.append(line)
    lines.append(
        f"the base `{base.short}` cannot be evaluated with this aipolicy; repair it there, or check without it"
    )
    return BaseError("\n".join(lines))
