"""What a run evaluates by: packs, catalog files, parameters, the organisation, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.files.paths import StrPath

DEFAULT_PACK = "build-or-buy"
PRICE_PACKAGES = ("genai-prices",)
SEVERITIES = ("error", "warning", "note")

FILES_NAMED = "a file was named, and they need every feature; name folders, or nothing"
PART_OF_RUN = "this is a part of a run, and they need every feature"
"""Why rules over all features are not evaluated."""


class Organization(NamedTuple):
    """What an organisation counts as its own, where its own sites are (None when it does not say), how sure it must be."""

    own_boundaries: tuple[str, ...] = ("device", "on-premises", "own-account")
    on_premises_countries: tuple[str, ...] | None = None
    confidence: float = 0.8
    """Probability from which on an estimate of cost decides; below it the answer is inconclusive."""


class PolicySettings(NamedTuple):
    """Which packs, catalog files and parameters a run evaluates by, and the day on which."""

    as_of: date
    packs: tuple[str, ...] = (DEFAULT_PACK,)
    base: StrPath = "."
    """The folder that pack and catalog paths are relative to."""
    own_catalog: tuple[str, ...] = ()
    fresher_prices: str = ""
    """The installed package whose prices replace the shipped ones; empty for none."""
    parameters: Mapping[str, object] = MappingProxyType({})
    parameter_places: Mapping[str, str] = MappingProxyType({})
    """Where the configuration sets each parameter, for messages."""
    expected: Mapping[str, object] = MappingProxyType({})
    """What the organisation expects of facts that manifests leave out."""
    expected_places: Mapping[str, str] = MappingProxyType({})
    organization: Organization = Organization()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    choice_places: Mapping[str, str] = MappingProxyType({})
    """Where the configuration has each word of `select` and `ignore`, by the key, a dot and the word."""
    strict: bool = False
    waivers: tuple[str, ...] = ()
    """Paths of waivers files from `base`."""
    lock: str = ""
    """Path of the lock file that packs are compared with where it exists; empty for none."""
    only_locked: bool = True
    """Whether every pack must be in the lock, and every pack of the lock in use; not for packs of the command line."""
