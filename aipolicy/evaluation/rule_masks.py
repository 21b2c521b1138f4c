"""Options by the rules that are violated or undetermined on them, found when somebody asks for a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        if isinstance(each, LegOutcomes) and (way == "violated" or each.is_declared):
            main |= getattr(each.main, way)
            partner |= 0 if each.partner is None else getattr(each.partner, way)
        else:
            found |= getattr(each, way)
    if isinstance(option_set, PairedSet):
        found |= option_set.spread(main) | option_set.having_partner(partner)
    return found


def keeping(option_set: OptionSet, outcomes: Sequence[Outcomes]) -> tuple[int, list[Outcomes]]:
    """Return the options that violate no rule, and what becomes of the rules for these.

    What rests on estimates is found for no other option than those that the other rules leave.
    """
    left = option_set.full & ~union_of(option_set, (o for o in outcomes if not o.is_estimated), "violated")
    of_legs = [o.within(left) if isinstance(o, LegOutcomes) else o for o in outcomes]
    left &= ~union_of(option_set, (o for o in of_legs if isinstance(o, LegOutcomes) and o.is_estimated), "violated")
    every = [o if isinstance(o, LegOutcomes) else o.within(left) for o in of_legs]
    left &= ~union_of(option_set, (o for o in every if not isinstance(o, LegOutcomes) and o.is_estimated), "violated")
    return left, every
