"""The command reads, writes and reports; the report is the same in both formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_tables import BASIC, FEDERAL, FEDERAL_MAPPING, mapping_of, run, table_of

from aipolicy.cli.import_command import import_
from aipolicy.errors import MappingError
from aipolicy.importing.import_report import MAX_LINES, report_json, report_lines

EXCERPT = FEDERAL / "us-federal-inventory-2024-excerpt.csv"


def test_text_report_and_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(import_, ["--mapping", str(FEDERAL_MAPPING), str(EXCERPT), str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("13 rows read, 13 manifests, 0 rows left out, 0 empty rows\nencoding utf-8: ")
    assert "13 files new in" in result.output
    assert len(list((tmp_path / "out").iterdir())) == 13


def test_json_report_is_strict_json(tmp_path: Path) -> None:
    arguments = ["--mapping", str(FEDERAL_MAPPING), "--format", "json", str(EXCERPT), str(tmp_path / "out")]
    result = CliRunner().invoke(import_, arguments)
    report = json.loads(result.output)
    assert report["manifests"] == 13
    assert report["files"]["new"] == 13
    assert {"field": "metadata.owner", "manifests": 13} in report["fills"]
    assert report["reading"]["encoding"] == "utf-8"
    assert report["unmapped"][0]["column"] == "40_has_ato"


def test_encoding_and_force_are_passed_on(tmp_path: Path) -> None:
    mapping, table = tmp_path / "m.yaml", tmp_path / "t.csv"
    mapping.write_text(BASIC, encoding="utf-8")
    table.write_bytes("Name,Stage,Rights\nŻółw,Live,No\n".encode("cp1250"))
    out = tmp_path / "out"
    out.mkdir()
    target = out / "zo-w.aifeature.yaml"
    target.write_text("mine", encoding="utf-8")
    arguments = ["--mapping", str(mapping), "--encoding", "cp1250", str(table), str(out)]
    refused = CliRunner().invoke(import_, arguments)
    assert refused.exit_code == 1
    assert "was not written by this import" in refused.output
    assert target.read_text(encoding="utf-8") == "mine"
    assert CliRunner().invoke(import_, ["--force", *arguments]).exit_code == 0
    assert "kind: AIFeature" in target.read_text(encoding="utf-8")


def test_an_unusable_table_writes_nothing(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"")
    result = CliRunner().invoke(import_, ["--mapping", str(FEDERAL_MAPPING), str(table), str(tmp_path / "out")])
    assert isinstance(result.exception, MappingError)
    assert not (tmp_path / "out").exists()


def test_report_shows_text_of_the_table_escaped_and_short() -> None:
    header = ["Name", "Stage", "Rights", "evil\x1b[2J\u202e" + "h" * 90]
    report = run(table_of(header, ["a", "st\x07age\u2028" + "x" * 90, "Yes", "z"])).report
    text = "\n".join(report_lines(report)) + json.dumps(report_json(report), ensure_ascii=False)
    assert not set(text) & set("\x1b\x07\u2028\u202e")
    assert "st\\u0007age\\u2028xxx" in text
    assert max(map(len, report_lines(report))) < 250


def test_long_sections_of_the_text_report_end_with_a_count() -> None:
    rows = (["a", f"stage {number}", ""] for number in range(100))
    report = run(table_of(["Name", "Stage", "Rights"], *rows)).report
    assert f"  and {100 - MAX_LINES} more; see `--format json`" in report_lines(report)
    unmapped = report_json(report)["unmapped"]
    assert isinstance(unmapped, list)
    assert len(unmapped) == 100


def test_the_same_table_gives_the_same_bytes_wherever_it_lies() -> None:
    data = EXCERPT.read_bytes()
    mapping = mapping_of(FEDERAL_MAPPING.read_text(encoding="utf-8"))
    first = run(data, mapping, path="/home/a/table.csv")
    second = run(data, mapping, path="b/table.csv")
    assert first.manifests == second.manifests


@pytest.mark.parametrize("option", ["--help"])
def test_help_says_that_nothing_is_guessed(option: str) -> None:
    assert "Nothing is guessed" in CliRunner().invoke(import_, [option]).output
