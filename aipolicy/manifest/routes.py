"""A plan that names its legs in, features with one main leg and at most one partner each out.

Requests may take several routes: by the class of data that they carry, or by where the people are whom they are about.
Each route is a feature of its own, with its own legs and the facts of its requests, and is evaluated by itself; the legs
without `when` answer the rest, under the name of the feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy.manifest.leg_problems import LegProblem, problems_of
from aipolicy.manifest.plan_legs import (
    BUDGETS,
    ESCALATION,
    FALLBACK,
    LEG_KEYS,
    LEGS,
    MAIN,
    PLACES,
    PLAN,
    Declared,
    PlannedLeg,
    by_route,
    read_legs,
    shares_of,
)
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen, replace

_COUNTED = ("volume.requests_per_day", "volume.requests_per_day_in_12_months", "current.monthly_usd")


class Requests(Frozen):
    """Those that take one route: what is added to the name of the feature, and what is declared of them."""

    suffix: str
    declared: Declared
    document: Document


class Route(Frozen):
    """The legs of one route."""

    main: PlannedLeg
    partner: PlannedLeg | None

    @property
    def legs(self) -> tuple[PlannedLeg, ...]:
        """Return the main leg, and its partner where it has one."""
        return (self.main,) if self.partner is None else (self.main, self.partner)


def parts_of(
    document: Document, declared: Declared, extensions: str = ""
) -> tuple[tuple[Requests, ...], tuple[LegProblem, ...]]:
    """Return the parts of a feature, one for each route of its plan; none where the legs are wrong, with what is.

    `declared` is what the manifest declares by dotted path, the legs of its plan included; `extensions` what packs add.
    """
    legs = read_legs(declared)
    problems = tuple(problems_of(legs, declared))
    if problems:
        return (), problems
    routes = tuple(_routes(legs))
    rest = {name: value for name, value in declared.items() if name != LEGS}
    return tuple(_part(route, routes, rest, document, extensions) for route in routes), ()


def _routes(legs: Iterable[PlannedLeg]) -> Iterator[Route]:
    """Yield the routes, the rest first."""
    legs_by_route = by_route(legs)
    for route in sorted(legs_by_route):
        of_role = {leg.role: leg for leg in legs_by_route[route]}
        yield Route(of_role[MAIN], of_role.get(ESCALATION) or of_role.get(FALLBACK))


def _part(route: Route, routes: Sequence[Route], declared: Declared, document: Document, extensions: str) -> Requests:
    facts = {**declared, **_short_form(route)}
    at = _written_at(route)
    if any(leg.terms or leg.measured for leg in route.legs):
        # NOTE: few legs have terms of their own.
        from aipolicy.manifest.conformance import worse_of_terms
        from aipolicy.manifest.said_of_legs import said_of

        facts, said_at = said_of(route.legs, facts, worse_of_terms(extensions))
        at |= said_at
    by = next((other.main.routed_by for other in routes if other.main.routed_by), "")
    if by:
        facts |= _requests(route, routes, by, declared)
    suffix = ":" + "+".join(route.main.words) if route.main.words else ""
    return Requests(suffix, facts, replace(document, written_at=at))


def _short_form(route: Route) -> dict[str, PlainValue]:
    """Return what a plan in the short form would declare, and what only legs say."""
    main, partner = route.main, route.partner
    facts: dict[str, PlainValue] = {f"plan.{key}": value for key, value in main.says.items()}
    if partner is None:
        return {**facts, "plan.fallback": "none", "plan.routing": "single"}
    facts |= {f"plan.fallback_{key}": value for key, value in partner.says.items()}
    facts["plan.routing"] = "cascade" if partner.role == ESCALATION else "single"
    if "hosting" in partner.says:
        facts["plan.fallback"] = fallback_of(str(partner.says["hosting"]))
    return facts


def fallback_of(hosting: str) -> str:
    """Return the word for a fallback of a hosting."""
    return hosting if hosting == "provider-api" else "self-hosted"


def _requests(route: Route, routes: Sequence[Route], by: str, declared: Declared) -> dict[str, PlainValue]:
    """Return what is declared of the requests of one route.

    A request with data of a class that has a route may carry every other class too; what takes no route carries none of
    those that have one. Without shares each route is evaluated as if all requests took it.
    """
    routed = {word for other in routes for word in other.main.words}
    declared_words = declared[by]
    words = list(declared_words) if isinstance(declared_words, list) else []
    facts: dict[str, PlainValue] = {}
    if not route.main.words:
        facts[by] = [word for word in words if word not in routed]
    elif by == PLACES:
        facts[by] = list(route.main.words)
    shares = shares_of(other.main for other in routes)
    taken = [share for share in shares.values() if share is not None]
    if len(taken) < len(shares):
        return facts
    share = route.main.share if route.main.share is not None else 1.0 - sum(taken)
    return facts | {name: _times(declared[name], share) for name in (*_COUNTED, *BUDGETS) if name in declared}


def _times(value: PlainValue, share: float) -> PlainValue:
    if isinstance(value, dict):
        return {key: _times(part, share) for key, part in value.items()}
    return value * share if isinstance(value, int | float) else value


def _written_at(route: Route) -> dict[DocumentPath, DocumentPath]:
    """Return where in the document stands what a short form would declare."""
    main, partner = route.main.path, route.partner.path if route.partner is not None else route.main.path
    places: dict[DocumentPath, DocumentPath] = {(*PLAN, key): (*main, key) for key in LEG_KEYS}
    places |= {(*PLAN, f"fallback_{key}"): (*partner, key) for key in LEG_KEYS}
    return places | {(*PLAN, "fallback"): (*partner, "hosting"), (*PLAN, "routing"): (*partner, "role")}
