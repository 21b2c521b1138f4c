"""What a run printed and wrote, kept by all that it depends on: nothing is evaluated where nothing changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence

from aipolicy.files.cache import Cache
from aipolicy.value import NamedTuple

MAX_KEPT_BYTES = 67_108_864
"""Outputs that take more when compressed are not kept."""

_PIECE_CHARACTERS = 262_144
_FASTEST = 1
_SIZE_BYTES = 4


class Output(NamedTuple):
    """Everything that a run says: exit code, notices for standard error, and its texts, however long they are."""

    code: int
    notices: str
    """Lines; empty for nothing."""
    pieces: tuple[tuple[int, bytes | memoryview], ...]
    """Compressed, each with the number of the text that it belongs to."""

    def text(self, number: int) -> Iterator[str]:
        """Yield the pieces of a text in order."""
        return (_expanded(content) for text, content in self.pieces if text == number)


def pieces_of(texts: Sequence[Iterable[str]]) -> tuple[tuple[int, bytes], ...]:
    """Return texts in compressed pieces; they are gone through one after another."""
    return tuple((number, piece) for number, text in enumerate(texts) for piece in _compressed(text))


class OutputMemory:
    """Keeps outputs; without a usable folder nothing is kept and nothing is found."""

    def __init__(self, folder: str | None) -> None:
        self._cache = Cache(folder)

    def get(self, key: str) -> Output | None:
        """Return the output that was kept under a key, or None."""
        content = self._cache.get_bytes(key)
        if content is None:
            return None
        (_, notices), *pieces = _unframed(content)
        return Output(content[0], _expanded(notices), tuple(pieces))

    def put(self, key: str, output: Output) -> None:
        """Keep an output, unless it is too long."""
        framed: list[bytes | memoryview] = [bytes((output.code,))]
        notices = zlib.compress(output.notices.encode("utf-8", "surrogatepass"), _FASTEST)
        for number, piece in ((0, notices), *output.pieces):
            framed += [bytes((number,)), len(piece).to_bytes(_SIZE_BYTES, "big"), piece]
        if sum(map(len, framed)) <= MAX_KEPT_BYTES:
            self._cache.put_bytes(key, *framed)


def _unframed(content: memoryview) -> Iterator[tuple[int, memoryview]]:
    start = 1
    while start < len(content):
        head = start + 1 + _SIZE_BYTES
        end = head + int.from_bytes(content[start + 1 : head], "big")
        yield content[start], content[head:end]
        start = end


def _compressed(text: Iterable[str]) -> Iterator[bytes]:
    gathered: list[str] = []
    characters = 0
    for piece in text:
        gathered.append(piece)
        characters += len(piece)
        if characters >= _PIECE_CHARACTERS:
            yield zlib.compress("".join(gathered).encode("utf-8", "surrogatepass"), _FASTEST)
            gathered, characters = [], 0
    if characters:
        yield zlib.compress("".join(gathered).encode("utf-8", "surrogatepass"), _FASTEST)


def _expanded(content: bytes | memoryview) -> str:
    return zlib.decompress(content).decode("utf-8", "surrogatepass")
