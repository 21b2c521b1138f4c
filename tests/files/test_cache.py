"""The cache is a convenience: it holds, or it is as if it were not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aipolicy.files.cache import Cache

ROOT = Path(__file__).resolve().parent.parent.parent


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


def test_the_files_of_one_key_count_as_one_and_go_together(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"), max_files=2)
    for number in range(4):
        for part in ("-a", "-b", ""):
            cache.put(f"key{number}{part}", number)
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == [
        f"key{number}{part}.bin" for number in (2, 3) for part in ("-a", "-b", "")
    ]


def test_processes_that_share_a_folder_find_the_same_and_damage_nothing(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f%d}\n"
        "data: {classes: [health], residency: [EU]}\nlatency: {p95_ms: 800}\nvolume: {requests_per_day: 2000}\n"
    )
    for number in range(4):
        (tmp_path / f"f{number}.aifeature.yaml").write_text(manifest % number, encoding="utf-8")

    def start(number: int, cache: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "aipolicy", "check", f"f{number % 4}.aifeature.yaml", "--as-of", "2026-11-21"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": cache}
        return subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    alone = [start(number, "").communicate()[0] for number in range(4)]
    shared = str(tmp_path / "c")
    running = [start(number, shared) for number in range(8)]
    outputs = [process.communicate()[0] for process in running]
    assert outputs == alone * 2
    assert all(process.returncode in (0, 1) for process in running)
    for folder in tmp_path.glob("c*"):
        names = sorted(path.name for path in folder.iterdir())
        assert names
        assert all(name.endswith(".bin") for name in names)
        assert all(Cache(str(folder)).get_bytes(name.removesuffix(".bin")) is not None for name in names)
