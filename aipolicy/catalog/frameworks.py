"""Frameworks of controls, with every id that a rule may name, and what is said of those that no rule speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean, folded_word
from aipolicy.source.text import shown
from aipolicy.value import Frozen, NamedTuple

_BETWEEN = regex(r"[,;] | with | and ")
"""What stands between the parts of a clause."""


class Unspoken(NamedTuple):
    """Controls of which no rule can speak, and why not."""

    controls: tuple[str, ...]
    why: str


class Framework(Frozen):
    """A law or a standard whose parts have ids."""

    id: str
    name: str
    controls: tuple[str, ...]
    """Their ids, in the order of the framework."""
    dated: Dated
    instruments: tuple[str, ...] = ()
    """What rules name as their basis where their clauses are those of the framework."""
    packs: tuple[str, ...] = ()
    """The shipped packs whose rules speak of it."""
    cited_as: tuple[str, ...] = ()
    """Words that stand before an id where it is cited, such as `Art.`."""
    is_partial: bool = False
    """Whether it has more parts than the ids that are listed."""
    unspoken: tuple[Unspoken, ...] = ()

    def controls_in(self, clause: str) -> tuple[str, ...]:
        """Return the ids that a clause names, in its order: `Art. 50(2), 111(4)` names 50 and 111."""
        return _controls_in(clause, self.controls, self.cited_as)

    def controls_below(self, word: str) -> tuple[str, ...]:
        """Return the ids that a word names, whatever its case, or that begin with it: `GOVERN 1` names `GOVERN 1.1`.

        Parts of an id are no ids: `26(1)` names nothing where only `26` is listed.
        """
        folded = folded_word(word)
        return tuple(
            control for control in self.controls if _control_at_start(folded_word(control), (folded,)) is not None
        )

    def control_above(self, word: str) -> str | None:
        """Return the id of which a word names a part: `26` of `26(1)`; None where it names no part of any."""
        folded = {folded_word(control): control for control in self.controls}
        above = _control_at_start(folded_word(word), tuple(folded))
        return None if above is None else folded[above]

    def why_unspoken(self, control: str) -> str:
        """Return why no rule can speak of a control; empty where nothing is said of that."""
        return next((entry.why for entry in self.unspoken if control in entry.controls), "")


def unknown_framework(name: str, known: Collection[str]) -> str:
    """Return what to say of a framework that is not known: which one is near, else all that there are."""
    hint = did_you_mean(name, known) or f"; there are {', '.join(sorted(known))}"
    return f"unknown framework `{shown(name)}`{hint}"


def read_frameworks(records: Iterable[Record]) -> Mapping[str, Framework]:
    """Return the frameworks of the catalog files by id, sorted; a later file replaces one of an earlier file."""
    frameworks: dict[str, Framework] = {}
    for file in records:
        for record in file.records("frameworks"):
            entry = _framework(record)
            record.finish()
            frameworks[entry.id] = entry
    return {name: frameworks[name] for name in sorted(frameworks)}


def _framework(record: Record) -> Framework:
    controls, cited_as = _controls(record), record.texts("cited_as", ())
    return Framework(
        record.text("id"), record.text("name"), controls, read_dated(record), instruments=record.texts("instruments", ()),
        packs=record.texts("packs", ()), cited_as=cited_as, is_partial=record.flag("partial", default=False),
        unspoken=tuple(_unspoken(record, controls, cited_as)),
    )  # fmt: skip


def _controls(record: Record) -> tuple[str, ...]:
    """Return the ids: those of each prefix with its numbers up to the last one, and those that are written."""
    ids: list[str] = []
    for numbered in record.records("numbered"):
        prefix, last = numbered.text("prefix", ""), int(numbered.number("last", minimum=1))
        ids += (f"{prefix}{number}" for number in range(1, last + 1))
        numbered.finish()
    for written in record.texts("ids", ()):
        ids.insert(_place_of(written, ids), written)
    twice = next((control for number, control in enumerate(ids) if control in ids[:number]), None)
    if twice is not None or not ids:
        record.mistake(
            f"`{shown(twice)}` is written twice" if twice else "name the controls in `ids` or `numbered`", "id"
        )
    return tuple(ids)


def _place_of(written: str, ids: list[str]) -> int:
    """Return where an id belongs: `4a` behind `4`, others at the end."""
    before = written[:-1]
    is_added = before in ids and before[-1:].isdigit() and written[-1:].isalpha()
    return ids.index(before) + 1 if is_added else len(ids)


def _unspoken(record: Record, controls: tuple[str, ...], cited_as: tuple[str, ...]) -> Iterator[Unspoken]:
    for entry in record.records("unspoken"):
        clauses, why = entry.text("clauses"), entry.text("why")
        named = _controls_in(clauses, controls, cited_as)
        if not named:
            entry.mistake(f"`{shown(clauses)}` names no control of the framework", "clauses")
        entry.finish()
        yield Unspoken(named, why)


def _controls_in(clause: str, controls: tuple[str, ...], cited_as: tuple[str, ...]) -> tuple[str, ...]:
    cited: dict[str, None] = {}
    for part in _BETWEEN.split(clause):
        text = next((part.removeprefix(f"{word} ") for word in cited_as if part.startswith(f"{word} ")), part)
        first = _control_at_start(text, controls)
        if first is None:
            continue
        cited[first] = None
        rest = text[len(first) :]
        last = _control_at_start(rest[1:], controls) if rest.startswith("-") else None
        if last is not None:
            between = controls[controls.index(first) : controls.index(last) + 1]
            cited.update(dict.fromkeys(between))
    return tuple(cited)


def _control_at_start(text: str, controls: tuple[str, ...]) -> str | None:
    """Return the longest id with which a text begins, and which ends there."""
    fitting = [
        control
        for control in controls
        if text.startswith(control) and not text[len(control) : len(control) + 1].isalnum()
    ]
    return max(fitting, key=len, default=None)
