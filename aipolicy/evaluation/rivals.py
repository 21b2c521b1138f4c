"""What plans are compared with: the cheapest of the options that remain, and the cheapest on machines of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.evaluation.option_masks import first_in
from aipolicy.options.workload import Rivals, Workload

if TYPE_CHECKING:
    from aipolicy.evaluation.option_groups import Group
    from aipolicy.evaluation.option_set import OptionSet
    from aipolicy.evaluation.verdict import Verdict
    from aipolicy.options.cost_inputs import CostBasis


def rivals_of(candidates: OptionSet, verdict: Verdict, workload: Workload, *, is_certain: bool) -> Rivals:
    """Return the cheapest of the options that remain, and the cheapest on machines of one's own.

    Where only what is certain counts, an option is the cheapest only if it remains whatever else is declared, and if
    nothing that is still unknown could make another one cheaper.
    """
    groups = candidates.groups(("option.hosting", "option.monthly_usd"), workload)
    mask = verdict.remaining if is_certain else verdict.admissible or verdict.remaining
    staying = mask if not is_certain else verdict.admissible if workload.is_complete else 0
    remaining = [(values, group & mask) for values, group in groups if group & mask]
    own = [(values, group) for values, group in remaining if values[0] != "provider-api"]
    return Rivals(_cheapest(candidates, remaining, staying), _cheapest(candidates, own, staying), bool(own))


def _cheapest(candidates: OptionSet, groups: list[Group], staying: int) -> CostBasis | None:
    """Return the basis of the cheapest group, unless an option that may still be removed is as cheap."""
    known = [(usd, mask) for (_, usd), mask in groups if isinstance(usd, float)]
    least = min((usd for usd, _ in known), default=None)
    cheapest = sum(mask for usd, mask in known if usd == least)
    return candidates.cost_basis(first_in(cheapest & staying)) if cheapest & staying else None
