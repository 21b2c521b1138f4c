"""Tar archives, read in memory and strictly.

`tarfile` takes a damaged header in the middle of an archive for its end, so that a pack would lose rules without a word.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Protocol

from aipolicy.policy.sources.members import Members
from aipolicy.source.limits import MAX_BYTES, MAX_UNPACKED_BYTES
from aipolicy.source.text import shown

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_XZ_MEMORY = 67_108_864
"""Bytes that unpacking xz may take."""
_MAX_DIGITS = 10
_GZIP = 16 + zlib.MAX_WBITS
"""Asks for a gzip file, whose checksum is compared."""
_KINDS = {
    b"1": "is a hard link", b"2": "is a symbolic link", b"3": "is a device", b"4": "is a device",
    b"6": "is a named pipe", b"K": "is a link with a long name", b"S": "is a file with holes",
}  # fmt: skip
_NOT_FOR_ALL = ("path", "size", "linkpath")
"""Attributes that each member has for itself."""


def read_tar(data: bytes, members: Members) -> None:
    """Read every member of a tar archive into `members`; raises `PolicyError` for one that may not be there."""
    at = attributes = 0
    name: bytes | None = None  # the name of the next member, where it is too long for its header
    while data[at : at + _BLOCK].strip(b"\0"):
        header = data[at : at + _BLOCK]
        size = _size_of(header, members)
        body = data[at + _BLOCK : at + _BLOCK + size]
        if len(body) != size:
            members.damaged("it ends within a member")
        at += _BLOCK + -(-size // _BLOCK) * _BLOCK
        kind = header[156:157]
        attributes += size if kind in (b"x", b"g") else 0
        if attributes > MAX_BYTES:
            members.refuse(f"more than {MAX_BYTES} bytes of extended attributes")
        if kind in (b"x", b"L"):
            if name is not None:
                members.damaged("a member has two long names")
            name = body.rstrip(b"\0") if kind == b"L" else _pax_name(body, members)
        elif kind == b"g":
            _refuse_keys(_attributes(body, members), _NOT_FOR_ALL, members)
        else:
            _read_member(header, name or _name_of(header), body, members)
            name = None
    if name is not None or data[at : at + len(_END)] != _END or data[at:].strip(b"\0"):
        members.damaged("it has no end, or something after its end")


def _read_member(header: bytes, name: bytes, body: bytes, members: Members) -> None:
    kind = header[156:157]
    if kind not in (b"0", b"\0", b"5"):
        reason = _KINDS.get(kind, "is neither a file nor a folder")
        members.refuse_member(name.decode("utf-8", "backslashreplace"), reason)
    is_folder = kind == b"5" or name.endswith(b"/")
    path = members.admit(name, is_folder=is_folder)
    if is_folder and body:
        members.refuse_member(path, "is a folder with content")
    if not is_folder:
        members.put(path, body)


def _size_of(header: bytes, members: Members) -> int:
    """Return the size in a header whose checksum is right."""
    if len(header) != _BLOCK:
        members.damaged("it ends within a header")
    said = _octal(header[148:156])
    if said is None or said != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
        members.damaged("a header has a wrong checksum, or it is no tar archive")
    size = _octal(header[124:136])
    if size is None:
        members.damaged("a size is no number")
    return size


def _octal(field: bytes) -> int | None:
    digits = field.strip(b" \0")
    return int(digits or b"0", 8) if not digits.strip(b"01234567") else None


def _name_of(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    # NOTE: GNU's own format (`ustar` and a space) keeps times where others keep the folder.
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _pax_name(body: bytes, members: Members) -> bytes | None:
    attributes = _attributes(body, members)
    _refuse_keys(attributes, ("size", "linkpath"), members)
    return attributes.get(b"path")


def _attributes(body: bytes, members: Members) -> Mapping[bytes, bytes]:
    """Return extended attributes: records of `length key=value` and a line end."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(body):
        digits = body[at : at + _MAX_DIGITS].partition(b" ")[0]
        end = at + (int(digits) if digits.isdigit() else 0)
        key, sign, value = body[at + len(digits) + 1 : max(at, end - 1)].partition(b"=")
        if not sign or body[end - 1 : end] != b"\n" or key in found:
            members.damaged("extended attributes that cannot be read")
        found[key] = value
        at = end
    return found


def _refuse_keys(attributes: Mapping[bytes, bytes], refused: tuple[str, ...], members: Members) -> None:
    for key in sorted(attributes):
        name = key.decode("utf-8", "backslashreplace")
        if name in refused or name == "hdrcharset" or name.startswith("GNU.sparse."):
            members.refuse(f"extended attribute `{shown(name)}`, which is not read; write it as a plain tar")


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def unpacked(data: bytes, suffix: str, members: Members) -> bytes:
    """Return the tar inside of a packed one, stopped where it grows too large; raises `PolicyError`."""
    if suffix == ".tar":
        return data
    unpacker, wrong = _xz(members) if suffix == ".tar.xz" else (zlib.decompressobj(_GZIP), zlib.error)
    try:
        content = unpacker.decompress(data, MAX_UNPACKED_BYTES + 1)
    except wrong:
        members.damaged("it cannot be unpacked, or is packed in another way than its name says")
    if len(content) > MAX_UNPACKED_BYTES:
        members.refuse(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    if not unpacker.eof or unpacker.unused_data:
        members.damaged("it is not whole, or something comes after its end")
    return content


def _xz(members: Members) -> tuple[_Unpacker, type[Exception]]:
    try:
        import lzma
    except ImportError:
        members.refuse("this Python cannot unpack xz; use .tar.gz or .zip")
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), lzma.LZMAError
