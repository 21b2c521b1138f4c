"""A forecast as text, JSON and iCalendar: golden files (AIPOLICY_UPDATE_GOLDEN=1 rewrites them), hostile text, RFC 5545."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from forecast_worlds import MANIFEST, ROOT, START, forecast_of, manifest, rule, settings_of
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.cli.main import cli
from aipolicy.report.forecast.forecast_ical import MAX_OCTETS, folded, render_forecast_ical
from aipolicy.report.forecast.forecast_json import render_forecast_json
from aipolicy.report.forecast.forecast_text import render_forecast
from aipolicy.report.terminal.style import Styler

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((ROOT / "schemas" / "forecast.v1.json").read_text(encoding="utf-8"))
EVIL = "a\\r\\nEND:VEVENT\\r\\nBEGIN:VALARM;x,y\\\\ \\u202e\\u0007é"
EXAMPLE = ("examples/forecast", "--policy", "examples/forecast/pack.yaml", "--as-of", "2026-11-21")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", *arguments], env={"NO_COLOR": "1", "COLUMNS": "100"})


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(
    ("output_format", "name"), [("text", "example.txt"), ("json", "example.json"), ("ical", "example.ics")]
)
def test_the_example_prints_what_was_read_and_accepted(output_format: str, name: str) -> None:
    result = run(*EXAMPLE, "--format", output_format)
    output = result.stdout_bytes.decode()
    if output_format == "json":
        value = json.loads(output)
        jsonschema.validate(value, SCHEMA)
        value["policy"]["digest"] = "0" * 64  # NOTE: it changes with every entry of the shipped catalog.
        output = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_bytes(output.encode())
    assert result.exit_code == 1
    assert output == path.read_bytes().decode()


@pytest.mark.usefixtures("at_root")
def test_a_forecast_of_nothing_says_so(tmp_path: Path) -> None:
    result = run(str(tmp_path), *EXAMPLE[1:])
    assert result.exit_code == 3
    assert "nothing is evaluated: no feature is found" in result.stdout


@pytest.mark.usefixtures("at_root")
def test_what_could_not_be_read_is_named_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "aifeature.yaml").write_text("apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {nam: f}\n")
    (tmp_path / "other.aifeature.yaml").write_text("a: 1\n")
    for output_format in ("text", "json", "ical"):
        result = run(str(tmp_path), "examples/forecast/answers.aifeature.yaml", *EXAMPLE[1:], "--format", output_format)
        assert result.exit_code == 1
        words = result.stdout_bytes.decode().replace("\r\n ", "").replace("\n    ", " ")
        assert "MAN-003" in words
        assert "other.aifeature.yaml" in words


@pytest.mark.usefixtures("at_root")
def test_files_are_written_beside_standard_output(tmp_path: Path) -> None:
    outputs = [
        f"--output={name}={tmp_path / 'a'}.{ending}"
        for name, ending in (("ical", "ics"), ("json", "json"), ("text", "txt"))
    ]
    result = CliRunner().invoke(cli, ["forecast", *EXAMPLE, *outputs], env={"FORCE_COLOR": "1", "COLUMNS": "60"})
    assert (tmp_path / "a.txt").read_bytes() == (GOLDEN / "example.txt").read_bytes()
    assert result.stdout.startswith("\x1b[1mforecast from 2026-11-21 to 2027-11-21")
    assert (tmp_path / "a.ics").read_bytes() == (GOLDEN / "example.ics").read_bytes()
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["summary"]["first_failure"] == "2027-01-15"


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--output", "sarif=x"), "unknown format `sarif`"),
        (("--months", "0"), "0 is not in the range"),
        (("--as-of", "9999-11-21"), "is beyond the calendar"),
        (("--output", "ical=examples/forecast/letters.aifeature.yaml"), "is read by this run; write to another file"),
    ],
)
def test_a_forecast_that_cannot_be_made_says_why(arguments: tuple[str, ...], message: str) -> None:
    result = run(*EXAMPLE, *arguments)
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return a forecast of hostile names in every format."""
    pack = tmp_path_factory.mktemp("hostile") / "p.yaml"
    dated = "{announced: 2026-12-01, from: 2027-02-01}"
    settings = settings_of(pack, rule("BAD-001", "oversight.appeal", message=f'"{EVIL} {{oversight.owner}}"',
                                      fix=f'"{EVIL}"', effective=dated))  # fmt: skip
    text = f'{MANIFEST}metadata: {{name: f, lifecycle: production}}\noversight: {{appeal: false, owner: "{EVIL}"}}\n'
    file = manifest("f")._replace(data=text.encode(), path="x\r\nSUMMARY:y;z.yaml")
    found = forecast_of(settings, file)
    return {
        "text": render_forecast(found, width=80, style=Styler()),
        "json": render_forecast_json(found),
        "ical": render_forecast_ical(found),
    }


@pytest.mark.parametrize("output_format", ["text", "json", "ical"])
def test_hostile_text_is_escaped_in_every_format(output_format: str, hostile: dict[str, str]) -> None:
    output = hostile[output_format]
    assert "BAD-001" in output
    assert not set(output.replace("\r\n", "\n")) & {"\r", "\x07", "‮"}
    assert "\nEND:VEVENT\nBEGIN:VALARM" not in output.replace("\r\n", "\n")


def test_no_text_can_add_a_line_to_a_calendar(hostile: dict[str, str]) -> None:
    lines = hostile["ical"].replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2 + 2 + 1
    assert not [line for line in lines if line.startswith(("BEGIN:VALARM", "SUMMARY:y"))]


def test_a_calendar_is_read_by_a_library_as_it_was_meant(hostile: dict[str, str]) -> None:
    icalendar = pytest.importorskip("icalendar")
    for text in (hostile["ical"], (GOLDEN / "example.ics").read_bytes().decode()):
        calendar = icalendar.Calendar.from_ical(text)
        events = [part for part in calendar.walk() if part.name == "VEVENT"]
        assert not calendar.errors
        assert len({str(event["UID"]) for event in events}) == len(events)
        for event in events:
            assert not event.errors
            start, end = event["DTSTART"].dt, event["DTEND"].dt
            assert type(start) is date
            assert end - start == timedelta(days=1)
            assert event["DTSTAMP"].dt.date() == START
    described = "\n".join(
        str(part.get("DESCRIPTION", "")) for part in icalendar.Calendar.from_ical(hostile["ical"]).walk()
    )
    assert "a\\u000d\\u000aEND:VEVENT\\u000d\\u000aBEGIN:VALARM;x,y\\ \\u202e\\u0007é" in described


def test_identifiers_of_events_do_not_hang_on_wording_or_order(tmp_path: Path) -> None:
    def uids(message: str) -> list[str]:
        law = rule("LAW-001", "oversight.appeal", message=message, effective="{from: 2027-02-01}")
        found = forecast_of(settings_of(tmp_path / "p.yaml", law), manifest("f", "oversight: {appeal: false}\n"))
        return [line for line in render_forecast_ical(found).split("\r\n") if line.startswith("UID:")]

    assert uids("one") == uids("another")


@given(st.text(max_size=300))
def test_a_line_of_any_text_is_folded_within_its_octets_and_unfolds_to_itself(text: str) -> None:
    line = f"SUMMARY:{text}".replace("\r", "").replace("\n", "")
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode("utf-8", "surrogatepass")) <= MAX_OCTETS for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == line
