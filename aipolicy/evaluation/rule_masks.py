"""Options by the rules that are violated or undetermined on them, found when somebody asks for a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from aipolicy.evaluation.option_masks import union
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import LegOutcomes, Outcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.slots import NO_PARTNER


class RuleMasks(Mapping[str, int]):
    """For each rule the options to which it comes in one of some ways; rules without such options are left out."""

    def __init__(self, option_set: OptionSet, outcomes: Iterable[tuple[str, Outcomes]], ways: tuple[str, ...]) -> None:
        self._option_set = option_set
        self._ways = ways
        self._judged = tuple(outcomes)
        self._known: dict[str, int] = {}

    @cached_property
    def _outcomes(self) -> dict[str, Outcomes]:
        return {rule: each for rule, each in self._judged if any(map(each.is_some, self._ways))}

    def __getitem__(self, rule: str) -> int:
        if rule not in self._known:
            outcomes = self._outcomes[rule]
            self._known[rule] = union(getattr(outcomes, way) for way in self._ways)
        return self._known[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._outcomes)

    def __len__(self) -> int:
        return len(self._outcomes)

    def with_every_partner(self, rule: str) -> int:
        """Return the main legs for which a rule comes to that with whatever partner, and with none."""
        paired, outcomes = self._option_set, self._outcomes[rule]
        if isinstance(paired, PairedSet) and isinstance(outcomes, LegOutcomes) and NO_PARTNER in paired.slots[:1]:
            # NOTE: without a partner a rule on legs comes to what it comes to for the main leg.
            return union(getattr(outcomes.main, way) for way in self._ways) & paired.mains.full
        return paired.legs_of(paired.full) & ~paired.legs_of(paired.full & ~self[rule])


def union_of(option_set: OptionSet, outcomes: Iterable[Outcomes], way: str) -> int:
    """Return the options to which any of some rules comes in one way."""
    main = partner = found = 0
    for each in outcomes:
        # NOTE: what is undetermined for one leg is undeclared where another one wants a declaration.
        if isinstance(each, LegOutcomes) and (way == "violated" or not each.wants_declaration):
            main |= getattr(each.main, way)
            partner |= 0 if each.partner is None else getattr(each.partner, way)
        else:
            found |= getattr(each, way)
    if isinstance(option_set, PairedSet):
        found |= option_set.spread(main) | option_set.having_partner(partner)
    return found
