"""Findings on the routes of a feature in, the same without what is about the feature itself and stands with it already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from aipolicy.findings.finding import Finding
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX, WAIVER_PREFIX
from aipolicy.manifest.feature import Feature

_NEEDLESS = "WAIVER-004"
"""A waiver that has nothing to waive: on a route that may be so because it waives something on another one."""


def is_route(feature: Feature) -> bool:
    """Return whether it is a route of a feature, beside the requests that take no route of their own."""
    return feature.name != feature.declared["metadata.name"]


def told_once(features: Sequence[Feature], found: Sequence[tuple[Finding, ...]]) -> list[tuple[Finding, ...]]:
    """Return the findings on each feature; what stands with it in the same words is left out of its routes."""
    pairs = tuple(zip(features, found, strict=True))
    own = {_base(feature): set(map(_told, findings)) for feature, findings in pairs if not is_route(feature)}
    result = []
    for feature, findings in pairs:
        said = own.get(_base(feature), set()) if is_route(feature) else set()
        result.append(tuple(finding for finding in findings if _told(finding) not in said))
    return result


def waivers_told_once(features: Sequence[Feature], findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in which what is said of a waiver beside a feature is said once for all of its routes.

    A waiver in a comment is needed where it waives something on any of them.
    """
    base = {feature.name: _base(feature) for feature in features}
    routes = Counter(base.values())
    listed = tuple(findings)
    times = Counter(map(_told, listed))
    seen: set[Hashable] = set()
    result = []
    for finding in listed:
        key, count = _told(finding), routes.get(base.get(finding.feature), 0)
        is_needed = finding.rule_id == _NEEDLESS and times[key] < count
        if finding.rule_id.startswith(WAIVER_PREFIX) and count > 1 and (key in seen or is_needed):
            continue
        seen.add(key)
        result.append(finding)
    return result


def _base(feature: Feature) -> Hashable:
    """Return what the routes of one feature have in common: the document that declares it."""
    return feature.file, feature.document.index, str(feature.declared["metadata.name"])


def _told(finding: Finding) -> Hashable:
    """Return what people are told by a finding, and where; of which route is left aside.

    What is wrong with a manifest, or with a waiver beside it, is one thing, whichever route it is said of.
    """
    span = finding.span_of(finding.place)
    if finding.rule_id.startswith((MANIFEST_PREFIX, WAIVER_PREFIX)):
        return finding.rule_id, finding.file, span
    related = tuple((finding.span_of(place), place.label) for place in finding.related)
    return (
        finding.rule_id, finding.file, span, finding.severity, finding.outcome, finding.message, finding.missing_facts,
        finding.stage, finding.subject, related,
    )  # fmt: skip
