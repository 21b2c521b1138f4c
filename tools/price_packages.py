"""Reads price data out of packages as files: the pinned one of a version, and what an entry of litellm charges."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from aipolicy.catalog.prices import OUTPUT_MODES

_FIELDS = {
    "input_per_mtok": "input_cost_per_token", "output_per_mtok": "output_cost_per_token",
    "cached_input_per_mtok": "cache_read_input_token_cost", "cache_write_per_mtok": "cache_creation_input_token_cost",
}  # fmt: skip
_BATCH_FIELDS = {f"batch_{key}": _FIELDS[key] for key in ("input_per_mtok", "output_per_mtok", "cached_input_per_mtok")}
_WRITE_HOUR = "cache_creation_input_token_cost_above_1hr"
_REASONING = "output_cost_per_reasoning_token"
_TIER = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_MODES = {
    "chat": "chat", "responses": "chat", "embedding": "embedding", "rerank": "rerank", "moderation": "moderation",
    "audio_transcription": "transcription",
}  # fmt: skip


class PriceError(Exception):
    """A package or an entry cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of one version of a package."""

    version: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the file."""
        return sha256(self.data).hexdigest()


def package_file(name: str, member: str, place: Path | None) -> PackageFile:
    """Return a file from a wheel, from a folder that the package is installed in, or from this environment."""
    try:
        if place is None:
            found = distribution(name)
            return PackageFile(found.version, Path(str(found.locate_file(member))).read_bytes())
        if place.is_dir():
            metadata = sorted(place.glob(f"{name.replace('-', '_')}-*.dist-info"))
            if not metadata:
                raise PriceError(f"no `{name}` is installed in {place}; name the wheel or its folder")
            return PackageFile(metadata[-1].name.split("-")[1].removesuffix(".dist"), (place / member).read_bytes())
        with zipfile.ZipFile(place) as wheel:
            return PackageFile(place.name.split("-")[1], wheel.read(member))
    except PackageNotFoundError as error:
        raise PriceError(f"`{name}` is not installed; `pip install {name}`, or name its wheel") from error
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise PriceError(f"cannot read `{member}` of `{name}`: {error}") from error


def amounts_of(entry: Mapping[str, Any], factor: float, mode: str) -> dict[str, Any]:
    """Return what an entry charges in USD per million tokens, by the keys of a price row; raises `PriceError`.

    A 0 is unknown where tokens must cost something (chat, or a model paid by request), and free in moderation.
    """
    if _MODES.get(str(entry.get("mode"))) != mode:
        raise PriceError(f"litellm says mode `{entry.get('mode')}`, the mapping `{mode}`")
    if "tiered_pricing" in entry:
        raise PriceError("priced in more than two tiers, which a row cannot say; leave it out")
    amounts = {ours: entry[theirs] for ours, theirs in _FIELDS.items() if theirs in entry}
    amounts |= {ours: entry[f"{field}_batches"] for ours, field in _BATCH_FIELDS.items() if f"{field}_batches" in entry}
    if _WRITE_HOUR in entry:
        amounts["cache_write_hour_per_mtok"] = entry[_WRITE_HOUR]
    if entry.get(_REASONING, amounts.get("output_per_mtok")) != amounts.get("output_per_mtok"):
        amounts["reasoning_output_per_mtok"] = entry[_REASONING]
    plain: dict[str, Any] = dict(_per_million(amounts, factor, mode))
    if "input_cost_per_query" in entry:
        plain["per_thousand_requests"] = float(number(entry["input_cost_per_query"] * 1000 * factor))
    if mode == "transcription" and "input_cost_per_second" in entry:
        # NOTE: the file has prices by the minute and the hour divided and rounded.
        plain = {"per_audio_hour": round(entry["input_cost_per_second"] * 3600 * factor, 4)}
    tier = _long_context(entry, factor, mode)
    if tier:
        plain["long_context"] = tier
    if not plain:
        raise PriceError("litellm gives no price; leave it out, an unknown is not written")
    return plain


def is_free(amounts: Mapping[str, Any]) -> bool:
    """Return whether an entry charges nothing for what it charges by."""
    return any(amount == 0 for key, amount in amounts.items() if key != "long_context")


def number(amount: float) -> str:
    """Return an amount without the noise of binary fractions."""
    return f"{float(f'{amount:.9g}'):.12g}" if amount < 1e9 else f"{amount:.0f}"


def _long_context(entry: Mapping[str, Any], factor: float, mode: str) -> dict[str, float]:
    starts = {found[1] for found in map(_TIER.match, entry) if found is not None}
    if not starts:
        return {}
    if len(starts) > 1:
        raise PriceError("priced in more than two tiers, which a row cannot say; leave it out")
    above = starts.pop()
    suffix = f"_above_{above}k_tokens"
    amounts = {ours: entry[f + suffix] for ours, f in _FIELDS.items() if f + suffix in entry}
    batch = {ours: f"{f}{suffix}_batches" for ours, f in _BATCH_FIELDS.items()}
    amounts |= {ours: entry[field] for ours, field in batch.items() if field in entry}
    return {"above_input_tokens": float(above) * 1000, **_per_million(amounts, factor, mode)}


def _per_million(amounts: Mapping[str, float], factor: float, mode: str) -> dict[str, float]:
    return {
        key: float(number(amount * 1e6 * factor))
        for key, amount in amounts.items()
        if (amount > 0 or mode == "moderation") and ("output" not in key or mode in OUTPUT_MODES)
    }
