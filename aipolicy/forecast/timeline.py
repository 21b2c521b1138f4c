"""Features on the days on which something happens: each evaluated as `check` would on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from aipolicy.config.scope import A_PART, RunScope
from aipolicy.config.settings import PART_OF_RUN
from aipolicy.findings.finding import sorted_findings
from aipolicy.forecast.events import DAY, Event, Horizon, Input
from aipolicy.forecast.growth import projected
from aipolicy.forecast.policies import Policies
from aipolicy.forecast.rule_events import day_in, evidence_of
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import Manifests
from aipolicy.run.evaluated_file import EvaluatedFile, evaluate_manifests
from aipolicy.run.evaluated_run import Report, report_of
from aipolicy.run.policy import Policy
from aipolicy.source.document import PlainValue
from aipolicy.value import Frozen, replace


class Moment(Frozen):
    """A day with what happens on it and what `check` says on it, declared growth included."""

    day: date
    events: tuple[Event, ...]
    report: Report


class Timeline:
    """Evaluates manifests as of the days of a horizon."""

    def __init__(self, manifests: Manifests, files: int, policies: Policies, horizon: Horizon,
                 scope: RunScope = A_PART) -> None:  # fmt: skip
        # NOTE: what a bill says of requests, it says at the volume and the prices of today.
        features = tuple(map(policies.base.evaluator.with_bill, manifests.features))
        self._manifests = replace(manifests, features=features)
        self._files = files
        self._scope = scope
        self.policies = policies
        self.horizon = horizon

    def moments(self, events: Sequence[Event], today: Report) -> tuple[Moment, ...]:
        """Return the start with its report, then every day on which something happens."""
        by_day: dict[date, list[Event]] = {}
        for event in events:
            by_day.setdefault(event.day, []).append(event)
        moments = [Moment(self.horizon.start, (), today)]
        for day, group in sorted(by_day.items()):
            concerned = None if any(not event.feature for event in group) else {event.feature for event in group}
            moments.append(Moment(day, tuple(group), self._on(day, concerned, moments[-1].report)))
        return tuple(moments)

    def on(self, day: date) -> Report:
        """Return what `check` says on a day, with the volume that growth has led to by then."""
        features = [projected(feature, day, self.horizon) for feature in self._manifests.features]
        return self._report(self._evaluated(features, self.policies.on(day)), self.policies.on(day))

    def between(self, day: date, exchanged: frozenset[Input], names: frozenset[str]) -> Report:
        """Return what becomes of some features with the named inputs as of a day, all others as of the day before."""
        before = day - DAY
        when = {input_: day if input_ in exchanged else before for input_ in Input}
        policy = self.policies.with_rules_of(when[Input.RULES], when[Input.CATALOG])
        policy = self.policies.with_waivers_of(when[Input.WAIVERS], policy)
        features = [
            _with_evidence_of(
                projected(feature, when[Input.GROWTH], self.horizon), when[Input.EVIDENCE], policy.catalog.as_of
            )
            for feature in self._manifests.features
            if feature.name in names
        ]
        some = len(features) < len(self._manifests.features)
        return self._report(self._evaluated(features, policy), policy, partial=PART_OF_RUN if some else "")

    def _on(self, day: date, names: Iterable[str] | None, before: Report) -> Report:
        """Return the report of a day; of features that nothing concerns it is the one before."""
        if names is None:
            return self.on(day)
        concerned = frozenset(names)
        features = [projected(f, day, self.horizon) for f in self._manifests.features if f.name in concerned]
        policy = self.policies.on(day)
        now, (earlier,) = self._evaluated(features, policy), before.files
        new = iter(now.evaluations)
        findings = [f for f in earlier.findings if f.feature not in concerned]
        findings += [f for f in now.findings if f.feature in concerned]
        uses = [use for use in earlier.waiver_uses if use.feature not in concerned]
        merged = replace(
            earlier,
            evaluations=tuple(next(new) if e.feature.name in concerned else e for e in earlier.evaluations),
            findings=sorted_findings(findings),
            waiver_uses=(*uses, *now.waiver_uses),
        )
        return self._report(merged, policy)

    def _evaluated(self, features: Sequence[Feature], policy: Policy) -> EvaluatedFile:
        return evaluate_manifests(replace(self._manifests, features=tuple(features)), self._files, policy)

    def _report(self, evaluated: EvaluatedFile, policy: Policy, *, partial: str = "") -> Report:
        return report_of((evaluated,), policy, RunScope(self._scope.partial or partial, self._scope.covers))


def _with_evidence_of(feature: Feature, day: date, as_of: date) -> Feature:
    """Return the feature with every document as it is on a day, whatever the day of the run."""
    held = {name: _shifted(document, (as_of - day).days) for name, document in evidence_of(feature)}
    return replace(feature, declared={**feature.declared, **held}) if held else feature


def _shifted(document: Mapping[str, PlainValue], days: int) -> PlainValue:
    """Return a document with its days so much later that a run sees of it what it would have seen so many days before."""
    moved: dict[str, PlainValue] = dict(document)
    for key in ("date", "expires"):
        day = day_in(document, key)
        if day is not None:
            ordinal = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
            moved[key] = date.fromordinal(ordinal).isoformat()
    return moved
