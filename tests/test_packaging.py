"""Packs, schemas and catalog are found from the wheel, from the sdist and from a wheel built from the sdist."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq}\ndata: {classes: [internal], residency: [US]}\n"
)


def build(kind: str, source: Path, target: Path) -> Path:
    """Return the path of a distribution built without the network, by the backend of this environment."""
    code = f"import hatchling.build as b; print(b.build_{kind}({str(target)!r}))"
    result = subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return target / result.stdout.split()[-1]


def unpacked_wheel(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    archive = build("sdist", ROOT, folder)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def assert_works(package_root: Path, folder: Path) -> None:
    """Assert that the package under `package_root` checks a manifest with the shipped pack and prints the schema."""
    (folder / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(package_root), "AIPOLICY_CACHE_DIR": ""}
    for arguments, expected in ((["check", "."], "build-or-buy 1.0.0"), (["schema"], "AI feature manifest")):
        command = [sys.executable, "-m", "aipolicy", *arguments]
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert expected in result.stdout


def test_the_wheel_holds_packs_schemas_and_catalog(tmp_path: Path) -> None:
    wheel = build("wheel", ROOT, tmp_path)
    assert_works(unpacked_wheel(wheel, tmp_path / "site"), tmp_path)


def test_the_sdist_works_as_it_is(sdist: Path, tmp_path: Path) -> None:
    assert_works(sdist, tmp_path)


def test_a_wheel_built_from_the_sdist_works(sdist: Path, tmp_path: Path) -> None:
    wheel = build("wheel", sdist, tmp_path)
    assert_works(unpacked_wheel(wheel, tmp_path / "site"), tmp_path)
