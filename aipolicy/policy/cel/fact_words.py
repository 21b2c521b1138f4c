"""The words that facts can hold, and what to write in place of one that a fact never holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.facts.spec import FactSpec, Origin
from aipolicy.policy.cel.within import IN_FULL, derived_of, is_raw_place, knowing_parts
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog

_OF_PLACES = frozenset({"place", "country", "residency"})


class FactWords:
    """The words of the facts of a policy; without a catalog places and classes are words like any other."""

    def __init__(self, specs: Mapping[str, FactSpec], vocabularies: Mapping[str, Sequence[str]],
                 catalog: Catalog | None = None) -> None:  # fmt: skip
        fields = {field.name: field for spec in specs.values() for field in spec.fields}
        self._specs = {**specs, **fields} if fields else specs
        self.vocabularies = vocabularies
        self._catalog = catalog

    def known(self, fact: str) -> Sequence[str]:
        """Return the words that a fact can be, none where it can be any; parts of countries are left out."""
        spec = self._specs.get(fact)
        return () if spec is None else spec.choices or self.vocabularies.get(spec.vocabulary, ())

    def never(self, fact: str, word: str, constant: str = "") -> str:
        """Return that a fact is never a word, of a constant perhaps, and what is meant; empty where it can be."""
        choices = self.known(fact)
        if not choices or word in choices or self._is_part(fact, word):
            return ""
        hint = self._right_place(fact, word, constant) or did_you_mean(word, choices)
        return f"`{fact}` is never `{shown(word)}`{hint}"

    def without_words(self, fact: str) -> str:
        """Return why the words of a fact cannot be what others are checked against; empty where they can."""
        if fact not in self._specs:
            return f"unknown fact `{shown(fact)}`{did_you_mean(fact, self._specs)}"
        return "" if self.known(fact) else f"`{shown(fact)}` can be any text, which checks nothing; remove the key"

    def never_given(self, fact: str, word: str) -> str:
        """Return why an example cannot give a word, and what to give instead; empty where it can."""
        spec, places = self._specs.get(fact), self._catalog.places if self._catalog is not None else None
        if spec is not None and spec.vocabulary == "country" and spec.reads and places is not None:
            meant = places.word_of(word)
            if meant is not None and meant not in places.codes:
                return f"`{fact}` is never `{shown(word)}`, it holds countries; give `{spec.reads[0]}: [{meant}]`"
        return self.never(fact, word)

    def uncomparable(self, fact: str, word: str, constant: str = "") -> str:
        """Return why a word is no use in a comparison with a fact that can hold it, and what to write; else nothing."""
        spec = self._specs.get(fact)
        if spec is None or self._catalog is None:
            return ""
        if is_raw_place(spec):
            return self.uncomparable_list(fact, word, constant)
        if f"{fact}{IN_FULL}" in self._specs and self._is_part(fact, word):
            return f'`{word}` may be meant by its country too; write `within({fact}, "{word}")`'
        if spec.vocabulary == "data-class" and spec.origin is Origin.DECLARED and self._has_kinds(word):
            derived = derived_of(fact, "data-class", self._specs)
            return f'`{fact}` holds classes as they are written, and `{word}` has kinds; write `"{word}" in {derived}`'
        return ""

    def uncomparable_list(self, fact: str, word: str, constant: str = "") -> str:
        """Return which fact to compare in place of one that holds places as people write them; else nothing."""
        spec = self._specs.get(fact)
        if spec is None or not is_raw_place(spec):
            return ""
        if word == "any":
            return f"write `!{fact}_restricted` for `any`"
        places = self._catalog.places if self._catalog is not None else None
        is_part = places is not None and places.is_part(word)
        derived = derived_of(fact, "place" if is_part else "country", self._specs)
        if not word:
            return f"`{fact}` holds places as they are written, groups among them; compare `{derived}`"
        place = (places.word_of(word) if places is not None else None) or word
        return f'`{fact}` holds places as they are written, groups among them; write `within({derived}, "{place}")`'

    def beside(self, fact: str, other: str) -> str:
        """Return which fact to compare in place of one that may hold groups beside a list of countries; else nothing."""
        spec = self._specs.get(other)
        return self.uncomparable_list(fact, "") if spec is not None and spec.vocabulary == "country" else ""

    def _is_part(self, fact: str, word: str) -> bool:
        spec = self._specs.get(fact)
        return (
            spec is not None and spec.vocabulary == "place" and self._catalog is not None
            and self._catalog.places.is_part(word)
        )  # fmt: skip

    def _has_kinds(self, word: str) -> bool:
        assert self._catalog is not None
        return any(word in entry.parents for entry in self._catalog.data_classes.by_id.values())

    def _right_place(self, fact: str, word: str, constant: str) -> str:
        """Return what to write for a place that is called otherwise, or that a fact of countries never holds."""
        spec = self._specs.get(fact)
        if spec is None or self._catalog is None or spec.vocabulary not in _OF_PLACES:
            return ""
        from aipolicy.facts.meant_words import meant_word

        places = self._catalog.places
        meant = meant_word(word, "place", self._catalog)
        if meant is None:
            return ""
        place, is_certain = meant
        if not is_certain:
            return f"; did you mean `{place}`?"
        if spec.vocabulary == "country" and place not in places.codes:
            operand = fact if place in places.groups else next(iter(knowing_parts(self._specs)), fact)
            return f", it holds countries; write `within({operand}, {constant or _quoted(place)})`"
        return f"; write `{place}`" if place != word else ""


def _quoted(word: str) -> str:
    return f'"{word}"'
