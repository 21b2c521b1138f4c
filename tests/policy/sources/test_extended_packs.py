"""What packs extend: each once, bases first, from the pack's own folder; circles and dead ends are told at their entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError
from aipolicy.files.cache import Cache
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.extended_packs import MAX_PACKS
from aipolicy.policy.sources.locate import find_packs, read_policy_files

RULE = (
    "rules: [{id: %s-001, name: rule-%s, title: t, kind: duty, severity: note, require: [team.on_call], message: m}]\n"
)


def write(path: Path, *extends: str, name: str = "") -> Path:
    """Write a pack with one rule that extends others."""
    name = name or path.stem
    text = f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0}}\n"
    text += "extends:\n" + "".join(f"  - pack: {each}\n" for each in extends) if extends else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + RULE % (name.upper(), name), encoding="utf-8")
    return path


def names(folder: Path, *references: str) -> list[str]:
    """Return the file names of the packs of a run."""
    return [Path(pack.path).name for pack in find_packs(references, folder)]


def refusal(folder: Path, *references: str) -> str:
    """Return why packs cannot be read, with paths from the folder."""
    with pytest.raises(AipolicyError) as caught:
        find_packs(references, folder)
    return str(caught.value).replace(f"{folder.as_posix()}/", "")


def test_a_path_is_relative_to_the_pack_that_names_it(tmp_path: Path) -> None:
    write(tmp_path / "shared" / "base.yaml")
    write(tmp_path / "org" / "acme" / "pack.yaml", "../../shared/base.yaml")
    write(tmp_path / "org" / "team.yaml", "./acme", "build-or-buy")
    found = find_packs(["org/team.yaml"], tmp_path)
    paths = [pack.path.replace(f"{tmp_path.as_posix()}/", "") for pack in found]
    assert paths[:2] == ["shared/base.yaml", "org/acme"]
    assert (paths[2].rpartition("/")[2], paths[3]) == ("build-or-buy", "org/team.yaml")
    assert found[3].extends == (found[1].path, found[2].path)


@pytest.mark.parametrize("listed", [("top.yaml",), ("base.yaml", "top.yaml"), ("top.yaml", "./base.yaml")])
def test_a_pack_that_is_reached_twice_is_read_once_and_before_what_extends_it(
    listed: tuple[str, ...], tmp_path: Path
) -> None:
    write(tmp_path / "base.yaml")
    write(tmp_path / "a.yaml", "base.yaml")
    write(tmp_path / "b.yaml", "base.yaml")
    write(tmp_path / "top.yaml", "a.yaml", "b.yaml", "base.yaml")
    assert names(tmp_path, *listed) == ["base.yaml", "a.yaml", "b.yaml", "top.yaml"]


def test_a_link_to_a_pack_is_that_pack(tmp_path: Path) -> None:
    write(tmp_path / "base.yaml")
    (tmp_path / "link.yaml").symlink_to("base.yaml")
    write(tmp_path / "top.yaml", "base.yaml", "link.yaml")
    assert names(tmp_path, "top.yaml") == ["base.yaml", "top.yaml"]


def test_a_circle_is_shown(tmp_path: Path) -> None:
    for name, extended in (("a", "b"), ("b", "c"), ("c", "a")):
        write(tmp_path / f"{name}.yaml", f"{extended}.yaml")
    told = refusal(tmp_path, "a.yaml")
    assert told == (
        "c.yaml:5:11: packs extend each other in a circle: a.yaml:5 → b.yaml:5 → c.yaml:5 → a.yaml; remove one of the "
        "entries"
    )
    write(tmp_path / "self.yaml", "self.yaml")
    assert "circle: self.yaml:5 → self.yaml" in refusal(tmp_path, "self.yaml")


def test_every_entry_that_leads_nowhere_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "top.yaml", "bild-or-buy", "./empty", "nothing.yaml", "build-or-buy")
    told = refusal(tmp_path, "top.yaml").splitlines()
    assert [line.split(": ")[0] for line in told] == ["top.yaml:5:11", "top.yaml:6:11", "top.yaml:7:11"]
    assert "unknown pack `bild-or-buy`; did you mean `build-or-buy`?" in told[0]
    assert "empty: the folder holds no pack files" in told[1]


def test_too_many_packs_are_refused(tmp_path: Path) -> None:
    for number in range(MAX_PACKS + 2):
        write(tmp_path / f"p{number}.yaml", *([f"p{number + 1}.yaml"] if number <= MAX_PACKS else []))
    assert "more than 64 packs extend each other; extend fewer" in refusal(tmp_path, "p0.yaml")
    assert len(find_packs(["p3.yaml"], tmp_path)) == MAX_PACKS - 1


@pytest.mark.parametrize(
    ("extends", "words"),
    [
        ("extends: base.yaml", "`extends` must be a list, found text"),
        ("extends: [base.yaml]", "expected a mapping, found text"),
        ("extends: [{path: base.yaml}]", "missing key `pack`"),
        ("extends: [{pack: base.yaml, verison: '>=1'}]", "unknown key `verison`; did you mean `version`?"),
        ("extends: [{pack: base.yaml}, {pack: ./base.yaml}]", "`./base.yaml` is extended twice; keep one entry"),
        ("extends: [{pack: 3}]", "`pack` must be text"),
    ],
)
def test_a_mistake_in_an_entry_is_told_at_its_place(extends: str, words: str, catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / "base.yaml")
    top = write(tmp_path / "top.yaml")
    top.write_text(top.read_text(encoding="utf-8") + extends, encoding="utf-8")
    with pytest.raises(AipolicyError) as caught:
        load_packs(find_packs(["top.yaml"], tmp_path), catalog, {})
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{top.as_posix()}:5:")


def test_two_files_with_the_name_of_one_pack_are_refused(catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / "base.yaml")
    write(tmp_path / "copy" / "base.yaml")
    write(tmp_path / "a.yaml", "base.yaml")
    write(tmp_path / "b.yaml", "copy/base.yaml")
    with pytest.raises(AipolicyError) as caught:
        load_packs(find_packs(["a.yaml", "b.yaml"], tmp_path), catalog, {})
    copy, first = tmp_path / "copy" / "base.yaml", tmp_path / "base.yaml"
    assert f"{copy.as_posix()}: a pack named `base` is already read from {first.as_posix()}" in str(caught.value)


def test_every_file_of_every_extended_pack_changes_the_key(tmp_path: Path) -> None:
    base = write(tmp_path / "base" / "pack.yaml", name="base")
    write(tmp_path / "acme.yaml", "./base")
    write(tmp_path / "top.yaml", "acme.yaml")
    memory = Cache(str(tmp_path / "memory"))

    def key() -> str:
        settings = PolicySettings(as_of=date(2026, 11, 21), packs=("top.yaml",), base=tmp_path)
        return read_policy_files(settings, memory=memory).key

    keys = [key(), key()]
    base.write_text(base.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    keys.append(key())
    (base.parent / "more.yaml").write_text("apiVersion: aipolicy/v1\nkind: PolicyRules\n", encoding="utf-8")
    keys.append(key())
    write(tmp_path / "other" / "pack.yaml", name="base")
    write(tmp_path / "acme.yaml", "./other")
    keys.append(key())
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_what_a_pack_extends_is_remembered_and_mistakes_are_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "base.yaml")
    write(tmp_path / "top.yaml", "base.yaml")
    memory = Cache(str(tmp_path / "memory"))
    first = find_packs(["top.yaml"], tmp_path, memory=memory)
    with monkeypatch.context() as patched:
        patched.setattr("aipolicy.source.yaml_reader.read_yaml", None)
        assert find_packs(["top.yaml"], tmp_path, memory=memory) == first
    (tmp_path / "base.yaml").unlink()
    with pytest.raises(AipolicyError, match=r"top\.yaml:5:11: unknown pack `base\.yaml`"):
        find_packs(["top.yaml"], tmp_path, memory=memory)


def test_packs_that_extend_nothing_are_not_read_as_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aipolicy.source.yaml_reader.read_yaml", None)
    assert len(find_packs(["build-or-buy", "cost-control"], Path())) == 2
