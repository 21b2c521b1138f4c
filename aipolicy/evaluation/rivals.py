"""What plans are compared with: the cheapest of the options that remain, and the cheapest on machines of one's own."""

from __future__ import annotations

from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING

from aipolicy.evaluation.option_masks import first_in
from aipolicy.options.workload import Rivals, Workload

if TYPE_CHECKING:
    from aipolicy.evaluation.option_set import OptionSet
    from aipolicy.evaluation.verdict import Verdict
    from aipolicy.options.cost_inputs import CostInputs

_AT_PROVIDERS = frozenset({"provider-api"})


def rivals_of(candidates: OptionSet, verdict: Verdict, workload: Workload, *, is_certain: bool) -> Rivals:
    """Return the cheapest of the options that remain, and the cheapest on machines of one's own.

    Where only what is certain counts, an option is the cheapest only if it remains whatever else is declared, and if
    nothing that is still unknown could make another one cheaper.
    """
    remaining = verdict.remaining if is_certain else verdict.admissible or verdict.remaining
    staying = remaining if not is_certain else verdict.admissible if workload.is_complete else 0
    own = remaining & ~candidates.mask_of("option.hosting", _AT_PROVIDERS)
    cheapest, own_cheapest = (_cheapest(candidates, workload, mask, staying & mask) for mask in (remaining, own))
    return Rivals(cheapest, own_cheapest, bool(own))


def _cheapest(candidates: OptionSet, workload: Workload, mask: int, staying: int) -> CostInputs | None:
    """Return the cost inputs of the cheapest option of a mask, unless only options that may still be removed are as cheap.

    A partner adds to the cost of a main leg or adds nothing, so that main legs that cost more by themselves than the
    cheapest found so far are not looked at.
    """
    if not staying:
        return None
    running = candidates.estimator(workload).running
    alone = [(cost[0], inputs, legs) for inputs, cost, _, legs in candidates.mains.monthly_costs(workload) if cost]
    alone.sort(key=itemgetter(0))
    least = inf
    cheapest = dict[int, int]()
    """Main legs by slot."""
    for slot, part in candidates.slices(mask):
        for usd_alone, inputs, legs in alone:
            if usd_alone > least:
                break
            cost = running.of(candidates.inputs_beside(inputs, slot)) if part & legs else None
            if cost is not None and cost[0] <= least:
                if cost[0] < least:
                    least = cost[0]
                    cheapest.clear()
                cheapest[slot] = cheapest.get(slot, 0) | part & legs
    numbers = [
        candidates.number_of(first_in(part & cheapest[slot]), slot)
        for slot, part in candidates.slices(staying)
        if part & cheapest.get(slot, 0)
    ]
    return candidates.cost_inputs(min(numbers)) if numbers else None
