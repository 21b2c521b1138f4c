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
