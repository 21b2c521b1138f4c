"""What is agreed for the legs of a route and was measured of them, as rules read it of the route."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.manifest.plan_legs import MEASURED, TERMS, PlannedLeg
from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath

_TERMS, _MEASURED = f"plan.{TERMS}.", f"plan.{MEASURED}."


def said_of(legs: Sequence[PlannedLeg],
            declared: dict[str, PlainValue]) -> tuple[dict[str, PlainValue], dict[DocumentPath, DocumentPath]]:  # fmt: skip
    """Return what is declared of a route whose legs, the main one first, have terms or measurements of their own; and where.

    A rule asks of a route what holds on every leg: a term is agreed only if it is agreed for each, and not known where one
    leg does not say it and the plan does not either. The longest retention counts.
    """
    found = {name: value for name, value in declared.items() if not name.startswith(_TERMS)}
    at: dict[DocumentPath, DocumentPath] = {}
    of_plan = {name.removeprefix(_TERMS): value for name, value in declared.items() if name.startswith(_TERMS)}
    for term in dict.fromkeys(key for terms in (of_plan, *(leg.terms for leg in legs)) for key in terms):
        said = [(leg.terms.get(term, of_plan.get(term)), leg) for leg in legs]
        known = [(value, leg) for value, leg in said if value is not None]
        refused = [each for each in known if each[0] is False]
        if not refused and len(known) < len(said):
            continue
        value, leg = (refused or sorted(known, key=_least_agreed, reverse=True))[0]
        found[_TERMS + term] = value
        if term in leg.terms:
            at[("plan", TERMS, term)] = (*leg.path, TERMS, term)
    main = legs[0]
    if main.measured:
        found = {name: value for name, value in found.items() if not name.startswith(_MEASURED)}
        found |= {_MEASURED + field: value for field, value in main.measured.items()}
        at |= {("plan", MEASURED, field): (*main.path, MEASURED, field) for field in main.measured}
        at[("plan", MEASURED)] = (*main.path, MEASURED)
    return found, at


def _least_agreed(said: tuple[PlainValue, PlannedLeg]) -> float:
    """Return what the least favourable of several terms has most of: days for which data are kept."""
    value = said[0]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
