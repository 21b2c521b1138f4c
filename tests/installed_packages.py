"""Folders laid out as installers leave them, so that packages are found in them as in an environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: NAME, version: '1'}
rules:
  - id: ACME-001
    name: nobody-on-call
    title: Somebody is on call
    kind: duty
    severity: warning
    require: [team.on_call]
    message: nobody is on call
"""
FILES = {"acme_policies/base/pack.yaml": PACK.replace("NAME", "acme"), "acme_policies/base/README.md": "read me"}
OFFERED = {"acme": "acme_policies.base"}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files of a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def describe(
    site: Path, offered: Mapping[str, str] = OFFERED, *, name: str = "acme-policies", version: str = "1.4.0",
    recorded: tuple[str, ...] | None = (), editable: Path | None = None,
) -> Path:  # fmt: skip
    """Write the metadata of a distribution; without `recorded`, as a system does that keeps no record."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    entries = "".join(f"{pack} = {value}\n" for pack, value in offered.items())
    files = {
        "METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n",
        "entry_points.txt": f"[aipolicy.packs]\n{entries}",
    }
    if recorded is not None:
        files["RECORD"] = "".join(f"{path},sha256=x,1\n" for path in (*recorded, f"{folder.name}/RECORD"))
    if editable is not None:
        files["direct_url.json"] = json.dumps({"url": editable.as_uri(), "dir_info": {"editable": True}})
    write(folder, files)
    return folder


def install(site: Path, files: Mapping[str, str] = FILES, offered: Mapping[str, str] = OFFERED, *,
            name: str = "acme-policies", version: str = "1.4.0") -> Path:  # fmt: skip
    """Write the files of a distribution and its metadata, as from a wheel."""
    write(site, files)
    return describe(site, offered, name=name, version=version, recorded=tuple(files))
