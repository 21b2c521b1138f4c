"""`aipolicy init --framework` asks first for the facts that say which rules apply, and tells what is still open."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli import init_command
from aipolicy.cli.init_command import command
from aipolicy.discovery.find import find_manifests
from aipolicy.errors import UsageError
from aipolicy.manifest.read import read_manifests

ABOUT_IT = ("faq", "web", "")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(init_command, "stdin_is_terminal", lambda: True)
    return tmp_path


def talk(*lines: str, framework: str, flags: tuple[str, ...] = ()) -> Result:
    arguments = ["--framework", framework, *flags]
    return CliRunner().invoke(command, arguments, input="".join(f"{line}\n" for line in lines))


def asked(result: Result) -> list[str]:
    """Return the facts that were asked for, in their order."""
    lines = (
        line.partition(" ")[0].rstrip(":") for line in result.stderr.splitlines() if ": " in line or line.endswith(":")
    )
    return [name for name in lines if "." in name and name.replace(".", "").replace("_", "").isalnum()]


@pytest.mark.usefixtures("here")
def test_scope_is_asked_for_before_the_four_facts() -> None:
    result = talk(*ABOUT_IT, "DE", "none", framework="eu-ai-act")
    names = [name for name in asked(result) if not name.startswith("metadata.")]
    assert names[:2] == ["deployment.regions", "purpose.practices"]
    assert "scope      50 rules of eu-ai-act wait for it" in result.stderr


@pytest.mark.usefixtures("here")
def test_a_fact_is_not_asked_for_once_the_law_does_not_apply() -> None:
    result = talk(*ABOUT_IT, "US", "US", "public", "any", "none", "2000", "q", framework="eu-ai-act")
    names = [name for name in asked(result) if not name.startswith("metadata.")]
    assert names[:3] == ["deployment.regions", "organization.regions", "data.classes"]
    assert "open for" not in result.stdout
    assert result.stdout.endswith("then: aipolicy explain --framework eu-ai-act aifeature.yaml\n")


@pytest.mark.usefixtures("here")
def test_what_was_left_out_is_told_at_the_end() -> None:
    result = talk(*ABOUT_IT, "US", "q", framework="eu-ai-act")
    assert result.exit_code == 0
    assert "open for eu-ai-act: `organization.regions`\n" in result.stdout
    (feature,) = read_manifests(find_manifests(["aifeature.yaml"], stdin=bytes)).features
    assert feature.declared["deployment.regions"] == ["US"]


def test_flags_alone_ask_nothing_and_tell_the_same(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init_command, "stdin_is_terminal", lambda: False)
    result = talk(framework="hipaa", flags=("--yes", "--name", "faq"))
    assert result.exit_code == 0
    assert "open for hipaa: `data.classes`\n" in result.stdout
    assert (here / "aifeature.yaml").exists()


def test_an_unknown_framework_is_refused_before_anything_is_asked(here: Path) -> None:
    result = talk(framework="hippa")
    assert isinstance(result.exception, UsageError)
    assert "unknown framework `hippa`; did you mean `hipaa`?" in str(result.exception)
    assert (result.stderr, list(here.iterdir())) == ("", [])
