"""Random trees with ignore files: what the search for manifests skips beside what git itself shows.

    python tools/compare_with_git.py [SEED] [REPOSITORIES]

Each repository holds 40 trees, each with ignore files of its own. Manifests that git tracks or would not ignore and the
search skips are printed, and so are those that it takes though git ignores them; either is exit code 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aipolicy.discovery.find import find_manifests

TREES = 40
_FOLDERS = ("a", "b", "ab", "C", "build", "node_modules", "a b", "x[1]", "é", "-", "a.b", "#a", "!a")
_FILES = (
    "aifeature.yaml",
    "a.aifeature.yaml",
    "b.aifeature.yml",
    "C.AIFeature.yaml",
    " .aifeature.yaml",
    "é.aifeature.yaml",
)
_PIECES = (
    "a", "b", "B", "ab", "build", "*", "**", "***", "?", "??", "*.yaml", "*.yml", "aifeature.yaml", "*aifeature*", "a*",
    "*b", "a**", "**b", "a?b", "[ab]", "[!a]", "[^b]", "[a-c]*", "[A-Z]*", "[[:alpha:]]", "[[:upper:]]*", "[[:bad:]]",
    "[]a]", "[a", "[a-", "[--0]", "[é]", "[/]", "[b/]", "[\\!]a", "\\a", "\\*", "\\!a", "\\#a", "x[1]", "x\\[1\\]",
    "a ", "a\\ b", "a b", "é", "-",
)  # fmt: skip


def repositories(seed: int, number: int, folder: Path) -> Iterator[Path]:
    """Yield repositories, each made anew in a folder of its own."""
    for index in range(number):
        random = Random(f"{seed} {index}")
        root = folder / f"r{index}"
        root.mkdir()
        _git(root, "init", "-q")
        if random.random() < 0.3:
            _git(root, "config", "core.ignoreCase", "true")
        if random.random() < 0.3:
            (root / ".git" / "info").mkdir(exist_ok=True)
            (root / ".git" / "info" / "exclude").write_bytes(_lines(random))
        if random.random() < 0.3:
            (root / ".git" / "personal").write_bytes(_lines(random))
            _git(root, "config", "core.excludesFile", str(root / ".git" / "personal"))
        for tree in range(TREES):
            _grow(root / f"t{tree}", random, depth=3)
        _track(root, random)
        yield root


def differences(root: Path) -> tuple[list[str], list[str]]:
    """Return the manifests that git shows and the search skips, and those that it takes and git does not show."""
    shown = {
        os.fsdecode(name)
        for name in _git(root, "ls-files", "-z", "-co", "--exclude-standard").split(b"\0")
        if os.path.basename(os.fsdecode(name)) in _FILES and os.path.lexists(root / os.fsdecode(name))
    }
    taken = {str(file.path_in_repository) for file in find_manifests([root], stdin=bytes)}
    return sorted(shown - taken), sorted(taken - shown)


def main(arguments: Sequence[str]) -> int:
    """Compare, print what differs, and return the exit code."""
    seed, number = (*map(int, arguments), *(1, 100)[len(arguments) :])
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for root in repositories(seed, number, Path(folder)):
            skipped, taken = differences(root)
            different += len(skipped) + len(taken)
            for kind, paths in (("skipped though git shows it", skipped), ("taken though git ignores it", taken)):
                for path in paths:
                    print(f"{root.name}: {kind}: {path!r}")
                    for name in (".git/info/exclude", ".git/personal", *_ignore_files(path)):
                        if (root / name).exists():
                            print(f"    {name}: {(root / name).read_bytes()!r}")
    print(f"{number * TREES} trees from seed {seed}: {different} differences")
    return 1 if different else 0


def _ignore_files(path: str) -> list[str]:
    folders = path.split("/")[:-1]
    return ["/".join([*folders[:depth], ".gitignore"]) for depth in range(len(folders) + 1)]


def _grow(folder: Path, random: Random, depth: int) -> None:
    folder.mkdir()
    for name in random.sample(_FILES, random.randint(0, 3)):
        (folder / name).write_text("a: 1\n", encoding="utf-8")
    if random.random() < 0.55:
        (folder / ".gitignore").write_bytes(_lines(random))
    for name in random.sample(_FOLDERS, random.randint(0, 3)) if depth else ():
        _grow(folder / name, random, depth - 1)


def _lines(random: Random) -> bytes:
    ending = random.choice(("\n", "\n", "\r\n"))
    lines = [_line(random) for _ in range(random.randint(1, 4))]
    return ("\ufeff" * (random.random() < 0.1) + ending.join(lines) + ending * random.randint(0, 1)).encode()


def _line(random: Random) -> str:
    pieces = [random.choice(_PIECES) for _ in range(random.choice((1, 1, 1, 2, 2, 3)))]
    slash = random.choice(("/", "/", "/", "/**/", "", "\\/", "//"))
    return (
        ("!" if random.random() < 0.4 else "") + random.choice(("", "", "", "/", "**/")) + slash.join(pieces)
        + random.choice(("", "", "", "/", "/**", "/*", " ", "\\", "  "))
    )  # fmt: skip


def _track(root: Path, random: Random) -> None:
    """Put some manifests into the index, whatever is ignored."""
    files = [
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(root) for name in names if name in _FILES and "/.git/" not in folder
    ]  # fmt: skip
    tracked = [file for file in sorted(files) if random.random() < 0.1]
    if tracked:
        version = random.choice((2, 4))
        _git(root, "update-index", "--index-version", str(version))
        _git(root, "update-index", "--add", "-z", "--stdin", given="\0".join(tracked).encode())


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *arguments], cwd=root, env=environment, input=given, check=True, capture_output=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
