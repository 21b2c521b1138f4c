"""An evaluated condition in, the lines that show it and its parts out."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.authoring.evaluated_condition import EvaluatedPart
from aipolicy.facts.value_text import shown_value
from aipolicy.policy.cel.expressions import Truth
from aipolicy.report.terminal.condition_values import one_line
from aipolicy.report.terminal.style import shortened
from aipolicy.source.text import escaped

_WORDS = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)
_INDENT = 2


def condition_text(feature: str, parts: Sequence[EvaluatedPart], width: int) -> str:
    """Return each part with its truth, and below it the values of what it alone reads."""
    lines = [escaped(feature)]
    for number, part in enumerate(parts):
        space = " " * (_INDENT * (part.depth + 1))
        lines.append(f"{space}{_truths(part)}  {escaped(one_line(part.text))}")
        is_leaf = number + 1 == len(parts) or parts[number + 1].depth <= part.depth
        values = part.values if is_leaf else ()
        lines += (
            shortened(f"{space}  {escaped(name)} = {shown_value(value)}", width) for name, value in values
        )  # fmt: skip
        lines += [f"{space}  {escaped(part.error)}"] if part.error else []
    return "\n".join(lines) + "\n"


def _truths(part: EvaluatedPart) -> str:
    """Return the truth of a part; where ways differ, on how many it has which."""
    ways = [(truth.value, part.ways[truth]) for truth in _WORDS if truth in part.ways]
    return ways[0][0] if len(ways) == 1 else ", ".join(f"{word} on {count}" for word, count in ways)
