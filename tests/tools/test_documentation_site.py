"""The documentation site: what is wrong is told, every page has its place, a browser fetches nothing from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from browsers import chromium

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import documentation_site
from documentation_site import build, misplaced, navigation, pages

NAV = '{ "Home" = "README.md" }, { "Rules" = "docs/packs/" }'
SITE = {
    "README.md": "# ours\n\n[a pack](docs/packs/gdpr.md#rules) and [its schema](schemas/x.json)\n",
    "docs/packs/gdpr.md": "# Pack `gdpr` 1.0.0\n\n## Rules\n\n[one](gdpr/A-1.md)\n",
    "docs/packs/gdpr/A-1.md": "# A-1 a-rule\n\n`a | b`\n",
    "schemas/x.json": "{}\n",
}


def settings(nav: str = NAV) -> str:
    rest = documentation_site.SETTINGS.read_text(encoding="utf-8").partition("\n]\n")[2]
    return f'[project]\nsite_name = "ours"\nuse_directory_urls = false\nnav = [{nav}]\n{rest}'


def repository(folder: Path, **changed: str) -> Path:
    for name, text in {**SITE, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def wrong_with(tmp_path: Path, nav: str = NAV, **changed: str) -> list[str]:
    return build(tmp_path / "built", settings(nav), repository(tmp_path / "ours", **changed))


def test_pages_and_what_they_lead_to_are_the_site(tmp_path: Path) -> None:
    assert wrong_with(tmp_path) == []
    site = tmp_path / "built" / "site"
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert built == {"404.html", "index.html", "docs/packs/gdpr.html", "docs/packs/gdpr/A-1.html"}
    assert (site / "schemas" / "x.json").read_text(encoding="utf-8") == "{}\n"


@pytest.mark.parametrize(
    ("readme", "told"),
    [
        ("[a](docs/nowhere.md)", ["page does not exist", "README.md:3:5"]),
        ("[a](docs/packs/gdpr.md#nowhere)", ["anchor does not exist", "README.md:3:"]),
        ("[a](#nowhere)", ["anchor does not exist"]),
        ("[a](schemas/nowhere.json)", ["README.md: a link to `schemas/nowhere.json`, which is no file"]),
        ("[a](schemas)", ["README.md: a link to `schemas`, which is no file"]),
        ("[a](../outside.json)", ["README.md: a link to `../outside.json`, which is no file of the repository"]),
        ("<script src='https://example.org/x.js'></script>", ["index.html: would fetch <script src='https://example.org"]),
        ('<img alt="x" src="//example.org/x.png">', ["index.html: would fetch <img"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_is_told(tmp_path: Path, readme: str, told: list[str]) -> None:
    (tmp_path / "outside.json").write_text("{}", encoding="utf-8")
    wrong = "\n".join(wrong_with(tmp_path, **{"README.md": f"# ours\n\n{readme}\n"}))
    assert [words for words in told if words not in wrong] == []
    assert "\x1b" not in wrong
    assert "Traceback" not in wrong


def test_settings_that_cannot_be_used_are_no_success(tmp_path: Path) -> None:
    assert build(tmp_path / "built", "[project]\nnav = []\n", repository(tmp_path / "ours")) != []


@pytest.mark.parametrize(
    ("nav", "told"),
    [
        (NAV, []),
        ('{ "Home" = "README.md" }, { "Pack" = "docs/packs/gdpr.md" }', ["docs/packs/gdpr/A-1.md: not in the navigation"]),
        (f'{NAV}, {{ "Gone" = "docs/gone.md" }}', ["docs/gone.md: in the navigation, and no page"]),
        (f'{NAV}, {{ "More" = [{{ "Again" = "README.md" }}] }}', ["README.md: twice in the navigation"]),
    ],
)  # fmt: skip
def test_every_page_has_one_place(tmp_path: Path, nav: str, told: list[str]) -> None:
    root = repository(tmp_path)
    entries = navigation(documentation_site.tomllib.loads(settings(nav))["project"]["nav"], root)
    assert list(misplaced(entries, pages(root))) == told


def test_a_page_beside_the_folder_of_its_name_begins_what_is_in_it(tmp_path: Path) -> None:
    assert navigation([{"Rules": "docs/packs/"}], repository(tmp_path)) == [
        {"Rules": [{"gdpr": [{"Overview": "docs/packs/gdpr.md"}, {"A-1 a-rule": "docs/packs/gdpr/A-1.md"}]}]}
    ]


def test_every_page_of_this_repository_has_one_place() -> None:
    text = documentation_site.SETTINGS.read_text(encoding="utf-8")
    entries = navigation(documentation_site.tomllib.loads(text)["project"]["nav"])
    assert list(misplaced(entries, pages())) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_fetches_nothing_from_elsewhere(tmp_path: Path, scheme: str) -> None:
    assert wrong_with(tmp_path) == []
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_context(color_scheme=scheme).new_page()  # type: ignore[arg-type]
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "built" / "site" / "index.html").as_uri())
        page.get_by_role("link", name="a pack").click()
        page.wait_for_selector("h1:has-text('gdpr')")
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (dark, light) == (scheme == "dark", scheme == "light")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
