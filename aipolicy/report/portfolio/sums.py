"""What the features of a run cost together, and how much of it stands with one provider, region or model."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aipolicy.report.answer_words import HOSTINGS, usd_words
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.run.answer_result import WayResult
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

NOBODY = "nobody named"


class Sum(NamedTuple):
    """What some features cost together, in USD, if each is built as recommended."""

    features: int
    """Of which something is recommended."""
    running_usd: float
    people_usd: float
    monthly_usd: float
    low_usd: float
    """The sum of the low ends; that all of them are low at once is less likely than one draw in ten."""
    high_usd: float
    total_usd: float
    in_part: int
    """Of how many only a part of the cost is known."""

    @property
    def words(self) -> str:
        """Return a month of it."""
        return ("at least " if self.in_part else "") + usd_words(self.monthly_usd)

    @property
    def total_words(self) -> str:
        """Return what it costs over the horizon."""
        return ("at least " if self.in_part else "") + usd_words(self.total_usd)


class Share(NamedTuple):
    """What some features have in common, and how much that is of all of them."""

    label: str
    features: int
    of_features: float
    """As a share of all features of which something is recommended."""
    monthly_usd: float
    of_usd: float


class Shares(NamedTuple):
    """How features and their cost are spread over the words of one kind, most cost first."""

    title: str
    head: str
    shares: tuple[Share, ...]


def sum_of(rows: Iterable[FeatureRow]) -> Sum:
    """Return what features cost together; one of unknown range counts with its likely value at both ends."""
    costs = [row.cost for row in rows if row.cost is not None]
    return Sum(
        features=len(costs),
        running_usd=sum(cost.running_usd for cost in costs),
        people_usd=sum(cost.people_usd for cost in costs),
        monthly_usd=sum(cost.monthly_usd for cost in costs),
        low_usd=sum(cost.monthly_usd if cost.low_usd is None else cost.low_usd for cost in costs),
        high_usd=sum(cost.monthly_usd if cost.high_usd is None else cost.high_usd for cost in costs),
        total_usd=sum(cost.total_usd for cost in costs),
        in_part=sum(not cost.is_whole for cost in costs),
    )


def money_shares(rows: Iterable[FeatureRow]) -> tuple[Shares, ...]:
    """Return where the money goes: by hosting and by owner."""
    listed = tuple(rows)
    return (
        _shares("By hosting", "hosting", listed, lambda row, way: HOSTINGS.get(way.hosting, way.hosting)),
        _shares("By owner", "owner", listed, lambda row, way: row.owner or NOBODY),
    )


def concentration(rows: Iterable[FeatureRow]) -> tuple[Shares, ...]:
    """Return how much of what is recommended stands with one provider, region and model; fallbacks aside."""
    listed = tuple(rows)
    return (
        _shares("Providers", "provider", listed, lambda row, way: escaped(way.provider or _own(way))),
        _shares("Regions", "region", listed, lambda row, way: escaped(_region(way))),
        _shares("Models", "model", listed, lambda row, way: escaped(way.model or "any model")),
    )


def _region(way: WayResult) -> str:
    place = " ".join(word for word in (way.provider, way.region) if word)
    return place or _own(way)


def _own(way: WayResult) -> str:
    return HOSTINGS.get(way.hosting, way.hosting)


def _shares(title: str, head: str, rows: tuple[FeatureRow, ...],
            label_of: Callable[[FeatureRow, WayResult], str]) -> Shares:  # fmt: skip
    features: dict[str, int] = {}
    usd: dict[str, float] = {}
    for row in rows:
        way = None if row.listed.answer is None else row.listed.answer.recommended
        if way is not None:
            label = label_of(row, way)
            features[label] = features.get(label, 0) + 1
            usd[label] = usd.get(label, 0.0) + way.monthly_usd
    all_features, all_usd = sum(features.values()) or 1, sum(usd.values()) or 1.0
    order = sorted(features, key=lambda label: (-usd[label], -features[label], label))
    return Shares(
        title,
        head,
        tuple(
            Share(label, features[label], features[label] / all_features, usd[label], usd[label] / all_usd)
            for label in order
        ),
    )
