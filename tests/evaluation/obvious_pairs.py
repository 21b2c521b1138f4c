"""A second evaluator, slow and obvious: every leg with every partner is listed, and every rule asked of each pair.

It shares with the product what a line of a rule is worth and what an estimate comes to, and nothing of how sets of options
are kept, put together and chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

from worlds import OWN, catalog, feature, rule
from worlds import pack as pack_of

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.needs import NEEDS
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.all_facts import REGISTRY, of_leg, of_partner
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.options.attributes import leg_facts, whole_facts
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.estimates import (
    COST_FACTS_SET,
    ENDED_FACTS,
    LATENCY_FACTS_SET,
    RUNNING_COSTS,
    EstimateSettings,
    Estimator,
)
from aipolicy.options.option import Option
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Line, Rule, RuleLegs
from aipolicy.rule_tests.examples import outcome_of_truths
from aipolicy.value import replace

TIERS = ("classical", "encoder", "small", "medium", "frontier")
WEIGHTS = (
    Outcome.VIOLATED, Outcome.UNDECLARED, Outcome.UNDETERMINED, Outcome.SATISFIED, Outcome.NOT_APPLICABLE,
)  # fmt: skip

ENDS = ("fast", "usual", "slow")

EVERY = (
    ("!option.leaves_organization", "data.sensitivity >= 3.0", ""),
    ('option.regions.all(c, c in ["DE", "FR", "US"])', "", ""),
    ("option.offers_baa", "", ""),
    ("team.ml_engineers >= option.ml_engineers", "", ""),
    ('!(option.adaptation in ["prompting", "rag"])', "data.personal", ""),
    ("option.latency_p95_ms <= latency.p95_ms", "", ""),
    ("option.fits_load", "", ""),
    ("option.model_pinned", "data.personal", "must_declare: [team.ml_engineers]"),
)
MAIN = (
    ("option.latency_floor_ms <= latency.p95_ms", "", ""),
    ("option.latency_p95_ms <= latency.p95_ms", "", ""),
    ("option.latency_p50_ms <= latency.p95_ms", "option.latency_floor_ms <= latency.p95_ms", ""),
    ('option.adaptation != "prompting"', 'task.prompting == "insufficient"', ""),
    ('option.hosting == "on-premises"', "data.sensitivity >= 4.0", ""),
)
WHOLE = (
    ("!latency.realtime || partner.latency_floor_ms <= latency.p95_ms", 'option.fallback != "none"', ""),
    ('option.fallback != "none"', "availability.critical", ""),
    ("option.second_provider", 'option.fallback != "none"', ""),
    ("option.monthly_usd <= budget.monthly_usd", "", ""),
    ("option.fixed_monthly_usd <= 900.0", "", ""),
    ('option.routing == "cascade"', "volume.requests_per_day >= 100.0", ""),
    ('option.top_tier == "frontier"', "task.needs_frontier_reasoning", ""),
    ('partner.hosting == "provider-api" || option.fallback == "none"', "", ""),
)
WHOLE_OF_MAIN = (
    ('option.fallback == "provider-api"', 'option.hosting != "provider-api"', ""),
    ("option.leaves_organization || partner.leaves_organization", 'option.fallback == "self-hosted"', ""),
    ('option.hosting == "provider-api" || partner.tier == "frontier"', 'option.fallback != "none"', ""),
)

VALUES: Mapping[str, Sequence[Any]] = {
    "data.classes": (["internal"], ["health"], ["itar"], ["public"]), "latency.p95_ms": (15, 500, 2000, 20000),
    "latency.realtime": (True,), "team.ml_engineers": (0, 1, 5), "availability.critical": (True, False),
    "budget.monthly_usd": (20, 900, 9000, 90000), "volume.requests_per_day": (10, 5000), "volume.input_tokens": (500,),
    "volume.output_tokens": (20, 400), "task.hard_case_share": (0.1,), "task.needs_frontier_reasoning": (True, False),
    "task.prompting": ("insufficient", "sufficient"), "data.labelled_examples": (500,), "volume.corpus_tokens": (1000,),
}  # fmt: skip


@cache
def every_rule() -> tuple[PolicyPack, Mapping[str, Sequence[Rule]]]:
    """Return a pack of every rule, and the rules by their kind."""
    kinds = {"every": EVERY, "main": MAIN, "whole": WHOLE, "whole-of-main": WHOLE_OF_MAIN}
    texts, kind_of = [], {}
    for kind, rules in kinds.items():
        for require, when, extra in rules:
            name = f"R-{len(texts) + 1:03}"
            kind_of[name] = kind
            legs = "legs: main" if kind.endswith("main") else ""
            texts.append(rule(name, require, when=when, extra="\n    ".join(filter(None, (legs, extra)))))
    (pack,) = pack_of(*texts)
    return pack, {kind: [each for each in pack.rules if kind_of[each.id] == kind] for kind in kinds}


def random_pack(random: Random) -> tuple[PolicyPack, ...]:
    """Return a pack of a few rules of every kind, most of them constraints of severity error."""
    pack, rules = every_rule()
    most = {"every": 3, "main": 2, "whole": 2, "whole-of-main": 2}
    chosen = [each for kind, number in most.items() for each in random.sample(rules[kind], random.randint(0, number))]
    weighed = [replace(r, severity=Severity.ERROR if random.random() < 0.8 else Severity.WARNING) for r in chosen]
    return (replace(pack, rules=tuple(weighed)),)


@cache
def every_leg() -> tuple[Option, ...]:
    """Return the legs of the shipped catalog."""
    return candidate_legs(catalog(), OWN)


def random_legs(random: Random, most: int) -> tuple[Option, ...]:
    """Return a few legs of the catalog, some of them elsewhere, under other terms, or less well known."""
    legs = []
    for option in random.sample(every_leg(), random.randint(1, most)):
        leg = option.leg
        if random.random() < 0.3:
            leg = replace(leg, countries=random.choice((None, ("DE",), ("US",), ("DE", "FR"))))
        if random.random() < 0.3:
            leg = replace(leg, terms=random.choice(({}, {"baa_offered": True}, {"baa_offered": False})))
        if random.random() < 0.1:
            leg = replace(leg, model=replace(leg.model, pinned=random.choice((None, True, False))))
        legs.append(replace(option, leg=leg))
    return tuple(legs)


def random_manifest(random: Random) -> str:
    """Return the body of a manifest."""
    sections: dict[str, list[str]] = {}
    for name in random.sample(sorted(VALUES), random.randint(0, len(VALUES))):
        section, key = name.split(".")
        value = random.choice(VALUES[name])
        said = str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
        sections.setdefault(section, []).append(f"{key}: {said}")
    return "".join(f"{section}: {{{', '.join(keys)}}}\n" for section, keys in sections.items())


@cache
def reader_and_settings() -> tuple[CostInputsReader, EstimateSettings]:
    """Return what estimates rest on."""
    shared = OptionSet(lambda: (), catalog(), OWN)
    return CostInputsReader(catalog(), shared.assumptions), shared.estimate_settings


class Obvious:
    """Every pair of some legs, with what every rule comes to for it."""

    def __init__(self, legs: Sequence[Option], evaluation: Evaluation) -> None:
        self._facts, self._workload = evaluation.facts, evaluation.workload
        self._rules = [ruled.active for ruled in evaluation.rules]
        self._reads = {name for active in self._rules for name in active.rule.option_reads}
        self.legs = legs
        self._reader, settings = reader_and_settings()
        self._estimators = {end: Estimator(replace(self._workload, end=end), settings) for end in ENDS}
        self._known: dict[tuple[int, int | None, str, str], dict[str, FactValue]] = {}
        self._of_legs = [
            {a.rule.id: self._at_ends(a.rule, lambda end, leg=leg: self._leg(leg, end)) for a in self._rules}
            for leg in legs
        ]
        self.pairs = [
            (main, partner, routing) for main in range(len(legs)) for partner, routing in self._partners(main)
        ]
        self.outcomes = [self._of_pair(*pair) for pair in self.pairs]

    def statuses(self) -> list[str]:
        """Return whether each leg is admissible, open or removed, whatever its partner."""
        found = []
        for main in range(len(self.legs)):
            of_pairs = {self._status(o) for pair, o in zip(self.pairs, self.outcomes, strict=True) if pair[0] == main}
            found.append(next(each for each in ("admissible", "open", "removed") if each in of_pairs))
        return found

    def needs(self) -> set[str]:
        """Return the properties that everything has that remains, none where all of it hangs on the width of estimates."""
        left = {pair: o for pair, o in zip(self.pairs, self.outcomes, strict=True) if self._status(o) != "removed"}
        is_sure = any(not self._is_close(pair, o) for pair, o in left.items())
        return {
            need.id
            for need in NEEDS
            if is_sure and all(self._pair(*pair, "usual").get(need.attribute) in need.values for pair in left)
        }

    def clash_size(self) -> int:
        """Return how many constraints at least leave nothing together."""
        errors = [a.rule.id for a in self._rules if a.severity.value == "error"]
        for size in range(len(errors) + 1):
            for chosen in combinations(errors, size):
                if all(any(o[rule] is Outcome.VIOLATED for rule in chosen) for o in self.outcomes):
                    return size
        raise AssertionError("something remains")

    def _is_close(self, pair: tuple[int, int | None, str], outcomes: Mapping[str, Outcome]) -> bool:
        """Return whether an error rule that is open for a pair is open because of an estimate alone."""
        open_ = [
            a.rule for a in self._rules if a.severity.value == "error" and outcomes[a.rule.id] is Outcome.UNDETERMINED
        ]
        return any(self._comes_out_otherwise(rule_, pair) for rule_ in open_)

    def _comes_out_otherwise(self, rule_: Rule, pair: tuple[int, int | None, str]) -> bool:
        main, partner, _ = pair
        if is_of_whole(rule_):
            return self._turns(rule_, lambda end: self._pair(*pair, end))
        legs = [main] if rule_.legs is RuleLegs.MAIN or partner is None else [main, partner]
        return any(
            self._turns(rule_, lambda end, leg=leg: self._leg(self.legs[leg], end))
            for leg in legs
            if self._of_legs[leg][rule_.id] is Outcome.UNDETERMINED
        )

    def _turns(self, rule_: Rule, option: Callable[[str], Mapping[str, FactValue]]) -> bool:
        """Return whether only one of both ends breaks a rule, and neither leaves it undetermined."""
        if ENDED_FACTS.isdisjoint(rule_.option_reads):
            return False
        ends = [self._outcome(rule_, option(end)) for end in ("fast", "slow")]
        return ends.count(Outcome.VIOLATED) == 1 and Outcome.UNDETERMINED not in ends

    def _status(self, outcomes: Mapping[str, Outcome]) -> str:
        errors = [outcomes[a.rule.id] for a in self._rules if a.severity.value == "error"]
        if Outcome.VIOLATED in errors:
            return "removed"
        return "open" if Outcome.UNDETERMINED in errors else "admissible"

    def _partners(self, main: int) -> Iterator[tuple[int | None, str]]:
        yield None, "single"
        first = self.legs[main].leg
        for number, option in enumerate(self.legs):
            other = option.leg
            of_api = first.hosting == other.hosting == "provider-api"
            here = (first.hosting, first.provider, first.region, first.model.id)
            there = (other.hosting, other.provider, other.region, other.model.id)
            if of_api:
                here, there = (*here[:2], _places(first)), (*there[:2], _places(other))  # type: ignore[assignment]
            if here == there:
                continue
            yield number, "single"
            tiers = TIERS.index(first.model.tier), TIERS.index(other.model.tier)
            if first.model.tier in TIERS[:3] and tiers[1] > tiers[0]:
                yield number, "cascade"

    def _of_pair(self, main: int, partner: int | None, routing: str) -> dict[str, Outcome]:
        found = {}
        for active in self._rules:
            rule_id = active.rule.id
            if is_of_whole(active.rule):
                found[rule_id] = self._at_ends(active.rule, lambda end: self._pair(main, partner, routing, end))
            elif active.rule.legs is RuleLegs.MAIN or partner is None:
                found[rule_id] = self._of_legs[main][rule_id]
            else:
                found[rule_id] = min(
                    self._of_legs[main][rule_id], self._of_legs[partner][rule_id], key=WEIGHTS.index
                )  # fmt: skip
        return found

    def _at_ends(self, rule_: Rule, option: Callable[[str], Mapping[str, FactValue]]) -> Outcome:
        """Return what an error rule comes to that a favourable end may keep; every other rule weighs what is usual."""
        if rule_.severity is not Severity.ERROR or ENDED_FACTS.isdisjoint(rule_.option_reads):
            return self._outcome(rule_, option("usual"))
        fast, slow = (self._outcome(rule_, option(end)) for end in ("fast", "slow"))
        if fast is Outcome.VIOLATED and slow in (Outcome.VIOLATED, Outcome.NOT_APPLICABLE):
            return Outcome.VIOLATED
        if Outcome.UNDECLARED in (fast, slow):
            return Outcome.UNDECLARED
        if Outcome.UNDETERMINED in (fast, slow) or (fast is Outcome.VIOLATED) != (slow is Outcome.VIOLATED):
            return Outcome.UNDETERMINED
        return Outcome.SATISFIED if Outcome.SATISFIED in (fast, slow) else Outcome.NOT_APPLICABLE

    def _leg(self, option: Option, end: str) -> dict[str, FactValue]:
        facts = leg_facts(option.adaptation, option.leg, catalog(), OWN)
        speeds = self._reader.speeds(option)
        names = {of_leg(name) for name in self._reads} & LATENCY_FACTS_SET
        estimated = {name: self._estimators[end].value(name, speeds, None) for name in names}
        return facts | {name: value for name, value in estimated.items() if value is not None}

    def _pair(self, main: int, partner: int | None, routing: str, end: str) -> dict[str, FactValue]:
        pair = main, partner, routing, end
        if pair not in self._known:
            self._known[pair] = self._facts_of_pair(*pair)
        return self._known[pair]

    def _facts_of_pair(self, main: int, partner: int | None, routing: str, end: str) -> dict[str, FactValue]:
        option = self.legs[main]
        facts = self._leg(option, end)
        if partner is not None:
            other = self.legs[partner]
            word = "provider-api" if other.hosting == "provider-api" else "self-hosted"
            option = replace(
                option, other=other.leg, other_adaptation=other.adaptation, routing=routing, fallback=word
            )  # fmt: skip
            facts |= {of_partner(name): value for name, value in self._leg(other, end).items()}
        facts |= whole_facts(option)
        inputs, speeds = self._reader.cost_inputs(option), self._reader.speeds(option)
        for name in self._reads & (COST_FACTS_SET | LATENCY_FACTS_SET):
            value = self._estimators[end].value(name, speeds, inputs)
            facts.pop(name, None)
            facts |= {} if value is None else {name: value}
        for name in RUNNING_COSTS:
            if name in self._reads and name not in facts:
                facts[f"{name} at least"] = self._estimators[end].at_least(name, inputs) or 0.0
        return facts

    def _outcome(self, rule_: Rule, option: Mapping[str, FactValue]) -> Outcome:
        when, require = ([self._truth(line, rule_, option) for line in part] for part in (rule_.when, rule_.require))
        declared = all(name in self._facts.declared for name in rule_.must_declare)
        return outcome_of_truths(when, require, all_declared=declared)

    def _truth(self, line: Line, rule_: Rule, option: Mapping[str, FactValue]) -> Truth:
        values = {name: self._facts.values.get(name) for name in line.feature_reads}
        values |= {name: option.get(name) for name in line.option_reads}
        values |= {name: rule_.parameters[name] for name in line.parameter_reads}
        known = {name: cel_value(value) for name, value in values.items() if value is not None}
        condition = _condition(line.checked)
        name = line.ordered_by
        if name is None or name in known:
            return condition.evaluate(known)[0]
        # NOTE: a number that is not known decides nothing where any number would do, of a cost from its known part on.
        least = option.get(f"{name} at least", float("-inf"))
        low, high = (condition.evaluate({**known, name: end})[0] for end in (least, float("inf")))
        return low if low is high else condition.evaluate(known)[0]


@cache
def _condition(checked: Checked) -> Condition:
    return Condition(checked)


def _places(leg: Any) -> object:
    return None if leg.countries is None else tuple(sorted(leg.countries))


def is_of_whole(rule_: Rule) -> bool:
    """Return whether a rule reads what only main leg and partner together have."""
    names = {name for line in (*rule_.when, *rule_.require) for name in line.option_reads}
    joined = rule_.legs is RuleLegs.MAIN and any(REGISTRY[name].joins_legs for name in names)
    return joined or any(REGISTRY[name].of_whole for name in names)


def difference(random: Random, most: int = 5) -> str:
    """Return in what the product departs from the obvious on a random pack, catalog and manifest; empty for nothing."""
    legs, packs, body = random_legs(random, most), random_pack(random), random_manifest(random)
    evaluator = Evaluator(packs, catalog(), OWN).later(packs, OptionSet(lambda: legs, catalog(), OWN))
    evaluation = evaluator.evaluate(feature(body))
    for said, each in (("certain", evaluation), ("expected", evaluation.expected)):
        found = _difference(legs, each)
        if found:
            return f"{said}: {found}\n{body}{[leg.id for leg in legs]}\n{[_text(r.active.rule) for r in each.rules]}"
    return ""


def _text(rule_: Rule) -> str:
    lines = [line.text for line in (*rule_.when, *rule_.require)]
    return f"{rule_.id} {rule_.severity.value} {rule_.legs.value} {lines}"


def _difference(legs: Sequence[Option], evaluation: Evaluation) -> str:
    obvious, verdict = Obvious(legs, evaluation), evaluation.verdict
    ways = ways_of(verdict, evaluation.candidates)
    statuses = [
        "admissible" if ways.admissible >> n & 1 else "open" if ways.open >> n & 1 else "removed"
        for n in range(len(legs))
    ]  # fmt: skip
    if statuses != obvious.statuses():
        return f"statuses {statuses}, obviously {obvious.statuses()}"
    needs = {need.id for need in verdict.needs if need.certain and need.id != "provider"}
    implied = {need.id for need in NEEDS if set(need.implied_by) & needs}
    if needs | implied != obvious.needs() | implied:
        return f"needs {sorted(needs)}, obviously {sorted(obvious.needs())}"
    if not verdict.remaining and len(verdict.conflict) != obvious.clash_size():
        return f"clash {verdict.conflict}, obviously of {obvious.clash_size()}"
    return ""
