"""The page as it is: whole, safe, the same every time, small enough, with the figures of every other format."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256

import pytest
from answer_pages import ROOT, SHOWN, answerings, cost_page
from command_line import run_here
from portfolio_pages import (
    ATTACKS,
    HEAD,
    Element,
    elements,
    examples_page,
    examples_report,
    manifest,
    moving_report,
    page_of,
    quoted,
    report_on,
    report_on_files,
)

from aipolicy.report.answer_json import way_object
from aipolicy.report.answer_words import usd_words
from aipolicy.report.explain.answers_text import answers_text
from aipolicy.report.html.html_page import MOST_MAPPED
from aipolicy.report.portfolio.drawings import MOST_DRAWN
from aipolicy.report.portfolio.portfolio_report import PortfolioReport
from aipolicy.report.portfolio.portfolio_words import sum_words
from aipolicy.report.portfolio.what_if_points import MOST_FEATURES
from aipolicy.report.terminal.style import Styler
from aipolicy.run.answers_asked import Depth
from aipolicy.value import replace

TAGS = {
    "html", "head", "meta", "title", "style", "script", "body", "a", "header", "h1", "h2", "h3", "p", "nav", "ul", "li",
    "main", "div", "section", "form", "label", "input", "select", "option", "button", "span", "table", "caption", "thead",
    "tbody", "tr", "th", "td", "b", "br", "code", "abbr", "details", "summary", "pre", "article", "footer", "figure", "svg",
    "g", "path", "rect", "text", "tspan", "use", "clippath", "defs",
}  # fmt: skip
ATTRIBUTES = {
    "aria-label", "aria-labelledby", "autocomplete", "charset", "class", "colspan", "content", "data-answer", "data-blocked",
    "data-certainty", "data-feature", "data-key", "data-kind", "data-lifecycle", "data-name", "data-owner", "data-value",
    "clip-path", "d", "fill", "fill-opacity", "font-size", "height", "href", "http-equiv", "stroke", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-width", "text-anchor", "transform", "viewbox", "width",
    "x", "y", "id", "lang", "name", "role", "scope", "tabindex", "title", "type", "value",
}  # fmt: skip


def test_figures_of_every_example_are_those_of_json_and_of_the_terminal() -> None:
    page, report = examples_page(), examples_report()
    rows = page.one("table", id="inventory").one("tbody").all("tr")
    lines = answers_text([row.listed for row in report.rows], width=400, style=Styler()).splitlines()[1:]
    answered = [answering for path in SHOWN for answering in answerings(path)]
    assert len(rows) == len(lines) == len(answered) == len(report.rows)
    for row, line, answering in zip(rows, lines, answered, strict=True):
        name = answering.certain.feature.name
        month, total = (cell for cell in row.all("td", class_="number"))
        way = answering.recommended
        if way is None:
            assert month.text == total.text == ""
            continue
        same = way_object(way, answering.expected)
        assert same is not None
        likely = same["monthly_usd"]["likely"] or same["monthly_usd"]["low"]
        assert round(float(month.attributes["data-value"]), 2) == likely
        figure = month.text.partition("  ")[0]
        assert usd_words(likely) in figure
        assert usd_words(likely) in line, name
        assert usd_words(way.cost.total_usd) in total.text
        section = page.one("article", id=row.attributes["data-feature"])
        drawn = " ".join(cost_page(answering, 120).split())
        ways = section.all("table")[0].one("tbody").all("tr")
        for cells in ([cell.text for cell in each.all("td")] for each in ways[:1]):
            assert " ".join(cells[1:4]).replace(" ", "") in drawn.replace("+", "").replace("=", "").replace(" ", ""), (
                name
            )
            assert cells[4] in drawn


def test_a_feature_has_one_row_and_one_section_that_its_row_leads_to() -> None:
    page = examples_page()
    rows = page.one("table", id="inventory").one("tbody").all("tr")
    links = [row.one("th").one("a").attributes["href"] for row in rows]
    assert links == [f"#{row.attributes['data-feature'].replace('~', '~')}" for row in rows]
    assert [section.attributes["id"] for section in page.all("article")] == [link[1:] for link in links]
    assert len(set(links)) == len(links)


def test_costs_together_are_the_sum_of_those_of_features() -> None:
    report = examples_report()
    words = " ".join(sum_words(report).split())
    assert words in examples_page().one("section", id="costs").text
    costs = [row.cost for row in report.rows if row.cost is not None]
    assert report.together.monthly_usd == pytest.approx(sum(cost.monthly_usd for cost in costs))
    assert report.together.low_usd <= report.together.monthly_usd <= report.together.high_usd
    for shares in (*report.money, *report.concentration):
        assert sum(share.features for share in shares.shares) == len(costs)
        assert sum(share.monthly_usd for share in shares.shares) == pytest.approx(report.together.monthly_usd)
        assert sum(share.of_usd for share in shares.shares) == pytest.approx(1.0)


def test_no_value_of_the_template_is_left_as_it_is() -> None:
    assert not re.search(r"<Macro|<generator|object at 0x|Undefined|\bNone\b", examples_page().text)


def test_ids_are_there_once_and_what_is_pointed_at_is_there() -> None:
    page = examples_page()
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    pointed = [each.attributes["aria-labelledby"] for each in page.all() if "aria-labelledby" in each.attributes]
    pointed += [each.attributes["href"][1:] for each in page.all("a")]
    assert set(pointed) <= set(ids)


def test_whatever_is_declared_stays_text() -> None:
    files = [
        (
            f"svc-{number}/{attack.replace('/', '_')}.aifeature.yaml",
            manifest(f"f{number}", owner=attack, description=attack),
        )
        for number, attack in enumerate(ATTACKS)
    ]
    files += [(f"model-{number}.aifeature.yaml", manifest(f"m{number}") + f"plan: {{model: {quoted(attack)}}}\n")
              for number, attack in enumerate(ATTACKS)]  # fmt: skip
    page = elements(page_of(report_on(files)))
    for element in page.all():
        assert element.name in TAGS, element.name
        assert set(element.attributes) <= ATTRIBUTES, element.attributes
    assert len(page.all("script")) == 2
    assert len(page.all("style")) == 1
    assert all(link.attributes["href"].startswith("#") for link in page.all("a"))
    whole = page.text
    for number, attack in enumerate(ATTACKS[:9]):
        assert page.one("tr", data_feature=f"f-f{number}", data_owner=attack).text.count(" ".join(attack.split())) == 1
        assert whole.count(" ".join(attack.split())) >= 2
    assert not re.search("[\u202e\u0007\u001b\u2028]", whole)
    assert "\\u202egnp.exe" in whole


def test_the_policy_of_the_page_allows_its_own_style_and_scripts_and_nothing_else() -> None:
    page = examples_page()

    def allowed(element: Element) -> str:
        (text,) = element.children
        return f"'sha256-{b64encode(sha256(str(text).encode()).digest()).decode()}'"

    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    early, script = page.all("script")
    assert policy == (
        f"default-src 'none'; style-src {allowed(page.one('style'))}; script-src {allowed(early)} {allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not any({"src", "style", "srcset", "action"} & each.attributes.keys() for each in page.all())
    for part in (page.one("style"), early, script):
        assert not re.search(r"https?:|url\(|@import|eval|innerHTML|fetch\(|XMLHttp|import\(", part.text)


def test_the_same_files_give_the_same_bytes_in_one_process() -> None:
    path = "examples/quickstart/claims-triage/aifeature.yaml"
    assert page_of(report_on_files(path)) == page_of(report_on_files(path))


def test_questions_of_many_features_are_told_once_each() -> None:
    report = report_on_files("examples/quickstart/claims-triage/aifeature.yaml", depth=Depth.FULL)
    assert report.questions is not None
    (row,) = report.rows
    assert row.listed.answer is not None
    changes = row.listed.answer.questions or ()
    assert {question.facts for question in report.questions} == {" and ".join(change.facts) for change in changes}
    assert sum(len(question.leads) for question in report.questions) <= len(changes)
    page = elements(page_of(report))
    summaries = [each.text for each in page.one("section", id="questions").all("summary")]
    assert [text.partition(" :")[0] for text in summaries] == [question.facts for question in report.questions]
    assert "Say first" in [each.text for each in page.one("article").all("h3")]


def test_a_run_that_asks_nothing_says_so() -> None:
    page = elements(page_of(report_on_files("examples/quickstart/claims-triage/aifeature.yaml")))
    assert "aipolicy answers" in page.one("section", id="questions").text


@cache
def drawn_report() -> PortfolioReport:
    """Return a report on ten features with drawings."""
    return report_on_files(*(path for path in SHOWN if "/decisions/" in path or "/quickstart/" in path), is_drawn=True)


@pytest.mark.parametrize(("features", "megabytes"), [(30, 1.5), (1000, 15.0)])
def test_a_page_stays_small_with_everything_that_so_many_features_may_have(features: int, megabytes: float) -> None:
    report = drawn_report() if features <= MOST_DRAWN else examples_report()
    if features <= MOST_FEATURES:
        points = [row.details["what_if"] for row in moving_report().rows]
        moved = [row._replace(details={**row.details, "what_if": points[n % 2]}) for n, row in enumerate(report.rows)]
        report = replace(report, rows=tuple(moved))
    times = -(-features // len(report.rows))
    rows = [row._replace(anchor=f"{row.anchor}-{again}") for again in range(times) for row in report.rows][:features]
    page = page_of(replace(report, rows=tuple(rows)))
    assert len(page.encode()) <= megabytes * 1e6
    assert page.count("<article") == features
    assert ('class="map"' in page) is (features <= MOST_MAPPED)
    assert page.count('class="what-if"') == (features if features <= MOST_FEATURES else 0)


def test_drawings_say_in_words_what_they_show() -> None:
    page, report = elements(page_of(drawn_report())), drawn_report()
    for row in report.rows:
        drawings = page.one("article", id=row.anchor).all("svg", role="img")
        assert len(drawings) == ("curves" in row.details)
        for drawing in drawings:
            words = drawing.attributes["aria-label"]
            assert words == row.details["curves"][1]
            legends = [text.text for text in drawing.all("text")]
            assert all(legend.partition(" (")[0] in words for legend in legends if " on " in legend)
            assert any(text.startswith("today: ") for text in legends)
    (ranges,) = page.one("section", id="costs").all("svg")
    for row in report.rows:
        if row.cost is not None:
            assert f"{row.name} {row.cost.words} ({row.cost.range_words})" in ranges.attributes["aria-label"]
            assert row.name in [text.text for text in ranges.all("text")]


def test_a_page_with_drawings_has_nothing_that_its_policy_forbids_and_is_the_same_again() -> None:
    text = page_of(drawn_report())
    page = elements(text)
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert not any({"style", "xlink:href"} & each.attributes.keys() for each in page.all())
    again = report_on_files("examples/quickstart/claims-triage/aifeature.yaml", is_drawn=True)
    (row,) = [row for row in drawn_report().rows if row.name == "claims-triage"]
    assert again.rows[0].details["curves"] == row.details["curves"]


def test_a_refused_manifest_a_retired_feature_and_no_feature_have_their_places() -> None:
    retired = f"{HEAD}metadata: {{name: old, lifecycle: retired}}\n"
    page = elements(
        page_of(report_on([("a.aifeature.yaml", retired), ("b.aifeature.yaml", HEAD + "metadata: {nam: x}\n")]))
    )
    assert page.one("tr", data_feature="f-old").all("td")[0].text == "retired"
    assert "MAN-003" in page.one("section", id="about").text
    assert elements(page_of(report_on([]))).one("p", class_="lead").text == "No feature was evaluated."


def test_two_features_of_one_name_have_addresses_of_their_own() -> None:
    same = [("a.aifeature.yaml", manifest("same")), ("b.aifeature.yaml", manifest("same"))]
    report = report_on(same)
    assert [row.anchor for row in report.rows] == ["f-same", "f-same~2"]
    elements(page_of(report))


def test_the_decision_record_is_that_of_explain_and_stays_text() -> None:
    report = report_on_files("examples/quickstart/claims-triage/aifeature.yaml", depth=Depth.FULL)
    arguments = ["explain", "claims-triage", "examples/quickstart", "--format", "adr", "--as-of", "2026-11-21"]
    explained = run_here(arguments, ROOT).stdout
    assert report.rows[0].details["record"] in explained
    (shown,) = elements(page_of(report)).all("pre")
    assert shown.text == " ".join(report.rows[0].details["record"].split())
    hostile = [("x.aifeature.yaml", manifest("x", owner=ATTACKS[0]) + f"plan: {{model: {quoted(ATTACKS[1])}}}\n")]
    page = elements(page_of(report_on(hostile, Depth.FULL)))
    assert len(page.all("pre")) == 1
    assert len(page.all("script")) == 2
    assert not page.all("img")


def test_a_run_that_asks_nothing_has_no_record() -> None:
    assert "<pre" not in page_of(report_on_files("examples/quickstart/claims-triage/aifeature.yaml"))
