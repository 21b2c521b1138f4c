"""Where the files of packs and catalog are, and a key that changes whenever anything does that a run evaluates by."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from aipolicy import __version__
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError, CatalogError, PolicyError, WaiverError
from aipolicy.files.paths import StrPath, joined
from aipolicy.files.shipped import PACKAGE, catalog_paths, read_bytes, shipped_path
from aipolicy.policy.sources.extended_packs import Finder, with_extended
from aipolicy.policy.sources.pack_files import PACKAGE_PREFIX, is_address, names_in, yaml_names
from aipolicy.policy.sources.pack_files import PackFiles as PackFiles
from aipolicy.policy.sources.pack_files import PackOrigin as PackOrigin
from aipolicy.policy.sources.pack_files import shipped_packs as shipped_packs
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of, shown_path
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.catalog.fresher_prices import PricePackage
    from aipolicy.files.cache import Cache

_PACK_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ARCHIVE = regex(r"\.(zip|whl|jar|7z|rar|tar|tgz|tbz2?|txz|tzst|(tar\.)?(gz|xz|bz2|zst))$", re.IGNORECASE)

_INSTEAD_OF_ARCHIVE = (
    "unpack it and name the folder, name a revision of a repository as `git+PATH@REVISION#FOLDER`, or install a package "
    "that offers the pack and write `package:PACK`"
)


def find_pack(reference: str, base: StrPath) -> PackFiles:
    """Return the files of a pack: a shipped name, a path from `base`, `git+PATH@REVISION#FOLDER` or `package:PACK`.

    Raises `PolicyError`.
    """
    if reference.startswith(PACKAGE_PREFIX):
        from aipolicy.policy.sources.package_pack import find_package_pack

        return find_package_pack(reference)
    if is_address(reference):
        from aipolicy.policy.sources.git_pack import find_git_pack

        return find_git_pack(reference, base)
    own = os.path.normpath(os.path.join(base, reference)).replace(os.sep, "/")
    if _ARCHIVE.search(reference) and not os.path.isdir(own):
        raise PolicyError(f"`{shown(reference)}` is an archive, and no pack is read from one; {_INSTEAD_OF_ARCHIVE}")
    candidates = [own] if "/" in reference or reference.endswith((".yaml", ".yml")) else []
    if _PACK_NAME.fullmatch(reference):
        candidates += [joined(shipped_path("policies", name)) for name in (reference, f"{reference}.yaml")]
        candidates.append(own)
    for path in candidates:
        origin = PackOrigin("path", path) if path is own else PackOrigin("shipped", reference)
        if os.path.isdir(path):
            files = tuple(_read(joined(path, name), PolicyError) for name in yaml_names(*_named(path)))
            return PackFiles(path, files, origin=origin)
        if os.path.isfile(path):
            return PackFiles(path, (_read(path, PolicyError),), origin=origin)
    names = shipped_packs()
    shipped = ", ".join(f"`{name}`" for name in names)
    hint = _package_that_offers(reference) or did_you_mean(reference, names)
    raise PolicyError(f"unknown pack `{reference}`{hint} (shipped: {shipped})")


def _named(path: str) -> tuple[Iterable[str], str, Iterable[str]]:
    files, below = names_in(path)
    return files, path, below


def _package_that_offers(name: str) -> str:
    """Return how to name the pack of an installed package, as the end of a message; empty where none offers it."""
    from aipolicy.policy.sources.package_pack import offers

    with suppress(PolicyError):
        for offer in offers():
            if offer.pack == name:
                return f"; write `{PACKAGE_PREFIX}{name}` for that of {shown(str(offer.package))}"
    return ""


def find_packs(references: Iterable[str], base: StrPath, find: Finder = find_pack,
               memory: Cache | None = None) -> tuple[PackFiles, ...]:  # fmt: skip
    """Return the packs that are named and all that they extend, bases first; raises `PolicyError` or `Problems`."""
    return with_extended([find(reference, os.fspath(base)) for reference in references], find, memory)


class PolicyFiles(NamedTuple):
    """Every file that a run evaluates by, as path and bytes."""

    shipped_catalog: tuple[tuple[str, bytes], ...]
    own_catalog: tuple[tuple[str, bytes], ...]
    price_package: PricePackage | None
    """The installed package whose prices replace the shipped ones."""
    packs: tuple[PackFiles, ...]
    digest: str
    """SHA-256 over the bytes of every file."""
    key: str
    """SHA-256 over the bytes, the settings, the program and the interpreter: equal keys evaluate equally."""
    waivers: tuple[tuple[str, bytes], ...] = ()


def read_policy_files(settings: PolicySettings, find: Finder = find_pack, memory: Cache | None = None) -> PolicyFiles:
    """Return the files that settings name, and those of extended packs; raises `CatalogError`, `PolicyError`, `Problems`,
    and `LockError` where packs are not those that are pinned.

    The memory keeps what packs extend, by their bytes.
    """
    shipped = tuple(_read(path, CatalogError) for path in catalog_paths())
    own = tuple(_read(joined(settings.base, name), CatalogError) for name in settings.own_catalog)
    package = _price_package() if settings.fresher_prices else None
    packs = find_packs(settings.packs, settings.base, find, memory)
    if settings.lock and os.path.lexists(settings.lock):
        from aipolicy.policy.sources.pinning import refuse_unlocked

        refuse_unlocked(packs, settings.lock, only_locked=settings.only_locked)
    waivers = tuple(_read_waivers(joined(settings.base, name)) for name in dict.fromkeys(settings.waivers))
    files = [*shipped, *own, *(file for pack in packs for file in pack.files), *waivers]
    if package is not None:
        files.append((f"{package.name} {package.version}", package.data))
    digest = sha256(b"".join(sha256(data).digest() for _, data in files)).hexdigest()
    names = [*(path for path, _ in files), *((pack.extends, pack.origin.package) for pack in packs)]
    key = sha256(f"{__version__} {sys.version} {digest} {names} {settings!r} {_code_stamp()}".encode()).hexdigest()
    return PolicyFiles(shipped, own, package, packs, digest, key, waivers)


def _read(path: str, make_error: Callable[..., AipolicyError]) -> tuple[str, bytes]:
    return joined(path), read_bytes(path, make_error)


def _read_waivers(path: str) -> tuple[str, bytes]:
    """Return a waivers file as path and bytes; raises `WaiverError`, also for a folder: a review names a file."""
    name = shown_path(os.path.normpath(path))
    try:
        return name, read_regular_file(path)
    except FileNotFoundError as error:
        message = "no such file; `aipolicy waive` writes it, or take it out of `waivers` in the configuration"
        raise WaiverError(message, path=name) from error
    except (OSError, ValueError) as error:
        raise WaiverError(f"cannot read: {reason_of(error)}", path=name) from error


def _price_package() -> PricePackage:
    from aipolicy.catalog.fresher_prices import installed_package

    return installed_package()


def _code_stamp() -> str:
    """Return what changes when the program does, so that a checkout under development never sees old results."""
    stamps = []
    folders = [PACKAGE]
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json")):
                    status = entry.stat()
                    stamps.append(f"{entry.name} {status.st_mtime_ns} {status.st_size}")
                elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return " ".join(sorted(stamps))
