"""Packs of installed packages: found without importing anything, read as they were installed, or refused with the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from installed_packages import FILES, OFFERED, PACK, describe, install, write

from aipolicy.errors import AipolicyError, PolicyError
from aipolicy.policy.sources.digest import digest_of
from aipolicy.policy.sources.locate import PackFiles, find_pack, find_packs
from aipolicy.policy.sources.pack_files import InstalledPackage

PACK_FILE = "acme_policies/base/pack.yaml"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which packages are installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def found(name: str = "acme") -> PackFiles:
    return find_pack(f"package:{name}", Path("anywhere"))


def test_the_yaml_that_was_installed_is_read(site: Path) -> None:
    install(site, {**FILES, "acme_policies/base/tests/t.yaml": "a: 1", "acme_policies/other.yaml": "a: 1"})
    pack = found()
    assert pack.path == "package:acme"
    assert pack.files == (("package:acme/pack.yaml", FILES[PACK_FILE].encode()),)
    assert pack.origin.package == InstalledPackage("acme-policies", "1.4.0")


def test_a_pack_of_a_package_has_the_digest_of_its_folder(site: Path) -> None:
    install(site, {**FILES, "acme_policies/base/more.yml": "a: 1"})
    assert digest_of(found()) == digest_of(find_pack("./acme_policies/base", site))


def test_nothing_of_the_package_is_imported(site: Path, tmp_path: Path) -> None:
    marker = tmp_path / "imported"
    code = f"open({str(marker)!r}, 'w').close()\nraise SystemExit('imported')\n"
    install(site, {**FILES, "acme_policies/__init__.py": code, "acme_policies/base/__init__.py": code})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (site, *sys.path))), "AIPOLICY_CACHE_DIR": ""}
    (tmp_path / "a.aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\nteam: {on_call: true}\n", encoding="utf-8"
    )
    for arguments in (["check"], ["policy", "show"], ["lint-policy"], ["rules"]):
        given = ["package:acme"] if arguments == ["lint-policy"] else ["--policy", "package:acme"]
        result = subprocess.run(
            [sys.executable, "-m", "aipolicy", *arguments, *given], cwd=tmp_path, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode in (0, 1), result.stderr
        assert "acme" in result.stdout or "ACME-001" in result.stdout
    assert not marker.exists()


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("package:acmee", "no installed package offers a pack `acmee`; did you mean `acme`? (offered: `acme` of "
         "acme-policies 1.4.0, `acme-strict` of acme-policies 1.4.0)"),
        ("package:acme-policies", "the package of that name offers others; write `package:acme` or `package:acme-strict`"),
        ("package:", "`package:` names no pack; write `package:PACK`"),
        ("package:../acme", "`package:../acme` names no pack"),
        ("acme", "unknown pack `acme`; write `package:acme` for that of acme-policies 1.4.0 (shipped: `ai-management`"),
    ],
)  # fmt: skip
def test_a_name_that_no_package_offers_is_told_with_those_that_are(reference: str, message: str, site: Path) -> None:
    install(site, offered={**OFFERED, "acme-strict": "acme_policies.base"})
    with pytest.raises(PolicyError) as caught:
        find_pack(reference, Path())
    assert message in str(caught.value)


def test_where_no_package_offers_packs_that_is_said() -> None:
    with pytest.raises(PolicyError, match="no installed package offers a pack `acme`, nor any other; install the one"):
        found()


def test_a_pack_that_two_packages_offer_is_refused_with_both(site: Path) -> None:
    install(site)
    install(site, {"copy/pack.yaml": PACK}, {"acme": "copy", "mine": "copy"}, name="acme-copy", version="2")
    with pytest.raises(PolicyError) as caught:
        found()
    message = "offered by acme-copy 2 (`copy`) and acme-policies 1.4.0 (`acme_policies.base`); uninstall one of them"
    assert message in str(caught.value)
    assert found("mine").files


def test_a_package_that_another_of_its_name_hides_offers_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, version="1.0")
    install(tmp_path / "first", version="2.0")
    monkeypatch.syspath_prepend(tmp_path / "first")
    package = found().origin.package
    assert package is not None
    assert package.version == "2.0"


def without_pack(site: Path) -> None:
    install(site, {"acme_policies/other/pack.yaml": PACK})


def without_yaml(site: Path) -> None:
    install(site, {"acme_policies/base/README.md": ""})


def with_file_gone(site: Path) -> None:
    install(site)
    (site / PACK_FILE).unlink()


def with_folder_gone(site: Path) -> None:
    describe(site, recorded=(PACK_FILE,))


def with_file_added(site: Path) -> None:
    install(site)
    write(site, {"acme_policies/base/more.yml": "a: 1"})


def with_ending_in_capitals(site: Path) -> None:
    install(site, {**FILES, "acme_policies/base/more.YAML": "a: 1"})


def with_object(site: Path) -> None:
    install(site, offered={"acme": "acme_policies:base"})


def with_way_up(site: Path) -> None:
    install(site, offered={"acme": "../../etc"})


def without_name(site: Path) -> None:
    (install(site) / "METADATA").write_text("Metadata-Version: 2.4\nVersion: 1\n", encoding="utf-8")


def with_entries_in_another_encoding(site: Path) -> None:
    (install(site) / "entry_points.txt").write_bytes(b"[aipolicy.packs]\nacm\xe9 = a.b\n")


def with_damaged_record(site: Path) -> None:
    (install(site) / "RECORD").write_bytes(b"acm\xe9,,\n")


REFUSED: dict[Callable[[Path], object], str] = {
    without_pack: "package:acme: acme-policies 1.4.0: it installed no file in `acme_policies/base`; install a release whose",
    without_yaml: "package:acme: acme-policies 1.4.0: the folder holds no pack files",
    with_file_gone: "package:acme/pack.yaml: acme-policies 1.4.0: cannot read: no such file or directory; install it again",
    with_folder_gone: "cannot read the folder of the pack: no such file or directory; install it again",
    with_file_added: "`more.yml` in the folder of the pack was not installed with it; remove it",
    with_ending_in_capitals: "`more.YAML` would not be read",
    with_object: "its entry point in `aipolicy.packs` must be a folder written with dots, such as `acme_policies.base`; "
    "found `acme_policies:base`",
    with_way_up: "must be a folder written with dots",
    without_name: "(one of them has no name or no version); install the damaged one again",
    with_entries_in_another_encoding: "cannot read which packs installed packages offer ('utf-8' codec",
    with_damaged_record: "acme-policies 1.4.0: the record of its files cannot be read; install it again",
}


@pytest.mark.parametrize(("installed", "message"), REFUSED.items(), ids=[each.__name__ for each in REFUSED])
def test_what_is_not_as_it_was_installed_is_refused(
    installed: Callable[[Path], object], message: str, site: Path
) -> None:
    installed(site)
    with pytest.raises(PolicyError) as caught:
        found()
    assert message in str(caught.value)


def by_path_file(site: Path, project: Path) -> None:
    write(site, {"_acme.pth": f"\n# a comment\n{project / 'lib'}\n"})
    write(project / "lib", FILES)
    describe(site, recorded=("_acme.pth",), editable=project)


def by_finder(site: Path, project: Path) -> None:
    write(site, {"__editable__.pth": "import __editable___acme_finder", "__editable___acme_finder.py": "MAPPING = {}"})
    write(project, FILES)
    describe(site, recorded=("__editable__.pth", "__editable___acme_finder.py"), editable=project)


def by_finder_in_src(site: Path, project: Path) -> None:
    write(project / "src", FILES)
    describe(site, editable=project)


def by_path_file_alone(site: Path, project: Path) -> None:
    write(site, {"_acme.pth": os.path.relpath(project, site)})
    write(project, FILES)
    describe(site, recorded=("_acme.pth",))


def without_record(site: Path, project: Path) -> None:
    write(site, FILES)
    describe(site, recorded=None)


@pytest.mark.parametrize(
    "installed", [by_path_file, by_finder, by_finder_in_src, by_path_file_alone, without_record]
)  # fmt: skip
def test_a_folder_that_no_installation_recorded_is_found(
    installed: Callable[[Path, Path], None], site: Path, tmp_path: Path
) -> None:
    installed(site, tmp_path / "a project")
    assert found().files == (("package:acme/pack.yaml", FILES[PACK_FILE].encode()),)


def elsewhere(site: Path, project: Path) -> None:
    write(project / "lib", FILES)
    describe(site, editable=project)


def in_two_folders(site: Path, project: Path) -> None:
    write(project, FILES)
    write(project / "src", FILES)
    describe(site, editable=project)


def of_a_strange_address(site: Path, project: Path) -> None:
    folder = describe(site, editable=project)
    (folder / "direct_url.json").write_text('{"url": "https://example.org/x", "dir_info": {"editable": true}}')


def of_a_damaged_address(site: Path, project: Path) -> None:
    (describe(site, editable=project) / "direct_url.json").write_text("[")


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        (elsewhere, "is neither below a path of its `.pth` file nor there, nor in `src` there; install it without"),
        (in_two_folders, "its folder could be `"),
        (of_a_strange_address, "it installed no file in `acme_policies/base`"),
        (of_a_damaged_address, "it installed no file in `acme_policies/base`"),
    ],
)  # fmt: skip
def test_an_editable_folder_that_cannot_be_found_is_told(
    installed: Callable[[Path, Path], None], message: str, site: Path, tmp_path: Path
) -> None:
    installed(site, tmp_path / "project")
    with pytest.raises(PolicyError) as caught:
        found()
    assert message in str(caught.value)


def test_a_package_within_an_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    install(tmp_path / "site")
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        for path in (tmp_path / "site").rglob("*"):
            archive.write(path, path.relative_to(tmp_path / "site"))
    monkeypatch.syspath_prepend(tmp_path / "a.whl")
    with pytest.raises(
        PolicyError, match="it is used from within an archive, and no pack is read from one; install it"
    ):
        found()


def extending(name: str, reference: str) -> dict[str, str]:
    text = PACK.replace("NAME", name).replace("ACME-001", "TEAM-001").replace("nobody-on-call", "team-on-call")
    return {"team_policies/pack.yaml": text.replace("rules:\n", f"extends: [{{pack: '{reference}'}}]\nrules:\n")}


def test_a_pack_of_a_package_extends_those_of_packages_and_shipped_ones(site: Path) -> None:
    install(site)
    install(site, extending("team", "package:acme"), {"team": "team_policies"}, name="team-policies")
    assert [pack.path for pack in find_packs(["package:team"], Path())] == ["package:acme", "package:team"]
    write(site, extending("team", "cost-control"))
    assert find_packs(["package:team"], Path())[0].origin.kind == "shipped"


@pytest.mark.parametrize("reference", ["../acme_policies/base", "/etc", "pack.yaml", "git+.@v1#x", "https://a.example"])
def test_a_pack_of_a_package_leads_to_no_file_of_this_computer(reference: str, site: Path) -> None:
    install(site)
    install(site, extending("team", reference), {"team": "team_policies"}, name="team-policies")
    with pytest.raises(
        AipolicyError, match=r"package:team/pack.yaml:4:\d+: a pack of an installed package can extend shipped"
    ):
        find_packs(["package:team"], Path())


def test_a_pack_of_a_folder_extends_one_of_a_package(site: Path, tmp_path: Path) -> None:
    install(site)
    write(tmp_path, extending("team", "package:acme"))
    assert [pack.origin.kind for pack in find_packs(["./team_policies"], tmp_path)] == ["package", "path"]
