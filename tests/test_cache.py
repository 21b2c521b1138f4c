"""The cache is a convenience: it holds, or it is as if it were not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aipolicy.cache import Cache


def test_what_was_put_is_found_under_its_key_only(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    cache.put("key", {"a": (1, 2)})
    assert cache.get("key") == {"a": (1, 2)}
    assert cache.get("other") is None
    assert os.stat(tmp_path / "c").st_mode & 0o077 == 0


def test_no_folder_means_no_cache() -> None:
    cache = Cache(None)
    cache.put("key", 1)
    assert cache.get("key") is None


@pytest.mark.parametrize("change", ["flip", "truncate", "empty", "rename"])
def test_a_damaged_entry_is_no_entry(change: str, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    cache.put("key", list(range(100)))
    path = tmp_path / "c" / "key.bin"
    content = bytearray(path.read_bytes())
    if change == "flip":
        content[-1] ^= 1
    elif change == "truncate":
        del content[50:]
    elif change == "empty":
        content.clear()
    if change == "rename":
        path.rename(tmp_path / "c" / "other.bin")
        assert cache.get("other") is None
        return
    path.write_bytes(bytes(content))
    assert cache.get("key") is None


def test_a_folder_that_others_can_write_to_is_not_read(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    cache.put("key", 1)
    os.chmod(tmp_path / "c", 0o777)
    assert cache.get("key") is None
    cache.put("new", 1)
    assert not (tmp_path / "c" / "new.bin").exists()


def test_a_link_to_a_folder_is_not_read(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    cache.put("key", 1)
    (tmp_path / "link").symlink_to(tmp_path / "c")
    assert Cache(str(tmp_path / "link")).get("key") is None


def test_old_entries_are_removed(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    for number in range(40):
        cache.put(f"key{number}", number)
    assert len(list((tmp_path / "c").iterdir())) <= 16
