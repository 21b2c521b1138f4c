"""The shipped rules that read an option in, the table of what of it each of them asks out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from aipolicy.catalog.load import read_catalog
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.report.packs.legs_words import asked_legs

Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]


def legs_table(table: Table) -> str:
    """Return every shipped rule that reads an option with the legs that it asks, pack by pack."""
    catalog = read_catalog((), as_of=date(2026, 11, 30))
    packs = [load_packs([find_pack(name, Path())], catalog, {})[0] for name in shipped_packs()]
    rows = [
        (f"[{rule.id}](packs/{rule.pack}/{rule.id}.md)", asked_legs(rule), rule.severity.value, rule.title)
        for pack in packs
        for rule in pack.rules
        if rule.option_reads
    ]
    return table(("rule", "legs", "severity", "what it asks"), rows)
