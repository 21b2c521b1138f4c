"""One feature under the rules of a run: what becomes of each rule over the candidates and the plan, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.evaluation.axes import OFFERING
from aipolicy.evaluation.legs_of_kinds import LegsOfKinds
from aipolicy.evaluation.option_groups import Group, GroupKey
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.option_set import OptionSet, none_kept
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.pairs import Pairs, prepared_reads
from aipolicy.evaluation.prepared_rule import ActiveRule, active_rules, is_retired
from aipolicy.evaluation.rule_evaluator import OutcomeMasks, RuleEvaluator
from aipolicy.evaluation.slot_view import leg_reads
from aipolicy.evaluation.verdict import VERDICT_ATTRIBUTES, Verdict, verdict_of
from aipolicy.facts.all_facts import PLACES_PREFIX, is_partner_fact
from aipolicy.facts.assume import assume
from aipolicy.facts.declared import PLAN_CHOICES
from aipolicy.facts.facts import Facts, derive_facts
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import Feature
from aipolicy.options.attributes import Organization
from aipolicy.options.cost_inputs import CostBasis
from aipolicy.options.estimates import COMPARED_FACTS, ESTIMATED_FACTS
from aipolicy.options.option import Option, PlanProblem
from aipolicy.options.workload import Rivals, Workload, workload_of
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule, RuleScope, parts_of
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    pass


class RuleEvaluation(Frozen):
    """What became of a rule, over the candidates and over the options of the plan."""

    active: ActiveRule
    candidates: Outcomes
    planned: Outcomes


class Evaluation(Frozen):
    """Everything known about one feature: what is certain of it, whatever is left out, or what is expected of it.

    Findings are functions of what is certain. What is shown to people as the answer follows from what is expected.
    """

    feature: Feature
    facts: Facts
    workload: Workload
    candidates: OptionSet
    planned: OptionSet
    plan_problems: tuple[PlanProblem, ...]
    has_plan: bool
    rules: tuple[RuleEvaluation, ...]
    verdict: Verdict
    expect: Callable[[], Evaluation] | None = None
    """Makes the evaluation of what is expected, once; None in that evaluation itself."""

    @property
    def is_retired(self) -> bool:
        """Return whether the feature runs no more: nothing is recommended, asked or to be done then."""
        return is_retired(self.facts)

    @property
    def expected(self) -> Evaluation:
        """Return the same feature with an expected value for every fact that its manifest leaves out."""
        return self if self.expect is None else self.expect()


class KeptGroups(Frozen):
    """What an evaluator of equal packs, catalog, organisation and day found out about the candidates."""

    count: int
    find: Callable[[GroupKey], bytes | None]
    """Returns groups of them in serialised form, or None where they were not kept."""


class Evaluator:
    """Evaluates features under packs, a catalog and an organisation, as of the catalog's day."""

    def __init__(self, packs: tuple[PolicyPack, ...], catalog: Catalog, organization: Organization,
                 kept: KeptGroups | None = None, expected: Mapping[str, FactValue] | None = None) -> None:  # fmt: skip
        self.catalog = catalog
        self.organization = organization
        self.rule_evaluator = RuleEvaluator()
        self._expected = expected
        self.known = known_facts((spec for pack in packs for spec in pack.facts), expected)
        """The facts that conditions may read and manifests may declare."""
        self.legs = OptionSet(
            self._candidate_legs, catalog, organization,
            count=kept.count if kept is not None else None, kept_groups=kept.find if kept is not None else none_kept,
        )  # fmt: skip
        """Every way to answer that is looked at without a plan, and from which partners are chosen."""
        self.packs = packs
        self.rules = _active_rules(packs, catalog)
        self._like: Evaluator | None = None

    def later(self, packs: tuple[PolicyPack, ...], legs: OptionSet, like: Evaluator | None = None) -> Evaluator:
        """Return an evaluator of the day of other legs, which shares what was judged.

        The plans of `like` have the same legs on that day.
        """
        kept = KeptGroups(legs.count, none_kept)
        other = Evaluator(packs, legs.catalog, self.organization, kept, self._expected)
        other.rule_evaluator, other.legs, other._like = self.rule_evaluator, legs, like
        return other

    def evaluate(self, feature: Feature) -> Evaluation:
        """Return the evaluation of a feature; the caller looks at `facts.problems` first."""
        facts = derive_facts(feature, self.catalog, self.catalog.as_of, self.known)

        @cache
        def expect() -> Evaluation:
            return self.evaluate_facts(feature, assume(facts, self.catalog, feature.path_in_repository))

        return replace(self.evaluate_facts(feature, facts), expect=expect)

    def evaluate_facts(self, feature: Feature, facts: Facts) -> Evaluation:
        """Return the evaluation of a feature with given facts."""
        workload = workload_of(facts, feature.name)
        candidates, planned, problems = self._option_sets(facts, workload)
        has_plan = any(name.startswith("plan.") for name in facts.declared)
        judged = [self._evaluated(active, facts, workload, candidates, planned) for active in self.rules]
        verdict = self._verdict(judged, candidates, facts, workload)
        if planned is not candidates and any(_compares(active.rule) for active in self.rules):
            # NOTE: rules about plans remove no candidate, so that what remains is known before a plan is compared with it.
            workload = replace(workload, rivals=_rivals(candidates, verdict, workload, is_certain=not facts.assumed))
            judged = [
                self._evaluated(r.active, facts, workload, candidates, planned) if _compares(r.active.rule) else r
                for r in judged
            ]
        return Evaluation(feature, facts, workload, candidates, planned, problems, has_plan, tuple(judged), verdict)

    def evaluate_like(self, evaluation: Evaluation, facts: Facts) -> Evaluation:
        """Return the evaluation of the same feature and plan with other facts; what is judged alike is taken over.

        A plan is compared with what remained in the evaluation that is given.
        """
        workload = workload_of(facts, evaluation.feature.name)
        is_other_workload = workload != replace(evaluation.workload, rivals=None)
        before, after = evaluation.facts.values, facts.values
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        again = {place for name in changed for place in self._readers.get(name, ())}
        if is_retired(facts) is not evaluation.is_retired:
            again.update(range(len(self.rules)))
        if is_other_workload:
            again.update(self._estimating)
        candidates, planned = evaluation.candidates, evaluation.planned
        if again or is_other_workload:
            candidates, planned, _ = self._option_sets(facts, workload)
        workload = replace(workload, rivals=evaluation.workload.rivals)
        if (candidates, planned) != (evaluation.candidates, evaluation.planned):
            again.update(range(len(self.rules)))
        judged = list(evaluation.rules)
        for place in again:
            judged[place] = self._evaluated(judged[place].active, facts, workload, candidates, planned)
        verdict = self._verdict(judged, candidates, facts, workload) if again else evaluation.verdict
        return replace(
            evaluation, facts=facts, workload=workload, candidates=candidates, planned=planned, rules=tuple(judged),
            verdict=verdict, expect=None,
        )  # fmt: skip

    def _option_sets(self, facts: Facts, workload: Workload) -> tuple[OptionSet, OptionSet, tuple[PlanProblem, ...]]:
        """Return the options that could be built and those of the plan, put together from legs."""
        candidates = self._pairs.candidates(self._offered.of(facts), facts, workload)
        if facts.declared.isdisjoint(PLAN_CHOICES):
            return candidates, candidates, ()
        plan = self._offered.plans(facts).of(facts)
        return candidates, self._pairs.planned(plan, facts, workload), plan.problems

    def _verdict(self, judged: Iterable[RuleEvaluation], candidates: OptionSet, facts: Facts,
                 workload: Workload) -> Verdict:  # fmt: skip
        def clash() -> tuple[str, ...]:
            return self._pairs.clash(self._offered.of(facts), facts, workload)

        rules = ((r.active.rule, r.active.severity, r.candidates) for r in judged)
        return verdict_of(candidates.full, rules, candidates, clash)

    # NOTE: both are made late, because an evaluator of another day takes over legs and what evaluates rules.
    @cached_property
    def _offered(self) -> LegsOfKinds:
        earlier = None if self._like is None else self._like._offered
        return LegsOfKinds(self.legs, self.catalog, self.organization, earlier)

    @cached_property
    def _pairs(self) -> Pairs:
        return Pairs(self.rules, self.rule_evaluator)

    @cached_property
    def _readers(self) -> Mapping[str, tuple[int, ...]]:
        """Return for every fact of features the places of the rules that read it."""
        readers: dict[str, list[int]] = {}
        for place, active in enumerate(self.rules):
            for name in active.rule.feature_reads:
                readers.setdefault(name, []).append(place)
        return {name: tuple(places) for name, places in readers.items()}

    @cached_property
    def _estimating(self) -> tuple[int, ...]:
        """Return the places of the rules that read an estimate."""
        return tuple(
            place
            for place, active in enumerate(self.rules)
            if any(
                not ESTIMATED_FACTS.isdisjoint(line.option_reads) for line in (*active.rule.when, *active.rule.require)
            )
        )

    def _evaluated(self, active: ActiveRule, facts: Facts, workload: Workload, candidates: OptionSet,
                   planned: OptionSet) -> RuleEvaluation:  # fmt: skip
        everywhere = active.rule.scope is RuleScope.OPTIONS
        evaluate = self.rule_evaluator.evaluate
        of_candidates: Outcomes = OutcomeMasks(candidates.full, 0, 0, 0)
        if everywhere:
            of_candidates = evaluate(active.rule, facts, workload, candidates)
        if planned is candidates:
            return RuleEvaluation(active, of_candidates, of_candidates)
        return RuleEvaluation(active, of_candidates, evaluate(active.rule, facts, workload, planned))

    def prepare(self) -> tuple[int, dict[GroupKey, bytes]]:
        """Return how many legs there are, and their groups that rules and verdict will ask for, found now."""
        reads: list[tuple[str, ...]] = [
            line.option_reads
            for active in self.rules
            for line in (*active.rule.when, *active.rule.require)
            if line.option_reads
        ]
        reads += [tuple(dict.fromkeys(leg_reads(names))) for names in reads]
        of_legs = [names for names in reads if not any(map(is_partner_fact, names))]
        for names in (*of_legs, *prepared_reads(), *((name,) for name in (*VERDICT_ATTRIBUTES, *OFFERING))):
            self.legs.keep_groups(tuple(names))
        return self.legs.count, self.legs.kept_groups()

    def _candidate_legs(self) -> tuple[Option, ...]:
        # NOTE: a clean feature without a plan never asks for a leg itself, only for groups kept from earlier runs.
        from aipolicy.options.candidates import candidate_legs

        return candidate_legs(self.catalog, self.organization)


def _rivals(candidates: OptionSet, verdict: Verdict, workload: Workload, *, is_certain: bool) -> Rivals:
    """Return the cheapest of the options that remain, and the cheapest on machines of one's own.

    Where only what is certain counts, an option is the cheapest only if it remains whatever else is declared, and if
    nothing that is still unknown could make another one cheaper.
    """
    groups = candidates.groups(("option.hosting", "option.monthly_usd"), workload)
    mask = verdict.remaining if is_certain else verdict.admissible or verdict.remaining
    staying = mask if not is_certain else verdict.admissible if workload.is_complete else 0
    remaining = [(values, group & mask) for values, group in groups if group & mask]
    own = [(values, group) for values, group in remaining if values[0] != "provider-api"]
    return Rivals(_cheapest(candidates, remaining, staying), _cheapest(candidates, own, staying), bool(own))


def _cheapest(candidates: OptionSet, groups: list[Group], staying: int) -> CostBasis | None:
    """Return the basis of the cheapest group, unless an option that may still be removed is as cheap."""
    known = [(usd, mask) for (_, usd), mask in groups if isinstance(usd, float)]
    least = min((usd for usd, _ in known), default=None)
    cheapest = sum(mask for usd, mask in known if usd == least)
    return candidates.cost_basis(first_in(cheapest & staying)) if cheapest & staying else None


def own_expected(settings: PolicySettings, packs: Iterable[PolicyPack], catalog: Catalog) -> dict[str, FactValue]:
    """Return what an organisation expects of facts that are left out; raises where no manifest could declare it."""
    if not settings.expected:
        return {}
    from aipolicy.facts.own_expected import read_expected

    specs = known_facts(spec for pack in packs for spec in pack.facts).specs
    return read_expected(settings.expected, settings.expected_places, specs, catalog.vocabulary)


def _compares(rule: Rule) -> bool:
    return any(not COMPARED_FACTS.isdisjoint(line.option_reads) for line in (*rule.when, *rule.require))


def _active_rules(packs: tuple[PolicyPack, ...], catalog: Catalog) -> tuple[ActiveRule, ...]:
    rules = sorted((rule for pack in packs for rule in pack.rules), key=lambda rule: rule.id)
    parts = (part for rule in rules for part in parts_of(rule))
    return active_rules((with_places_of_day(part, catalog) for part in parts), catalog.as_of)


def with_places_of_day(rule: Rule, catalog: Catalog) -> Rule:
    """Return a rule that knows the groups of countries of the catalog's day."""
    if not any(name.startswith(PLACES_PREFIX) for name in rule.parameters):
        return rule
    from aipolicy.policy.cel.within import refreshed

    now = refreshed(rule.parameters, catalog.places)
    return rule if now == rule.parameters else replace(rule, parameters=now)
