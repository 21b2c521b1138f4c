"""What rules take, as text: the most expensive ones with their conditions, in counts."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.rule_tests.evaluation_costs import RuleCost
from aipolicy.source.text import grouped, quantity, shown

_SHOWN = 10
_CONDITIONS = 3
_LONGEST = 90


def profile_text(costs: Sequence[RuleCost]) -> str:
    """Return the rules that take most, each with the conditions that do, and how many more there are."""
    total = sum(cost.evaluations for cost in costs)
    lines = [f"{quantity(len(costs), 'rule')}, {grouped(float(total))} evaluations of conditions, most first"]
    for cost in costs[:_SHOWN]:
        share = f" ({100 * cost.evaluations / total:.0f} %)" if total else ""
        counted = [quantity(cost.parts, "part"), quantity(cost.examples, "example")]
        counted += [quantity(cost.mutants, "mutant")] if cost.mutants else []
        lines.append(f"{cost.rule.id}: {grouped(float(cost.evaluations))} evaluations{share}, {', '.join(counted)}")
        for condition in cost.conditions[:_CONDITIONS]:
            place = f"{cost.rule.defined_at.rpartition(':')[0]}:{condition.line.number}"
            counts = f"{grouped(float(condition.evaluations))}, {quantity(condition.parts, 'part')}"
            lines.append(f"  {shown(place)}: {counts}: {_short(condition.line.text)}")
        if len(cost.conditions) > _CONDITIONS:
            lines.append(f"  and {quantity(len(cost.conditions) - _CONDITIONS, 'condition')} more")
    if len(costs) > _SHOWN:
        rest = sum(cost.evaluations for cost in costs[_SHOWN:])
        lines.append(f"and {quantity(len(costs) - _SHOWN, 'rule')} more with {grouped(float(rest))} evaluations")
    return "\n".join(lines) + "\n"


def _short(text: str) -> str:
    written = shown(text)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
