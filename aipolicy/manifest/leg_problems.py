"""The legs of a plan in, what contradicts what in them out, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.manifest.plan_legs import (
    BUDGETS,
    CLASSES,
    ESCALATION,
    LEGS,
    LEGS_PATH,
    MAIN,
    MEASURED,
    PLACES,
    PLAN,
    ROLES,
    ROUTED_BY,
    SHARE,
    SHORT_FORM,
    Declared,
    PlannedLeg,
    by_route,
    shares_of,
)
from aipolicy.source.span import DocumentPath, Part
from aipolicy.source.text import shown
from aipolicy.value import Frozen

_ROUNDING = 1e-9


class LegProblem(Frozen):
    """What is wrong with the legs of a plan: where, and where what it clashes with stands."""

    message: str
    path: DocumentPath
    related: tuple[tuple[DocumentPath, str], ...] = ()
    part: Part = "value"


def problems_of(legs: Sequence[PlannedLeg], declared: Declared) -> Iterator[LegProblem]:
    """Yield what is wrong with the legs of a plan beside what a manifest declares."""
    for key in SHORT_FORM:
        if f"plan.{key}" in declared:
            message = f"`plan.{key}` is declared beside `{LEGS}`; say it of the leg that it is about"
            yield LegProblem(message, (*PLAN, key), ((LEGS_PATH, "the legs"),))
    if not any(leg.role == MAIN for leg in legs):
        yield LegProblem(f"`{LEGS}` has no leg of the role `{MAIN}`", LEGS_PATH, part="key")
        return
    yield from list(_wrong_routes(legs, declared)) or list(_wrong_roles(legs)) or _unanswered(legs, declared)


def _wrong_routes(legs: Sequence[PlannedLeg], declared: Declared) -> Iterator[LegProblem]:
    first: dict[str, PlannedLeg] = {}
    by = next((leg.routed_by for leg in legs if leg.routed_by), "")
    for leg in (leg for leg in legs if leg.is_routed):
        path = (*leg.path, "when")
        if leg.routed_by not in ("", *ROUTED_BY):
            yield LegProblem(f"routed by {leg.routed_by} at once; route by one of them", path)
            continue
        if not leg.words:
            message = f"a route without a class: say which `{CLASSES}`, or which `{PLACES}`, take it"
            yield LegProblem(message, path)
            continue
        if leg.routed_by != by:
            yield LegProblem(f"routed by `{leg.routed_by}`, and another leg by `{by}`; route by one of them", path)
            continue
        if by not in declared:
            yield LegProblem(f"routed by `{by}`, which is not declared; declare `{by}`", path)
            continue
        declared_words = declared[by]
        for place, word in enumerate(leg.words):
            if isinstance(declared_words, list) and word not in declared_words:
                message = f"routed by `{shown(word)}`, which `{by}` does not hold"
                yield LegProblem(message, (*path, by, place), (((*by.split("."),), "declared here"),))
            other = first.setdefault(word, leg)
            if other.route != leg.route:
                message = f"`{shown(word)}` takes two routes; name it in one"
                yield LegProblem(message, path, (((*other.path, "when"), "the other route"),))


def _wrong_roles(legs: Sequence[PlannedLeg]) -> Iterator[LegProblem]:
    for route in by_route(legs).values():
        of_role: dict[str, PlannedLeg] = {}
        for leg in route:
            first = of_role.setdefault(leg.role, leg)
            if first is not leg:
                message = f"a second `{leg.role}` leg for the same requests; say `when` it answers, or remove it"
                yield LegProblem(message, (*leg.path, "role"), (((*first.path, "role"), "the first"),))
            elif not leg.says:
                message = f"the `{leg.role}` leg says nothing of itself; name its `hosting`, `provider` or `model`"
                yield LegProblem(message, leg.path)
            if leg.measured and leg.role != MAIN:
                message = f"what was measured of a `{leg.role}` replaces no estimate; measure the `{MAIN}` leg"
                yield LegProblem(message, (*leg.path, MEASURED), part="key")
        yield from _wrong_partners(of_role)
        shares = {leg.share for leg in route}
        if len(shares) > 1:
            yield LegProblem(f"the legs of a route have one `{SHARE}`", (*route[-1].path, "when", SHARE))


def _wrong_partners(of_role: Mapping[str, PlannedLeg]) -> Iterator[LegProblem]:
    main, fallback, escalation = (of_role.get(role) for role in ROLES)
    if main is None:
        leg = next(iter(of_role.values()))
        yield LegProblem(f"no `{MAIN}` leg takes these requests; name one with the same `when`", leg.path)
        return
    here = ((main.path, f"the `{MAIN}` leg"),)
    if fallback is not None and escalation is not None:
        message = f"the far side of an `{ESCALATION}` is the fallback as well; leave one of both out"
        yield LegProblem(message, fallback.path, ((escalation.path, f"the `{ESCALATION}`"),))
    if fallback is not None and fallback.says and fallback.says == main.says:
        yield LegProblem(
            f"the fallback is the `{MAIN}` leg itself, and fails with it; name another", fallback.path, here
        )
    if escalation is not None and escalation.says and escalation.says == main.says:
        message = f"hard cases go round in a loop, back to the `{MAIN}` leg; name another"
        yield LegProblem(message, escalation.path, here)


def _unanswered(legs: Sequence[PlannedLeg], declared: Declared) -> Iterator[LegProblem]:
    """Yield what no route takes, what is left for none, and shares that do not add up."""
    by = next((leg.routed_by for leg in legs if leg.routed_by), "")
    if not by:
        return
    routed = {word for leg in legs for word in leg.words}
    declared_words = declared[by]
    rest = [word for word in declared_words if word not in routed] if isinstance(declared_words, list) else []
    others = [leg for leg in legs if not leg.routed_by]
    if not others:
        words = f"requests with {', '.join(f'`{shown(str(word))}`' for word in rest)}" if rest else "all other requests"
        yield LegProblem(f"no leg answers {words}; name a `{MAIN}` leg without `when`", LEGS_PATH, part="key")
    elif not rest:
        message = f"every `{by}` takes a route of its own, and nothing is left for the legs without `when`"
        yield LegProblem(message, others[0].path)
    shares = shares_of(legs)
    if sum(share for share in shares.values() if share is not None) >= 1.0 - _ROUNDING:
        last = next(leg for leg in reversed(legs) if leg.share is not None)
        yield LegProblem(f"the routes take all requests, or more than there are; `{SHARE}` must leave some",
                         (*last.path, "when", SHARE))  # fmt: skip
    budget = next((name for name in BUDGETS if not isinstance(declared.get(name), str | None)), None)
    if budget is not None and None in shares.values():
        leg = next(leg for leg in legs if leg.routed_by and leg.share is None)
        message = f"`{budget}` holds for all routes together; say which `{SHARE}` of the requests takes this one"
        yield LegProblem(message, (*leg.path, "when"), (((*budget.split("."),), "declared here"),))
