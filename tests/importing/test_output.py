"""Files are written whole, and never over what a person wrote."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from sample_tables import run, table_of

from aipolicy.errors import UsageError
from aipolicy.importing.importer import ImportedFeature
from aipolicy.importing.output import NOT_IMPORTED, Written, write_manifests
from aipolicy.value import replace

ROWS = run(table_of(["Name", "Stage", "Rights"], ["a", "Live", "Yes"], ["b", "Planned", "No"]))
CHANGED = run(table_of(["Name", "Stage", "Rights"], ["a", "Planned", "Yes"], ["b", "Planned", "No"]))


def counts(written: Written) -> tuple[int, int, int]:
    return written.new, written.renewed, written.unchanged


def test_manifests_are_written_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert counts(write_manifests(ROWS, folder)) == (2, 0, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["a.aifeature.yaml", "b.aifeature.yaml"]
    assert (folder / "a.aifeature.yaml").read_bytes() == ROWS.manifests[0][1].encode()
    assert counts(write_manifests(ROWS, folder)) == (0, 0, 2)


@pytest.mark.parametrize("content", [b"mine\n", b"", b"\xff\xfe", b"# import: {}\n"])
def test_what_a_person_wrote_is_kept_and_stops_its_own_row_alone(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "b.aifeature.yaml"
    target.write_bytes(content)
    written = write_manifests(ROWS, tmp_path)
    assert counts(written) == (1, 0, 0)
    assert [(each.path, each.reason) for each in written.obstacles] == [(target.as_posix(), NOT_IMPORTED)]
    assert target.read_bytes() == content
    forced = write_manifests(ROWS, tmp_path, force=True)
    assert (counts(forced)[2], forced.obstacles) == (1, ())
    assert target.read_bytes() == ROWS.manifests[1][1].encode()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("force", [False, True])
def test_links_are_not_followed(tmp_path: Path, force: bool) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.aifeature.yaml").symlink_to(outside)
    (folder / "b.aifeature.yaml").symlink_to(tmp_path / "nowhere")
    written = write_manifests(ROWS, folder, force=force)
    assert ["is a link" in each.reason for each in written.obstacles] == [True, True]
    assert outside.read_text(encoding="utf-8") == "precious"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_in_the_place_of_a_file_stops_its_own_row_alone(tmp_path: Path, force: bool) -> None:
    (tmp_path / "a.aifeature.yaml").mkdir()
    written = write_manifests(ROWS, tmp_path, force=force)
    assert [each.reason for each in written.obstacles] == [
        "is no regular file; remove it, or import into another folder"
    ]
    assert written.new == 1


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="give a folder that can be written"):
        write_manifests(ROWS, tmp_path / "out")


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    result = replace(ROWS, features=(ImportedFeature(name, {"metadata.name": "x"}),))
    with pytest.raises(UsageError, match="is no name of a manifest file"):
        write_manifests(result, tmp_path / "out")


def test_a_failing_write_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="no space left on device"):
        write_manifests(ROWS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_ids_rows_are_found_by_their_name_and_vanished_ones_are_told(tmp_path: Path) -> None:
    write_manifests(ROWS, tmp_path)
    only_b = run(table_of(["Name", "Stage", "Rights"], ["b", "Planned", "No"]))
    written = write_manifests(only_b, tmp_path)
    assert [(Path(each.path).name, each.reason) for each in written.vanished] == [
        ("a.aifeature.yaml", "no row that is imported has its name")
    ]
    assert counts(write_manifests(CHANGED, tmp_path)) == (0, 2, 0), "the row's number stands in the manifest"
    assert "lifecycle: idea" in (tmp_path / "a.aifeature.yaml").read_text(encoding="utf-8")


SHARED = run(table_of(["Name", "Stage", "Rights"], ["a", "Live", "Yes"], ["a", "Planned", "No"]))
OTHERS = [
    ([["a", "Planned", "No"]], ["a.aifeature.yaml"]),
    ([["a", "Planned", "No"], ["a", "Live", "Yes"]], ["a.aifeature.yaml", "a-2.aifeature.yaml"]),
    ([["b", "Live", "No"], ["a", "Live", "Yes"], ["a", "Planned", "No"]], []),
]


@pytest.mark.parametrize(("rows", "doubtful"), OTHERS)
def test_without_ids_a_row_never_takes_over_the_manifest_of_another_with_its_name(
    tmp_path: Path, rows: list[list[str]], doubtful: list[str]
) -> None:
    write_manifests(SHARED, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written = write_manifests(run(table_of(["Name", "Stage", "Rights"], *rows)), tmp_path)
    assert [Path(each.path).name for each in written.obstacles] == doubtful
    assert all("several rows have its name" in each.reason for each in written.obstacles)
    assert all((tmp_path / name).read_bytes() == before[name] for name in doubtful)


def test_a_name_that_was_one_row_s_and_is_several_now_is_not_taken_over(tmp_path: Path) -> None:
    write_manifests(ROWS, tmp_path)
    grown = run(table_of(["Name", "Stage", "Rights"], ["a", "Planned", "No"], ["a", "Live", "Yes"]))
    written = write_manifests(grown, tmp_path)
    assert [Path(each.path).name for each in written.obstacles] == ["a.aifeature.yaml"]
    assert written.new == 1
