"""Which files a pack reference names."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_repos import repository_in

from aipolicy.errors import PolicyError
from aipolicy.policy.sources.locate import find_pack, shipped_packs


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


NEARLY = ("b.yam", "b.ymal", "b.yl", "b.json", "b.yaml.txt", "b.yaml.bak", "b.yaml ", "b.yaml copy", "B.YAML.j2")
OF_OTHERS = ("README.md", "LICENSE", "b.yaml~", ".b.yaml.swp", "__init__.py", "py.typed", "b.toml", "yaml")


@pytest.mark.parametrize("in_git", [False, True])
@pytest.mark.parametrize("name", [*NEARLY, *OF_OTHERS])
def test_a_slip_in_the_ending_of_a_name_leaves_no_rules_unread(name: str, in_git: bool, tmp_path: Path) -> None:
    repo = repository_in(tmp_path / "repo")
    repo.commit({"p/a.yaml": "x: 1\n", f"p/{name}": "x: 1\n"})
    reference = "git+./repo@HEAD#p" if in_git else "./repo/p"
    if name in OF_OTHERS:
        assert len(find_pack(reference, tmp_path).files) == 1
        return
    with pytest.raises(PolicyError) as caught:
        find_pack(reference, tmp_path)
    assert caught.value.message == f"`{name}` would not be read; name it `.yaml`, or move it out of the folder"


BELOW = {
    "a folder within": ("eu/more.yaml", "`eu/more.yaml` would not be read"),
    "a folder within that": ("eu/de/more.yml", "`eu/de/more.yml` would not be read"),
    "in capitals": ("eu/more.YAML", "`eu/more.YAML` would not be read"),
    "a folder named like a file": ("more.yaml/x.yaml", "`more.yaml/x.yaml` would not be read"),
    "another pack": ("team/pack.yaml", "`team/pack.yaml` would not be read"),
    "tests": ("tests/all.yaml", ""),
    "manifests of tests": ("tests/manifests/x.aifeature.yaml", ""),
    "another program's": (".github/workflows/ci.yaml", ""),
    "what is no YAML": ("docs/page.md", ""),
}


@pytest.mark.parametrize(("name", "message"), BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("in_git", [False, True])
def test_yaml_below_the_folder_of_a_pack_is_refused_unless_it_is_of_tests(
    name: str, message: str, in_git: bool, tmp_path: Path
) -> None:
    repo = repository_in(tmp_path / "repo")
    repo.commit({"p/a.yaml": "x: 1\n", f"p/{name}": "x: 1\n"})
    reference = "git+./repo@HEAD#p" if in_git else "./repo/p"
    if not message:
        assert len(find_pack(reference, tmp_path).files) == 1
        return
    with pytest.raises(PolicyError) as caught:
        find_pack(reference, tmp_path)
    assert message in caught.value.message


def test_a_link_that_leads_nowhere_is_refused_and_one_to_a_folder_is_looked_into(tmp_path: Path) -> None:
    pack = tmp_path / "p"
    pack.mkdir()
    (pack / "a.yaml").write_text("x: 1\n", encoding="utf-8")
    (pack / "b.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(PolicyError, match=r"`b.yaml` is no file, or a link that leads nowhere"):
        find_pack("./p", tmp_path)
    (pack / "b.yaml").unlink()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.yaml").write_text("x: 1\n", encoding="utf-8")
    (pack / "eu").symlink_to("../elsewhere")
    with pytest.raises(PolicyError, match=r"`eu/c.yaml` would not be read"):
        find_pack("./p", tmp_path)


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
