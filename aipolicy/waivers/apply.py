"""The findings of a file beside the waivers of its features, those in its comments included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding
from aipolicy.manifest.feature import Feature
from aipolicy.policy.governance import WaiverLimits
from aipolicy.source.document import SourceFile
from aipolicy.value import NamedTuple
from aipolicy.waivers.waive import waive
from aipolicy.waivers.waiver import Waiver, Waivers, WaiverUse


class Applied(NamedTuple):
    """Findings with what is waived marked, those on comments included, and what became of each waiver."""

    findings: tuple[Finding, ...]
    uses: tuple[WaiverUse, ...]


def apply_waivers(findings: Sequence[Finding], evaluation: Evaluation, waivers: Waivers, rules: Sequence[str],
                  ignored: Sequence[str], day: date, starts: Sequence[int]) -> Applied:  # fmt: skip
    """Return the findings on a feature beside its waivers; `starts` are given where comments of its file may waive.

    `rules` are the ids of all rules, `ignored` those left out by choice.
    """
    listed: list[tuple[int | None, Waiver]] = list(waivers.by_feature.get(evaluation.feature.name, ()))
    if not starts:
        waived = waive(findings, listed, evaluation, ignored, day)
        return Applied(waived.findings, waived.uses)
    from aipolicy.waivers.comments import inline_waivers
    from aipolicy.waivers.run import inline_findings

    inline = inline_waivers(evaluation, starts, rules, waivers.limits, day)
    waived = waive(findings, [*listed, *((None, waiver) for waiver, _ in inline.waivers)], evaluation, ignored, day)
    uses = waived.uses[len(listed) :]
    on_comments = inline_findings(
        ((waiver, place, use) for (waiver, place), use in zip(inline.waivers, uses, strict=True)), waivers, day
    )
    return Applied((*waived.findings, *inline.malformed, *on_comments), waived.uses)


def starts_of(features: Iterable[Feature], source: SourceFile) -> tuple[int, ...]:
    """Return the first lines of the features that a file declares."""
    return tuple(
        sorted(feature.document.locate(()).start.line for feature in features if feature.document.source is source)
    )


def waivers_in_comments(evaluations: Sequence[Evaluation], limits: WaiverLimits, rules: Sequence[str],
                        day: date) -> Iterator[Waiver]:  # fmt: skip
    """Yield the well-formed waivers in comments beside features."""
    from aipolicy.waivers.comments import inline_waivers

    features = [evaluation.feature for evaluation in evaluations]
    for evaluation in evaluations:
        starts = starts_of(features, evaluation.feature.document.source)
        yield from (waiver for waiver, _ in inline_waivers(evaluation, starts, rules, limits, day).waivers)
