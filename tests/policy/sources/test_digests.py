"""What a lock says of a pack: the same wherever it is, another for every other content."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.policy.locate import PackFiles, PackOrigin, find_pack
from aipolicy.policy.sources.digest import digest_of, reference_of

FILES = st.dictionaries(
    st.text("ab \n0é", min_size=1, max_size=4),
    st.binary(max_size=3).map(lambda data: data.replace(b"\r", b"")),
    max_size=3,
)


def pack(path: str, files: dict[str, bytes], between: str = "/") -> PackFiles:
    return PackFiles(path, tuple((f"{path}{between}{name}", data) for name, data in sorted(files.items())))


@given(FILES, FILES)
def test_digests_are_equal_when_files_are(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (digest_of(pack("a/b", one)) == digest_of(pack("c@v1#d", other))) is (one == other)


@given(FILES)
def test_the_place_of_a_pack_and_windows_line_ends_play_no_part(files: dict[str, bytes]) -> None:
    windows = {name: data.replace(b"\n", b"\r\n") for name, data in files.items()}
    places = [
        pack("/somewhere/else", windows), pack("/", files, ""), pack("git+../p@v1", files, "#"),
        pack("git+../p@v1#packs/base", windows), PackFiles(".", tuple(sorted(files.items()))),
    ]  # fmt: skip
    assert {digest_of(each) for each in places} == {digest_of(pack("here", files))}


@pytest.mark.parametrize("place", ["ours.yaml", "a/ours.yaml", "git+../p@v1#ours.yaml", "git+../p@v1#a/ours.yaml"])
def test_one_file_has_the_same_digest_everywhere(place: str) -> None:
    assert digest_of(PackFiles(place, ((place, b"x"),))) == digest_of(pack("folder", {"ours.yaml": b"x"}))


@pytest.mark.parametrize(
    ("origin", "folder", "reference"),
    [
        (PackOrigin("shipped", "build-or-buy"), "sub", "build-or-buy"),
        (PackOrigin("path", "ours.yaml"), "", "./ours.yaml"),
        (PackOrigin("path", "sub/ours"), "sub", "./ours"),
        (PackOrigin("path", "vendor/base"), "sub", "../vendor/base"),
        (PackOrigin("path", "/srv/policies"), "sub", "/srv/policies"),
        (PackOrigin("path", "/repo/ours"), "/repo", "./ours"),
        (PackOrigin("git", "policies", "v1"), "sub", "git+../policies@v1"),
        (PackOrigin("git", "sub", "v1", "packs/base", "abc"), "sub", "git+.@v1#packs/base"),
        (PackOrigin("git", "/srv/policies", "v1", "a"), "", "git+/srv/policies@v1#a"),
    ],
)
def test_a_pack_is_named_as_from_the_lock(origin: PackOrigin, folder: str, reference: str) -> None:
    assert reference_of(origin, folder) == reference


@pytest.mark.parametrize("reference", ["build-or-buy", "ours", "./ours", "ours/a.yaml", "../up"])
def test_a_reference_of_the_lock_leads_to_the_same_pack(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "project"
    for folder in (base / "ours", tmp_path / "up"):
        folder.mkdir(parents=True)
        (folder / "a.yaml").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    found = find_pack(reference, Path("project"))
    again = find_pack(reference_of(found.origin, "project"), Path("project"))
    assert again == found
