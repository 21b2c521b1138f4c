"""Declared facts that cannot all be true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aipolicy.facts.counts import cache_overflow
from aipolicy.facts.spec import RANGE_KEYS, FactValue
from aipolicy.manifest.feature import Feature, path_of
from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.data_classes import DataClasses

DeclaredRange = tuple[float, float, float]
"""Low, likely and high value: 10th, 50th and 90th percentile."""
_SMALLER = (
    ("latency.p50_ms", "latency.p95_ms"), ("latency.p95_ms", "latency.p99_ms"), ("latency.p50_ms", "latency.p99_ms"),
    ("latency.first_token_p95_ms", "latency.p95_ms"), ("latency.first_token_p95_ms", "latency.p99_ms"),
)  # fmt: skip
"""Budgets of which the first is no larger than the second."""

SUBJECTS, CLASSES, PERSONAL = "data.subjects", "data.classes", "personal"
_NOBODY = frozenset({"business", "none"})
"""Subjects that are no people."""
_LEADS_TO_NOBODY = frozenset({"synthetic", "de-identified"})
"""Classes of data that is about people and not personal."""


class FactProblem(Frozen):
    """A declared value that conforms to the schema but cannot be used."""

    rule_id: str
    message: str
    path: DocumentPath
    related: tuple[tuple[DocumentPath, str], ...] = ()
    meant: tuple[str, str, bool] | None = None
    """The word written, the one that is meant, and whether nothing else can be."""


def range_of(plain: Mapping[str, PlainValue]) -> DeclaredRange:
    """Return a declared range as its low, likely and high value."""
    low, likely, high = (float(plain[key]) for key in RANGE_KEYS)  # type: ignore[arg-type]
    return low, likely, high


def unordered(name: str, range_: DeclaredRange) -> FactProblem:
    """Return what is wrong with a range whose values fall."""
    low, likely, high = range_
    message = f"`{name}` has low {low:g}, likely {likely:g} and high {high:g}; they must not fall"
    return FactProblem("MAN-008", message, path_of(name))


def contradictions(values: Mapping[str, FactValue], declared: set[str],
                    ranges: dict[str, DeclaredRange]) -> Iterable[FactProblem]:  # fmt: skip
    """Yield what contradicts itself; a range that does is dropped."""
    for smaller, larger in _SMALLER:
        low, high = values.get(smaller), values.get(larger)
        if {smaller, larger} <= declared and isinstance(low, float) and isinstance(high, float) and low > high:
            yield contradiction(f"`{smaller}` is {low:g}, more than `{larger}` {high:g}", smaller, larger)
    growth, later, now = (
        values.get(f"volume.{name}")
        for name in ("growth_12_months", "requests_per_day_in_12_months", "requests_per_day")
    )
    if isinstance(growth, float) and isinstance(later, float) and isinstance(now, float):
        yield from growth_contradiction(now, growth, later)
    most_cached = ranges.get("volume.cached_share", (0.0, 0.0, values.get("volume.cached_share")))[2]
    if values.get("volume.cached_counted") == "beside" and most_cached == 1.0:
        ranges.pop("volume.cached_share", None)
        yield contradiction(
            "all input is cached, but `input_tokens` counts the tokens beside the cached ones",
            "volume.cached_share", "volume.cached_counted",
        )  # fmt: skip
    if overflow := cache_overflow(values, ranges):
        yield contradiction(overflow, "volume.cache_written_tokens", "volume.input_tokens")
    if values.get("task.prompting") == "not-tried" and "task.prompting_model" in declared:
        yield contradiction(
            "prompting was not tried, but a model is named on which it was", "task.prompting_model", "task.prompting"
        )
    effect, area = values.get("decision.effect"), values.get("decision.area")
    if area == "none" and effect in ("assistive", "material", "sole"):
        yield contradiction(
            f"`decision.area` is `none`, but `decision.effect` is `{effect}`", "decision.effect", "decision.area"
        )
    terms = "plan.terms.zero_retention", "plan.terms.retention_days"
    if values.get(terms[0]) is True and (values.get(terms[1]) or 0.0) != 0.0:
        yield contradiction("zero retention is agreed, but days of retention too", *terms)
    if values.get("plan.fallback") == "none":
        for name in ("plan.fallback_provider", "plan.fallback_region", "plan.fallback_tested"):
            if name in declared:
                yield contradiction(f"`{name}` is declared, but `plan.fallback` is `none`", name, "plan.fallback")


def people_among(subjects: FactValue | None) -> tuple[str, ...]:
    """Return those whom data is about that are people; none where nobody said whom it is about."""
    return tuple(word for word in subjects if word not in _NOBODY) if isinstance(subjects, tuple) else ()


def classes_of_all(feature: Feature) -> tuple[str, ...]:
    """Return the classes of data that the manifest declares, of which the requests of a route may carry a part."""
    manifest = feature.document.value
    data = manifest.get("data") if isinstance(manifest, dict) else None
    classes = data.get("classes") if isinstance(data, dict) else None
    return tuple(map(str, classes)) if isinstance(classes, list) else ()


def subject_contradictions(values: Mapping[str, FactValue], classes: tuple[str, ...],
                           known: DataClasses) -> Iterable[FactProblem]:  # fmt: skip
    """Yield data about people and about nobody, and about people though no class is personal: no rule would speak of it.

    `classes` are those of all requests of the manifest, whichever route they take. What was made up, or no longer leads to
    anybody, may be about people and is not personal.
    """
    subjects = values.get(SUBJECTS)
    if isinstance(subjects, tuple) and "none" in subjects and len(subjects) > 1:
        message = "`none` says that the data is about nobody; remove it, or the others"
        yield FactProblem("MAN-008", message, path_of(SUBJECTS))
    if not classes or not known.by_id.keys() >= set(classes) or "personal" in known.kinds(classes):
        return
    people = people_among(subjects)
    if people and not _LEADS_TO_NOBODY.issuperset(classes):
        named = "`, `".join(people)
        yield contradiction(
            f"the data is about people (`{named}`), but no class of it is personal: add `personal` or a class that is, "
            "`de-identified` where it leads to nobody, or name as subjects only `business` or `none`",
            SUBJECTS, CLASSES,
        )  # fmt: skip


def growth_contradiction(now: float, growth: float, later: float) -> Iterable[FactProblem]:
    expected = now * growth
    if not 0.99 * later <= expected <= 1.01 * later:
        yield contradiction(
            f"`volume.growth_12_months` leads to {expected:g} requests a day, "
            f"`volume.requests_per_day_in_12_months` says {later:g}",
            "volume.growth_12_months",
            "volume.requests_per_day_in_12_months",
        )


def contradiction(message: str, first: str, second: str) -> FactProblem:
    return FactProblem("MAN-008", message, path_of(first), ((path_of(second), "contradicts this"),))
