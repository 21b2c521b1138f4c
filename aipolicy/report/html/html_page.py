"""A report in, one HTML page out that needs nothing else: no network, no other file, no script but its own.

Whatever text stands in it is escaped by the template library, and its content security policy allows the one style and the
two scripts of the page by their hashes, and nothing else.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

from aipolicy import __version__
from aipolicy.catalog.axes import HOSTINGS
from aipolicy.errors import UsageError
from aipolicy.findings.finding import Outcome
from aipolicy.frameworks.states import WORDS
from aipolicy.report.answer_words import HOSTINGS as HOSTING_WORDS
from aipolicy.report.answer_words import usd_words
from aipolicy.report.explain.framework_page import NO_ADVICE
from aipolicy.report.html.inline_svg import inline_svg
from aipolicy.report.portfolio.drawings import ranges_of
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.report.portfolio.portfolio_report import PortfolioReport, title_of
from aipolicy.report.portfolio.portfolio_words import LINES, headline, percent, place, spoken_words, sum_words
from aipolicy.report.portfolio.rule_states import LETTERS
from aipolicy.report.ways_table import WAYS_HEAD
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped, grouped, quantity

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MOST_MAPPED = 150
"""Features up to which the map has a row for each; beyond, rules say of how many features they are about."""
MOST_TRACED = 3_000
"""Rules, of all features together, up to which each is shown with its values; beyond, those of which there is
something to say."""
STEPS = 4
"""Steps of a slider from one point to the next."""
_PARTS = os.path.join(os.path.dirname(__file__), "page")
_LIBRARIES = ("jinja2", "matplotlib")
_IN_NUMBERS = regex(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_LOUD = frozenset({Outcome.VIOLATED.value, Outcome.UNDECLARED.value, Outcome.UNDETERMINED.value})
_COLUMNS = (
    ("feature", "Feature", ""), ("answer", "What to build", ""), ("certainty", "Certainty", ""),
    ("usd", "USD a month", "number"), ("total", "USD over the horizon", "number"), ("blocks", "What blocks", "counted"),
    ("question", "Ask first", ""),
)  # fmt: skip


def render_html(report: PortfolioReport) -> Iterator[str]:
    """Yield the page piece by piece; `require_libraries` comes first."""
    environment = _environment(report)
    from markupsafe import Markup

    style, early, script = _part("report.css"), _part("early.js"), _part("report.js")
    if any(row.details.get("what_if") for row in report.rows):
        script += _part("what_if.js")
    page = environment.get_template("report.html.jinja")
    yield from page.generate(
        **_words(report), version=__version__, policy=_content_policy(style, early, script), style=Markup(style),
        early=Markup(early), script=Markup(script), columns=_COLUMNS, filters=_filters(report.rows),
        letters={state.value: letter for state, letter in LETTERS.items()},
        state_words={state.value: words for state, words in WORDS.items()}, loud=_LOUD, ways_head=WAYS_HEAD,
        hostings=tuple(HOSTING_WORDS[hosting] for hosting in HOSTINGS), steps=STEPS,
        no_advice=NO_ADVICE,
    )  # fmt: skip
    yield "\n"


def _words(report: PortfolioReport) -> dict[str, Any]:
    """Return the report with what is said of it in words, and how much of it the page has room for."""
    return {
        "report": report, "headline": headline(report), "together": sum_words(report), "first_lines": LINES[:2],
        "lines": LINES[2:], "ranges": ranges_of(report.rows), "most_mapped": MOST_MAPPED,
        "traces_all": len(report.rows) * len(report.rules) <= MOST_TRACED,
    }  # fmt: skip


def require_libraries() -> None:
    """Raise `UsageError` where a library is missing that a page needs, before anything is worked out for it."""
    for name in _LIBRARIES:
        try:
            import_module(name)
        except ImportError:
            raise UsageError(f"a page needs {name}; install it with `pip install 'aipolicy[report]'`") from None


def _environment(report: PortfolioReport) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_PARTS), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip

    def title(rule: str) -> str:
        return title_of(rule, report.rules)

    environment.filters |= {
        "coded": _coded, "drawn": _drawn, "place": place, "title_of": title, "usd": usd_words, "grouped": grouped,
        "quantity": quantity, "percent": percent, "spoken": spoken_words,
    }  # fmt: skip
    return environment


def _part(name: str) -> str:
    """Return a part of the page as it is shipped, on every system with the same line ends."""
    with open(os.path.join(_PARTS, name), encoding="utf-8") as file:
        return file.read()


def _content_policy(style: str, *scripts: str) -> str:
    """Return a policy that allows this style and these scripts, and nothing else."""
    allowed = " ".join(map(_hash, scripts))
    return f"default-src 'none'; style-src {_hash(style)}; script-src {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _coded(text: str) -> Markup:
    """Return text with what stands between backticks as code, and nothing of it as markup; no line breaks in a number."""
    from markupsafe import Markup, escape

    pieces = _IN_NUMBERS.sub("\xa0", escaped(text)).split("`")
    is_paired = len(pieces) % 2 == 1
    marked = [
        Markup("<code>{}</code>").format(piece) if number % 2 and is_paired else escape(piece)
        for number, piece in enumerate(pieces)
    ]
    return Markup("" if is_paired else "`").join(marked)


def _drawn(drawing: Sequence[str]) -> Markup:
    """Return a drawing as an element of the page: its SVG, and the words that stand for it."""
    from markupsafe import Markup

    svg, words = drawing
    return Markup(inline_svg(svg, escaped(words)))


def _filters(rows: Iterable[FeatureRow]) -> dict[str, Any]:
    """Return the words that features can be chosen by, each once and in order."""
    listed = tuple(rows)
    words = {
        "owner": (row.owner for row in listed),
        "lifecycle": (row.listed.feature.lifecycle for row in listed),
        "answer": (row.answer for row in listed),
        "certainty": (row.certainty for row in listed),
        "blocked": ("yes" if row.blocks else "no" for row in listed),
    }
    return {name: sorted({word for word in texts if word}) for name, texts in words.items()}
