"""Manifests, a policy and some months in, the calendar of what will start or stop failing out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from aipolicy.config.scope import A_PART, RunScope
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.files.cache import Cache
from aipolicy.findings.finding import Finding, Severity
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.forecast.attribution import changes_between
from aipolicy.forecast.catalog_events import catalog_events
from aipolicy.forecast.change import ForecastChange, gates
from aipolicy.forecast.events import Cause, Event, Horizon, months_later, within
from aipolicy.forecast.growth import growth_events
from aipolicy.forecast.policies import Policies
from aipolicy.forecast.rule_events import evidence_events, named_day_events, rule_events
from aipolicy.forecast.timeline import Moment, Timeline
from aipolicy.forecast.unknowns import Unknown, unknowns_of
from aipolicy.forecast.waiver_events import waiver_events
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import Manifests, read_manifests
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run.evaluated_run import Report
from aipolicy.run.policy import Policy, load_policy
from aipolicy.value import Frozen

MAX_MONTHS = 120


class Forecast(Frozen):
    """What will change within a horizon, and what nobody can know."""

    policy: Policy
    horizon: Horizon
    fail_on: Severity
    moments: tuple[Moment, ...]
    """The start, and every day on which something happens; between them no answer changes."""
    changes: tuple[ForecastChange, ...]
    turns: tuple[Event, ...]
    """Rules that come into force, change their stage or end, whether a feature fails by it or not."""
    unknowns: tuple[Unknown, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Return the names of the features, sorted."""
        return tuple(sorted({evaluation.feature.name for evaluation in self.moments[0].report.evaluations}))

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Return the problems of manifests that could not be read: nothing is known of what they declare."""
        report = self.moments[0].report
        evaluated = {(evaluation.feature.file, evaluation.feature.name) for evaluation in report.evaluations}
        return tuple(
            f for f in report.findings if f.rule_id.startswith(MANIFEST_PREFIX) and (f.file, f.feature) not in evaluated
        )

    @property
    def red_today(self) -> tuple[Finding, ...]:
        """Return the findings that fail at the start."""
        return self.failing(self.moments[0])

    @property
    def first_failure(self) -> ForecastChange | None:
        """Return the first change that makes something fail that did not, or None."""
        return next((change for change in self.changes if self._starts(change)), None)

    @property
    def green(self) -> tuple[str, ...]:
        """Return the features that nothing fails in at any time."""
        red = {finding.feature for moment in self.moments for finding in self.failing(moment)}
        return tuple(name for name in self.features if name not in red)

    def failing(self, moment: Moment) -> tuple[Finding, ...]:
        """Return the findings of a moment that weigh enough for exit code 1."""
        return tuple(finding for finding in moment.report.findings if gates(finding, self.fail_on))

    def exit_code(self) -> int:
        """Return 1 when something will start failing or a manifest cannot be read, 3 when nothing was evaluated, else 0."""
        if self.first_failure is not None or any(gates(finding, self.fail_on) for finding in self.broken):
            return EXIT_FINDINGS
        evaluated = any(moment.report.evaluated for moment in self.moments)
        return EXIT_CLEAN if evaluated else EXIT_NOTHING

    def _starts(self, change: ForecastChange) -> bool:
        return gates(change.delta.after, self.fail_on) and not gates(change.delta.before, self.fail_on)


class Ground(Frozen):
    """What sources of events look at."""

    manifests: Manifests
    rules: Sequence[Rule]
    policies: Policies
    horizon: Horizon
    today: Report


Source = Callable[[Ground], Iterable[Event]]

SOURCES: tuple[Source, ...] = (
    lambda ground: rule_events(ground.rules),
    lambda ground: named_day_events(ground.rules),
    lambda ground: evidence_events(ground.manifests.features, ground.rules),
    lambda ground: catalog_events(ground.policies.catalogs, ground.rules, ground.manifests.features, ground.horizon),
    lambda ground: waiver_events(ground.policies.base, ground.today),
    lambda ground: growth_events(ground.manifests.features, ground.horizon),
)
"""Where dated events come from: together they name every day on which an answer can change."""


def forecast(files: Sequence[ManifestFile], settings: PolicySettings, policy_files: PolicyFiles, *, months: int,
             fail_on: Severity, cache: Cache | None = None, scope: RunScope = A_PART) -> Forecast:  # fmt: skip
    """Return what changes in the months after `settings.as_of`; raises what `load_policy` raises for any of the days."""
    horizon = Horizon(settings.as_of, months_later(settings.as_of, months))
    base = load_policy(settings, cache, policy_files)
    manifests = read_manifests(files, extensions=base.evaluator.known.extensions_schema)
    policies = Policies(settings, policy_files, base, horizon)
    timeline = Timeline(manifests, len(files), policies, horizon, scope)
    portfolio_rules = () if scope.partial else tuple(portfolio_rule.rule for portfolio_rule in base.portfolio_rules)
    today = timeline.on(horizon.start)
    ground = Ground(manifests, (*base.chosen_rules, *portfolio_rules), policies, horizon, today)
    events = within((event for source in SOURCES for event in source(ground)), horizon)
    moments = timeline.moments(events, today)
    changes = tuple(
        change for before, now in pairwise(moments) for change in changes_between(before, now, timeline, fail_on)
    )
    turns = tuple(event for event in events if event.rule and event.cause is Cause.RULE)
    return Forecast(base, horizon, fail_on, moments, changes, turns, unknowns_of(moments[0].report, base, horizon))
