"""What if, as a reader moves it: by mouse, keyboard and ear, exact where it says so, and readable without its script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from answer_pages import ROOT
from browsers import chromium
from command_line import run_here
from portfolio_pages import MOVING, moving_report, page_of
from what_if_explained import DAY, explained_rows, plain

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

POSITIONS = 20
NAMES = dict(zip((row.anchor for row in moving_report().rows), MOVING, strict=True))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(moving_report()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(browser: Browser, address: str, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: pytest.fail(f"the console says {message.text}"))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page


def columns(part: Locator) -> dict[str, dict[str, str]]:
    """Return what stands beside each other: by what is declared, the words of each row."""
    heads = [head.strip() for head in part.locator(".beside thead th").all_inner_texts()]
    labels = part.locator(".beside tbody th").all_inner_texts()
    cells = part.locator(".beside tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))"
    )
    return {head: {label: plain(row[place]) for label, row in zip(labels, cells, strict=True)}
            for place, head in enumerate(heads)}  # fmt: skip


def moved(control: Locator, random: Random) -> None:
    """Move a control somewhere else than it stands."""
    control.evaluate(
        """(control, share) => {
        if (control.type === 'range') control.value = String(Math.floor(share * (Number(control.max) + 1)));
        else if (control.type === 'checkbox') control.checked = !control.checked;
        else control.selectedIndex = 1 + Math.floor(share * (control.options.length - 1));
        control.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        random.random(),
    )


def test_what_controls_show_is_what_explain_says_or_is_said_not_to_be(browser: Browser, address: str) -> None:
    random, exact = Random(7), 0
    page = opened(browser, address)
    for _ in range(POSITIONS):
        anchor, path = random.choice(sorted(NAMES.items()))
        page.goto(f"{address.partition('#')[0]}#{anchor}")
        part = page.locator(f"#{anchor} .what-if")
        part.get_by_role("button", name="As declared").click()
        moved(random.choice(part.locator("[data-rows]").all()), random)
        shown, said = columns(part), part.locator(".said").inner_text()
        for declared, rows in shown.items():
            words = "" if declared == "today" else command_of(part, declared)
            assert rows == explained_rows(path, words), declared
        exact += said.endswith("Exact.")
        assert said.endswith("Exact.") is (len(shown) == 2 and "Not exact" not in said and said[:4] == "With"), said
        if "Not exact" in said:
            command = part.locator(".said code").inner_text()
            done = run_here([*shlex.split(command)[1:2], path, *shlex.split(command)[3:], *DAY], ROOT)
            assert done.returncode == 0, done.stderr
    assert 0 < exact < POSITIONS


def command_of(part: Locator, declared: str) -> str:
    """Return the declaration of a column as the table of points has it for a command line."""
    codes = part.locator(".points tbody code").evaluate_all("(codes) => codes.map((code) => code.textContent)")
    (found,) = [code for code in codes if code.replace("--set ", "") == declared]
    return str(found)


def test_two_things_at_once_are_said_not_to_be_evaluated(browser: Browser, address: str) -> None:
    anchor = next(iter(NAMES))
    page = opened(browser, f"{address}#{anchor}")
    part = page.locator(f"#{anchor} .what-if")
    for control in part.get_by_role("switch").all()[:2]:
        control.check()
    assert "together they were not evaluated" in part.locator(".said").inner_text()
    assert part.locator(".said code").inner_text().count("--set ") >= 2
    assert len(columns(part)) == 3
    part.get_by_role("button", name="As declared").click()
    assert list(columns(part)) == ["today"]
    assert part.locator(".said").inner_text().startswith("As declared: ")


def test_keys_move_a_slider_and_it_says_where_it_stands(browser: Browser, address: str) -> None:
    anchor = next(iter(NAMES))
    page = opened(browser, f"{address}#{anchor}")
    slider = page.locator(f"#{anchor}").get_by_role("slider", name="Mean requests a day")
    slider.focus()
    assert slider.get_attribute("aria-valuetext") == "120\u00a0000 requests/day".replace("\u00a0", " ")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert str(slider.get_attribute("aria-valuetext")).replace("\u00a0", " ") == "360 000 requests/day"
    page.keyboard.press("ArrowRight")
    assert "Not exact at" in page.locator(f"#{anchor} .said").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_hears_it_or_sees_little_can_move_it(browser: Browser, address: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    anchor = next(iter(NAMES))
    page = opened(browser, f"{address}#{anchor}", color_scheme=scheme)
    part = page.locator(f"#{anchor} .what-if")
    part.get_by_role("switch").first.check()
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("width", [320, 1024])
def test_a_narrow_window_is_enough_for_what_moves(browser: Browser, address: str, width: int) -> None:
    anchor = next(iter(NAMES))
    page = opened(browser, f"{address}#{anchor}", viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_its_script_every_point_can_be_read(browser: Browser, address: str) -> None:
    page = opened(browser, address, java_script_enabled=False)
    anchor, path = next(iter(NAMES.items()))
    part = page.locator(f"#{anchor} .what-if")
    assert not part.locator("input").first.is_visible()
    part.locator("summary").click()
    rows = part.locator(".points tbody tr")
    assert rows.first.is_visible()
    assert rows.count() == len(moving_report().rows[0].details["what_if"]["points"])
    heads = part.locator(".points thead th").all_inner_texts()[1:]
    assert heads == list(explained_rows(path, ""))


def test_what_moves_is_printed_as_its_points(browser: Browser, address: str, tmp_path: Path) -> None:
    anchor = next(iter(NAMES))
    page = opened(browser, f"{address}#{anchor}")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(f"#{anchor} .points").is_visible()
    assert not page.locator(f"#{anchor} .controls").is_visible()
