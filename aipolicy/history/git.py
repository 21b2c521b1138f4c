"""Runs git to read objects: no hooks, no network, no prompt, no helper programs, and nothing is ever written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from aipolicy.errors import BaseError
from aipolicy.source.text import shown

_KEPT = (
    "PATH", "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES",
)  # fmt: skip
"""Variables that git sees; those of a hook (`GIT_DIR`, `GIT_INDEX_FILE`) would point it elsewhere."""

_SET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # NOTE: a partial clone fetches what is missing; the first is known from git 2.45 on, the second stops older ones.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}

_SAFE = ("--no-pager", "-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")
_CHUNK = 1 << 16


def run_git(folder: str, *arguments: str) -> tuple[int, bytes, str]:
    """Return exit code, output and the last line of complaint of git in a folder; raises `BaseError` without git."""
    try:
        done = subprocess.run(
            _command(folder, arguments), stdin=subprocess.DEVNULL, capture_output=True, env=_environment(), check=False
        )
    except OSError as error:
        raise _no_git(error) from error
    return done.returncode, done.stdout, _complaint(done.stderr)


def read_blobs(folder: str, hashes: Iterable[str], limit: int) -> Iterator[bytes]:
    """Yield the content of objects in order, at most `limit + 1` bytes of each; raises `BaseError` for a missing one."""
    names = list(hashes)
    if not names:
        return
    try:
        process = subprocess.Popen(
            _command(folder, ("cat-file", "--batch")), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
    except OSError as error:
        raise _no_git(error) from error
    with process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            for name in names:
                # NOTE: one at a time, because two full pipes would wait for each other.
                process.stdin.write(f"{name}\n".encode())
                process.stdin.flush()
                yield _read_object(process.stdout, name, limit)
        except BrokenPipeError as error:
            raise _missing(names[0]) from error
        finally:
            process.kill()


def _read_object(output: IO[bytes], wanted: str, limit: int) -> bytes:
    header = output.readline().split()
    if len(header) != 3 or not header[2].isdigit():
        raise _missing(wanted)
    size = int(header[2])
    data = output.read(min(size, limit + 1))
    left = size - len(data) + 1
    while left > 0:
        chunk = output.read(min(left, _CHUNK))
        if not chunk:
            raise _missing(wanted)
        left -= len(chunk)
    return data


def _missing(wanted: str) -> BaseError:
    return BaseError(
        f"object `{wanted[:12]}` is not in this clone, and aipolicy fetches nothing; fetch its commit completely, "
        "such as with `git fetch --refetch --no-filter`"
    )


def _command(folder: str, arguments: Sequence[str]) -> list[str]:
    return ["git", *_SAFE, "-C", folder, *arguments]


def _environment() -> dict[str, str]:
    return {**{name: os.environ[name] for name in _KEPT if name in os.environ}, **_SET}


def _no_git(error: OSError) -> BaseError:
    if isinstance(error, FileNotFoundError | PermissionError):
        return BaseError("git cannot be run; install git, or do without what needs it")
    return BaseError(f"git cannot be run: {(error.strerror or 'error').lower()}")


def _complaint(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return shown(lines[0].removeprefix("fatal: ").removeprefix("error: ")) if lines else "no reason given"
