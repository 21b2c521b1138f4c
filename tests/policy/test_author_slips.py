"""What people who write their first rule get wrong, and what they are told: every slip at its place, with what to write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "slips"
NOTHING = "no fact is ever `null`: one that is not declared is unknown"
WRITTEN = "`data.subject_regions` holds places as they are written, groups among them; write"
TORN = "the condition is torn at a comma, which ends an entry of a list in `[…]`; quote the condition"
IN_UNION = 'is never `EU`, it holds countries; write `within(data.subject_countries, "EU")`'
GIVEN = "is never `EU`, it holds countries; give `data.subject_regions: [EU]`"
SLIPS: dict[str, tuple[str, ...]] = {
    "01-typo-fact": ("11:15 unknown fact `data.sensitivty`; did you mean `data.sensitivity`?",),
    "02-typo-word": ("10:12 `option.hosting` is never `provider_api`; did you mean `provider-api`?",),
    "03-int-arith": ("11:39 found no matching overload for '_*_' applied to '(double, int)'; write whole numbers",),
    "04-list-vs-text": ("11:29 found no matching overload for '_==_' applied to '(list(string), string)'; ask a list",),
    "05-evidence-date": ("11:28 `evidence.dpia` is true or false, and has no `date`; ask its `age_days`, `expires",),
    "06-message-typo": (
        "12:14 unknown fact `data.clases` in the message; did you mean `data.classes`?",
        "12:14 unknown fact `params.nope` in the message",
    ),
    "07-has": ("10:12 `has` asks nothing of a fact: one that is not declared is unknown",),
    "08-syntax": ("11:32 syntax error: mismatched input '<EOF>'; the condition ends too early",),
    "09-param-type": (
        "5:5 missing key `description`", "5:5 missing key `source`",
        "5:24 `int` is not one of `bool`, `number`, `text`, `texts`, `map`, `table`; did you mean `number`?",
    ),
    "10-param-default": (
        "5:5 missing key `description`", "5:5 missing key `source`",
        "5:41 `default` must be a number, found text `30`; remove the quotes",
    ),
    "11-unquoted-bang": ("11:42 invalid YAML: while scanning a tag, did not find expected whitespace or line break; quote",),
    "12-severity-kind": (
        "8:11 `control` is not one of `constraint`, `duty`", "9:15 `critical` is not one of `error`, `warning`, `note`",
    ),
    "13-effective": (
        "15:23 `from` must be a day as YYYY-MM-DD, found `2026-13-02`",
        "15:35 unknown key `announce`; did you mean `announced`?",
    ),
    "14-index": ("11:51 found no matching overload for '_[_]' applied to '(string, string)'; `[…]` is for labels",),
    "15-single-equals": ("11:30 `=` compares nothing; write `==`",),
    "16-word-require": ("11:15 `oversight.mode` is never `pre-decison`; did you mean `pre-decision`?",),
    "17-place-group": (f"11:15 {TORN}",),
    "18-uk-country": (f"11:15 {TORN}",),
    "19-and": ("10:26 `and` is no operator here; write `&&`",),
    "20-residency-eq": ("11:87 invalid YAML: while parsing a flow sequence, did not find expected ',' or ']'; quote",),
    "eu-countries-tested": (
        f"11:9 `data.subject_countries` {IN_UNION}", f"18:51 `data.subject_countries` {GIVEN}",
        f"19:51 `data.subject_countries` {GIVEN}", f"22:51 `data.subject_countries` {GIVEN}",
    ),
    "eu-regions-tested": (f'11:9 {WRITTEN} `within(data.subject_countries, "EU")`',),
    "uk-in-regions": (f'11:9 {WRITTEN} `within(data.subject_countries, "GB")`',),
    "fn": (f"11:24 {NOTHING}",),
    "id": ("12:12 `data.subject_countries` is never `EU`, it holds countries; write `within(data.sub",),
    "param-eu": ("12:12 `data.subject_countries` is never `EU`, it holds countries; write",),
    "personal-in-classes": ('11:9 `data.classes` holds classes as they are written, and `personal` has kinds; write',),
    "unknown-keys": (
        "3:54 unknown key `authors`", "3:69 unknown key `licence`", "10:16 missing key `relation`",
        "11:5 unknown key `tags`",
        "12:5 `verified` speaks of a law; name it under `basis`", "12:15 `verified` must be text, found true or false",
        "17:70 unknown key `as_of`", "17:89 unknown key `status`",
    ),
}  # fmt: skip
SOUND = ("bias-audit", "crash-empty-list", "crash-size-call", "eu-27", "has", "var-of-var")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aipolicy", *arguments]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)


def mistakes(stdout: str) -> list[str]:
    lines = (line.partition(": error[PACK-001]: ") for line in stdout.splitlines() if "error[PACK-001]" in line)
    return [f"{place.split(':', 1)[1]} {message}" for place, _, message in lines]


def test_every_file_is_looked_at() -> None:
    assert {*SLIPS, *SOUND} == {path.stem for path in FOLDER.glob("*.yaml") if ".aifeature" not in path.name}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_at_its_place_with_what_to_write(name: str) -> None:
    result = run("lint-policy", f"{name}.yaml", "--format", "concise")
    found = mistakes(result.stdout)
    assert result.returncode == 2
    assert len(found) == len(SLIPS[name]), found
    for told, wanted in zip(found, SLIPS[name], strict=True):
        assert told.startswith(wanted), (told, wanted)


@pytest.mark.parametrize("name", SOUND)
def test_what_reads_well_is_read_and_tested(name: str) -> None:
    assert mistakes(run("lint-policy", f"{name}.yaml", "--format", "concise").stdout) == []
    tested = run("test", "--policy", f"{name}.yaml", "--mutate", "--coverage", "--suggest")
    assert "internal error" not in tested.stderr
    assert tested.returncode == (0 if name.startswith("crash") else 3)


def test_a_message_about_another_line_is_told_of_a_pack_that_was_written_in_good_faith() -> None:
    lines = run("lint-policy", "agency-pack", "--format", "concise").stdout.splitlines()
    told = [line.split(": ")[0] for line in lines if "PACK-020" in line]
    assert told == ["agency-pack/federal.yaml:62:14", "agency-pack/federal.yaml:99:14", "agency-pack/state.yaml:66:14"]


def test_a_configuration_that_sets_countries_is_told_what_the_condition_should_say() -> None:
    result = run("check", "minimal.aifeature.yaml", "--config", "param.toml")
    assert result.returncode in (0, 1, 2)
    assert "internal error" not in result.stderr


@pytest.mark.parametrize("manifest", ["germany", "union"])
def test_a_country_and_its_group_are_asked_alike(manifest: str, tmp_path: Path) -> None:
    text = (FOLDER / "eu-regions-tested.yaml").read_text()
    pack = tmp_path / "eu.yaml"
    pack.write_text(text.replace("'\"EU\" in data.subject_regions'", 'within(data.subject_countries, "EU")'))
    checked = run("check", f"{manifest}.aifeature.yaml", "--policy", str(pack), "--format", "concise")
    assert "error[EU-001]" in checked.stdout
