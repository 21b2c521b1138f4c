"""Archives for tests, good ones and such as nobody should read."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable

PACK = (
    b"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\n"
    b"rules:\n  - id: OWN-001\n    name: nobody-on-call\n    title: Somebody is on call\n    kind: duty\n"
    b"    severity: error\n    require: [team.on_call]\n    message: nobody is on call\n"
)
GOOD = {"base/pack.yaml": PACK, "README.md": b"read me\n", "base/tests/a.yaml": b"kind: Other\n"}

Files = dict[str, bytes]


def zip_of(files: Files, *entries: zipfile.ZipInfo, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of files, and of entries with the content `x`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        for entry in entries:
            archive.writestr(entry, b"" if entry.is_dir() else b"x")
    return made.getvalue()


def zip_entry(name: str, mode: int) -> zipfile.ZipInfo:
    """Return an entry with a mode of Unix."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def zip_with(*names: str) -> bytes:
    """Return a good zip archive with more members."""
    return zip_of(GOOD, *(zipfile.ZipInfo(name) for name in names))


def tar_of(files: Files, *entries: tarfile.TarInfo, format_: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive of files, and of entries without content."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format_) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in entries:
            archive.addfile(entry)
    return made.getvalue()


def tar_entry(name: str, kind: bytes, target: str = "", **headers: str) -> tarfile.TarInfo:
    """Return an entry of some kind."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.pax_headers = kind, target, headers
    return entry


def tar_with(*entries: tarfile.TarInfo) -> bytes:
    """Return a good tar archive with more members."""
    return tar_of(GOOD, *entries)


def tar_for_all(**headers: str) -> bytes:
    """Return a good tar archive with extended attributes for all of its members."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
        for name, data in GOOD.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def patched(data: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """Return bytes with others in their place, which must be there."""
    assert old in data
    return data.replace(old, new, count)


def zip_flagged(data: bytes, bit: int) -> bytes:
    """Return a zip archive with a bit set in the flags of every member."""
    out = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", out, at + offset)
            struct.pack_into("<H", out, at + offset, flags | bit)
            at = out.find(signature, at + 4)
    return bytes(out)


def lying_zip_bomb(size: int) -> bytes:
    """Return a zip archive whose member unpacks to more than its headers say."""
    data = zip_of({"base/pack.yaml": bytes(size)})
    return patched(data, struct.pack("<I", size), struct.pack("<I", 100))


def gz(data: bytes) -> bytes:
    """Return bytes packed with gzip, the same on every day."""
    return gzip.compress(data, mtime=0)


def resummed(header: bytes) -> bytes:
    """Return a tar header with its checksum made right."""
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:]


def with_header(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a tar archive whose first header is changed, its checksum made right."""
    return resummed(change(data[:512])) + data[512:]


def many(count: int) -> Files:
    """Return a pack and many small files."""
    return {"pack.yaml": PACK, **{f"docs/{number}.txt": b"" for number in range(count)}}


SYMLINK, FIFO, DEVICE = stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFCHR | 0o644


def names_of(files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return the paths of files."""
    return [path for path, _ in files]
