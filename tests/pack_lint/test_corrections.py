"""`lint-policy --fix`: what is mechanical is corrected where it stands, and every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError

HEAD = """\
# Written by hand; a comment.
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}   # kept
rules:
"""
RULE = """\
  - id: IN-001
    name: n
    title: t
    kind: duty
    severity: error
    %s   # why not
    message: m
"""


def fix(folder: Path, text: str, *more: str) -> tuple[Result, str]:
    pack = folder / "house.yaml"
    pack.write_bytes(text.encode())
    result = CliRunner().invoke(cli, ["lint-policy", str(pack), "--fix", "--format", "concise", *more])
    return result, pack.read_bytes().decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("require: [data.personal and data.minimized]", "require: [data.personal && data.minimized]"),
        ("require: ['data.personal or not data.minimized']", "require: ['data.personal || !data.minimized']"),
        ("require: [not data.minimized]", "require: ['!data.minimized']"),
        ("require: [oversight.mode = 'none']", "require: [oversight.mode == 'none']"),
        ("require: ['\"personal\" in data.classes']", "require: ['\"personal\" in data.kinds']"),
        ("require: [data.minimized]\n    when: ['\"EU\" in data.subject_countries']",
         "require: [data.minimized]\n    when: ['within(data.subject_countries, \"EU\")']"),
        ("require: [data.minimized]\n    when: ['\"UK\" in data.subject_regions']",
         "require: [data.minimized]\n    when: ['within(data.subject_countries, \"GB\")']"),
        ("require: ['option.hosting != \"provider_api\"']", "require: ['option.hosting != \"provider-api\"']"),
        # several in one condition, one after the other
        ("require: ['option.hosting = \"Provider-API\" and data.minimized']",
         "require: ['option.hosting == \"provider-api\" && data.minimized']"),
        ("require: [data.minimized]\n    unless: ['not data.personal']",
         "require: [data.minimized]\n    unless: ['!data.personal']"),
        ("require: [data.minimized]\n    must-declare: [data.classes]",
         "require: [data.minimized]\n    must_declare: [data.classes]"),
        ("require: [{that: data.minimized, mesage: m}]", "require: [{that: data.minimized, message: m}]"),
        ("require: [data.minimized]\n    scope: Plan", "require: [data.minimized]\n    scope: plan"),
    ],
)  # fmt: skip
def test_what_is_mechanical_is_corrected_and_every_other_byte_stays(old: str, new: str, tmp_path: Path) -> None:
    result, after = fix(tmp_path, HEAD + RULE % old)
    assert after == HEAD + RULE % new
    assert f"fixed {tmp_path}/house.yaml:" in result.stderr
    assert "PACK-001" not in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        "require: [data.clases == 1]",
        "require: ['option.hosting == \"provider\"']",
        "require: ['\"EU\" in data.subject_countries']",  # as a requirement some of them is too little
        "require: [data.minimized]\n    colour: red",
        "require: [data.minimized]\n    must-declare: [data.classes]\n    must_declare: [data.kinds]",
        "require: [data.minimized, oversight.mode == null]",
        "require: [data.minimized]",
    ],
)
def test_what_may_mean_something_else_is_left_to_people(text: str, tmp_path: Path) -> None:
    result, after = fix(tmp_path, HEAD + RULE % text)
    assert after == HEAD + RULE % text
    assert "fixed nothing" in result.stderr


def test_line_ends_and_a_mark_of_the_encoding_stay(tmp_path: Path) -> None:
    old = "\ufeff" + (HEAD + RULE % "require: [not data.minimized]").replace("\n", "\r\n")
    _, after = fix(tmp_path, old)
    assert after == old.replace("[not data.minimized]", "['!data.minimized']")


def test_a_file_that_cannot_be_written_is_an_error_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr("aipolicy.commands.corrections.write_whole", refuse)
    text = HEAD + RULE % "require: [not data.minimized]"
    result, after = fix(tmp_path, text)
    assert after == text
    assert isinstance(result.exception, UsageError)
    assert "cannot write" in str(result.exception)


def test_what_is_left_is_told_as_ever(tmp_path: Path) -> None:
    result, after = fix(tmp_path, HEAD + RULE % "require: [not data.minimized, data.nonsense]")
    assert "['!data.minimized'" in after
    assert result.exit_code == 2
    assert "unknown fact `data.nonsense`" in result.stdout
