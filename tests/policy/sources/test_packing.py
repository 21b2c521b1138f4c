"""Archives of packs: the same bytes for the same files, and never one that would be refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hostile_archives import PACK

from aipolicy.cli.main import cli
from aipolicy.errors import AipolicyError
from aipolicy.policy.locate import find_pack
from aipolicy.policy.sources.digest import digest_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a pack with a licence, tests and something hidden."""
    made = tmp_path / "base"
    for name, data in {"pack.yaml": PACK, "LICENSE": b"free", "tests/t.yaml": b"a: 1\n", ".git/config": b"x"}.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(data)
    return made


def packed(folder: Path, output: Path) -> Result:
    return CliRunner().invoke(cli, ["policy", "pack", str(folder), "-o", str(output)])


@pytest.mark.parametrize("name", ["own-1.zip", "own-1.tar.gz", "own-1.tgz"])
def test_an_archive_is_read_as_the_folder_is(name: str, folder: Path, tmp_path: Path) -> None:
    done = packed(folder, tmp_path / name)
    assert done.exit_code == 0
    pack = find_pack(f"./{name}", tmp_path)
    assert pack.path.endswith(f"{name}!own")
    assert digest_of(pack) == digest_of(find_pack("./base", tmp_path))
    assert done.output == f"{tmp_path / name}: own 1, {digest_of(pack)}\n"


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_the_same_files_give_the_same_bytes(name: str, folder: Path, tmp_path: Path) -> None:
    packed(folder, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    for path in sorted(folder.rglob("*.yaml"), reverse=True):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    (folder / ".hidden").write_bytes(b"x")
    packed(folder, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def link(folder: Path) -> None:
    (folder / "more.yaml").symlink_to("/etc/passwd")


def link_to_folder(folder: Path) -> None:
    (folder / "more").symlink_to("/etc")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def archive(folder: Path) -> None:
    (folder / "old.zip").write_bytes(b"x")


def two_cases(folder: Path) -> None:
    (folder / "PACK.yaml").write_bytes(b"a: 1\n")


def second_pack(folder: Path) -> None:
    (folder / "tests/t.yaml").write_bytes(PACK)


def no_pack(folder: Path) -> None:
    (folder / "pack.yaml").write_bytes(b"kind: PolicyRules\n")


def no_yaml(folder: Path) -> None:
    (folder / "pack.yaml").unlink()


def colon(folder: Path) -> None:
    (folder / "a:b").write_bytes(b"x")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (link, "a link cannot be packed"), (link_to_folder, "a link cannot be packed"), (pipe, "cannot read"),
        (archive, "is an archive itself"), (two_cases, "is also there as"), (second_pack, "it holds a pack in"),
        (no_pack, "a pack has one document of kind PolicyPack"), (no_yaml, "the folder holds no pack files"),
        (colon, "has a colon in its name"),
    ],
)  # fmt: skip
def test_what_would_be_refused_is_not_written(spoil, reason: str, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    spoil(folder)
    done = packed(folder, tmp_path / "a.zip")
    assert isinstance(done.exception, AipolicyError)
    assert reason in str(done.exception)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize("output", ["a.rar", "a.tar", "a", "missing/a.zip"])
def test_an_output_that_cannot_be_written_is_refused(output: str, folder: Path, tmp_path: Path) -> None:
    assert isinstance(packed(folder, tmp_path / output).exception, AipolicyError)
