"""Results of files that are kept between runs under one policy, by what each depends on; the latest come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.files.cache import Cache

MAX_KEPT_BYTES = 67_108_864
"""Bytes of results that are kept under one policy; those of earlier runs make room first."""
MAX_POLICIES = 4

_KEY_BYTES = 32
_SIZE_BYTES = 4


class ResultMemory:
    """Keeps results as bytes under keys of 32 bytes; without a usable folder nothing is kept and nothing is found."""

    def __init__(self, folder: str | None, policy_key: str) -> None:
        self._cache = Cache(folder, max_files=MAX_POLICIES)
        self._policy_key = policy_key
        self._known = _read(self._cache.get_bytes(policy_key) or memoryview(b""))

    def get(self, key: bytes) -> bytes | memoryview | None:
        """Return the result that was kept under a key, or None."""
        return self._known.get(key)

    def keep(self, used: Mapping[bytes, bytes | memoryview]) -> None:
        """Keep the results of a run, and of those before as many as there is room for."""
        if used.keys() <= self._known.keys():
            return
        contents = {**used, **self._known}
        self._cache.put_bytes(self._policy_key, *_framed(contents.items()))


def _framed(entries: Iterable[tuple[bytes, bytes | memoryview]]) -> Iterable[bytes | memoryview]:
    total = 0
    for key, content in entries:
        total += _KEY_BYTES + _SIZE_BYTES + len(content)
        if total > MAX_KEPT_BYTES:
            return
        yield key
        yield len(content).to_bytes(_SIZE_BYTES, "big")
        yield content


def _read(content: memoryview) -> dict[bytes, memoryview]:
    contents: dict[bytes, memoryview] = {}
    start = 0
    while start < len(content):
        head = start + _KEY_BYTES + _SIZE_BYTES
        end = head + int.from_bytes(content[start + _KEY_BYTES : head], "big")
        contents[bytes(content[start : start + _KEY_BYTES])] = content[head:end]
        start = end
    return contents
