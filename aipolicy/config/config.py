"""What the organisation set in its configuration file, and defaults for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from aipolicy.config.settings import SEVERITIES
from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS
from aipolicy.value import NamedTuple

ParameterValue: TypeAlias = bool | float | str | tuple[str, ...]


class OrganizationTable(NamedTuple):
    """What the organisation counts as its own."""

    own_boundaries: tuple[str, ...] = ("device", "on-premises", "own-account")
    on_premises_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes of the countries in which its own machines stand."""


class RecommendationTable(NamedTuple):
    """How the options that remain are weighed against each other."""

    margin_percent: float = 20.0
    """A simpler option is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float = 36.0
    """The time over which costs are compared."""
    confidence: float = 0.8
    """Probability from which on an estimate of cost decides; below it the answer is inconclusive."""
    fixed: tuple[str, ...] = ()
    """Facts, and sections of facts, of which no change is ever proposed."""


class Config(NamedTuple):
    """What the organisation set, and defaults for the rest; `policies` and `catalog` are relative to the file's folder."""

    policies: tuple[str, ...] = ("build-or-buy",)
    """Names of shipped packs, and paths of own ones."""
    catalog: tuple[str, ...] = ()
    fresher_prices: str = ""
    """An installed package whose prices replace the shipped ones; the organisation's own still win."""
    manifests: tuple[str, ...] = MANIFEST_PATTERNS
    """Globs, as `find_manifests` takes them: from the working folder; `exclude` likewise."""
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    choice_places: Mapping[str, str] = MappingProxyType({})
    """For every word of `select` and `ignore`, by the key, a dot and the word: its `path:line:col`."""
    fail_on: str = SEVERITIES[0]
    strict: bool = False
    """Whether undetermined rules gate whatever the lifecycle."""
    baseline: str = ""
    """Path of the baseline from the working folder; empty for none."""
    waivers: tuple[str, ...] = ()
    """Paths of waivers files, relative to the file's folder."""
    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    """Values of pack parameters, by `pack.parameter`."""
    organization: OrganizationTable = OrganizationTable()
    recommendation: RecommendationTable = RecommendationTable()
    path: str | None = None
    parameter_places: Mapping[str, str] = MappingProxyType({})
    """For every parameter, `path:line:col` of its value."""
    expected: Mapping[str, ParameterValue] = MappingProxyType({})
    """What is expected of facts that manifests leave out, by fact."""
    expected_places: Mapping[str, str] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
    """For every value that was set, by dotted key: the file that set it."""
