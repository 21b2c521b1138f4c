"""The legs that a plan names one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen

LEGS = "plan.legs"
MAIN, FALLBACK, ESCALATION = ROLES = ("main", "fallback", "escalation")
LEG_KEYS = ("adaptation", "hosting", "provider", "model", "machine", "region")
"""What says which leg it is."""
TERMS, MEASURED = SAID_OF_LEGS = ("terms", "measured")
"""What is agreed and was measured of a leg, in the place of what the plan says of them."""
CLASSES, PLACES = ROUTED_BY = ("data.classes", "data.subject_regions")
"""What requests are routed by."""
SHARE = "share"
SHORT_FORM = ("adaptation", "hosting", "provider", "model", "region", "fallback", "fallback_provider",
              "fallback_region", "routing")  # fmt: skip
"""What the plan says of its legs where it does not name them one by one."""

PLAN = ("plan",)
LEGS_PATH: DocumentPath = ("plan", "legs")
BUDGETS = ("budget.monthly_usd", "budget.upfront_usd")
"""What holds for all requests together, so that a route has its share of it."""

Declared = Mapping[str, PlainValue]


class PlannedLeg(Frozen):
    """One leg of a plan, and where it stands."""

    index: int
    role: str
    says: Mapping[str, PlainValue]
    is_routed: bool
    """Whether it says when it answers; else it answers what takes no other route."""
    routed_by: str
    """What tells its requests apart; both names where it names both, which no request can be told by."""
    words: tuple[str, ...]
    share: float | None
    terms: Mapping[str, PlainValue]
    measured: Mapping[str, PlainValue]

    @property
    def path(self) -> DocumentPath:
        """Return where the leg is declared."""
        return (*LEGS_PATH, self.index)

    @property
    def route(self) -> tuple[str, tuple[str, ...]]:
        """Return what tells the route from others."""
        return self.routed_by, self.words


def read_legs(declared: Declared) -> tuple[PlannedLeg, ...]:
    """Return the legs that a conforming plan names."""
    entries = declared[LEGS]
    return tuple(_read(index, entry) for index, entry in enumerate(entries if isinstance(entries, list) else ()))


def _read(index: int, entry: PlainValue) -> PlannedLeg:
    leg = entry if isinstance(entry, dict) else {}
    when = leg.get("when")
    route = when if isinstance(when, dict) else {}
    routed_by = " and ".join(name for name in ROUTED_BY if name in route)
    words = route.get(routed_by)
    share = route.get(SHARE)
    return PlannedLeg(
        index, str(leg.get("role")), {key: leg[key] for key in LEG_KEYS if key in leg}, "when" in leg, routed_by,
        tuple(sorted(map(str, words))) if isinstance(words, list) else (),
        float(share) if isinstance(share, int | float) else None, *(_mapping(leg.get(key)) for key in SAID_OF_LEGS),
    )  # fmt: skip


def _mapping(value: PlainValue) -> Mapping[str, PlainValue]:
    return value if isinstance(value, dict) else {}


def shares_of(legs: Iterable[PlannedLeg]) -> dict[tuple[str, tuple[str, ...]], float | None]:
    """Return the share of every route, None where it says none."""
    return {leg.route: leg.share for leg in legs if leg.routed_by}


def by_route(legs: Iterable[PlannedLeg]) -> dict[tuple[str, tuple[str, ...]], list[PlannedLeg]]:
    """Return the legs of every route."""
    legs_by_route: dict[tuple[str, tuple[str, ...]], list[PlannedLeg]] = {}
    for leg in legs:
        legs_by_route.setdefault(leg.route, []).append(leg)
    return legs_by_route
