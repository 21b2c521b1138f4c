"""What a forecast cannot know, said once for each kind: an unknown is never taken for no change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Stage
from aipolicy.forecast.catalog_events import PRICE_AGE, formulas
from aipolicy.forecast.events import Horizon
from aipolicy.forecast.growth import growth_of
from aipolicy.forecast.rule_events import day_in, evidence_of
from aipolicy.policy.stages import stage_on
from aipolicy.run.evaluated_run import Report
from aipolicy.run.policy import Policy
from aipolicy.value import Frozen


class Unknown(Frozen):
    """Something that is not known, and of what: names of features or ids of rules."""

    id: str
    text: str
    subjects: tuple[str, ...]


def unknowns_of(report: Report, policy: Policy, horizon: Horizon) -> tuple[Unknown, ...]:
    """Return what is not known at the start of a forecast."""
    evaluations = [e for e in report.evaluations if not e.is_retired]
    growing = [e for e in evaluations if growth_of(e.feature) is not None]
    unknowns = [
        _of("growth", "no growth is declared; volume is taken as it is today", evaluations, _has_no_growth),
        _of(
            "evidence", "evidence names no last day; it is taken to hold throughout", evaluations, _has_endless_evidence
        ),
        _of("price", "no dated price is known for what is planned", evaluations, _has_undated_price),
        _of(
            "retirement",
            "no end is announced for planned models; none is foreseen",
            evaluations,
            _has_endless_model,
        ),
    ]
    if horizon.end > horizon.year:
        text = f"growth is declared for twelve months; volume is taken to stay from {horizon.year} on"
        unknowns.append(_of("later-growth", text, growing, lambda _: True))
    rules = policy.chosen_rules
    undated = [r.id for r in rules if r.effective_from is None and stage_on(r.stages, horizon.end) is not Stage.IN_FORCE
               and stage_on(r.stages, horizon.end) is not Stage.ENDED]  # fmt: skip
    unknowns.append(
        Unknown("stage", "rules are announced, and no day is set from which they are in force", tuple(undated))
    )
    text = "rules read an age in a formula; what they change is looked for once a week, and may come up to six days earlier"
    unknowns.append(Unknown("formula", text, tuple(rule.id for rule in formulas(rules))))
    return tuple(unknown for unknown in unknowns if unknown.subjects)


def _of(id_: str, text: str, evaluations: Iterable[Evaluation], lacks: Callable[[Evaluation], bool]) -> Unknown:
    return Unknown(id_, text, tuple(sorted({e.feature.name for e in evaluations if lacks(e)})))


def _has_no_growth(evaluation: Evaluation) -> bool:
    return growth_of(evaluation.feature) is None


def _has_endless_evidence(evaluation: Evaluation) -> bool:
    documents = evidence_of(evaluation.feature)
    return any(day_in(d, "date") is not None and day_in(d, "expires") is None for _, d in documents)


def _has_undated_price(evaluation: Evaluation) -> bool:
    return any(hosting == "provider-api" and age is None for hosting, age in _planned(evaluation, PRICE_AGE))


def _has_endless_model(evaluation: Evaluation) -> bool:
    planned = list(_planned(evaluation, "option.retirement_announced"))
    return any(hosting == "provider-api" and announced is not True for hosting, announced in planned)


def _planned(evaluation: Evaluation, fact: str) -> Iterator[tuple[object, object]]:
    """Yield hosting and a fact of the options of a plan; nothing without a plan."""
    if evaluation.planned is evaluation.candidates:
        return
    for (hosting, value), mask in evaluation.planned.groups(("option.hosting", fact), evaluation.workload):
        if mask & evaluation.planned.full:
            yield hosting, value
