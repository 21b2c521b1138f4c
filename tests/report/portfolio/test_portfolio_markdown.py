"""The report for a wiki: the figures of the page, and nothing of input as markup."""

from __future__ import annotations

from answer_pages import SHOWN
from markdown_pages import inline_tokens, tokens
from portfolio_pages import (
    ATTACKS,
    elements,
    examples_page,
    examples_report,
    manifest,
    page_of,
    report_on,
    report_on_files,
)

from aipolicy.report.portfolio.portfolio_markdown import render_markdown
from aipolicy.report.portfolio.portfolio_report import PortfolioReport


def markdown_of(report: PortfolioReport) -> str:
    return "".join(render_markdown(report))


def cells_of(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading, without its head, as they read."""
    (part,) = [part for part in text.split("\n## ") if part.startswith(heading)]
    found = tokens(f"## {part}")
    start = next(number for number, token in enumerate(found) if token.type == "tbody_open")
    rows: list[list[str]] = []
    for token in found[start:]:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or ()))
        elif token.type == "tbody_close":
            break
    return rows


def test_a_wiki_says_the_figures_of_the_page() -> None:
    rows = cells_of(markdown_of(examples_report()), "Features")
    drawn = examples_page().one("table", id="inventory").one("tbody").all("tr")
    assert len(rows) == len(drawn) >= len(SHOWN)
    for row, same in zip(rows, drawn, strict=True):
        name, _, _, answer, certainty, usd, spread, total, blocks, asked = row
        cells = same.all("td")
        assert same.one("a").text == name
        assert [cells[0].text, cells[1].text] == [answer, certainty]
        assert cells[2].text == f"{usd} {spread}".strip()
        assert cells[3].text == total
        assert cells[4].text == blocks.replace(",", "")
        assert cells[5].text == asked


def test_whatever_is_declared_stays_text_in_a_wiki() -> None:
    files = [
        (f"a{number}.aifeature.yaml", manifest(f"f{number}", owner=attack)) for number, attack in enumerate(ATTACKS)
    ]
    text = markdown_of(report_on(files))
    kinds = {token.type for token in tokens(text)} | {token.type for _, token in inline_tokens(text)}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "fence", "code_block"})
    owners = [row[1] for row in cells_of(text, "Features")]
    assert [" ".join(owner.split()) for owner in owners[:9]] == [" ".join(attack.split()) for attack in ATTACKS[:9]]


def test_an_empty_run_has_a_report_as_well() -> None:
    assert "No feature was evaluated" in markdown_of(report_on([]))
    assert elements(page_of(report_on([])))


def test_a_section_says_the_lines_of_the_page() -> None:
    report = report_on_files("examples/quickstart/claims-triage/aifeature.yaml")
    text = markdown_of(report)
    (row,) = report.rows
    assert all(line.partition(":")[0] in text.replace("\\", "") for line in row.details["plan"])
    assert "LAT-002" in text
    assert "examples/quickstart/claims-triage/aifeature.yaml:17" in text
