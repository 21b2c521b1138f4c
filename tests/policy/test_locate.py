"""Which files a pack reference names."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipolicy.errors import PolicyError
from aipolicy.policy.locate import find_pack, shipped_packs


def test_a_shipped_pack_is_found_by_name() -> None:
    assert "build-or-buy" in shipped_packs()
    assert all(path.endswith(".yaml") for path, _ in find_pack("build-or-buy", Path()).files)


def test_an_own_pack_is_found_from_the_base(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("x: 1\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.yaml").write_text("x: 1\n", encoding="utf-8")
    assert len(find_pack("ours.yaml", tmp_path).files) == 1
    assert len(find_pack("./folder", tmp_path).files) == 1


@pytest.mark.parametrize("reference", ["", "..", ".", "../policies/", "bild-or-buy", "nothing.yaml"])
def test_a_reference_that_names_no_pack_is_refused(reference: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        find_pack(reference, tmp_path)


def test_an_empty_folder_is_no_pack(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyError, match="holds no pack files"):
        find_pack("./empty", tmp_path)


def test_a_file_that_would_be_missed_refuses_the_folder(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.YML"):
        (tmp_path / name).write_text("x: 1\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"`b.YML` would not be read; write its ending in lower case"):
        find_pack("./", tmp_path)


@pytest.mark.parametrize("reference", ["base.zip", "./base-1.2.tar.gz", "vendor/base.tgz", "acme-1.0-py3-none-any.whl"])
@pytest.mark.parametrize("is_there", [True, False])
def test_an_archive_is_no_pack_and_what_is_one_is_said(reference: str, is_there: bool, tmp_path: Path) -> None:
    if is_there:
        (tmp_path / reference).parent.mkdir(exist_ok=True)
        (tmp_path / reference).write_bytes(b"PK")
    with pytest.raises(PolicyError, match="is an archive, and no pack is read from one; unpack it and name the folder"):
        find_pack(reference, tmp_path)


def test_a_folder_that_is_named_like_an_archive_is_read(tmp_path: Path) -> None:
    (tmp_path / "base.zip").mkdir()
    (tmp_path / "base.zip" / "a.yaml").write_text("x: 1\n", encoding="utf-8")
    assert len(find_pack("base.zip", tmp_path).files) == 1
