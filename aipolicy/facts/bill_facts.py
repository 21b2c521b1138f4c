"""What the bill of today says of a feature in, what is expected of its requests, and what is wrong with the bill, out."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.facts.contradictions import FactProblem
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.facts.spec import Expected
from aipolicy.manifest.todays_bill import BILL, TodaysBill
from aipolicy.value import replace


def known_beside(bill: TodaysBill, known: KnownFacts) -> KnownFacts:
    """Return the facts with what a bill implies in the place of what is expected of lengths elsewhere."""
    if not bill.implied:
        return known
    by_bill = {name: Expected(value, f"as the bill of today implies, `{BILL}`") for name, value in bill.implied}
    return replace(known, expected={**known.expected, **by_bill})


def problems_of_bill(bill: TodaysBill | None) -> Iterator[FactProblem]:
    """Yield what is wrong with what is said of today, so that nothing follows from it."""
    for problem in () if bill is None else bill.problems:
        yield FactProblem(problem.rule_id, problem.message, problem.path, problem.related)


def contradiction_of_bill(bill: TodaysBill | None) -> Iterator[FactProblem]:
    """Yield that the bill is far from what is declared, where it is."""
    problem = None if bill is None else bill.contradiction
    if problem is not None:
        yield FactProblem(problem.rule_id, problem.message, problem.path, problem.related)
