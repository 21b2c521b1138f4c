"""Packs in archives: read whole, or refused whole with the reason and the member."""

from __future__ import annotations

import io
import lzma
import re
import tarfile
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hostile_archives import (
    DEVICE,
    FIFO,
    GOOD,
    PACK,
    SYMLINK,
    gz,
    lying_zip_bomb,
    many,
    names_of,
    patched,
    tar_entry,
    tar_for_all,
    tar_of,
    tar_with,
    with_header,
    zip_entry,
    zip_flagged,
    zip_of,
    zip_with,
)
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.errors import PolicyError
from aipolicy.policy.locate import PackFiles, find_pack
from aipolicy.source.limits import MAX_ARCHIVE_BYTES, MAX_BYTES, MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES

ACCENT = "base/é.txt"


def read(folder: Path, name: str, data: bytes) -> PackFiles:
    """Return the pack in an archive that is written to a folder."""
    (folder / name).write_bytes(data)
    return find_pack(f"./{name}", folder)


READ: dict[str, tuple[str, bytes]] = {
    "zip": ("base.zip", zip_of(GOOD)),
    "zip in capitals": ("BASE.ZIP", zip_of(GOOD)),
    "zip that is not compressed": ("base.zip", zip_of(GOOD, compression=zipfile.ZIP_STORED)),
    "zip with folders": ("base.zip", zip_of(GOOD, zipfile.ZipInfo("base/"), zipfile.ZipInfo("docs/"))),
    "zip with an accent": ("base.zip", zip_of(GOOD | {ACCENT: b"x"})),
    "tar": ("base.tar", tar_of(GOOD)),
    "tar of GNU": ("base.tar", tar_of(GOOD | {"docs/" + "n" * 200: b"x"}, format_=tarfile.GNU_FORMAT)),
    "tar of ustar": ("base.tar", tar_of(GOOD | {"d" * 90 + "/" + "n" * 90: b"x"}, format_=tarfile.USTAR_FORMAT)),
    "tar of pax": ("base.tar", tar_of(GOOD | {ACCENT: b"x", "docs/" + "n" * 200: b"y"})),
    "tar with a folder": ("base.tar", tar_with(tar_entry("base", tarfile.DIRTYPE), tar_entry(".", tarfile.DIRTYPE))),
    "tar with dots": ("base.tar", tar_of({f"./{name}": data for name, data in GOOD.items()})),
    "tar.gz": ("base-1.2.tar.gz", gz(tar_of(GOOD))),
    "tgz": ("base.tgz", gz(tar_of(GOOD))),
    "tar.xz": ("base.tar.xz", lzma.compress(tar_of(GOOD))),
}


@pytest.mark.parametrize(("name", "data"), READ.values(), ids=list(READ))
def test_the_one_folder_with_a_pack_is_read(name: str, data: bytes, tmp_path: Path) -> None:
    pack = read(tmp_path, name, data)
    folder = f"{tmp_path.as_posix()}/{name}!base"
    assert pack.path == folder
    assert pack.files == ((f"{folder}/pack.yaml", PACK),)


def test_a_pack_at_the_top_is_read_with_all_its_yaml(tmp_path: Path) -> None:
    pack = read(tmp_path, "p.zip", zip_of({"rules.yml": b"kind: PolicyRules\n", "pack.yaml": PACK, "x/LICENSE": b""}))
    assert names_of(pack.files) == [f"{tmp_path.as_posix()}/p.zip!{name}" for name in ("pack.yaml", "rules.yml")]


def test_a_bare_name_is_an_archive_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "base.zip").write_bytes(zip_of(GOOD))
    assert len(find_pack("base.zip", tmp_path).files) == 1


def test_a_file_that_only_speaks_of_packs_is_none(tmp_path: Path) -> None:
    files = GOOD | {"docs/a.yaml": b"# a PolicyPack\nkind: Other\n"}
    assert read(tmp_path, "p.zip", zip_of(files)).path.endswith("!base")


ZIP_REFUSED: dict[str, tuple[bytes, str]] = {
    "a way up": (zip_with("../../evil.yaml"), "`../../evil.yaml` leads out of its folder"),
    "a way up within": (zip_with("base/../evil.yaml"), "leads out of its folder"),
    "an absolute path": (zip_with("/etc/evil.yaml"), "`/etc/evil.yaml` is an absolute path"),
    "a backslash": (zip_with("base\\..\\evil.yaml"), "has a backslash in its name"),
    "a drive": (zip_with("C:evil.yaml"), "has a colon in its name"),
    "an empty part": (zip_with("base//a.yaml"), "is no plain path"),
    "a dot": (zip_with("base/./a.yaml"), "is no plain path"),
    "a dot alone": (zip_with("."), "is no plain path"),
    "a line break": (zip_with("base/a\nb.yaml"), "`base/a\\u000ab.yaml` has a control or invisible character"),
    "an escape": (zip_with("base/\x1b[2J.yaml"), "`base/\\u001b[2J.yaml` has a control"),
    "bidi": (zip_with("base/\u202elmay.yaml"), "`base/\\u202elmay.yaml` has a control"),
    "a name cut short": (
        patched(zip_with("base/x_y.md"), b"base/x_y", b"base/x\0y"),
        "has two names, or an invisible character",
    ),
    "a long name": (zip_with("n" * 1001), "a member's name has more than 1000 bytes"),
    "a link": (zip_of(GOOD, zip_entry("base/link.yaml", SYMLINK)), "`base/link.yaml` is a link"),
    "a pipe": (zip_of(GOOD, zip_entry("base/pipe", FIFO)), "`base/pipe` is neither a file nor a folder"),
    "a device": (zip_of(GOOD, zip_entry("base/tty", DEVICE)), "`base/tty` is neither a file nor a folder"),
    "a folder that is a file": (zip_of(GOOD, zip_entry("base/a", 0o40755)), "is neither a file nor a folder"),
    "encrypted": (zip_flagged(zip_of(GOOD), 1), "is encrypted"),
    "strongly encrypted": (zip_flagged(zip_of(GOOD), 0x41), "is encrypted"),
    "an archive in it": (zip_with("base/more.tar.GZ"), "`base/more.tar.GZ` is an archive itself; leave it out"),
    "other case": (zip_with("base/PACK.yaml"), "`base/PACK.yaml` is also there as `base/pack.yaml`"),
    "other accents": (
        zip_of(GOOD | {ACCENT: b"", unicodedata.normalize("NFD", ACCENT): b""}),
        "is also there as `base/é.txt`",
    ),
    "folders in other case": (zip_of({"base/pack.yaml": PACK, "Base/rules.yaml": b"x"}), "is also there as `base`"),
    "a file and a folder": (zip_of(GOOD | {"base": b""}), "`base` is a file and also a folder"),
    "a folder below a file": (zip_of({"a": b"", "a/pack.yaml": PACK}), "`a` is a file and also a folder"),
    "many members": (zip_of(many(MAX_MEMBERS)), f"more than {MAX_MEMBERS} members"),
    "a name in another encoding": (
        patched(zip_with("base/x_y.md"), b"base/x_y", b"base/x\xe9y"),
        "has a name that is not marked as UTF-8",
    ),
    "a name in no encoding": (
        zip_flagged(patched(zip_with("base/x_y.md"), b"base/x_y", b"base/x\xe9y"), 0x800),
        "a name that is not UTF-8",
    ),
    "a bomb": (zip_of(GOOD | {"a": bytes(MAX_MEMBER_BYTES + 1)}), f"`a` unpacks to more than {MAX_MEMBER_BYTES}"),
    "many small bombs": (
        zip_of({f"{n}": bytes(MAX_MEMBER_BYTES) for n in range(9)}),
        f"unpacks to more than {MAX_UNPACKED_BYTES} bytes",
    ),
    "a bomb that lies": (lying_zip_bomb(MAX_MEMBER_BYTES + 1), f"unpacks to more than {MAX_MEMBER_BYTES} bytes"),
    "a small lie": (lying_zip_bomb(200_000), "it is damaged: `base/pack.yaml` is not what its header says"),
    "another packing": (zip_of(GOOD, compression=zipfile.ZIP_LZMA), "is packed in a way that is not read"),
    "something before": (b"#!/bin/sh\n" + zip_of(GOOD), "there is something before its first member"),
    "a wrong byte": (patched(zip_of(GOOD, compression=zipfile.ZIP_STORED), b"nobody is", b"nobody Is"), "is damaged"),
    "two names for one": (patched(zip_of(GOOD), b"base/pack.yaml", b"base/evil.yaml", 1), "is damaged"),
    "cut off": (zip_of(GOOD)[:-30], "is damaged"),
    "no archive": (b"kind: PolicyPack\n", "is damaged"),
    "nothing": (b"", "is damaged"),
    "no member": (zip_of({}), "no YAML file in it is of kind PolicyPack"),
    "no pack": (zip_of({"README.md": b"PolicyPack"}), "no YAML file in it is of kind PolicyPack"),
    "two packs": (zip_of(GOOD | {"a/p.yaml": PACK}), "it holds a pack in `a` and one in `base`"),
    "a pack within a pack": (zip_of(GOOD | {"p.yaml": PACK}), "it holds a pack in `.` and one in `base`"),
    "a second that is broken": (zip_of(GOOD | {"a/p.yaml": PACK + b"\n]"}), "it holds a pack in `a` and one in `base`"),
    "an ending in capitals": (zip_of(GOOD | {"base/more.YAML": b"x"}), "`more.YAML` would not be read"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("data", "reason"), ZIP_REFUSED.values(), ids=list(ZIP_REFUSED))
def test_a_zip_archive_is_refused_whole(data: bytes, reason: str, tmp_path: Path) -> None:
    assert_refused("base.zip", data, reason, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_archive_with_a_member_twice_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO(zip_of(GOOD))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("base/pack.yaml", b"x")
    assert_refused("base.zip", made.getvalue(), "`base/pack.yaml` is there twice", tmp_path)


def _kind(kind: bytes) -> bytes:
    return with_header(tar_of(GOOD), lambda header: header[:156] + kind + header[157:])


TAR = tar_of(GOOD)
TAR_LONG = tar_of({"n" * 200: b""}, format_=tarfile.GNU_FORMAT)
TAR_REFUSED: dict[str, tuple[bytes, str]] = {
    "a way up": (tar_of(GOOD | {"../../evil.yaml": b""}), "`../../evil.yaml` leads out of its folder"),
    "an absolute path": (tar_of(GOOD | {"/etc/evil.yaml": b""}), "`/etc/evil.yaml` is an absolute path"),
    "the root": (tar_with(tar_entry("/", tarfile.DIRTYPE)), "is an absolute path"),
    "a backslash": (tar_of(GOOD | {"..\\evil.yaml": b""}), "has a backslash in its name"),
    "a drive": (tar_of(GOOD | {"C:/evil.yaml": b""}), "has a colon in its name"),
    "a symbolic link": (
        tar_with(tar_entry("base/l.yaml", tarfile.SYMTYPE, "/etc/passwd")),
        "`base/l.yaml` is a symbolic",
    ),
    "a hard link": (tar_with(tar_entry("base/l.yaml", tarfile.LNKTYPE, "base/pack.yaml")), "is a hard link"),
    "a link with a long name": (
        tar_of(GOOD, tar_entry("l", tarfile.SYMTYPE, "t" * 200), format_=tarfile.GNU_FORMAT),
        "is a link",
    ),
    "a pipe": (tar_with(tar_entry("base/pipe", tarfile.FIFOTYPE)), "`base/pipe` is a named pipe"),
    "a device": (tar_with(tar_entry("base/tty", tarfile.CHRTYPE)), "`base/tty` is a device"),
    "a disk": (tar_with(tar_entry("base/sda", tarfile.BLKTYPE)), "`base/sda` is a device"),
    "a file with holes": (_kind(b"S"), "is a file with holes"),
    "holes in attributes": (
        tar_with(tar_entry("a", tarfile.REGTYPE, **{"GNU.sparse.realsize": "9999999999"})),
        "`GNU.sparse.realsize`",
    ),
    "another size": (tar_with(tar_entry("a", tarfile.REGTYPE, size="5")), "extended attribute `size`"),
    "attributes that are none": (_kind(b"g"), "extended attributes that cannot be read"),
    "a name for all": (tar_for_all(path="base/x.yaml"), "extended attribute `path`"),
    "many attributes": (tar_for_all(comment="c" * MAX_BYTES), f"more than {MAX_BYTES} bytes of extended attributes"),
    "two long names": (TAR_LONG[:1024] + TAR_LONG, "a member has two long names"),
    "a long name for nothing": (TAR_LONG[:1024] + bytes(1024), "it has no end"),
    "an unknown kind": (_kind(b"Z"), "is neither a file nor a folder"),
    "a member twice": (tar_of(GOOD)[:1024] + tar_of(GOOD), "`base/pack.yaml` is there twice"),
    "a folder twice": (
        tar_with(tar_entry("x", tarfile.DIRTYPE), tar_entry("x/", tarfile.DIRTYPE)),
        "`x` is there twice",
    ),
    "other case": (tar_of(GOOD | {"BASE/pack.yaml": b""}), "`BASE` is also there as `base`"),
    "a folder with content": (_kind(b"5"), "is a folder with content"),
    "many members": (tar_of(many(MAX_MEMBERS)), f"more than {MAX_MEMBERS} members"),
    "a bomb": (tar_of({"a": bytes(MAX_MEMBER_BYTES + 1)}), f"`a` unpacks to more than {MAX_MEMBER_BYTES} bytes"),
    "a name that is not UTF-8": (
        with_header(TAR, lambda header: b"base/\xe9.yaml".ljust(100, b"\0") + header[100:]),
        "a name that is not UTF-8",
    ),
    "an archive in it": (tar_of(GOOD | {"more.zip": b""}), "is an archive itself"),
    "a wrong checksum": (patched(TAR, b"README.md", b"README.MD", 1), "a header has a wrong checksum"),
    "a wrong size": (
        with_header(TAR, lambda header: header[:124] + b"0000000000x\0" + header[136:]),
        "a size is no number",
    ),
    "a size below nothing": (
        with_header(TAR, lambda header: header[:124] + b"\xff" * 12 + header[136:]),
        "a size is no number",
    ),
    "a size beyond the end": (
        with_header(TAR, lambda header: header[:124] + b"77777777777\0" + header[136:]),
        "it ends within a member",
    ),
    "no end": (TAR.rstrip(b"\0") + bytes(100), "is damaged"),
    "cut off between members": (TAR[:1024], "it has no end"),
    "cut off in a header": (TAR[:1100], "it ends within a header"),
    "something after its end": (TAR + TAR, "something after its end"),
    "no archive": (b"kind: PolicyPack\n" * 100, "it is no tar archive"),
    "nothing": (b"", "it has no end"),
}


@pytest.mark.parametrize(("data", "reason"), TAR_REFUSED.values(), ids=list(TAR_REFUSED))
def test_a_tar_archive_is_refused_whole(data: bytes, reason: str, tmp_path: Path) -> None:
    assert_refused("base.tar.gz", gz(data), reason, tmp_path)
    if len(data) <= MAX_ARCHIVE_BYTES:
        assert_refused("base.tar", data, reason, tmp_path)


PACKED_REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a bomb": ("b.tar.gz", gz(bytes(MAX_UNPACKED_BYTES + 1)), f"unpacks to more than {MAX_UNPACKED_BYTES} bytes"),
    "a bomb of xz": ("b.tar.xz", lzma.compress(bytes(MAX_UNPACKED_BYTES + 1)), "unpacks to more than"),
    "cut off": ("b.tar.gz", gz(TAR)[:-9], "it is not whole"),
    "a wrong checksum": ("b.tar.gz", gz(TAR)[:-8] + bytes(8), "cannot be unpacked"),
    "two in a row": ("b.tar.gz", gz(TAR) + gz(TAR), "something comes after its end"),
    "a plain tar": ("b.tgz", TAR, "packed in another way than its name says"),
    "a packed tar": ("b.tar", gz(TAR), "it is damaged"),
    "bzip2": ("b.tar.bz2", b"BZh", "archives are read as .zip, .tar, .tar.gz, .tgz, .tar.xz"),
    "7z": ("b.7z", b"7z", "archives are read as .zip"),
    "a large file": ("b.tar", bytes(MAX_ARCHIVE_BYTES + 1), f"it has more than {MAX_ARCHIVE_BYTES} bytes"),
    "much memory": ("b.tar.xz", lzma.compress(TAR, preset=9), "cannot be unpacked"),
}


@pytest.mark.parametrize(("name", "data", "reason"), PACKED_REFUSED.values(), ids=list(PACKED_REFUSED))
def test_a_packed_archive_is_refused_whole(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    assert_refused(name, data, reason, tmp_path)


def assert_refused(name: str, data: bytes, reason: str, folder: Path) -> None:
    """Check that an archive is refused with its path and a reason, and that nothing is written."""
    with pytest.raises(PolicyError) as caught:
        read(folder, name, data)
    message = str(caught.value)
    assert message.startswith(f"{folder.as_posix()}/{name}: ")
    assert reason in message
    assert [path.name for path in folder.iterdir() if not path.name.startswith("base.tar") and path.name != name] == []


def test_an_archive_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"there is no archive `sub/base.zip`"):
        find_pack("sub/base.zip", tmp_path)


SAMPLES = {"s.zip": zip_of(GOOD), "s.tar": TAR, "s.tar.gz": gz(TAR)}


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0), st.binary(min_size=1, max_size=4))
def test_damage_anywhere_is_refused_or_changes_nothing_that_is_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, junk: bytes
) -> None:
    data = SAMPLES[name]
    at %= len(data)
    damaged = data[:at] + junk + data[at + len(junk) :]
    try:
        pack = read(tmp_path_factory.getbasetemp(), name, damaged)
    except PolicyError:
        return
    contents = [content for _, content in pack.files]
    if name == "s.tar":  # no checksum holds for the content of a member
        assert len(contents) == 1
    else:
        assert contents == [PACK]


@given(
    st.dictionaries(st.from_regex("[ab/é.]{0,120}[abé]", fullmatch=True), st.binary(max_size=1500), max_size=5),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT]),
)
def test_what_is_read_of_a_tar_is_what_the_standard_library_reads(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], format_: int
) -> None:
    from aipolicy.policy.sources.members import Members
    from aipolicy.policy.sources.tar_reader import read_tar

    try:
        data = tar_of(files, format_=format_)
    except ValueError:  # a name that this format cannot hold
        return
    members = Members("t.tar")
    try:
        read_tar(data, members)
    except PolicyError:
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        expected = {}
        for member in archive.getmembers():
            stream = archive.extractfile(member)
            if stream is not None:
                expected[re.sub(r"^(\./)+", "", member.name)] = stream.read()
    assert members.files == expected
