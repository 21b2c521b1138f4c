"""By how much the cost of a feature may differ: an amount of USD a month, or a share of what it was."""

from __future__ import annotations

from math import inf, isfinite

from aipolicy.changes.diff import Diff, FeatureChange
from aipolicy.changes.state import MonthlyCost
from aipolicy.errors import UsageError
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple, replace

_PERCENT = "%"


class CostThreshold(NamedTuple):
    """A difference of costs: at least one of the two is None."""

    usd: float | None
    percent: float | None

    def is_passed(self, before: float, after: float) -> bool:
        """Return whether a cost rose by more."""
        more = after - before
        if self.usd is not None:
            return more > self.usd
        return more > before * (self.percent or 0.0) / 100.0


def read_threshold(text: str, option: str) -> CostThreshold:
    """Return a threshold as it is written: `500` is USD a month, `10%` a share; raises `UsageError`."""
    try:
        number = float(text.removesuffix(_PERCENT))
    except ValueError:
        number = inf
    if not isfinite(number) or number < 0.0:
        raise UsageError(f"`{option}` takes USD a month such as 500, or a share such as 10%, found `{shown(text)}`")
    return CostThreshold(None, number) if text.endswith(_PERCENT) else CostThreshold(number, None)


def raised(diff: Diff, threshold: CostThreshold) -> tuple[FeatureChange, ...]:
    """Return the features of both sides whose cost rises by more; one that was known and is not known any more may."""
    return tuple(change for change in diff.features if _is_raised(change, threshold))


def without_small_costs(diff: Diff, threshold: CostThreshold) -> Diff:
    """Return the diff with costs that differ by no more as if they did not differ."""
    return replace(diff, features=tuple(_without_small_cost(change, threshold) for change in diff.features))


def says_something(diff: Diff) -> bool:
    """Return whether anything changed for a feature or a manifest."""
    return bool(diff.broken or diff.repaired) or any(change.changed for change in diff.features)


def _without_small_cost(change: FeatureChange, threshold: CostThreshold) -> FeatureChange:
    before, after = (None if side is None else side.cost for side in (change.before, change.after))
    if not change.cost_cause or before is None or after is None or before.complete is not after.complete:
        return change
    if any(threshold.is_passed(*ends) for ends in (*_ends(before, after), *_ends(after, before))):
        return change
    return replace(change, cost_cause="", cost_parts=())


def _is_raised(change: FeatureChange, threshold: CostThreshold) -> bool:
    if change.before is None or change.after is None or change.before.cost is None:
        return False
    before, after = change.before.cost, change.after.cost
    if after is None or (before.complete and not after.complete):
        return True
    return any(threshold.is_passed(*ends) for ends in _ends(before, after))


def _ends(before: MonthlyCost, after: MonthlyCost) -> tuple[tuple[float, float], tuple[float, float]]:
    return (before.low_usd, after.low_usd), (before.high_usd, after.high_usd)
