"""What a pack can extend that no folder of a run holds: one of a git revision, or of an installed package."""

from __future__ import annotations

import posixpath
from pathlib import Path

from aipolicy.errors import PolicyError
from aipolicy.policy.pack_files import PACKAGE_PREFIX, PackFiles, is_address, shipped_packs
from aipolicy.policy.sources.git_pack import GitReference
from aipolicy.source.text import shown

_TODO = "extend both in a pack of your own"


def inner_reference(pack: PackFiles, reference: str) -> tuple[str, Path]:
    """Return a reference in a pack of a revision or a package, and the folder that it is relative to, as for `find_pack`.

    Such a pack comes from elsewhere: no path of it leads to files of this computer. Raises `PolicyError`.
    """
    if reference in shipped_packs() or reference.startswith(PACKAGE_PREFIX):
        return reference, Path()
    origin = pack.origin
    if origin.package is not None:
        raise PolicyError(
            "a pack of an installed package can extend shipped packs, and packs of packages as "
            f"`{PACKAGE_PREFIX}PACK`, found `{shown(reference)}`; {_TODO}"
        )
    folder = posixpath.dirname(origin.folder) if pack.files[0][0] == pack.path else origin.folder
    path = posixpath.normpath(posixpath.join(folder, reference))
    if is_address(reference) or reference.startswith("/") or path.split("/")[0] == "..":
        raise PolicyError(
            "a pack of a git revision can extend packs of that revision, shipped ones, and packs of packages as "
            f"`{PACKAGE_PREFIX}PACK`, found `{shown(reference)}`; {_TODO}"
        )
    return str(GitReference(origin.path, origin.revision, "" if path == "." else path)), Path()
