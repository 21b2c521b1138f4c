"""One feature under the rules of a run: what becomes of each rule over the candidates and the plan, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.evaluation.axes import OFFERING
from aipolicy.evaluation.legs_of_kinds import LegsOfKinds
from aipolicy.evaluation.option_groups import GroupKey, none_kept
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.pairs import Pairs, prepared_reads
from aipolicy.evaluation.prepared_rule import ActiveRule, Readers, active_rules, is_retired
from aipolicy.evaluation.rule_evaluator import OutcomeMasks, RuleEvaluator
from aipolicy.evaluation.slot_view import leg_reads
from aipolicy.evaluation.verdict import VERDICT_ATTRIBUTES, Verdict, verdict_of
from aipolicy.facts.all_facts import PLACES_PREFIX, is_partner_fact
from aipolicy.facts.assume import assume
from aipolicy.facts.declared import PLAN_CHOICES, TODAY_FACTS
from aipolicy.facts.facts import Facts, derive_facts
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import Feature
from aipolicy.options.attributes import Organization
from aipolicy.options.estimates import COMPARED_FACTS
from aipolicy.options.option import Option, PlanProblem
from aipolicy.options.workload import Workload, workload_of
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule, RuleScope, parts_of
from aipolicy.value import Frozen, replace


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
        """Return an evaluator of the day of other legs, which shares what was evaluated.

        The plans of `like` have the same legs on that day.
        """
        kept = KeptGroups(legs.count, none_kept)
        other = Evaluator(packs, legs.catalog, self.organization, kept, self._expected)
        other.rule_evaluator, other.legs, other._like = self.rule_evaluator, legs, like
        return other

    def evaluate(self, feature: Feature) -> Evaluation:
        """Return the evaluation of a feature; the caller looks at `facts.problems` first."""
        feature = self.with_bill(feature)
        facts = derive_facts(feature, self.catalog, self.catalog.as_of, self.known)

        @cache
        def expect() -> Evaluation:
            return self.evaluate_facts(feature, assume(facts, self.catalog, feature.path_in_repository))

        return replace(self.evaluate_facts(feature, facts), expect=expect)

    def with_bill(self, feature: Feature) -> Feature:
        """Return a feature with what its bill of today says, where it declares what runs today and it was not read yet."""
        if feature.bill is not None or TODAY_FACTS.isdisjoint(feature.declared):
            return feature
        from aipolicy.options.bill_reader import read_bill

        facts = derive_facts(feature, self.catalog, self.catalog.as_of, self.known)
        return replace(feature, bill=read_bill(facts, feature.name, self.catalog, self.organization))

    def evaluate_facts(self, feature: Feature, facts: Facts) -> Evaluation:
        """Return the evaluation of a feature with given facts."""
        workload = workload_of(facts, feature.name)
        candidates = self.candidates_of(facts, workload)
        planned, problems = self.planned_of(facts, workload) or (candidates, ())
        has_plan = any(name.startswith("plan.") for name in facts.declared)
        evaluated = [self._evaluated(active, facts, workload, candidates, planned) for active in self.rules]
        verdict = self.verdict_over(candidates, evaluated, facts, workload)
        if planned is not candidates and any(_compares(active.rule) for active in self.rules):
            # NOTE: rules about plans remove no candidate, so that what remains is known before a plan is compared with it.
            from aipolicy.evaluation.rivals import rivals_of

            workload = replace(workload, rivals=rivals_of(candidates, verdict, workload, is_certain=not facts.assumed))
            evaluated = [
                self._evaluated(r.active, facts, workload, candidates, planned) if _compares(r.active.rule) else r
                for r in evaluated
            ]
        return Evaluation(feature, facts, workload, candidates, planned, problems, has_plan, tuple(evaluated), verdict)

    def candidates_of(self, facts: Facts, workload: Workload) -> OptionSet:
        """Return the options that could be built, put together from legs."""
        return self._pairs.candidates(self._offered.of(facts), facts, workload)

    def planned_of(self, facts: Facts, workload: Workload) -> tuple[OptionSet, tuple[PlanProblem, ...]] | None:
        """Return the options of the plan and what is wrong with it; None where it names nothing that tells options apart."""
        if facts.declared.isdisjoint(PLAN_CHOICES):
            return None
        plan = self._offered.plans(facts).of(facts)
        return self._pairs.planned(plan, facts, workload), plan.problems

    def outcomes_over(self, candidates: OptionSet, active: ActiveRule, facts: Facts, workload: Workload) -> Outcomes:
        """Return what becomes of a rule over candidates; one about plans is not applicable to any."""
        if active.rule.scope is RuleScope.OPTIONS:
            return self.rule_evaluator.evaluate(active.rule, facts, workload, candidates)
        return OutcomeMasks(candidates.full, 0, 0, 0)

    def verdict_over(self, candidates: OptionSet, evaluated: Iterable[RuleEvaluation], facts: Facts,
                     workload: Workload) -> Verdict:  # fmt: skip
        """Return what follows from what became of every rule over candidates."""

        def clash() -> tuple[str, ...]:
            return self._pairs.clash(self._offered.of(facts), facts, workload)

        rules = ((r.active.rule, r.active.severity, r.candidates) for r in evaluated)
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
    def readers(self) -> Readers:
        """Return the places of the rules by what they read."""
        return Readers(self.rules)

    def _evaluated(self, active: ActiveRule, facts: Facts, workload: Workload, candidates: OptionSet,
                   planned: OptionSet) -> RuleEvaluation:  # fmt: skip
        of_candidates = self.outcomes_over(candidates, active, facts, workload)
        if planned is candidates:
            return RuleEvaluation(active, of_candidates, of_candidates)
        return RuleEvaluation(
            active, of_candidates, self.rule_evaluator.evaluate(active.rule, facts, workload, planned)
        )

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
