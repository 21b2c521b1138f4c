"""A pack's folder in, an archive out that is the same, byte for byte, for the same files."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from aipolicy.errors import PolicyError
from aipolicy.manifest.discovery import read_regular_file, reason_of
from aipolicy.source.limits import MAX_MEMBER_BYTES, MAX_MEMBERS

_MODE = 0o644
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The first that a zip archive can name."""
_REGULAR = 0o100000
_UNIX = 3
_NO_SYSTEM = 255


def files_below(folder: str) -> dict[str, bytes]:
    """Return the files of a folder and those below it by path; what is hidden is left out. Raises `PolicyError`."""
    files: dict[str, bytes] = {}
    for path in _paths(folder):
        place = os.path.join(folder, path)
        if os.path.islink(place):
            raise PolicyError("a link cannot be packed; put the file itself there", path=place)
        try:
            files[path.replace(os.sep, "/")] = read_regular_file(place, MAX_MEMBER_BYTES)
        except OSError as error:
            raise PolicyError(f"cannot read: {reason_of(error)}", path=place) from error
        if len(files) > MAX_MEMBERS:
            raise PolicyError(f"the folder holds more than {MAX_MEMBERS} files; pack the pack only", path=folder)
    return files


def _paths(folder: str) -> Iterator[str]:
    def fail(error: OSError) -> None:
        raise PolicyError(f"cannot read: {reason_of(error)}", path=folder) from error

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names) + [each for each in folders if os.path.islink(os.path.join(place, each))]:
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(place, name), folder)


def zip_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files by path: sorted, without times and owners."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = _UNIX
            entry.external_attr = (_REGULAR | _MODE) << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def tar_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive, packed with gzip, of files by path: sorted, without times and owners."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), _MODE
            archive.addfile(entry, io.BytesIO(files[name]))
    packed = bytearray(gzip.compress(made.getvalue(), mtime=0))
    packed[9] = _NO_SYSTEM  # which system it was packed on
    return bytes(packed)


WRITERS = {".zip": zip_archive, ".tar.gz": tar_archive, ".tgz": tar_archive}
"""What writes an archive, by how its name ends."""
