"""The policy of each day of a forecast; what two days have in common is compiled and evaluated once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.forecast.candidates import CandidateDays, Likeness
from aipolicy.forecast.catalog_days import CatalogDays
from aipolicy.forecast.events import Horizon
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run.policy import Policy, load_policy
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.policy.portfolio_rule import PortfolioRule
    from aipolicy.waivers.waiver import Waivers


class Policies:
    """The policy as of any day of a horizon; raises what `load_policy` does."""

    def __init__(self, settings: PolicySettings, files: PolicyFiles, base: Policy, horizon: Horizon) -> None:
        self.base = base
        self.catalogs = CatalogDays(files, base.catalog, horizon)
        self._candidates = CandidateDays(self.catalogs, settings.organization, horizon.start, horizon.end)
        self._settings = settings
        self._files = files
        self._kept: dict[date, Policy] = {horizon.start: base}
        self._like: dict[Likeness, Policy] = {}
        self._words = base.catalog.vocabularies

    def on(self, day: date) -> Policy:
        """Return the policy as of a day, as `load_policy` would make it."""
        if day not in self._kept:
            self._kept[day] = self._policy(day)
        return self._kept[day]

    def with_rules_of(self, rules_day: date, day: date) -> Policy:
        """Return the policy as of a day, with every rule in the stage that it has on another day."""
        policy = self.on(day)
        portfolio_rules = [portfolio_rule.rule for portfolio_rule in policy.portfolio_rules]
        if all(
            rule.severity_on(rules_day) is rule.severity_on(day) for rule in (*policy.chosen_rules, *portfolio_rules)
        ):
            return policy
        packs = tuple(
            replace(pack, rules=tuple(held for rule in pack.rules if (held := _held(rule, rules_day)) is not None))
            for pack in policy.evaluator.packs
        )
        evaluator = policy.evaluator.later(packs, policy.evaluator.legs, policy.evaluator)
        held_over_all = (_held_over_all(portfolio_rule, rules_day) for portfolio_rule in policy.portfolio_rules)
        return replace(
            policy,
            evaluator=evaluator,
            portfolio_rules=tuple(portfolio_rule for portfolio_rule in held_over_all if portfolio_rule is not None),
        )

    def with_waivers_of(self, waivers_day: date, policy: Policy) -> Policy:
        """Return a policy with every waiver as it stands on another day."""
        if waivers_day == policy.catalog.as_of:
            return policy
        return replace(policy, waivers=self.on(waivers_day).waivers, waived_on=waivers_day)

    def _waivers(self, catalog: Catalog, day: date) -> Waivers | None:
        """Return the waivers as of a day: what packs ask of them depends on it."""
        if self.base.waivers is None:
            return None
        from aipolicy.waivers.read import read_waivers

        return read_waivers(self._files.waivers, self.base.packs, catalog, day)

    def _policy(self, day: date) -> Policy:
        catalog = self.catalogs.on(day)
        if catalog.vocabularies != self._words:
            # NOTE: conditions are checked against the words of the catalog, so that other words are another compilation.
            return load_policy(self._settings._replace(as_of=day), None, self._files)
        likeness = self._candidates.likeness(catalog)
        like = self._like.get(likeness)
        base = self.base.evaluator
        evaluator = base.later(base.packs, self._candidates.on(catalog), like.evaluator if like is not None else None)
        policy = replace(self.base, catalog=catalog, evaluator=evaluator, waivers=self._waivers(catalog, day))
        self._like.setdefault(likeness, policy)
        return policy


def _held_over_all(rule: PortfolioRule, day: date) -> PortfolioRule | None:
    held = _held(rule.rule, day)
    return None if held is None else replace(rule, rule=held)


def _held(rule: Rule, day: date) -> Rule | None:
    severity = rule.severity_on(day)
    if severity is None:
        return None
    return replace(
        rule, severity=severity, announced_on=None, warning_from=None, effective_from=None, effective_until=None
    )
