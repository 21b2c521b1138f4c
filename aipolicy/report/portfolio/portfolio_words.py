"""A report on many features in words that every form of it has alike."""

from __future__ import annotations

from aipolicy.findings.finding import Finding
from aipolicy.report.answer_words import usd_words
from aipolicy.report.portfolio.clause_coverage import CoveredFramework
from aipolicy.report.portfolio.portfolio_report import PortfolioReport
from aipolicy.report.ways_table import short_usd
from aipolicy.source.text import escaped, quantity

_MOST_ANSWERS = 5

LINES = (
    ("Your plan", "plan"), ("Why", "why"), ("What ends the conflict", "ends"), ("Say first", "questions"),
    ("To do", "to_do"), ("Measure", "measure"), ("Look up", "gaps"), ("It holds", "holds"), ("To get there", "migration"),
)  # fmt: skip
"""The lists of a feature in their order, each with its title and its name in what `feature_details` makes."""


def headline(report: PortfolioReport) -> str:
    """Return in one sentence what to build, what blocks, what it costs, and what to ask first."""
    if not report.rows:
        return "No feature was evaluated."
    few = [f"{answer} {count}" for answer, count in report.answers[:_MOST_ANSWERS]]
    more = len(report.answers) - _MOST_ANSWERS
    answers = ", ".join([*few, f"{more} more"] if more > 0 else few)
    blocked = f"{report.blocked} blocked" if report.blocked else "none blocked"
    costs = f"; {report.together.words} USD a month together" if report.together.features else ""
    question = f"; ask first: {report.questions[0].facts}" if report.questions else ""
    return f"{quantity(len(report.rows), 'feature')}: {answers}; {blocked}{costs}{question}."


def sum_words(report: PortfolioReport) -> str:
    """Return what all features cost together, a month and over the horizon, and what of it is not known."""
    together = report.together
    if not together.features:
        return "Nothing is recommended, so there is nothing to add up."
    parts = f"{usd_words(together.running_usd)} running + {usd_words(together.people_usd)} people"
    ends = f"{short_usd(together.low_usd)} and {short_usd(together.high_usd)}"
    unknown = (
        f" Of {quantity(together.in_part, 'feature')} a part of the cost is not known." if together.in_part else ""
    )
    return (
        f"{quantity(together.features, 'feature')} built as recommended: {together.words} USD a month at the volume of "
        f"today ({parts}), between {ends} if all of them lie at the low or the high end of their ranges; "
        f"{together.total_words} USD over {report.horizon_months:g} months, with building and growth.{unknown}"
    )


def spoken_words(framework: CoveredFramework) -> str:
    """Return a framework with how much of it rules speak of."""
    more = ", and it has more that are not listed" if framework.is_partial else ""
    spoken = f"rules speak of {len(framework.clauses)} of {framework.total} clauses{more}"
    return f"{framework.id} ({framework.name}): {spoken}"


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{share * 100.0:.0f} %"


def place(finding: Finding) -> str:
    """Return the file of a finding with its line, where it has one."""
    span = finding.span_of(finding.place)
    file = escaped(finding.file)
    return file if span is None else f"{file}:{span.start.line}"
