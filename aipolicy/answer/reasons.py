"""Why the recommended way is no simpler: along each axis, what stands against the ways that would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aipolicy.answer.model import Way
from aipolicy.catalog.axes import AXES
from aipolicy.evaluation.conflict import smallest_clash
from aipolicy.evaluation.option_masks import fewest, first_in
from aipolicy.evaluation.ranking import Ranking
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering

_FIXED_BEFORE = ("hosting", "adaptation", "routing", "fallback")
"""The axes in the order in which they are decided: a simpler word is looked at beside the words decided before it."""


class Reason(Frozen):
    """Why a simpler word of an axis is not taken."""

    axis: str
    word: str
    removed_by: tuple[str, ...]
    """The fewest rules of severity error that remove all such ways; empty where some remain."""
    open_by: tuple[str, ...]
    """The rules that are undecided for those that remain, where all of these are open."""
    against: tuple[str, ...]
    """The warnings and notes that count against the best of them and not against what is recommended."""
    total_usd: float | None
    """What the best of them costs over the horizon, None where none remains or it is not known."""
    telling: tuple[tuple[str, int], ...]
    """Those rules, each with an option that shows it: the cheapest of those that come nearest."""


def reasons_of(answering: Answering) -> tuple[Reason, ...]:
    """Return why the recommended way is no simpler, the weightiest axis first; nothing where it is the simplest."""
    recommended = answering.answer.recommended
    return () if recommended is None else tuple(_reasons(answering, recommended))


def clash_of(answering: Answering) -> tuple[tuple[str, int], ...]:
    """Return the rules of a conflict, each with an option that shows it; nothing where something remains."""
    verdict = answering.expected.verdict
    masks = {rule: verdict.removed_by[rule] for rule in verdict.conflict}
    nearest = fewest(verdict.full, verdict.removed_by.values())
    return _telling(answering.recommender.ranking, nearest, masks)


def _reasons(answering: Answering, recommended: Way) -> Iterator[Reason]:
    option_set = answering.expected.candidates
    within = option_set.full
    for axis in _FIXED_BEFORE:
        taken = getattr(recommended, axis)
        for word in AXES[axis].words:
            if word == taken:
                break
            mask = within & option_set.mask_of(f"option.{axis}", frozenset({word}))
            if mask:
                yield _reason(answering, recommended, axis, word, mask)
        within &= option_set.mask_of(f"option.{axis}", frozenset({taken}))


def _reason(answering: Answering, recommended: Way, axis: str, word: str, mask: int) -> Reason:
    verdict, ranking = answering.expected.verdict, answering.recommender.ranking
    best = ranking.first(mask & answering.recommender.pool)
    if best is not None:
        against = tuple(rule for rule in best.against if rule not in recommended.against)
        usd = best.cost.total_usd if best.cost.is_whole else None
        return Reason(axis, word, (), (), against, usd, tuple((rule, best.number) for rule in against))
    removed_by = {rule: removed & mask for rule, removed in verdict.removed_by.items()}
    open_ = mask & verdict.open
    if open_:
        opened = {rule: others & open_ for rule, others in verdict.opened_by.items() if others & open_}
        return Reason(axis, word, (), tuple(opened), (), None, _telling(ranking, open_, opened))
    removed = smallest_clash(removed_by, mask)
    nearest = fewest(mask, removed_by.values())
    telling = _telling(ranking, nearest, {rule: removed_by[rule] for rule in removed})
    return Reason(axis, word, removed, (), (), None, telling)


def _telling(ranking: Ranking, nearest: int, masks: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return each rule with an option that it is about, of those that come nearest where there is one."""
    shown = []
    for rule, mask in sorted(masks.items(), key=lambda item: (-item[1].bit_count(), item[0])):
        options = nearest & mask or mask
        cheapest = ranking.cheapest(options)
        shown.append((rule, first_in(options) if cheapest is None else cheapest.number))
    return tuple(shown)
