"""Everything that was skipped is told with its reason, in every format; an exit code says what it means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli
from aipolicy.manifest.skipped import SKIP_REASONS, Skipped, skip_lines
from aipolicy.report.formats.registry import FORMATS

ROOT = Path(__file__).resolve().parents[2]
OTHER = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n"
MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a, owner: b}\nteam: {on_call: true}\n"
FILES = {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/objects/x": "",
    ".gitignore": "build.aifeature.yaml\n",
    "aipolicy.toml": 'policies = ["./own.yaml"]\nexclude = ["fixtures/"]\n',
    "own.yaml": (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
        "  - {id: OWN-001, name: off, title: On call, kind: duty, severity: error, require: [team.on_call], message: no}\n"
    ),
    "a/aifeature.yaml": f"{MANIFEST}---\n{OTHER}",
    "b/aifeature.yaml": OTHER,
    "b/ai-features.yaml": "dark_mode: true\n",
    "build.aifeature.yaml": MANIFEST,
    "fixtures/bad.aifeature.yaml": "[]\n",
}
TOLD = {
    "no-manifest": "b/aifeature.yaml",
    "near-name": "b/ai-features.yaml",
    "other-document": "a/aifeature.yaml",
    "excluded": "fixtures/",
    "ignored": "build.aifeature.yaml",
    "linked-folder": "c/shared/",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which something is skipped for every reason."""
    for name, text in FILES.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_text(text, encoding="utf-8")
    (tmp_path / "work" / "c").mkdir()
    (tmp_path / "work" / "c" / "shared").symlink_to(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments])


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_says_what_was_skipped_and_why(here: Path, output_format: str) -> None:
    for _ in range(2):  # the second time from memory
        result = run("--format", output_format)
        assert result.exit_code == 0, result.output
        said = " ".join((result.stdout + result.stderr).split())
        for reason, path in TOLD.items():
            assert path.rstrip("/") in said
            assert SKIP_REASONS[reason][1] in said


@pytest.mark.parametrize("output_format", ["sarif", "markdown"])
def test_a_report_in_a_file_says_it_too(here: Path, output_format: str) -> None:
    run("--output", f"{output_format}=report.txt")
    text = (here / "report.txt").read_text(encoding="utf-8")
    assert all(SKIP_REASONS[reason][1] in text for reason in TOLD)


def test_json_lists_what_was_skipped(here: Path) -> None:
    report = json.loads(run("--format", "json").stdout)
    assert {each["reason"]: each["path"] for each in report["skips"]} == TOLD
    assert sorted(report["skipped"]) == sorted(TOLD.values())
    schema = json.loads((ROOT / "schemas" / "report.v2.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(report)) == []
    reasons = schema["properties"]["skips"]["items"]["properties"]["reason"]["enum"]
    assert set(reasons) == SKIP_REASONS.keys()


def test_what_is_skipped_is_part_of_what_a_run_depends_on(here: Path) -> None:
    before = run().stdout
    (here / "fixtures" / "bad.aifeature.yaml").unlink()
    (here / "fixtures").rmdir()
    assert "excluded" in before
    assert "excluded" not in run().stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("fixtures/bad.aifeature.yaml",), 0, "the configuration excludes every file that was named"),
        (("fixtures/bad.aifeature.yaml", "a/aifeature.yaml"), 0, "1 feature in 1 file checked"),
        (("fixtures",), 3, "nothing was evaluated"),
        (("b",), 3, "nothing was evaluated"),
        (("b/aifeature.yaml",), 1, "MAN-006"),
    ],
)
def test_the_exit_code_of_a_run_over_little(here: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert said in " ".join(result.stdout.split())


def test_many_are_counted_and_the_first_are_named() -> None:
    assert skip_lines(Skipped(f"{number}.yaml", "ignored") for number in range(5, 0, -1)) == (
        "5 files skipped: ignored by git and not tracked (`1.yaml`, `2.yaml`, `3.yaml` and 2 more)",
    )


@pytest.mark.parametrize("command", ["explain", "cost"])
def test_an_excluded_manifest_can_be_read_about(here: Path, command: str) -> None:
    (here / "fixtures" / "bad.aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    result = CliRunner().invoke(cli, [command, "fixtures/bad.aifeature.yaml"])
    assert result.exit_code == 0, result.output + str(result.exception)
