"""Reports on many features made without a command line, and what stands in a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, partial
from html.parser import HTMLParser

from answer_pages import ROOT, SHOWN, WEIGHING

from aipolicy.config.scope import SOME_FEATURES
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.report.html.html_page import render_html
from aipolicy.report.portfolio.feature_details import feature_details
from aipolicy.report.portfolio.portfolio_report import PortfolioReport, portfolio_report
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.run.remembered_files import check_remembered
from aipolicy.run.result_memory import ResultMemory

DAY = date(2026, 11, 21)
MOVING = ("examples/quickstart/claims-triage/aifeature.yaml", "examples/decisions/checkr.aifeature.yaml")
VOID = {"meta", "input", "br"}
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
ATTACKS = (
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onclick='alert(1)",
    "</style><style>*{display:none}</style>", "<!--", "-->", "]]>", "javascript:alert(1)", "&lt;b&gt;", "&#60;b>",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "`<b>`", "``", "`", "<a href=//evil.example>x</a>", "\u202egnp.exe",
    "\u0007\u001b[31m", "\u2028",
)  # fmt: skip
"""Text that is markup, script, template or a command somewhere."""


@cache
def shipped_policy() -> Policy:
    """Return the shipped policy as of the day of golden files."""
    return load_policy(PolicySettings(as_of=DAY))


def report_on(
    files: Iterable[tuple[str, str]],
    depth: Depth = Depth.BRIEF,
    policy: Policy | None = None,
    *,
    is_drawn: bool = False,
    what_if: frozenset[str] = frozenset(),
) -> PortfolioReport:
    """Return the report on manifests, each a path and its text; `what_if` names the features that move."""
    manifests = [ManifestFile(path, text.encode(), named=True) for path, text in files]
    asked = AnswersAsked(WEIGHING.margin_percent, WEIGHING.horizon_months, depth, depth)
    result = check_remembered(
        manifests,
        policy or shipped_policy(),
        SOME_FEATURES,
        ResultMemory(None, ""),
        asked=asked,
        detailed=partial(feature_details, is_drawn=is_drawn, what_if=what_if),
    )
    return portfolio_report(result, WEIGHING.horizon_months)


def report_on_files(
    *paths: str, depth: Depth = Depth.BRIEF, is_drawn: bool = False, what_if: frozenset[str] = frozenset()
) -> PortfolioReport:
    """Return the report on manifests of this repository, named from its root."""
    files = [(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths]
    return report_on(files, depth, is_drawn=is_drawn, what_if=what_if)


@cache
def moving_report() -> PortfolioReport:
    """Return the report on two features that a reader can ask what if of."""
    return report_on_files(*MOVING, what_if=frozenset({"claims-triage", "checkr-hard-charges"}))


def page_of(report: PortfolioReport) -> str:
    """Return the page."""
    return "".join(render_html(report))


class Element:
    """An element of a page with what is in it."""

    def __init__(self, name: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """Return the text in it, white space as one space."""
        return " ".join(
            "".join(child if isinstance(child, str) else f" {child.text} " for child in self.children).split()
        )

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """Return the elements in it of a name and with attributes; `class` is written `class_`, dashes as underscores."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if name in ("", child.name) and wanted.items() <= child.attributes.items():
                    found.append(child)
                found += child.all(name, **attributes)
        return found

    def one(self, name: str = "", **attributes: str) -> Element:
        """Return the only such element."""
        (element,) = self.all(name, **attributes)
        return element


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute of {tag} twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag: str) -> None:
        assert self.at.name == tag, f"{self.at.name} ended by {tag}"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def elements(page: str) -> Element:
    """Return the page as a tree; every element that begins ends where it should."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.at is reader.root, f"{reader.at.name} does not end"
    return reader.root


@cache
def examples_report() -> PortfolioReport:
    """Return the report on every manifest of the examples."""
    return report_on_files(*SHOWN)


@cache
def examples_page() -> Element:
    """Return the page of it."""
    return elements(page_of(examples_report()))


def manifest(name: str, **metadata: str) -> str:
    """Return a manifest with these words below `metadata`."""
    lines = "".join(f"  {key}: {quoted(value)}\n" for key, value in metadata.items())
    return f"{HEAD}metadata:\n  name: {name}\n{lines}data: {{classes: [internal], residency: [US]}}\n"


def quoted(text: str) -> str:
    """Return text as a scalar of YAML."""
    safe = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in text)
    return f'"{safe}"'
