"""The shipped rules of law in, the parts of `docs/law.md` out: a table of all of them, and how far they were checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path

from aipolicy.catalog.load import read_catalog
from aipolicy.policy.law import VERIFIED
from aipolicy.policy.law_words import law_of
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.policy.rule import Rule
from aipolicy.report.packs.rule_markdown import stages

Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of shipped packs, pack by pack."""
    catalog = read_catalog((), as_of=date(2026, 11, 30))
    packs = [load_packs([find_pack(name, Path())], catalog, {})[0] for name in shipped_packs()]
    return tuple(rule for pack in packs for rule in pack.rules)


def law_rules() -> tuple[Rule, ...]:
    """Return the rules of shipped packs that name a law, pack by pack."""
    return tuple(rule for rule in shipped_rules() if law_of(rule).provision)


def law_table(table: Table) -> str:
    """Return every rule of law with its provision, its days and how far it was checked."""
    rows = [
        (
            f"[{rule.id}](packs/{rule.pack}/{rule.id}.md)", rule.title, law_of(rule).provision, stages(rule),
            law_of(rule).verified, "" if (review := law_of(rule).review) is None else review.by,
        )
        for rule in law_rules()
    ]  # fmt: skip
    return table(("rule", "what it asks", "provision", "days", "verified by", "review by"), rows)


def law_verified() -> str:
    """Return how many rules were checked how, in a sentence."""
    counts = Counter(law_of(rule).verified for rule in law_rules())
    total = counts.total()
    words = (f"{counts[word]} by {word} ({100 * counts[word] // total} %)" for word in VERIFIED)
    return f"Of {total} rules of law, {', '.join(words)}."
