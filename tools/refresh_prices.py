"""Append to the price catalog what changed in a pinned price source, and list where a second source disagrees.

    pip install litellm==1.109.1 genai-prices==0.2.3     # or download the wheels and name them
    python tools/refresh_prices.py --on 2026-11-21 [--check] [--litellm WHEEL] [--genai-prices WHEEL]

Prices come from litellm (MIT, https://github.com/BerriAI/litellm); genai-prices (MIT,
https://github.com/pydantic/genai-prices) is the second source. Both are read as files, nothing of them is imported.
`price_sources.yaml` says which key is which provider, model and region. A row that is in the catalog stays byte for byte.
Exit 1: a disagreement of more than 1 % that no row lists as `disputed`, or a key that cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from price_packages import PackageFile, PriceError, amounts_of, is_free, number, package_file  # noqa: E402

from aipolicy.catalog.genai_prices import DATA_FILE, PACKAGE, GenaiPrices  # noqa: E402
from aipolicy.catalog.price_entries import RATES  # noqa: E402

LITELLM = "litellm"
LITELLM_FILE = "litellm/model_prices_and_context_window_backup.json"
PRICES = ROOT / "aipolicy" / "catalog" / "data" / "prices.yaml"
SOURCES = ROOT / "tools" / "price_sources.yaml"
TOLERANCE = 0.01
_COMPARED = ("input_per_mtok", "output_per_mtok", "cached_input_per_mtok", "per_thousand_requests")

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of `price_sources.yaml`: where the price of a provider, model and region stands in both sources."""

    provider: str
    model: str
    region: str
    mode: str
    key: str
    uplift: str | float | None
    tuned: str | None
    second: str | None
    note: str
    verified: bool = True
    """False where the figure of another region stands in; the note says which."""

    @property
    def identity(self) -> Key:
        """Return what makes a price this one."""
        return (self.provider, self.model, self.region, self.mode)


@dataclass(frozen=True, slots=True)
class Sources:
    """Both packages, read."""

    litellm: PackageFile
    entries: Mapping[str, Any]
    second: GenaiPrices
    second_version: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found: rows to append, and lines for a person."""

    rows: tuple[str, ...]
    changes: tuple[str, ...]
    disputed: tuple[str, ...]
    undisputed: tuple[str, ...]
    problems: tuple[str, ...]


def read_sources(litellm: Path | None, genai_prices: Path | None) -> Sources:
    """Return both packages from wheels, folders or the environment; raises `PriceError`."""
    first = package_file(LITELLM, LITELLM_FILE, litellm)
    other = package_file(PACKAGE, DATA_FILE, genai_prices)
    return Sources(first, json.loads(first.data), GenaiPrices(other.data.decode()), other.version)


def read_wanted(text: str) -> tuple[Wanted, ...]:
    """Return the lines of `price_sources.yaml`."""
    return tuple(
        Wanted(
            row["provider"], row["model"], row.get("region", "any"), row.get("mode", "chat"), row["key"],
            row.get("uplift"), row.get("tuned"), row.get("second"), row.get("note", ""),
            row.get("verified", True),
        )
        for row in yaml.safe_load(text)["rows"]
    )  # fmt: skip


def refresh(wanted: Sequence[Wanted], sources: Sources, known: Sequence[Mapping[str, Any]], on: date) -> Refreshed:
    """Return the rows to append to what is known, as of a day, and what a person should look at."""
    rows: list[str] = []
    changes: list[str] = []
    disputed: list[str] = []
    undisputed: list[str] = []
    problems: list[str] = []
    last = last_read(known)
    for line in wanted:
        name = " ".join(line.identity)
        try:
            amounts = amounts_in_litellm(line, sources)
        except PriceError as error:
            problems.append(f"{name}: {error}")
            continue
        before = last.get(line.identity)
        difference = disagreement(line, amounts, sources, on)
        if difference:
            listed = before is not None and "disputed" in before
            (disputed if listed else undisputed).append(f"{name}: {difference}")
        if before is None or stated(before) != amounts:
            rows.append(_row(line, amounts, sources, on, agrees=difference == ""))
            changes.append(f"{name}: {'new' if before is None else _changed(stated(before), amounts)}")
    return Refreshed(tuple(rows), tuple(changes), tuple(disputed), tuple(undisputed), tuple(problems))


def last_read(known: Sequence[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    """Return for every price the row that was last read from litellm; a change there is a change since then."""
    last: dict[Key, Mapping[str, Any]] = {}
    for row in sorted(known, key=lambda row: str(row["effective_from"])):
        if row.get("source_package", {}).get("name") == LITELLM:
            last[(row["provider"], row["model"], row.get("region", "any"), row.get("mode", "chat"))] = row
    return last


def stated(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the amounts that a row states, in the form that a source is read into."""
    stated: dict[str, Any] = {key: float(row[key]) for key in RATES if key in row}
    if "per_audio_minute" in row:
        stated["per_audio_hour"] = round(float(row["per_audio_minute"]) * 60, 4)
    if "long_context" in row:
        stated["long_context"] = {key: float(amount) for key, amount in row["long_context"].items()}
    return stated


def amounts_in_litellm(line: Wanted, sources: Sources) -> dict[str, Any]:
    entry = sources.entries.get(line.key)
    if entry is None:
        raise PriceError(f"litellm has no key `{line.key}`; name another in price_sources.yaml")
    factor = _uplift(line, entry)
    amounts = amounts_of(entry, factor, line.mode)
    if line.tuned is not None:
        tuned = amounts_of(sources.entries[line.tuned], factor, line.mode)
        amounts["tuned_input_per_mtok"] = tuned["input_per_mtok"]
        amounts["tuned_output_per_mtok"] = tuned["output_per_mtok"]
    return amounts


def _uplift(line: Wanted, entry: Mapping[str, Any]) -> float:
    """Return the factor of a regional endpoint: a number of the mapping, or a field that litellm gives."""
    if line.uplift is None or isinstance(line.uplift, int | float):
        return float(line.uplift or 1.0)
    value: Any = entry
    for part in line.uplift.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, int | float):
        raise PriceError(f"key `{line.key}` has no `{line.uplift}`; check the premium of the region")
    return float(value)


def disagreement(line: Wanted, amounts: Mapping[str, Any], sources: Sources, on: date) -> str | None:
    """Return how the sources differ, nothing when they agree, None when there is no second one."""
    if line.second is None:
        return None
    provider, _, model = line.second.partition("/")
    found = sources.second.price(provider, model, on)
    if found is None or not found.rates:
        return None
    factor = _uplift(line, sources.entries[line.key])
    compared = [key for key in _COMPARED if key in found.rates and key in amounts]
    if not compared:
        return None
    ours = {key: amounts[key] for key in compared}
    theirs = {key: float(number(found.rates[key] * factor)) for key in compared}
    if all(abs(ours[key] - theirs[key]) <= TOLERANCE * max(ours[key], theirs[key]) for key in compared):
        return ""
    return f"litellm says {_said(ours)}; {PACKAGE} {sources.second_version} says {_said(theirs)}"


def _said(amounts: Mapping[str, float]) -> str:
    return ", ".join(
        f"{key.removesuffix('_per_mtok').replace('_', ' ')} {number(amount)}" for key, amount in amounts.items()
    )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    keys = [key for key in (*RATES, "long_context") if before.get(key) != after.get(key)]
    return ", ".join(f"{key} {before.get(key, 'absent')} -> {after.get(key, 'absent')}" for key in keys)


def _row(line: Wanted, amounts: Mapping[str, Any], sources: Sources, on: date, *, agrees: bool) -> str:
    """Return the text of a row as it stands in the catalog."""
    lines = _lines(line, amounts, sources, on, agrees)
    return "".join(f"{'  - ' if index == 0 else '    '}{text}\n" for index, text in enumerate(lines))


def _lines(line: Wanted, amounts: Mapping[str, Any], sources: Sources, on: date, agrees: bool) -> Iterator[str]:
    entry, package = sources.entries[line.key], sources.litellm
    yield f"provider: {line.provider}"
    yield f"model: {line.model}"
    yield f"region: {line.region}"
    yield f"mode: {line.mode}"
    yield "currency: USD"
    if is_free(amounts):
        yield "free: true"
    yield from (f"{key}: {number(amounts[key])}" for key in RATES if key in amounts)
    if "long_context" in amounts:
        tier = amounts["long_context"]
        yield "long_context:"
        yield from (f"  {key}: {number(tier[key])}" for key in ("above_input_tokens", *RATES) if key in tier)
    if "deprecation_date" in entry:
        yield f"deprecation_date: {entry['deprecation_date']}"
    tuned = "" if line.tuned is None else f", tuned {line.tuned}"
    yield f"source: package {LITELLM} {package.version} {Path(LITELLM_FILE).name} key {line.key}{tuned}"
    yield f"source_package: {{name: {LITELLM}, version: {package.version}, sha256: {package.sha256}}}"
    yield f"checked_on: {on}"
    yield f"effective_from: {on}"
    yield f"retrieved_on: {on}"
    yield f"verified: {str(line.verified).lower()}"
    if agrees:
        yield f"agreement: {PACKAGE} {sources.second_version} agrees"
    factor = _uplift(line, entry)
    premium = "" if factor == 1 else f"list price times {number(factor)} for the regional endpoint"
    notes = [note for note in (premium, line.note) if note]
    if notes:
        yield f"note: {'; '.join(notes)}"


@click.command(help=__doc__)
@click.option("--litellm", type=click.Path(path_type=Path), help="Wheel, or folder it is installed in.")
@click.option("--genai-prices", type=click.Path(path_type=Path), help="Wheel, or folder it is installed in.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the refresh.")
@click.option("--check", is_flag=True, help="Report only; write nothing.")
@click.option("--prices", type=click.Path(path_type=Path), default=PRICES, show_default=False)
@click.option("--sources", type=click.Path(path_type=Path), default=SOURCES, show_default=False)
def main(litellm: Path | None, genai_prices: Path | None, day: Any, check: bool, prices: Path, sources: Path) -> None:
    """Append what changed, print it, and end with 1 when a person is needed."""
    try:
        packages = read_sources(litellm, genai_prices)
    except (PriceError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    text = prices.read_text(encoding="utf-8")
    known = yaml.safe_load(text)["prices"] or []
    found = refresh(read_wanted(sources.read_text(encoding="utf-8")), packages, known, day.date())
    sections = (
        ("would append" if check else "appended", found.changes),
        ("disagreements, listed as `disputed`", found.disputed),
        ("disagreements that nobody looked at: add `disputed` to the row", found.undisputed),
        ("cannot be read", found.problems),
    )
    for title, lines in sections:
        click.echo(f"{title}: {len(lines)}")
        for each in lines:
            click.echo(f"  {each}")
    if found.rows and not check:
        prices.write_text(text.rstrip("\n") + "\n" + "".join(found.rows), encoding="utf-8")
    raise SystemExit(1 if found.undisputed or found.problems else 0)


if __name__ == "__main__":
    main()
