"""A word that a vocabulary does not have, the one that is meant out, and whether nothing else can be meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.places import ANYWHERE, fold_country
from aipolicy.source.suggest import certain_match, folded_word, misspelt, nearest

_EVERYWHERE = frozenset({"anywhere", "worldwide", "global", "no-restriction", "unrestricted"})
_MOST_BEGUN = 4
"""Letters from which the beginning of a word stands for it."""


def meant_word(word: str, vocabulary: str, catalog: Catalog) -> tuple[str, bool] | None:
    """Return the word that is meant and whether it is certain; None where several may be, or none.

    Certain is only what is the same word written otherwise, or a slip that no other word is near to: a correction
    without asking must never change what a manifest says.
    """
    if vocabulary in ("place", "residency"):
        return _meant_place(word, catalog, allows_any=vocabulary == "residency")
    words = catalog.vocabulary(vocabulary)
    meant = _by_word(_also(vocabulary, catalog)).get(folded_word(word))
    if meant is not None:
        return meant, False
    slip = misspelt(word, words)
    if slip is not None:
        return slip, certain_match(word, words) == (slip, True)
    begun = nearest(word, words) if len(word) >= _MOST_BEGUN else None
    return (begun, False) if begun is not None and folded_word(begun).startswith(folded_word(word)) else None


def _meant_place(word: str, catalog: Catalog, *, allows_any: bool) -> tuple[str, bool] | None:
    places = catalog.places
    place = places.word_of(word)
    if place is not None and allows_any and places.is_part(place):
        return places.chain(place)[-1], False  # NOTE: residency is kept by countries.
    if place is not None:
        return place, True
    if allows_any and folded_word(word) in _EVERYWHERE:
        return ANYWHERE, False
    hinted = places.group_hints.get(fold_country(word))
    if hinted is not None:
        return hinted, False
    names = {**places.country_names, **{group.casefold(): group for group in places.groups}}
    slip = misspelt(word, names)
    near = names[slip] if slip is not None else nearest(word, places.groups)
    return (near, False) if near is not None else None


def _also(vocabulary: str, catalog: Catalog) -> Iterable[tuple[str, tuple[str, ...]]]:
    if vocabulary == "data-class":
        return ((entry.id, entry.also) for entry in catalog.data_classes.by_id.values())
    if vocabulary == "task-type":
        return ((entry.id, entry.also) for entry in catalog.task_types.values())
    return ()


def _by_word(also: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    return {folded_word(word): name for name, words in also for word in words}
