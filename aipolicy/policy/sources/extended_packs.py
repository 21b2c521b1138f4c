"""The packs of a run in, these and every pack that they extend out: bases before what extends them, each once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from aipolicy import __version__
from aipolicy.errors import AipolicyError, PolicyError
from aipolicy.files.paths import joined
from aipolicy.policy.sources.pack_files import PackFiles, is_head
from aipolicy.source.regex import regex
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.files.cache import Cache
    from aipolicy.policy.layers.extends import Extends
    from aipolicy.source.records import Record
    from aipolicy.source.span import Span

MAX_PACKS = 64
"""More packs than this extend each other by mistake."""

_MENTIONED = regex(rb"extends[\"']?\s*:")


Finder = Callable[[str, str], PackFiles]
"""Takes what an entry names and the folder that it is relative to; raises `PolicyError`."""


def with_extended(packs: Iterable[PackFiles], find: Finder, memory: Cache | None = None) -> tuple[PackFiles, ...]:
    """Return the packs and all that they extend; raises `PolicyError` or `Problems` with every entry that leads nowhere.

    What a pack extends is kept in the memory by its bytes, so that its YAML is not read again.
    """
    walk = _Walk(find, memory)
    roots = [walk.visit(pack) for pack in packs]
    if walk.errors:
        from aipolicy.errors import Problems

        raise walk.errors[0] if len(walk.errors) == 1 else Problems(tuple(walk.errors))
    # NOTE: a pack that is listed twice stays twice, and is refused when packs are loaded.
    again = [root for number, root in enumerate(roots) if root in roots[:number]]
    return tuple(walk.done.values()) + tuple(walk.done[root] for root in again)


class _Step(NamedTuple):
    identity: str
    pack: PackFiles
    entry: int


class _Walk:
    """A walk from packs to what they extend, depth first."""

    def __init__(self, find: Finder, memory: Cache | None) -> None:
        self._find = find
        self._memory = memory
        self._way: list[_Step] = []
        self.done: dict[str, PackFiles] = {}
        self.errors: list[AipolicyError] = []

    def visit(self, pack: PackFiles) -> str:
        """Return what identifies a pack, once it and all that it extends are done."""
        identity = os.path.realpath(pack.path)
        if identity in self.done:
            return identity
        paths = []
        for number, entry in enumerate(self._entries(pack)):
            self._way.append(_Step(identity, pack, number))
            paths.append(self._extended(entry, pack))
            self._way.pop()
        self.done[identity] = pack._replace(extends=tuple(paths))
        return identity

    def _extended(self, entry: Extends, pack: PackFiles) -> str:
        """Return the path of an extended pack; empty when it cannot be used, which is noted."""
        try:
            extended = self._find(*_reference(entry, pack))
        except AipolicyError as error:
            why = f"{error.path}: {error.message}" if error.path is not None else error.message
            self._refuse(why)
            return ""
        identity = os.path.realpath(extended.path)
        for number, step in enumerate(self._way):
            if step.identity == identity:
                circle = " → ".join(
                    f"{earlier.pack.path}:{_place(earlier)[1].start.line}" for earlier in self._way[number:]
                )
                self._refuse(
                    f"packs extend each other in a circle: {circle} → {extended.path}; remove one of the entries"
                )
                return ""
        if identity not in self.done and len(self.done) + len(self._way) >= MAX_PACKS:
            self._refuse(f"more than {MAX_PACKS} packs extend each other; extend fewer")
            return ""
        return self.done[self.visit(extended)].path

    def _refuse(self, message: str) -> None:
        path, span = _place(self._way[-1])
        self.errors.append(PolicyError(message, path=path, span=span))

    def _entries(self, pack: PackFiles) -> Sequence[Extends]:
        if not any(_MENTIONED.search(data) for _, data in pack.files):
            return ()
        # NOTE: only wanted where a pack extends others.
        import json

        from aipolicy.policy.layers.extends import Extends

        parts = [sha256(data).hexdigest() for _, data in pack.files]
        key = sha256(f"{Extends._fields} {__version__} {parts}".encode()).hexdigest()
        content = self._memory.get_bytes(key) if self._memory is not None else None
        if content is not None:
            return [Extends(**entry) for entry in json.loads(bytes(content))]
        entries = [entry for entry, _ in _written(pack)]
        if self._memory is not None:
            self._memory.put_bytes(key, json.dumps([entry._asdict() for entry in entries]).encode())
        return entries


def _reference(entry: Extends, pack: PackFiles) -> tuple[str, str]:
    """Return what an entry of a pack names, and the folder that it is relative to."""
    if pack.origin.kind in ("git", "package"):
        from aipolicy.policy.sources.inner import inner_reference

        return inner_reference(pack, entry.pack)
    return entry.pack, joined(os.path.dirname(pack.files[0][0]))


def _written(pack: PackFiles) -> list[tuple[Extends, Record]]:
    """Return the entries of the head of a pack; mistakes in it are told when the pack is loaded."""
    from aipolicy.policy.layers.extends import read_extends
    from aipolicy.source.records import Mistakes, Record
    from aipolicy.source.yaml_reader import read_yaml

    mistakes = Mistakes(PolicyError)
    documents = [document for path, data in pack.files for document in read_yaml(path, data).documents]
    heads = [document for document in documents if is_head(document)]
    return [entry for head in heads[:1] for entry in read_extends(Record(head, (), head.value, mistakes))]


def _place(step: _Step) -> tuple[str, Span]:
    _, record = _written(step.pack)[step.entry]
    return record.document.source.path, record.document.locate((*record.path, "pack"))
