"""The axes that a plan leaves open, as far as they tell options that break a rule from the others."""

from __future__ import annotations

from aipolicy.evaluation.option_set import OptionSet

AXES: tuple[tuple[str, str], ...] = (
    ("plan.hosting", "option.hosting"),
    ("plan.adaptation", "option.adaptation"),
    ("plan.provider", "option.provider"),
    ("plan.region", "option.region"),
    ("plan.model", "option.model"),
    ("plan.fallback", "option.fallback"),
    ("plan.routing", "option.routing"),
)
"""What a partial plan can leave open, in the order in which it is most useful to decide."""


def deciding_axes(option_set: OptionSet, violated: int) -> tuple[tuple[str, str], ...]:
    """Return the axes that a plan leaves open and that tell the violating options from the others."""
    others = option_set.full & ~violated
    open_axes = []
    for fact, attribute in AXES:
        bad, good = set(option_set.distinct(attribute, violated)), set(option_set.distinct(attribute, others))
        if len(bad | good) > 1:
            if not bad & good:
                return ((fact, attribute),)
            open_axes.append((fact, attribute))
    return tuple(open_axes)


def way_out(option_set: OptionSet, relevant: int) -> tuple[str, ...]:
    """Return the axis of a plan along which some word keeps clear of the relevant options; nothing where none does."""
    others = option_set.full & ~relevant
    for fact, attribute in AXES:
        if set(option_set.distinct(attribute, others)) - set(option_set.distinct(attribute, relevant)):
            return (fact,)
    return ()
