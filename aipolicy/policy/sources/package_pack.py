"""A pack of an installed Python package: found by its entry point, read from disk; nothing of it is imported.

An entry of the group `aipolicy.packs` names a pack and, with dots, the folder of its distribution that holds its YAML.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import Distribution, entry_points

from aipolicy.errors import PolicyError
from aipolicy.policy.sources.pack_files import (
    PACKAGE_PREFIX,
    InstalledPackage,
    PackFiles,
    PackOrigin,
    is_yaml,
    names_in,
    yaml_names,
)
from aipolicy.policy.sources.package_folder import PackageFolder, package_folder
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

GROUP = "aipolicy.packs"
_PACK_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FOLDER = regex(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


class Offer(NamedTuple):
    """A pack that an installed package offers."""

    pack: str
    package: InstalledPackage
    value: str
    """Its folder as the entry point writes it, with dots."""
    distribution: Distribution


def find_package_pack(reference: str) -> PackFiles:
    """Return the files of a pack named as `package:PACK`; raises `PolicyError`."""
    name = reference.removeprefix(PACKAGE_PREFIX)
    if not _PACK_NAME.fullmatch(name):
        raise PolicyError(f"`{shown(reference)}` names no pack; write `{PACKAGE_PREFIX}PACK`")
    offer = _only_offer(name, offers())
    place = f"{PACKAGE_PREFIX}{name}"
    try:
        if not _FOLDER.fullmatch(offer.value):
            raise PolicyError(
                f"its entry point in `{GROUP}` must be a folder written with dots, such as `acme_policies.base`; "
                f"found `{shown(offer.value)}`"
            )
        files = _read(package_folder(offer.distribution, offer.value.replace(".", "/")), place)
    except PolicyError as error:
        raise PolicyError(f"{shown(str(offer.package))}: {error.message}", path=error.path or place) from error
    return PackFiles(place, files, origin=PackOrigin("package", name, package=offer.package))


def offers() -> tuple[Offer, ...]:
    """Return every pack that installed packages offer, sorted; raises `PolicyError` where metadata cannot be read."""
    try:
        listed = [
            Offer(entry.name, _identity(entry.dist), entry.value, entry.dist)
            for entry in entry_points(group=GROUP)
            if entry.dist is not None
        ]
    except (OSError, ValueError) as error:
        message = (
            f"cannot read which packs installed packages offer ({shown(str(error))}); install the damaged one again"
        )
        raise PolicyError(message) from error
    return tuple(sorted(listed, key=lambda offer: offer[:3]))


def _identity(distribution: Distribution) -> InstalledPackage:
    name, version = (distribution.metadata.get_all(key, [""])[0] for key in ("Name", "Version"))
    if not name or not version:
        raise ValueError("one of them has no name or no version")
    return InstalledPackage(name, version)


def _only_offer(name: str, offered: Sequence[Offer]) -> Offer:
    """Return the one offer of a pack; raises `PolicyError` where there is none, or more than one."""
    matching = [offer for offer in offered if offer.pack == name]
    if len(matching) > 1:
        where = " and ".join(f"{shown(str(offer.package))} (`{shown(offer.value)}`)" for offer in matching)
        raise PolicyError(f"the pack `{shown(name)}` is offered by {where}; uninstall one of them, or rename its pack")
    if matching:
        return matching[0]
    message = f"no installed package offers a pack `{shown(name)}`"
    if not offered:
        raise PolicyError(f"{message}, nor any other; install the one that does into the environment of aipolicy")
    theirs = [f"`{PACKAGE_PREFIX}{shown(offer.pack)}`" for offer in offered if offer.package.name == name]
    if theirs:
        raise PolicyError(f"{message}, but the package of that name offers others; write {' or '.join(theirs)}")
    names = ", ".join(f"`{shown(offer.pack)}` of {shown(str(offer.package))}" for offer in offered)
    raise PolicyError(f"{message}{did_you_mean(name, (offer.pack for offer in offered))} (offered: {names})")


def _read(folder: PackageFolder, place: str) -> tuple[tuple[str, bytes], ...]:
    try:
        on_disk, below = names_in(folder.path)
    except PolicyError as error:
        raise PolicyError(f"{error.message}; install it again", path=place) from error
    for name in on_disk if folder.recorded is not None else ():
        if is_yaml(name) and name not in (folder.recorded or ()):
            raise PolicyError(f"`{shown(name)}` in the folder of the pack was not installed with it; remove it")
    names = yaml_names(on_disk if folder.recorded is None else folder.recorded, place, below)
    return tuple((f"{place}/{name}", _read_file(os.path.join(folder.path, name), f"{place}/{name}")) for name in names)


def _read_file(path: str, place: str) -> bytes:
    try:
        return read_regular_file(path)
    except OSError as error:
        raise PolicyError(f"cannot read: {reason_of(error)}; install it again", path=place) from error
