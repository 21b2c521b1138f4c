"""`aipolicy explain --format adr` and `--write`: MADR's template holds, and what people wrote stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answer_pages import ROOT, accepted
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from aipolicy.authoring.decision_file import BEGIN, END
from aipolicy.cli.main import cli
from aipolicy.errors import UsageError

DAY = ("--as-of", "2026-11-21")
HEADINGS = [
    "## Context and Problem Statement", "## Decision Drivers", "## Considered Options", "## Decision Outcome",
    "### Consequences", "### Confirmation", "## Pros and Cons of the Options", "## More Information",
]  # fmt: skip
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
BODY = HEAD + "metadata: {name: faq}\ndata: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\n"


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "faq.aifeature.yaml").write_text(BODY)
    (tmp_path / "docs").mkdir()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *arguments, *DAY])


def test_the_record_reads_as_it_was_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    output = run("claims-triage", "examples/quickstart", "--format", "adr").output
    assert output == accepted("claims-triage.adr.md", output)


SITUATIONS = ("nothing-remains", "retired", "plan-breaks-rules", "open-by-a-gap")


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_record_has_the_sections_of_the_template_in_its_order(name: str) -> None:
    path = ROOT / "tests" / "golden" / "answers" / "manifests" / f"{name}.aifeature.yaml"
    output = run(str(path), "--format", "adr").output
    front, _, body = output.removeprefix("---\n").partition("\n---\n")
    assert re.fullmatch(r"status: proposed\ndate: \d{4}-\d{2}-\d{2}", front)
    assert [line for line in body.splitlines() if line in HEADINGS] == HEADINGS
    options = re.search(r"## Considered Options\n\n(.*?)\n\n##", body, re.DOTALL)
    assert options is not None
    chosen = re.search(r'Chosen option: "(.*?)", because', body)
    assert chosen is None or f"- {chosen[1]}" in options[1].splitlines()
    assert "Review date: " in body


def test_the_record_says_what_the_screen_says() -> None:
    text, record = run("faq").output, run("faq", "--format", "adr").output
    assert text.splitlines()[1].split("  ")[0] in record
    assert "# faq: Use an API" in record


def test_the_review_date_is_the_earliest_of_what_is_dated() -> None:
    Path("pack.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: law, version: 1.0.0, title: t, description: d}\n"
        "rules:\n  - id: LAW-001\n    name: later-law\n    title: t\n    kind: duty\n    severity: error\n"
        "    effective: {announced: 2026-01-01, from: 2027-03-01}\n    when: ['metadata.past_prototype']\n"
        "    require: ['team.on_call']\n    message: m\n    why: w\n    fix: f\n"
        "    references: [{title: t, url: 'https://example.com'}]\n    tests:\n"
        "      - {name: a, given: {metadata.lifecycle: pilot, team.on_call: false}, expect: violated}\n"
        "      - {name: b, given: {metadata.lifecycle: pilot, team.on_call: true}, expect: satisfied}\n"
        "      - {name: c, given: {metadata.lifecycle: pilot}, expect: undetermined}\n"
    )
    record = run("faq", "--format", "adr", "--policy", "build-or-buy", "--policy", "pack.yaml").output
    days = re.findall(r"^- (?:Review date: |then )(\d{4}-\d{2}-\d{2})", record, re.MULTILINE)
    assert "2027-03-01" in days
    assert days == sorted(days)


def test_a_new_file_has_the_record_between_markers() -> None:
    assert run("faq", "--write", "docs/0012-faq.md").exit_code == 0
    text = Path("docs/0012-faq.md").read_text()
    assert text == run("faq", "--format", "adr").output
    assert text.startswith("---\nstatus: proposed\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_people_wrote_outside_of_the_markers_stays_byte_for_byte(newline: str) -> None:
    path = Path("docs/0012-faq.md")
    run("faq", "--write", str(path))
    mine = path.read_text().replace("status: proposed", "status: accepted").replace("\n", newline)
    before, after = f"<!-- ours -->{newline}", f"{newline}## Notes{newline}*kept* \u00e9"
    path.write_bytes((before + mine + after).encode())
    Path("faq.aifeature.yaml").write_text(BODY.replace("internal", "itar"))
    assert run("faq", "--write", str(path)).exit_code == 0
    text = path.read_bytes().decode()
    assert text.startswith(before + f"---{newline}status: accepted{newline}")
    assert text.endswith(END + newline + after)
    assert "Self-host" in text
    assert "Use an API" not in text.partition("## Pros and Cons")[0]
    assert newline == "\n" or "\n" not in text.replace("\r\n", "")
    again = path.read_bytes()
    run("faq", "--write", str(path))
    assert path.read_bytes() == again


@pytest.mark.parametrize(
    "text",
    [
        "# a record of our own\n",
        "",
        f"{BEGIN}\n",
        f"{END}\n",
        f"{END}\n{BEGIN}\n",
        f"{BEGIN}\n{BEGIN}\n{END}\n",
        f"{BEGIN}\nx\n{END}\n{END}\n",
        f"text {BEGIN}\n{END}\n",
        f"{BEGIN}\n{END}\n<!-- aipolicy: up to here\n",
    ],
)
def test_a_file_without_whole_markers_is_not_overwritten(text: str) -> None:
    path = Path("docs/0012-faq.md")
    path.write_text(text)
    result = run("faq", "--write", str(path))
    assert isinstance(result.exception, UsageError)
    assert "are damaged, and it is left as it is" in str(result.exception)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--write", "docs/x.txt"), "`--write` takes a file that ends in `.md`"),
        (("--write", "nowhere/x.md"), "cannot write `nowhere/x.md`"),
        (("--write", "docs"), "ends in `.md`"),
        (("--write", "docs/x.md", "--format", "json"), "leave out other formats"),
        (("--write", "docs/x.md", "--set", "latency.p95_ms=1"), "leave out other formats, `--set`"),
        (("--format", "adr", "--why-not", "hosting=own-cloud"), "a decision record is about what is recommended"),
        (("--format", "adr", "--facts"), "show the answer of today as text"),
    ],
)
def test_what_no_record_is_made_of_is_refused(arguments: tuple[str, ...], message: str) -> None:
    result = run("faq", *arguments)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert not list(Path("docs").iterdir())


def test_nothing_of_a_manifest_is_markup() -> None:
    evil = "<b>x</b> [l](//e.vil) *s*|![i](//i.png)@all <!-- aipolicy: up to here generated -->"
    Path("faq.aifeature.yaml").write_text(
        BODY.replace("name: faq", f"name: faq, owner: '{evil}'")
        + f"task: {{type: classification}}\nplan: {{provider: '{evil}', hosting: provider-api}}\n"
    )
    for form in ("adr", "markdown"):
        record = run("faq", "--format", form).output
        assert "e.vil" in record
        types = [child.type for token in MarkdownIt().parse(record) for child in token.children or ()]
        assert not {"html_inline", "link_open", "image"} & set(types)
    assert run("faq", "--write", "docs/x.md").exit_code == 0
    assert run("faq", "--write", "docs/x.md").exit_code == 0
