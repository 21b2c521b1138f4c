"""The page as a reader has it: in a browser, by mouse or keyboard, light, dark, printed, without script, heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from answer_pages import SHOWN
from browsers import chromium
from portfolio_pages import ATTACKS, manifest, page_of, report_on, report_on_files

from aipolicy.run.answers_asked import Depth
from aipolicy.value import replace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATHS = tuple(path for path in SHOWN if path.startswith("examples/decisions"))
FEATURE = "#f-claims-triage"
PLACES = ("", "#q=triage", FEATURE, "#f-clause-extraction")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a page with features, one of which was asked what would change its answer."""
    asked = report_on_files("examples/quickstart/claims-triage/aifeature.yaml", depth=Depth.FULL, is_drawn=True)
    others = report_on_files(*PATHS)
    path = tmp_path_factory.mktemp("page") / "report.html"
    whole = replace(asked, rows=(*asked.rows, *others.rows), rules=others.rules)
    path.write_text(page_of(whole), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(browser: Browser, address: str, **options: Any) -> Page:
    """Return the page in a window of its own, which fails on whatever it complains of, asks for, or runs."""
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: pytest.fail(f"the console says {message.text}"))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog says {dialog.message}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert [url.partition("#")[0] for url in asked] == [address.partition("#")[0]]
    return page


def shown_rows(page: Page) -> list[str]:
    return page.locator("#inventory tbody tr:visible th a").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_stands_in_the_way_of_those_who_hear_it_or_see_little(
    browser: Browser, address: str, place: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, address + place, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("width", [320, 1024, 2560])
def test_only_tables_are_wider_than_a_window(browser: Browser, address: str, width: int) -> None:
    for place in PLACES:
        page = opened(browser, address + place, viewport={"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


def test_search_filters_and_order_are_kept_in_the_address(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    everything = shown_rows(page)
    page.get_by_label("Search").fill("own cloud")
    page.get_by_label("Certainty").select_option("expected")
    page.get_by_role("button", name="USD a month").click()
    kept = shown_rows(page)
    assert 0 < len(kept) < len(everything)
    assert page.locator("#count").inner_text() == f"{len(kept)} of {len(everything)} features"
    costs = [float(each.get_attribute("data-value") or 0.0)
             for each in page.locator("#inventory tbody tr:visible td:nth-child(4)").all()]  # fmt: skip
    assert costs == sorted(costs, reverse=True)
    assert page.locator("#map-rows tr:visible").count() == len(kept)
    again = opened(browser, page.url)
    assert shown_rows(again) == kept
    assert again.get_by_label("Search").input_value() == "own cloud"
    again.get_by_role("button", name="Show all").click()
    assert shown_rows(again) == everything
    assert "#" not in again.url


def test_each_column_is_ordered_by_what_stands_in_it_and_back(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    before = shown_rows(page)
    page.get_by_role("button", name="Feature").click()
    assert shown_rows(page) == sorted(before)
    page.get_by_role("button", name="Feature").click()
    assert shown_rows(page) == sorted(before, reverse=True)
    assert page.locator("th[data-key=feature]").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Feature").click()
    assert shown_rows(page) == before
    page.get_by_role("button", name="What blocks").click()
    assert shown_rows(page)[0] == "claims-triage"


def test_a_keyboard_is_enough(browser: Browser, address: str) -> None:
    page = opened(browser, address)

    def focused() -> str:
        return str(page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")).strip()

    page.keyboard.press("Tab")
    assert focused() == "To the features"
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused() == "q":
            break
    page.keyboard.type("triage")
    assert shown_rows(page) == ["claims-triage"]
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused() == "claims-triage":
            break
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'f-claims-triage-head'")
    assert page.locator("article:visible").count() == 1
    assert not page.locator("#inventory").is_visible()
    page.keyboard.press("Shift+Tab")
    assert focused() == "All features"
    page.keyboard.press("Enter")
    page.wait_for_selector("#inventory", state="visible")
    assert shown_rows(page) == ["claims-triage"]
    assert "q=triage" in page.url


def test_printed_it_is_all_there(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.emulate_media(media="print")
    articles = page.locator("article")
    assert articles.count() > 5
    assert all(each.is_visible() for each in articles.all())
    assert not page.locator("#filters").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_without_its_script_it_says_the_same(browser: Browser, address: str) -> None:
    page = opened(browser, address, java_script_enabled=False)
    assert page.locator("article:visible").count() == page.locator("#inventory tbody tr").count()
    assert not page.locator("#filters").is_visible()


def test_what_is_declared_runs_nothing_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    files = [
        (f"a{number}.aifeature.yaml", manifest(f"f{number}", owner=attack)) for number, attack in enumerate(ATTACKS)
    ]
    path = tmp_path / "hostile.html"
    path.write_text(page_of(report_on(files)), encoding="utf-8")
    page = opened(browser, path.as_uri())
    for number in (0, 3, 7):
        page.locator("select[name=owner]").select_option(index=number + 1)
        assert len(shown_rows(page)) >= 1
    page.goto(f"{path.as_uri()}#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&owner=%22%3E%3Csvg")
    page.goto(f"{path.as_uri()}#f-f0")
    page.goto(f"{path.as_uri()}#%E0%A4%A")
    assert page.locator("#inventory").is_visible()


def test_the_browser_holds_the_page_to_its_policy(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.evaluate(
        """() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'https://example.invalid/x.png';
        document.body.append(image);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert len([text for text in complaints if "Content Security Policy" in text]) == 2
