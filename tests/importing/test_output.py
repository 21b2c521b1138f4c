"""Files are written whole, and never over what a person wrote."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from sample_tables import messages, run, table_of

from aipolicy.errors import AipolicyError, UsageError
from aipolicy.importing.output import Written, write_manifests

ROWS = table_of(["Name", "Stage", "Rights"], ["a", "Live", "Yes"], ["b", "Planned", "No"])
CHANGED = table_of(["Name", "Stage", "Rights"], ["a", "Planned", "Yes"], ["b", "Planned", "No"])


def test_manifests_are_written_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    manifests = run(ROWS).manifests
    folder = tmp_path / "new" / "folder"
    assert write_manifests(manifests, folder) == Written(2, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["a.aifeature.yaml", "b.aifeature.yaml"]
    assert (folder / "a.aifeature.yaml").read_bytes() == manifests[0][1].encode()
    assert write_manifests(manifests, folder) == Written(0, 2)


def test_manifests_that_nobody_edited_are_renewed(tmp_path: Path) -> None:
    write_manifests(run(ROWS).manifests, tmp_path)
    assert write_manifests(run(CHANGED).manifests, tmp_path) == Written(1, 1)
    assert "lifecycle: idea" in (tmp_path / "a.aifeature.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["mine\n", "edited", b"\xff\xfe"])
def test_what_a_person_wrote_is_kept_and_nothing_is_written(tmp_path: Path, content: str | bytes) -> None:
    target = tmp_path / "b.aifeature.yaml"
    if content == "edited":
        write_manifests(run(ROWS).manifests[1:], tmp_path)
        target.write_text(
            target.read_text(encoding="utf-8").replace("lifecycle: idea", "lifecycle: pilot"), encoding="utf-8"
        )
    else:
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    before = target.read_bytes()
    with pytest.raises(UsageError, match="was not written by an import, or was edited since"):
        write_manifests(run(CHANGED).manifests, tmp_path)
    assert target.read_bytes() == before
    assert not (tmp_path / "a.aifeature.yaml").exists()
    assert write_manifests(run(CHANGED).manifests, tmp_path, force=True) == Written(2, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("force", [False, True])
def test_links_are_not_followed(tmp_path: Path, force: bool) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.aifeature.yaml").symlink_to(outside)
    (folder / "b.aifeature.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(AipolicyError) as raised:
        write_manifests(run(ROWS).manifests, folder, force=force)
    assert all("is a link" in message for message in messages(raised.value))
    assert len(messages(raised.value)) == 2
    assert outside.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path, force: bool) -> None:
    (tmp_path / "a.aifeature.yaml").mkdir()
    with pytest.raises(UsageError, match="is no regular file"):
        write_manifests(run(ROWS).manifests, tmp_path, force=force)


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="give a folder that can be written"):
        write_manifests(run(ROWS).manifests, tmp_path / "out")


@pytest.mark.parametrize("name", ["../x.aifeature.yaml", "a/b.aifeature.yaml", "a\\b.aifeature.yaml", "x.txt", ""])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a manifest file"):
        write_manifests([(name, "x")], tmp_path / "out")


def test_a_failing_write_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="no space left on device"):
        write_manifests(run(ROWS).manifests, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_many_obstacles_are_counted(tmp_path: Path) -> None:
    manifests = run(table_of(["Name", "Stage", "Rights"], *([f"n{i}", "", ""] for i in range(30)))).manifests
    for name, _ in manifests:
        (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(AipolicyError) as raised:
        write_manifests(manifests, tmp_path)
    assert len(messages(raised.value)) == 21
    assert messages(raised.value)[-1].endswith("and 10 more files like these")
