"""A report on many features in its first words."""

from __future__ import annotations

from aipolicy.report.portfolio.portfolio_report import PortfolioReport
from aipolicy.source.text import quantity

_MOST_ANSWERS = 5


def headline(report: PortfolioReport) -> str:
    """Return in one sentence what to build, what blocks, what it costs, and what to ask first."""
    if not report.rows:
        return "No feature was evaluated."
    few = [f"{answer} {count}" for answer, count in report.answers[:_MOST_ANSWERS]]
    more = len(report.answers) - _MOST_ANSWERS
    answers = ", ".join([*few, f"{more} more"] if more > 0 else few)
    blocked = f"{report.blocked} blocked" if report.blocked else "none blocked"
    costs = f"; {report.together.words} USD a month together" if report.together.features else ""
    asked = f"; ask first: {report.questions[0].facts}" if report.questions else ""
    return f"{quantity(len(report.rows), 'feature')}: {answers}; {blocked}{costs}{asked}."
