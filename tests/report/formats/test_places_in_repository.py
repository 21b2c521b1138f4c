"""Services find files from the root of the repository: paths and fingerprints are the same wherever a run begins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
FILES = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "aipolicy.toml": 'policies = ["./own.yaml"]\n',
    "own.yaml": (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
        "  - {id: OWN-001, name: off, title: On call, kind: duty, severity: error, require: [team.on_call], message: no}\n"
    ),
    "svc/a/aifeature.yaml": f"{HEAD}metadata: {{name: a, owner: b, lifecycle: pilot}}\nteam: {{on_call: false}}\n",
    "svc/b/aifeature.yaml": f"{HEAD}metadata: [a\n",
}
PLACES = {"svc/a/aifeature.yaml", "svc/b/aifeature.yaml"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one wrong manifest and one that is broken."""
    for name, text in FILES.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    return tmp_path / "work"


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["check", *arguments])
    assert result.exit_code == 1, result.output + str(result.exception)
    return result.stdout


def sarif_places(text: str) -> dict[str, str]:
    (run,) = json.loads(text)["runs"]
    return {
        result["partialFingerprints"]["aipolicy/v1"]: result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"] if result["level"] == "error"
    }  # fmt: skip


def gitlab_places(text: str) -> dict[str, str]:
    return {
        each["fingerprint"]: each["location"]["path"] for each in json.loads(text) if each["severity"] == "critical"
    }


def github_places(text: str) -> dict[str, str]:
    return {title: file for file, title in re.findall(r"^::error file=([^,]*),.*title=([^:]*)", text, re.MULTILINE)}


READERS = {"sarif": sarif_places, "gitlab": gitlab_places, "github": github_places}


@pytest.mark.parametrize("output_format", READERS)
def test_paths_and_fingerprints_do_not_depend_on_the_working_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch, output_format: str
) -> None:
    seen = []
    for folder, paths in ((".", ()), ("svc", (".",)), ("svc/a", ("..",)), ("..", ("work/svc",)), ("/", (str(root),))):
        monkeypatch.chdir(root / folder)
        text = printed("--config", str(root / "aipolicy.toml"), "--format", output_format, *paths)
        seen.append(READERS[output_format](text))
    assert set(seen[0].values()) == PLACES
    assert all(places == seen[0] for places in seen)


def moved(root: Path) -> None:
    (root / "other").mkdir()
    (root / "svc/a/aifeature.yaml").rename(root / "other/renamed.aifeature.yaml")


def beside_a_new_one(root: Path) -> None:
    (root / "svc/aifeature.yaml").write_text("- 1\n", encoding="utf-8")


@pytest.mark.parametrize("output_format", ["sarif", "gitlab"])
@pytest.mark.parametrize("change", [moved, beside_a_new_one])
def test_fingerprints_survive_moves_and_new_files(
    root: Path, monkeypatch: pytest.MonkeyPatch, output_format: str, change: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(root)
    before = READERS[output_format](printed("--format", output_format))
    change(root)
    after = READERS[output_format](printed("--format", output_format))
    assert before.keys() <= after.keys()


def test_standard_input_has_no_place_in_the_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "svc")
    result = CliRunner().invoke(cli, ["check", "--format", "gitlab", "-"], input=FILES["svc/a/aifeature.yaml"])
    assert set(gitlab_places(result.stdout).values()) == {"<stdin>"}


@pytest.mark.parametrize(
    ("folder", "arguments", "identity"),
    [
        (".", (), "aipolicy/"),
        (".", (".",), "aipolicy/"),
        (".", ("svc",), "aipolicy/svc/"),
        ("svc", (), "aipolicy/svc/"),
        ("svc", ("b", "../svc/a"), "aipolicy/svc/a,svc/b/"),
        (".", ("--policy", "build-or-buy"), "aipolicy/build-or-buy/"),
        (".", ("svc", "--category", "payments nightly"), "aipolicy/payments nightly/"),
    ],
)
def test_two_jobs_are_told_apart_in_code_scanning(
    root: Path, monkeypatch: pytest.MonkeyPatch, folder: str, arguments: tuple[str, ...], identity: str
) -> None:
    monkeypatch.chdir(root / folder)
    (run,) = json.loads(printed("--format", "sarif", *arguments))["runs"]
    assert run["automationDetails"]["id"] == identity


def test_many_paths_make_a_short_category(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    folders = [f"svc/{'x' * 30}{number}" for number in range(9)]
    for name in folders:
        (root / name).mkdir()
    (run,) = json.loads(printed("--format", "sarif", "svc/a", *folders))["runs"]
    assert re.fullmatch("aipolicy/[0-9a-f]{16}/", run["automationDetails"]["id"])


@pytest.mark.parametrize("name", ["", "/", "a\nb", "a" * 101, "<x>"])
def test_a_category_that_no_service_takes_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(root)
    result = CliRunner().invoke(cli, ["check", "--category", name])
    assert "`--category` takes up to 100" in str(result.exception)
