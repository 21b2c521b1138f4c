"""What findings were compared with and what came of it, in a few lines for people."""

from __future__ import annotations

from aipolicy.findings.comparison import Comparison, KnownFinding
from aipolicy.source.text import escaped, quantity, shown

MAX_STALE = 5


def comparison_lines(comparison: Comparison) -> tuple[str, ...]:
    """Return what the findings were compared with, how many are new, and which entries of the baseline are stale."""
    sides = []
    if comparison.base:
        sides.append(f"`{shown(comparison.base)}` (merge base {comparison.commit[:12]})")
    if comparison.baseline:
        sides.append(escaped(comparison.baseline))
    counts = f"{comparison.new} new, {comparison.worse} worse, {comparison.unchanged} unchanged"
    if comparison.changed:
        counts += f", {comparison.changed} changed"
    if comparison.waived:
        counts += f", {comparison.waived} newly waived or for longer"
    if comparison.base:
        counts += f", {len(comparison.fixed)} fixed"
    lines = [f"compared with {' and '.join(sides)}: {counts}; only new and worse ones gate"]
    if comparison.gone:
        lines.append(_gone(comparison))
    if comparison.stale:
        lines.append(_stale(comparison))
    if comparison.without_values:
        count = quantity(comparison.without_values, "entry").replace("entrys", "entries")
        verb = "does" if comparison.without_values == 1 else "do"
        lines.append(
            f"note: {count} of {escaped(comparison.baseline)} {verb} not say what decided the violation, so that only the "
            "severity is compared; `--write-baseline` accepts what is found now and writes it down"
        )
    return tuple(lines)


def known_words(known: KnownFinding) -> str:
    """Return a finding that was known before, in words."""
    identity = known.identity
    words = escaped(identity.rule)
    if identity.feature:
        words += f" of {escaped(identity.feature)}"
    return f"{words} at {escaped(identity.path)}" if identity.path else words


def _gone(comparison: Comparison) -> str:
    named = ", ".join(f"`{escaped(name)}`" for name in comparison.gone[:MAX_STALE])
    more = len(comparison.gone) - MAX_STALE
    tail = f" and {more} more" if more > 0 else ""
    verb = "is" if len(comparison.gone) == 1 else "are"
    return (
        f"note: {quantity(len(comparison.gone), 'feature')} of the base {verb} declared nowhere any more, and nothing is "
        f"found there: {named}{tail}"
    )


def _stale(comparison: Comparison) -> str:
    named = [known_words(known) for known in comparison.stale[:MAX_STALE]]
    more = len(comparison.stale) - len(named)
    named += [f"{more} more"] if more else []
    count = "1 entry is" if len(comparison.stale) == 1 else f"{len(comparison.stale)} entries are"
    path = escaped(comparison.baseline)
    return (
        f"note: {count} stale in {path}, no longer found: {'; '.join(named)}; `--write-baseline` removes what is stale"
    )
