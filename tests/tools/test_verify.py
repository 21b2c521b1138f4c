"""The run of every check: nothing stops it, and the end tells what failed and how long each check took."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import environments
import verify
from verify import Check


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def checks_of(*checks: Check, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...] = ()) -> int:
    monkeypatch.setattr(verify, "checks", lambda _python: checks)
    monkeypatch.setattr(sys, "argv", ["verify.py", *arguments])
    return verify.main()


@pytest.mark.parametrize(
    ("codes", "failed"),
    [
        ((0, 0, 0), []),
        ((1, 0, 0), ["first"]),
        ((0, 0, 5), ["last"]),
        ((1, 1, 1), ["first", "second", "last"]),
    ],
)
def test_every_check_runs_and_what_failed_is_told_at_the_end(
    codes: tuple[int, ...], failed: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    names = ("first", "second", "last")
    checks = [
        Check(name, python(f"print('ran', {name!r}); exit({code})")) for name, code in zip(names, codes, strict=True)
    ]
    assert checks_of(*checks, monkeypatch=monkeypatch) == bool(failed)
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("ran")] == [f"ran {name}" for name in names]
    table = [re.fullmatch(r" *\d+\.\d s  (passed|FAILED)  (\w+)", line) for line in lines[-4:-1]]
    assert [(row[2], row[1] == "FAILED") for row in table if row] == [(name, name in failed) for name in names]
    assert lines[-1] == (f"failed: {', '.join(failed)}" if failed else "all 3 checks passed")


@pytest.mark.parametrize("version", ["newest", "oldest"])
def test_other_versions_have_an_environment_of_their_own(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(environments, version, lambda: Path("elsewhere/python"))
    monkeypatch.setattr(verify, "checks", lambda python: asked.append(python) or (Check("x", ("true",), True),) * 2)
    monkeypatch.setattr(sys, "argv", ["verify.py", f"--{version}"])
    monkeypatch.setattr(verify, "run", lambda check, **_: verify.Outcome(check.name, passed=True, seconds=0))
    assert verify.main() == 0
    assert asked == [Path("elsewhere/python")]


WARNS = "import warnings; warnings.warn('old', {}, stacklevel=1)"


@pytest.mark.parametrize("warning", ["DeprecationWarning", "PendingDeprecationWarning"])
def test_a_deprecated_use_fails_where_the_newest_is_asked_for(warning: str) -> None:
    ours = Check("ours", python(f"import subprocess; exit(subprocess.call({python(WARNS.format(warning))!r}))"), True)
    failed, passed = (verify.run(ours, deprecations_fail=fail, keep_output=True) for fail in (True, False))
    assert (failed.passed, passed.passed) == (False, True)
    assert warning in failed.output.decode()


def test_processes_may_keep_what_they_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PYTHONDONTWRITEBYTECODE", "1")
    check = Check("x", python("import sys; exit(sys.dont_write_bytecode)"))
    assert verify.run(check, deprecations_fail=False, keep_output=True).passed


def test_the_oldest_environment_runs_only_what_depends_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(environments, "oldest", lambda: Path(sys.executable))
    monkeypatch.setattr(sys, "argv", ["verify.py", "--oldest"])
    monkeypatch.setattr(
        verify, "run", lambda check, **_: ran.append(check.name) or verify.Outcome(check.name, passed=True, seconds=0)
    )
    assert verify.main() == 0
    assert ran == ["generated files", "policies", "tests"]
