"""`aipolicy waive` writes what holds and nothing else; `--list` shows every waiver; `check` and `waive` agree."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from waiver_worlds import FILE, HEAD, MANIFEST, PACK, entry, waivers_text

from aipolicy.cli.main import main

Run = Callable[..., tuple[int, str, str]]
DAY = "2026-11-21"
WAIVE = (
    "waive",
    "IN-001",
    "chat",
    "--reason",
    "moving house: soon",
    "--approver",
    "privacy",
    "--expires",
    "2027-01-15",
)
CONFIG = 'policies = ["./house.yaml"]\nwaivers = ["policies/waivers.yaml"]\n'


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "aipolicy"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(kept))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "house.yaml").write_text(PACK % "waivers: {inline: true, never: [IN-002]}")
    (tmp_path / "aipolicy.toml").write_text(CONFIG)
    (tmp_path / "chat.aifeature.yaml").write_text(MANIFEST.replace("on_call: false", "on_call: true"))

    def call(*arguments: str, day: str = DAY) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aipolicy", *arguments, "--as-of", day])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return call


def test_a_waiver_that_is_written_holds_until_its_last_day(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(waivers_text())
    assert run("check")[0] == 1
    code, out, err = run(*WAIVE)
    assert (code, err) == (0, "")
    assert out.endswith("written to policies/waivers.yaml; have it reviewed by privacy\n")
    assert run("check", day="2027-01-15")[0] == 0
    assert run("check", day="2027-01-16")[0] == 1
    assert "waived" in run("check", "--format", "concise")[1]


def test_a_file_that_is_configured_and_not_there_is_written(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check")
    assert (code, "no such file" in err) == (2, True)
    assert run(*WAIVE, "--dry-run")[0] == 0
    assert not (tmp_path / FILE).exists()
    assert run(*WAIVE)[0] == 0
    assert (tmp_path / FILE).read_text().startswith(HEAD + "waivers:\n  - rule: IN-001\n")
    assert run("check")[0] == 0


KEPT = {
    "comments": "# ours\n" + HEAD + "waivers:\n  # the first\n" + entry(feature="other") + "  # the last\n",
    "no end of line": HEAD + "waivers:\n" + entry(feature="other").rstrip("\n"),
    "no indent": HEAD + "waivers:\n" + entry(feature="other").lstrip(),
    "CRLF": (HEAD + "waivers:\n" + entry(feature="other")).replace("\n", "\r\n"),
    "none yet": HEAD + "waivers: []\n# the end\n",
    "nothing yet": HEAD + "waivers:\n",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_everything_in_the_file_stays_as_it_is(text: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_bytes(text.encode())
    assert run(*WAIVE)[0] == 0
    written = (tmp_path / FILE).read_bytes().decode()
    remaining = iter(written.splitlines())
    assert all(line in remaining for line in text.replace("waivers: []", "waivers:").splitlines())
    assert written.count("rule: IN-001") == text.count("rule: IN-001") + 1
    assert "waived" in run("check", "--format", "concise")[1]


@pytest.mark.parametrize(
    "text",
    [HEAD + "waivers: [{rule: IN-001, feature: other, reason: r, owner: o, approver: p, expires: 2027-01-01}]\n"],
)
def test_a_file_to_which_nothing_can_be_appended_is_left_alone(text: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(text)
    code, _, err = run(*WAIVE)
    assert (code, "add it by hand" in err, "- rule: IN-001" in err) == (2, True, True)
    assert (tmp_path / FILE).read_text() == text


REFUSED = {
    "an unknown rule": (("IN-01", "chat"), "unknown rule `IN-01`; did you mean `IN-001`?"),
    "a rule about manifests": (("MAN-001", "chat"), "never waived"),
    "an unknown feature": (("IN-001", "caht"), "no feature is named `caht`; did you mean `chat`?"),
    "a rule that holds": (("IN-002", "chat"), "does not fail"),
    "another place": (("IN-001", "chat", "--fact", "plan.region"), "but at `plan.hosting`"),
    "a condition that is false": (("IN-001", "chat", "--while", "volume.requests_per_day < 1"), "would not hold"),
    "a condition that is none": (("IN-001", "chat", "--while", "volume.x < 1"), "unknown fact `volume.x`"),
    "a day that has gone": (("IN-001", "chat", "--expires", "2026-11-20"), "expires before it is approved"),
    "a day that is none": (("IN-001", "chat", "--expires", "soon"), "`--expires` takes a day"),
    "too long": (("IN-001", "chat", "--expires", "2029-01-01"), "the packs allow 365"),
    "one person": (("IN-001", "chat", "--approver", "claims"), "somebody else must approve"),
    "another file": (("IN-001", "chat", "--file", "aipolicy.toml"), "is no waivers file of the configuration"),
    "no feature": (("IN-001",), "name a rule and a feature"),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_would_not_hold_is_not_written(arguments: tuple[str, ...], message: str, run: Run, tmp_path: Path) -> None:
    code, out, err = run("waive", *WAIVE[3:], *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert not (tmp_path / FILE).exists()


def test_what_is_waived_already_is_not_waived_again(run: Run) -> None:
    assert run(*WAIVE)[0] == 0
    assert f"already waived for `chat` at {FILE}:4" in run(*WAIVE)[2]
    assert "already waived at" in run(*WAIVE, day="2026-11-20")[2]


def test_without_a_configured_file_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "aipolicy.toml").write_text('policies = ["./house.yaml"]\n')
    assert 'add `waivers = ["policies/waivers.yaml"]` to aipolicy.toml' in run(*WAIVE)[2]


def test_the_list_shows_every_waiver_with_its_state_and_days(run: Run, tmp_path: Path) -> None:
    assert run(*WAIVE)[0] == 0
    with (tmp_path / FILE).open("a") as file:
        file.write(entry(feature="gone") + entry(rule="IN-9") + entry(rule="OUT-001", reason='"\\u202e hidden"'))
    manifest = tmp_path / "chat.aifeature.yaml"
    comment = "# aipolicy: ignore[OUT-001] many until=2027-01-15 approver=privacy\n"
    manifest.write_text(manifest.read_text().replace("volume:", f"{comment}volume:"))
    code, out, err = run("waive", "--list")
    assert (code, err) == (0, "")
    assert "\nwaived\n  IN-001 of chat, until 2027-01-15, 55 days left\n    reason  moving house: soon\n" in out
    assert re.findall(r"^[a-z][a-z ]+$", out, re.MULTILINE) == [
        "malformed",
        "no longer needed",
        "unknown feature",
        "waived",
    ]
    assert "1 malformed, 2 no longer needed, 1 unknown feature, 1 waived" in out
    assert "\\u202e" in out
    assert "\u202e" not in out
    listed = json.loads(run("waive", "--list", "--format", "json")[1])
    states = {(each["rule"], each["feature"], each["inline"]): each["state"] for each in listed["waivers"]}
    assert states == {
        ("IN-001", "chat", False): "waived",
        ("IN-001", "gone", False): "unknown feature",
        ("OUT-001", "chat", False): "no longer needed",
        ("OUT-001", "chat", True): "no longer needed",
    }
    assert [finding["rule"] for finding in listed["malformed"]] == ["WAIVER-001"]


@pytest.mark.parametrize("choice", [("--ignore", "IN-002"), ("--ignore", "IN"), ("--select", "IN-001")])
def test_a_rule_that_is_never_waived_is_not_left_out(choice: tuple[str, str], run: Run, tmp_path: Path) -> None:
    assert run(*WAIVE)[0] == 0
    code, _, err = run("check", *choice)
    assert (code, "IN-002 may not be left out by `select` or `ignore` (house.yaml:4)" in err) == (2, True)
    (tmp_path / "aipolicy.toml").write_text(CONFIG + f'{choice[0][2:]} = ["{choice[1]}"]\n')
    assert run("check")[0] == 2
    assert run("rules")[0] == 0


def test_a_change_of_the_waivers_file_is_never_answered_from_memory(run: Run, tmp_path: Path) -> None:
    assert run(*WAIVE)[0] == 0
    assert [run("check")[0], run("check")[0]] == [0, 0]
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace("reason", "raeson"))
    assert [run("check")[0], run("check", "chat.aifeature.yaml")[0]] == [1, 1]
    (tmp_path / FILE).write_text(text)
    assert run("check")[0] == 0
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    assert run("check")[0] == 2


def test_every_format_shows_what_is_waived(run: Run) -> None:
    assert run(*WAIVE)[0] == 0
    assert (
        "= waived: until 2027-01-15 (55 days left) by privacy for claims (policies/waivers.yaml:4)" in run("check")[1]
    )
    for output_format in ("text", "concise", "json", "sarif", "github", "junit", "markdown", "csv", "statistics"):
        code, out, _ = run("check", "--format", output_format)
        assert (code, "waived" in out) == (0, True), output_format
    assert json.loads(run("check", "--format", "gitlab")[1]) == []
    sarif = json.loads(run("check", "--format", "sarif")[1])
    suppressed = sarif["runs"][0]["results"][0]["suppressions"]
    assert suppressed[0]["justification"].endswith("moving house: soon")


def test_what_a_base_asks_of_waivers_holds_for_packs_that_extend_it(run: Run, tmp_path: Path) -> None:
    team = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: team, version: 1.0.0}\n"
    team += "extends: [{pack: ./house.yaml}]\n"
    (tmp_path / "team.yaml").write_text(team + "waivers: {longest_days: 700, never: [OUT]}\n")
    (tmp_path / "aipolicy.toml").write_text(CONFIG.replace("house", "team"))
    done = run(*WAIVE)
    assert done[0] == 0, done[2]
    code, _, err = run("check", "--ignore", "IN-002")
    assert (code, "IN-002 may not be left out" in err) == (2, True)
    (tmp_path / "house.yaml").write_text(PACK % "waivers: {longest_days: 30}")
    assert "the packs allow 30" in run("check", "--format", "concise")[1]


def test_conditions_and_records_know_facts_that_packs_add(run: Run, tmp_path: Path) -> None:
    fact = "facts:\n  - {name: seats, type: number, meaning: Seats, unit: seats, minimum: 0}"
    (tmp_path / "house.yaml").write_text(PACK % fact)
    manifest = tmp_path / "chat.aifeature.yaml"
    manifest.write_text(manifest.read_text() + "extensions: {seats: 10}\n")
    done = run(*WAIVE, "--while", "extensions.seats <= 20.0")
    assert done[0] == 0, done[2]
    assert run("check")[0] == 0
    manifest.write_text(manifest.read_text().replace("seats: 10", "seats: 30"))
    code, out, _ = run("check", "--format", "concise")
    assert (code, "`extensions.seats <= 20.0` is false" in out) == (1, True)


def test_what_nobody_may_waive_nobody_accepts_by_a_baseline(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(waivers_text())
    (tmp_path / "chat.aifeature.yaml").write_text(MANIFEST)
    run("check", "--write-baseline", "accepted.json")
    accepted = json.loads((tmp_path / "accepted.json").read_text())
    assert {each["rule"] for each in accepted["findings"]} == {"IN-001"}
    forged = json.dumps(accepted).replace("IN-001", "IN-002").replace("plan.provider", "team.on_call")
    (tmp_path / "accepted.json").write_text(forged)
    code, out, _ = run("check", "--baseline", "accepted.json", "--format", "concise")
    assert (code, "error[IN-002]" in out) == (1, True)


def test_a_waivers_file_that_is_shared_says_nothing_of_features_elsewhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(waivers_text(entry(), entry(feature="elsewhere")))
    team = tmp_path / "team"
    team.mkdir()
    (team / "aipolicy.toml").write_text('policies = ["../house.yaml"]\nwaivers = ["../policies/waivers.yaml"]\n')
    (tmp_path / "chat.aifeature.yaml").rename(team / "chat.aifeature.yaml")
    assert "WAIVER-007" not in run("check", "team", "--config", "team/aipolicy.toml")[1]
    assert "WAIVER-007" in run("check", ".", "--config", "team/aipolicy.toml")[1]
