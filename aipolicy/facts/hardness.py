"""How hard it is to make another value of a fact true: to change a plan is easier than to change what data there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from aipolicy.errors import ConfigError
from aipolicy.facts.spec import FactSpec
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown


class Hardness(IntEnum):
    """What has to move for a fact to be another one, the easiest first."""

    PLAN = 0
    """What the team means to do, and does by itself."""
    AGREEMENT = 1
    """What takes somebody's word or a document: contracts, reviews, oversight."""
    BUDGET = 2
    """Money, people and time."""
    DEMAND = 3
    """What users are promised: how fast, how much, how dependable, how the task is set."""
    DATA = 4
    """What data there is, and where it may go."""


_BY_PREFIX: Mapping[str, Hardness] = {
    "plan": Hardness.PLAN, "plan.terms": Hardness.AGREEMENT, "evidence": Hardness.AGREEMENT,
    "oversight": Hardness.AGREEMENT, "disclosure": Hardness.AGREEMENT, "logs": Hardness.AGREEMENT,
    "purpose": Hardness.AGREEMENT, "data.legal_basis": Hardness.AGREEMENT,
    "data.special_category_condition": Hardness.AGREEMENT, "data.parental_consent": Hardness.AGREEMENT,
    "data.criminal_authority": Hardness.AGREEMENT, "security": Hardness.AGREEMENT,
    "decision.legal_ground": Hardness.AGREEMENT,
    "budget": Hardness.BUDGET, "team": Hardness.BUDGET, "data": Hardness.DATA,
}  # fmt: skip
"""By the beginning of a fact's name, the longest that there is; everything else is what users are promised."""


def hardness_of(fact: str) -> Hardness:
    """Return how hard it is to make another value of a fact true."""
    parts = fact.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_BY_PREFIX[name] for name in beginnings if name in _BY_PREFIX), Hardness.DEMAND)


def fixed_facts(names: Iterable[str], specs: Mapping[str, FactSpec], path: str | None) -> frozenset[str]:
    """Return the facts that an organisation lets nobody change: named, or below a section that is named.

    Raises `ConfigError` for a name that is neither; `path` is that of the configuration file.
    """
    fixed: set[str] = set()
    for name in names:
        below = {fact for fact in specs if fact == name or fact.startswith(f"{name}.")}
        if not below:
            sections = {fact.rpartition(".")[0] for fact in specs}
            hint = did_you_mean(name, (*specs, *sections))
            raise ConfigError(f"`recommendation.fixed`: unknown fact or section `{shown(name)}`{hint}", path=path)
        fixed |= below
    return frozenset(fixed)
