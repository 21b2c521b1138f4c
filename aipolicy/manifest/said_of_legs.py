"""What is agreed for the legs of a route and was measured of them, as rules read it of the route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aipolicy.manifest.plan_legs import MEASURED, TERMS, PlannedLeg
from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath

LOWER, HIGHER = WORSE = ("lower", "higher")
"""Which of two values of a term agrees to less."""
_RETENTION = "retention_days"
_TERMS, _MEASURED = f"plan.{TERMS}.", f"plan.{MEASURED}."


Said = tuple[dict[str, PlainValue], dict[DocumentPath, DocumentPath]]
"""What is declared, and where what stands elsewhere is written."""


def said_of(legs: Sequence[PlannedLeg], declared: dict[str, PlainValue],
            worse: Mapping[str, str] = MappingProxyType({})) -> Said:  # fmt: skip
    """Return what is declared of a route whose legs, the main one first, have terms or measurements of their own; and where.

    A rule asks of a route what holds on every leg: a term is agreed only if it is agreed for each, and not known where one
    leg does not say it and the plan does not either. The longest retention counts, and of a term that a pack adds what it
    says to be `worse`; where legs differ in another one it is not known either.
    """
    facts = {name: value for name, value in declared.items() if not name.startswith(_TERMS)}
    at: dict[DocumentPath, DocumentPath] = {}
    of_plan = {name.removeprefix(_TERMS): value for name, value in declared.items() if name.startswith(_TERMS)}
    for term in dict.fromkeys(key for terms in (of_plan, *(leg.terms for leg in legs)) for key in terms):
        statements = [(leg.terms.get(term, of_plan.get(term)), leg) for leg in legs]
        stated = [(value, leg) for value, leg in statements if value is not None]
        refused = [pair for pair in stated if pair[0] is False]
        if not refused and (len(stated) < len(statements) or _differs(term, stated, worse)):
            continue
        value, leg = (refused or sorted(stated, key=_comparable, reverse=worse.get(term) != LOWER))[0]
        facts[_TERMS + term] = value
        if term in leg.terms:
            at[("plan", TERMS, term)] = (*leg.path, TERMS, term)
    main = legs[0]
    if main.measured:
        facts = {name: value for name, value in facts.items() if not name.startswith(_MEASURED)}
        facts |= {_MEASURED + field: value for field, value in main.measured.items()}
        at |= {("plan", MEASURED, field): (*main.path, MEASURED, field) for field in main.measured}
        at[("plan", MEASURED)] = (*main.path, MEASURED)
    return facts, at


def _differs(term: str, known: Sequence[tuple[PlainValue, PlannedLeg]], worse: Mapping[str, str]) -> bool:
    """Return whether legs say of a term what cannot be put in an order."""
    return term != _RETENTION and term not in worse and any(value != known[0][0] for value, _ in known)


def _comparable(said: tuple[PlainValue, PlannedLeg]) -> tuple[float, str]:
    """Return what tells the order of values: numbers, and days as text."""
    value = said[0]
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    return number, value if isinstance(value, str) else ""
