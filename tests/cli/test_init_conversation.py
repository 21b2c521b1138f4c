"""`aipolicy init` in a terminal: what it says, and that nothing is written before the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli import init_command
from aipolicy.cli.init_command import command
from aipolicy.discovery.find import find_manifests
from aipolicy.manifest.read import read_manifests

ABOUT_IT = ("faq", "web", "")
FOUR = ("contact", "any", "none", "2000")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a repository that is the working folder of somebody at a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(init_command, "stdin_is_terminal", lambda: True)
    return tmp_path


def talk(*lines: str, flags: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(command, [*flags], input="".join(f"{line}\n" for line in lines))


def declared() -> dict[str, object]:
    (feature,) = read_manifests(find_manifests(["aifeature.yaml"], stdin=bytes)).features
    return dict(feature.declared)


def lines_of(result: Result, start: str) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith(start)]


def test_the_answer_grows_with_every_reply_and_only_the_end_is_on_standard_output(here: Path) -> None:
    result = talk(*ABOUT_IT, *FOUR, "dialogue", "q")
    assert (result.exit_code, result.stdout) == (0, "wrote aifeature.yaml\nnext: aipolicy explain aifeature.yaml\n")
    grown = lines_of(result, "so far")
    assert len(grown) == 5
    assert all(line.startswith("so far     expected, ") and line.endswith(" USD a month: Use an API") for line in grown)
    assert declared() == {
        "metadata.name": "faq", "metadata.owner": "web", "metadata.lifecycle": "prototype", "data.classes": ["contact"],
        "data.residency": ["any"], "latency.p95_ms": "none", "volume.requests_per_day": 2000, "task.type": "dialogue",
    }  # fmt: skip


def test_another_way_of_building_is_said_as_soon_as_it_follows(here: Path) -> None:
    grown = lines_of(talk(*ABOUT_IT, "health", "any", "350", "q"), "so far")
    assert ["Use an API" in line for line in grown] == [True, True, False]
    assert "Self-host a small model " in grown[2]


def test_data_that_may_not_leave_is_self_hosted_from_the_first_reply_on(here: Path) -> None:
    assert "Self-host " in lines_of(talk(*ABOUT_IT, "itar", "US", "3000", "q"), "so far")[0]


def test_a_question_says_what_another_value_would_lead_to(here: Path) -> None:
    asked = talk(*ABOUT_IT, *FOUR, "dialogue", "", "", "q").stderr
    assert "  if         data.must_stay_inside true: own cloud (" in asked


def test_enter_leaves_out_what_is_not_known_until_nothing_would_change_the_answer(here: Path) -> None:
    result = talk("faq", *[""] * 40)
    assert result.exit_code == 0
    assert declared() == {"metadata.name": "faq", "metadata.lifecycle": "prototype"}
    assert lines_of(result, "so far") == []
    assert len(lines_of(result, "task.type:")) == 1


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (("a b", *ABOUT_IT, "q"), "`name` may hold letters, digits, `.`, `_` and `-`, starting with a letter or digit"),
        (("faq", "web", "prod", "pilot", "q"), "`prod` is not a value of `lifecycle`; did you mean `production`?"),
        ((*ABOUT_IT, "helth", "health", "q"), "unknown data class `helth`; did you mean `health`?"),
        ((*ABOUT_IT, "", "eu", "EU", "q"), "unknown place `eu`; did you mean `EU`?"),
        ((*ABOUT_IT, "", "", "soon\x1b[31m", "q"), r"`soon\u001b[31m` is no value for `latency.p95_ms`"),
        ((*ABOUT_IT, *FOUR, "chatt", "q"), "unknown task type `chatt`"),
    ],
)
def test_a_wrong_reply_is_told_and_asked_again(here: Path, lines: tuple[str, ...], wrong: str) -> None:
    result = talk(*lines)
    assert result.exit_code == 0
    assert wrong in " ".join(" ".join(result.stderr.split("\n")).split())
    (told,) = lines_of(result, "wrong: ")
    assert "\x1b" not in told


def test_every_question_is_explained_when_asked(here: Path) -> None:
    replies = (*ABOUT_IT, *FOUR, *[""] * 12)
    result = talk(*(line for reply in replies for line in ("?", reply)))
    assert result.exit_code == 0
    asked = [line.partition(":")[0] for line in lines_of(result, "data.") + lines_of(result, "task.")]
    for name in {*asked, "metadata.owner", "latency.p95_ms", "volume.requests_per_day"}:
        assert f"  {name}: " in result.stderr
    explained = " ".join(result.stderr.split())
    for text in (
        "left out it cannot be",
        "idea, prototype, pilot, production, retired",
        "special-category",
        "EFTA" if "EFTA" in explained else "EEA",
        "unit ms",
        "taken to be 1 000 requests/day: one of the four facts that everybody is asked for",
        "reply a number of ms, or `none` where nothing limits it",
        "taken to be sufficient: API first: most features never need more than a prompt; https://",
    ):
        assert text in explained, text


@pytest.mark.parametrize("count", range(9))
def test_an_end_of_input_in_the_middle_writes_nothing_and_says_so(here: Path, count: int) -> None:
    result = talk(*(*ABOUT_IT, *FOUR, "dialogue")[:count])
    assert result.exit_code != 0
    assert result.stdout == ""
    assert result.stderr.rstrip().splitlines()[-2:] == ["aipolicy: init ended early; nothing was written", "Aborted!"]
    assert os.listdir(here) == []


def test_before_there_is_a_name_q_is_one(here: Path) -> None:
    assert talk("q", "q").exit_code == 0
    assert declared()["metadata.name"] == "q"


def test_the_name_of_the_folder_and_prototype_are_suggested(tmp_path: Path, here: Path) -> None:
    folder = here / "support-chat"
    folder.mkdir()
    result = CliRunner().invoke(command, ["support-chat"], input="\n\n\nq\n")
    assert "metadata.name [support-chat]: " in result.stderr
    assert "metadata.lifecycle [prototype]: " in result.stderr
    assert "name: support-chat" in (folder / "aifeature.yaml").read_text(encoding="utf-8")


def test_what_a_flag_says_is_not_asked_and_a_wrong_flag_ends_it_before_any_question(here: Path) -> None:
    result = talk("web", "", "EU", "q", flags=("--name", "faq", "--data-class", "health"))
    assert "data.classes:" not in result.stderr
    assert declared()["data.classes"] == ["health"]
    refused = talk(*ABOUT_IT, flags=("--data-class", "helth", "--force"))
    assert str(refused.exception) == "`--data-class`: unknown data class `helth`; did you mean `health`?"
    assert "metadata.name" not in refused.stderr


def test_a_retired_feature_is_asked_nothing_more(here: Path) -> None:
    assert talk("faq", "web", "retired").exit_code == 0
    assert declared() == {"metadata.name": "faq", "metadata.owner": "web", "metadata.lifecycle": "retired"}


def test_the_packs_and_the_expected_values_of_the_configuration_are_asked_and_taken(here: Path) -> None:
    (here / "acme.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: acme, version: 1.0.0}\n"
        "facts:\n  - {name: tier, type: text, choices: [iron, gold], meaning: Tier of the contract}\n"
        "rules:\n  - id: ACME-001\n    name: gold-leaves\n    title: Gold stays at home\n    kind: constraint\n"
        "    severity: error\n    when: ['extensions.tier == \"gold\"']\n"
        "    require: ['option.hosting != \"provider-api\"']\n    message: gold leaves\n",
        encoding="utf-8",
    )
    (here / "aipolicy.toml").write_text(
        'policies = ["acme.yaml"]\n[expected]\n"volume.requests_per_day" = 7\n', encoding="utf-8"
    )
    result = talk(*ABOUT_IT, "", "", "", "", "gold", *[""] * 10)
    assert result.exit_code == 0, result.exception
    assert "left out: 7 requests/day" in result.stderr
    assert lines_of(result, "extensions.tier:") != []
    assert "\nextensions:\n  tier: gold  # Tier of the contract: iron, gold\n" in (here / "aifeature.yaml").read_text(
        encoding="utf-8"
    )
