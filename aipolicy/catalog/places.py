"""Countries and named groups of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping

from aipolicy.catalog.entries import read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

ANYWHERE = "any"
"""The word of a residency that says that nothing restricts it."""


class Places(Frozen):
    """ISO 3166-1 alpha-2 codes, aliases of codes, and groups such as `EU`."""

    codes: frozenset[str]
    aliases: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    country_names: Mapping[str, str]
    """Codes by the folded names of countries, in English and in their own languages."""

    def code_of(self, name: str) -> str | None:
        """Return the country code that a name or code written in any case stands for, or None."""
        folded = fold_country(name)
        code = folded.upper()
        if self.aliases.get(code, code) in self.codes:
            return self.aliases.get(code, code)
        return self.country_names.get(folded)

    def word_of(self, text: str) -> str | None:
        """Return the place that a text means: a group by its word or a country by code or name; None where it is none."""
        group = next((group for group in sorted(self.groups) if group.casefold() == text.strip().casefold()), None)
        return group or self.code_of(text)

    def countries(self, places: Iterable[str]) -> tuple[str, ...]:
        """Return the country codes that the places name together, sorted; unknown places are left out."""
        found: set[str] = set()
        for place in places:
            if place in self.groups:
                found.update(self.groups[place])
            elif self.aliases.get(place, place) in self.codes:
                found.add(self.aliases.get(place, place))
        return tuple(sorted(found))

    def knows(self, place: str) -> bool:
        """Return whether the place is a country, an alias or a group."""
        return place in self.codes or place in self.groups or place in self.aliases

    def residencies(self) -> tuple[str, ...]:
        """Return the words that a residency is made of."""
        return (ANYWHERE, *self.names())

    def names(self) -> tuple[str, ...]:
        """Return everything that can be written as a place, groups first."""
        return (*sorted(self.groups), *sorted(self.codes), *sorted(self.aliases))


def fold_country(name: str) -> str:
    """Return the name of a country as names are compared: case, accents, points and a leading article folded."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in ".'\u2019")
    return " ".join(plain.replace("-", " ").replace(",", " ").split()).removeprefix("the ")


def read_places(records: Iterable[Record]) -> Places:
    """Return the places of the catalog files, later files extending earlier ones."""
    codes: set[str] = set()
    aliases: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    pending: list[tuple[Record, tuple[str, ...]]] = []
    named: list[tuple[Record, str]] = []
    names: dict[str, str] = {}
    for file in records:
        for country in file.records("countries"):
            codes.add(country.text("code"))
            names[fold_country(country.text("name"))] = country.text("code")
            country.finish()
        for section, key, words in (("aliases", "alias", aliases), ("country_names", "name", names)):
            for entry in file.records(section):
                word, code = entry.text(key), entry.text("country")
                words[fold_country(word) if words is names else word] = code
                entry.finish()
                named.append((entry, code))
        for group in file.records("groups"):
            members = group.texts("countries")
            groups[group.text("id")] = tuple(sorted(members))
            group.text("name", "")
            read_dated(group)
            group.finish()
            pending.append((group, members))
    for entry, code in named:
        if code not in codes:
            entry.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "country")
    for group, members in pending:
        _check_group(group, members, codes)
    return Places(frozenset(codes), aliases, groups, names)


def _check_group(group: Record, members: Iterable[str], codes: Collection[str]) -> None:
    if group.text("id") == ANYWHERE:
        group.mistake(f"`{ANYWHERE}` means every place; name the group differently", "id")
    if group.text("id") in codes:
        group.mistake(f"`{group.text('id')}` is a country code; name the group differently", "id")
    for code in members:
        if code not in codes:
            group.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "countries")
