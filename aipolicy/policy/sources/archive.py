"""A pack in an archive: read in memory, refused whole or read whole, never written to disk."""

from __future__ import annotations

from pathlib import Path

from aipolicy.errors import PolicyError
from aipolicy.manifest.discovery import read_regular_file, reason_of
from aipolicy.policy.pack_files import PackFiles, PackOrigin
from aipolicy.policy.sources.members import ARCHIVE_SUFFIXES, Members
from aipolicy.source.limits import MAX_ARCHIVE_BYTES
from aipolicy.source.text import shown

YAML_SUFFIXES = (".yaml", ".yml")
_PACK_KIND = "PolicyPack"


def read_archive_pack(path: Path) -> PackFiles:
    """Return the files of the one pack in an archive; raises `PolicyError` for anything that is not as it should be."""
    try:
        data = read_regular_file(str(path), MAX_ARCHIVE_BYTES)
    except OSError as error:
        raise PolicyError(f"cannot read: {reason_of(error)}", path=path.as_posix()) from error
    return pack_in_archive(path.as_posix(), data)


def pack_in_archive(path: str, data: bytes) -> PackFiles:
    """Return the files of the one pack in the bytes of an archive that is shown under a path; raises `PolicyError`."""
    members = Members(path)
    suffix = next((each for each in ARCHIVE_SUFFIXES if path.lower().endswith(each)), "")
    if len(data) > MAX_ARCHIVE_BYTES:
        members.refuse(f"it has more than {MAX_ARCHIVE_BYTES} bytes; pack the pack's folder only")
    if suffix == ".zip":
        from aipolicy.policy.sources.zip_reader import read_zip

        read_zip(data, members)
    elif suffix:
        from aipolicy.policy.sources.tar_reader import read_tar, unpacked

        read_tar(unpacked(data, suffix, members), members)
    else:
        members.refuse(f"archives are read as {', '.join(ARCHIVE_SUFFIXES)}; pack it as one of these")
    folder = _pack_folder(members)
    top = f"{path}!{folder}"
    within = f"{folder}/" if folder else ""
    files = {name.removeprefix(within): data for name, data in members.files.items() if _folder_of(name) == folder}
    return PackFiles(top, pack_members(files, f"{path}!{within}", path), origin=PackOrigin("archive", path))


def pack_members(files: dict[str, bytes], prefix: str, shown_as: str) -> tuple[tuple[str, bytes], ...]:
    """Return the YAML files of a pack's folder, given by name, sorted; raises `PolicyError` for a misleading name."""
    for name in sorted(files):
        if not name.endswith(YAML_SUFFIXES) and name.lower().endswith(YAML_SUFFIXES):
            message = f"`{shown(name)}` would not be read; write its ending in lower case, as `.yaml`"
            raise PolicyError(message, path=shown_as)
    return tuple((f"{prefix}{name}", files[name]) for name in sorted(files) if name.endswith(YAML_SUFFIXES))


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _pack_folder(members: Members) -> str:
    """Return the one folder that holds a pack; empty for the top of the archive."""
    yaml = {path: data for path, data in members.files.items() if path.lower().endswith(YAML_SUFFIXES)}
    candidates = {_folder_of(path) for path, data in yaml.items() if _PACK_KIND.encode() in data}
    if len(candidates) > 1:
        # NOTE: only now is it worth the time to tell a pack from a file that speaks of packs.
        candidates = {_folder_of(path) for path, data in yaml.items() if _is_pack(path, data, members)}
    if not candidates:
        members.refuse(f"no YAML file in it is of kind {_PACK_KIND}")
    if len(candidates) > 1:
        first, second, *_ = (f"`{shown(folder or '.')}`" for folder in sorted(candidates))
        members.refuse(f"it holds a pack in {first} and one in {second}; pack one folder an archive")
    return candidates.pop()


def _is_pack(path: str, data: bytes, members: Members) -> bool:
    """Return whether a file holds a document of the pack kind; one that cannot be read might."""
    from aipolicy.source.yaml_reader import read_yaml

    if _PACK_KIND.encode() not in data:
        return False
    result = read_yaml(f"{members.archive}!{path}", data)
    kinds = [document.value.get("kind") for document in result.documents if isinstance(document.value, dict)]
    return _PACK_KIND in kinds or bool(result.problems)
