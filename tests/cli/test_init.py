"""`aipolicy init`: what it asks, what it refuses, and that a file is written whole or not at all."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli import init_command
from aipolicy.cli.init_command import command
from aipolicy.discovery.find import find_manifests
from aipolicy.errors import UsageError
from aipolicy.manifest.read import read_manifests

FLAGS = {
    "--name": "claims-triage",
    "--owner": "claims-platform",
    "--data-class": "health",
    "--residency": "EU",
    "--p95-ms": "800",
    "--requests-per-day": "1200",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arguments(**changes: str | None) -> list[str]:
    flags: dict[str, str | None] = {**FLAGS}
    flags.update({f"--{name.replace('_', '-')}": value for name, value in changes.items()})
    return [part for flag, value in flags.items() if value is not None for part in (flag, value)]


def run(*parts: str) -> Result:
    return CliRunner().invoke(command, list(parts))


def refusal(*parts: str) -> list[str]:
    result = run(*parts)
    assert result.stdout == ""
    return str(result.exception).splitlines()


def declared(path: str) -> dict[str, object]:
    manifests = read_manifests(find_manifests([path], stdin=bytes))
    assert manifests.findings == ()
    (feature,) = manifests.features
    return dict(feature.declared)


def test_flags_alone_write_a_manifest_and_say_what_is_next(here: Path) -> None:
    result = run(*arguments(), "--data-class", "contact", "--residency", "NO")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "wrote aifeature.yaml\nnext: aipolicy explain aifeature.yaml\n"
    assert declared("aifeature.yaml") == {
        "metadata.name": "claims-triage",
        "metadata.owner": "claims-platform",
        "metadata.lifecycle": "prototype",
        "data.classes": ["health", "contact"],
        "data.residency": ["EU", "NO"],
        "latency.p95_ms": 800,
        "volume.requests_per_day": 1200,
    }
    assert set(os.listdir(here)) == {".git", "aifeature.yaml"}


def test_a_value_given_twice_is_written_once(here: Path) -> None:
    run(*arguments(), "--data-class", "health")
    assert declared("aifeature.yaml")["data.classes"] == ["health"]


@pytest.mark.parametrize(
    ("path", "written", "next_command"),
    [
        ("sub", "sub/aifeature.yaml", "aipolicy explain sub/aifeature.yaml"),
        ("./a.aifeature.yaml", "a.aifeature.yaml", "aipolicy explain a.aifeature.yaml"),
        ("a b.aifeature.yaml", "a b.aifeature.yaml", "aipolicy explain 'a b.aifeature.yaml'"),
        ("sub/-x.aifeature.yaml", "sub/-x.aifeature.yaml", "aipolicy explain sub/-x.aifeature.yaml"),
        ("./-x.aifeature.yaml", "-x.aifeature.yaml", "aipolicy explain ./-x.aifeature.yaml"),
    ],
)
def test_the_path_can_be_a_file_or_a_folder(here: Path, path: str, written: str, next_command: str) -> None:
    (here / "sub").mkdir()
    assert run(*arguments(), path).stdout == f"wrote {written}\nnext: {next_command}\n"
    assert declared(written)["metadata.name"] == "claims-triage"


def test_a_name_that_a_search_does_not_find_is_said_so(here: Path) -> None:
    assert "name this file when you check it" in run(*arguments(), "feature.yaml").stdout


def test_every_missing_flag_is_named_when_nobody_can_be_asked(here: Path) -> None:
    assert refusal() == [
        "missing `--name`, `--owner`, `--data-class`, `--residency`, `--p95-ms`, `--requests-per-day`; "
        "give them, `--yes` leaves them out, or run `aipolicy init` in a terminal to be asked"
    ]
    assert not (here / "aifeature.yaml").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data_class": "helth"}, "`--data-class`: unknown data class `helth`; did you mean `health`?"),
        ({"residency": "eu"}, "`--residency`: unknown place `eu`; did you mean `EU`?"),
        (
            {"lifecycle": "prod"},
            "`--lifecycle`: `prod` is not a value of `lifecycle`; did you mean `production`? "
            "(one of `idea`, `prototype`, `pilot`, `production`, `retired`)",
        ),
        ({"data_class": ","}, "`--data-class`: `classes` is empty; write a value or remove the key"),
        ({"p95_ms": "0"}, "`--p95-ms`: `p95_ms` must be more than 0, found 0"),
        ({"p95_ms": "3.000"}, "`--p95-ms`: `latency.p95_ms` is written `3.000`: 3 or 3 000? write `3` or `3000`"),
        ({"p95_ms": "-5"}, "`--p95-ms`: `p95_ms` must be more than 0, found -5"),
        ({"p95_ms": "nan"}, "`--p95-ms`: `p95_ms` must be a number or `none`, found text"),
        ({"p95_ms": "[8]"}, "`--p95-ms`: `p95_ms` must be a number or `none`, found a list"),
        ({"p95_ms": "*a"}, "`--p95-ms`: `*a` is no value for `latency.p95_ms`"),
        (
            {"requests_per_day": "none"},
            "`--requests-per-day`: `requests_per_day` must be a number or a range with `low`, `likely` and `high`, "
            "found text",
        ),
        ({"residency": "any,DE"}, "`--residency`: `any` allows every place; remove it, or the other places"),
        (
            {"name": "a b\x1b"},
            "`--name`: `name` may hold letters, digits, `.`, `_` and `-`, starting with a letter or digit",
        ),
        ({"owner": " "}, "`--owner`: `owner` is empty; write a value or remove the key"),
    ],
)
def test_a_wrong_answer_is_refused_with_a_near_match(here: Path, changes: dict[str, str], message: str) -> None:
    assert refusal(*arguments(**changes)) == [message]
    assert not (here / "aifeature.yaml").exists()


@pytest.mark.parametrize(
    ("flag", "value", "fact", "written"),
    [("residency", "any", "data.residency", ["any"]), ("p95_ms", "none", "latency.p95_ms", "none")],
)
def test_that_nothing_restricts_it_can_be_said(here: Path, flag: str, value: str, fact: str, written: object) -> None:
    assert run(*arguments(**{flag: value})).exit_code == 0
    assert declared("aifeature.yaml")[fact] == written


@pytest.mark.parametrize(
    ("folder", "flags", "name"), [("faq", (), "faq"), ("faq", ("--name", "x"), "x"), ("a b", ("--name", "x"), "x")]
)
def test_yes_asks_nothing_and_leaves_out_what_no_flag_says(
    here: Path, monkeypatch: pytest.MonkeyPatch, folder: str, flags: tuple[str, ...], name: str
) -> None:
    (here / folder).mkdir()
    monkeypatch.setattr(init_command, "stdin_is_terminal", lambda: True)
    assert run("--yes", "--requests-per-day", "50", folder, *flags).exit_code == 0
    assert declared(f"{folder}/aifeature.yaml") == {
        "metadata.name": name, "metadata.lifecycle": "prototype", "volume.requests_per_day": 50,
    }  # fmt: skip


def test_yes_needs_a_name_where_the_folder_has_none(here: Path) -> None:
    (here / "a b").mkdir()
    assert refusal("--yes", "a b") == ["missing `--name`; give them, or run `aipolicy init` in a terminal to be asked"]


def test_all_wrong_and_missing_flags_are_named_together(here: Path) -> None:
    lines = refusal(*arguments(data_class="helth", p95_ms="x", owner=None))
    assert [line.split("`")[1] for line in lines] == ["--data-class", "--p95-ms", "--owner"]


def test_the_organisations_own_data_classes_are_known(here: Path) -> None:
    (here / "own.yaml").write_text(
        "classes:\n"
        "  - {id: claim-file, name: Claim file, parents: [personal], level: 2, source: https://example.com,\n"
        "     checked_on: 2026-01-01, effective_from: 2026-01-01, verified: true}\n",
        encoding="utf-8",
    )
    (here / "aipolicy.toml").write_text("catalog = ['own.yaml']\n", encoding="utf-8")
    assert run(*arguments(data_class="claim-file")).exit_code == 0
    assert declared("aifeature.yaml")["data.classes"] == ["claim-file"]


def test_a_file_that_is_there_is_overwritten_only_with_force(here: Path) -> None:
    target = here / "aifeature.yaml"
    target.write_text("mine\n", encoding="utf-8")
    assert refusal(*arguments()) == ["aifeature.yaml: exists; overwrite it with `--force`, or name another path"]
    assert target.read_text(encoding="utf-8") == "mine\n"
    assert run(*arguments(), "--force").exit_code == 0
    assert declared("aifeature.yaml")["metadata.name"] == "claims-triage"


def test_a_folder_that_does_not_exist_is_refused(here: Path) -> None:
    assert refusal(*arguments(), "gone/aifeature.yaml") == [
        "gone/aifeature.yaml: the folder does not exist; create it first"
    ]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
@pytest.mark.parametrize("kind", ["link", "broken link", "pipe"])
def test_force_replaces_files_only(here: Path, kind: str) -> None:
    target = here / "aifeature.yaml"
    (here / "other").write_text("mine\n", encoding="utf-8")
    if kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to("other" if kind == "link" else "gone")
    assert refusal(*arguments(), "--force") == [
        "aifeature.yaml: a link or device is there, not a file; name another path"
    ]
    assert (here / "other").read_text(encoding="utf-8") == "mine\n"


def test_a_write_that_fails_leaves_nothing_behind(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    target = here / "aifeature.yaml"
    target.write_text("mine\n", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    result = run(*arguments(), "--force")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "aifeature.yaml: cannot write: no space left on device"
    assert target.read_text(encoding="utf-8") == "mine\n"
    assert set(os.listdir(here)) == {".git", "aifeature.yaml"}


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_a_manifest_can_be_read_by_others_and_keeps_its_mode(here: Path) -> None:
    run(*arguments())
    target = here / "aifeature.yaml"
    assert target.stat().st_mode & 0o777 == 0o644
    target.chmod(0o664)
    run(*arguments(), "--force")
    assert target.stat().st_mode & 0o777 == 0o664


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="needs a pseudo-terminal")
def test_a_terminal_is_asked_again_after_a_misspelt_answer(here: Path) -> None:
    import pty

    dialogue = (
        ("metadata.name", "claims triage"),
        ("`name` may hold letters", None),
        ("metadata.name", "claims-triage"),
        ("metadata.lifecycle [prototype]", ""),
        ("data.classes", "helth, contact"),
        ("unknown data class `helth`; did you mean `health`?", None),
        ("data.classes", "health, contact"),
        ("so far", None),
        ("data.residency", "q"),
    )
    user, terminal = pty.openpty()
    program = "from aipolicy.cli.init_command import command; command()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "--owner", "claims-platform"],
        stdin=terminal, stdout=subprocess.PIPE, stderr=terminal,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "dumb"},
    ) as process:  # fmt: skip
        try:
            converse(user, dialogue)
            output = process.communicate(timeout=30)[0].decode()
        finally:
            process.kill()
    os.close(terminal)
    os.close(user)
    assert process.returncode == 0
    assert output == "wrote aifeature.yaml\nnext: aipolicy explain aifeature.yaml\n"
    assert declared("aifeature.yaml") == {
        "metadata.name": "claims-triage",
        "metadata.owner": "claims-platform",
        "metadata.lifecycle": "prototype",
        "data.classes": ["health", "contact"],
    }


def converse(user: int, dialogue: Iterable[tuple[str, str | None]]) -> None:
    """Wait for each text in turn, and type the answer to it if there is one."""
    heard, position = "", 0
    for expected, answer in dialogue:
        while (at := heard.find(expected, position)) < 0:
            assert select.select([user], [], [], 30)[0], heard
            heard += os.read(user, 4096).decode()
        position = at + len(expected)
        if answer is not None:
            os.write(user, f"{answer}\n".encode())
