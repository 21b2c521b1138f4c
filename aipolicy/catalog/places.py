"""Countries, their subdivisions, and named groups of countries."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from aipolicy.catalog.entries import Dated, layered, read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

ANYWHERE = "any"
"""The word of a residency that says that nothing restricts it."""


class Places(Frozen):
    """ISO 3166-1 alpha-2 codes, aliases of codes, groups such as `EU`, and subdivisions such as `US-CA`."""

    codes: frozenset[str]
    aliases: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    """The countries of each group on the day."""
    country_names: Mapping[str, str]
    """Codes by the folded names of countries, in English and in their own languages."""
    subdivisions: Mapping[str, str]
    """The subdivisions of each country as one text, `A<B` for one that lies in another: few runs ask for any."""
    local_places: Mapping[str, str]
    """Places of the catalog that are smaller than a country, and what each lies in."""
    subdivision_names: Mapping[str, str]
    group_names: Mapping[str, str]
    """Groups by the folded names that mean nothing else."""
    group_hints: Mapping[str, str]
    """Groups by folded words that may well mean them: suggested, never read as the group."""

    def code_of(self, name: str) -> str | None:
        """Return the country code that a name or code written in any case stands for, or None."""
        folded = fold_country(name)
        code = folded.upper()
        if self.aliases.get(code, code) in self.codes:
            return self.aliases.get(code, code)
        return self.country_names.get(folded)

    def word_of(self, text: str) -> str | None:
        """Return the place that a text means: a group, a country or a subdivision; None where it is none."""
        plain, folded = text.strip(), fold_country(text)
        group = next((group for group in sorted(self.groups) if group.casefold() == plain.casefold()), None)
        if group is not None or folded in self.group_names:
            return group or self.group_names[folded]
        part = plain.upper()
        return self.code_of(text) or (part if self.is_part(part) else self.subdivision_names.get(folded))

    def countries(self, places: Iterable[str]) -> tuple[str, ...]:
        """Return the country codes that the places name together, sorted; unknown places are left out."""
        countries: set[str] = set()
        for place in places:
            if place in self.groups:
                countries.update(self.groups[place])
            elif self.aliases.get(place, place) in self.codes:
                countries.add(self.aliases.get(place, place))
            elif self.is_part(place):
                countries.add(self.chain(place)[-1])
        return tuple(sorted(countries))

    def knows(self, place: str) -> bool:
        """Return whether the place is a country, an alias, a group or a subdivision."""
        return place in self.codes or place in self.groups or place in self.aliases or self.is_part(place)

    def is_part(self, place: str) -> bool:
        """Return whether a place is a part of a country, such as `US-CA`."""
        country, dash, code = place.partition("-")
        return place in self.local_places or (bool(dash) and code in self._within(country))

    def chain(self, place: str) -> tuple[str, ...]:
        """Return a place, then what it lies in, up to its country."""
        chain = [place]
        while chain[-1] not in self.codes:
            country, _, code = chain[-1].partition("-")
            outer = self.local_places.get(chain[-1])
            chain.append(outer or "-".join(filter(None, (country, self._within(country)[code]))))
        return tuple(chain)

    def parts(self, place: str) -> tuple[str, ...]:
        """Return every place that lies in a country or a subdivision, sorted."""
        country = place.partition("-")[0]
        below = (*(f"{country}-{code}" for code in self._within(country)), *self.local_places)
        return tuple(sorted(part for part in below if place in self.chain(part)[1:]))

    def has_parts(self, place: str) -> bool:
        """Return whether anything lies in a country or a subdivision."""
        country, _, code = place.partition("-")
        words = self.subdivisions.get(country, "").split()
        if place in self.local_places.values():
            return True
        return any(word.endswith(f"<{code}") for word in words) if code else bool(words)

    def _within(self, country: str) -> dict[str, str]:
        """Return the subdivisions of a country by code, each with the code of what it lies in, empty for the country."""
        pairs = (word.partition("<") for word in self.subdivisions.get(country, "").split())
        return {code: outer for code, _, outer in pairs}

    def residencies(self) -> tuple[str, ...]:
        """Return the words that a residency is made of: a region of a provider is known by its country only."""
        return (ANYWHERE, *self.names())

    def names(self) -> tuple[str, ...]:
        """Return everything that can be written as a place but subdivisions, groups first."""
        return (*sorted(self.groups), *sorted(self.codes), *sorted(self.aliases))


def fold_country(name: str) -> str:
    """Return the name of a country as names are compared: case, accents, points and a leading article folded."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in ".'\u2019")
    return " ".join(plain.replace("-", " ").replace(",", " ").split()).removeprefix("the ")


def read_places(records: Iterable[Record], as_of: date) -> Places:
    """Return the places of the catalog files on a day, later files extending earlier ones."""
    codes: set[str] = set()
    words: dict[str, dict[str, str]] = {"aliases": {}, "country_names": {}}
    groups: list[list[_Group]] = []
    named: list[tuple[Record, str]] = []
    parts = _Parts()
    for file in records:
        for country in file.records("countries"):
            codes.add(country.text("code"))
            words["country_names"][fold_country(country.text("name"))] = country.text("code")
            country.finish()
        for section, key in (("aliases", "alias"), ("country_names", "name")):
            for entry in file.records(section):
                word, code = entry.text(key), entry.text("country")
                words[section][word if section == "aliases" else fold_country(word)] = code
                entry.finish()
                named.append((entry, code))
        groups.append([_read_group(record) for record in file.records("groups")])
        named += parts.read(file)
    for entry, code in named:
        if code not in codes:
            entry.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "country")
    for group in (group for of_file in groups for group in of_file):
        _check_group(group.record, group.countries, codes)
    now = layered(groups, lambda group: group.id, lambda group: group.dated, as_of, strict=False)
    places = Places(
        frozenset(codes), words["aliases"], {group.id: group.countries for group in now}, words["country_names"],
        parts.subdivisions, {place: outer for place, (outer, _) in parts.local.items()}, parts.names,
        {fold_country(group.name): group.id for group in now if group.name},
        {fold_country(word): group.id for group in now for word in group.also},
    )  # fmt: skip
    parts.check(places)
    return places


class _Group(Frozen):
    id: str
    name: str
    countries: tuple[str, ...]
    also: tuple[str, ...]
    dated: Dated
    record: Record


class _Parts:
    """The parts of countries as files give them."""

    def __init__(self) -> None:
        self.subdivisions: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.local: dict[str, tuple[str, Record]] = {}
        self._named: list[tuple[Record, str]] = []

    def read(self, file: Record) -> Iterable[tuple[Record, str]]:
        """Take the parts of a file; return the entries that name a country, with what they name."""
        named = []
        for entry in file.records("subdivisions"):
            country = entry.text("country")
            self.subdivisions[country] = " ".join(
                filter(None, (self.subdivisions.get(country, ""), entry.text("codes")))
            )
            entry.finish()
            named.append((entry, country))
        for entry in file.records("local_places"):
            self.local[entry.text("place")] = entry.text("within"), entry
            self.names[fold_country(entry.text("name"))] = entry.text("place")
            entry.finish()
        for entry in file.records("subdivision_names"):
            self.names[fold_country(entry.text("name"))] = entry.text("subdivision")
            self._named.append((entry, entry.text("subdivision")))
            entry.finish()
        return named

    def check(self, places: Places) -> None:
        """Note what lies in a place that there is not, or is named and is none."""
        for place, (outer, entry) in self.local.items():
            if outer not in places.codes and not places.is_part(outer):
                entry.mistake(f"unknown place `{shown(outer)}`", "within")
            elif not place.startswith(f"{outer.partition('-')[0]}-"):
                entry.mistake(
                    f"`{shown(place)}` must begin with its country, as `{outer.partition('-')[0]}-…`", "place"
                )
        for entry, subdivision in self._named:
            if not places.is_part(subdivision):
                entry.mistake(f"unknown subdivision `{shown(subdivision)}`", "subdivision")


def _read_group(record: Record) -> _Group:
    group = _Group(
        record.text("id"), record.text("name", ""), tuple(sorted(record.texts("countries"))), record.texts("also", ()),
        read_dated(record), record,
    )  # fmt: skip
    record.finish()
    return group


def _check_group(group: Record, members: Iterable[str], codes: Collection[str]) -> None:
    if group.text("id") == ANYWHERE:
        group.mistake(f"`{ANYWHERE}` means every place; name the group differently", "id")
    if group.text("id") in codes:
        group.mistake(f"`{group.text('id')}` is a country code; name the group differently", "id")
    for code in members:
        if code not in codes:
            group.mistake(f"unknown country code `{shown(code)}`{did_you_mean(code, codes)}", "countries")
