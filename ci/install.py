"""Installs aipolicy into a fresh environment: the code of this action, or one release from PyPI; and packages of packs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from workflow_commands import Unusable, lines, required, set_output, stop

OWN_CODE = "action"
"""The value of `version` for the code beside this script: the commit that pins the action pins aipolicy."""
_RELEASE = re.compile(r"\d+(\.\d+){0,3}((a|b|rc)\d+)?(\.post\d+)?", re.ASCII)
_PACKAGE = re.compile(rf"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?=={_RELEASE.pattern}", re.ASCII)
"""Exact releases (https://packaging.python.org/en/latest/specifications/version-specifiers/): no range, no URL."""


def requirement(version: str, action_path: Path) -> str:
    """Return what pip is asked for; raises `Unusable` for anything but `action` and an exact release."""
    if version == OWN_CODE:
        return str(action_path)
    if not _RELEASE.fullmatch(version):
        raise Unusable(f"`version` takes `{OWN_CODE}` or an exact release such as `0.1.0`, found `{version[:40]}`")
    return f"aipolicy=={version}"


def packages() -> tuple[str, ...]:
    """Return the packages that offer packs; raises `Unusable` for anything but exact releases."""
    wanted = lines("INPUT_PACKAGES")
    for package in wanted:
        if not _PACKAGE.fullmatch(package):
            message = "`packages` takes exact releases such as `acme-policies==1.4.0`, one a line, found"
            raise Unusable(f"{message} `{package[:80]}`")
    return wanted


def install(wanted: str, offering: tuple[str, ...], folder: Path) -> Path:
    """Return the interpreter of a new environment with aipolicy and packages of packs in it; raises `Unusable`."""
    # NOTE: -I keeps folders of the checkout named `venv` or `pip` from being run in place of the modules.
    _run([sys.executable, "-I", "-m", "venv", "--clear", str(folder)])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    _run([*pip, wanted])
    if offering:
        # NOTE: packs are data; a package that would have to be built could run code here.
        _run([*pip, "--only-binary=:all:", *offering])
    return python


def _run(command: list[str]) -> None:
    code = subprocess.run(command, check=False).returncode
    if code:
        raise Unusable(f"`{' '.join(command[2:5])}` failed with exit code {code}; the log above says why")


def main() -> None:
    """Install, and set the output `python`."""
    try:
        wanted = requirement(os.environ.get("INPUT_VERSION", "").strip() or OWN_CODE, Path(required("ACTION_PATH")))
        set_output("python", str(install(wanted, packages(), Path(required("RUNNER_TEMP")) / "aipolicy-venv")))
    except Unusable as error:
        stop(error)


if __name__ == "__main__":
    main()
