"""A new rule and where it is wanted in, the file of a pack that takes it up out: its path and its bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from aipolicy.authoring.template import RuleDraft, entry_text, pack_text, rules_text
from aipolicy.errors import PolicyError, UsageError
from aipolicy.policy.sources.locate import find_pack
from aipolicy.policy.sources.pack_files import (
    PACKAGE_PREFIX,
    YAML_SUFFIXES,
    PackFiles,
    is_address,
    is_head,
    shipped_packs,
)
from aipolicy.source.document import Document
from aipolicy.source.text import shown
from aipolicy.source.yaml_append import entries_of, with_entry
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import Frozen

_RULES = "rules"


class Placed(Frozen):
    """The file that takes up a new rule, with the rule in it."""

    path: str
    data: bytes
    pack: PackFiles
    """The pack as it is; one that is begun has no file yet."""
    grown: PackFiles
    """The pack as it will be."""


def placed(draft: RuleDraft, wanted: str) -> Placed:
    """Return the file of a pack with a new rule in it; nothing is written.

    `wanted` is the folder or the file of a pack; where there is none yet it becomes one. Raises `UsageError` or
    `PolicyError`.
    """
    _refuse_what_is_not_written(wanted)
    path = Path(os.path.normpath(wanted))
    folder = path.parent if path.suffix in YAML_SUFFIXES else path
    if folder.exists() and not folder.is_dir():
        raise UsageError("is neither a folder nor a file that ends in `.yaml`", path=folder.as_posix())
    pack = _pack_at(path)
    if pack is None:
        file = path if path != folder else path / "pack.yaml"
        text = pack_text(draft, _name_for(path))
        return _placed(PackFiles(path.as_posix(), ()), file.as_posix(), text.encode())
    file = path if path.suffix in YAML_SUFFIXES else _fitting_file(pack, draft)
    data_before = dict(pack.files).get(file.as_posix())
    data = rules_text(draft).encode() if data_before is None else _with_rule(file.as_posix(), data_before, draft)
    return _placed(pack, file.as_posix(), data)


def _refuse_what_is_not_written(wanted: str) -> None:
    if wanted in shipped_packs() and not os.path.exists(wanted):
        raise UsageError(f"`{wanted}` ships with aipolicy and is not written to; name a folder or a file of your own")
    if wanted.startswith(PACKAGE_PREFIX) or is_address(wanted):
        raise UsageError(f"`{shown(wanted)}` is no folder or file of this computer; name one of your own")


def _pack_at(path: Path) -> PackFiles | None:
    """Return the pack that a folder is, or to which a file belongs; None where there is none yet."""
    if path.suffix not in YAML_SUFFIXES:
        holds_any = path.is_dir() and any(name.lower().endswith(YAML_SUFFIXES) for name in os.listdir(path))
        return _pack(path) if holds_any else None
    if path.exists():
        alone = _pack(path)
        if _heads(alone):
            return alone
    whole = _pack_at(path.parent)
    # NOTE: several heads are packs beside each other, each a file of its own.
    return whole if whole is not None and _heads(whole) == 1 else None


def _heads(pack: PackFiles) -> int:
    return sum(is_head(document) for _, document in documents_of(pack))


def _pack(path: Path) -> PackFiles:
    return find_pack(os.path.join(os.curdir, path), Path())


def documents_of(pack: PackFiles) -> Iterator[tuple[str, Document]]:
    """Yield the documents of a pack, each with the path of its file."""
    for path, data in pack.files:
        yield from ((path, document) for document in read_yaml(path, data).documents)


def _fitting_file(pack: PackFiles, draft: RuleDraft) -> Path:
    """Return the file with the last rule of the same prefix; else the one that is named after the prefix."""
    if pack.path in dict(pack.files):
        return Path(pack.path)
    alike = [(rule_id, path) for path, document in documents_of(pack) for rule_id in _ids(document, draft.prefix)]
    return Path(max(alike)[1]) if alike else Path(pack.path) / f"{draft.prefix.lower()}.yaml"


def _ids(document: Document, prefix: str) -> list[str]:
    ids = [str(entry.get("id")) for entry in entries_of(document, _RULES) if isinstance(entry, dict)]
    return [rule_id for rule_id in ids if rule_id.partition("-")[0] == prefix]


def _with_rule(path: str, data: bytes, draft: RuleDraft) -> bytes:
    """Return a file with a rule behind those of its prefix, else behind its last one."""
    documents = read_yaml(path, data).documents
    fitting = [
        document.index for fits in (lambda d: _ids(d, draft.prefix), lambda d: entries_of(d, _RULES), lambda d: True)
        for document in reversed(documents) if fits(document)
    ]  # fmt: skip
    grown = (
        with_entry(path, data, fitting[0], _RULES, lambda indent: f"\n{entry_text(draft, indent)}") if fitting else None
    )
    if grown is None:
        message = "a rule cannot be appended to this file as it is written; add it by hand:\n"
        raise PolicyError(message + entry_text(draft), path=path)
    return grown


def _placed(pack: PackFiles, path: str, data: bytes) -> Placed:
    files = {**dict(pack.files), path: data}
    return Placed(path, data, pack, pack._replace(files=tuple(sorted(files.items()))))


def _name_for(path: Path) -> str:
    """Return a name for a new pack, made of that of its folder or file."""
    name = Path(os.path.abspath(path)).name.removesuffix(path.suffix if path.suffix in YAML_SUFFIXES else "")
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "pack"
