"""Compare the price catalog with pinned copies of litellm and genai-prices: what differs, and what it lacks.

    pip download --no-deps -d wheels litellm==1.109.1 genai-prices==0.2.3
    python tools/compare_prices.py --on 2026-11-21 --litellm wheels/litellm-*.whl --genai-prices wheels/genai_prices-*.whl

A row is shared where at least one of the two prices the same model at the same provider; `price_sources.yaml` says under
which name. It differs where an amount is more than 1 % off, and that is explained where the row says so (`disputed`).
Exit 1: more than 2 % of the shared rows differ and nobody said why.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from price_packages import PriceError  # noqa: E402
from refresh_prices import (  # noqa: E402
    PRICES,
    SOURCES,
    TOLERANCE,
    Sources,
    Wanted,
    amounts_in_litellm,
    disagreement,
    last_read,
    read_sources,
    read_wanted,
    stated,
)

MOST_UNEXPLAINED = 0.02
"""The share of shared rows that may differ without a reason."""
_LITELLM_OWNERS: Mapping[str, str] = {
    "anthropic": "anthropic", "cerebras": "cerebras", "cohere_chat": "cohere", "dashscope": "alibaba",
    "deepinfra": "deepinfra", "deepseek": "deepseek", "fireworks_ai": "fireworks", "gemini": "google-ai-studio",
    "groq": "groq", "mistral": "mistral", "moonshot": "moonshot", "openai": "openai", "ovhcloud": "ovhcloud",
    "sambanova": "sambanova", "scaleway": "scaleway", "together_ai": "together", "xai": "xai", "zai": "zai",
}  # fmt: skip
"""Providers of the catalog by their name in litellm; clouds name a model once for each place and are left out."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found, as lines for a person."""

    shared: int
    unexplained: tuple[str, ...]
    explained: tuple[str, ...]
    unread: tuple[str, ...]
    lacking: tuple[str, ...]
    """Models that are on sale and have a price in litellm, and none in the catalog."""

    @property
    def share(self) -> float:
        """Return the share of shared rows that differ without a reason."""
        return len(self.unexplained) / self.shared if self.shared else 0.0


def compare(wanted: Sequence[Wanted], sources: Sources, known: Sequence[Mapping[str, Any]], on: date) -> Compared:
    """Return how the rows that were last read differ from both packages as of a day, and what is lacking."""
    shared = 0
    unexplained: list[str] = []
    explained: list[str] = []
    unread: list[str] = []
    last = last_read(known)
    for line in wanted:
        name = " ".join(line.identity)
        try:
            theirs = amounts_in_litellm(line, sources)
            row = last[line.identity]
        except (PriceError, KeyError) as error:
            unread.append(f"{name}: {error}")
            continue
        shared += 1
        differences = [
            *_off(stated(row), theirs),
            *([told] if (told := disagreement(line, stated(row), sources, on)) else []),
        ]
        if differences:
            (explained if "disputed" in row else unexplained).append(f"{name}: {'; '.join(differences)}")
    return Compared(shared, tuple(unexplained), tuple(explained), tuple(unread), tuple(_lacking(wanted, sources, on)))


def _off(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*ours, *theirs} - {"long_context"}):
        mine, other = ours.get(key), theirs.get(key)
        if mine is not None and other is not None and abs(mine - other) > TOLERANCE * max(mine, other):
            yield f"{key} {mine:g} here, {other:g} in litellm"


def _lacking(wanted: Sequence[Wanted], sources: Sources, on: date) -> Iterator[str]:
    used = {line.key for line in wanted}
    for key, entry in sorted(sources.entries.items()):
        owner = _LITELLM_OWNERS.get(str(entry.get("litellm_provider")))
        ends = entry.get("deprecation_date")
        ended = isinstance(ends, str) and ends <= str(on)
        answers = entry.get("mode") in ("chat", "responses") and entry.get("input_cost_per_token")
        if owner and answers and not ended and key not in used:
            yield f"{owner} {key}"


def _print(found: Compared, *, every: bool) -> None:
    sections = (("differ, and nobody said why", found.unexplained), ("differ, as `disputed` says", found.explained),
                ("cannot be compared", found.unread))  # fmt: skip
    for title, lines in sections:
        click.echo(f"{title}: {len(lines)}")
        for line in lines:
            click.echo(f"  {line}")
    click.echo(f"on sale and not in the catalog: {len(found.lacking)}")
    if every:
        for line in found.lacking:
            click.echo(f"  {line}")
    else:
        for owner, count in sorted(Counter(line.partition(" ")[0] for line in found.lacking).items()):
            click.echo(f"  {owner}: {count}")
    click.echo(f"{len(found.unexplained)} of {found.shared} shared rows differ unexplained, {found.share:.1%}")


@click.command(help=__doc__)
@click.option("--litellm", type=click.Path(path_type=Path), help="Wheel, or folder it is installed in.")
@click.option("--genai-prices", type=click.Path(path_type=Path), help="Wheel, or folder it is installed in.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day as of which prices are compared."
)
@click.option("--all", "every", is_flag=True, help="Name every model that the catalog lacks.")
@click.option("--prices", type=click.Path(path_type=Path), default=PRICES, show_default=False)
@click.option("--sources", type=click.Path(path_type=Path), default=SOURCES, show_default=False)
def main(litellm: Path | None, genai_prices: Path | None, day: Any, every: bool, prices: Path, sources: Path) -> None:
    """Print what differs and what is lacking, and end with 1 when too much differs unexplained."""
    try:
        packages = read_sources(litellm, genai_prices)
    except (PriceError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    known = yaml.safe_load(prices.read_text(encoding="utf-8"))["prices"] or []
    found = compare(read_wanted(sources.read_text(encoding="utf-8")), packages, known, day.date())
    _print(found, every=every)
    raise SystemExit(1 if found.share > MOST_UNEXPLAINED else 0)


if __name__ == "__main__":
    main()
