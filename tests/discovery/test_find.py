"""Which files a run reads: named or found, each once, in one order, and never anything but regular files."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from aipolicy.discovery.find import find_manifests, search_manifests
from aipolicy.discovery.git_folder import repository_root
from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.manifest.read import ManifestFile
from aipolicy.manifest.skipped import LINKED_FOLDER, TOOLS_FOLDER
from aipolicy.source.regular_file import read_regular_file, shown_path
from aipolicy.source.yaml_reader import MAX_BYTES

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the working folder."""
    for folder in ("info", "objects"):
        (tmp_path / ".git" / folder).mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def no_stdin() -> bytes:
    raise AssertionError("standard input was read")


def write(folder: Path, *names: str, text: str = "a: 1\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def find(*paths: str, **options: object) -> tuple[ManifestFile, ...]:
    return find_manifests(paths, stdin=no_stdin, **options)  # type: ignore[arg-type]


def skipped(*paths: str, **options: object) -> list[tuple[str, str]]:
    search = search_manifests(paths, stdin=no_stdin, **options)  # type: ignore[arg-type]
    return [tuple(each) for each in search.left_out.skipped]


def found(*paths: str, **options: object) -> list[str]:
    return [file.path for file in find(*paths, **options)]


def refusal(*paths: str, **options: object) -> str:
    with pytest.raises(AipolicyError) as caught:
        find(*paths, **options)
    return str(caught.value)


def test_a_folder_yields_files_with_manifest_names_at_any_depth(here: Path) -> None:
    write(here, "aifeature.yaml", "b/x.aifeature.yml", "b/c/aifeature.yml", "a.aifeature.yaml")
    write(here, "c/AIFeature.yaml", "x.aifeature.YAML")
    write(here, "other.yaml", "aifeature.yaml.bak", "notaifeature.yaml", "aifeature.yaml~", "aifeature.md")
    assert found(".") == [
        "a.aifeature.yaml", "aifeature.yaml", "b/c/aifeature.yml", "b/x.aifeature.yml", "c/AIFeature.yaml",
        "x.aifeature.YAML",
    ]  # fmt: skip


NEAR_NAMES = (
    "aifeatures.yaml", "ai-feature.yaml", "ai_feature.yml", "AI-Features.yaml", "x.aifeature.json", "aifeature.json",
    "claims-aifeature.yaml", "aifeature-claims.yaml", "aifeature.yaml.txt", "claims.ai-feature.yml", "aifeature.toml",
)  # fmt: skip


@pytest.mark.parametrize("name", NEAR_NAMES)
def test_a_name_that_is_nearly_one_of_a_manifest_is_read_and_marked(here: Path, name: str) -> None:
    write(here, f"a/{name}")
    assert [(file.path, file.near_miss) for file in find(".")] == [(f"a/{name}", True)]
    assert [file.near_miss for file in find(f"a/{name}")] == [False]
    assert found(".", patterns=["*.ai.yaml"]) == []


def test_a_named_file_is_taken_whatever_its_name_and_marked_as_named(here: Path) -> None:
    write(here, "other.yaml", "sub/aifeature.yaml")
    assert find("other.yaml", "sub") == (
        ManifestFile("other.yaml", b"a: 1\n", named=True, path_in_repository="other.yaml"),
        ManifestFile("sub/aifeature.yaml", b"a: 1\n", named=False, path_in_repository="sub/aifeature.yaml"),
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (".", "sub/aifeature.yaml"),
        ("./", "sub/aifeature.yaml"),
        ("./sub", "sub/aifeature.yaml"),
        ("sub/", "sub/aifeature.yaml"),
        ("sub//aifeature.yaml", "sub/aifeature.yaml"),
        ("../work/sub", "../work/sub/aifeature.yaml"),
    ],
)
def test_paths_are_shown_as_given_with_forward_slashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, shown: str
) -> None:
    write(tmp_path / "work", "sub/aifeature.yaml")
    monkeypatch.chdir(tmp_path / "work")
    assert found(given) == [shown]


def test_an_absolute_folder_is_shown_absolute(here: Path) -> None:
    write(here, "aifeature.yaml")
    assert found(str(here)) == [f"{here.as_posix()}/aifeature.yaml"]


TOOLS = ["node_modules", ".venv", "__pycache__"]


@pytest.mark.parametrize("folder", TOOLS)
def test_folders_of_tools_are_entered_where_git_would_show_what_is_in_them(here: Path, folder: str) -> None:
    write(here, f"a/{folder}/aifeature.yaml")
    assert found(".") == [f"a/{folder}/aifeature.yaml"]
    write(here, ".gitignore", text=f"{folder}/\n")
    assert found(".") == []


@pytest.mark.parametrize("folder", TOOLS)
def test_without_a_repository_folders_of_tools_are_left_out_and_told_but_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, f"a/{folder}/aifeature.yaml")
    assert skipped(".") == [(f"a/{folder}/", TOOLS_FOLDER)]
    assert found(f"a/{folder}") == [f"a/{folder}/aifeature.yaml"]


def test_folders_of_git_are_never_entered_but_can_be_named(here: Path) -> None:
    write(here, "a/.git/aifeature.yaml")
    assert found(".") == []
    assert found("a/.git") == ["a/.git/aifeature.yaml"]


@pytest.mark.parametrize(
    "paths",
    [
        ("a.yaml", "./a.yaml", "a.yaml"),
        ("a.yaml", "sub/../a.yaml"),
        ("link.yaml", "a.yaml"),
    ],
)
@posix_only
def test_a_file_named_twice_is_read_once(here: Path, paths: tuple[str, ...]) -> None:
    write(here, "a.yaml", "sub/x.txt")
    (here / "link.yaml").symlink_to("a.yaml")
    assert found(*paths) == found(*reversed(paths)) == ["a.yaml"]


def test_a_file_that_is_named_and_found_counts_as_named(here: Path) -> None:
    write(here, "aifeature.yaml")
    assert [file.named for file in find(".", "aifeature.yaml")] == [True]


def test_the_order_of_paths_does_not_change_the_result(here: Path) -> None:
    write(here, "b/aifeature.yaml", "a/aifeature.yaml", "z.yaml", "b/a.aifeature.yaml")
    paths = ("z.yaml", "b", "a", ".")
    assert find(*paths) == find(*reversed(paths))
    assert found(*paths) == sorted(found(*paths))


def test_patterns_replace_the_manifest_names(here: Path) -> None:
    write(here, "aifeature.yaml", "x.ai.yaml", "features/a/x.yaml", "other/x.yaml")
    assert found(".", patterns=["*.ai.yaml", "features/**/*.yaml"]) == ["features/a/x.yaml", "x.ai.yaml"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("gen", ["a.aifeature.yaml", "vendor/aifeature.yaml"]),
        ("vendor/", ["a.aifeature.yaml", "x/gen/aifeature.yaml"]),
        ("vendor/**", ["a.aifeature.yaml", "x/gen/aifeature.yaml"]),
        ("a.*", ["vendor/aifeature.yaml", "x/gen/aifeature.yaml"]),
        ("**/gen", ["a.aifeature.yaml", "vendor/aifeature.yaml"]),
        ("x/**/aifeature.yaml", ["a.aifeature.yaml", "vendor/aifeature.yaml"]),
        ("**/x/gen/*", ["a.aifeature.yaml", "vendor/aifeature.yaml"]),
    ],
)
def test_excluded_files_and_folders_are_not_found(here: Path, pattern: str, left: list[str]) -> None:
    write(here, "a.aifeature.yaml", "x/gen/aifeature.yaml", "vendor/aifeature.yaml")
    assert found(".", exclude=[pattern]) == left
    assert found(str(here), exclude=[pattern]) == [f"{here.as_posix()}/{path}" for path in left]


@pytest.mark.parametrize(
    ("exclude", "named", "left_out", "nothing_asked"),
    [
        ("*", ("aifeature.yaml",), ["aifeature.yaml"], True),
        ("fixtures/**", ("fixtures/a/aifeature.yaml", "aifeature.yaml"), ["fixtures/a/aifeature.yaml"], False),
        ("fixtures", ("fixtures/a/aifeature.yaml",), ["fixtures/a/aifeature.yaml"], True),
        ("fixtures/", ("./fixtures/a",), ["fixtures/a"], False),
        ("**/a/aifeature.yaml", ("fixtures/a/aifeature.yaml",), ["fixtures/a/aifeature.yaml"], True),
    ],
)
def test_exclude_holds_for_what_is_named(
    here: Path, exclude: str, named: tuple[str, ...], left_out: list[str], nothing_asked: bool
) -> None:
    write(here, "aifeature.yaml", "fixtures/a/aifeature.yaml")
    search = search_manifests(named, exclude=[exclude], stdin=no_stdin)
    assert [each.path for each in search.left_out.skipped] == left_out
    assert len(search.files) == len(named) - len(left_out)
    assert search.left_out.nothing_asked is nothing_asked


def test_a_folder_above_the_repository_is_not_excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "fixtures" / "a", ".git/HEAD", "aifeature.yaml")
    monkeypatch.chdir(tmp_path / "fixtures" / "a")
    assert found("aifeature.yaml", exclude=["fixtures", "a"]) == ["aifeature.yaml"]


def test_a_working_folder_with_glob_characters_matches_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a[b]*", "x/aifeature.yaml", "y/aifeature.yaml")
    monkeypatch.chdir(tmp_path / "a[b]*")
    assert found(".", exclude=["x/*"]) == ["y/aifeature.yaml"]


IGNORED: Iterable[tuple[dict[str, str], list[str]]] = [
    ({".gitignore": "a/\n"}, ["b/aifeature.yaml", "b/c/aifeature.yaml"]),
    ({".gitignore": "*.yaml\n!b/**/aifeature.yaml\n"}, ["b/aifeature.yaml", "b/c/aifeature.yaml"]),
    ({".gitignore": "/b\r\n"}, ["a/aifeature.yaml"]),
    ({"b/.gitignore": "/aifeature.yaml\n"}, ["a/aifeature.yaml", "b/c/aifeature.yaml"]),
    ({".gitignore": "aifeature.yaml\n", "b/.gitignore": "!aifeature.yaml\n"}, ["b/aifeature.yaml", "b/c/aifeature.yaml"]),
    ({".gitignore": "b/\n", "b/.gitignore": "!*\n"}, ["a/aifeature.yaml"]),
    ({".git/info/exclude": "c\n"}, ["a/aifeature.yaml", "b/aifeature.yaml"]),
    ({".git/info/exclude": "a\n", ".gitignore": "!a\n"}, ["a/aifeature.yaml", "b/aifeature.yaml", "b/c/aifeature.yaml"]),
    ({".gitignore": "# b\n\n!\n\\\na\n"}, ["b/aifeature.yaml", "b/c/aifeature.yaml"]),
]  # fmt: skip


@pytest.mark.parametrize(("ignore_files", "left"), IGNORED)
def test_ignore_files_hold_as_in_git(here: Path, ignore_files: dict[str, str], left: list[str]) -> None:
    write(here, "a/aifeature.yaml", "b/aifeature.yaml", "b/c/aifeature.yaml")
    for name, text in ignore_files.items():
        (here / name).write_bytes(text.encode())
    assert found(".") == left
    assert len(found(".", respect_gitignore=False)) == 3


def test_ignore_files_above_a_named_folder_hold(here: Path) -> None:
    write(here, "a/b/aifeature.yaml", "a/b/gen/aifeature.yaml")
    write(here, ".gitignore", text="gen/\n")
    assert found("a/b") == ["a/b/aifeature.yaml"]


def test_a_folder_that_is_ignored_can_be_named(here: Path) -> None:
    write(here, "gen/a/aifeature.yaml")
    write(here, ".gitignore", text="gen/\n")
    assert found("gen/a") == found("gen") == ["gen/a/aifeature.yaml"]


def test_an_ignored_file_can_be_named(here: Path) -> None:
    write(here, "aifeature.yaml")
    write(here, ".gitignore", text="*\n")
    assert found("aifeature.yaml") == ["aifeature.yaml"]


def test_a_costly_ignore_pattern_ignores_nothing_and_takes_no_time(here: Path) -> None:
    write(here, f"{'a' * 200}.aifeature.yaml")
    write(here, ".gitignore", text="*a*a*a*a*a*a*a*a*a*a*b\n")
    start = time.monotonic()
    assert len(found(".")) == 1
    assert time.monotonic() - start < 5


def test_what_reads_ignore_files_is_imported_only_for_one(here: Path) -> None:
    write(here, "aifeature.yaml")
    program = (
        "import sys; from aipolicy.discovery.find import find_manifests\n"
        "assert len(find_manifests(['.'], stdin=bytes)) == 1; sys.exit('aipolicy.discovery.git_index' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0


@posix_only
def test_linked_folders_are_not_followed(here: Path) -> None:
    write(here, "a/aifeature.yaml")
    (here / "a" / "loop").symlink_to(here)
    (here / "x.aifeature.yaml").symlink_to("a")
    assert found(".") == ["a/aifeature.yaml"]
    assert skipped(".") == [("x.aifeature.yaml/", LINKED_FOLDER)]


@posix_only
def test_a_linked_folder_in_which_nobody_looks_is_told(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "aifeature.yaml")
    write(here, "a/x", "b/x", "c/x", ".gitignore", text="c\n")
    (here / "a" / "shared").symlink_to(outside)
    (here / "a" / "c").symlink_to(outside)
    (here / "a" / "b").symlink_to(here / "b")
    assert skipped(".") == [("a/shared/", LINKED_FOLDER)]
    assert skipped("a") == [("a/b/", LINKED_FOLDER), ("a/shared/", LINKED_FOLDER)]
    assert skipped(".", exclude=["shared"]) == []


@posix_only
def test_found_links_inside_the_repository_are_read_once(here: Path) -> None:
    write(here, "sub/aifeature.yaml", "shared.yaml")
    (here / "sub" / "in.aifeature.yaml").symlink_to(here / "shared.yaml")
    (here / "sub" / "same.aifeature.yaml").symlink_to(here / "sub/aifeature.yaml")
    assert found("sub") == ["sub/aifeature.yaml", "sub/in.aifeature.yaml"]


@posix_only
@pytest.mark.parametrize("target", ["../outside/aifeature.yaml", "../outside/gone.yaml", ".git/config"])
def test_a_found_link_out_of_the_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    write(tmp_path, "outside/aifeature.yaml", "in/.git/config", "in/.git/HEAD", "in/svc/x.txt")
    (tmp_path / "in" / "svc" / "aifeature.yaml").symlink_to(tmp_path / "in" / target)
    monkeypatch.chdir(tmp_path / "in")
    assert refusal(".") == (
        "svc/aifeature.yaml: a link out of the repository; name the file itself, or exclude the link"
    )
    assert found(".", exclude=["svc"]) == []


@posix_only
@pytest.mark.parametrize(
    "path", ["link.yaml", "folder", "folder/aifeature.yaml", "secret.yaml", "folder/sub/aifeature.yaml"]
)
def test_a_named_link_out_of_the_repository_is_refused(
    here: Path, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "aifeature.yaml", "sub/aifeature.yaml", "sub/.git/config")
    write(here, ".git/config")
    (here / "link.yaml").symlink_to(outside / "aifeature.yaml")
    (here / "folder").symlink_to(outside)
    (here / "secret.yaml").symlink_to(".git/config")
    assert refusal(path) == f"{path}: a link out of the repository; name the file itself"


@posix_only
def test_a_named_link_inside_the_repository_is_read(here: Path) -> None:
    write(here, "shared/x.yaml")
    (here / "sub").mkdir()
    (here / "sub" / "a.yaml").symlink_to("../shared/x.yaml")
    assert found("sub/a.yaml") == ["sub/a.yaml"]


def test_a_plain_file_outside_the_repository_can_be_named(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "x.yaml")
    assert found(str(outside / "x.yaml")) == [f"{outside.as_posix()}/x.yaml"]


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(path.name)
    server.close()


def make_link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


@posix_only
@pytest.mark.parametrize("make", [make_fifo, make_socket, make_link_to_fifo])
@pytest.mark.parametrize("path", [".", "x.aifeature.yaml"])
def test_what_is_no_regular_file_is_refused_without_waiting(
    here: Path, make: Callable[[Path], None], path: str
) -> None:
    make(here / "x.aifeature.yaml")
    assert refusal(path) == "x.aifeature.yaml: cannot read: not a regular file, and nothing else is read"


@posix_only
def test_a_device_is_refused() -> None:
    assert "not a regular file" in refusal("/dev/zero")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("claim.yaml", "claim.yaml: no such file or folder; did you mean `claims.yaml`?"),
        ("featurs/a.yaml", "featurs/a.yaml: no such file or folder; did you mean `features`?"),
        ("features/pyments.yaml", "features/pyments.yaml: no such file or folder; did you mean `features/payments.yaml`?"),
        ("zzz", "zzz: no such file or folder; check the path"),
        ("claims.yaml/x", "claims.yaml/x: no such file or folder; did you mean `claims.yaml`?"),
        ("", "a path is empty; name a file or a folder"),
        ("a\0b", "a\\u0000b: cannot read: not a usable file name"),
        ("x\x1b[31m", "x\\u001b[31m: no such file or folder; check the path"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_refused_with_a_near_match(here: Path, path: str, message: str) -> None:
    write(here, "claims.yaml", "features/payments.yaml")
    assert refusal(path) == message


@posix_only
def test_a_broken_link_is_refused(here: Path) -> None:
    (here / "aifeature.yaml").symlink_to("gone.yaml")
    assert refusal("aifeature.yaml") == "aifeature.yaml: a symbolic link to a file that does not exist"
    assert refusal(".") == "aifeature.yaml: cannot read: no such file or directory"


def test_all_paths_that_cannot_be_read_are_reported_together(here: Path) -> None:
    with pytest.raises(Problems) as caught:
        find("b", "a", ".")
    assert [error.path for error in caught.value.errors] == ["a", "b"]
    assert all(isinstance(error, UsageError) for error in caught.value.errors)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_what_may_not_be_read_is_refused(here: Path) -> None:
    write(here, "a/aifeature.yaml", "b/aifeature.yaml")
    (here / "a" / "aifeature.yaml").chmod(0)
    (here / "b").chmod(0)
    message = refusal(".")
    (here / "b").chmod(0o755)
    assert message.splitlines() == [
        "a/aifeature.yaml: cannot read: permission denied",
        "b/: cannot list the folder: permission denied",
    ]


@pytest.mark.parametrize("size", [0, 1, MAX_BYTES, MAX_BYTES + 1, MAX_BYTES + 2, 3 * MAX_BYTES])
def test_a_read_is_bounded(here: Path, size: int) -> None:
    (here / "x").write_bytes(b"a" * size)
    assert len(read_regular_file("x")) == min(size, MAX_BYTES + 1)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_a_file_whose_size_is_not_known_beforehand_is_read_whole() -> None:
    assert b"VmPeak" in read_regular_file("/proc/self/status")


def test_a_dash_reads_standard_input_once() -> None:
    calls: list[int] = []

    def stdin() -> bytes:
        calls.append(1)
        return b"kind: AIFeature\n"

    assert find_manifests(["-", "-"], stdin=stdin) == (ManifestFile("<stdin>", b"kind: AIFeature\n", named=True),)
    assert calls == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes")
def test_hostile_names_are_shown_escaped(here: Path) -> None:
    for name in (b"\xff.aifeature.yaml", b"a\nb.aifeature.yaml", b"\x1b[1m.aifeature.yaml", b"-.aifeature.yaml"):
        (here / os.fsdecode(name)).write_bytes(b"")
    assert found(".") == [
        "-.aifeature.yaml", "\\u001b[1m.aifeature.yaml", "\\udcff.aifeature.yaml", "a\\u000ab.aifeature.yaml",
    ]  # fmt: skip
    assert found(os.fsdecode(b"\xff.aifeature.yaml")) == ["\\udcff.aifeature.yaml"]


@posix_only
def test_a_deleted_working_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert refusal(".").startswith(".: ")


def test_a_deep_tree_is_walked_without_recursion(here: Path) -> None:
    depth = 300
    write(here, "d/" * depth + "aifeature.yaml")
    assert found(".") == ["d/" * depth + "aifeature.yaml"]


@pytest.mark.parametrize(
    ("path", "shown"), [("./a", "a"), ("././a//b", "a/b"), (".", "."), ("./", "./"), ("../a", "../a"), ("/a", "/a")]
)
def test_shown_paths_have_no_leading_dot(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_the_repository_root_is_the_nearest_folder_with_git(here: Path) -> None:
    write(here, "a/b/c/x", "a/b/.git")
    assert [repository_root(str(here / name)) for name in ("a/b/c", "a/b", "a")] == [
        str(here / "a/b"), str(here / "a/b"), str(here),
    ]  # fmt: skip
