"""A smallest set of constraints that together leave nothing."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.evaluation.option_masks import first_in


def smallest_clash(removed_by: Mapping[str, int], full: int) -> tuple[str, ...]:
    """Return the ids of a smallest set of constraints whose removed options cover everything, sorted; empty if none.

    Exact: an option that few constraints remove decides which of them must be in the set.
    """
    union = 0
    for mask in removed_by.values():
        union |= mask
    if union != full or not full:
        return ()
    masks = _without_dominated(removed_by)
    for size in range(1, len(masks) + 1):
        clash = _cover(full, masks, size)
        if clash is not None:
            return tuple(sorted(clash))
    return ()


def _without_dominated(removed_by: Mapping[str, int]) -> dict[str, int]:
    """Leave out a constraint whose removed options another one removes as well."""
    masks: dict[str, int] = {}
    for name, mask in sorted(removed_by.items(), key=lambda item: (-item[1].bit_count(), item[0])):
        if mask and not any(mask & other == mask for other in masks.values()):
            masks[name] = mask
    return masks


def _cover(uncovered: int, masks: Mapping[str, int], size: int) -> tuple[str, ...] | None:
    if not uncovered:
        return ()
    if size == 0 or max((mask & uncovered).bit_count() for mask in masks.values()) * size < uncovered.bit_count():
        return None
    option = 1 << first_in(uncovered)
    for name, mask in masks.items():
        if mask & option:
            rest = _cover(uncovered & ~mask, masks, size - 1)
            if rest is not None:
                return (name, *rest)
    return None
