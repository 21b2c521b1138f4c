"""Countries and named groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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


def read_places(records: Iterable[Record]) -> Places:
    """Return the places of the catalog files, later files extending earlier ones."""
    codes: set[str] = set()
    aliases: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    pending: list[tuple[Record, tuple[str, ...]]] = []
    aliased: list[tuple[Record, str]] = []
    for file in records:
        for country in file.records("countries"):
            codes.add(country.text("code"))
            country.text("name")
            country.finish()
        for alias in file.records("aliases"):
            aliases[alias.text("alias")] = alias.text("country")
            alias.finish()
            aliased.append((alias, alias.text("country")))
        for group in file.records("groups"):
            members = group.texts("countries")
            groups[group.text("id")] = tuple(sorted(members))
            group.text("name", "")
            read_dated(group)
            group.finish()
            pending.append((group, members))
    for alias, code in aliased:
        if code not in codes:
            alias.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "country")
    for group, members in pending:
        if group.text("id") == ANYWHERE:
            group.mistake(f"`{ANYWHERE}` means every place; name the group differently", "id")
        if group.text("id") in codes:
            group.mistake(f"`{group.text('id')}` is a country code; name the group differently", "id")
        for code in members:
            if code not in codes:
                group.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "countries")
    return Places(frozenset(codes), aliases, groups)
