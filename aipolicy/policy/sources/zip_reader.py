"""Zip archives, read in memory: what a header says is checked against what is there, and never trusted for a size."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from aipolicy.policy.sources.members import Members
from aipolicy.source.limits import MAX_MEMBERS
from aipolicy.source.text import shown

_ENTRY = b"PK\x01\x02"
_LOCAL, _LOCAL_SIZE = b"PK\x03\x04", 30
_ENCRYPTED, _UTF8 = 0x41, 0x800
"""Bits of a member's flags: encrypted in either way; its name is UTF-8."""


def read_zip(data: bytes, members: Members) -> None:
    """Read every member of a zip archive into `members`; raises `PolicyError` for one that may not be there."""
    # NOTE: before the directory is built in memory; each entry of it begins with these bytes.
    if data.count(_ENTRY) > MAX_MEMBERS:
        members.refuse(f"more than {MAX_MEMBERS} members")
    try:
        # NOTE: `zipfile` builds the directory and compares the headers; it raises whatever damage leads it to.
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if data and min((each.header_offset for each in entries), default=0) != 0:
                members.refuse("there is something before its first member")
            for entry in entries:
                path = _admitted(entry, members)
                with archive.open(entry):
                    pass
                if not entry.is_dir():
                    members.put(path, _content(entry, data, members))
                elif entry.file_size:
                    members.refuse_member(path, "is a folder with content")
    except UnicodeDecodeError:
        members.refuse("a member has a name that is not UTF-8")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, LookupError) as error:
        members.damaged(f"{type(error).__name__} while reading its directory")


def _admitted(entry: zipfile.ZipInfo, members: Members) -> str:
    name = entry.orig_filename
    if entry.filename != name and "\\" not in name:
        members.refuse_member(name, "has two names, or an invisible character in its name")
    if not entry.flag_bits & _UTF8 and not name.isascii():
        members.refuse_member(name, "has a name that is not marked as UTF-8")
    path = members.admit(name.encode("utf-8", "surrogatepass"), is_folder=name.endswith("/"))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        members.refuse_member(name, "is a link")
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        members.refuse_member(name, "is neither a file nor a folder")
    if entry.flag_bits & _ENCRYPTED:
        members.refuse_member(name, "is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        members.refuse_member(name, "is packed in a way that is not read; use stored or deflated members")
    return path


def _content(entry: zipfile.ZipInfo, data: bytes, members: Members) -> bytes:
    """Return the content of a member, at most one byte more than there is room for."""
    at = entry.header_offset
    lengths = data[at + 26 : at + _LOCAL_SIZE]
    begin = at + _LOCAL_SIZE + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    packed = data[begin : begin + entry.compress_size]
    if data[at : at + 4] != _LOCAL or len(packed) != entry.compress_size:
        members.damaged("a member is not where its directory says")
    content, whole = packed[: members.room() + 1], True
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, members.room() + 1)
        except zlib.error:
            members.damaged(f"`{shown(entry.filename)}` cannot be unpacked")
        whole = unpacker.eof and not unpacker.unused_data
    as_said = whole and len(content) == entry.file_size and zlib.crc32(content) == entry.CRC
    if len(content) <= members.room() and not as_said:
        members.damaged(f"`{shown(entry.filename)}` is not what its header says")
    return content
